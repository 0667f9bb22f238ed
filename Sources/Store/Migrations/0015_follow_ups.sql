-- Follow-ups: when they come, whom they leave in peace, and which of them there can be; and the queue that a million of
-- them wait in.

-- The number begins anew whenever the vendor has answered, so it is unique among those that wait only; and at most one
-- waits. What a process that was down has missed is one reminder, not a burst.
DROP INDEX follow_ups_once;
CREATE UNIQUE INDEX follow_ups_one_waiting ON follow_ups (organization_id, negotiation_id)
    WHERE status = 'waiting';
-- An email is one follow-up's.
CREATE UNIQUE INDEX follow_ups_one_per_email ON follow_ups (organization_id, email_id)
    WHERE email_id IS NOT NULL;
-- What has left is an email.
ALTER TABLE follow_ups ADD CONSTRAINT follow_ups_sent_is_written CHECK (status <> 'sent' OR email_id IS NOT NULL);

-- The day from which the vendor is back, where an automatic answer has named it.
ALTER TABLE negotiations ADD COLUMN follow_up_parked_until date;

-- How often and after how long a silent vendor is reminded: in the organization, after emails of one kind, or in one
-- negotiation.
CREATE TABLE follow_up_rules (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    negotiation_id uuid,
    email_kind text CHECK (email_kind IN ('opening', 'counter', 'reply')),
    is_enabled boolean NOT NULL DEFAULT true,
    after_working_days integer[] NOT NULL CHECK (
        cardinality(after_working_days) BETWEEN 1 AND 10
        AND 1 <= ALL (after_working_days) AND 60 >= ALL (after_working_days)),
    most_reminders integer NOT NULL CHECK (most_reminders BETWEEN 1 AND 10),
    last_announces_deadline boolean NOT NULL DEFAULT false,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, negotiation_id) REFERENCES negotiations (organization_id, id),
    CHECK (negotiation_id IS NULL OR email_kind IS NULL)
);
CREATE UNIQUE INDEX follow_up_rules_one_per_scope
    ON follow_up_rules (organization_id, negotiation_id, email_kind) NULLS NOT DISTINCT;

-- When a vendor works; without a vendor, when those do that have no hours of their own.
CREATE TABLE working_hours (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    vendor_id uuid,
    weekdays text NOT NULL CHECK (weekdays ~ '^[1-7]{1,7}$'), -- as in ISO 8601: 12345 is Monday to Friday
    opens integer NOT NULL CHECK (opens BETWEEN 0 AND 86400), -- seconds after midnight
    closes integer NOT NULL CHECK (closes BETWEEN 0 AND 86400),
    time_zone text NOT NULL CHECK (length(time_zone) BETWEEN 1 AND 100),
    calendar text CHECK (length(calendar) BETWEEN 1 AND 100), -- of holidays; it may have been taken away
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, vendor_id) REFERENCES vendors (organization_id, id),
    CHECK (opens < closes)
);
CREATE UNIQUE INDEX working_hours_one_per_vendor ON working_hours (organization_id, vendor_id)
    NULLS NOT DISTINCT;

-- The days of calendars that somebody has given as iCalendar files.
CREATE TABLE holidays (
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    calendar text NOT NULL CHECK (length(calendar) BETWEEN 1 AND 100),
    day date NOT NULL,
    PRIMARY KEY (organization_id, calendar, day)
);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['follow_up_rules', 'working_hours', 'holidays'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format($policy$
            CREATE POLICY tenant ON %I TO parley_app, parley_approver
            USING (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
            WITH CHECK (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
            $policy$, tenant_table);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON follow_up_rules, working_hours TO parley_app;
GRANT SELECT, INSERT, DELETE ON holidays TO parley_app;

-- The queue. Jobs that became due at the same instant are claimed in the order of their ids without being sorted, what is
-- done is swept away after a while, and what is dead is listed for people.
CREATE INDEX jobs_due_in_order ON jobs (organization_id, run_at, id) WHERE state = 'due';
DROP INDEX jobs_due;
CREATE INDEX jobs_done ON jobs (organization_id, finished_at) WHERE state = 'done';
CREATE INDEX jobs_dead ON jobs (organization_id, run_at, id) WHERE state = 'dead';
DROP INDEX jobs_finished;
