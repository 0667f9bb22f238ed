-- What other systems want to be told, what they are told, and every attempt to tell it. A subscription that was
-- removed stays, without its secrets, for the deliveries that point to it.

CREATE TABLE webhook_subscriptions (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    url text NOT NULL CHECK (octet_length(url) BETWEEN 1 AND 2048),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 255),
    events text[] NOT NULL CHECK (cardinality(events) BETWEEN 1 AND 100),
    state text NOT NULL DEFAULT 'enabled' CHECK (state IN ('enabled', 'disabled', 'removed')),
    state_reason text,
    failing_since timestamptz, -- the first event that was given up on since one arrived
    secret_encrypted text,
    previous_secret_encrypted text, -- signs besides until then
    previous_secret_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    CHECK ((previous_secret_encrypted IS NULL) = (previous_secret_until IS NULL)),
    CHECK ((secret_encrypted IS NULL) = (state = 'removed')),
    CHECK (state = 'disabled' OR state_reason IS NULL)
);
CREATE INDEX webhook_subscriptions_by_creation ON webhook_subscriptions (organization_id, created_at, id)
    WHERE state <> 'removed';

CREATE TABLE webhook_deliveries (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    subscription_id uuid NOT NULL,
    event_id uuid NOT NULL, -- webhook-id, the same for every receiver and every attempt
    event_type text NOT NULL CHECK (length(event_type) BETWEEN 1 AND 100),
    payload text NOT NULL CHECK (octet_length(payload) <= 65536), -- signed and posted byte for byte
    state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'delivered', 'dead')),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0), -- since it was last set on its way
    next_attempt_at timestamptz NOT NULL,
    last_status integer CHECK (last_status BETWEEN 100 AND 599),
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, subscription_id, event_id),
    FOREIGN KEY (organization_id, subscription_id) REFERENCES webhook_subscriptions (organization_id, id)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (organization_id, subscription_id, next_attempt_at, id)
    WHERE state = 'due';
CREATE INDEX webhook_deliveries_by_creation
    ON webhook_deliveries (organization_id, subscription_id, created_at, id);

CREATE TABLE webhook_attempts (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    delivery_id uuid NOT NULL,
    number integer NOT NULL CHECK (number >= 1),
    started_at timestamptz NOT NULL,
    milliseconds integer NOT NULL CHECK (milliseconds >= 0),
    status integer CHECK (status BETWEEN 100 AND 599),
    answer text NOT NULL DEFAULT '' CHECK (length(answer) <= 2048),
    error text,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, delivery_id, number),
    FOREIGN KEY (organization_id, delivery_id) REFERENCES webhook_deliveries (organization_id, id)
);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['webhook_subscriptions', 'webhook_deliveries', 'webhook_attempts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format($policy$
            CREATE POLICY tenant ON %I TO parley_app, parley_approver
            USING (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
            WITH CHECK (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
            $policy$, tenant_table);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE (url, description, events, state, state_reason, failing_since, secret_encrypted,
    previous_secret_encrypted, previous_secret_until, updated_at) ON webhook_subscriptions TO parley_app;
-- What was told and what was answered is not rewritten, and goes when it is old.
GRANT SELECT, INSERT, DELETE, UPDATE (state, attempts, tries, next_attempt_at, last_status, last_error)
    ON webhook_deliveries TO parley_app;
GRANT SELECT, INSERT, DELETE ON webhook_attempts TO parley_app;
