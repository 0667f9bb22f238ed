"""Two gateways negotiate forty purchases while they and their database are killed and stopped, and the vendor's mail
server is moody. Afterwards everything settles, and what must be true is checked.

usage: chaos.py [--minutes N] [--seed N] [--negotiations N] [--keep]
"""

import argparse
import base64
import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "servers"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "story"))
import evidence  # noqa: E402
import replica  # noqa: E402
from database import Postgres  # noqa: E402
from fickle_server import Book, FickleServer  # noqa: E402
from gateway import ADMIN, eventually  # noqa: E402
from invariants import breaches  # noqa: E402
from mail_servers import free_ports  # noqa: E402
from people import MEMBER, Bazaar, Office  # noqa: E402
from trouble import Trouble  # noqa: E402

WORKERS = 8
BUYER = "purchasing@parley.test"
STAFF = "acme.example"
# How long everything may take to settle, in seconds: an abandoned lease alone runs two minutes.
SETTLING = 300
SCRIPT = Path(__file__).resolve().parents[1] / "servers/mail_servers.py"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5, help="how long trouble is made (5)")
    parser.add_argument("--seed", type=int, help="of everything that is left to chance (chosen and printed)")
    parser.add_argument("--negotiations", type=int, default=40, help="how many are under way at any time (40)")
    parser.add_argument("--keep", action="store_true", help="keep database, book and logs, and say where they are")
    return parser.parse_args()


class Run:
    def __init__(self, options, seed):
        self.options = options
        self.seed = seed
        self.began = time.monotonic()
        self.folder = replica.home()
        self.over = threading.Event()
        self.replicas = []
        self.postgres = self.servers = self.smtp = None

    def tell(self, words):
        print(f"{time.monotonic() - self.began:7.1f} s  {words}", flush=True)

    def dice(self, what):
        """Chance of its own for each that takes one, so that they do not disturb each other."""
        return random.Random(f"{self.seed} {what}")

    # -- the stage -------------------------------------------------------------------------------------------------

    def open(self):
        self.postgres = Postgres(self.folder / "postgres", free_ports(1)[0]).start()
        process = subprocess.Popen(
            [sys.executable, "-B", SCRIPT, self.folder / "servers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        self.servers = process, json.loads(process.stdout.readline())
        self.book = Book(self.folder / "book")
        self.smtp = FickleServer(self.book, f"{self.seed} moods", STAFF)
        settings = {
            "DATABASE_URL": self.postgres.url,
            "SECRET_KEY": "a secret that only this run knows, and no other",
            "ENCRYPTION_KEY": base64.urlsafe_b64encode(self.dice("key").randbytes(32)).decode(),
            "PARLEY_MAIL_CA": self.servers[1]["ca"],
        }
        self.replicas = [replica.Replica(settings) for _ in range(2)]
        self.replicas[0].start()
        made = self.replicas[0].found()
        self.replicas[1].start()
        office = Office(self.replicas, self.dice("office"), made["api_key"])
        self.bazaar = Bazaar(office, self.book, self.servers[1]["smtp"], self.dice("people"), self.options.negotiations)
        self.expect(201, office.call("POST", "/v1/users", MEMBER, admin=True))
        self.expect(201, office.call("POST", "/v1/mailboxes", self.mailbox(), admin=True))
        assert ADMIN[0].endswith("@" + STAFF)

    @staticmethod
    def expect(status, answer):
        assert answer[0] == status, answer

    def mailbox(self):
        servers = self.servers[1]
        return {
            "name": "Purchasing", "address": BUYER, "sent_copy": "Sent",
            "smtp": {"host": "127.0.0.1", "port": self.smtp.port, "security": "none"},
            "imap": {"host": "localhost", "port": servers["imaps"], "security": "tls", "user": BUYER,
                     "password": servers["password"]},
        }  # fmt: skip

    def close(self):
        self.over.set()
        for gateway in self.replicas:
            gateway.remove() if not self.options.keep else gateway.stop()
        if self.smtp:
            self.smtp.close()
        if self.servers:
            self.servers[0].stdin.close()
            self.servers[0].wait(30)
        if self.postgres:
            self.postgres.stop()
        if self.options.keep:
            print(f"kept: {self.folder}, logs of the gateways: {[gateway.log.name for gateway in self.replicas]}")
        else:
            replica.remove(self.folder)

    # -- the play --------------------------------------------------------------------------------------------------

    def play(self):
        trouble = Trouble(self.replicas, self.postgres, self.seed, self.tell)
        watcher = threading.Event()
        watching = threading.Thread(target=trouble.watch, args=(watcher,), daemon=True)
        watching.start()
        people = [threading.Thread(target=self.bazaar.work, args=(self.over,), daemon=True) for _ in range(WORKERS)]
        for person in people:
            person.start()
        ender = threading.Timer(60 * self.options.minutes, self.over.set)
        ender.start()
        trouble.make(self.over)
        for person in people:
            person.join(120)
            assert not person.is_alive(), "one of the people does not come to an end"
        self.tell(f"the trouble is over: {trouble.counts}, {self.bazaar.steps} steps of people")
        return watcher, watching

    def settle(self, watcher, watching):
        self.smtp.kind = True
        for gateway in self.replicas:
            gateway.thaw()
        try:
            eventually("all gateways to be ready", self.all_ready, 60)
            eventually("quiet", self.is_quiet, SETTLING)
            self.tell("everything has settled")
        except AssertionError as failure:
            self.tell(f"it does not settle: {failure}")
        watcher.set()
        watching.join(10)

    def all_ready(self):
        try:
            return all(gateway._is_ready() for gateway in self.replicas)
        except AssertionError:
            return False  # it has just ended, and is about to be started

    def is_quiet(self):
        """Whether nothing is left to do. What is only put off until later is moved up: nobody wants to wait hours."""
        time.sleep(1)
        self.postgres.execute(
            """
            UPDATE jobs SET run_at = now() WHERE state = 'due' AND run_at > now()
                AND kind IN ('send_email', 'read_arrival', 'ask_approvers');
            UPDATE job_schedule SET due_at = now() WHERE due_at > now() AND organization_id IN (
                SELECT organization_id FROM jobs WHERE state = 'due' AND run_at <= now())
            """
        )
        (left,) = self.postgres.rows(
            """
            SELECT (SELECT count(*) FROM jobs WHERE state IN ('due', 'running')
                        AND kind IN ('send_email', 'read_arrival', 'ask_approvers')),
                (SELECT count(*) FROM emails WHERE status IN ('claimed', 'sending')),
                (SELECT count(*) FROM arrivals WHERE state = 'stored'),
                (SELECT count(DISTINCT message_id) FROM messages WHERE direction = 'inbound')
            """
        )
        return left[:3] == (0, 0, 0) and left[3] >= len(self.bazaar.replies)

    # -- the verdict -----------------------------------------------------------------------------------------------

    def judge(self):
        found = evidence.gather(self.postgres, self.book, self.bazaar)
        states = {}
        for email in found.emails:
            states[email["status"]] = states.get(email["status"], 0) + 1
        outcomes = {}
        for attempt in found.attempts:
            outcomes[attempt["outcome"]] = outcomes.get(attempt["outcome"], 0) + 1
        self.tell(f"emails: {states}; attempts: {outcomes}")
        reminders = sum(email["kind"] == "follow_up" and email["status"] == "sent" for email in found.emails)
        self.tell(
            f"taken: {len(found.taken)}; reminders: {reminders}; answers: {len(found.replies)}; cancelled: {len(found.cancelled)};"
            f" too early to send again: {len(self.bazaar.early)}"
        )
        for surprise in self.bazaar.surprises[:10]:
            print(f"an answer that nobody should get: {surprise}")
        is_sound = not self.bazaar.surprises
        for email, status, said in self.bazaar.early:
            if status == 200:
                print(f"email {email} in doubt was sent again at once")
                is_sound = False
        for promise, lines in breaches(found).items():
            print(f"{'broken' if lines else 'kept':7} {promise}")
            for line in lines[:20]:
                print(f"        {line}")
            is_sound = is_sound and not lines
        enough = len(found.taken) >= 10 and len(found.replies) >= 3
        if not enough:
            print("too little has happened for a verdict")
        return is_sound and enough


def main():
    options = arguments()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 31)
    print(f"seed {seed}, {options.minutes:g} minutes, {options.negotiations} negotiations", flush=True)
    run = Run(options, seed)
    try:
        run.open()
        run.tell("two gateways are ready")
        run.settle(*run.play())
        is_sound = run.judge()
    finally:
        run.close()
    print("every promise was kept" if is_sound else f"FAILED; again with: deploy/chaos --seed {seed}")
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
