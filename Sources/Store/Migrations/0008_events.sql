-- What tells somebody something: notifications to people, webhooks from providers, jobs for the workers.

CREATE TABLE notifications (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    type varchar(50) NOT NULL CHECK (type IN (
        'job_completed', 'job_failed', 'negotiation_reply', 'negotiation_accepted', 'purchase_order_ready',
        'price_drop_alert', 'system_alert',
        'approval_requested', 'approval_decided', 'approval_expired', 'negotiation_rejected',
        'negotiation_expired', 'negotiation_undeliverable', 'late_reply', 'email_failed', 'email_uncertain',
        'mail_unmatched', 'mail_quarantined', 'mailbox_failing')),
    title varchar(255) NOT NULL,
    message text NOT NULL,
    link varchar(500),
    action_label varchar(100),
    related_entity_type varchar(50),
    related_entity_id uuid,
    read boolean NOT NULL DEFAULT false,
    read_at timestamptz,
    priority varchar(20) NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    sent_via_websocket boolean NOT NULL DEFAULT false,
    sent_via_email boolean NOT NULL DEFAULT false,
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX notifications_by_user ON notifications (organization_id, user_id);
CREATE INDEX notifications_by_type ON notifications (organization_id, type);
CREATE INDEX notifications_by_entity ON notifications (organization_id, related_entity_id);
CREATE INDEX notifications_by_reading ON notifications (organization_id, read);
CREATE INDEX notifications_by_creation ON notifications (organization_id, created_at);

CREATE TABLE webhook_endpoints (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    provider text NOT NULL CHECK (provider IN (
        'custom', 'sendgrid_events', 'sendgrid_inbound', 'mailgun', 'postmark', 'ses', 'gmail', 'stripe',
        'msgraph')),
    name text NOT NULL DEFAULT '',
    secrets_encrypted jsonb NOT NULL DEFAULT '[]', -- newest first; two are active during a rotation
    public_key text,
    audience text,
    settings jsonb NOT NULL DEFAULT '{}',
    is_active boolean NOT NULL DEFAULT true,
    verified_count bigint NOT NULL DEFAULT 0 CHECK (verified_count >= 0),
    duplicate_count bigint NOT NULL DEFAULT 0 CHECK (duplicate_count >= 0),
    refused_count bigint NOT NULL DEFAULT 0 CHECK (refused_count >= 0),
    quarantined_count bigint NOT NULL DEFAULT 0 CHECK (quarantined_count >= 0),
    last_event_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id)
);

-- A row with an endpoint was verified by Parley; one without was written by another service, and nothing in
-- Parley acts on it.
CREATE TABLE webhook_events (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    source varchar(50) NOT NULL CHECK (source IN (
        'gmail', 'sendgrid', 'stripe', 'custom',
        'sendgrid_events', 'sendgrid_inbound', 'mailgun', 'postmark', 'ses', 'msgraph', 'imap', 'sandbox')),
    event_type varchar(100) NOT NULL,
    external_id varchar(255) NOT NULL CHECK (external_id <> ''),
    payload jsonb NOT NULL,
    headers jsonb NOT NULL DEFAULT '{}',
    processed boolean NOT NULL DEFAULT false,
    processed_at timestamptz,
    processing_attempts integer NOT NULL DEFAULT 0 CHECK (processing_attempts >= 0),
    processing_error text,
    negotiation_id uuid,
    matched_entity_type varchar(50),
    matched_entity_id uuid,
    ip_address varchar(45),
    user_agent varchar(500),
    received_at timestamptz NOT NULL DEFAULT now(),
    event_created_at timestamptz,
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    -- Parley's own from here on.
    endpoint_id uuid,
    raw bytea CHECK (octet_length(raw) <= 36700160), -- as it came, 35 MiB; JSON may hold what text cannot
    state text NOT NULL DEFAULT 'stored' CHECK (state IN ('stored', 'processed', 'quarantined', 'ignored')),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, source, external_id),
    FOREIGN KEY (organization_id, negotiation_id) REFERENCES negotiations (organization_id, id),
    FOREIGN KEY (organization_id, endpoint_id) REFERENCES webhook_endpoints (organization_id, id)
);
CREATE INDEX webhook_events_by_type ON webhook_events (organization_id, event_type);
CREATE INDEX webhook_events_by_external_id ON webhook_events (organization_id, external_id);
CREATE INDEX webhook_events_by_processing ON webhook_events (organization_id, processed);
CREATE INDEX webhook_events_by_negotiation ON webhook_events (organization_id, negotiation_id);
CREATE INDEX webhook_events_by_arrival ON webhook_events (organization_id, received_at);

CREATE TABLE jobs (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 100),
    unique_key text CHECK (length(unique_key) BETWEEN 1 AND 255),
    payload jsonb NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'running', 'done', 'dead')),
    run_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    max_attempts integer NOT NULL DEFAULT 20 CHECK (max_attempts BETWEEN 1 AND 1000),
    lease_until timestamptz,
    worker text,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    PRIMARY KEY (organization_id, id),
    CHECK ((state = 'running') = (lease_until IS NOT NULL AND worker IS NOT NULL)),
    CHECK ((state IN ('done', 'dead')) = (finished_at IS NOT NULL))
);
CREATE UNIQUE INDEX jobs_once ON jobs (organization_id, kind, unique_key) WHERE state IN ('due', 'running');
CREATE INDEX jobs_due ON jobs (organization_id, run_at) WHERE state = 'due';
CREATE INDEX jobs_running ON jobs (organization_id, lease_until) WHERE state = 'running';
CREATE INDEX jobs_finished ON jobs (organization_id, finished_at) WHERE state IN ('done', 'dead');
