"""Other systems are told what happens, by signed webhooks that Standard Webhooks' own library verifies."""

import json
import time

import pytest
import requests

from gateway import ADMIN, Gateway, eventually
from purchase import Purchase
from receiver import Receiver
from test_browser import Visitor, browser  # noqa: F401
from test_purchase import APPROVER, member_key

SUBSCRIPTIONS = "/v1/webhook-subscriptions"
ALL = [
    "negotiation.created", "negotiation.status_changed", "negotiation.vendor_replied", "message.unmatched",
    "approval.requested", "approval.decided", "approval.lapsed", "email.sent", "email.failed", "email.uncertain",
    "purchase_order.created", "purchase_order.sent",
]  # fmt: skip


class TellingGateway(Gateway):
    """A gateway whose operator has let in loopback, and which may be without workers for a while."""

    allow = "127.0.0.0/8"

    def environment(self):
        return super().environment() | ({"PARLEY_WEBHOOK_ALLOW": self.allow} if self.allow else {})


@pytest.fixture()
def gateway():
    gateway = TellingGateway().start()
    yield gateway
    gateway.remove()


@pytest.fixture(scope="module")
def closed():
    """A gateway whose operator has let nothing in."""
    gateway = TellingGateway()
    gateway.allow = None
    gateway.start()
    gateway.admin = Purchase(gateway, gateway.found()["api_key"], APPROVER)
    yield gateway
    gateway.remove()


@pytest.fixture()
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture()
def admin(gateway):
    made = gateway.found()
    caller = Purchase(gateway, made["api_key"], APPROVER)
    caller.made = made
    return caller


def subscribe(admin, receiver, events=ALL, **more):
    made = admin.call("POST", SUBSCRIPTIONS, {"url": receiver.url, "events": events} | more)
    assert made["secret"].startswith("whsec_") and made["state"] == "enabled"
    receiver.secrets.append(made["secret"])
    return made


def deliveries(admin, made, state=None):
    items = admin.call("GET", f"{SUBSCRIPTIONS}/{made['id']}/deliveries")["items"]
    return [item for item in items if state in (None, item["state"])]


def refusal(gateway, admin, body):
    reply = requests.post(
        gateway.url + SUBSCRIPTIONS, json=body, timeout=30, headers={"Authorization": f"Bearer {admin.key}"}
    )  # fmt: skip
    assert reply.status_code == 422, f"{reply.status_code} {reply.text}"
    return reply.json()


def test_a_negotiation_is_told_from_beginning_to_end(gateway, admin, receiver):
    made = subscribe(admin, receiver)
    purchase = Purchase(gateway, member_key(gateway, admin.made), APPROVER)
    purchase.create()
    receiver.wait_for("negotiation.created")
    purchase.act("open")
    receiver.wait_for("approval.requested")
    purchase.decide()
    purchase.wait_for_mails(1)
    purchase.wait_for("sent")
    purchase.vendor_says("Thank you. We can offer USD 950.00 per unit.")
    receiver.wait_for("negotiation.vendor_replied")
    purchase.act("accept")
    purchase.decide()
    purchase.wait_for("accepted")
    order = purchase.call("POST", "/v1/purchase-orders", {"negotiation_id": purchase.id})
    receiver.wait_for("purchase_order.created")
    receiver.wait_for("email.sent", 2)
    receiver.wait_for("negotiation.status_changed", 5)
    eventually("everything delivered", lambda: all(d["state"] == "delivered" for d in deliveries(admin, made)))

    told = receiver.events
    assert len(receiver.posts) == len(told), "every post was verified"
    assert len({event["webhook-id"] for event in told}) == len(told) == len(deliveries(admin, made))
    organization = admin.made["organization_id"]
    assert all(set(event) == {"type", "timestamp", "data", "webhook-id"} for event in told)
    assert all(event["data"]["organization_id"] == organization for event in told)
    assert {event["data"]["negotiation_id"] for event in told} == {purchase.id}
    assert receiver.told("purchase_order.created")[0]["data"]["purchase_order_id"] == order["id"]
    path = [(e["data"]["previous_status"], e["data"]["status"]) for e in receiver.told("negotiation.status_changed")]
    assert sorted(path) == sorted([
        ("draft", "pending_approval"), ("pending_approval", "sent"), ("sent", "vendor_replied"),
        ("vendor_replied", "pending_approval"), ("pending_approval", "accepted"),
    ])  # fmt: skip
    assert [e["data"]["status"] for e in receiver.told("approval.decided")] == ["approved", "approved"]
    everything = b"".join(body for _, body in receiver.posts)
    for secret in [b"950.00", b"900.00", b"1000.00", b"vendor.example", b"ThinkBook", b"Thank you"]:
        assert secret not in everything, secret

    # A secret is shown once, and stands nowhere else.
    shown = admin.call("GET", f"{SUBSCRIPTIONS}/{made['id']}") | {"list": admin.call("GET", SUBSCRIPTIONS)}
    assert "whsec_" not in json.dumps(shown)
    member = Purchase(gateway, purchase.key, APPROVER)
    member.call("GET", SUBSCRIPTIONS, expected=(403,))


def test_what_is_not_taken_comes_again_signed_anew_under_the_same_id(gateway, admin, receiver):
    made = subscribe(admin, receiver, ["negotiation.created"])
    receiver.answers = [(500, {}, b"<b>broken</b>")]
    admin.create()
    receiver.wait_for("negotiation.created")
    waiting = eventually("a second try on the list", lambda: deliveries(admin, made, "due"))[0]
    assert waiting["attempts"] == 1 and waiting["last_status"] == 500 and waiting["next_attempt_at"]
    first, second = receiver.wait_for("negotiation.created", 2)
    assert first == second, "the same event, byte for byte"
    eventually("its delivery", lambda: deliveries(admin, made, "delivered"))
    (one, _), (two, _) = receiver.posts
    assert one["webhook-id"] == two["webhook-id"]
    assert int(two["webhook-timestamp"]) >= int(one["webhook-timestamp"]) + 5
    assert one["webhook-signature"] != two["webhook-signature"]
    whole = admin.call("GET", f"/v1/webhook-deliveries/{waiting['id']}")
    assert [attempt["status"] for attempt in whole["log"]] == [500, 204]
    assert whole["log"][0]["answer"] == "<b>broken</b>" and whole["payload"].encode() == receiver.posts[0][1]


def test_for_a_day_both_secrets_sign(gateway, admin, receiver):
    made = subscribe(admin, receiver, ["negotiation.created"])
    rotated = admin.call("POST", f"{SUBSCRIPTIONS}/{made['id']}/rotate-secret", {})
    assert rotated["secret"] != made["secret"] and rotated["previous_secret_until"]
    admin.create()
    receiver.wait_for("negotiation.created")
    headers, body = receiver.posts[0]
    assert len(headers["webhook-signature"].split(" ")) == 2
    assert Receiver.verify(made["secret"], headers, body) and Receiver.verify(rotated["secret"], headers, body)


def test_410_switches_a_subscription_off_and_administrators_are_told(gateway, admin, receiver):
    made = subscribe(admin, receiver, ["negotiation.created"], description="Old ERP")
    receiver.standing = (410, {}, b"")
    admin.create()
    eventually("the end of it", lambda: admin.call("GET", f"{SUBSCRIPTIONS}/{made['id']}")["state"] == "disabled")
    assert "410" in admin.call("GET", f"{SUBSCRIPTIONS}/{made['id']}")["state_reason"]
    notes = admin.call("GET", "/v1/notifications")["items"]
    assert any(note["title"] == "Webhooks to Old ERP switched off" for note in notes)
    admin.create()
    time.sleep(1)
    assert len(receiver.posts) == 1
    dead = deliveries(admin, made, "dead")[0]
    admin.call("POST", f"/v1/webhook-deliveries/{dead['id']}/redeliver", {}, expected=(409,))

    receiver.standing = (200, {}, b"welcome back")
    assert admin.call("POST", f"{SUBSCRIPTIONS}/{made['id']}/enable", {})["state"] == "enabled"
    again = admin.call("POST", f"/v1/webhook-deliveries/{dead['id']}/redeliver", {})
    assert again["state"] == "due" and again["webhook_id"] == dead["webhook_id"]
    assert len({event["webhook-id"] for event in receiver.wait_for("negotiation.created", 2)}) == 1
    eventually("its delivery", lambda: deliveries(admin, made, "delivered"))


def test_a_redirect_is_not_followed(gateway, admin, receiver):
    elsewhere = Receiver()
    made = subscribe(admin, receiver, ["negotiation.created"])
    elsewhere.secrets.append(made["secret"])
    receiver.standing = (307, {"Location": elsewhere.url}, b"")
    admin.create()
    failed = eventually("a failed try", lambda: [d for d in deliveries(admin, made) if d["attempts"]])[0]
    assert failed["last_status"] == 307 and "redirects are not followed" in failed["last_error"]
    assert elsewhere.posts == []
    elsewhere.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.com/x", "https://"),
        ("https://127.0.0.1:8443/x", "this machine"),
        ("https://169.254.169.254/latest/meta-data", "local link"),
        ("https://[::ffff:10.0.0.1]/x", "private"),
        ("https://user:secret@example.com/x", "without user"),
        ("https://example.com:25/", "port 25"),
        ("https://example.com/#part", "fragment"),
    ],
)
def test_an_address_that_must_not_be_reached_is_refused(closed, url, words):
    told = refusal(closed, closed.admin, {"url": url, "events": ["email.sent"]})
    assert told["field"] == "url" and words in told["detail"], told


def test_a_name_that_leads_to_a_private_address_hears_nothing(closed, receiver):
    url = receiver.url.replace("http://127.0.0.1", "https://localhost")
    made = closed.admin.call("POST", SUBSCRIPTIONS, {"url": url, "events": ["negotiation.created"]})
    closed.admin.create()
    failed = eventually("a failed try", lambda: [d for d in deliveries(closed.admin, made) if d["attempts"]])[0]
    assert "no connection may be made" in failed["last_error"], failed
    assert receiver.posts == []


def test_what_was_to_be_told_survives_the_death_of_the_gateway(gateway, admin, receiver):
    made = subscribe(admin, receiver, ["negotiation.created"])
    gateway.stop()
    gateway.arguments = ["--only", "web"]
    gateway.start()
    admin.create()
    gateway.kill()
    assert receiver.posts == []
    gateway.arguments = []
    gateway.start()
    receiver.wait_for("negotiation.created")
    eventually("its delivery", lambda: deliveries(admin, made, "delivered"))
    time.sleep(0.5)
    assert len(receiver.posts) == 1


def test_a_gateway_killed_while_a_receiver_is_told_tells_it_again(gateway, admin, receiver):
    made = subscribe(admin, receiver, ["negotiation.created"])
    receiver.delay = 3
    admin.create()
    time.sleep(1)
    gateway.kill()
    receiver.delay = 0
    receiver.pause.set()
    gateway.start()
    eventually("its delivery", lambda: deliveries(admin, made, "delivered"))
    told = receiver.told("negotiation.created")
    assert len(told) in (1, 2) and len({event["webhook-id"] for event in told}) == 1


def test_a_gateway_that_is_to_stop_puts_on_record_what_is_on_its_way(gateway, admin, receiver):
    made = subscribe(admin, receiver, ["negotiation.created"])
    receiver.delay = 3
    admin.create()
    time.sleep(1)
    gateway.stop()
    assert len(receiver.posts) == 1, "it waited for the answer"
    receiver.delay = 0
    gateway.start()
    assert [delivery["state"] for delivery in deliveries(admin, made)] == ["delivered"]
    time.sleep(1)
    assert len(receiver.posts) == 1


def test_a_receiver_that_hangs_makes_nobody_else_wait(gateway, admin, receiver):
    hanging = Receiver()
    hanging.delay = 60
    for _ in range(5):
        hanging.secrets = [subscribe(admin, hanging, ["negotiation.created"])["secret"]]
    subscribe(admin, receiver, ["negotiation.created", "email.sent"])
    began = time.monotonic()
    purchase = Purchase(gateway, member_key(gateway, admin.made), APPROVER)
    for _ in range(3):
        purchase.create()
    purchase.act("open")
    purchase.decide()
    purchase.wait_for_mails(1)
    assert time.monotonic() - began < 10, "mail waited for somebody's receiver"
    hanging.close()


def test_a_repeated_request_makes_no_second_subscription_and_shows_no_secret(gateway, admin, receiver):
    body = {"url": receiver.url, "events": ["email.sent"]}
    first = admin.call("POST", SUBSCRIPTIONS, body, **{"Idempotency-Key": "once"})
    again = admin.call("POST", SUBSCRIPTIONS, body, **{"Idempotency-Key": "once"})
    assert again["id"] == first["id"] and first["secret"] and again["secret"] is None
    assert len(admin.call("GET", SUBSCRIPTIONS)["items"]) == 1
    changed = admin.call("PATCH", f"{SUBSCRIPTIONS}/{first['id']}", {"events": ["email.failed"]})
    assert changed["events"] == ["email.failed"] and changed["url"] == receiver.url
    headers = {"Authorization": f"Bearer {admin.key}"}
    path = f"{gateway.url}{SUBSCRIPTIONS}/{first['id']}"
    assert requests.delete(path, headers=headers, timeout=30).status_code == 204
    assert requests.delete(path, headers=headers, timeout=30).status_code == 404
    assert requests.get(path, headers=headers, timeout=30).status_code == 404


def fits_a_phone(visitor, name):
    visitor.browser.set_window_size(390, 1500)
    visitor.picture(name, width=390)
    wide = visitor.browser.execute_script("return document.documentElement.scrollWidth")
    assert wide <= visitor.browser.execute_script("return document.documentElement.clientWidth"), name
    visitor.browser.set_window_size(1280, 1500)


def test_a_receiver_is_added_tried_and_removed_on_its_pages(gateway, admin, receiver, browser):  # noqa: F811
    visitor = Visitor(browser, gateway)
    visitor.open("/sign-in")
    visitor.fill("/sign-in", email=ADMIN[0], password=ADMIN[1])
    visitor.press("/sign-in", "Sign in")
    visitor.open("/mailboxes")
    browser.find_element("link text", "Outbound").click()
    visitor.sees("Nobody is told anything yet")
    visitor.fill("/subscriptions", url=receiver.url, description="Our <ERP>")
    visitor.press("/subscriptions", "Add")
    visitor.sees("must name one type of event")
    assert visitor.form("/subscriptions").find_element("name", "url").get_attribute("value") == receiver.url
    visitor.form("/subscriptions").find_element("name", "events.negotiation.created").click()
    visitor.picture("subscription-new")
    visitor.press("/subscriptions", "Add")
    assert "It is shown this once" in visitor.text()
    receiver.secrets = [browser.find_element("id", "secret").text]
    visitor.picture("subscription-secret")
    browser.find_element("link text", "I have it").click()
    visitor.sees("Nothing yet")
    receiver.answers = [(500, {}, b"<script>alert(1)</script>")]
    visitor.press("/test", "Send a test event")
    visitor.sees("To be tried again")
    visitor.picture("subscription")
    fits_a_phone(visitor, "subscription-phone")
    browser.find_element("link text", "webhook.test").click()
    visitor.sees("It answered 500.")
    browser.find_element("xpath", "//summary[contains(., 'What it answered')]").click()
    assert "<script>alert(1)</script>" in visitor.text()
    visitor.picture("webhook-delivery")
    fits_a_phone(visitor, "webhook-delivery-phone")
    visitor.press("/redeliver", "Send again")
    visitor.sees("Delivered")
    browser.find_element("link text", "Our <ERP>").click()
    visitor.press("/rotate-secret", "Make a new secret")
    assert "It is shown this once" in visitor.text() and browser.find_element("id", "secret").text != receiver.secrets[0]
    browser.find_element("link text", "I have it").click()
    visitor.sees("The secret before the present one signs besides until")
    visitor.press("/disable", "Switch off")
    visitor.sees("switched it off")
    visitor.press("/enable", "Switch on")
    visitor.sees("What had waited is on its way")
    browser.find_element("xpath", "//summary[contains(., 'Remove this receiver')]").click()
    visitor.press("/remove", "Remove")
    visitor.sees("The subscription is removed")
