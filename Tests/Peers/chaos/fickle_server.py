"""The vendor's mail server: it refuses, breaks off, delays and forgets to answer, and keeps book of what it took.

A message counts as taken from the moment at which its line in the book is on disk, which is before the server says 250.
Staff of the buyer get their mail without trouble.
"""

import email
import email.policy
import hashlib
import json
import os
import random
import socketserver
import sys
import threading
import time

# What the server does with a message to a vendor, and how often in a hundred.
MOODS = {
    "take": 50,
    "take late": 8,
    "take and break off": 8,
    "take and fall silent": 4,
    "break off before the final dot": 6,
    "break off after the final dot": 6,
    "not now at RCPT": 6,
    "not now after the final dot": 5,
    "closing at MAIL": 3,
    "never at RCPT": 2,
    "never after the final dot": 2,
}
SILENCE = 20.0  # seconds
LONGEST_MESSAGE = 4 << 20  # bytes
LONGEST_LINE = 4096  # bytes


class Book:
    """Append-only: one line of JSON for each message that was taken, and the message beside it."""

    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()
        self.entries = []
        folder.mkdir()
        self.file = open(folder / "taken.jsonl", "ab")

    def take(self, recipients, raw):
        message = email.message_from_bytes(raw, policy=email.policy.default)
        with self.lock:
            entry = {
                "number": len(self.entries) + 1,
                "at": time.time(),
                "recipients": recipients,
                "message_id": str(message["Message-ID"] or "").strip().strip("<>"),
                "sha256": hashlib.sha256(raw).hexdigest(),
                "automatic": (message["Auto-Submitted"] or "no").strip().lower() != "no",
            }
            (self.folder / f"{entry['number']}.eml").write_bytes(raw)
            self.file.write(json.dumps(entry).encode() + b"\n")
            self.file.flush()
            os.fsync(self.file.fileno())
            self.entries.append(entry)

    def to(self, address):
        """What was taken for an address, oldest first."""
        with self.lock:
            return [entry for entry in self.entries if address in entry["recipients"]]

    def message(self, entry):
        raw = (self.folder / f"{entry['number']}.eml").read_bytes()
        return email.message_from_bytes(raw, policy=email.policy.default)


class Session(socketserver.StreamRequestHandler):
    """One connection (RFC 5321), with one mood for each message."""

    disable_nagle_algorithm = True

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        try:
            self.say("220 vendor.test ESMTP")
            while (line := self.rfile.readline(LONGEST_LINE)).endswith(b"\n"):
                if not self.obey(line.decode("utf-8", "replace").strip()):
                    return
        except OSError:
            pass  # the gateway has gone

    def obey(self, line):
        verb = line[:4].upper()
        if verb in ("EHLO", "HELO"):
            self.say("250-vendor.test")
            self.say("250-8BITMIME")
            self.say(f"250 SIZE {LONGEST_MESSAGE}")
        elif verb == "MAIL":
            self.mood = self.server.choose_mood()
            self.recipients = []
            if self.mood == "closing at MAIL":
                self.say("421 4.3.2 Closing for a moment")
                return False
            self.say("250 2.1.0 Ok")
        elif verb == "RCPT":
            self.rcpt(line[line.index("<") + 1 : line.rindex(">")])
        elif verb == "DATA":
            self.say("354 Go on")
            return self.data()
        elif verb == "QUIT":
            self.say("221 2.0.0 Bye")
            return False
        else:
            self.say("250 2.0.0 Ok")
        return True

    def rcpt(self, address):
        if self.server.is_staff(address):
            self.mood = "take"
        if self.mood == "not now at RCPT":
            self.say("451 4.7.1 Greylisted, come back later")
        elif self.mood == "never at RCPT":
            self.say("550 5.1.1 No such person")
        else:
            self.recipients.append(address)
            self.say("250 2.1.5 Ok")

    def data(self):
        raw, before = bytearray(), self.mood == "break off before the final dot"
        while (line := self.rfile.readline(LONGEST_LINE)) != b".\r\n":
            if not line.endswith(b"\n") or len(raw) > LONGEST_MESSAGE or (before and len(raw) > 400):
                return False
            raw += line[1:] if line.startswith(b".") else line
        match self.mood:
            case "break off before the final dot" | "break off after the final dot":
                return False
            case "not now after the final dot":
                self.say("451 4.3.0 Try again later")
            case "never after the final dot":
                self.say("554 5.7.1 Not wanted")
            case mood:
                if mood == "take late":
                    time.sleep(self.server.random.uniform(0.5, 6))
                self.server.book.take(self.recipients, bytes(raw))
                if mood == "take and break off":
                    return False
                if mood == "take and fall silent":
                    self.server.over.wait(SILENCE)
                    return False
                self.say("250 2.0.0 Ok, taken")
        return True


class FickleServer(socketserver.ThreadingTCPServer):
    """Listens on a free port of the loopback interface until it is closed."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, book, seed, staff_domain):
        self.book = book
        self.random = random.Random(seed)
        self.staff_domain = staff_domain
        self.kind = False  # once it is, it takes everything at once
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), Session)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def is_staff(self, address):
        return address.endswith("@" + self.staff_domain)

    def choose_mood(self):
        if self.kind:
            return "take"
        return self.random.choices(list(MOODS), weights=MOODS.values())[0]

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def close(self):
        self.over.set()
        self.shutdown()
        self.server_close()
