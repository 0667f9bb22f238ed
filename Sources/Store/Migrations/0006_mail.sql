-- Mail, in and out. What arrived is kept as it came; what goes out is a state machine (emails) over contents
-- that are never changed (email_contents).

CREATE TABLE mailboxes (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    kind text NOT NULL CHECK (kind IN ('sandbox', 'smtp_imap', 'gmail')),
    address text NOT NULL CHECK (length(address) BETWEEN 3 AND 320),
    display_name text NOT NULL DEFAULT '',
    settings jsonb NOT NULL DEFAULT '{}',
    secret_encrypted text,
    cursor jsonb NOT NULL DEFAULT '{}', -- how far it was read; moved only after what was read is committed
    state text NOT NULL DEFAULT 'ok' CHECK (state IN ('ok', 'failing', 'disabled')),
    state_reason text,
    failing_since timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, name)
);

-- Everything that came, stored before anything else happens to it. The unique key makes the same arrival
-- count once, however often it is delivered.
CREATE TABLE arrivals (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 255),
    external_id text NOT NULL CHECK (length(external_id) BETWEEN 1 AND 1000),
    raw bytea NOT NULL CHECK (octet_length(raw) <= 36700160), -- 35 MiB
    received_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'stored' CHECK (state IN ('stored', 'read', 'quarantined', 'ignored')),
    reason text,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    message_id uuid, -- the messages row it became
    processed_at timestamptz,
    mailbox_id uuid, -- null: came by webhook
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, source, external_id),
    FOREIGN KEY (organization_id, mailbox_id) REFERENCES mailboxes (organization_id, id)
);
CREATE INDEX arrivals_unread ON arrivals (organization_id, received_at) WHERE state = 'stored';
CREATE INDEX arrivals_by_state ON arrivals (organization_id, state, received_at);

-- One row per email to a vendor: who it belongs to, what it is, and how far it has come. What it says stands in
-- email_contents; version, digest and money_related are those of the content it has now. (Letters to people of
-- the organization itself are not kept here: no email passes the gate because of whom it claims to be for.)
CREATE TABLE emails (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    negotiation_id uuid,
    kind text NOT NULL CHECK (kind IN (
        'opening', 'counter', 'acceptance', 'rejection', 'reply', 'follow_up', 'purchase_order',
        'cancellation')),
    status text NOT NULL DEFAULT 'draft' CHECK (status IN (
        'draft', 'pending_approval', 'approved', 'claimed', 'sending', 'sent', 'uncertain', 'failed',
        'cancelled')),
    status_reason text,
    version integer NOT NULL DEFAULT 1 CHECK (version > 0),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    money_related boolean NOT NULL,
    granted_digest bytea,
    message_id text CHECK (length(message_id) BETWEEN 3 AND 998),
    mailbox_id uuid, -- it leaves from here; null: from the organization's only one
    created_by uuid, -- null: the machine drafted it
    claim_lease_until timestamptz,
    claim_worker text,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    row_version integer NOT NULL DEFAULT 1 CHECK (row_version > 0),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, message_id),
    FOREIGN KEY (organization_id, negotiation_id) REFERENCES negotiations (organization_id, id),
    FOREIGN KEY (organization_id, mailbox_id) REFERENCES mailboxes (organization_id, id),
    FOREIGN KEY (organization_id, created_by) REFERENCES users (organization_id, id),
    -- The gate. A money email goes no further than waiting for approval without a grant for exactly what it
    -- says now; that such a grant exists is a foreign key, added with the table of grants.
    CONSTRAINT emails_money_needs_grant CHECK (
        NOT money_related
        OR status IN ('draft', 'pending_approval', 'cancelled')
        OR (granted_digest IS NOT NULL AND granted_digest = digest)
    ),
    -- A claim has a holder and an end.
    CONSTRAINT emails_claim_is_leased CHECK (
        status <> 'claimed' OR (claim_worker IS NOT NULL AND claim_lease_until IS NOT NULL)
    )
);
CREATE INDEX emails_by_negotiation ON emails (organization_id, negotiation_id);
CREATE INDEX emails_under_way ON emails (organization_id, status, updated_at)
    WHERE status IN ('pending_approval', 'approved', 'claimed', 'sending', 'uncertain');

-- What an email said in each of its versions: insert-only. The digest and the verdict on money are computed
-- by the database from what is stored, so no program can state them wrongly.
CREATE TABLE email_contents (
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    email_id uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    kind text NOT NULL,
    sender jsonb NOT NULL,
    recipients jsonb NOT NULL,
    subject text NOT NULL,
    body_text text NOT NULL,
    body_html text,
    envelope bytea NOT NULL CHECK (octet_length(envelope) BETWEEN 1 AND 1048576), -- sender, recipients, terms
    raw bytea NOT NULL CHECK (octet_length(raw) BETWEEN 1 AND 36700160), -- the final MIME bytes, 35 MiB
    amounts_found boolean NOT NULL,
    money_related boolean NOT NULL GENERATED ALWAYS AS (
        kind IN ('opening', 'counter', 'acceptance', 'purchase_order') OR amounts_found
    ) STORED,
    digest bytea NOT NULL GENERATED ALWAYS AS (sha256(sha256(envelope) || sha256(raw))) STORED,
    terms jsonb NOT NULL DEFAULT '{}', -- unit price, quantity, currency, total, target, limit
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid,
    PRIMARY KEY (organization_id, email_id, version),
    -- Targets of the references that pin what they are about.
    UNIQUE (organization_id, email_id, version, kind, digest, money_related),
    UNIQUE (organization_id, email_id, version, digest, money_related),
    UNIQUE (organization_id, email_id, version, digest),
    FOREIGN KEY (organization_id, created_by) REFERENCES users (organization_id, id),
    -- Deferred: the content is inserted first, the email that it belongs to right after it.
    FOREIGN KEY (organization_id, email_id) REFERENCES emails (organization_id, id)
        DEFERRABLE INITIALLY DEFERRED
);

ALTER TABLE emails ADD CONSTRAINT emails_say_what_their_content_says
    FOREIGN KEY (organization_id, id, version, kind, digest, money_related)
    REFERENCES email_contents (organization_id, email_id, version, kind, digest, money_related);

-- Every message that was understood, and a copy of each that was sent: the thread as people see it.
CREATE TABLE messages (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    negotiation_id uuid,
    direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    arrival_id uuid,
    email_id uuid,
    message_id text, -- without < >; null where the sender's software set none
    in_reply_to text,
    reference_ids text[] NOT NULL DEFAULT '{}',
    subject text NOT NULL DEFAULT '',
    from_address text,
    from_name text,
    recipients jsonb NOT NULL DEFAULT '[]',
    date timestamptz, -- as the sender states it
    received_at timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL CHECK (kind IN ('reply', 'auto_reply', 'bounce', 'complaint', 'other', 'outbound')),
    intent text CHECK (intent IN ('accept', 'counter', 'decline', 'question', 'other')),
    text text NOT NULL DEFAULT '',
    reply_text text NOT NULL DEFAULT '',
    signature text NOT NULL DEFAULT '',
    html_sanitised text,
    attachments jsonb NOT NULL DEFAULT '[]',
    bounce jsonb,
    match_reason text,
    match_state text NOT NULL DEFAULT 'unmatched'
        CHECK (match_state IN ('matched', 'unmatched', 'ambiguous', 'assigned')),
    sender_verdict jsonb,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, negotiation_id) REFERENCES negotiations (organization_id, id),
    FOREIGN KEY (organization_id, arrival_id) REFERENCES arrivals (organization_id, id),
    FOREIGN KEY (organization_id, email_id) REFERENCES emails (organization_id, id),
    CHECK ((direction = 'outbound') = (kind = 'outbound')),
    CHECK (direction <> 'outbound' OR email_id IS NOT NULL),
    CHECK (direction <> 'inbound' OR arrival_id IS NOT NULL),
    CHECK (match_state NOT IN ('matched', 'assigned') OR negotiation_id IS NOT NULL OR direction = 'outbound')
);
-- The same reply counts once, also when it comes through two doors.
CREATE UNIQUE INDEX messages_inbound_once ON messages (organization_id, message_id)
    WHERE direction = 'inbound';
CREATE UNIQUE INDEX messages_outbound_once ON messages (organization_id, message_id)
    WHERE direction = 'outbound';
CREATE INDEX messages_by_negotiation ON messages (organization_id, negotiation_id, received_at);
CREATE INDEX messages_for_a_person ON messages (organization_id, received_at)
    WHERE match_state IN ('unmatched', 'ambiguous');
CREATE INDEX messages_by_arrival ON messages (organization_id, arrival_id);
CREATE INDEX messages_by_email ON messages (organization_id, email_id);

ALTER TABLE arrivals ADD FOREIGN KEY (organization_id, message_id) REFERENCES messages (organization_id, id);

-- Prices, and where they stood: a vendor's offer names the message and the characters of its reply text.
CREATE TABLE offers (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    negotiation_id uuid NOT NULL,
    message_id uuid,
    email_id uuid,
    party text NOT NULL CHECK (party IN ('vendor', 'buyer')),
    amount numeric(18,4) NOT NULL CHECK (amount >= 0),
    currency text CHECK (currency ~ '^[A-Z]{3}$'), -- null: the mail names none
    per text CHECK (per IN ('unit', 'total')),
    quantity integer CHECK (quantity > 0),
    span_start integer CHECK (span_start >= 0),
    span_end integer,
    binding boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, negotiation_id) REFERENCES negotiations (organization_id, id),
    FOREIGN KEY (organization_id, message_id) REFERENCES messages (organization_id, id),
    FOREIGN KEY (organization_id, email_id) REFERENCES emails (organization_id, id),
    CHECK (span_end > span_start),
    CHECK (party <> 'vendor'
        OR (message_id IS NOT NULL AND span_start IS NOT NULL AND span_end IS NOT NULL))
);
CREATE INDEX offers_by_negotiation ON offers (organization_id, negotiation_id, created_at);
CREATE INDEX offers_by_message ON offers (organization_id, message_id);

CREATE TABLE follow_ups (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    negotiation_id uuid NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    due_at timestamptz NOT NULL,
    status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sent', 'cancelled', 'skipped')),
    email_id uuid,
    reason text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, negotiation_id) REFERENCES negotiations (organization_id, id),
    FOREIGN KEY (organization_id, email_id) REFERENCES emails (organization_id, id)
);
-- A number waits or is sent once; it may be planned anew after it was cancelled.
CREATE UNIQUE INDEX follow_ups_once ON follow_ups (organization_id, negotiation_id, number)
    WHERE status IN ('waiting', 'sent');
CREATE INDEX follow_ups_due ON follow_ups (organization_id, due_at) WHERE status = 'waiting';
CREATE INDEX follow_ups_by_negotiation ON follow_ups (organization_id, negotiation_id);
