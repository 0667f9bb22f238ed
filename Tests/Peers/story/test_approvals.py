"""What approvers meet: the letter, the page behind its link, standing in for somebody, policies, in a browser as well."""

import concurrent.futures
import datetime
import re

import pytest
import requests
from selenium.webdriver.common.by import By

from gateway import Gateway, eventually
from purchase import Purchase
from test_browser import MANAGER, Visitor, browser  # noqa: F401

PASSWORD = "correct horse battery"


@pytest.fixture
def gateway():
    gateway = Gateway().start()
    yield gateway
    gateway.remove()


def add_user(key, gateway, name, role):
    address = f"{name.lower()}@acme.example"
    reply = requests.post(
        gateway.url + "/v1/users", timeout=30, headers={"Authorization": f"Bearer {key}"},
        json={"email": address, "full_name": name, "role": role, "password": PASSWORD},
    )  # fmt: skip
    assert reply.status_code == 201, reply.text
    return reply.json()["id"]


def token_of(gateway, name):
    reply = requests.post(
        gateway.url + "/v1/auth/login", timeout=30,
        json={"email": f"{name.lower()}@acme.example", "password": PASSWORD},
    )  # fmt: skip
    assert reply.status_code == 200, reply.text
    return reply.json()["access_token"]


def company(gateway):
    """An organization with a manager who approves, and a purchase that its administrator's key makes."""
    key = gateway.found()["api_key"]
    manager = add_user(key, gateway, "Max", "manager")
    return Purchase(gateway, key, "max@acme.example"), manager


def test_whatever_mail_software_does_with_a_link_decides_nothing(gateway):
    purchase, _ = company(gateway)
    purchase.create()
    email = purchase.act("open")["email"]["id"]
    link = purchase.link()
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "PROPFIND"):
        for agent in ("Mozilla/5.0", "BarracudaCentral", "Microsoft Office Protocol Discovery"):
            reply = requests.request(
                method, link, timeout=30, allow_redirects=False,
                headers={"User-Agent": agent, "Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"},
            )  # fmt: skip
            assert reply.status_code < 500, f"{method}: {reply.status_code}"
    # A scanner that posts what it finds, without the button, or with what a rewriter adds.
    for body in ({}, {"decision": ""}, {"comment": "scanned"}, {"decision": "click"}):
        assert requests.post(link, data=body, timeout=30).status_code == 422
    assert requests.get(link + "?utm_source=mail&fbclid=1", timeout=30).status_code in (200, 400)
    assert purchase.call("GET", f"/v1/emails/{email}")["status"] == "pending_approval"
    assert purchase.mails() == []
    assert requests.post(link, data={"decision": "approve"}, timeout=30).status_code == 200
    purchase.wait_for_mails(1)


def test_twenty_presses_of_the_same_button_decide_once(gateway):
    purchase, _ = company(gateway)
    purchase.create()
    request = purchase.act("open")["approval"]["id"]
    link = purchase.link()
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        presses = [
            pool.submit(requests.post, link, data={"decision": word}, timeout=60)
            for word in ["approve", "reject"] * 10
        ]
        codes = sorted(press.result().status_code for press in presses)
    assert codes[0] == 200 and set(codes[1:]) == {409}, codes
    assert len(purchase.call("GET", f"/v1/approvals/{request}")["decisions"]) == 1


def test_a_reply_in_between_asks_again_and_shows_it(gateway):
    purchase, _ = company(gateway)
    purchase.create()
    purchase.act("open")
    purchase.decide()
    purchase.wait_for("sent")
    counter = purchase.act("counter", price="950.00")["email"]["id"]
    old = purchase.link()
    purchase.vendor_says("We can do it for 940.00 USD per unit.")
    eventually("a second letter", lambda: len(purchase.links()) > 2)
    letter = gateway.mail_to("max@acme.example")[-1].get_body(("plain",)).get_content()
    assert "The vendor has written since" in letter and "940.00 USD" in letter
    assert "The vendor has answered" in requests.get(old, timeout=30).text
    assert requests.post(old, data={"decision": "approve"}, timeout=30).status_code == 409
    assert len(purchase.mails()) == 1
    purchase.decide()
    purchase.wait_for_mails(2)
    sent = purchase.mails()[-1]
    # It answers the vendor's newest message, which the first version could not know of.
    assert sent["In-Reply-To"].strip() in sent["References"]
    assert purchase.call("GET", f"/v1/emails/{counter}")["version"] == 2


def test_whoever_stands_in_decides_on_behalf_of_the_absent(gateway):
    purchase, manager = company(gateway)
    olga = add_user(purchase.key, gateway, "Olga", "member")
    reply = requests.post(
        gateway.url + "/v1/approval-delegations", timeout=30,
        headers={"Authorization": f"Bearer {token_of(gateway, 'Max')}"},
        json={"to": olga, "ends_at": "2099-01-01T00:00:00Z"},
    )  # fmt: skip
    assert reply.status_code == 422 and reply.json()["field"] == "ends_at", reply.text
    purchase.call(
        "POST", "/v1/approval-delegations",
        {"from": manager, "to": olga, "ends_at": _in_days(30)},
    )  # fmt: skip
    purchase.create()
    purchase.act("open")
    letter = eventually(
        "a letter to Olga", lambda: (gateway.mail_to("olga@acme.example") or [None])[-1]
    ).get_body(("plain",)).get_content()
    assert "on behalf of Max" in letter
    link = re.search(r"http://\S+/approve/\S+", letter).group(0)
    assert "on behalf of Max" in requests.get(link, timeout=30).text
    assert requests.post(link, data={"decision": "approve"}, timeout=30).status_code == 200
    purchase.wait_for("sent")
    said = [entry["description"] for entry in purchase.timeline()]
    assert "Olga (on behalf of Max) has approved the email." in said


def _in_days(days):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def demo():
    gateway = Gateway(demo=True).start()
    yield gateway
    gateway.remove()


def test_policies_delegations_and_changes_without_javascript(demo, browser):  # noqa: F811
    visitor = Visitor(browser, demo)
    admin = "ada@demo.parley.test"
    visitor.sign_in(admin)
    visitor.open("/approval-policies")
    visitor.fill("/approval-policies", name="Above five thousand", min_amount="5000", currency="USD")
    visitor.browser.find_element(By.NAME, "role.org_admin").click()
    visitor.browser.find_element(By.NAME, "role.manager").click()
    visitor.picture("policies")
    visitor.press("/approval-policies", "Put in force")
    visitor.sees("The policy is in force.")
    visitor.sees("Totals from USD 5,000.00")
    visitor.picture("policies-phone", 390)
    visitor.fill("/approval-policies", name="Nobody")
    visitor.press("/approval-policies", "Put in force")
    visitor.sees("choose a role")

    visitor.sign_in(MANAGER)
    visitor.open("/delegations")
    visitor.picture("delegations")
    visitor.fill("/approval-mail", digest_hour="25")
    visitor.browser.find_element(By.CSS_SELECTOR, "input[value='digest']").click()
    visitor.press("/approval-mail", "Save")
    visitor.sees("must be a full hour from 0 to 23")
    visitor.picture("delegations-phone", 390)
