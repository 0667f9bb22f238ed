"""Webhooks from providers, signed with their own SDKs, to a running gateway: what they do, what is refused, and kills."""

import base64
import gzip
import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import uuid

import pytest
import requests

from gateway import ADMIN, CHECKOUT, Gateway, answer, eventually
from providers import ACCOUNT, SNS, TOPIC, Custom, Keys, Mailgun, SendGrid, Stripe
from purchase import VENDOR, Purchase
from test_browser import browser  # noqa: F401
from test_inbox import signed_in
from test_purchase import APPROVER, member_key

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


class HookedGateway(Gateway):
    """A gateway that takes the keys of Amazon and Google from this machine."""

    def __init__(self, keys):
        super().__init__()
        self.keys = keys
        self.more = {}

    def environment(self):
        return super().environment() | self.keys.environment() | self.more


@pytest.fixture()
def gateway():
    keys = Keys()
    gateway = HookedGateway(keys).start()
    yield gateway
    gateway.remove()
    keys.close()


@pytest.fixture()
def admin(gateway):
    made = gateway.found()
    caller = Purchase(gateway, made["api_key"], APPROVER)
    caller.made = made
    return caller


def endpoint(admin, provider, **settings):
    return admin.call("POST", "/v1/webhook-endpoints", {"provider": provider, **settings})


def opened(gateway, admin):
    purchase = Purchase(gateway, member_key(gateway, admin.made), APPROVER)
    purchase.create()
    purchase.act("open")
    purchase.decide()
    purchase.wait_for("sent")
    return purchase


def events(admin, **filters):
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return admin.call("GET", f"/v1/webhook-events?limit=200&{query}")["items"]


def settled(admin, external_id):
    """The event with that id, once it is processed."""

    def look():
        (event,) = events(admin, external_id=external_id) or [{"state": "stored"}]
        return event if event["state"] != "stored" else None

    return eventually(f"the end of {external_id}", look)


def counts(admin, ident):
    (found,) = [row for row in admin.call("GET", "/v1/webhook-endpoints")["items"] if row["id"] == ident]
    return tuple(found[f"{name}_count"] for name in ("verified", "duplicate", "refused", "quarantined"))


def test_an_answer_by_webhook_and_by_mailbox_counts_once_and_is_named_in_its_event(gateway, admin):
    purchase = opened(gateway, admin)
    made = endpoint(admin, "custom", secret=SECRET)
    assert made["url"] == f"{gateway.url}/hooks/{made['id']}" and made["secret"] is None
    raw = answer(purchase.mails()[0], "We can offer USD 950.00 per unit.")
    custom = Custom(made["url"], SECRET)
    for _ in range(3):
        assert custom.mail(raw, "msg_answer").status_code == 200
    gateway.drop(raw)
    purchase.wait_for("vendor_replied")
    event = settled(admin, "msg_answer")
    assert event["state"] == "processed" and event["negotiation_id"] == purchase.id
    assert event["matched_entity_type"] == "arrival" and event["event_type"] == "email.received"
    assert counts(admin, made["id"]) == (1, 2, 0, 0)
    assert purchase.negotiation()["current_offer_price"] == "950.00"
    time.sleep(1)
    assert purchase.actions().count("message.received") == 1
    assert len([m for m in purchase.call("GET", f"/v1/negotiations/{purchase.id}/messages")["items"] if m["direction"] == "inbound"]) == 1
    # Processing again, by API and by command, changes nothing.
    for _ in range(2):
        admin.call("POST", f"/v1/webhook-events/{event['id']}/replay", {})
    gateway.command("webhooks", "replay", event["id"], "--json")
    assert settled(admin, "msg_answer")["negotiation_id"] == purchase.id
    (line,) = [json.loads(line) for line in gateway.command("webhooks", "list", "--json").splitlines()]
    assert line["id"] == event["id"] and line["external_id"] == "msg_answer"
    assert purchase.actions().count("message.received") == 1


def test_mailgun_brings_mail_and_a_token_counts_once(gateway, admin):
    purchase = opened(gateway, admin)
    made = endpoint(admin, "mailgun", secret="key-0123456789")
    mailgun = Mailgun(made["url"], "key-0123456789")
    raw = answer(purchase.mails()[0], "We can offer USD 940.00 per unit.")
    triple = mailgun.triple()
    assert mailgun.route(raw, triple).status_code == 200
    assert mailgun.route(raw, triple).status_code == 200, "a retry is no fraud"
    purchase.wait_for("vendor_replied")
    forged = raw.replace(b"940.00", b"9400.00")
    assert mailgun.route(forged, triple).status_code == 406, "a token that was seen proves nothing for another mail"
    assert counts(admin, made["id"]) == (1, 1, 1, 0)
    assert len(events(admin, source="mailgun")) == 1
    message_id = purchase.mails()[0]["Message-ID"].strip("<>")
    event = {
        "event": "delivered", "id": "abc", "timestamp": time.time(), "recipient": VENDOR,
        "message": {"headers": {"message-id": message_id}},
    }  # fmt: skip
    assert mailgun.event(event).status_code == 200
    eventually("the delivery in the timeline", lambda: "email.delivered" in purchase.actions())


def test_a_permanent_bounce_makes_the_negotiation_undeliverable_and_its_owner_is_told(gateway, admin):
    purchase = opened(gateway, admin)
    sendgrid = SendGrid()
    sendgrid.url = endpoint(admin, "sendgrid_events", public_key=sendgrid.public)["url"]
    common = {"email": VENDOR, "timestamp": int(time.time()), "smtp-id": purchase.mails()[0]["Message-ID"]}
    batch = [
        {**common, "event": "delivered", "sg_event_id": "d1"},
        {**common, "event": "open", "sg_event_id": "o1"},
        {**common, "event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "no such user", "sg_event_id": "b1"},
        {**common, "event": "delivered", "sg_event_id": "x1", "smtp-id": "<somebody@else.example>"},
    ]
    for _ in range(2):
        assert sendgrid.send(batch).status_code == 200
    purchase.wait_for("undeliverable")
    email = purchase.call("GET", f"/v1/negotiations/{purchase.id}/messages")["items"][0]["email_id"]
    about = {event["external_id"]: event for event in events(admin, matched_entity_id=email)}
    eventually("all of them", lambda: all(settled(admin, name) for name in ["d1", "o1", "b1", "x1"]))
    about = {event["external_id"]: event for event in events(admin, matched_entity_id=email)}
    assert set(about) == {"d1", "o1", "b1"}
    assert {event["negotiation_id"] for event in about.values()} == {purchase.id}
    assert settled(admin, "x1")["state"] == "ignored"
    notes = [note["title"] for note in purchase.call("GET", "/v1/notifications")["items"]]
    assert notes.count("Mail to Vendor Inc cannot be delivered") == 1
    admin.call("POST", "/v1/webhook-events/replay", {"ids": [event["id"] for event in about.values()]})
    eventually("the replay", lambda: all(e["state"] == "processed" for e in events(admin, matched_entity_id=email)))
    assert purchase.actions().count("email.bounced") == 1


def test_sns_is_confirmed_and_brings_mail_and_only_from_its_own_topic(gateway, admin):
    purchase = opened(gateway, admin)
    made = endpoint(admin, "ses")
    sns = gateway.keys.sns
    sns.url = made["url"]
    assert sns.subscribe().status_code == 200
    eventually("the confirmation", lambda: any("ConfirmSubscription" in path for path in gateway.keys.asked))
    raw = answer(purchase.mails()[0], "We can offer USD 930.00 per unit.")
    mail = {
        "notificationType": "Received", "content": base64.b64encode(raw).decode(),
        "receipt": {"recipients": ["p@acme.example"], "action": {"type": "SNS", "encoding": "BASE64"}},
        "mail": {"source": VENDOR, "messageId": "m1"},
    }  # fmt: skip
    assert sns.send(json.dumps(mail)).status_code == 200
    purchase.wait_for("vendor_replied")
    # The first topic is the only one from then on, and nothing is fetched for others, nor from elsewhere.
    asked = len(gateway.keys.asked)
    assert sns.send(json.dumps(mail), topic=TOPIC + "-evil").status_code == 401
    assert sns.send("x", SigningCertURL="https://169.254.169.254/SimpleNotificationService-1.pem").status_code == 401
    assert sns.subscribe(SubscribeURL="https://127.0.0.1/?x").status_code == 401
    assert len(gateway.keys.asked) == asked
    assert sns.send("x", SigningCertURL=f"{SNS}/SimpleNotificationService-moved.pem").status_code == 401
    assert gateway.keys.asked[-1].endswith("moved.pem"), "a redirect is not followed"
    assert sns.send("x", SigningCertURL=f"{SNS}/SimpleNotificationService-none.pem").status_code == 401


def test_a_push_of_google_has_its_mailbox_read_at_once_and_tokens_are_held_against_everything(admin, gateway):
    script = CHECKOUT / "Tests/Peers/servers/gmail_fake.py"
    process = subprocess.Popen(
        [sys.executable, "-B", str(script), "--address", "purchasing@parley.test"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    gmail = json.loads(process.stdout.readline())
    service = f"http://127.0.0.1:{gmail['port']}"
    gateway.stop()
    gateway.more = {"PARLEY_GMAIL_URL": service, "PARLEY_GOOGLE_TOKEN_URL": f"{service}/token"}
    gateway.start()
    google = gateway.keys.google
    made = endpoint(admin, "gmail", service_account=ACCOUNT, topic="projects/mine/topics/mail")
    google.url = made["url"]
    grant = {name: gmail[name] for name in ("client_id", "client_secret", "refresh_token")}
    mailbox = admin.call("POST", "/v1/mailboxes", {"name": "P", "address": "purchasing@parley.test", "gmail": grant})

    def deliver(name):
        raw = f"From: {VENDOR}\r\nTo: p@parley.test\r\nMessage-ID: <{name}@v.example>\r\nSubject: {name}\r\n\r\nHello\r\n"
        requests.post(f"{service}/_test/deliver", json={"raw": raw, "thread": None}, timeout=10)

    def inbox():
        return [item["message"]["subject"] for item in admin.call("GET", "/v1/inbox")["items"]]

    deliver("first")
    eventually("the first mail", lambda: "first" in inbox(), patience=60)
    deliver("second")
    assert google.push("purchasing@parley.test").status_code == 200
    eventually("the second mail, by the push", lambda: "second" in inbox(), patience=8)
    pushed = [event for event in events(admin, source="gmail")]
    assert [event["matched_entity_id"] for event in pushed] == [mailbox["id"]]

    refused = {
        "expired": google.token(exp=int(time.time()) - 120), "other audience": google.token(aud="https://x.example"),
        "other issuer": google.token(iss="https://accounts.google.example"), "not verified": google.token(email_verified=False),
        "other account": google.token(email="evil@other.iam.gserviceaccount.com"),
        "no signature": google.token().rsplit(".", 1)[0] + ".", "not a token": "x" * 40,
    }  # fmt: skip
    none = base64.urlsafe_b64encode(b'{"alg":"none","kid":"k1"}').rstrip(b"=").decode()
    refused["no algorithm"] = f"{none}.{google.token().split('.')[1]}."
    for what, token in refused.items():
        assert google.push("purchasing@parley.test", token).status_code == 401, what
    assert google.push("nobody@parley.test").status_code == 200, "a mailbox that is not ours is acknowledged"
    process.stdin.close()
    process.wait(30)


def test_stripe_sets_the_tier_to_the_newest_that_is_known(gateway, admin):
    made = endpoint(admin, "stripe", secret="whsec_test", customer="cus_1", tiers={"price_pro": "pro", "max": "enterprise"})
    stripe = Stripe(made["url"], "whsec_test")

    def send(ident, created, status="active", price="price_pro", customer="cus_1"):
        subscription = {
            "id": "sub_1", "object": "subscription", "customer": customer, "status": status,
            "items": {"data": [{"price": {"id": price, "lookup_key": None}}]},
        }  # fmt: skip
        event = {"id": ident, "object": "event", "type": "customer.subscription.updated", "created": created}
        assert stripe.send(event | {"data": {"object": subscription}}).status_code == 200
        return settled(admin, ident)

    def tier():
        rows = sql(gateway, admin, "SELECT subscription_tier FROM organizations")
        return rows[0]

    now = int(time.time())
    assert send("evt_1", now)["state"] == "processed" and tier() == "pro"
    assert send("evt_2", now - 50, status="canceled")["state"] == "processed" and tier() == "pro", "older news"
    assert send("evt_3", now + 1, price="max")["state"] == "processed" and tier() == "enterprise"
    assert send("evt_4", now + 2, customer="cus_2", status="canceled")["state"] == "ignored" and tier() == "enterprise"
    unknown = send("evt_5", now + 3, price="price_new")
    assert unknown["state"] == "quarantined" and "price_new" in unknown["processing_error"]
    assert send("evt_6", now + 4, status="canceled")["state"] == "processed" and tier() == "free"
    assert counts(admin, made["id"])[0] == 6
    old = {"id": "evt_7", "type": "x", "created": now}
    assert stripe.send(old, at=now - 400).status_code == 401


def sql(gateway, admin, query):
    """The first column of what a service of the tenant reads."""
    connected = json.loads(gateway.command("service", "connect", "--org", "acme", "--name", "peek", "--json"))
    out = subprocess.run(["psql", connected["dsn"], "-Atc", query], capture_output=True, text=True, timeout=60)
    assert out.returncode == 0, out.stderr
    return out.stdout.splitlines()


def test_graph_is_answered_its_handshake_and_believed_by_its_state(gateway, admin):
    made = endpoint(admin, "graph")
    assert len(made["secret"]) >= 32
    reply = requests.post(made["url"] + "?validationToken=a%20%3Cb%3E%2Bc", timeout=10)
    assert (reply.status_code, reply.text) == (200, "a <b>+c") and reply.headers["Content-Type"].startswith("text/plain")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    note = {
        "subscriptionId": "s1", "clientState": made["secret"], "changeType": "created",
        "resource": "me/messages/1", "resourceData": {"id": "1", "@odata.etag": "e1"},
    }  # fmt: skip
    assert requests.post(made["url"], json={"value": [note]}, timeout=10).status_code == 202
    assert requests.post(made["url"], json={"value": [note]}, timeout=10).status_code == 202
    assert requests.post(made["url"], json={"value": [{**note, "clientState": "wrong" * 5}]}, timeout=10).status_code == 401
    assert counts(admin, made["id"]) == (1, 1, 1, 0)
    (event,) = events(admin, source="graph")
    assert "clientState" not in event["payload"]


def test_both_secrets_count_during_a_rotation_and_a_removed_endpoint_is_unknown(gateway, admin):
    made = endpoint(admin, "custom")
    old = Custom(made["url"], made["secret"])
    assert old.send({"type": "a"}).status_code == 200
    rotated = admin.call("POST", f"/v1/webhook-endpoints/{made['id']}/rotate", {})
    new = Custom(made["url"], rotated["secret"])
    assert rotated["secret"] != made["secret"] and rotated["overlap_ends"]
    assert old.send({"type": "a"}).status_code == 200 and new.send({"type": "a"}).status_code == 200
    test = admin.call("POST", f"/v1/webhook-endpoints/{made['id']}/test", {})
    assert test["succeeded"] and test["status"] == 200, test
    again = admin.call("POST", f"/v1/webhook-endpoints/{made['id']}/rotate", {"overlap_hours": 0})
    assert new.send({"type": "a"}).status_code == 401 and old.send({"type": "a"}).status_code == 401
    assert Custom(made["url"], again["secret"]).send({"type": "a"}).status_code == 200
    assert counts(admin, made["id"]) == (5, 0, 2, 0)
    whole = json.dumps([admin.call("GET", "/v1/webhook-endpoints"), admin.call("GET", "/v1/webhook-events")])
    for secret in (made["secret"], rotated["secret"], again["secret"]):
        assert secret not in whole
    requests.delete(
        f"{gateway.url}/v1/webhook-endpoints/{made['id']}", headers={"Authorization": f"Bearer {admin.key}"}, timeout=10
    ).raise_for_status()
    assert Custom(made["url"], again["secret"]).send({"type": "a"}).status_code == 404
    assert len(events(admin)) == 5, "its events stay"


def test_every_fixture_of_every_provider_is_taken_or_refused_as_it_should_and_none_breaks_anything(gateway, admin):
    signed = subprocess.run(
        [sys.executable, "-B", str(CHECKOUT / "Tests/Peers/webhooks/sign.py"), str(CHECKOUT / "Fixtures/webhooks"), str(int(time.time()))],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert signed.returncode == 0, signed.stderr
    answers = {}
    for name, delivery in json.loads(signed.stdout).items():
        settings = {"origins": delivery.get("origins"), "audience": delivery.get("audience")}
        settings |= {"secret": (delivery.get("secrets") or [None])[0], "public_key": (delivery.get("public_keys") or [None])[0]}
        if delivery["provider"] in ("ses", "gmail"):
            continue  # their keys are made anew in each run, and are tested with those that this test serves
        made = endpoint(admin, delivery["provider"], **{k: v for k, v in settings.items() if v})
        reply = requests.post(
            made["url"], data=base64.b64decode(delivery["body"]), headers=dict(delivery["headers"]), timeout=30
        )
        answers[name] = reply.status_code
        requests.delete(
            f"{gateway.url}/v1/webhook-endpoints/{made['id']}", headers={"Authorization": f"Bearer {admin.key}"}, timeout=10
        )
    assert len(answers) >= 40
    unexpected = {name: status for name, status in answers.items() if status not in (200, 202, 400)}
    assert not unexpected
    assert [name for name, status in answers.items() if status == 400] == [], answers
    eventually("an end of the work", lambda: not events(admin, state="stored"))
    assert len(events(admin, state="quarantined")) >= 5


def raw_request(gateway, path, head, pieces, pause=0.0):
    """Writes a request as it is and gives the status of the answer; 0 when the connection is closed without one."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=60) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode("latin-1"))
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
        except OSError:
            pass  # it has answered already
        try:
            answer = connection.recv(4096)
        except OSError:
            return 0
        return int(answer.split()[1]) if answer else 0


def test_bad_input_is_refused_and_nothing_of_it_is_kept(gateway, admin):
    made = endpoint(admin, "custom", secret=SECRET)
    custom, path = Custom(made["url"], SECRET), f"/hooks/{made['id']}"
    body = json.dumps({"type": "order.created", "data": {"n": 1}}).encode()
    good = custom.headers(body, "msg_1")
    assert custom.post(good, body + b" ").status_code == 401, "tampered"
    assert custom.post(good, body[:-1]).status_code == 401, "truncated"
    assert custom.send(body, age=400).status_code == 401, "stale"
    assert custom.send(body, age=-400).status_code == 401, "from the future"
    assert custom.post({k: v for k, v in good.items() if k != "webhook-signature"}, body).status_code == 401
    assert custom.post({}, body).status_code == 401
    bomb = gzip.compress(b"0" * 50_000_000)
    assert custom.post({**good, "Content-Encoding": "gzip"}, bomb).status_code == 415
    lines = "\r\n".join(f"{k}: {v}" for k, v in good.items())
    twice = lines + f"\r\nwebhook-id: msg_2\r\nContent-Length: {len(body)}"
    assert raw_request(gateway, path, twice, [body]) in (400, 401), "a header twice"
    assert raw_request(gateway, path, lines + "\r\nContent-Length: 40000000", []) == 413
    chunk = b"%x\r\n" % 1_000_000 + b"x" * 1_000_000 + b"\r\n"
    assert raw_request(gateway, path, lines + "\r\nTransfer-Encoding: chunked", [chunk] * 40) in (413, 0)
    assert requests.post(f"{gateway.url}/hooks/{uuid.uuid4()}", data=body, headers=good, timeout=10).status_code == 404
    assert requests.post(f"{gateway.url}/hooks/x", data=body, timeout=10).status_code == 404
    assert requests.get(made["url"], timeout=10).status_code == 405
    assert events(admin) == []
    # Authentic but unreadable is kept for a person, and acknowledged.
    deep = b'{"type":"x","data":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    nul = b'{"type":"a\\u0000b","data":{"x":"\\u0000","x":1,"y":"\\ud800"}}'
    assert custom.send(deep, "msg_deep").status_code == 200
    assert custom.send(nul, "msg_nul").status_code == 200
    assert custom.send(b"not json", "msg_text").status_code == 200
    states = {event["external_id"]: event["state"] for event in events(admin)}
    assert states["msg_deep"] == states["msg_text"] == "quarantined" and "msg_nul" in states
    assert not any(event["processed"] for event in events(admin, state="quarantined"))
    big = b"Subject: big\r\nMessage-ID: <big@v.example>\r\n\r\n" + b"0123456789abcde\r\n" * 1_200_000
    assert custom.mail(big, "msg_big").status_code == 200, "20 MB of mail are taken"
    assert settled(admin, "msg_big")["state"] in ("processed", "quarantined")
    too_big = b"Subject: big\r\n\r\n" + b"0123456789abcde\r\n" * 1_764_706
    assert custom.mail(too_big, "msg_30mb").status_code == 413, "base64 makes 40 MB of 30"
    assert requests.get(gateway.url + "/healthz", timeout=10).status_code == 200
    assert counts(admin, made["id"])[2] >= 8


def test_slow_senders_are_told_so_and_hold_nobody_up(gateway, admin):
    made = endpoint(admin, "custom", secret=SECRET)
    custom = Custom(made["url"], SECRET)
    statuses = []

    def crawl():
        start = time.monotonic()
        head = "Content-Type: application/json\r\nContent-Length: 1000"
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=60) as connection:
            connection.sendall(f"POST /hooks/{made['id']} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n{{".encode())
            statuses.append((int(connection.recv(100).split()[1]), time.monotonic() - start))

    crawlers = [threading.Thread(target=crawl) for _ in range(20)]
    for crawler in crawlers:
        crawler.start()
    time.sleep(0.5)
    start = time.monotonic()
    assert custom.send({"type": "a"}).status_code == 200
    assert time.monotonic() - start < 3
    for crawler in crawlers:
        crawler.join(60)
    assert len(statuses) == 20 and {status for status, _ in statuses} == {408}
    assert max(took for _, took in statuses) < 29


def test_no_acknowledged_event_is_lost_or_doubled_when_the_gateway_is_killed(gateway, admin):
    made = endpoint(admin, "custom", secret=SECRET)
    custom = Custom(made["url"], SECRET)
    acknowledged, lock, over = set(), threading.Lock(), threading.Event()

    def deliver(sender):
        number = 0
        while not over.is_set():
            ident = f"msg_{sender}_{number}"
            raw = f"From: {VENDOR}\r\nMessage-ID: <{ident}@v.example>\r\nSubject: {ident}\r\n\r\nHello\r\n".encode()
            # A third are mails, whose arrivals must not be lost or doubled either.
            send = (lambda: custom.mail(raw, ident)) if number % 3 == 0 else (lambda: custom.send({"type": "a", "n": number}, ident))
            try:
                if send().status_code == 200:
                    with lock:
                        acknowledged.add(ident)
                    number += 1
            except requests.RequestException:
                time.sleep(0.05)  # as a provider would: the same event again

    senders = [threading.Thread(target=deliver, args=(n,)) for n in range(8)]
    for sender in senders:
        sender.start()
    for _ in range(3):
        time.sleep(1.5)
        gateway.kill()
        gateway.start()
    time.sleep(1)
    over.set()
    for sender in senders:
        sender.join(60)
    assert len(acknowledged) > 100
    rows = sql(gateway, admin, "SELECT external_id FROM webhook_events")
    assert len(rows) == len(set(rows)), "doubled"
    assert acknowledged <= set(rows), "lost"

    def read():
        return sql(gateway, admin, "SELECT count(*) FROM webhook_events WHERE NOT processed") == ["0"]

    eventually("an end of the work", read, patience=120)
    mails = {ident for ident in rows if int(ident.rsplit("_", 1)[1]) % 3 == 0}
    found, cursor = [], ""
    while cursor is not None:
        page = admin.call("GET", f"/v1/inbox?limit=200{cursor and '&cursor=' + cursor}")
        found += [item["message"]["subject"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert sorted(found) == sorted(mails), "every mail once"


def test_endpoints_are_kept_on_a_page_without_script(gateway, admin, browser):  # noqa: F811
    visitor = signed_in(browser, gateway, *ADMIN)
    visitor.open("/webhooks")
    visitor.sees("No endpoint yet")
    visitor.fill("/webhooks", name="Our shop")
    visitor.press("/webhooks", "Add")
    visitor.sees("shown this once")
    (made,) = admin.call("GET", "/v1/webhook-endpoints")["items"]
    visitor.press("/test", "Test")
    visitor.sees("and taken")
    event = events(admin)[0]
    assert event["event_type"] == "parley.sample"
    visitor.open("/webhooks")
    visitor.picture("webhooks")
    visitor.picture("webhooks-phone", width=390)
    browser.set_window_size(1280, 1500)
    visitor.press("/replay", "Process again")
    visitor.sees("processed again")
    visitor.press("/remove", "Remove")
    visitor.sees("endpoint is removed")
    assert made["name"] == "Our shop"
