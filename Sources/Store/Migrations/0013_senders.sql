-- Who wrote a message, and what else tells where it belongs.

-- The provider's name of the conversation (Gmail's threadId), which no header carries.
ALTER TABLE arrivals ADD COLUMN provider_thread_id text CHECK (length(provider_thread_id) <= 255);
ALTER TABLE messages
    ADD COLUMN thread_index text CHECK (thread_index ~ '^[0-9a-f]{32}$'),
    ADD COLUMN provider_thread_id text CHECK (length(provider_thread_id) <= 255),
    -- Whether it came with HTML, which is made safe whenever it is shown.
    ADD COLUMN has_html boolean NOT NULL DEFAULT false,
    -- Bank accounts that the new text names, without spaces.
    ADD COLUMN bank_accounts text[] NOT NULL DEFAULT '{}';
CREATE INDEX messages_by_thread_index ON messages (organization_id, thread_index) WHERE thread_index IS NOT NULL;
CREATE INDEX messages_by_provider_thread ON messages (organization_id, provider_thread_id)
    WHERE provider_thread_id IS NOT NULL;
GRANT UPDATE (bank_accounts) ON messages TO parley_app;

-- Which half of a mailbox fails: what is sent, or what is read.
ALTER TABLE mailboxes
    ADD COLUMN failing_work text CHECK (failing_work IN ('sending', 'receiving'));

-- Why nothing in a negotiation happens by itself any more, until a person says otherwise.
CREATE TABLE automation_stops (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    negotiation_id uuid NOT NULL,
    message_id uuid,
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
    stopped_at timestamptz NOT NULL DEFAULT now(),
    lifted_at timestamptz,
    lifted_by uuid,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, negotiation_id) REFERENCES negotiations (organization_id, id),
    FOREIGN KEY (organization_id, message_id) REFERENCES messages (organization_id, id),
    FOREIGN KEY (organization_id, lifted_by) REFERENCES users (organization_id, id),
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
CREATE UNIQUE INDEX automation_stops_one_at_a_time ON automation_stops (organization_id, negotiation_id)
    WHERE lifted_at IS NULL;
CREATE INDEX automation_stops_by_negotiation ON automation_stops (organization_id, negotiation_id, stopped_at);
CREATE INDEX automation_stops_by_message ON automation_stops (organization_id, message_id);
CREATE INDEX automation_stops_by_user ON automation_stops (organization_id, lifted_by);
ALTER TABLE automation_stops ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON automation_stops TO parley_app, parley_approver
    USING (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
    WITH CHECK (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE (lifted_at, lifted_by) ON automation_stops TO parley_app;
