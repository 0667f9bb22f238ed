"""How many distinct webhooks of 4.6 KB are stored and acknowledged in a second over 32 connections, with fsync on.

Beside it, in turns on the same Postgres: pgbench with the same INSERT, one commit each, from as many clients; and the
same endpoint in Python (`endpoint.py`) with two workers. Prints the median of each and the ratios as JSON.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

sys.path.append(str(Path(__file__).resolve().parents[1] / "story"))
from gateway import Gateway, eventually  # noqa: E402

HERE = Path(__file__).resolve().parent
CONNECTIONS, THREADS, SECONDS, ROUNDS = 32, 2, 6, 3
BODY = 4_600  # bytes
DELIVERIES = {"parley": 60_000, "python": 20_000}  # of one round: more than can be sent in it
SECRET = secrets.token_bytes(32)


def body():
    """A new order, unlike all others, of exactly that many bytes of JSON."""
    order = {"type": "order.created", "data": {"id": secrets.token_hex(16), "note": ""}}
    room = BODY - len(json.dumps(order))
    order["data"]["note"] = base64.b64encode(os.urandom(room)).decode()[:room]
    return json.dumps(order).encode()


def deliveries(folder, path, count):
    """Signed requests in one file for each thread; the length of a request."""
    bodies = [body() for _ in range(500)]
    lengths = set()
    for thread in range(1, THREADS + 1):
        with open(folder / str(thread), "wb") as file:
            for number in range(count // THREADS):
                content = bodies[number % len(bodies)]
                new = secrets.token_hex(16).encode()
                content = content[:42] + new + content[42 + len(new) :]
                ident, stamp = secrets.token_hex(16), str(int(time.time()))
                code = hmac.new(SECRET, f"{ident}.{stamp}.".encode() + content, hashlib.sha256).digest()
                head = (
                    f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nwebhook-id: {ident}\r\n"
                    f"webhook-timestamp: {stamp}\r\nwebhook-signature: v1,{base64.b64encode(code).decode()}\r\n"
                    f"Content-Length: {len(content)}\r\n\r\n"
                ).encode()
                lengths.add(file.write(head + content))
    (length,) = lengths
    return length


def load(url, path, count, stored):
    """One round against a server: events stored in a second, and milliseconds. Fails unless all that were
    acknowledged are stored."""
    folder = Path(tempfile.mkdtemp(prefix="parley-hooks-"))
    try:
        length = deliveries(folder, path, count)
        before = stored()
        run = subprocess.run(
            ["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout", "10s", "-s", str(HERE / "deliver.lua"), url],
            env=os.environ | {"FOLDER": str(folder), "LENGTH": str(length)}, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert run.returncode == 0 and "{" in run.stdout, run.stdout + run.stderr
        found = json.loads(run.stdout.strip().splitlines()[-1])
    finally:
        shutil.rmtree(folder)
    assert found["errors"] == 0, f"not all were taken: {found}"
    kept = stored() - before
    # What was under way when the time was over may be stored without having been counted.
    assert found["answers"] <= kept <= found["answers"] + CONNECTIONS, f"{found} but {kept} are stored"
    return {"rate": found["answers"] / found["seconds"], "p50": found["p50_ms"], "p99": found["p99_ms"]}


def pgbench(folder, organization, endpoint):
    """One round of pgbench: transactions in a second."""
    content = body().decode()
    statement = (
        "INSERT INTO webhook_events (organization_id, id, source, event_type, external_id, payload, headers, raw, content, "
        "endpoint_id, received_at, state, processed, processed_at) "
        f"VALUES ('{organization}', gen_random_uuid(), 'custom', 'order.created', gen_random_uuid()::text, '{content}', "
        f"'{{}}', convert_to('{content}', 'UTF8'), '{{\"notice\": {{}}}}', '{endpoint}', now(), 'processed', true, now()) "
        "ON CONFLICT (organization_id, source, external_id) DO NOTHING;"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(statement)
        script.flush()
        run = subprocess.run(
            ["pgbench", "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", str(THREADS), "-T", str(SECONDS),
             "-f", script.name, f"host={folder} user=parley_app dbname=parley"],
            env=os.environ | {"PGOPTIONS": f"-c parley.organization_id={organization}"},
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    assert run.returncode == 0, run.stderr
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("tps")]
    return float(line.split()[2])


class PythonEndpoint:
    """The peer, with two workers."""

    def __init__(self, folder, organization, endpoint):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        environment = os.environ | {
            "WEBHOOK_SECRET": "whsec_" + base64.b64encode(SECRET).decode(), "ORGANIZATION_ID": organization,
            "ENDPOINT_ID": endpoint, "POSTGRES_FOLDER": str(folder),
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "endpoint:app", "--workers", "2", "--port", str(port), "--log-level", "warning",
             "--no-access-log"], cwd=HERE, env=environment,
        )  # fmt: skip
        try:
            eventually("the peer", self.answers)
        except BaseException:
            self.stop()
            raise
        time.sleep(2)  # until both workers do

    def answers(self):
        assert self.process.poll() is None, "the peer ended"
        try:
            return requests.post(f"{self.url}/hooks/x", timeout=5).status_code == 422
        except requests.RequestException:
            return False

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()  # its workers end with it
            self.process.wait(10)


def measure(gateway):
    made = gateway.found()
    key = {"Authorization": f"Bearer {made['api_key']}"}
    secret = "whsec_" + base64.b64encode(SECRET).decode()
    reply = requests.post(
        f"{gateway.url}/v1/webhook-endpoints", json={"provider": "custom", "secret": secret}, headers=key, timeout=30
    )
    assert reply.status_code == 201, reply.text
    ident, organization, folder = reply.json()["id"], made["organization_id"], gateway.home / "postgres"
    assert gateway.sql("SHOW fsync") == "on" and gateway.sql("SHOW synchronous_commit") == "on"

    def stored():
        return int(gateway.sql("SELECT count(*) FROM webhook_events"))

    rounds = {"parley": [], "pgbench": [], "python": []}
    for _ in range(ROUNDS):
        path = f"/hooks/{ident}"
        rounds["parley"].append(load(gateway.url, path, DELIVERIES["parley"], stored))
        rounds["pgbench"].append(pgbench(folder, organization, ident))
        peer = PythonEndpoint(folder, organization, ident)
        try:
            rounds["python"].append(load(peer.url, path, DELIVERIES["python"], stored))
        finally:
            peer.stop()  # or the server has no connections left for pgbench
        gateway.sql("VACUUM ANALYZE webhook_events")
    return rounds


def main():
    gateway = Gateway().start()
    try:
        rounds = measure(gateway)
    finally:
        gateway.remove()

    def median(name, what):
        return statistics.median(one[what] for one in rounds[name])

    parley, python, plain = median("parley", "rate"), median("python", "rate"), statistics.median(rounds["pgbench"])
    print(json.dumps(rounds), file=sys.stderr)
    print(
        json.dumps(
            {
                "events_per_s": round(parley), "pgbench_per_s": round(plain), "python_per_s": round(python),
                "of_pgbench": round(parley / plain, 2), "of_python": round(parley / python, 2),
                "p99_ms": round(median("parley", "p99"), 1), "python_p99_ms": round(median("python", "p99"), 1),
                "connections": CONNECTIONS, "bytes": BODY, "rounds": ROUNDS,
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
