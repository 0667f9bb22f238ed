-- Approval policies that ask for more than an amount and a number of people; delegation; digests.

ALTER TABLE approval_policies
    ADD COLUMN below_amount numeric(18,4) CHECK (below_amount > 0),
    -- Null: every kind of email, every vendor.
    ADD COLUMN email_kinds text[] CHECK (
        cardinality(email_kinds) > 0
        AND email_kinds <@ '{opening,counter,acceptance,rejection,reply,follow_up,purchase_order,cancellation}'::text[]
    ),
    ADD COLUMN vendor_standings text[] CHECK (
        cardinality(vendor_standings) > 0
        AND vendor_standings <@ '{new,known,changed_address}'::text[]
    ),
    ADD COLUMN deviation_percent integer CHECK (deviation_percent BETWEEN 1 AND 1000),
    ADD COLUMN adds_up_over_days integer CHECK (adds_up_over_days BETWEEN 1 AND 366),
    ADD COLUMN named_approvers uuid[] NOT NULL DEFAULT '{}' CHECK (cardinality(named_approvers) <= 50),
    -- Groups besides the first: a list of {approvals, roles, people}.
    ADD COLUMN further_groups jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_array_length(further_groups) <= 4),
    ADD COLUMN group_order text NOT NULL DEFAULT 'together' CHECK (group_order IN ('together', 'in_turn')),
    ADD COLUMN link_up_to numeric(18,4) CHECK (link_up_to >= 0),
    ADD COLUMN remind_after_hours integer CHECK (remind_after_hours >= 1 AND remind_after_hours < expires_after_hours),
    -- {after_hours, roles, people}
    ADD COLUMN escalation jsonb,
    ADD CHECK (below_amount IS NULL OR currency IS NOT NULL),
    ADD CHECK (link_up_to IS NULL OR (currency IS NOT NULL AND link_allowed)),
    ADD CHECK (min_amount IS NULL OR below_amount IS NULL OR min_amount < below_amount),
    -- Instead of the check that at least one role is named: a policy may name people alone.
    DROP CONSTRAINT approval_policies_approver_roles_check,
    ADD CONSTRAINT approval_policies_somebody_decides CHECK (
        approver_roles <@ '{super_admin,org_admin,manager,member,viewer}'::text[]
        AND (cardinality(approver_roles) > 0 OR cardinality(named_approvers) >= approvals_required)
    );

-- What has to happen before the email may be sent, in full: chains of groups, escalations, reminders. Null in rows of
-- versions that knew roles and a number only. approvals_required is the fewest people who can meet it, and approver_roles
-- tells a version that knows roles only who may decide: where it could not tell all, nobody.
ALTER TABLE approval_requests
    ADD COLUMN requirement jsonb,
    DROP CONSTRAINT approval_requests_approvals_required_check,
    ADD CONSTRAINT approval_requests_approvals_required_check CHECK (approvals_required BETWEEN 1 AND 50);

-- The role in which somebody decided, and that of whom they stood in for. Nobody is stood in for twice.
ALTER TABLE approval_decisions
    ADD COLUMN approver_role text CHECK (approver_role IN ('super_admin', 'org_admin', 'manager', 'member', 'viewer')),
    ADD COLUMN on_behalf_of_role text
        CHECK (on_behalf_of_role IN ('super_admin', 'org_admin', 'manager', 'member', 'viewer')),
    ADD CHECK ((on_behalf_of IS NULL) = (on_behalf_of_role IS NULL)),
    ADD CHECK (on_behalf_of IS DISTINCT FROM approver_id),
    ADD CONSTRAINT approval_decisions_stand_in_once UNIQUE (organization_id, request_id, on_behalf_of),
    DROP CONSTRAINT approval_decisions_approval_number_check,
    ADD CONSTRAINT approval_decisions_approval_number_check CHECK (approval_number BETWEEN 1 AND 50);

-- Who has been asked, so that nobody is asked twice; asked_at is null while it waits for a digest.
CREATE TABLE approval_asks (
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    request_id uuid NOT NULL,
    user_id uuid NOT NULL,
    asked_at timestamptz,
    PRIMARY KEY (organization_id, request_id, user_id),
    FOREIGN KEY (organization_id, request_id) REFERENCES approval_requests (organization_id, id),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX approval_asks_by_user ON approval_asks (organization_id, user_id);

-- Somebody decides for somebody else who is away.
CREATE TABLE approval_delegations (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    from_user_id uuid NOT NULL,
    to_user_id uuid NOT NULL,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, from_user_id) REFERENCES users (organization_id, id),
    FOREIGN KEY (organization_id, to_user_id) REFERENCES users (organization_id, id),
    FOREIGN KEY (organization_id, created_by) REFERENCES users (organization_id, id),
    CHECK (from_user_id <> to_user_id),
    CHECK (begins_at <= ends_at AND ends_at <= begins_at + interval '366 days')
);
CREATE INDEX approval_delegations_from ON approval_delegations (organization_id, from_user_id, ends_at);
CREATE INDEX approval_delegations_to ON approval_delegations (organization_id, to_user_id, ends_at);
CREATE INDEX approval_delegations_by_end ON approval_delegations (organization_id, ends_at);
CREATE INDEX approval_delegations_by_author ON approval_delegations (organization_id, created_by);

-- How somebody is asked: a letter for each, or one a day at a full hour in UTC. Without a row: a letter for each.
CREATE TABLE approval_mail (
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    user_id uuid NOT NULL,
    digest_hour integer CHECK (digest_hour BETWEEN 0 AND 23),
    PRIMARY KEY (organization_id, user_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY['approval_asks', 'approval_delegations', 'approval_mail'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format($policy$
            CREATE POLICY tenant ON %I TO parley_app, parley_approver
            USING (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
            WITH CHECK (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
            $policy$, tenant_table);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE (asked_at) ON approval_asks TO parley_app;
GRANT SELECT, INSERT, UPDATE (ends_at) ON approval_delegations TO parley_app;
GRANT SELECT, INSERT, UPDATE (digest_hour) ON approval_mail TO parley_app;
