"""Talks to `parley mail read --batch`: one process for all messages."""

import base64
import json
import os
import subprocess


class Reader:
    """A running reader. PARLEY is the executable (default: `parley` on the PATH)."""

    def __init__(self):
        command = [os.environ.get("PARLEY", "parley"), "mail", "read", "--batch"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, raw: bytes) -> dict:
        line = json.dumps({"id": "m", "raw_base64": base64.b64encode(raw).decode()})
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def read_text(self, text: str, subtype: str = "plain") -> dict:
        """The reading of a message with nothing but this text."""
        head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        body = base64.encodebytes(text.encode("utf-8", "surrogateescape"))
        return self.read(head.encode() + body)

    def close(self):
        self.process.stdin.close()
        return self.process.wait(timeout=30)
