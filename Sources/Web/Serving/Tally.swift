import Desk
import Hummingbird
import Synchronization

/// Counts requests for `/metrics`. Routes are patterns, never paths, so that their number is bounded by the program.
final class Tally: Sendable {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct Key: Hashable, Comparable {
        let method: String
        let route: String
        let status: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.route, left.method, left.status) < (right.route, right.method, right.status)
        }
    }

    private struct Counts {
        var requests = 0
        var nanoseconds: UInt64 = 0
    }

    private let counts = Mutex<[Key: Counts]>([:])

    /// Counts one request that is over.
    func count(method: String, route: String, status: Int, took duration: Duration) {
        let parts = duration.components
        let nanoseconds =
            UInt64(max(0, parts.seconds)) * 1_000_000_000 + UInt64(parts.attoseconds / 1_000_000_000)
        counts.withLock { counts in
            counts[Key(method: method, route: route, status: status), default: Counts()].requests += 1
            counts[Key(method: method, route: route, status: status)]?.nanoseconds += nanoseconds
        }
    }

    /// Everything in Prometheus' text format.
    func text(jobs: [JobCount], version: String) -> String {
        let counts = counts.withLock { $0 }
        var lines = [
            "# HELP parley_build_info The version that runs.", "# TYPE parley_build_info gauge",
            "parley_build_info{version=\"\(escaped(version))\"} 1",
            "# HELP parley_http_requests_total Requests that were answered.",
            "# TYPE parley_http_requests_total counter",
        ]
        let sorted = counts.sorted { $0.key < $1.key }
        lines += sorted.map { "parley_http_requests_total\(labels(of: $0.key)) \($0.value.requests)" }
        lines += [
            "# HELP parley_http_request_seconds_total Time spent on answering them.",
            "# TYPE parley_http_request_seconds_total counter",
        ]
        lines += sorted.map {
            "parley_http_request_seconds_total\(labels(of: $0.key)) \(seconds($0.value.nanoseconds))"
        }
        lines += [
            "# HELP parley_jobs Jobs by kind and state; retrying and dead ones have failed.",
            "# TYPE parley_jobs gauge",
        ]
        lines += jobs.map {
            "parley_jobs{kind=\"\(escaped($0.kind))\",state=\"\($0.depth.rawValue)\"} \($0.count)"
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func labels(of key: Key) -> String {
        "{method=\"\(escaped(key.method))\",route=\"\(escaped(key.route))\",status=\"\(key.status)\"}"
    }

    private func seconds(_ nanoseconds: UInt64) -> String {
        let rest = String(nanoseconds % 1_000_000_000)
        return "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 9 - rest.count) + rest
    }

    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
        return result
    }
}
