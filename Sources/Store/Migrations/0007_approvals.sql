-- Approvals, and the sending that rests on them. A grant exists only for a request about exactly that digest
-- which as many people have approved as it asks for; an email that concerns money gets past the gate, and an
-- attempt to send it can be recorded, only with such a grant. All of it is keys and checks.

CREATE TABLE approval_policies (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    min_amount numeric(18,4) CHECK (min_amount >= 0),
    currency text CHECK (currency ~ '^[A-Z]{3}$'),
    approvals_required integer NOT NULL DEFAULT 1 CHECK (approvals_required BETWEEN 1 AND 10),
    approver_roles text[] NOT NULL DEFAULT '{org_admin,manager}' CHECK (
        cardinality(approver_roles) > 0
        AND approver_roles <@ '{super_admin,org_admin,manager,member,viewer}'::text[]
    ),
    allow_self_approval boolean NOT NULL DEFAULT false,
    link_allowed boolean NOT NULL DEFAULT true,
    expires_after_hours integer NOT NULL DEFAULT 72 CHECK (expires_after_hours BETWEEN 1 AND 8760),
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    CHECK (min_amount IS NULL OR currency IS NOT NULL)
);

CREATE TABLE approval_requests (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    email_id uuid NOT NULL,
    email_version integer NOT NULL,
    digest bytea NOT NULL,
    negotiation_id uuid,
    requested_by uuid, -- null: the machine asks, on nobody's behalf
    policy_id uuid,
    approvals_required integer NOT NULL CHECK (approvals_required BETWEEN 1 AND 10),
    approver_roles text[] NOT NULL CHECK (
        cardinality(approver_roles) > 0
        AND approver_roles <@ '{super_admin,org_admin,manager,member,viewer}'::text[]
    ),
    allow_self_approval boolean NOT NULL DEFAULT false,
    link_allowed boolean NOT NULL DEFAULT true,
    -- Who may not approve it; nobody is the zero id, since a null would skip the reference that pins it.
    barred_approver_id uuid NOT NULL GENERATED ALWAYS AS (
        CASE WHEN allow_self_approval OR requested_by IS NULL
            THEN '00000000-0000-0000-0000-000000000000'::uuid ELSE requested_by END
    ) STORED,
    status text NOT NULL DEFAULT 'pending'
        CHECK (status IN ('pending', 'approved', 'rejected', 'voided', 'expired')),
    decided_at timestamptz,
    decision_reason text,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, id, email_id, digest, approvals_required),
    UNIQUE (organization_id, id, barred_approver_id),
    FOREIGN KEY (organization_id, email_id, email_version, digest)
        REFERENCES email_contents (organization_id, email_id, version, digest),
    FOREIGN KEY (organization_id, negotiation_id) REFERENCES negotiations (organization_id, id),
    FOREIGN KEY (organization_id, requested_by) REFERENCES users (organization_id, id),
    FOREIGN KEY (organization_id, policy_id) REFERENCES approval_policies (organization_id, id)
);
CREATE UNIQUE INDEX approval_requests_one_pending ON approval_requests (organization_id, email_id)
    WHERE status = 'pending';
CREATE INDEX approval_requests_by_email ON approval_requests (organization_id, email_id, created_at);
CREATE INDEX approval_requests_by_status ON approval_requests (organization_id, status, expires_at);

-- What each person decided: insert-only. Approvals of a request are numbered 1, 2, 3 …, each standing on the
-- one before, and a person decides once: number n therefore means n different people.
CREATE TABLE approval_decisions (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    request_id uuid NOT NULL,
    approver_id uuid NOT NULL,
    on_behalf_of uuid,
    barred_approver_id uuid NOT NULL, -- the request's own
    decision text NOT NULL CHECK (decision IN ('approve', 'reject', 'changes')),
    approval_number integer CHECK (approval_number BETWEEN 1 AND 10),
    previous_approval_number integer GENERATED ALWAYS AS (NULLIF(approval_number - 1, 0)) STORED,
    comment text,
    via text NOT NULL CHECK (via IN ('link', 'page', 'api')),
    ip_address text,
    user_agent text,
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, request_id, approver_id),
    UNIQUE (organization_id, request_id, approval_number),
    CONSTRAINT decisions_know_who_is_barred FOREIGN KEY (organization_id, request_id, barred_approver_id)
        REFERENCES approval_requests (organization_id, id, barred_approver_id),
    FOREIGN KEY (organization_id, request_id, previous_approval_number)
        REFERENCES approval_decisions (organization_id, request_id, approval_number),
    FOREIGN KEY (organization_id, approver_id) REFERENCES users (organization_id, id),
    FOREIGN KEY (organization_id, on_behalf_of) REFERENCES users (organization_id, id),
    CONSTRAINT decisions_number_approvals CHECK ((decision = 'approve') = (approval_number IS NOT NULL)),
    CONSTRAINT decisions_never_by_the_asker CHECK (
        decision <> 'approve'
        OR (approver_id <> barred_approver_id AND on_behalf_of IS DISTINCT FROM barred_approver_id)
    )
);

-- The permission itself. Only parley_approver inserts, and nobody updates or deletes.
CREATE TABLE approval_grants (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    request_id uuid NOT NULL,
    email_id uuid NOT NULL,
    digest bytea NOT NULL,
    approvals_required integer NOT NULL, -- the request's own
    granted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, email_id, digest),
    CONSTRAINT grants_are_for_what_was_asked
        FOREIGN KEY (organization_id, request_id, email_id, digest, approvals_required)
        REFERENCES approval_requests (organization_id, id, email_id, digest, approvals_required),
    CONSTRAINT grants_rest_on_enough_people
        FOREIGN KEY (organization_id, request_id, approvals_required)
        REFERENCES approval_decisions (organization_id, request_id, approval_number)
);

ALTER TABLE emails ADD CONSTRAINT emails_grant_exists
    FOREIGN KEY (organization_id, id, granted_digest)
    REFERENCES approval_grants (organization_id, email_id, digest);

-- Committed before the first byte of an email's data is sent. For money, a second attempt is possible only
-- after the server said no to the first in so many words.
CREATE TABLE send_attempts (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    email_id uuid NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    email_version integer NOT NULL,
    digest bytea NOT NULL,
    money_related boolean NOT NULL,
    required_grant bytea GENERATED ALWAYS AS (CASE WHEN money_related THEN digest END) STORED,
    worker text NOT NULL,
    -- refused: 5xx. deferred: 4xx. unknown: it may have been accepted.
    outcome text NOT NULL DEFAULT 'open'
        CHECK (outcome IN ('open', 'accepted', 'refused', 'deferred', 'unknown')),
    server_reply text,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    settled_by uuid, -- the person who settled an unknown outcome
    evidence jsonb, -- what it was settled by
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, email_id, number),
    FOREIGN KEY (organization_id, email_id, email_version, digest, money_related)
        REFERENCES email_contents (organization_id, email_id, version, digest, money_related),
    CONSTRAINT attempts_at_money_need_grant FOREIGN KEY (organization_id, email_id, required_grant)
        REFERENCES approval_grants (organization_id, email_id, digest),
    FOREIGN KEY (organization_id, settled_by) REFERENCES users (organization_id, id),
    CHECK ((outcome = 'open') = (finished_at IS NULL))
);
CREATE UNIQUE INDEX send_attempts_money_once ON send_attempts (organization_id, email_id)
    WHERE money_related AND outcome NOT IN ('refused', 'deferred');
CREATE INDEX send_attempts_open ON send_attempts (organization_id, started_at) WHERE outcome = 'open';
