"""A system that is told things by webhook: a real HTTP server that checks every post with Standard Webhooks' own library."""

import http.server
import json
import threading

from standardwebhooks import Webhook

from gateway import eventually


class Receiver:
    """Answers 204 unless told otherwise; keeps every post, and those that the library has verified."""

    def __init__(self):
        self.secrets = []
        self.posts = []  # (headers, body)
        self.events = []  # the verified ones, in order
        self.answers = []  # (status, headers, body) of the next posts
        self.standing = (204, {}, b"")
        self.delay = 0.0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, headers, answer = receiver.take(dict(self.headers), body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.pause = threading.Event()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/parley?team=7"

    def take(self, headers, body):
        if self.delay:
            self.pause.wait(self.delay)
        with self.lock:
            self.posts.append((headers, body))
            assert any(self.verify(secret, headers, body) for secret in self.secrets), "no secret fits"
            self.events.append(json.loads(body) | {"webhook-id": headers["webhook-id"]})
            return self.answers.pop(0) if self.answers else self.standing

    @staticmethod
    def verify(secret, headers, body):
        try:
            Webhook(secret).verify(body, headers)
            return True
        except Exception:
            return False

    def told(self, kind):
        with self.lock:
            return [event for event in self.events if event["type"] == kind]

    def wait_for(self, kind, count=1):
        return eventually(f"{count} × {kind}", lambda: len(self.told(kind)) >= count and self.told(kind))

    def close(self):
        self.pause.set()
        self.server.shutdown()
