"""Two gateways on one database and one mailbox: one reads it, and the other when that one is gone."""

import base64
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from gateway import Gateway, eventually
from purchase import Purchase
from test_mailboxes import APPROVER, PostGateway, described, servers, token_endpoint  # noqa: F401
from test_purchase import member_key


def programs():
    return sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]


@pytest.fixture(scope="module")
def database():
    """A Postgres of its own on a loopback port; its URL."""
    from mail_servers import free_ports

    folder = Path(tempfile.mkdtemp(prefix="parley-database-"))
    person = pwd.getpwnam("postgres")
    os.chown(folder, person.pw_uid, person.pw_gid)
    (port,) = free_ports(1)

    def run(*command):
        return ["setpriv", f"--reuid={person.pw_uid}", f"--regid={person.pw_gid}", "--clear-groups", *command]

    data, quiet = folder / "data", {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    initdb = [str(programs() / "initdb"), "-A", "trust", "-U", "parley", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    subprocess.run(run(*initdb, "-D", str(data)), check=True, **quiet)
    settings = ["-c", f"port={port}", "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
    server = subprocess.Popen(run(str(programs() / "postgres"), "-D", str(data), *settings), **quiet)
    ready = [str(programs() / "pg_isready"), "-h", "127.0.0.1", "-p", str(port)]
    eventually("the database", lambda: subprocess.run(ready, **quiet).returncode == 0)
    yield f"postgresql://parley@127.0.0.1:{port}/postgres"
    server.terminate()
    server.wait(30)
    shutil.rmtree(folder, ignore_errors=True)


class SharingGateway(PostGateway):
    """One of several gateways with the same database and keys."""

    keys = {
        "ENCRYPTION_KEY": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "SECRET_KEY": base64.b64encode(os.urandom(48)).decode(),
    }

    def __init__(self, servers, token_endpoint, database, buyer=None):  # noqa: F811
        super().__init__(servers, token_endpoint)
        self.database = database
        self.buyer = buyer or self.buyer

    def environment(self):
        return super().environment() | self.keys | {"DATABASE_URL": self.database}


def logins(gateway):
    """How often somebody has signed in to the mailbox by IMAP."""
    log = (Path(gateway.servers["mail"]).parent / "dovecot.log").read_text(errors="replace")
    return len(re.findall(rf"imap-login: Info: Login: user=<{re.escape(gateway.buyer)}>", log)) or len(
        re.findall(rf"Login: user=<{re.escape(gateway.buyer)}>", log)
    )


def test_one_of_two_gateways_reads_a_mailbox_and_the_other_takes_over(servers, token_endpoint, database):  # noqa: F811
    first = SharingGateway(servers, token_endpoint, database).start()
    second = SharingGateway(servers, token_endpoint, database, first.buyer)
    try:
        made = first.found()
        second.start()
        admin = Purchase(first, made["api_key"], APPROVER)
        # No copy in Sent, so that every sign-in is a reader's.
        mailbox = admin.call("POST", "/v1/mailboxes", described(first, sent_copy=None))
        eventually("a reader", lambda: logins(first) == 1, patience=30)
        time.sleep(22)  # two rounds in which the other one looks for mailboxes
        assert logins(first) == 1, "one gateway reads, the other does not"
        purchase = Purchase(first, member_key(first, made), APPROVER)
        purchase.create()
        purchase.act("open")
        purchase.decide()
        purchase.wait_for_mails(1)

        first.kill()
        purchase.gateway = admin.gateway = second
        purchase.vendor_says("We can offer USD 950.00 per unit.")
        eventually("the other reader", lambda: purchase.negotiation()["current_offer_price"] == "950.00", patience=60)
        assert 1 <= logins(first) - 1 <= 2
        first.start()
        time.sleep(12)
        assert admin.call("GET", f"/v1/mailboxes/{mailbox['id']}")["state"] == "ok"
        inbound = [
            m for m in purchase.call("GET", f"/v1/negotiations/{purchase.id}/messages")["items"]
            if m["direction"] == "inbound"
        ]  # fmt: skip
        assert len(inbound) == 1
    finally:
        second.stop()
        first.remove()
        second.remove()
