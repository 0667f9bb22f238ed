"""When emails leave, taking them back, and settling a doubt, in a real browser without JavaScript."""

from selenium.webdriver.common.by import By

from gateway import eventually
from test_browser import MANAGER, MEMBER, Visitor, browser, gateway  # noqa: F401  (fixtures)

ADMIN = "ada@demo.parley.test"


def opened(visitor):
    """A negotiation whose opening email waits for approval; its address and the approver's link."""
    visitor.sign_in(MEMBER)
    visitor.open("/negotiations/new")
    visitor.fill(
        "/negotiations", product_title="ThinkBook 14", product_url="https://nordwind.example/14",
        vendor_name="Nordwind", vendor_email="sales@nordwind.example", quantity="50", currency="USD",
        target_price="950.00",
    )  # fmt: skip
    visitor.press("/negotiations", "Put on record")
    page = visitor.browser.current_url.split("?")[0]
    visitor.press("/open", "Write the opening email")
    return page


def approver_link(gateway):
    import re

    def found():
        letters = gateway.mail_to(MANAGER)
        return letters and re.search(r"http://\S+/approve/\S+", letters[-1].get_body(("plain",)).get_content()).group(0)

    return eventually("the approver's letter", found)


def saves_undo_time(visitor, seconds):
    visitor.sign_in(ADMIN)
    visitor.open("/settings")
    visitor.fill("/settings", undo_seconds=seconds)
    visitor.press("/settings", "Save")
    visitor.sees("The settings are saved.")


def test_an_approved_email_is_taken_back_by_its_approver_and_by_its_author(gateway, browser):  # noqa: F811
    visitor = Visitor(browser, gateway)
    saves_undo_time(visitor, "3600")
    visitor.picture("settings")
    visitor.picture("settings-phone", width=390)
    page = opened(visitor)
    browser.delete_all_cookies()
    link = approver_link(gateway)
    visitor.open(link)
    visitor.press("/approve/" + link.rsplit("/", 1)[1], "Approve and send")
    visitor.sees("The email leaves")
    visitor.picture("approved")
    visitor.picture("approved-phone", width=390)
    form = "/approve/" + link.rsplit("/", 1)[1]
    visitor.press(form, "Take my approval back")
    visitor.sees("has taken the approval back")
    visitor.picture("taken-back")
    visitor.sign_in(MEMBER)
    visitor.open(page)
    visitor.press("/submit", "Ask for approval again")
    visitor.sign_in(MANAGER)
    visitor.open("/approvals")
    browser.find_element(By.CSS_SELECTOR, "a.row-link").click()
    visitor.press("/decision", "Approve and send")
    visitor.sees("The email leaves")
    visitor.sign_in(MEMBER)
    visitor.open(page)
    visitor.sees("Leaves")
    visitor.picture("leaves")
    visitor.picture("leaves-phone", width=390)
    visitor.fill("/withdraw", reason="Wrong price")
    visitor.press("/withdraw", "Take it back")
    visitor.sees("The email is taken back. It will not be sent.")
    visitor.sees("Wrong price")
    assert gateway.mail_to("sales@nordwind.example") == []


def test_a_doubt_shows_what_is_known_and_when_it_can_be_settled(gateway, browser):  # noqa: F811
    visitor = Visitor(browser, gateway)
    page = opened(visitor)
    browser.delete_all_cookies()
    link = approver_link(gateway)
    visitor.open(link)
    visitor.press("/approve/" + link.rsplit("/", 1)[1], "Approve and send")
    eventually("the email", lambda: gateway.mail_to("sales@nordwind.example"))
    eventually("its end on record", lambda: gateway.sql("SELECT count(*) FROM emails WHERE status = 'sent'") == "1")
    gateway.sql(
        """
        BEGIN; SET LOCAL session_replication_role = replica;
        UPDATE send_attempts SET outcome = 'unknown', worker = 'gone', ended_by = 'other', noted_at = now(),
            server_reply = 'The connection broke off.', evidence = '[{"kind": "search", "at": 1795800000000000,
            "words": "Parley looked into the folder Sent of Purchasing and did not find it, which proves nothing."}]';
        UPDATE emails SET status = 'uncertain', status_reason = 'The connection broke off.', sent_at = NULL;
        DELETE FROM offers; DELETE FROM messages;
        UPDATE negotiations SET status = 'pending_approval', email_sent_count = 0, last_sent_at = NULL;
        COMMIT;
        """
    )
    visitor.sign_in(MEMBER)
    visitor.open(page)
    visitor.sees("What is known of it")
    visitor.sees("did not find it, which proves nothing")
    assert not visitor.form("/resolve").find_element(By.CSS_SELECTOR, "[value=send_again]").is_enabled()
    visitor.picture("doubt")
    visitor.picture("doubt-phone", width=390)
    gateway.sql("UPDATE send_attempts SET started_at = started_at - interval '1 hour', noted_at = noted_at - interval '1 hour'")
    browser.refresh()
    assert visitor.form("/resolve").find_element(By.CSS_SELECTOR, "[value=send_again]").is_enabled()
    visitor.form("/resolve").find_element(By.CSS_SELECTOR, "[value=sent]").click()
    visitor.press("/resolve", "Put this on record")
    visitor.sees("Waiting for vendor")


def test_a_mailbox_is_given_hours_and_limits(gateway, browser):  # noqa: F811
    visitor = Visitor(browser, gateway)
    visitor.sign_in(ADMIN)
    visitor.open("/mailboxes")
    visitor.fill(
        "/mailboxes", name="Purchasing", address="purchasing@demo.parley.test", **{"smtp.host": "127.0.0.1"}
    )
    visitor.press("/mailboxes", "Add")
    form = "/sending"
    visitor.fill(form, **{"from": "8:00", "until": "18:00", "time_zone": "Europe/Berlin", "per_hour": "20"})
    visitor.form(form).find_element(By.NAME, "days.monday").click()
    visitor.press(form, "Save")
    visitor.sees("must be a time such as 08:00")
    assert visitor.form(form).find_element(By.NAME, "days.monday").is_selected()
    visitor.picture("rules")
    visitor.picture("rules-phone", width=390)
    visitor.fill(form, **{"from": "08:00"})
    visitor.press(form, "Save")
    visitor.sees("It sends Monday, 08:00 to 18:00 (Europe/Berlin), at most 20 emails an hour.")
