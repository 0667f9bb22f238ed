-- Rules of the schema, read from the catalogue. Each query lists what breaks its rule; none may list anything.
--
--   --- sentence             begins a rule
--   -- broken by: SQL        what breaks it: with this done, the query must list something

--- situation
CREATE TEMPORARY VIEW all_tables AS
    SELECT c.oid, c.relname AS name, c.relrowsecurity, c.relforcerowsecurity, c.relowner, c.relacl
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND c.relname <> 'schema_migrations';
-- What leads to a tenant is looked up before the tenant is known.
CREATE TEMPORARY VIEW directory AS
    SELECT * FROM all_tables WHERE name IN ('organization_slugs', 'sign_in_addresses', 'api_key_hashes',
        'webhook_addresses', 'approval_links', 'job_schedule', 'service_roles');
CREATE TEMPORARY VIEW tenant_tables AS
    SELECT *, CASE WHEN name = 'organizations' THEN 'id' ELSE 'organization_id' END AS tenant_column
    FROM all_tables WHERE oid NOT IN (SELECT oid FROM directory);
CREATE TEMPORARY VIEW shared_tables AS
    SELECT * FROM all_tables WHERE name IN ('agent_logs', 'api_keys', 'audit_logs', 'comparison_sets',
        'email_templates', 'media_files', 'negotiations', 'notifications', 'organization_settings',
        'organizations', 'products', 'purchase_orders', 'refresh_tokens', 'search_jobs', 'search_templates',
        'usage_logs', 'user_preferences', 'users', 'vendors', 'webhook_events');
CREATE TEMPORARY VIEW all_columns AS
    SELECT t.oid, t.name AS table_name, a.attname::text AS name, a.attnum, a.attnotnull, a.attidentity,
        a.attacl, format_type(a.atttypid, a.atttypmod) AS type, pg_get_expr(d.adbin, d.adrelid) AS default_value
    FROM all_tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum;
-- Every right that anybody but the owner has on a table or on one of its columns.
CREATE TEMPORARY VIEW all_rights AS
    SELECT t.name AS table_name, NULL AS column_name, coalesce(r.rolname, 'PUBLIC') AS role, x.privilege_type
    FROM all_tables t CROSS JOIN LATERAL aclexplode(t.relacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
    WHERE x.grantee <> t.relowner
    UNION ALL
    SELECT t.name, c.name, coalesce(r.rolname, 'PUBLIC'), x.privilege_type
    FROM all_tables t JOIN all_columns c ON c.oid = t.oid CROSS JOIN LATERAL aclexplode(c.attacl) x
    LEFT JOIN pg_roles r ON r.oid = x.grantee WHERE x.grantee <> t.relowner;

--- all twenty shared tables are there
-- broken by: ALTER TABLE media_files RENAME TO files
SELECT 'shared tables: ' || count(*) FROM shared_tables HAVING count(*) <> 20

--- every table belongs to a tenant or to the directory
-- broken by: CREATE TABLE forgetful (id uuid PRIMARY KEY)
SELECT name FROM tenant_tables t WHERE NOT EXISTS (
    SELECT FROM all_columns c
    WHERE c.oid = t.oid AND c.name = t.tenant_column AND c.type = 'uuid' AND c.attnotnull)

--- row-level security is on and forced
-- broken by: CREATE TABLE forgetful (organization_id uuid, id uuid, PRIMARY KEY (organization_id, id))
SELECT name FROM tenant_tables WHERE NOT (relrowsecurity AND relforcerowsecurity)

--- row-level security is on in the directory
-- broken by: ALTER TABLE sign_in_addresses DISABLE ROW LEVEL SECURITY
SELECT name FROM directory WHERE NOT relrowsecurity

--- the primary key begins with the tenant
-- broken by: CREATE TABLE forgetful (organization_id uuid, id uuid, PRIMARY KEY (id, organization_id))
SELECT name FROM tenant_tables t WHERE NOT EXISTS (
    SELECT FROM pg_constraint k JOIN all_columns c ON c.oid = t.oid AND c.attnum = k.conkey[1]
    WHERE k.conrelid = t.oid AND k.contype = 'p' AND c.name = t.tenant_column)

--- every unique index contains the tenant
-- broken by: CREATE UNIQUE INDEX forgetful ON vendors (slug)
SELECT t.name || ': ' || i.indexrelid::regclass FROM tenant_tables t JOIN pg_index i ON i.indrelid = t.oid
WHERE i.indisunique AND NOT EXISTS (
    SELECT FROM all_columns c
    WHERE c.oid = t.oid AND c.name = t.tenant_column AND c.attnum = ANY (i.indkey[0:i.indnkeyatts - 1]))

--- every other index begins with the tenant
-- broken by: CREATE INDEX forgetful ON vendors (name)
SELECT t.name || ': ' || i.indexrelid::regclass FROM tenant_tables t JOIN pg_index i ON i.indrelid = t.oid
WHERE NOT EXISTS (
    SELECT FROM all_columns c WHERE c.oid = t.oid AND c.name = t.tenant_column AND c.attnum = i.indkey[0])

--- every foreign key leads from a tenant to the same tenant
-- broken by: ALTER TABLE vendors ADD FOREIGN KEY (id) REFERENCES organizations (id)
SELECT t.name || ': ' || k.conname
FROM tenant_tables t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f'
WHERE NOT EXISTS (
    SELECT FROM unnest(k.conkey, k.confkey) AS pair (here, there)
    JOIN all_columns a ON a.oid = k.conrelid AND a.attnum = pair.here AND a.name = 'organization_id'
    JOIN tenant_tables p ON p.oid = k.confrelid
    JOIN all_columns b ON b.oid = k.confrelid AND b.attnum = pair.there AND b.name = p.tenant_column)

--- no foreign key takes rows along, or changes them
-- broken by: ALTER TABLE vendors ADD FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE
SELECT k.conrelid::regclass || ': ' || k.conname FROM pg_constraint k
WHERE k.contype = 'f' AND (k.confdeltype <> 'a' OR k.confupdtype <> 'a')

--- the directory references nothing and nothing references it
-- broken by: ALTER TABLE webhook_addresses ADD FOREIGN KEY (organization_id) REFERENCES organizations (id)
SELECT k.conrelid::regclass || ': ' || k.conname
FROM pg_constraint k JOIN directory d ON d.oid IN (k.conrelid, k.confrelid)
WHERE k.contype = 'f'

--- the tenant defaults to that of the transaction
-- broken by: ALTER TABLE vendors ALTER COLUMN organization_id DROP DEFAULT
SELECT t.name FROM tenant_tables t JOIN all_columns c ON c.oid = t.oid AND c.name = t.tenant_column
WHERE c.default_value IS NULL OR c.default_value NOT LIKE '%current_setting(''parley.organization_id''%'

--- Parley sees and writes the rows of its tenant only
-- broken by: DROP POLICY tenant ON vendors
SELECT t.name FROM tenant_tables t WHERE NOT EXISTS (
    SELECT FROM pg_policy p
    WHERE p.polrelid = t.oid AND p.polcmd = '*' AND p.polpermissive
        AND p.polroles = ARRAY['parley_app'::regrole, 'parley_approver'::regrole]::oid[]
        AND pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
        AND pg_get_expr(p.polqual, p.polrelid) = '(' || t.tenant_column
            || ' = (NULLIF(current_setting(''parley.organization_id''::text, true), ''''::text))::uuid)')

--- no other policy lets Parley at a tenant's rows
-- broken by: CREATE POLICY generous ON vendors TO parley_app USING (true)
SELECT t.name || ': ' || p.polname FROM tenant_tables t JOIN pg_policy p ON p.polrelid = t.oid
WHERE p.polname <> 'tenant' AND p.polroles <> ARRAY['parley_service'::regrole]::oid[]

--- in the directory nothing is written for another tenant
-- broken by: CREATE POLICY generous ON approval_links FOR UPDATE TO parley_app USING (true)
SELECT d.name || ': ' || p.polname FROM directory d JOIN pg_policy p ON p.polrelid = d.oid
WHERE p.polcmd <> 'r' AND d.name NOT IN ('job_schedule')
    AND (p.polcmd <> 'a' AND coalesce(pg_get_expr(p.polqual, p.polrelid), '')
            NOT LIKE '%(organization_id = %parley.organization_id%'
        OR p.polcmd <> 'd' AND coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
            NOT LIKE '%(organization_id = %parley.organization_id%')

--- other services are pinned in every policy that is theirs
-- broken by: CREATE POLICY generous ON vendors TO parley_service USING (true)
SELECT p.polrelid::regclass || ': ' || p.polname FROM pg_policy p
WHERE 'parley_service'::regrole = ANY (p.polroles) AND p.polrelid <> 'service_roles'::regclass
    AND (p.polcmd <> 'a' AND pg_get_expr(p.polqual, p.polrelid) NOT LIKE '%id = tenancy.service_organization())%'
        OR p.polcmd NOT IN ('r', 'd')
            AND coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
                NOT LIKE '%id = tenancy.service_organization())%')

--- no policy speaks of other roles
-- broken by: CREATE POLICY generous ON vendors USING (true)
SELECT p.polrelid::regclass || ': ' || p.polname FROM pg_policy p WHERE EXISTS (
    SELECT FROM unnest(p.polroles) r
    WHERE r NOT IN ('parley_app'::regrole, 'parley_approver'::regrole, 'parley_service'::regrole))

--- no policy holds a subquery, so that tables can be distributed
-- broken by: CREATE POLICY slow ON vendors TO parley_service USING (id = (SELECT gen_random_uuid()))
SELECT p.polrelid::regclass || ': ' || p.polname FROM pg_policy p
WHERE concat(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) ILIKE '%select%'

--- money is exact, with eighteen digits and four places
-- broken by: ALTER TABLE vendors ADD COLUMN shipping_price double precision
SELECT table_name || '.' || name || ' ' || type FROM all_columns
WHERE (type LIKE 'numeric%' OR type IN ('double precision', 'real', 'integer', 'bigint', 'money')
        AND name ~ '(price|amount|cost|spend|budget|total|tax)')
    AND type <> 'numeric(18,4)'

--- every amount has its currency beside it
-- broken by: ALTER TABLE vendors ADD COLUMN credit numeric(18,4)
SELECT c.table_name || '.' || c.name FROM all_columns c
WHERE c.type LIKE 'numeric%' AND c.name NOT LIKE '%\_usd' AND NOT EXISTS (
    SELECT FROM all_columns d WHERE d.oid = c.oid AND d.name ~ 'currency$')

--- floating point is for scores and rates
-- broken by: ALTER TABLE vendors ADD COLUMN rebate real
SELECT table_name || '.' || name FROM all_columns
WHERE type IN ('double precision', 'real')
    AND name NOT IN ('discount_percentage', 'rating', 'confidence_score', 'success_rate')

--- times know their zone
-- broken by: ALTER TABLE vendors ADD COLUMN seen_at timestamp
SELECT table_name || '.' || name || ' ' || type FROM all_columns
WHERE type ~ '^(timestamp|time|date)' AND type <> 'timestamp with time zone'
    -- A day of a calendar has no zone.
    AND (table_name, name) NOT IN (('holidays', 'day'), ('negotiations', 'follow_up_parked_until'))

--- JSON is kept as jsonb
-- broken by: ALTER TABLE vendors ADD COLUMN extra json
SELECT table_name || '.' || name FROM all_columns WHERE type = 'json'

--- numbers that the database hands out are bigint
-- broken by: CREATE TABLE forgetful (id integer GENERATED BY DEFAULT AS IDENTITY)
SELECT table_name || '.' || name FROM all_columns WHERE attidentity <> '' AND type <> 'bigint'

--- invariants are declared: there are no triggers and no rules
-- broken by: CREATE TRIGGER clever BEFORE UPDATE ON vendors EXECUTE FUNCTION tsvector_update_trigger()
SELECT tgrelid::regclass || ': ' || tgname FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT ev_class::regclass || ': ' || rulename FROM pg_rewrite r JOIN all_tables t ON t.oid = r.ev_class

--- there is one function, and it runs with the rights of its caller
-- broken by: CREATE FUNCTION public.clever() RETURNS integer LANGUAGE sql AS 'SELECT 1'
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace IN ('public'::regnamespace, 'tenancy'::regnamespace)
    AND (p.oid <> 'tenancy.service_organization()'::regprocedure OR p.prosecdef)

--- the application's roles have no rights of an operator
-- broken by: ALTER ROLE parley_app BYPASSRLS
SELECT rolname FROM pg_roles
WHERE rolname IN ('parley_app', 'parley_approver', 'parley_service', 'parley_platform')
    AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)

--- the application inherits nothing
-- broken by: ALTER ROLE parley_app INHERIT
SELECT rolname FROM pg_roles WHERE rolname = 'parley_app' AND rolinherit

--- only the application and services of the platform log in
-- broken by: ALTER ROLE parley_approver LOGIN
SELECT rolname FROM pg_roles
WHERE rolname IN ('parley_approver', 'parley_service', 'parley_platform') AND rolcanlogin

--- only the application may become the approver
-- broken by: GRANT parley_approver TO parley_service
SELECT m.member::regrole::text FROM pg_auth_members m
WHERE m.roleid = 'parley_approver'::regrole AND m.member <> 'parley_app'::regrole

--- the application owns nothing
-- broken by: ALTER TABLE vendors OWNER TO parley_app
SELECT name FROM all_tables WHERE relowner IN (
    'parley_app'::regrole, 'parley_approver'::regrole, 'parley_service'::regrole, 'parley_platform'::regrole)

--- nobody else may empty, reference or watch a table, and the public may do nothing
-- broken by: GRANT TRUNCATE ON vendors TO parley_app
-- broken by: GRANT SELECT ON vendors TO PUBLIC
SELECT DISTINCT table_name || ': ' || role || ' ' || privilege_type FROM all_rights
WHERE privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER') OR role = 'PUBLIC'

--- only the approver inserts grants
-- broken by: GRANT INSERT (digest) ON approval_grants TO parley_app
SELECT role FROM all_rights
WHERE table_name = 'approval_grants' AND privilege_type = 'INSERT' AND role <> 'parley_approver'

--- what a promise rests on is inserted once and stays
-- broken by: GRANT UPDATE (digest) ON approval_grants TO parley_approver
-- broken by: GRANT DELETE ON audit_logs TO parley_app
SELECT DISTINCT table_name || ': ' || role || ' ' || privilege_type FROM all_rights
WHERE privilege_type IN ('UPDATE', 'DELETE') AND table_name IN ('email_contents', 'approval_decisions',
    'approval_grants', 'audit_logs', 'audit_seals', 'offers', 'usage_logs')
    AND NOT (table_name = 'usage_logs' AND role = 'parley_service')

--- what came in, went out or was asked is not deleted
-- broken by: GRANT DELETE ON arrivals TO parley_app
SELECT DISTINCT table_name || ': ' || role FROM all_rights
WHERE privilege_type = 'DELETE' AND table_name IN ('arrivals', 'emails', 'messages', 'approval_requests',
    'approval_links', 'send_attempts', 'follow_ups', 'approval_policies', 'po_counters')

--- of an email only what moves with its state changes
-- broken by: GRANT UPDATE ON emails TO parley_app
SELECT role || ' ' || coalesce(column_name, 'everything') FROM all_rights
WHERE table_name = 'emails' AND privilege_type = 'UPDATE' AND (column_name IS NULL OR column_name IN (
    'id', 'organization_id', 'negotiation_id', 'kind', 'created_by', 'created_at'))

--- of a request only its outcome changes
-- broken by: GRANT UPDATE (approvals_required) ON approval_requests TO parley_app
SELECT role || ' ' || coalesce(column_name, 'everything') FROM all_rights
WHERE table_name = 'approval_requests' AND privilege_type = 'UPDATE'
    AND coalesce(column_name, '') NOT IN ('status', 'decided_at', 'decision_reason', 'expires_at')

--- of an attempt only its outcome changes
-- broken by: GRANT UPDATE (money_related) ON send_attempts TO parley_app
SELECT role || ' ' || coalesce(column_name, 'everything') FROM all_rights
WHERE table_name = 'send_attempts' AND privilege_type = 'UPDATE'
    AND coalesce(column_name, '') NOT IN ('outcome', 'server_reply', 'finished_at', 'settled_by', 'evidence',
        'noted_at', 'ended_by', 'settled_at')

--- other services read all shared tables
-- broken by: REVOKE SELECT ON vendors FROM parley_service
SELECT t.name FROM shared_tables t WHERE NOT EXISTS (
    SELECT FROM all_rights r WHERE r.table_name = t.name AND r.role = 'parley_service'
        AND r.privilege_type = 'SELECT' AND r.column_name IS NULL)
    OR NOT EXISTS (
        SELECT FROM pg_policy p
        WHERE p.polrelid = t.oid AND p.polcmd IN ('r', '*') AND 'parley_service'::regrole = ANY (p.polroles))

--- other services have no right on any other table
-- broken by: GRANT SELECT ON emails TO parley_service
SELECT DISTINCT r.table_name || ': ' || r.privilege_type FROM all_rights r
WHERE r.role = 'parley_service' AND r.table_name NOT IN (SELECT name FROM shared_tables)
    AND NOT (r.table_name = 'service_roles' AND r.privilege_type = 'SELECT')

--- a service of the platform has the same rights, through its group only
-- broken by: GRANT SELECT ON emails TO parley_platform
SELECT table_name FROM all_rights
WHERE role NOT IN ('parley_app', 'parley_approver', 'parley_service')

--- other services write no column of Parley's own
-- broken by: GRANT UPDATE (sealed_terms) ON negotiations TO parley_service
SELECT DISTINCT table_name || '.' || column_name FROM all_rights
WHERE role = 'parley_service' AND privilege_type IN ('INSERT', 'UPDATE') AND (table_name, column_name) IN (
    VALUES ('negotiations', 'currency'), ('negotiations', 'limit_price'), ('negotiations', 'vendor_id'),
        ('negotiations', 'version'), ('negotiations', 'reply_token'), ('negotiations', 'status_reason'),
        ('negotiations', 'rounds'), ('negotiations', 'sealed_terms'), ('negotiations', 'last_sent_price'),
        ('negotiations', 'last_sent_at'), ('purchase_orders', 'snapshot'), ('purchase_orders', 'vendor_id'),
        ('purchase_orders', 'currency'), ('webhook_events', 'endpoint_id'), ('webhook_events', 'raw'),
        ('webhook_events', 'state'), ('refresh_tokens', 'issuer'), ('refresh_tokens', 'kind'),
        ('audit_logs', 'id'), ('audit_logs', 'written_by'), ('audit_logs', 'written_at'))
UNION ALL
SELECT table_name || ': ' || privilege_type FROM all_rights
WHERE role = 'parley_service' AND privilege_type IN ('INSERT', 'UPDATE') AND column_name IS NULL
    AND table_name IN ('negotiations', 'purchase_orders', 'webhook_events', 'refresh_tokens', 'audit_logs',
        'users', 'api_keys')

--- the database's time zone is UTC
-- broken by: ALTER DATABASE catalogue RESET timezone
SELECT datname FROM pg_database d WHERE datname = current_database() AND NOT EXISTS (
    SELECT FROM pg_db_role_setting r
    WHERE r.setdatabase = d.oid AND r.setrole = 0 AND 'TimeZone=UTC' = ANY (r.setconfig))
