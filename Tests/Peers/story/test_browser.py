"""The whole story in a real browser without JavaScript: what a visitor of the demo does."""

import os
import re

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from gateway import Gateway, eventually

PASSWORD = "parley-demo"
MEMBER, MANAGER = "mia@demo.parley.test", "max@demo.parley.test"
PICTURES = os.environ.get("PARLEY_SCREENSHOTS")  # a folder that gets a screenshot of each page
# A name with what HTML must escape, and a plainer one for pictures.
VENDOR = "Nordwind Computers" if PICTURES else "Nordwind <Computers> & Söhne"


@pytest.fixture()
def gateway():
    gateway = Gateway(demo=True).start()
    yield gateway
    gateway.remove()


@pytest.fixture()
def browser():
    options = webdriver.ChromeOptions()
    for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,1500"]:
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield browser
    browser.quit()


class Visitor:
    """Somebody at a browser, who finds fields by their names and buttons by what they say."""

    def __init__(self, browser, gateway):
        self.browser = browser
        self.url = gateway.url

    def open(self, path):
        self.browser.get(path if path.startswith("http") else self.url + path)

    def text(self):
        return self.browser.find_element(By.TAG_NAME, "body").text

    def sign_in(self, address):
        self.browser.delete_all_cookies()
        self.open("/sign-in")
        self.fill("/sign-in", email=address, password=PASSWORD)
        self.press("/sign-in", "Sign in")
        assert "/sign-in" not in self.browser.current_url, self.text()

    def form(self, action):
        return self.browser.find_element(By.CSS_SELECTOR, f"form[action$='{action}']")

    def is_offered(self, action):
        """Waits for a step: an answer is on the page before it is understood and its steps are."""

        def look():
            if self.browser.find_elements(By.CSS_SELECTOR, f"form[action$='{action}']"):
                return True
            self.browser.refresh()
            return False

        eventually(f"the step {action} on {self.browser.current_url}", look, patience=20)

    def fill(self, action, **fields):
        form = self.form(action)
        for name, value in fields.items():
            field = form.find_element(By.NAME, name)
            # What is folded opens with its headline, as it does for a person.
            for fold in field.find_elements(By.XPATH, "ancestor::details[not(@open)]"):
                fold.find_element(By.TAG_NAME, "summary").click()
            field.clear()
            field.send_keys(value)

    def press(self, action, label):
        form = self.form(action)
        button = next(b for b in form.find_elements(By.TAG_NAME, "button") if label in b.text)
        button.click()
        eventually(f"the page after {label}", lambda: self.is_gone(form), patience=30)

    def is_gone(self, element):
        """Whether its page has been replaced: a click may return before the next page has come."""
        try:
            return not element.tag_name
        except WebDriverException:
            return True

    def sees(self, words):
        def look():
            if words.lower() in self.text().lower():
                return True
            self.browser.refresh()
            return False

        eventually(f"the words “{words}” on {self.browser.current_url}", look, patience=20)

    def picture(self, name, width=1280):
        if PICTURES:
            self.browser.set_window_size(width, 1500)
            self.browser.save_screenshot(f"{PICTURES}/{name}.png")


def approve_by_link(visitor, gateway, decided):
    """The approver follows the link in the newest mail, on a browser that is not signed in."""

    def newest():
        for mail in reversed(gateway.mail_to(MANAGER)):
            match = re.search(r"http://\S+/approve/\S+", mail.get_body(("plain",)).get_content())
            if match and match.group(0) not in decided:
                return match.group(0)
        return None

    link = eventually("a mail to the approver", newest)
    decided.add(link)
    visitor.browser.delete_all_cookies()
    visitor.open(link)
    visitor.picture(f"approve-{len(decided)}")
    visitor.press(link.removeprefix(visitor.url), "Approve and send")
    visitor.sees("approved")


def answer_as_vendor(visitor, text):
    visitor.sign_in(MEMBER)
    visitor.open("/sandbox/desk")
    visitor.fill("/sandbox/desk/answer", text=text)
    visitor.picture("desk")
    visitor.press("/sandbox/desk/answer", "Send as the vendor")


def test_a_visitor_buys_something_without_javascript(gateway, browser):
    visitor = Visitor(browser, gateway)
    decided = set()

    visitor.sign_in(MEMBER)
    visitor.open("/negotiations/new")
    visitor.fill(
        "/negotiations",
        product_title="ThinkBook 14 laptop, 32 GB",
        product_url="https://nordwind.example/14",
        vendor_name=VENDOR,
        vendor_email="sales@nordwind.example",
        quantity="25",
        currency="USD",
        target_price="1050.00",
        limit_price="1150.00",
        payment_terms="Net 30",
    )
    visitor.picture("new")
    visitor.press("/negotiations", "Put on record")
    page = browser.current_url.split("?")[0]
    assert re.search(r"/negotiations/[0-9a-f-]{36}$", page), visitor.text()
    assert VENDOR in visitor.text()

    visitor.fill("/open", price="1050.00")
    visitor.press("/open", "Write the opening email")
    visitor.sees("26,250.00")
    approve_by_link(visitor, gateway, decided)

    eventually("the opening email", lambda: gateway.mail_to("sales@nordwind.example"))
    answer_as_vendor(visitor, "Thank you. We can do USD 1,140.00 per piece for 25.")
    visitor.open(page)
    visitor.sees("1,140.00")
    visitor.is_offered("/accept")
    marked = [mark.text for mark in browser.find_elements(By.TAG_NAME, "mark")]
    assert marked and "1,140.00" in marked[0], "the price is shown where it stood"

    visitor.fill("/counter", price="1090.00")
    visitor.press("/counter", "Write the counter-offer")
    visitor.picture("waiting")
    approve_by_link(visitor, gateway, decided)
    eventually("the counter-offer", lambda: len(gateway.mail_to("sales@nordwind.example")) == 2)
    answer_as_vendor(visitor, "Agreed: USD 1,090.00 per piece.")
    visitor.open(page)
    visitor.sees("Agreed")
    visitor.is_offered("/accept")
    visitor.picture("negotiation")
    visitor.picture("negotiation-phone", width=390)
    browser.set_window_size(1280, 1500)

    visitor.fill("/accept", price="1090.00")
    visitor.press("/accept", "Write the acceptance")
    approve_by_link(visitor, gateway, decided)
    visitor.sign_in(MEMBER)
    visitor.open(page)
    visitor.sees("Agreed\n")
    visitor.is_offered("/purchase-order")
    visitor.press("/purchase-order", "purchase order")
    visitor.sees("-001")
    visitor.sees("27,250.00")
    visitor.picture("order")


def test_a_form_of_another_site_does_nothing(gateway, browser):
    visitor = Visitor(browser, gateway)
    visitor.sign_in(MEMBER)
    visitor.open("/negotiations/new")
    form = visitor.form("/negotiations")
    token = form.find_element(By.NAME, "csrf_token").get_attribute("value")
    assert len(token) > 20
    cookies = browser.get_cookies()
    assert all(cookie["httpOnly"] and cookie["sameSite"] in ("Lax", "Strict") for cookie in cookies)
