-- When an approved email may leave, how much leaves, and by what a doubt about an attempt is settled.

-- Not before this; null: at once. Until then it can be taken back with certainty.
ALTER TABLE emails ADD COLUMN sends_at timestamptz;
GRANT UPDATE (sends_at) ON emails TO parley_app;

-- What an organization decides about sending.
ALTER TABLE organization_settings
    ADD COLUMN undo_seconds integer NOT NULL DEFAULT 0 CHECK (undo_seconds BETWEEN 0 AND 3600),
    ADD COLUMN vendor_daily_limit integer CHECK (vendor_daily_limit BETWEEN 1 AND 100000);

-- When a mailbox sends, and how much: days by their English names, times such as 08:30 up to 24:00, the zone by its name
-- in the time zone database.
ALTER TABLE mailboxes
    ADD COLUMN sends_on text[] CHECK (
        cardinality(sends_on) BETWEEN 1 AND 7
        AND sends_on <@ '{monday,tuesday,wednesday,thursday,friday,saturday,sunday}'::text[]),
    ADD COLUMN sends_from text CHECK (sends_from ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
    ADD COLUMN sends_until text CHECK (sends_until ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'),
    ADD COLUMN sends_zone text CHECK (length(sends_zone) BETWEEN 1 AND 100),
    ADD COLUMN hourly_limit integer CHECK (hourly_limit BETWEEN 1 AND 100000),
    ADD COLUMN daily_limit integer CHECK (daily_limit BETWEEN 1 AND 100000),
    ADD CONSTRAINT mailboxes_send_within_a_whole_window CHECK (
        num_nulls(sends_on, sends_from, sends_until, sends_zone) IN (0, 4)
        AND (sends_from IS NULL OR sends_from < sends_until));

-- Whom an attempt was made for and by what, to count them; what is known of its end, by the clock of this server alone.
ALTER TABLE send_attempts
    ADD COLUMN mailbox_id uuid, -- null: the sandbox
    ADD COLUMN vendor_id uuid,
    ADD COLUMN noted_at timestamptz NOT NULL DEFAULT now(), -- when it was put on record, later: when its end was
    ADD COLUMN ended_by text, -- who put its end on record
    ADD COLUMN settled_at timestamptz,
    ADD FOREIGN KEY (organization_id, mailbox_id) REFERENCES mailboxes (organization_id, id),
    ADD FOREIGN KEY (organization_id, vendor_id) REFERENCES vendors (organization_id, id),
    -- A server may take as long to answer the end of a message (RFC 5321, 4.5.3.2.6). Before that nobody can know that an
    -- email was not taken.
    ADD CONSTRAINT attempts_keep_quiet_time CHECK (
        settled_by IS NULL OR outcome = 'accepted' OR settled_at - noted_at >= interval '600 seconds'),
    ADD CONSTRAINT attempts_settled_by_somebody_sometime CHECK (settled_by IS NULL OR settled_at IS NOT NULL);
CREATE INDEX send_attempts_by_mailbox ON send_attempts (organization_id, mailbox_id, started_at);
CREATE INDEX send_attempts_by_vendor ON send_attempts (organization_id, vendor_id, started_at);
GRANT UPDATE (noted_at, ended_by, settled_at) ON send_attempts TO parley_app;

-- What waits to leave.
CREATE INDEX emails_waiting_to_leave ON emails (organization_id, sends_at) WHERE status = 'approved';
