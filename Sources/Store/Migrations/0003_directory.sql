-- The directory: what must be unique among all organizations, or be found before the organization is known.
-- Each row leads to one organization and says nothing else about it. No directory table references a tenant
-- table: when the tenant tables are distributed over several machines, the directory stays in one place.

CREATE TABLE organization_slugs (
    slug text PRIMARY KEY CHECK (slug ~ '^[a-z0-9][a-z0-9_-]{0,99}$'),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
);

CREATE TABLE sign_in_addresses (
    email text PRIMARY KEY CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 255),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    user_id uuid NOT NULL
);
CREATE INDEX sign_in_addresses_by_user ON sign_in_addresses (organization_id, user_id);

-- key_hash: SHA-256 of the whole key in hexadecimal, as in api_keys.
CREATE TABLE api_key_hashes (
    key_hash text PRIMARY KEY CHECK (key_hash ~ '^[0-9a-f]{64}$'),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    api_key_id uuid NOT NULL
);
CREATE INDEX api_key_hashes_by_key ON api_key_hashes (organization_id, api_key_id);

-- Where a provider delivers (POST /hooks/{endpoint_id}) → whose endpoint that is.
CREATE TABLE webhook_addresses (
    endpoint_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
);

-- token_hash: SHA-256 of the 32 random bytes in the link. A dead link keeps its row, so that the page can say
-- what happened.
CREATE TABLE approval_links (
    token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    request_id uuid NOT NULL,
    approver_id uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz,
    voided_at timestamptz,
    void_reason text,
    CHECK (used_at IS NULL OR voided_at IS NULL)
);
CREATE INDEX approval_links_by_request ON approval_links (organization_id, request_id);

-- When each organization has work due next. A worker claims an organization here (FOR UPDATE SKIP LOCKED)
-- and then that organization's jobs, so that one loud organization cannot starve the others.
CREATE TABLE job_schedule (
    organization_id uuid PRIMARY KEY DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    due_at timestamptz NOT NULL
);
CREATE INDEX job_schedule_by_due_time ON job_schedule (due_at);

-- The login roles of other services. A role with an organization is pinned to it; one without belongs to a
-- service of the whole platform (member of parley_platform) and chooses its tenant in each transaction.
CREATE TABLE service_roles (
    role_name name PRIMARY KEY,
    organization_id uuid,
    name text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- The tenant of the service that asks. What it has set in its session counts for nothing unless it is a
-- service of the whole platform: any role may set a custom setting. A function because row policies with
-- subqueries cannot be distributed; its cost tells the planner to evaluate it once, for an index condition.
CREATE FUNCTION tenancy.service_organization() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE COST 10000
BEGIN ATOMIC
    SELECT CASE
        WHEN role.organization_id IS NOT NULL THEN role.organization_id
        WHEN pg_has_role(current_user, 'parley_platform', 'USAGE')
            THEN NULLIF(current_setting('parley.organization_id', true), '')::uuid
    END
    FROM public.service_roles AS role
    WHERE role.role_name = current_user;
END;
REVOKE ALL ON FUNCTION tenancy.service_organization() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenancy.service_organization() TO parley_service, parley_app, parley_approver;
