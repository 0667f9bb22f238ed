-- Row-level security, forced, so that it binds the owner of the tables too. A connection without a tenant
-- sees no row and can write none. A later migration that adds a tenant table repeats these lines for it; a
-- test over the catalogue fails for a table without them.

-- Parley itself: the tenant of the transaction (SET LOCAL parley.organization_id).
DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'organization_settings', 'users', 'user_preferences', 'refresh_tokens', 'api_keys', 'idempotency_keys',
        'search_jobs', 'agent_logs', 'vendors', 'products', 'media_files', 'search_templates',
        'comparison_sets', 'negotiations', 'purchase_orders', 'po_counters', 'email_templates', 'mailboxes',
        'arrivals', 'emails', 'email_contents', 'messages', 'offers', 'follow_ups', 'approval_policies',
        'approval_requests', 'approval_decisions', 'approval_grants', 'send_attempts', 'notifications',
        'webhook_endpoints', 'webhook_events', 'jobs', 'audit_logs', 'audit_seals', 'usage_logs'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format($policy$
            CREATE POLICY tenant ON %I TO parley_app, parley_approver
            USING (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
            WITH CHECK (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
            $policy$, tenant_table);
    END LOOP;
END
$$;

ALTER TABLE organizations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON organizations TO parley_app, parley_approver
    USING (id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
    WITH CHECK (id = NULLIF(current_setting('parley.organization_id', true), '')::uuid);

-- The directory: Parley may look anything up, and write its tenant's rows only. The owner is not bound here,
-- since operators connect services and resolve slugs without a tenant.
DO $$
DECLARE
    directory_table text;
BEGIN
    FOREACH directory_table IN ARRAY ARRAY[
        'organization_slugs', 'sign_in_addresses', 'api_key_hashes', 'webhook_addresses', 'approval_links'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', directory_table);
        EXECUTE format('CREATE POLICY lookup ON %I FOR SELECT TO parley_app USING (true)', directory_table);
        EXECUTE format($policy$
            CREATE POLICY insertion ON %I FOR INSERT TO parley_app
            WITH CHECK (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
            $policy$, directory_table);
        EXECUTE format($policy$
            CREATE POLICY change ON %I FOR UPDATE TO parley_app
            USING (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
            WITH CHECK (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
            $policy$, directory_table);
        EXECUTE format($policy$
            CREATE POLICY removal ON %I FOR DELETE TO parley_app
            USING (organization_id = NULLIF(current_setting('parley.organization_id', true), '')::uuid)
            $policy$, directory_table);
    END LOOP;
END
$$;

-- A worker claims whichever organization is due, before it has a tenant. There is nothing here but times.
ALTER TABLE job_schedule ENABLE ROW LEVEL SECURITY;
CREATE POLICY workers ON job_schedule TO parley_app USING (true) WITH CHECK (true);

ALTER TABLE service_roles ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_row ON service_roles FOR SELECT TO parley_service USING (role_name = current_user);

-- Other services: the tenant they are pinned to. They read all of the shared tables …
DO $$
DECLARE
    shared_table text;
BEGIN
    FOREACH shared_table IN ARRAY ARRAY[
        'organization_settings', 'users', 'api_keys', 'refresh_tokens', 'negotiations', 'purchase_orders',
        'webhook_events', 'audit_logs'
    ] LOOP
        EXECUTE format($policy$
            CREATE POLICY service_reads ON %I FOR SELECT TO parley_service
            USING (organization_id = tenancy.service_organization())
            $policy$, shared_table);
    END LOOP;

    -- … and write these as they like.
    FOREACH shared_table IN ARRAY ARRAY[
        'user_preferences', 'search_jobs', 'agent_logs', 'vendors', 'products', 'media_files',
        'search_templates', 'comparison_sets', 'email_templates', 'notifications', 'usage_logs'
    ] LOOP
        EXECUTE format($policy$
            CREATE POLICY service_writes ON %I TO parley_service
            USING (organization_id = tenancy.service_organization())
            WITH CHECK (organization_id = tenancy.service_organization())
            $policy$, shared_table);
    END LOOP;
END
$$;

CREATE POLICY service_reads ON organizations FOR SELECT TO parley_service
    USING (id = tenancy.service_organization());

-- A service need not name its tenant: the pin is the default as well. (Its login role carries the setting where
-- the operator may attach one, which takes a superuser.)
DO $$
DECLARE
    shared_table text;
BEGIN
    FOREACH shared_table IN ARRAY ARRAY[
        'user_preferences', 'search_jobs', 'agent_logs', 'vendors', 'products', 'media_files',
        'search_templates', 'comparison_sets', 'email_templates', 'notifications', 'usage_logs',
        'users', 'refresh_tokens', 'negotiations', 'purchase_orders', 'webhook_events', 'audit_logs'
    ] LOOP
        EXECUTE format($column$
            ALTER TABLE %I ALTER COLUMN organization_id SET DEFAULT COALESCE(
                NULLIF(current_setting('parley.organization_id', true), '')::uuid,
                tenancy.service_organization())
            $column$, shared_table);
    END LOOP;
END
$$;

-- People whom a service adds are members at most.
CREATE POLICY service_adds ON users FOR INSERT TO parley_service
    WITH CHECK (organization_id = tenancy.service_organization() AND role IN ('member', 'viewer'));
CREATE POLICY service_edits ON users FOR UPDATE TO parley_service
    USING (organization_id = tenancy.service_organization())
    WITH CHECK (organization_id = tenancy.service_organization());

CREATE POLICY service_counts ON api_keys FOR UPDATE TO parley_service
    USING (organization_id = tenancy.service_organization())
    WITH CHECK (organization_id = tenancy.service_organization());

-- What Parley issued, and what it verified, is nobody else's to write.
CREATE POLICY service_adds ON refresh_tokens FOR INSERT TO parley_service
    WITH CHECK (organization_id = tenancy.service_organization() AND issuer = 'service');
CREATE POLICY service_edits ON refresh_tokens FOR UPDATE TO parley_service
    USING (organization_id = tenancy.service_organization() AND issuer = 'service')
    WITH CHECK (organization_id = tenancy.service_organization() AND issuer = 'service');
CREATE POLICY service_removes ON refresh_tokens FOR DELETE TO parley_service
    USING (organization_id = tenancy.service_organization() AND issuer = 'service');

CREATE POLICY service_adds ON webhook_events FOR INSERT TO parley_service
    WITH CHECK (organization_id = tenancy.service_organization() AND endpoint_id IS NULL);
CREATE POLICY service_edits ON webhook_events FOR UPDATE TO parley_service
    USING (organization_id = tenancy.service_organization() AND endpoint_id IS NULL)
    WITH CHECK (organization_id = tenancy.service_organization() AND endpoint_id IS NULL);
CREATE POLICY service_removes ON webhook_events FOR DELETE TO parley_service
    USING (organization_id = tenancy.service_organization() AND endpoint_id IS NULL);

CREATE POLICY service_adds ON audit_logs FOR INSERT TO parley_service
    WITH CHECK (organization_id = tenancy.service_organization());

-- Negotiations: drafts. Of an open one only what the seal leaves out, which is its follow-up times.
CREATE POLICY service_adds ON negotiations FOR INSERT TO parley_service
    WITH CHECK (organization_id = tenancy.service_organization() AND status = 'draft'
        AND approved_at IS NULL AND approved_by IS NULL AND final_price IS NULL);
CREATE POLICY service_edits ON negotiations FOR UPDATE TO parley_service
    USING (organization_id = tenancy.service_organization())
    WITH CHECK (organization_id = tenancy.service_organization()
        AND (status = 'draft' OR sealed_terms = editable_terms));
CREATE POLICY service_removes ON negotiations FOR DELETE TO parley_service
    USING (organization_id = tenancy.service_organization() AND status = 'draft');

-- Purchase orders: drafts that are not made from what Parley agreed.
CREATE POLICY service_adds ON purchase_orders FOR INSERT TO parley_service
    WITH CHECK (organization_id = tenancy.service_organization() AND snapshot IS NULL
        AND NOT approved_by_user AND approved_at IS NULL AND approved_by IS NULL
        AND NOT is_sent_to_vendor AND sent_at IS NULL);
CREATE POLICY service_edits ON purchase_orders FOR UPDATE TO parley_service
    USING (organization_id = tenancy.service_organization() AND snapshot IS NULL
        AND NOT approved_by_user AND NOT is_sent_to_vendor)
    WITH CHECK (organization_id = tenancy.service_organization() AND snapshot IS NULL
        AND NOT approved_by_user AND NOT is_sent_to_vendor);
CREATE POLICY service_removes ON purchase_orders FOR DELETE TO parley_service
    USING (organization_id = tenancy.service_organization() AND snapshot IS NULL
        AND NOT approved_by_user AND NOT is_sent_to_vendor);
