"""Reading mail beside Python's `email` and libraries for parts of it: CPU time per message, and memory for a large one.

usage: bench.py PATH-TO-PARLEY [--seconds N] [--megabytes N]
"""

import argparse
import email
import email.policy
import functools
import hashlib
import itertools
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

import fast_mail_parser
import quotequail
from mailparser_reply import EmailReplyParser

import peer_sources

OWN = pathlib.Path(__file__).resolve().parents[3] / "Fixtures/eml"
# The peers take turns, so that a machine that is slower for a while is so for all of them.
ROUNDS = 9
# Seconds that anything may take to read one message.
PATIENCE = 120


def record(raw):
    """Headers, text and attachments, as far as `parley mail read` prints them."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    octets = [part.get_payload(decode=True) or b"" for part in message.iter_attachments()]
    return {
        "message_id": message["message-id"], "from": str(message["from"]), "to": str(message["to"]),
        "subject": message["subject"], "date": str(message["date"]), "text": body.get_content() if body else "",
        "attachments": [[len(each), hashlib.sha256(each).hexdigest()] for each in octets],
    }


def with_mail_parser_reply(parser, raw):
    read = record(raw)
    return read | {"reply_text": parser.parse_reply(text=read["text"])}


def with_quotequail(raw):
    read = record(raw)
    return read | {"reply_text": (quotequail.unwrap(read["text"]) or {}).get("text_top", read["text"])}


def only_fast_mail_parser(raw):
    message = fast_mail_parser.parse_email(raw)
    return {"subject": message.subject, "text": message.text_plain or message.text_html}


PEERS = {
    "email": record,
    "email, mail-parser-reply": functools.partial(
        with_mail_parser_reply, EmailReplyParser(languages=["en", "de", "fr", "es", "it"])),
    "email, quotequail": with_quotequail,
    "fast-mail-parser": only_fast_mail_parser,
}


def turn(peer, paths, seconds):
    """Microseconds of CPU per message, from its file to a line of JSON."""
    start, count = time.thread_time_ns(), 0
    while True:
        for path in paths:
            json.dumps(peer(path.read_bytes()))
        count += len(paths)
        spent = time.thread_time_ns() - start
        if spent > seconds * 1e9:
            return spent / count / 1000


def parley_seconds(parley, lines):
    """CPU of a whole process that reads these messages."""
    lines.seek(0)
    process = subprocess.Popen([parley, "mail", "read", "--batch"], stdin=lines, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{parley} mail read --batch ended with status {status}: build it by `swift build -c release`")
    return usage.ru_utime + usage.ru_stime


def parley_turn(parley, paths, seconds):
    """Microseconds of CPU per message; starting the process is left out, as importing is for the peers."""
    with tempfile.TemporaryFile("w+") as few, tempfile.TemporaryFile("w+") as many:
        count = max(len(paths), int(seconds / 200e-6))
        for file, paths in ((few, paths), (many, itertools.islice(itertools.cycle(paths), len(paths) + count))):
            file.writelines(json.dumps({"id": 0, "path": str(path)}) + "\n" for path in paths)
            file.flush()
        return (parley_seconds(parley, many) - parley_seconds(parley, few)) / count * 1e6


def readable(paths):
    """Those that every peer can read: some give up on damaged mail."""
    for path in paths:
        try:
            for peer in PEERS.values():
                json.dumps(peer(path.read_bytes()))
            yield path
        except Exception as problem:
            print(f"left out, a peer gives up on it: {path.name}: {problem!r}"[:118])


def compare_speed(parley, name, paths, seconds):
    paths = list(readable(paths))
    octets = sum(path.stat().st_size for path in paths) // len(paths)
    rounds = [
        [parley_turn(parley, paths, seconds / ROUNDS)] + [turn(peer, paths, seconds / ROUNDS) for peer in PEERS.values()]
        for _ in range(ROUNDS)]
    own, *others = zip(*rounds)
    print(f"{name}: {len(paths)} messages of {octets} octets on average; CPU of one thread")
    print(f"  {'parley (all steps)':<28}{statistics.median(own):>9.1f} µs{1e6 / statistics.median(own):>9.0f} messages/s")
    for peer, figures in zip(PEERS, others):
        # The median of what the rounds say, not the ratio of medians that may come from different rounds.
        ratio = statistics.median(other / mine for other, mine in zip(figures, own))
        print(f"  {peer:<28}{statistics.median(figures):>9.1f} µs{1e6 / statistics.median(figures):>9.0f} messages/s"
              f"{ratio:>8.2f} times parley")


def write_large(path, octets):
    """A message of that many octets, nearly all of them one attachment in base64."""
    source = random.Random(1)
    head = (b"From: a@vendor.example\r\nTo: b@acme.example\r\nSubject: Catalogue\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n"
            b"We can offer USD 950.00 per unit.\r\n--x\r\nContent-Type: application/pdf; name=a.pdf\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n")
    with open(path, "wb") as file:
        file.write(head)
        line = email.base64mime.body_encode(source.randbytes(57), eol="\r\n").encode()
        for _ in range((octets - len(head)) // len(line)):
            file.write(line)
        file.write(b"--x--\r\n")


PYTHON = """
import email, email.policy, hashlib, json, pathlib, sys
for line in sys.stdin:
    message = email.message_from_bytes(pathlib.Path(json.loads(line)["path"]).read_bytes(), policy=email.policy.default)
    octets = [part.get_payload(decode=True) or b"" for part in message.walk() if part.get_filename()]
    attachments = [{"size": len(each), "sha256": hashlib.sha256(each).hexdigest()} for each in octets]
    print(json.dumps({"attachments": attachments}), flush=True)
"""


def memory(command, path):
    """The largest resident size of a process that has read a message, in megabytes, and the message's attachments.

    Asked of /proc: what wait4 reports would include the memory of this process before it became the other."""
    process = subprocess.Popen(["timeout", str(PATIENCE), *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        process.stdin.write(json.dumps({"id": 0, "path": str(path)}).encode() + b"\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            sys.exit(f"{command[0]} read nothing within {PATIENCE} s")
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        status = pathlib.Path(f"/proc/{children[0]}/status").read_text().splitlines()
        most = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
        return most * 1024 / 1e6, [[each["size"], each["sha256"]] for each in json.loads(answer)["attachments"]]
    finally:
        process.stdin.close()
        process.wait(timeout=PATIENCE)


def compare_memory(parley, megabytes):
    commands = {
        "parley (all steps)": [parley, "mail", "read", "--batch"], "email": [sys.executable, "-c", PYTHON]}
    with tempfile.TemporaryDirectory() as folder:
        small, large = pathlib.Path(folder) / "small.eml", pathlib.Path(folder) / "large.eml"
        write_large(small, 1_000)
        write_large(large, megabytes * 1_000_000)
        size = large.stat().st_size / 1e6
        print(f"one message of {size:.1f} MB, an attachment in base64; largest resident memory of the process")
        figures, stated = [], []
        for name, command in commands.items():
            idle, (most, attachments) = memory(command, small)[0], memory(command, large)
            figures.append(most)
            stated.append(attachments)
            print(f"  {name:<28}{most:>7.0f} MB{most / size:>7.1f} times the message{idle:>7.0f} MB for a small one"
                  f"{most / figures[0]:>7.2f} times parley")
        if any(each != stated[0] for each in stated):
            sys.exit("what they read differs: " + json.dumps(dict(zip(commands, stated))))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("parley")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each peer and collection")
    parser.add_argument("--megabytes", type=int, default=30, help="size of the large message, at most 39")
    arguments = parser.parse_args()
    collections = {
        "Fixtures/eml": sorted(OWN.glob("*.eml")),
        "bounces (flufl.bounce)": sorted((peer_sources.folder("flufl.bounce") / "tests/data").glob("*.txt")),
    }
    for name, paths in collections.items():
        compare_speed(arguments.parley, name, paths, arguments.seconds)
    compare_memory(arguments.parley, arguments.megabytes)


if __name__ == "__main__":
    main()
