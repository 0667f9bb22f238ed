"""What a person does with mail that matched nothing, with a sender in doubt, and with changed bank details; in a browser."""

import email.message

from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from gateway import ADMIN, answer, eventually
from purchase import VENDOR, Purchase
from test_browser import Visitor, browser  # noqa: F401
from test_purchase import APPROVER, gateway, member_key  # noqa: F401

PAGE = """<html><body onload="alert(1)"><p>We can offer <b>USD 950.00</b> per unit.</p>
<img src="http://127.0.0.1:1/spy.png" alt="Our logo"><script>document.title = "owned"</script>
<form action="http://127.0.0.1:1/"><input name="password"></form></body></html>"""


def stray(to, **headers):
    """A mail that answers nothing, in plain text and HTML."""
    mail = email.message.EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Vera Vendor <vera@elsewhere.example>", to, "Our offer"
    mail["Message-ID"], mail["Date"] = "<stray@elsewhere.example>", email.utils.localtime()
    mail.set_content("We can offer USD 950.00 per unit.")
    mail.add_alternative(PAGE, subtype="html")
    return mail.as_bytes(policy=email.policy.SMTP)


def opened(gateway):
    made = gateway.found()
    purchase = Purchase(gateway, member_key(gateway, made), APPROVER)
    purchase.create()
    purchase.act("open")
    purchase.decide()
    purchase.wait_for("sent")
    return purchase


def signed_in(browser, gateway, address, password):
    visitor = Visitor(browser, gateway)
    visitor.open("/sign-in")
    visitor.fill("/sign-in", email=address, password=password)
    visitor.press("/sign-in", "Sign in")
    return visitor


def test_a_message_is_put_into_its_negotiation_and_shown_without_what_acts(gateway, browser):  # noqa: F811
    purchase = opened(gateway)
    gateway.drop(stray(str(purchase.mails()[0]["From"])))
    visitor = signed_in(browser, gateway, *ADMIN)
    visitor.open("/inbox")
    visitor.sees("Our offer")
    (form,) = browser.find_elements(By.CSS_SELECTOR, "form[action$='/assign']")
    Select(form.find_element(By.NAME, "negotiation_id")).select_by_index(1)
    visitor.picture("inbox")
    visitor.picture("inbox-phone", width=390)
    browser.set_window_size(1280, 1500)
    visitor.press("/assign", "Put it there")
    visitor.sees("as if it had matched")
    visitor.sees("is not an address of the vendor")
    visitor.picture("doubt")
    negotiation = purchase.negotiation()
    assert negotiation["status"] == "vendor_replied" and negotiation["current_offer_price"] is None
    message = purchase.call("GET", f"/v1/negotiations/{purchase.id}/messages")["items"][-1]
    assert message["match_state"] == "assigned" and message["sender"]["standing"] == "unknown"

    browser.find_element(By.LINK_TEXT, "As the sender laid it out").click()
    visitor.sees("[Our logo]")
    article = browser.find_element(By.CSS_SELECTOR, "article.foreign")
    assert "USD 950.00" in article.find_element(By.TAG_NAME, "b").text
    for acting in ["script", "img", "form", "input"]:
        assert not article.find_elements(By.TAG_NAME, acting), acting
    visitor.picture("html")


def test_changed_bank_details_stop_what_is_automatic_until_somebody_has_checked(gateway, browser):  # noqa: F811
    purchase = opened(gateway)
    text = "We can offer USD 950.00 per unit. Please note that our bank details have changed."
    gateway.drop(answer(purchase.mails()[-1], text))
    reason = eventually("the stop", lambda: purchase.negotiation()["automation_stopped"])
    assert reason == f"{VENDOR} announces changed bank details."
    refused = purchase.call("POST", f"/v1/negotiations/{purchase.id}/resume-automation", {}, expected=(403,))
    assert refused["code"] == "forbidden"
    visitor = signed_in(browser, gateway, *ADMIN)
    visitor.open(f"/negotiations/{purchase.id}")
    visitor.sees("Check before you go on")
    visitor.picture("stopped")
    visitor.picture("stopped-phone", width=390)
    browser.set_window_size(1280, 1500)
    visitor.press("/resume", "I have checked")
    visitor.sees("goes on in this negotiation")
    assert purchase.negotiation()["automation_stopped"] is None
