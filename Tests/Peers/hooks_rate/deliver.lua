-- Sends signed deliveries, each once, from a file of records of one length. FOLDER holds one file for each thread.
local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init()
  local name = os.getenv("FOLDER") .. "/" .. number
  file = assert(io.open(name, "rb"))
  length = tonumber(os.getenv("LENGTH"))
end

function request()
  -- Where they are used up, the server is told nonsense, and the errors show it.
  return file:read(length) or "POST /used-up HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
end

function done(summary, latency)
  io.write(string.format('{"answers":%d,"errors":%d,"seconds":%f,"p50_ms":%f,"p99_ms":%f}\n', summary.requests,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
