"""What must be true afterwards, whatever happened. Each function yields a line for each breach of one promise."""

import collections

from evidence import clock

# An email rests in one of these; `uncertain` waits for a person, and says so.
AT_REST = ("draft", "pending_approval", "sent", "failed", "cancelled", "uncertain")


def by(rows, key):
    found = collections.defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def vendor_mail(evidence):
    """Each entry of the book that is an email to a vendor, with the email; `None` where nobody knows it."""
    emails = {email["message_id"]: email for email in evidence.emails}
    staff = {a for entry in evidence.taken for a in entry["recipients"] if a.endswith("@acme.example")}
    for entry in evidence.taken:
        if not set(entry["recipients"]) <= staff:
            yield entry, emails.get(entry["message_id"])


def no_email_is_taken_twice(evidence):
    for message_id, entries in by([entry for entry, _ in vendor_mail(evidence)], "message_id").items():
        if len(entries) > 1:
            times = ", ".join(clock(entry["at"]) for entry in entries)
            yield f"{message_id} was taken {len(entries)} times: {times}"


def what_concerns_money_was_approved_as_it_is(evidence):
    contents = by(evidence.contents, "email_id")
    approvals = {decision["request"] for decision in evidence.decisions if decision["decision"] == "approve"}
    for entry, email in vendor_mail(evidence):
        if email is None:
            yield f"{entry['message_id']} was taken, and there is no such email"
            continue
        same = [
            content for content in contents[email["id"]]
            if content["sha256"] == entry["sha256"]
            and [recipient["address"] for recipient in content["recipients"]] == entry["recipients"]
        ]  # fmt: skip
        if not same:
            yield f"{entry['message_id']} was taken with another content or for others than any version of it says"
        elif same[0]["money_related"] and not (
            same[0]["granted_at"] and same[0]["granted_at"] <= entry["at"] and same[0]["request"] in approvals
        ):
            yield f"{entry['message_id']} was taken at {clock(entry['at'])}, and nobody had approved it as it is"


def nothing_is_in_limbo(evidence):
    told = {row["negotiation_id"] for row in evidence.told}
    outcomes = by(evidence.attempts, "email_id")
    for email in evidence.emails:
        if email["status"] not in AT_REST:
            yield f"email {email['id']} is {email['status']}: {email['reason']}"
        if email["status"] == "uncertain":
            if email["negotiation_id"] not in told:
                yield f"email {email['id']} is uncertain, and nobody was told"
            if max(outcomes[email["id"]], key=lambda attempt: attempt["number"])["outcome"] != "unknown":
                yield f"email {email['id']} is uncertain, and its last attempt is not"
    for job in evidence.jobs:
        yield f"a job is {job['state']} after {job['attempts']} tries: {job['kind']} {job['about']}: {job['last_error']}"


def sent_means_taken_and_taken_is_never_denied(evidence):
    taken = {entry["message_id"] for entry, _ in vendor_mail(evidence)}
    understood = {message["message_id"] for message in evidence.messages}
    answered = {reply["answers"] for reply in evidence.replies if reply["message_id"] in understood}
    for email in evidence.emails:
        if email["status"] == "sent" and email["message_id"] not in taken:
            yield f"email {email['id']} is sent, and no server has taken it"
        if email["status"] == "uncertain" and email["message_id"] in answered:
            yield f"email {email['id']} is uncertain, and the vendor has answered it"
        if email["message_id"] in taken and email["status"] not in ("sent", "uncertain"):
            yield f"email {email['id']} is {email['status']}, and the vendor has it"


def nothing_begins_after_a_cancellation(evidence):
    attempts = by(evidence.attempts, "email_id")
    emails = by(evidence.emails, "negotiation_id")
    for cancelled in evidence.cancelled:
        for email in emails[cancelled["negotiation"]]:
            for attempt in attempts[email["id"]]:
                if attempt["started_at"] > cancelled["at"]:
                    yield (
                        f"attempt {attempt['number']} at email {email['id']} began at {clock(attempt['started_at'])},"
                        f" and its negotiation was cancelled at {clock(cancelled['at'])}"
                    )


def no_approval_outlives_an_answer(evidence):
    answers = by(evidence.messages, "negotiation_id")
    requests = by(evidence.requests, "email_id")
    negotiation = {email["id"]: email["negotiation_id"] for email in evidence.emails if email["money_related"]}
    for attempt in evidence.attempts:
        if attempt["email_id"] not in negotiation:
            continue
        began = attempt["started_at"]
        asked = max((r["created_at"] for r in requests[attempt["email_id"]] if r["created_at"] < began), default=None)
        for answer in answers[negotiation[attempt["email_id"]]]:
            if asked is None or asked < answer["committed_at"] < began:
                yield (
                    f"attempt {attempt['number']} at email {attempt['email_id']} began at {clock(began)}, on what was"
                    f" asked before the answer at {clock(answer['committed_at'])}"
                )


def nothing_automatic_follows_an_answer(evidence):
    """A reminder is due to a mail that has no answer. It may cross with one, so its attempt counts, not its arrival."""
    answers = by(evidence.messages, "negotiation_id")
    mail = [(entry, email) for entry, email in vendor_mail(evidence) if email]
    attempts = by(evidence.attempts, "email_id")
    for entry, email in mail:
        if not entry["automatic"]:
            continue
        began = max(attempt["started_at"] for attempt in attempts[email["id"]] if attempt["started_at"] < entry["at"])
        reminded_of = max(
            (e["at"] for e, m in mail
             if m["negotiation_id"] == email["negotiation_id"] and not e["automatic"] and e["at"] < began),
            default=0,
        )  # fmt: skip
        for answer in answers[email["negotiation_id"]]:
            if reminded_of < answer["committed_at"] < began:
                yield f"{entry['message_id']} is automatic and began after the answer at {clock(answer['committed_at'])}"


def every_answer_counts_once(evidence):
    found = by(evidence.messages, "message_id")
    for reply in evidence.replies:
        rows = found[reply["message_id"]]
        if len(rows) != 1:
            yield f"answer {reply['message_id']} was understood {len(rows)} times"
        elif rows[0]["negotiation_id"] != reply["negotiation"]:
            yield f"answer {reply['message_id']} lies in another negotiation"
    for arrival in evidence.arrivals:
        if arrival["state"] not in ("read", "ignored"):
            yield f"arrival {arrival['id']} is {arrival['state']}: {arrival['reason']}"


ALL = (
    no_email_is_taken_twice,
    what_concerns_money_was_approved_as_it_is,
    nothing_is_in_limbo,
    sent_means_taken_and_taken_is_never_denied,
    nothing_begins_after_a_cancellation,
    no_approval_outlives_an_answer,
    nothing_automatic_follows_an_answer,
    every_answer_counts_once,
)


def breaches(evidence):
    """Every breach of every promise, by the name of the promise."""
    return {check.__name__.replace("_", " "): list(check(evidence)) for check in ALL}
