"""When emails leave, taking them back, and what becomes of one whose fate nobody knows."""

import datetime
import time

import pytest
import requests

from gateway import Gateway, answer, eventually
from purchase import Purchase

APPROVER = "max@acme.example"


@pytest.fixture()
def gateway():
    gateway = Gateway().start()
    yield gateway
    gateway.remove()


@pytest.fixture()
def purchase(gateway):
    purchase = Purchase(gateway, gateway.found()["api_key"], APPROVER)
    user = {"email": APPROVER, "full_name": "Max", "role": "manager", "password": "correct horse 42"}
    purchase.call("POST", "/v1/users", user)
    purchase.create()
    return purchase


def approved_opening(purchase):
    """The opening email, approved through the link, and the link."""
    step = purchase.act("open")
    link = purchase.link()
    purchase.decide()
    return step["email"]["id"], link


def email(purchase, id):
    return purchase.call("GET", f"/v1/emails/{id}")


def seconds_until(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


def test_within_the_undo_time_an_email_is_taken_back_and_never_leaves(purchase):
    purchase.call("PATCH", "/v1/organization/settings", {"undo_seconds": 3600})
    id, _ = approved_opening(purchase)
    waiting = email(purchase, id)
    assert waiting["status"] == "approved" and 3500 < seconds_until(waiting["sends_at"]) <= 3600
    time.sleep(1)
    assert purchase.mails() == []
    taken = purchase.call("POST", f"/v1/emails/{id}/withdraw", {"reason": "Wrong price"})
    assert taken["email"]["status"] == "cancelled" and taken["negotiation"]["status"] == "draft"
    assert "Wrong price" in taken["email"]["status_reason"]
    again = purchase.call("POST", f"/v1/emails/{id}/withdraw", {}, expected=(409,))
    assert again["code"] == "not_withdrawable"
    assert "email.withdrawn" in purchase.actions()
    assert purchase.mails() == []


def test_the_undo_time_ends_and_the_email_leaves_also_after_a_kill(gateway, purchase):
    purchase.call("PATCH", "/v1/organization/settings", {"undo_seconds": 4})
    id, _ = approved_opening(purchase)
    due = email(purchase, id)["sends_at"]
    gateway.kill()
    gateway.start()
    mails = purchase.wait_for_mails(1)
    assert seconds_until(due) <= 0.05 and len(mails) == 1
    assert purchase.call("POST", f"/v1/emails/{id}/withdraw", {}, expected=(409,))["code"] == "not_withdrawable"


def test_an_approver_takes_the_approval_back_through_the_link(purchase):
    purchase.call("PATCH", "/v1/organization/settings", {"undo_seconds": 3600})
    id, link = approved_opening(purchase)
    assert "Take my approval back" in requests.get(link, timeout=30).text
    page = requests.post(link, data={"decision": "take_back"}, timeout=30)
    assert page.status_code == 200 and "has taken the approval back" in page.text
    assert email(purchase, id)["status"] == "draft"
    assert requests.post(link, data={"decision": "take_back"}, timeout=30).status_code == 409
    # It can be asked for anew, and then it leaves.
    purchase.call("PATCH", "/v1/organization/settings", {"undo_seconds": 0})
    purchase.call("POST", f"/v1/emails/{id}/submit", {})
    purchase.decide()
    purchase.wait_for_mails(1)


def test_a_vendor_gets_no_more_emails_a_day_than_allowed(purchase):
    purchase.call("PATCH", "/v1/organization/settings", {"vendor_daily_limit": 1})
    approved_opening(purchase)
    purchase.wait_for_mails(1)
    purchase.wait_for("sent")
    step = purchase.act("reply", text="One more thing: which colour is it?")

    def waits():
        mail = email(purchase, step["email"]["id"])
        return mail if mail["sends_at"] else None

    waiting = eventually("the reply to wait", waits)
    assert waiting["status"] == "approved" and 86_000 < seconds_until(waiting["sends_at"]) <= 86_400
    assert "sends to one vendor within a day" in waiting["status_reason"]
    assert len(purchase.mails()) == 1
    # Without the limit it leaves at once.
    purchase.call("PATCH", "/v1/organization/settings", {"vendor_daily_limit": 0})
    purchase.wait_for_mails(2)


def broken_off(gateway, purchase):
    """An email that was handed over and whose sender died before it could say so; what the vendor got of it."""
    id, _ = approved_opening(purchase)
    [mail] = purchase.wait_for_mails(1)
    purchase.wait_for("sent")
    # As it is on record of a process that is gone, where no copy is to be found.
    gateway.sql(
        f"""
        BEGIN; SET LOCAL session_replication_role = replica;
        UPDATE send_attempts SET outcome = 'unknown', worker = 'gone', ended_by = 'other', noted_at = now()
            WHERE email_id = '{id}';
        UPDATE emails SET status = 'uncertain', status_reason = 'It broke off.', sent_at = NULL WHERE id = '{id}';
        DELETE FROM offers WHERE email_id = '{id}'; DELETE FROM messages WHERE email_id = '{id}';
        UPDATE negotiations SET status = 'pending_approval', email_sent_count = 0, last_sent_at = NULL
            WHERE id = '{purchase.id}';
        COMMIT;
        """,
    )
    return id, mail


def test_an_answer_settles_an_email_whose_fate_was_unknown(gateway, purchase):
    id, mail = broken_off(gateway, purchase)
    known = email(purchase, id)
    assert known["status"] == "uncertain" and not known["doubt"]["may_be_sent_again"]
    gateway.drop(answer(mail, "We can offer USD 950.00 per unit."))
    purchase.wait_for("vendor_replied")
    settled = email(purchase, id)
    assert settled["status"] == "sent" and settled["doubt"] is None
    proof = settled["attempts"][-1]["evidence"][-1]
    assert (proof["kind"], proof["reference"]) == ("reply", "in_reply_to")
    thread = purchase.call("GET", f"/v1/negotiations/{purchase.id}/messages")["items"]
    assert [message["direction"] for message in thread] == ["outbound", "inbound"]
    assert proof["message_id"] == thread[1]["id"]
    assert len(purchase.mails()) == 1


def test_that_an_email_was_not_sent_is_not_taken_before_the_quiet_time_is_over(gateway, purchase):
    id, mail = broken_off(gateway, purchase)
    for file in (gateway.home / "mail/outbox/new").glob(f"{id}*"):
        file.unlink()
    doubt = email(purchase, id)["doubt"]
    assert doubt["sender_is_done"] and 2600 < seconds_until(doubt["quiet_until"]) <= 2700
    for word in ["send_again", "cancel"]:
        early = purchase.call("POST", f"/v1/emails/{id}/resolve", {"resolution": word}, expected=(409,))
        assert early["code"] == "too_early"
    gateway.let_quiet_time_pass(id)
    again = purchase.call("POST", f"/v1/emails/{id}/resolve", {"resolution": "send_again"})
    assert again["email"]["status"] in ("approved", "claimed", "sending", "sent")
    eventually("the second attempt", lambda: email(purchase, id)["status"] == "sent")
    attempts = email(purchase, id)["attempts"]
    assert [attempt["outcome"] for attempt in attempts] == ["deferred", "accepted"]
    assert attempts[0]["settled_by"] and attempts[0]["evidence"][-1]["kind"] == "person"


def test_what_is_found_weighs_more_than_a_persons_word(gateway, purchase):
    id, _ = broken_off(gateway, purchase)
    gateway.let_quiet_time_pass(id)
    found = purchase.call("POST", f"/v1/emails/{id}/resolve", {"resolution": "send_again"})
    assert found["email"]["status"] == "sent"
    assert len(purchase.mails()) == 1
    assert email(purchase, id)["attempts"][-1]["evidence"][-1]["kind"] == "copy"
