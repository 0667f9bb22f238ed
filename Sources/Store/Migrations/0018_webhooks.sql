-- Inbound webhooks: what is made of an event, in which batch it is worked on, and tokens that count once.

-- Microsoft Graph is called by the name that its users know.
ALTER TABLE webhook_endpoints DROP CONSTRAINT webhook_endpoints_provider_check;
ALTER TABLE webhook_endpoints ADD CONSTRAINT webhook_endpoints_provider_check CHECK (provider IN (
    'custom', 'sendgrid_events', 'sendgrid_inbound', 'mailgun', 'postmark', 'ses', 'gmail', 'stripe', 'graph'));
ALTER TABLE webhook_events DROP CONSTRAINT webhook_events_source_check;
ALTER TABLE webhook_events ADD CONSTRAINT webhook_events_source_check CHECK (source IN (
    'gmail', 'sendgrid', 'stripe', 'custom',
    'sendgrid_events', 'sendgrid_inbound', 'mailgun', 'postmark', 'ses', 'graph', 'imap', 'sandbox'));

-- Until then the older of two secrets and of two public keys counts as well.
ALTER TABLE webhook_endpoints ADD COLUMN overlap_ends timestamptz;

ALTER TABLE webhook_events
    ADD COLUMN content jsonb, -- what Parley understood of it; null for rows of other services
    ADD COLUMN batch_id uuid; -- what was stored together is worked on together
-- The work that waits: a batch is looked up while any of it is undone.
CREATE INDEX webhook_events_waiting ON webhook_events (organization_id, batch_id)
    WHERE state = 'stored' AND batch_id IS NOT NULL;
CREATE INDEX webhook_events_by_match ON webhook_events (organization_id, matched_entity_id)
    WHERE matched_entity_id IS NOT NULL;
CREATE INDEX webhook_events_newest ON webhook_events (organization_id, received_at, id);
GRANT UPDATE (batch_id) ON webhook_events TO parley_app;

-- Tokens that a signature covers instead of the content (Mailgun): the first content that came with one is its own.
CREATE TABLE webhook_tokens (
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    endpoint_id uuid NOT NULL,
    token text NOT NULL CHECK (length(token) BETWEEN 1 AND 200),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, endpoint_id, token),
    FOREIGN KEY (organization_id, endpoint_id) REFERENCES webhook_endpoints (organization_id, id)
);
CREATE INDEX webhook_tokens_by_end ON webhook_tokens (organization_id, expires_at);
ALTER TABLE webhook_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON webhook_tokens TO parley_app, parley_approver
    USING (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
    WITH CHECK (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid);
GRANT SELECT, INSERT, DELETE ON webhook_tokens TO parley_app;

-- As of when the tier was set: what a provider tells comes in any order.
ALTER TABLE organizations ADD COLUMN tier_as_of timestamptz;
GRANT UPDATE (tier_as_of) ON organizations TO parley_app;
