"""One purchase negotiated end to end, and the same with the process killed at every hop."""

import random
import threading
import time

import pytest
import requests

from gateway import Gateway, answer, eventually
from purchase import Purchase

APPROVER = "root@acme.example"


@pytest.fixture()
def gateway():
    gateway = Gateway().start()
    yield gateway
    gateway.remove()


def member_key(gateway, made):
    """A second person, who asks; the administrator decides."""
    url, head = gateway.url, {"Authorization": f"Bearer {made['api_key']}"}
    person = {
        "email": "mia@acme.example",
        "full_name": "Mia Member",
        "role": "member",
        "password": "another horse 43",
    }
    reply = requests.post(url + "/v1/users", json=person, headers=head, timeout=30)
    assert reply.status_code == 201, reply.text
    login = {"email": person["email"], "password": person["password"]}
    reply = requests.post(url + "/v1/auth/login", json=login, timeout=30)
    assert reply.status_code == 200, reply.text
    return reply.json()["access_token"]


@pytest.fixture()
def purchase(gateway):
    return Purchase(gateway, member_key(gateway, gateway.found()), APPROVER)


def test_one_purchase_is_negotiated_from_draft_to_purchase_order(purchase):
    purchase.create()
    drafted = purchase.act("open")
    assert drafted["email"]["money_related"] is True
    assert drafted["email"]["status"] == "pending_approval"
    assert drafted["approval"]["status"] == "pending"
    time.sleep(0.3)
    assert purchase.mails() == [], "nothing leaves before it is approved"

    purchase.decide()
    opening = purchase.wait_for_mails(1)[0]
    assert "900" in opening.get_body(("plain",)).get_content()
    assert "1000" not in opening.as_string().replace("1,000", "1000"), "the limit never leaves"
    purchase.wait_for("sent")

    purchase.vendor_says("Thank you. We can offer USD 950.00 per unit.")
    purchase.wait_for("vendor_replied")
    offers = purchase.call("GET", f"/v1/negotiations/{purchase.id}/offers")["items"]
    assert [o["amount"] for o in offers if o["party"] == "vendor"] == ["950.00"]
    assert purchase.negotiation()["current_offer_price"] == "950.00"

    purchase.act("counter", price="920.00")
    purchase.decide()
    counter = purchase.wait_for_mails(2)[1]
    assert counter["In-Reply-To"], "a counter-offer answers the vendor's mail"
    purchase.wait_for("sent")

    purchase.vendor_says("Agreed, we accept 920.00 USD per unit.")
    purchase.wait_for("vendor_replied")
    purchase.act("accept")
    purchase.decide()
    purchase.wait_for("accepted")
    assert len(purchase.mails()) == 3

    order = purchase.call("POST", "/v1/purchase-orders", {"negotiation_id": purchase.id})
    assert order["po_number"] == f"PO-{time.gmtime().tm_year}-001"
    assert (order["unit_price"], order["quantity"], order["total_amount"]) == ("920.00", 10, "9200.00")
    seen = purchase.actions()
    for action in ["negotiation.created", "email.drafted", "approval.requested", "approval.approved", "email.sent"]:
        assert action in seen
    assert seen.count("email.sent") == 3
    assert seen.count("message.received") == 2


def test_looking_at_a_link_decides_nothing_and_a_used_one_says_what_happened(purchase):
    purchase.create()
    purchase.act("open")
    link = purchase.link()
    for method in ["GET", "HEAD", "OPTIONS", "GET"]:
        requests.request(method, link, timeout=30)
    assert purchase.negotiation()["status"] == "pending_approval"
    assert requests.get(link[:-3] + "abc", timeout=30).status_code == 404

    purchase.decide()
    purchase.wait_for("sent")
    again = requests.post(link, data={"decision": "reject", "comment": "too late"}, timeout=30)
    assert again.status_code == 409
    assert "approved" in again.text
    assert len(purchase.mails()) == 1


def test_an_edit_kills_the_old_link_and_asks_again(purchase):
    purchase.create()
    drafted = purchase.act("open")
    old = purchase.link()
    changed = purchase.call("PATCH", f"/v1/emails/{drafted['email']['id']}", {"body_text": "We pay 890 USD each."})
    assert changed["status"] == "pending_approval"
    assert requests.post(old, data={"decision": "approve"}, timeout=30).status_code == 409
    purchase.decided.add(old)
    purchase.decide()
    mail = purchase.wait_for_mails(1)[0]
    assert "We pay 890 USD each." in mail.get_body(("plain",)).get_content()


def test_the_same_answer_dropped_twice_counts_once_and_a_broken_one_is_kept(purchase, gateway):
    purchase.create()
    purchase.act("open")
    purchase.decide()
    raw = answer(purchase.wait_for_mails(1)[0], "We can offer 940.00 USD per unit.")
    purchase.wait_for("sent")
    gateway.drop(raw)
    gateway.drop(raw)
    gateway.drop(raw + b" ", atomically=False)
    purchase.wait_for("vendor_replied")
    eventually("an empty inbox", lambda: not list((gateway.home / "mail/inbox/new").iterdir()))
    time.sleep(0.5)
    assert purchase.actions().count("message.received") == 1
    messages = purchase.call("GET", f"/v1/negotiations/{purchase.id}/messages")["items"]
    assert [message["direction"] for message in messages] == ["outbound", "inbound"]


def test_killed_at_every_hop_it_loses_and_doubles_nothing(gateway):
    purchase = Purchase(gateway, gateway.found()["api_key"], "max@acme.example")
    person = {
        "email": "max@acme.example",
        "full_name": "Max Manager",
        "role": "manager",
        "password": "another horse 43",
    }
    purchase.call("POST", "/v1/users", person)
    purchase.create()
    chance = random.Random(20)

    def killed_soon(step):
        """Does a step while the process is killed within the next moments, and starts it again."""
        timer = threading.Timer(chance.uniform(0, 0.12), gateway.kill)
        timer.start()
        try:
            step()
        except requests.RequestException:
            pass  # the connection broke with the process; whether the step counted shows afterwards
        timer.join()
        gateway.start()

    def composed(action, **body):
        before = purchase.actions().count("email.drafted")
        killed_soon(lambda: purchase.act(action, **body))
        if purchase.actions().count("email.drafted") == before:
            purchase.act(action, **body)

    def decided(mails):
        purchase.link()
        killed_soon(purchase.decide)
        if purchase.negotiation()["status"] == "pending_approval" and not approved(mails):
            purchase.decided.clear()
            purchase.decide()
        eventually(f"{mails} mails to the vendor or doubt", lambda: len(purchase.mails()) >= mails or settle())
        eventually("the end of sending", lambda: settle() or purchase.negotiation()["status"] != "pending_approval")

    def approved(count):
        return purchase.actions().count("approval.approved") >= count

    def settle():
        """What nobody can know is decided by a person, who looks into the outbox."""
        for mail in purchase.call("GET", f"/v1/negotiations/{purchase.id}/emails")["items"]:
            if mail["status"] == "uncertain":
                found = any(mail["message_id"] in str(sent["Message-ID"]) for sent in purchase.mails())
                resolution = {"resolution": "sent" if found else "send_again"}
                gateway.let_quiet_time_pass(mail["id"])
                purchase.call("POST", f"/v1/emails/{mail['id']}/resolve", resolution)
        return False

    def answered(text, mails):
        killed_soon(lambda: purchase.vendor_says(text))
        purchase.wait_for("vendor_replied")

    composed("open")
    decided(1)
    answered("We can offer USD 950.00 per unit.", 1)
    composed("counter", price="920.00")
    decided(2)
    answered("Agreed, 920.00 USD per unit.", 2)
    composed("accept")
    decided(3)
    purchase.wait_for("accepted")
    killed_soon(lambda: purchase.call("POST", "/v1/purchase-orders", {"negotiation_id": purchase.id}))
    orders = purchase.call("GET", "/v1/purchase-orders")["items"]
    if not orders:
        purchase.call("POST", "/v1/purchase-orders", {"negotiation_id": purchase.id})
        orders = purchase.call("GET", "/v1/purchase-orders")["items"]
    assert [order["total_amount"] for order in orders] == ["9200.00"]

    ids = [mail["Message-ID"] for mail in purchase.mails()]
    assert len(ids) == 3 and len(set(ids)) == 3, "every email reached the vendor exactly once"
    seen = purchase.actions()
    assert seen.count("email.sent") == 3
    assert seen.count("message.received") == 2
    assert seen.count("approval.approved") == 3
