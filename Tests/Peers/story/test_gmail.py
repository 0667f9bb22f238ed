"""A purchase by Gmail: sent and read by its interface, with the fake in its place."""

import email
import email.policy
import json
import subprocess
import sys

import pytest
import requests

from gateway import CHECKOUT, Gateway, eventually
from purchase import Purchase
from test_purchase import APPROVER, member_key

ADDRESS = "purchasing@parley.test"


class GmailGateway(Gateway):
    """A gateway whose organization has a mailbox of Gmail."""

    def __init__(self, gmail):
        super().__init__()
        self.gmail = gmail
        self.service = f"http://127.0.0.1:{gmail['port']}"
        self.thread = None

    def environment(self):
        return super().environment() | {
            "PARLEY_GMAIL_URL": self.service, "PARLEY_GOOGLE_TOKEN_URL": f"{self.service}/token",
        }

    def steer(self, wish, **what):
        return requests.post(f"{self.service}/_test/{wish}", json=what, timeout=10).json()

    def sent(self):
        return requests.get(f"{self.service}/_test/sent", timeout=10).json()["sent"]

    def outbox(self):
        mails = [sent["raw"].encode("latin-1") for sent in self.sent()]
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in mails]

    def drop(self, raw, atomically=True):
        self.thread = self.steer("deliver", raw=raw.decode(), thread=self.thread)["threadId"]


def described(gmail, **changes):
    grant = {"client_id": gmail["client_id"], "client_secret": gmail["client_secret"], "refresh_token": gmail["refresh_token"]}
    return {"name": "Purchasing", "address": ADDRESS, "gmail": grant | changes}


@pytest.fixture()
def gateway():
    script = CHECKOUT / "Tests/Peers/servers/gmail_fake.py"
    process = subprocess.Popen(
        [sys.executable, "-B", str(script), "--address", ADDRESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    gateway = GmailGateway(json.loads(process.stdout.readline())).start()
    yield gateway
    gateway.remove()
    process.stdin.close()
    process.wait(30)


@pytest.fixture()
def admin(gateway):
    made = gateway.found()
    caller = Purchase(gateway, made["api_key"], APPROVER)
    caller.made = made
    return caller


def test_a_purchase_goes_by_gmail_and_its_answers_share_a_conversation(gateway, admin):
    mailbox = admin.call("POST", "/v1/mailboxes", described(gateway.gmail))
    assert mailbox["kind"] == "gmail" and mailbox["smtp"] is None
    assert gateway.gmail["client_secret"] not in json.dumps(mailbox)
    test = admin.call("POST", f"/v1/mailboxes/{mailbox['id']}/test", {})
    assert test["succeeded"], test

    purchase = Purchase(gateway, member_key(gateway, admin.made), APPROVER)
    purchase.create()
    purchase.act("open")
    purchase.decide()
    purchase.wait_for_mails(1)
    purchase.wait_for("sent")
    purchase.vendor_says("Thank you. We can offer USD 950.00 per unit.")
    purchase.wait_for("vendor_replied")
    assert purchase.negotiation()["current_offer_price"] == "950.00"
    purchase.act("accept")
    purchase.decide()
    purchase.wait_for("accepted")
    assert gateway.sent()[-1]["threadId"] == gateway.thread, "our answer joins the vendor's conversation"
    assert admin.call("GET", "/v1/inbox")["items"] == []


def test_a_permission_that_was_taken_back_is_told_and_nothing_is_lost(gateway, admin):
    admin.call("POST", "/v1/mailboxes", described(gateway.gmail))
    purchase = Purchase(gateway, member_key(gateway, admin.made), APPROVER)
    purchase.create()
    purchase.act("open")
    gateway.steer("revoke", what="refresh")
    gateway.steer("revoke", what="access")

    def failing():
        state = admin.call("GET", "/v1/mailboxes")["items"][0]
        return state["state"] == "failing" and state["state_reason"]

    assert "Connect the mailbox again" in eventually("the mailbox to fail", failing)


def test_a_mailbox_of_the_settings_file_is_there_after_the_start_and_is_described_by_it(gateway, admin):
    file = gateway.home / "parley.yaml"
    entry = described(gateway.gmail) | {"organization": "acme", "display_name": "Acme"}
    entry["gmail"]["refresh_token"] = "wrong"
    for refresh_token in ["wrong", gateway.gmail["refresh_token"]]:
        entry["gmail"]["refresh_token"] = refresh_token
        file.write_text(json.dumps({"mailboxes": [entry, entry | {"organization": "nobody"}]}))
        gateway.stop()
        gateway.arguments = ["--config", str(file)]
        gateway.start()
    (mailbox,) = admin.call("GET", "/v1/mailboxes")["items"]
    assert mailbox["display_name"] == "Acme" and mailbox["state"] == "ok"
    test = admin.call("POST", f"/v1/mailboxes/{mailbox['id']}/test", {})
    assert test["succeeded"], test
    assert "organization nobody, which does not exist" in gateway.words()


@pytest.mark.parametrize(
    "body, field",
    [
        ({"gmail": {"client_id": "c", "client_secret": "s"}}, "gmail.refresh_token"),
        ({}, "smtp"),
        ({"gmail": {"client_id": "c", "client_secret": "s", "refresh_token": "r"},
          "smtp": {"host": "h", "port": 25, "security": "none"}}, "smtp"),
        ({"gmail": {"client_id": "c", "client_secret": "s", "refresh_token": "r"}, "dkim": {"selector": "parley"}}, "dkim"),
        ({"smtp": {"host": "h", "port": 25, "security": "none", "user": "u"},
          "oauth": {"provider": "yahoo", "client_id": "c", "client_secret": "s", "refresh_token": "r"}}, "oauth.provider"),
    ],
)
def test_a_mailbox_that_cannot_work_is_refused_with_the_field_that_is_wrong(gateway, admin, body, field):
    problem = admin.call("POST", "/v1/mailboxes", {"name": "P", "address": ADDRESS} | body, expected=(422,))
    assert problem["field"] == field, problem
