"""A gateway of one's own: the real executable on a free port with a home of its own, and its two Maildirs."""

import email
import email.policy
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import requests

CHECKOUT = Path(__file__).resolve().parents[3]
EXECUTABLE = os.environ.get("PARLEY_BIN", str(CHECKOUT / ".build/debug/parley"))
PATIENCE = 60.0  # seconds until something that should happen counts as not happening
ADMIN = ("root@acme.example", "correct horse 42")


def eventually(what, condition, patience=PATIENCE):
    """The first value of `condition()` that is true; fails naming `what` when there is none in time."""
    deadline = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what} did not happen within {patience:g} s"
        time.sleep(0.05)


class Gateway:
    """One gateway process; `kill` and `start` again keep its home."""

    def __init__(self, demo=False):
        self.home = Path(tempfile.mkdtemp(prefix="parley-story-"))
        self.demo = demo
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.arguments = []
        self.log = open(self.home.parent / f"{self.home.name}.log", "ab")

    def environment(self):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PARLEY_") and k != "DATABASE_URL"}
        return kept | {"PARLEY_HOME": str(self.home), "PARLEY_LISTEN": f"127.0.0.1:{self.port}"}

    def start(self):
        command = [EXECUTABLE, "serve"] + (["--demo"] if self.demo else []) + self.arguments
        self.process = subprocess.Popen(
            command, env=self.environment(), stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL
        )
        eventually("readiness", self._is_ready)
        return self

    def _is_ready(self):
        assert self.process.poll() is None, f"the gateway ended with {self.process.returncode}: {self.words()}"
        try:
            return requests.get(self.url + "/readyz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def words(self):
        return Path(self.log.name).read_text(errors="replace")[-2000:]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=PATIENCE)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=PATIENCE)
        return self.process.returncode if self.process else None

    def remove(self):
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        self.log.close()
        os.unlink(self.log.name)

    def command(self, *arguments, stdin=""):
        """Runs `parley` with arguments on the same home; its standard output."""
        done = subprocess.run(
            [EXECUTABLE, *arguments], env=self.environment(), input=stdin, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"parley {arguments[0]} ended with {done.returncode}: {done.stderr}"
        return done.stdout

    def found(self, slug="acme"):
        """An organization with an administrator and a member, by the command line and the API."""
        made = json.loads(
            self.command(
                "org", "create", "--name", "Acme Purchasing", "--slug", slug, "--admin-email", ADMIN[0],
                "--admin-password-stdin", "--json", stdin=ADMIN[1],
            )
        )  # fmt: skip
        return made

    def sql(self, statement):
        """What a statement gives on the gateway's own database, which belongs to `parley`."""
        server = f"host={self.home}/postgres port=5432 user=parley dbname=parley"
        done = subprocess.run(
            ["psql", "-AtXqc", statement, server], capture_output=True, text=True, check=True, timeout=30
        )
        return done.stdout.strip()

    def let_quiet_time_pass(self, email_id):
        """As if an hour had gone by since an email's attempt: before, nobody may say that it was not sent."""
        self.sql(
            f"""
            UPDATE send_attempts SET started_at = started_at - interval '1 hour', noted_at = noted_at - interval '1 hour'
            WHERE email_id = '{email_id}'
            """
        )

    # -- mail ------------------------------------------------------------------------------------------------------

    def outbox(self):
        """Everything that was sent, oldest first, parsed."""
        folder = self.home / "mail/outbox"
        files = sorted([*folder.glob("new/*"), *folder.glob("cur/*")], key=lambda file: file.stat().st_mtime_ns)
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    def mail_to(self, address):
        return [mail for mail in self.outbox() if address in str(mail["To"])]

    def drop(self, raw, atomically=True):
        """Puts a message into the inbox as the vendor's mail server would."""
        inbox = self.home / "mail/inbox"
        name = f"{time.time_ns()}.{uuid.uuid4().hex}.vendor"
        if atomically:
            (inbox / "tmp" / name).write_bytes(raw)
            os.rename(inbox / "tmp" / name, inbox / "new" / name)
        else:
            (inbox / "new" / name).write_bytes(raw)


def answer(original, text, sender="Vera Vendor <sales@vendor.example>", subject=None):
    """A vendor's answer to one of our mails, as a mail program writes it."""
    quoted = "\n".join("> " + line for line in original.get_body(("plain",)).get_content().splitlines())
    mail = email.message.EmailMessage()
    mail["From"] = sender
    mail["To"] = original["Reply-To"] or original["From"]
    mail["Subject"] = subject or "Re: " + re.sub("^Re: ", "", original["Subject"])
    mail["Message-ID"] = f"<{uuid.uuid4()}@vendor.example>"
    mail["In-Reply-To"] = original["Message-ID"]
    mail["References"] = f"{original['References'] or ''} {original['Message-ID']}".strip()
    mail["Date"] = email.utils.localtime()
    mail.set_content(f"{text}\n\nBest regards,\nVera Vendor\n\nOn Monday, Acme wrote:\n{quoted}\n")
    return mail.as_bytes(policy=email.policy.SMTP)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
