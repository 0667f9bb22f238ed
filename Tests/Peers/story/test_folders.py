"""Folders as servers really keep them: numbers that change, many messages, and very long ones."""

import email.message
import os
import shutil
import time
import uuid
from pathlib import Path

import requests

from gateway import eventually
from purchase import VENDOR, Purchase
from test_mailboxes import APPROVER, admin, described, gateway, servers, token_endpoint  # noqa: F401
from test_purchase import member_key


# Messages of a large folder; the more, the longer it takes to make them.
LARGE = int(os.environ.get("PARLEY_LARGE_FOLDER", "20000"))


def opened(gateway, admin):  # noqa: F811
    """A negotiation whose vendor has got the opening email."""
    mailbox = admin.call("POST", "/v1/mailboxes", described(gateway))
    purchase = Purchase(gateway, member_key(gateway, admin.made), APPROVER)
    purchase.create()
    purchase.act("open")
    purchase.decide()
    purchase.wait_for_mails(1)
    purchase.wait_for("sent")
    return mailbox, purchase


def answers(purchase):
    messages = purchase.call("GET", f"/v1/negotiations/{purchase.id}/messages?limit=200")["items"]
    return [message["reply_text"].strip() for message in messages if message["direction"] == "inbound"]


def without_message_id(purchase, text):
    """An answer by a program that writes no Message-ID."""
    opening = purchase.mails()[-1]
    return (
        f"From: Vera Vendor <{VENDOR}>\r\nTo: {opening['Reply-To']}\r\nSubject: Re: {opening['Subject']}\r\n"
        f"In-Reply-To: {opening['Message-ID']}\r\nDate: {email.utils.formatdate()}\r\n\r\n{text}\r\n"
    ).encode()


def put(gateway, raw):  # noqa: F811
    """Puts a message into the mailbox past the mail server, which would add what is missing."""
    folder = Path(gateway.servers["mail"]) / gateway.buyer
    name = f"{time.time_ns()}.{uuid.uuid4().hex}.test"
    (folder / "tmp" / name).write_bytes(raw)
    shutil.chown(folder / "tmp" / name, "mail", "mail")
    os.rename(folder / "tmp" / name, folder / "new" / name)


def test_a_folder_that_gets_other_numbers_loses_nothing_and_counts_nothing_twice(gateway, admin):  # noqa: F811
    mailbox, purchase = opened(gateway, admin)
    texts = [f"We can offer USD 9{number}0.00 per unit." for number in range(4)]
    for text in texts[:2]:
        purchase.vendor_says(text)
    put(gateway, without_message_id(purchase, texts[2]))
    eventually("three answers", lambda: sorted(answers(purchase)) == sorted(texts[:3]))

    def validity():
        connection = gateway.imap()
        connection.select("INBOX", readonly=True)
        number = connection.response("UIDVALIDITY")[1][0]
        connection.logout()
        return number

    # Dovecot forgets its numbers, with and without a gateway that looks on.
    folder = Path(gateway.servers["mail"]) / gateway.buyer
    for number, text in [(3, texts[3]), (4, "We can offer USD 880.00 per unit.")]:
        before = validity()
        if number == 3:
            gateway.stop()
        time.sleep(1.1)  # the number is a time in seconds
        for file in folder.glob("dovecot*"):
            file.unlink()
        purchase.vendor_says(text)
        if number == 3:
            gateway.start()
        expected = sorted([*texts[:3], *[t for n, t in [(3, texts[3]), (4, text)] if n <= number]])
        eventually("the answer that came meanwhile", lambda: text in answers(purchase))
        assert validity() != before, "the server numbers anew"
        eventually("the new numbers", lambda: sorted(answers(purchase)) == expected)
        time.sleep(2)
        assert sorted(answers(purchase)) == expected
    assert purchase.call("GET", "/v1/inbox")["items"] == []
    assert admin.call("GET", f"/v1/mailboxes/{mailbox['id']}")["state"] == "ok"


def memory(gateway):  # noqa: F811
    """The most memory that the gateway has had so far, in bytes."""
    lines = Path(f"/proc/{gateway.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def test_in_a_large_folder_only_what_is_new_is_read(gateway, admin):  # noqa: F811
    folder = Path(gateway.servers["mail"]) / gateway.buyer
    for name in ["cur", "new", "tmp"]:
        (folder / name).mkdir(parents=True, exist_ok=True)
    old = (
        f"From: a@old.example\r\nTo: {gateway.buyer}\r\nSubject: Old\r\nMessage-ID: <%d@old.example>\r\n\r\nOld\r\n"
    )
    # A day before the mailbox is added, which is what Dovecot takes for the time of arrival.
    day = time.time() - 86_400
    for number in range(LARGE):
        file = folder / "cur" / f"{int(day)}.M{number}.test:2,S"
        file.write_bytes((old % number).encode())
        os.utime(file, (day, day))
    for path in [folder, *(folder / name for name in ["cur", "new", "tmp"])]:
        shutil.chown(path, "mail", "mail")
    connection = gateway.imap()
    _, (count,) = connection.select("INBOX", readonly=True)
    connection.logout()
    assert int(count) == LARGE

    before, began = memory(gateway), time.monotonic()
    _, purchase = opened(gateway, admin)
    purchase.vendor_says("We can offer USD 950.00 per unit.")
    eventually("the answer", lambda: answers(purchase) == ["We can offer USD 950.00 per unit."], patience=30)
    seconds, grown = time.monotonic() - began, memory(gateway) - before
    assert purchase.call("GET", "/v1/inbox")["items"] == [], "what lay there before is nobody's answer"
    print(f"{LARGE:,} messages: the answer after {seconds:.1f} s, {grown / 1e6:.0f} MB more memory")
    assert seconds < 30 and grown < 100_000_000
    shutil.rmtree(folder / "cur")


def test_a_message_of_thirty_megabytes_is_received_with_its_file(gateway, admin):  # noqa: F811
    _, purchase = opened(gateway, admin)
    content = os.urandom(22_000_000)
    mail = email.message.EmailMessage()
    opening = purchase.mails()[-1]
    mail["From"], mail["To"], mail["Subject"] = VENDOR, opening["Reply-To"], "Re: " + opening["Subject"]
    mail["Message-ID"], mail["In-Reply-To"] = f"<{uuid.uuid4()}@vendor.example>", opening["Message-ID"]
    mail.set_content("We can offer USD 950.00 per unit. The drawing is attached.")
    mail.add_attachment(content, maintype="application", subtype="pdf", filename="drawing.pdf")
    raw = mail.as_bytes(policy=email.policy.SMTP)
    assert len(raw) > 29_000_000
    before, began = memory(gateway), time.monotonic()
    gateway.drop(raw)
    eventually("the offer", lambda: purchase.negotiation()["current_offer_price"] == "950.00", patience=60)
    seconds, grown = time.monotonic() - began, memory(gateway) - before
    message = purchase.call("GET", f"/v1/negotiations/{purchase.id}/messages")["items"][-1]
    assert [(a["filename"], a["size"]) for a in message["attachments"]] == [("drawing.pdf", len(content))]
    file = requests.get(
        f"{gateway.url}/v1/messages/{message['id']}/attachments/1", timeout=60,
        headers={"Authorization": f"Bearer {purchase.key}"},
    )  # fmt: skip
    assert file.content == content and file.headers["Content-Disposition"].startswith("attachment;")
    print(f"{len(raw) / 1e6:.0f} MB: after {seconds:.1f} s, {grown / 1e6:.0f} MB more memory")
    assert grown < 10 * len(raw)
