"""A purchase by a real Postfix and Dovecot: a mailbox is added and tested, mail goes out by SMTP and comes in by IMAP."""

import datetime
import email
import email.policy
import http.server
import imaplib
import json
import smtplib
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid
import zoneinfo
from pathlib import Path

import dkim
import pytest
import requests
from selenium.common.exceptions import WebDriverException

sys.path.append(str(Path(__file__).resolve().parents[1] / "servers"))  # noqa: E402
import mail_servers
from gateway import ADMIN, CHECKOUT, EXECUTABLE, Gateway, eventually
from purchase import VENDOR, Purchase
from test_browser import Visitor, browser  # noqa: F401
from test_purchase import APPROVER, member_key


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    script = CHECKOUT / "Tests/Peers/servers/mail_servers.py"
    folder = tmp_path_factory.mktemp("mail") / "servers"
    for parent in [folder.parent, *folder.parent.parents][:3]:
        if str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-B", str(script), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield json.loads(process.stdout.readline())
    process.stdin.close()
    process.wait(120)


class TokenEndpoint(http.server.BaseHTTPRequestHandler):
    """Hands out tokens that Dovecot verifies, to whoever brings the grant (RFC 6749, section 6). A refresh token that says
    `once` is good once and comes with the next one; its access tokens are to be asked for again after a second."""

    used = set()

    def log_message(self, *_):
        pass

    def do_POST(self):
        given = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        wanted = {"grant_type": ["refresh_token"], "client_id": ["c"], "client_secret": ["s"]}
        fits = all(given.get(name) == value for name, value in wanted.items())
        refresh = given["refresh_token"][0]
        user = refresh.removeprefix("granted by ").split()[0]
        body = {"access_token": mail_servers.token(user), "token_type": "Bearer", "expires_in": 3600}
        if " once" in refresh:
            fits = fits and refresh not in self.used
            self.used.add(refresh)
            number = int(refresh.rpartition(" ")[2]) + 1
            body |= {"expires_in": 61, "refresh_token": f"granted by {user} once {number}"}
        data = json.dumps(body if fits else {"error": "invalid_grant"}).encode()
        self.send_response(200 if fits else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture(scope="module")
def token_endpoint():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), TokenEndpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/token"
    server.shutdown()


class PostGateway(Gateway):
    """A gateway whose organization has a mailbox: what it sent lies where Postfix delivered it."""

    def __init__(self, servers, token_endpoint):
        super().__init__()
        self.servers = servers
        self.token_endpoint = token_endpoint
        self.buyer = f"purchasing-{uuid.uuid4().hex[:8]}@parley.test"

    def environment(self):
        return super().environment() | {
            "PARLEY_MAIL_CA": self.servers["ca"], "PARLEY_MICROSOFT_TOKEN_URL": self.token_endpoint,
        }

    def maildir(self, user, folder=""):
        path = Path(self.servers["mail"]) / user / folder
        files = sorted([*path.glob("new/*"), *path.glob("cur/*")], key=lambda file: file.stat().st_mtime_ns)
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    def mail_to(self, address):
        return self.maildir(address)

    def drop(self, raw, atomically=True):
        message = email.message_from_bytes(raw, policy=email.policy.default)
        with smtplib.SMTP("127.0.0.1", self.servers["smtp"]) as smtp:
            smtp.sendmail("sales@vendor.example", [message["To"].addresses[0].addr_spec], raw)

    def imap(self):
        context = ssl.create_default_context(cafile=self.servers["ca"])
        connection = imaplib.IMAP4_SSL("localhost", self.servers["imaps"], ssl_context=context)
        connection.login(self.buyer, self.servers["password"])
        return connection


def described(gateway, **changes):
    servers = gateway.servers
    smtp = {"host": "localhost", "port": servers["smtps"], "security": "tls", "user": gateway.buyer, "password": servers["password"]}
    imap = {"host": "localhost", "port": servers["imap"], "security": "starttls", "user": gateway.buyer}
    return {"name": "Purchasing", "address": gateway.buyer, "smtp": smtp, "imap": imap, "sent_copy": "Sent"} | changes


@pytest.fixture()
def gateway(servers, token_endpoint):
    gateway = PostGateway(servers, token_endpoint).start()
    yield gateway
    gateway.remove()


@pytest.fixture()
def admin(gateway):
    """Calls the API as the administrator of a new organization, and can be asked for a purchase of a member."""
    made = gateway.found()
    caller = Purchase(gateway, made["api_key"], APPROVER)
    caller.made = made
    for user in [VENDOR, APPROVER]:
        for file in (Path(gateway.servers["mail"]) / user).glob("*/*"):
            if file.is_file():
                file.unlink()
    return caller


def test_a_mailbox_signs_in_by_oauth_and_signs_what_leaves(gateway, admin):
    given = described(gateway, dkim={"selector": "parley"})
    del given["smtp"]["password"]
    given["oauth"] = {"provider": "microsoft", "client_id": "c", "client_secret": "s",
                      "refresh_token": f"granted by {gateway.buyer}"}
    mailbox = admin.call("POST", "/v1/mailboxes", given)
    assert mailbox["oauth"] == {"provider": "microsoft", "client_id": "c"} and "granted" not in json.dumps(mailbox)
    test = admin.call("POST", f"/v1/mailboxes/{mailbox['id']}/test", {})
    assert test["succeeded"], test

    purchase = Purchase(gateway, member_key(gateway, admin.made), APPROVER)
    purchase.create()
    purchase.act("open")
    purchase.decide()
    purchase.wait_for_mails(1)
    raw = next(Path(gateway.servers["mail"], VENDOR).glob("*/*")).read_bytes()
    signed = raw[raw.index(b"DKIM-Signature:"):]
    dns = {mailbox["dkim"]["record_name"] + ".": mailbox["dkim"]["record"].encode()}
    assert dkim.verify(signed, dnsfunc=lambda name, timeout=5: dns.get(name.decode()))
    assert not dkim.verify(signed.replace(b"900.00", b"901.00"), dnsfunc=lambda name, timeout=5: dns.get(name.decode()))

    given["name"], given["oauth"]["client_secret"] = "Other", "wrong"
    other = admin.call("POST", "/v1/mailboxes", given)
    test = admin.call("POST", f"/v1/mailboxes/{other['id']}/test", {})
    assert not test["succeeded"] and "Connect the mailbox again" in test["steps"][-1]["detail"], test


def test_a_refresh_token_that_is_good_once_outlives_restarts_and_is_shared_by_all_who_use_it(gateway, admin):
    given = described(gateway)
    del given["smtp"]["password"]
    given["oauth"] = {"provider": "microsoft", "client_id": "c", "client_secret": "s",
                      "refresh_token": f"granted by {gateway.buyer} once 0"}
    mailbox = admin.call("POST", "/v1/mailboxes", given)
    purchase = Purchase(gateway, member_key(gateway, admin.made), APPROVER)
    purchase.create()
    purchase.act("open")
    purchase.decide()
    purchase.wait_for_mails(1)
    for text in ["We can offer USD 950.00 per unit.", "Or USD 940.00 per unit."]:
        gateway.kill()
        gateway.start()
        purchase.vendor_says(text)
        purchase.wait_for("vendor_replied")
        price = text.split()[-3]
        eventually("the offer", lambda: purchase.negotiation()["current_offer_price"] == price)
        state = admin.call("GET", f"/v1/mailboxes/{mailbox['id']}")
        assert state["state"] == "ok", state
        purchase.act("reply", text="Thank you, we will come back to you.")
        purchase.wait_for("sent")
    # Described anew with the token as it was given: the one that is in use stays so.
    admin.call("PUT", f"/v1/mailboxes/{mailbox['id']}", given)
    assert admin.call("POST", f"/v1/mailboxes/{mailbox['id']}/test", {})["succeeded"]
    assert len(TokenEndpoint.used) > 2


def test_an_address_beyond_ascii_is_written_to_where_the_server_can_and_fails_in_words_where_not(gateway, admin):
    vendor = "用户@utf8.test"

    def opened(key):
        purchase = Purchase(gateway, key, APPROVER)
        made = purchase.call("POST", "/v1/negotiations", {
            "product": {"title": "Desk", "url": "https://vendor.example", "price": "620.00", "currency": "EUR"},
            "vendor": {"name": f"Vendor {uuid.uuid4().hex[:6]}", "contact_email": vendor}, "quantity": 2,
            "target_price": "540.00"})  # fmt: skip
        purchase.id, purchase.decided = made["id"], set(purchase.links())
        email = purchase.act("open")["email"]["id"]
        purchase.decide()
        return purchase, email

    given = described(gateway)
    mailbox = admin.call("POST", "/v1/mailboxes", given)
    key = member_key(gateway, admin.made)
    purchase, email = opened(key)
    purchase.wait_for("sent")
    eventually("the mail", lambda: gateway.maildir("utf8"))
    raw = next(Path(gateway.servers["mail"], "utf8").glob("new/*")).read_bytes()
    assert f"<{vendor}>".encode() in raw, "the address stands as it was written"

    given["smtp"] = {"host": "localhost", "port": gateway.servers["narrow"], "security": "none"}
    given["imap"]["password"] = gateway.servers["password"]
    admin.call("PUT", f"/v1/mailboxes/{mailbox['id']}", given)
    purchase, email = opened(key)
    failed = eventually("a failure", lambda: (e := purchase.call("GET", f"/v1/emails/{email}"))["status"] == "failed" and e)
    assert "does not offer SMTPUTF8" in failed["status_reason"]
    assert admin.call("GET", f"/v1/mailboxes/{mailbox['id']}")["state"] == "ok", "the mailbox is not to blame"


def test_a_mailbox_is_added_tested_and_negotiates_a_purchase(gateway, admin):
    mailbox = admin.call("POST", "/v1/mailboxes", described(gateway))
    assert mailbox["state"] == "ok" and "password" not in json.dumps(mailbox)
    test = admin.call("POST", f"/v1/mailboxes/{mailbox['id']}/test", {})
    assert test["succeeded"], test
    assert [step["title"].split()[0] for step in test["steps"]] == ["Sign", "Open", "Open", "Sign", "Send", "Find"]

    purchase = Purchase(gateway, member_key(gateway, admin.made), APPROVER)
    purchase.create()
    purchase.act("open")
    purchase.decide()
    opening = purchase.wait_for_mails(1)[0]
    assert opening["From"].addresses[0].addr_spec == gateway.buyer
    purchase.wait_for("sent")
    purchase.vendor_says("Thank you. We can offer USD 950.00 per unit.")
    purchase.wait_for("vendor_replied")
    assert purchase.negotiation()["current_offer_price"] == "950.00"
    purchase.act("accept")
    purchase.decide()
    purchase.wait_for("accepted")

    connection = gateway.imap()
    _, (count,) = connection.select("Sent", readonly=True)
    connection.logout()
    assert int(count) >= 2, "the server keeps a copy of what was sent"
    unmatched = admin.call("GET", "/v1/inbox")["items"]
    assert unmatched == [], "neither the probe nor a copy waits for a person"


def test_what_comes_while_nobody_reads_is_received_once(gateway, admin):
    admin.call("POST", "/v1/mailboxes", described(gateway))
    purchase = Purchase(gateway, member_key(gateway, admin.made), APPROVER)
    purchase.create()
    purchase.act("open")
    purchase.decide()
    purchase.wait_for_mails(1)
    purchase.wait_for("sent")
    gateway.kill()
    purchase.vendor_says("We can offer USD 970.00 per unit.")
    time.sleep(1)
    gateway.start()
    purchase.wait_for("vendor_replied")
    gateway.kill()
    gateway.start()
    time.sleep(13)
    inbound = [m for m in purchase.call("GET", f"/v1/negotiations/{purchase.id}/messages")["items"] if m["direction"] == "inbound"]
    assert len(inbound) == 1
    assert purchase.negotiation()["current_offer_price"] == "970.00"


def test_a_mailbox_that_does_not_work_says_why(gateway, admin):
    wrong = described(gateway)
    wrong["smtp"]["password"] = "wrong"
    mailbox = admin.call("POST", "/v1/mailboxes", wrong)
    test = admin.call("POST", f"/v1/mailboxes/{mailbox['id']}/test", {})
    assert not test["succeeded"]
    assert "did not accept user and password" in test["steps"][-1]["detail"]
    told = admin.call("GET", f"/v1/mailboxes/{mailbox['id']}")
    assert told["state"] == "failing" and "did not accept" in told["state_reason"] and told["failing_since"]
    notes = admin.call("GET", "/v1/notifications")["items"]
    assert any("Purchasing does not work" in note["title"] for note in notes)

    def counted():
        checks = requests.get(gateway.url + "/readyz", timeout=30).json()["checks"]
        return any(check["name"] == "mailboxes" and check["detail"] == "0 work, 1 fail" for check in checks)

    eventually("a count of failing mailboxes", counted)
    doctor = subprocess.run(
        [EXECUTABLE, "doctor"], env=gateway.environment(), capture_output=True, text=True, timeout=120
    )  # fmt: skip
    assert doctor.returncode == 1 and "FAIL  mailboxes: Purchasing of acme" in doctor.stdout, doctor.stdout

    off = admin.call("POST", f"/v1/mailboxes/{mailbox['id']}/disable", {})
    assert off["state"] == "disabled"
    reply = requests.post(
        gateway.url + "/v1/mailboxes", json=described(gateway, name="Purchasing"), timeout=30,
        headers={"Authorization": f"Bearer {admin.key}"},
    )  # fmt: skip
    assert reply.status_code == 409 and "already" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": "Purchasing <a@b.example>"}, "address"),
        ({"smtp": {"host": "a/b", "port": 25, "security": "none"}}, "smtp.host"),
        ({"smtp": {"host": "localhost", "port": 0, "security": "none"}}, "smtp.port"),
        ({"smtp": {"host": "localhost", "port": 25, "security": "none", "user": "a"}}, "smtp.password"),
        ({"imap": {"host": "localhost", "port": 143, "security": "none"}}, "imap.user"),
        ({"imap": None}, "sent_copy"),
        ({"inbox": "a\nb"}, "inbox"),
    ],
)
def test_a_mailbox_that_makes_no_sense_is_refused_with_the_field(gateway, admin, changes, field):
    reply = requests.post(
        gateway.url + "/v1/mailboxes", json=described(gateway, **changes), timeout=30,
        headers={"Authorization": f"Bearer {admin.key}"},
    )  # fmt: skip
    assert reply.status_code == 422, reply.text
    assert field in reply.text


def test_a_mailbox_is_added_and_tested_on_its_page(gateway, admin, browser):  # noqa: F811
    visitor = Visitor(browser, gateway)

    def says(words, times=1):
        """Waits for words: a page that is being replaced has none for a moment."""

        def look():
            try:
                return visitor.text().count(words) == times
            except WebDriverException:
                return False

        eventually(f"the words “{words}”", look, patience=30)

    visitor.open("/sign-in")
    visitor.fill("/sign-in", email=ADMIN[0], password=ADMIN[1])
    visitor.press("/sign-in", "Sign in")
    says("New negotiation", 2)
    visitor.open("/mailboxes")
    says("No mailbox yet")
    servers = gateway.servers
    fields = {"name": "Purchasing", "address": gateway.buyer, "smtp.host": "localhost", "imap.host": "localhost"}
    fields |= {"smtp.port": str(servers["smtps"]), "imap.port": str(servers["imaps"]), "smtp.user": gateway.buyer}
    visitor.fill("/mailboxes", **fields)
    visitor.press("/mailboxes", "Add")
    says("is needed for the user")
    assert visitor.form("/mailboxes").find_element("name", "smtp.host").get_attribute("value") == "localhost"
    visitor.fill("/mailboxes", **{"smtp.password": servers["password"], "imap.user": gateway.buyer})
    visitor.press("/mailboxes", "Add")
    says("The mailbox is added")
    visitor.press("/test", "Test")
    says("It worked.", 5)
    visitor.picture("mailboxes")
    for width in [390, 1280]:
        browser.set_window_size(width, 1500)
        visitor.open("/mailboxes")
        browser.find_element("css selector", "[aria-label='Change Purchasing']").click()
        form = visitor.form(browser.current_url.split("/", 3)[3])
        assert form.find_element("name", "smtp.port").get_attribute("value") == str(servers["smtps"])
        assert form.find_element("name", "smtp.password").get_attribute("value") == ""
        size = browser.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        assert size["width"] <= width, "nothing is wider than the window"
        visitor.picture(f"mailbox-{width}", width)
    action = "/" + browser.current_url.split("/", 3)[3]
    visitor.fill(action, display_name="Acme Purchasing", auth_server="mx.example.test")
    visitor.press(action, "Change")
    says("The mailbox is changed")
    changed = admin.call("GET", "/v1/mailboxes")["items"][0]
    assert (changed["display_name"], changed["auth_server"]) == ("Acme Purchasing", "mx.example.test")
    test = f"/v1/mailboxes/{changed['id']}/test"
    eventually("the stored password to open it", lambda: admin.call("POST", test, {})["succeeded"])
    visitor.open("/mailboxes")
    visitor.fill("/mailboxes", **(fields | {"name": "Broken", "smtp.password": "wrong", "imap.user": gateway.buyer}))
    visitor.press("/mailboxes", "Add")
    says("The mailbox is added")
    visitor.browser.find_element("css selector", "[aria-label='Test Broken']").click()
    says("did not accept user and password", 3)
    visitor.open("/negotiations")
    says("The mailbox Broken does not work.")


def test_a_mailbox_keeps_its_hours_and_its_limit_and_lets_letters_to_staff_through(gateway, admin):
    zone = zoneinfo.ZoneInfo("Europe/Berlin")
    there = datetime.datetime.now(zone)
    later = there + datetime.timedelta(days=2)
    window = {"days": [later.strftime("%A").lower()], "from": "08:30", "until": "24:00", "time_zone": "Europe/Berlin"}
    mailbox = admin.call("POST", "/v1/mailboxes", described(gateway, sending={"window": window}))
    first = Purchase(gateway, member_key(gateway, admin.made), APPROVER)
    first.create()
    sent = first.act("open")["email"]["id"]
    first.decide()  # the letter to the approver came although the mailbox is closed to vendors

    def waiting(purchase, id):
        mail = purchase.call("GET", f"/v1/emails/{id}")
        return mail if mail["status_reason"] else None

    held = eventually("the email to wait", lambda: waiting(first, sent))
    opens = datetime.datetime.combine(later.date(), datetime.time(8, 30), zone).astimezone(datetime.timezone.utc)
    assert held["sends_at"] == opens.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert "(Europe/Berlin)" in held["status_reason"] and first.mails() == []

    admin.call("PUT", f"/v1/mailboxes/{mailbox['id']}", described(gateway, sending={"per_hour": 1}))
    first.wait_for_mails(1)
    first.wait_for("sent")
    second = first.act("reply", text="Which colour is it?")["email"]["id"]
    held = eventually("the second email to wait", lambda: waiting(first, second))
    assert "may send within an hour" in held["status_reason"] and len(first.mails()) == 1
    attempt = first.call("GET", f"/v1/emails/{sent}")["attempts"][-1]
    free = datetime.datetime.fromisoformat(attempt["started_at"].replace("Z", "+00:00")) + datetime.timedelta(hours=1)
    assert datetime.datetime.fromisoformat(held["sends_at"].replace("Z", "+00:00")) == free
    assert attempt["mailbox_id"] == mailbox["id"]
