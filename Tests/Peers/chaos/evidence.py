"""What is on record when all has become quiet: rows of the database, and the vendor's server's book."""

import dataclasses
import datetime


@dataclasses.dataclass
class Evidence:
    taken: list  # the book of the vendor's server
    emails: list
    contents: list  # every version of every email, with the grant for exactly it where there is one
    attempts: list
    messages: list  # answers that were understood, with the time at which they were committed
    arrivals: list
    requests: list  # for approval
    decisions: list
    told: list  # what owners were told of emails in doubt
    jobs: list  # that are neither done nor for later
    replies: list = dataclasses.field(default_factory=list)  # answers that the vendors gave
    cancelled: list = dataclasses.field(default_factory=list)  # negotiations whose cancellation was confirmed


QUERIES = {
    "emails": """
        SELECT id::text, negotiation_id::text, kind, status, status_reason AS reason, message_id, version, money_related
        FROM emails""",
    "contents": """
        SELECT content.email_id::text, content.version, encode(sha256(content.raw), 'hex') AS sha256,
            content.recipients, content.money_related, request.id::text AS request,
            extract(epoch FROM granted.granted_at)::float8 AS granted_at
        FROM email_contents AS content
        LEFT JOIN approval_grants AS granted ON granted.organization_id = content.organization_id
            AND granted.email_id = content.email_id AND granted.digest = content.digest
        LEFT JOIN approval_requests AS request ON request.organization_id = granted.organization_id
            AND request.id = granted.request_id""",
    "attempts": """
        SELECT email_id::text, number, email_version AS version, outcome, worker,
            extract(epoch FROM started_at)::float8 AS started_at
        FROM send_attempts""",
    "messages": """
        SELECT message_id, negotiation_id::text,
            extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 AS committed_at
        FROM messages WHERE direction = 'inbound'""",
    "arrivals": "SELECT id::text, state, reason FROM arrivals",
    "requests": """
        SELECT id::text, email_id::text, email_version AS version, status,
            extract(epoch FROM created_at)::float8 AS created_at
        FROM approval_requests""",
    "decisions": "SELECT request_id::text AS request, decision FROM approval_decisions",
    "told": """
        SELECT related_entity_id::text AS negotiation_id, title FROM notifications
        WHERE title = 'Nobody knows whether an email was sent'""",
    "jobs": """
        SELECT kind, state, attempts, last_error, payload ->> 'id' AS about FROM jobs
        WHERE state IN ('due', 'running', 'dead') AND kind IN ('send_email', 'read_arrival', 'ask_approvers')""",
}


def gather(postgres, book, bazaar):
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(postgres.url, row_factory=dict_row, connect_timeout=30) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = {name: connection.execute(query).fetchall() for name, query in QUERIES.items()}
    return Evidence(
        taken=list(book.entries), replies=list(bazaar.replies), cancelled=list(bazaar.cancelled), **found
    )


def clock(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%H:%M:%S.%f")[:-3]
