"""Sending and fetching beside Postfix's own smtp-source and mbsync, on the same servers, in turns.

usage: bench.py PATH-TO-CURLBENCH [--messages N]
"""

import argparse
import json
import pathlib
import pwd
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
BYTES = 4096
USER = "bench@parley.test"


def seconds(command):
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def printed(command):
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()[0])


def report(what, mine, peer, name, count):
    ratios = [other / own for own, other in zip(mine, peer)]
    print(f"{what:<44}{count / statistics.median(mine):>9.0f}/s{count / statistics.median(peer):>9.0f}/s {name:<12}"
          f"{statistics.median(ratios):>6.2f}", flush=True)


def sending(bench, port, connections, count):
    mine, peer = [], []
    for _ in range(ROUNDS):
        mine.append(printed([bench, "smtp", str(port), str(count), str(connections), str(BYTES)]))
        # -d keeps a connection for the next message, as Parley does.
        peer.append(seconds(["smtp-source", "-d", "-m", str(count), "-s", str(connections), "-l", str(BYTES), "-f",
                             "bench@parley.test", "-t", "bench@discard.test", f"127.0.0.1:{port}"]))
    report(f"sending {BYTES} bytes, connections: {connections}", mine, peer, "smtp-source", count)


def fill(folder, count):
    """Messages straight into a Maildir, which is the quickest way to a large folder."""
    mail = pwd.getpwnam("mail")
    for name in ["", "cur", "new", "tmp"]:
        path = folder / name
        path.mkdir(parents=True, exist_ok=True)
        os.chown(path, mail.pw_uid, mail.pw_gid)
    body = ("x" * 78 + "\n") * (BYTES // 79)
    for number in range(count):
        path = folder / "cur" / f"{1700000000 + number}.M{number}P1.bench:2,S"
        path.write_text(f"From: vendor@acme.test\nMessage-ID: <{number}@acme.test>\nSubject: {number}\n\n{body}")
        os.chown(path, mail.pw_uid, mail.pw_gid)


def fetching(bench, servers, count, folder):
    fill(pathlib.Path(servers["mail"]) / USER, count)
    mine, peer = [], []
    local = folder / "local"
    configuration = folder / "mbsyncrc"
    configuration.write_text(f"""FSync no

IMAPAccount bench
Host localhost
Port {servers["imaps"]}
User {USER}
Pass {servers["password"]}
SSLType IMAPS
CertificateFile {servers["ca"]}

IMAPStore far
Account bench

MaildirStore near
Path {local}/
Inbox {local}/INBOX

Channel bench
Far :far:
Near :near:
Patterns INBOX
Sync Pull
Create Near
SyncState {local}/state-
""")
    for attempt in range(ROUNDS + 1):
        shutil.rmtree(local, ignore_errors=True)
        local.mkdir()
        took = printed([bench, "imap", str(servers["imaps"]), servers["ca"], USER, servers["password"]])
        other = seconds(["mbsync", "-q", "-c", str(configuration), "bench"])
        got = len(os.listdir(local / "INBOX" / "cur")) + len(os.listdir(local / "INBOX" / "new"))
        if got != count:
            sys.exit(f"mbsync fetched {got} of {count}")
        # The first round also has Dovecot make its index.
        if attempt > 0:
            mine.append(took)
            peer.append(other)
    report(f"fetching {count} messages over TLS", mine, peer, "mbsync", count)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--messages", type=int, default=5000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        os.chmod(folder, 0o755)
        script = pathlib.Path(__file__).with_name("mail_servers.py")
        process = subprocess.Popen([sys.executable, "-B", str(script), str(folder / "servers")],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            servers = json.loads(process.stdout.readline())
            print(f"{'':<44}{'parley':>11}{'peer':>11} {'':<12}{'ratio':>6}")
            sending(arguments.bench, servers["smtp"], 1, 2000)
            sending(arguments.bench, servers["smtp"], 8, 2000)
            fetching(arguments.bench, servers, arguments.messages, folder)
        finally:
            process.stdin.close()
            process.wait(30)


if __name__ == "__main__":
    main()
