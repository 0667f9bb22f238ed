"""A vendor who does not answer is reminded by the real gateway. Time is moved in the database: what was sent counts as
sent two weeks ago, and what is planned becomes due now."""

import email.message
import email.utils
import subprocess
import time

import requests

from gateway import ADMIN, eventually
from purchase import Purchase
from test_browser import Visitor, browser  # noqa: F401
from test_purchase import APPROVER, gateway, member_key  # noqa: F401

ALWAYS = {
    "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
    "opens": "00:00", "closes": "24:00", "time_zone": "UTC",
}  # fmt: skip
TWO_WEEKS_AGO = """
    UPDATE negotiations SET last_sent_at = last_sent_at - interval '14 days',
        last_vendor_response_at = last_vendor_response_at - interval '14 days',
        next_follow_up_at = CASE WHEN next_follow_up_at IS NOT NULL THEN now() END;
    UPDATE emails SET sent_at = sent_at - interval '14 days', created_at = created_at - interval '14 days'
        WHERE status = 'sent';
    UPDATE follow_ups SET due_at = now(), created_at = created_at - interval '14 days' WHERE status = 'waiting';
    UPDATE jobs SET run_at = now() WHERE kind = 'follow_up' AND state = 'due';
    UPDATE job_schedule SET due_at = now();
"""


def sql(gateway, statements):
    where = f"postgresql://parley@/parley?host={gateway.home}/postgres&port=5432"
    run = subprocess.run(
        ["psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-1", "-c", statements, where],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


class Silence(Purchase):
    """A purchase whose vendor has got the opening email and says nothing."""

    def __init__(self, gateway, limit_hours=True):
        made = gateway.found()
        super().__init__(gateway, member_key(gateway, made), APPROVER)
        self.admin_key = made["api_key"]
        if limit_hours:
            self.as_admin("PUT", "/v1/organization/settings/working-hours", ALWAYS)

    def as_admin(self, method, path, body=None):
        key, self.key = self.key, self.admin_key
        try:
            return self.call(method, path, body)
        finally:
            self.key = key

    def open(self):
        self.create()
        self.act("open")
        self.decide()
        self.wait_for("sent")
        return self.planned()

    def rows(self):
        return self.call("GET", f"/v1/negotiations/{self.id}/follow-ups")["items"]

    def planned(self):
        """The reminder that waits for its time, once it is planned."""
        return eventually(
            "a planned reminder",
            lambda: next((r for r in self.rows() if r["status"] == "waiting" and not r["email_id"]), None),
        )

    def plan(self):
        return self.call("GET", f"/v1/negotiations/{self.id}/follow-up-plan")


def test_a_silent_vendor_is_reminded_twice_and_any_answer_ends_it(gateway):  # noqa: F811
    deal = Silence(gateway)
    assert deal.open()["number"] == 1
    sql(gateway, TWO_WEEKS_AGO)
    opening, reminder = deal.wait_for_mails(2)
    assert reminder["Auto-Submitted"] == "auto-generated"
    assert reminder["In-Reply-To"] == opening["Message-ID"] and reminder["Subject"] == "Re: " + opening["Subject"]
    assert reminder["Reply-To"] == opening["Reply-To"]
    text = reminder.get_body(("plain",)).get_content()
    assert "have not heard from you yet" in text and "900" not in text and "{" not in text
    deal.wait_for("sent")
    eventually("the second reminder", lambda: [r["status"] for r in deal.rows()] == ["sent", "waiting"])
    sql(gateway, TWO_WEEKS_AGO)
    last = deal.wait_for_mails(3)[2].get_body(("plain",)).get_content()
    assert "wrote to you again" in last
    eventually("the end of the sequence", lambda: deal.plan()["next_due_at"] is None)
    assert deal.plan()["reason"] == "All reminders of the sequence have been sent."

    deal.vendor_says("Sorry for the delay. We can offer USD 950.00 per unit.")
    deal.wait_for("vendor_replied")
    sql(gateway, TWO_WEEKS_AGO)
    time.sleep(6)
    assert len(deal.mails()) == 3


def test_an_answer_that_comes_first_keeps_the_reminder_at_home(gateway):  # noqa: F811
    deal = Silence(gateway)
    deal.open()
    deal.vendor_says("We can offer USD 950.00 per unit.")
    deal.wait_for("vendor_replied")
    (row,) = deal.rows()
    assert row["status"] == "cancelled" and row["status_reason"] == "The vendor has answered."
    sql(gateway, TWO_WEEKS_AGO)
    time.sleep(6)
    assert len(deal.mails()) == 1 and deal.negotiation()["next_follow_up_at"] is None


def test_an_out_of_office_parks_the_reminders_and_a_restart_does_not_double_them(gateway):  # noqa: F811
    deal = Silence(gateway)
    before = deal.open()
    away = email.message.EmailMessage()
    away["From"], away["To"] = "Vera Vendor <sales@vendor.example>", deal.mails()[0]["Reply-To"]
    away["Subject"], away["In-Reply-To"] = "Automatic reply", deal.mails()[0]["Message-ID"]
    away["Message-ID"], away["Auto-Submitted"] = "<away@vendor.example>", "auto-replied"
    back = time.gmtime(time.time() + 40 * 86400)
    away["Date"] = email.utils.formatdate(time.time())
    away.set_content(time.strftime("I am out of the office and will be back on %d %B %Y.", back))
    gateway.drop(away.as_bytes(policy=email.policy.SMTP))
    day = time.strftime("%Y-%m-%d", back)
    eventually("the parking", lambda: deal.plan()["parked_until"] == day)
    moved = eventually("a later time", lambda: (r := deal.planned())["due_at"] != before["due_at"] and r)
    assert moved["due_at"].startswith(day) and deal.negotiation()["status"] == "sent"

    # The absence is over, and the gateway is down when the reminder becomes due.
    gateway.kill()
    gateway.start()
    sql(gateway, "UPDATE negotiations SET follow_up_parked_until = current_date - 1;" + TWO_WEEKS_AGO)
    gateway.kill()
    time.sleep(1)
    gateway.start()
    deal.wait_for_mails(2)
    time.sleep(6)
    assert len(deal.mails()) == 2


def test_what_was_missed_is_spread_and_money_waits_for_approval(gateway):  # noqa: F811
    deal = Silence(gateway)
    deal.open()
    sql(gateway, TWO_WEEKS_AGO.replace("due_at = now(), created_at", "due_at = now() - interval '3 days', created_at"))
    now = time.time()
    moved = eventually("another time", lambda: (r := deal.planned())["due_at"] > stamp(now - 60) and r)
    assert moved["due_at"] <= stamp(now + 3700) and len(deal.mails()) == 1

    drafted = deal.act("follow-up")
    assert drafted["email"]["kind"] == "follow_up" and drafted["email"]["money_related"] is False
    deal.wait_for_mails(2)
    deal.wait_for("sent")


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def test_a_person_sees_the_plan_and_changes_it_in_a_browser(gateway, browser):  # noqa: F811
    deal = Silence(gateway, limit_hours=False)
    deal.open()
    visitor = Visitor(browser, gateway)
    visitor.open("/sign-in")
    visitor.fill("/sign-in", email=ADMIN[0], password=ADMIN[1])
    visitor.press("/sign-in", "Sign in")
    visitor.open("/settings/follow-ups")
    visitor.sees("After 3, then 5 working days")
    calendar = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20271225\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR"
    visitor.fill("/follow-ups/calendar", name="DE-BY", icalendar=calendar)
    visitor.press("/follow-ups/calendar", "Keep the holidays")
    visitor.sees("DE-BY")
    visitor.fill("/follow-ups/hours", time_zone="Europe/Atlantis")
    visitor.press("/follow-ups/hours", "Set the hours")
    visitor.sees("must be a name of the time zone database")
    visitor.fill("/follow-ups/hours", time_zone="Europe/Berlin")
    visitor.press("/follow-ups/hours", "Set the hours")
    visitor.sees("09:00–17:00, Europe/Berlin")
    visitor.picture("follow-up-settings")
    visitor.picture("follow-up-settings-phone", width=390)
    browser.set_window_size(1280, 1500)
    visitor.open(f"/negotiations/{deal.id}")
    visitor.sees("The next reminder leaves on")
    visitor.picture("follow-ups")
    visitor.fill("/follow-up-plan", after_working_days="2, 4", max_follow_ups="2")
    visitor.press("/follow-up-plan", "Change")
    visitor.sees("After 2, 4 working days;")
    visitor.press("/skip-follow-up", "Leave reminder 1 out")
    visitor.sees("Left out")
    visitor.sees("Reminder 2")
    visitor.picture("follow-ups-phone", width=390)
    browser.set_window_size(1280, 1500)
    visitor.press("/follow-up", "Remind the vendor now")
    deal.wait_for_mails(2)
    assert [row["status"] for row in deal.rows()][:1] == ["skipped"]


def test_what_was_given_up_is_shown_to_administrators_and_tried_again(gateway, browser):  # noqa: F811
    deal = Silence(gateway)
    deal.open()
    sql(
        gateway,
        "UPDATE jobs SET state = 'dead', attempts = 12, finished_at = now(), last_error = 'The disk was full.'"
        " WHERE kind = 'follow_up';" + TWO_WEEKS_AGO,
    )
    (job,) = deal.as_admin("GET", "/v1/jobs?status=dead")["items"]
    assert job["kind"] == "follow_up" and job["last_error"] == "The disk was full." and job["attempts"] == 12
    deal.call("GET", "/v1/jobs", expected=(403,))
    metrics = requests.get(gateway.url + "/metrics", timeout=30).text
    assert 'parley_jobs{kind="follow_up",state="dead"} 1' in metrics
    visitor = Visitor(browser, gateway)
    visitor.open("/sign-in")
    visitor.fill("/sign-in", email=ADMIN[0], password=ADMIN[1])
    visitor.press("/sign-in", "Sign in")
    visitor.open("/jobs")
    visitor.sees("The disk was full.")
    visitor.picture("jobs")
    visitor.picture("jobs-phone", width=390)
    browser.set_window_size(1280, 1500)
    visitor.press("/requeue", "Try it again")
    visitor.sees("Nothing was given up")
    deal.wait_for_mails(2)
