"""The checker is checked: a run without fault breaks no promise, and each doctored record breaks its own."""

import copy

import pytest

from evidence import Evidence
from invariants import breaches

RECIPIENTS = ["vendor@acme.test"]


def entry(at, email, version=1, **changes):
    return {
        "at": at, "recipients": RECIPIENTS, "message_id": f"{email}@us", "sha256": f"{email}-{version}",
        "automatic": False,
    } | changes  # fmt: skip


@pytest.fixture()
def good():
    """Two emails, the second after an answer and edited once; a reminder between; a doubt."""
    def email(id, status="sent", kind="counter", money=True, negotiation="n1"):
        return {"id": id, "negotiation_id": negotiation, "kind": kind, "status": status, "reason": None,
                "message_id": f"{id}@us", "version": 1, "money_related": money}

    def content(id, version=1, granted_at=None, money=True):
        return {"email_id": id, "version": version, "sha256": f"{id}-{version}", "money_related": money,
                "recipients": [{"address": address} for address in RECIPIENTS], "granted_at": granted_at,
                "request": f"r-{id}-{version}" if granted_at else None}

    def attempt(id, started_at, number=1, outcome="accepted", version=1):
        return {"email_id": id, "number": number, "version": version, "outcome": outcome, "worker": "w",
                "started_at": started_at}

    def request(id, created_at, version=1):
        return {"id": f"r-{id}-{version}", "email_id": id, "version": version, "status": "approved",
                "created_at": created_at}

    return Evidence(
        taken=[entry(10, "a"), entry(20, "reminder", automatic=True), entry(40, "b", 2),
               entry(41, "letter", recipients=["root@acme.example"])],
        emails=[email("a"), email("reminder", kind="follow_up", money=False), email("b"),
                email("c", "uncertain", negotiation="n2")],
        contents=[content("a", granted_at=5), content("reminder", money=False), content("b"),
                  content("b", 2, granted_at=38), content("c", granted_at=50)],
        attempts=[attempt("a", 9), attempt("reminder", 19), attempt("b", 39, version=2),
                  attempt("c", 51, outcome="unknown")],
        messages=[{"message_id": "answer", "negotiation_id": "n1", "committed_at": 30}],
        arrivals=[{"id": "1", "state": "read", "reason": None}, {"id": "2", "state": "ignored", "reason": "copy"}],
        requests=[request("a", 4), request("b", 33), request("b", 35, 2), request("c", 45)],
        decisions=[{"request": f"r-{id}", "decision": "approve"} for id in ("a-1", "b-2", "c-1")],
        told=[{"negotiation_id": "n2", "title": "Nobody knows whether an email was sent"}],
        jobs=[],
        replies=[{"message_id": "answer", "answers": "a@us", "negotiation": "n1"}],
        cancelled=[{"negotiation": "n2", "at": 60}],
    )  # fmt: skip


def broken(evidence):
    return {name for name, lines in breaches(evidence).items() if lines}


def test_a_run_without_fault_breaks_no_promise(good):
    assert broken(good) == set()


def set_row(rows, number, **changes):
    rows[number].update(changes)


DOCTORED = {
    "no email is taken twice": [lambda e: e.taken.append(entry(44, "b", 2))],
    "what concerns money was approved as it is": [
        lambda e: set_row(e.taken, 2, sha256="b-1"),
        lambda e: set_row(e.taken, 2, sha256="another"),
        lambda e: set_row(e.taken, 2, recipients=["somebody@else.test"]),
        lambda e: set_row(e.taken, 2, message_id="unknown@us"),
        lambda e: set_row(e.contents, 3, granted_at=41),
        lambda e: e.decisions.clear(),
    ],
    "nothing is in limbo": [
        lambda e: set_row(e.emails, 3, status="sending"),
        lambda e: set_row(e.emails, 3, status="claimed"),
        lambda e: set_row(e.emails, 3, status="approved"),
        lambda e: e.told.clear(),
        lambda e: set_row(e.attempts, 3, outcome="open"),
        lambda e: e.jobs.append({"kind": "send_email", "state": "dead", "attempts": 12, "last_error": "x", "about": "c"}),
    ],
    "sent means taken and taken is never denied": [
        lambda e: e.taken.pop(0),
        lambda e: set_row(e.emails, 0, status="failed"),
        lambda e: set_row(e.emails, 0, status="draft"),
        lambda e: set_row(e.emails, 0, status="uncertain"),
    ],
    "nothing begins after a cancellation": [
        lambda e: e.attempts.append(e.attempts[3] | {"number": 2, "started_at": 61}),
    ],
    "no approval outlives an answer": [
        lambda e: [request.update(created_at=29) for request in e.requests if request["email_id"] == "b"],
    ],
    "nothing automatic follows an answer": [lambda e: set_row(e.messages, 0, committed_at=18)],
    "every answer counts once": [
        lambda e: e.messages.append(e.messages[0]),
        lambda e: e.messages.clear(),
        lambda e: set_row(e.messages, 0, negotiation_id="n2"),
        lambda e: set_row(e.arrivals, 0, state="stored"),
        lambda e: set_row(e.arrivals, 0, state="quarantined"),
    ],
}


@pytest.mark.parametrize(
    ("promise", "doctor"), [(promise, doctor) for promise, doctors in DOCTORED.items() for doctor in doctors]
)
def test_a_doctored_record_is_found_out(good, promise, doctor):
    doctored = copy.deepcopy(good)
    doctor(doctored)
    assert promise in broken(doctored)


def test_every_promise_is_doctored_at_least_once(good):
    assert set(DOCTORED) == set(breaches(good))
