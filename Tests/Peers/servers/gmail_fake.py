"""A Gmail of its own on a loopback port: one mailbox, the calls that Parley makes, and a token endpoint (RFC 6749).

usage: gmail_fake.py [--address ADDRESS] [--token-seconds SECONDS]

One line of JSON says how to reach it. Every line of standard input, a JSON object that may have "token_seconds" and
"address", opens another one on a port of its own; all stop when standard input closes. It is stricter than Gmail: what it
does not know it refuses.

Tests steer it by POST with JSON to /_test/:
    deliver {"raw", "labels"?, "thread"?, "at"?}   a message comes in; answers with its id and thread
    delete {"id"}                                  a message is gone
    expire-history {}                              no history before now is kept
    revoke {"what": "access" or "refresh"}         tokens handed out so far, or the permission itself, no longer count
    rotate {}                                      from now on every refresh token is good once and gives the next
    answer {"count", "status", "reason"?, "retryAfter"?, "path"?}   the next requests are answered so
    drop {"when": "before", "after" or "half", "path"?}   the next request breaks off: before its body is read, after
                                                   it was carried out, or in the middle of the answer
    page {"size"}                                  messages and history records of one page, whatever is asked for
GET /_test/calls tells every call so far, GET /_test/sent what was sent.
"""

import argparse
import json
import re
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from gmail_mailbox import CLIENT, REFRESH_TOKEN, TOPIC, Mailbox, Refusal, only, reference

# Bytes of any request.
LARGEST_BODY = 64 << 20


class Dropped(Exception):
    """The connection is to end here."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do(self):
        url = urllib.parse.urlsplit(self.path)
        drop = None
        try:
            if not url.path.startswith("/_test/"):
                drop = self.due(self.server.mailbox.drops, url.path)
                if drop and drop["when"] == "before":
                    raise Dropped
            body = self.body()
            with self.server.mailbox.lock:
                answer = (200, self.steer(url.path, body) if url.path.startswith("/_test/") else self.call(url, body), {})
            if drop and drop["when"] == "after":
                raise Dropped
        except Refusal as refusal:
            answer = (refusal.status, refusal.body, refusal.headers)
        except Dropped:
            self.close_connection = True
            return
        self.answer(*answer, half=drop is not None and drop["when"] == "half")

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do

    def body(self):
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or "Transfer-Encoding" in self.headers:
            raise Refusal(411, "Length Required")
        if int(length) > LARGEST_BODY:
            self.close_connection = True
            raise Refusal(413, "Request Entity Too Large")
        return self.rfile.read(int(length))

    def answer(self, status, body, headers, half=False):
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json; charset=UTF-8", "Content-Length": len(data)} | headers).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data[:len(data) // 2] if half else data)
        self.close_connection = self.close_connection or half

    # What the tests want

    def due(self, wishes, path):
        with self.server.mailbox.lock:
            for wish in wishes:
                if wish.get("path", "") in path:
                    wish["count"] = wish.get("count", 1) - 1
                    if wish["count"] <= 0:
                        wishes.remove(wish)
                    return wish
        return None

    def steer(self, path, body):
        mailbox, wish = self.server.mailbox, json.loads(body or b"{}")
        match path.removeprefix("/_test/"):
            case "deliver":
                message = mailbox.add(wish["raw"].encode(), wish.get("labels", ["INBOX", "UNREAD"]), wish.get("thread"),
                                      wish.get("at"))
                return reference(message)
            case "delete": mailbox.delete(wish["id"])
            case "expire-history": mailbox.floor = mailbox.tick()
            case "revoke" if wish["what"] == "access": mailbox.access.clear()
            case "revoke": mailbox.permitted = False
            case "rotate": mailbox.rotates = True
            case "answer": mailbox.answers.append(wish)
            case "drop": mailbox.drops.append(wish)
            case "page": mailbox.page_size = wish["size"]
            case "calls": return {"calls": [call for _, call in mailbox.calls], "connections": mailbox.calls}
            case "sent": return {"sent": mailbox.sent}
            case _: raise Refusal(404, "There is no such switch")
        return {}

    # What Parley calls

    def call(self, url, body):
        mailbox = self.server.mailbox
        mailbox.calls.append((self.client_address[1], f"{self.command} {self.path}"))
        if wish := self.due(mailbox.answers, url.path):
            retry = {"Retry-After": wish["retryAfter"]} if "retryAfter" in wish else {}
            raise Refusal(wish["status"], "This answer was wished for", wish.get("reason"), retry)
        if url.path == "/token":
            self.need("POST", "application/x-www-form-urlencoded")
            return mailbox.grant(urllib.parse.parse_qs(body.decode(), keep_blank_values=True, strict_parsing=True))
        path = re.fullmatch(r"/gmail/v1/users/(?:me|" + re.escape(mailbox.address) + r")/(.+)", url.path)
        if not path:
            raise Refusal(404, "The requested URL was not found on this server.")
        mailbox.check(self.headers.get("Authorization"))
        query = urllib.parse.parse_qs(url.query, keep_blank_values=True, strict_parsing=bool(url.query))
        match path[1].split("/"):
            case ["profile"]: return self.read(query, lambda: mailbox.profile(), bare=True)
            case ["messages"]: return self.read(query, lambda: mailbox.list(query))
            case ["messages", "send"]: return mailbox.send(self.written(query, body))
            case ["messages", id]: return self.read(query, lambda: mailbox.get(id, query))
            case ["history"]: return self.read(query, lambda: mailbox.changes(query))
            case ["watch"]: return mailbox.watch(self.written(query, body))
            case _: raise Refusal(404, "The requested URL was not found on this server.")

    def need(self, method, kind=None):
        if self.command != method:
            raise Refusal(405, "Request Method Not Allowed")
        if kind and self.headers.get_content_type() != kind:
            raise Refusal(400, f"Content-Type must be {kind}")

    def read(self, query, answer, bare=False):
        self.need("GET")
        if bare:
            only(query)
        return answer()

    def written(self, query, body):
        self.need("POST", "application/json")
        only(query)
        try:
            value = json.loads(body)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise Refusal(400, "Invalid JSON payload received.")
        return value


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        # Whoever asked may have gone; everything else is worth a line.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(*_)


def opened(address, token_seconds):
    """Opens a mailbox on a port of its own, and tells how it is reached."""
    server = Server(("127.0.0.1", 0), Handler)
    server.mailbox = Mailbox(address, token_seconds)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"port": server.server_port, "address": address, "refresh_token": REFRESH_TOKEN, "topic": TOPIC,
                      **CLIENT}), flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--address", default="buyer@parley.test")
    options.add_argument("--token-seconds", type=int, default=3599)
    given = options.parse_args()
    opened(given.address, given.token_seconds)
    for line in sys.stdin:
        opened(**{"address": given.address, "token_seconds": given.token_seconds} | json.loads(line))


if __name__ == "__main__":
    main()
