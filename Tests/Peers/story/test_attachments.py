"""Files that go along with emails, through the real executable: attached by a program and in a browser, approved as they
are, and what leaves is what was approved."""

import base64
import hashlib
import re

import pytest
import requests
from selenium.webdriver.common.by import By

from gateway import eventually
from purchase import VENDOR, Purchase
from test_browser import MANAGER, MEMBER, Visitor, browser, gateway  # noqa: F401
from test_purchase import APPROVER, member_key

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
NAME = "Zeichnung „Tisch“ (2).pdf"


def attached(content, filename=NAME, content_type="application/pdf"):
    return {"filename": filename, "content_type": content_type, "content": base64.b64encode(content).decode()}


def parts(mail, kind):
    return [part for part in mail.walk() if part.get_content_type() == kind]


def words(text):
    return re.sub(r"\s+", " ", text).strip()


@pytest.fixture()
def purchase(gateway):  # noqa: F811
    purchase = Purchase(gateway, member_key(gateway, gateway.found()), APPROVER)
    purchase.create()
    return purchase


def test_what_is_approved_leaves_file_by_file_in_text_and_html(purchase):
    opened = purchase.act("open", text="See https://acme.example/rfq?a=1&b=2.", attachments=[attached(PDF)])
    email = purchase.call("GET", f"/v1/emails/{opened['email']['id']}")
    sha256 = hashlib.sha256(PDF).hexdigest()
    assert [(a["filename"], a["size"], a["sha256"]) for a in email["attachments"]] == [(NAME, len(PDF), sha256)]

    link = purchase.link()
    letter = purchase.gateway.mail_to(APPROVER)[-1].get_body(("plain",)).get_content()
    assert f"Attached: {NAME}" in letter
    page = requests.get(link, timeout=30).text
    assert NAME in page and sha256 in page
    file = requests.get(link + "/attachments/1", timeout=30)
    assert file.content == PDF and file.headers["Content-Disposition"].startswith("attachment;")
    assert file.headers["X-Content-Type-Options"] == "nosniff"

    purchase.decide()
    mail = purchase.wait_for_mails(1)[0]
    assert [(a.get_filename(), a.get_content()) for a in mail.iter_attachments()] == [(NAME, PDF)]
    text, html = parts(mail, "text/plain")[0].get_content(), parts(mail, "text/html")[0].get_content()
    assert mail.get_content_type() == "multipart/mixed" and parts(mail, "multipart/alternative")
    assert '<a href="https://acme.example/rfq?a=1&amp;b=2">' in html
    shown = re.sub(r"<[^>]*>", "", html.split("<body", 1)[1].split(">", 1)[1])
    shown = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert words(shown) == words(text), "text and HTML say the same"
    sent = purchase.call("GET", f"/v1/negotiations/{purchase.id}/messages")["items"][-1]
    assert [a["sha256"] for a in sent["attachments"]] == [sha256]


def test_ten_mebibytes_go_along_and_more_are_refused_in_words(purchase):
    large = bytes(10 * 1024 * 1024 - 5)
    opened = purchase.act("open", attachments=[attached(large, "a.bin"), attached(b"12345", "b.txt", "text/plain")])
    purchase.decide()
    mail = purchase.wait_for_mails(1)[0]
    assert [len(a.get_payload(decode=True)) for a in mail.iter_attachments()] == [len(large), 5]
    assert purchase.call("GET", f"/v1/emails/{opened['email']['id']}")["attachments"][0]["size"] == len(large)
    refused = purchase.call(
        "POST", f"/v1/negotiations/{purchase.id}/reply", {"text": "Hello.", "attachments": [attached(large + b"123456")]},
        expected=(422,),
    )  # fmt: skip
    assert "10 MiB" in refused["detail"] and refused["field"] == "attachments"


def test_a_reply_with_a_drawing_waits_for_approval_and_with_a_plain_list_does_not(purchase):
    purchase.act("open")
    purchase.decide()
    purchase.wait_for_mails(1)
    purchase.wait_for("sent")
    plain = purchase.act("reply", text="Thank you.", attachments=[attached(b"red\n", "list.txt", "text/plain")])
    assert plain["email"]["money_related"] is False
    purchase.wait_for_mails(2)
    purchase.wait_for("sent")
    drawing = purchase.act("reply", text="Thank you.", attachments=[attached(PDF)])
    assert drawing["email"]["status"] == "pending_approval"


@pytest.mark.parametrize("width", [1280, 390])
def test_files_are_attached_and_left_out_in_a_browser_without_javascript(gateway, browser, tmp_path, width):  # noqa: F811
    browser.set_window_size(width, 1500)
    visitor = Visitor(browser, gateway)
    visitor.sign_in(MEMBER)
    visitor.open("/negotiations/new")
    visitor.fill(
        "/negotiations", product_title="Desk", product_url="https://shop.example", vendor_name="Nordwind",
        vendor_email=VENDOR, quantity="10", target_price="540",
    )  # fmt: skip
    visitor.press("/negotiations", "Put on record")
    files = {"plan.pdf": PDF, "colours.txt": b"red\ngreen\n"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    form = visitor.form("/open")
    form.find_element(By.NAME, "attachments").send_keys("\n".join(str(tmp_path / name) for name in files))
    visitor.picture(f"attach-{width}", width)
    visitor.press("/open", "Write the opening email")
    visitor.sees("plan.pdf")
    visitor.sees("colours.txt")
    browser.find_element(By.XPATH, "//summary[contains(., 'Change the text')]").click()
    browser.find_element(By.NAME, "leave_out_2").click()
    visitor.picture(f"attached-{width}", width)
    visitor.press("/edit", "Change and ask for approval")

    def newest_link():
        mails = [mail.get_body(("plain",)).get_content() for mail in gateway.mail_to(MANAGER)]
        return len(mails) > 1 and re.search(r"http://\S+/approve/\S+", mails[-1]).group(0)

    link = eventually("a second mail to the approver", newest_link)
    browser.delete_all_cookies()
    visitor.open(link)
    assert "plan.pdf" in visitor.text() and "colours.txt" not in visitor.text()
    assert hashlib.sha256(PDF).hexdigest() in visitor.text()
    overflow = browser.execute_cdp_cmd("Page.getLayoutMetrics", {})
    assert overflow["cssContentSize"]["width"] <= width, "nothing is wider than the window"
    visitor.picture(f"attached-approve-{width}", width)
    visitor.press(link.removeprefix(visitor.url), "Approve and send")
    mail = eventually("the mail", lambda: gateway.mail_to(VENDOR))[0]
    assert [a.get_content() for a in mail.iter_attachments()] == [PDF]
