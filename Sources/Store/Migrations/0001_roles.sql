-- Roles belong to the whole cluster, while this file runs once per database: a second database beside the
-- first one finds them there already, and two databases may be migrated at the same moment.
DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            -- The application. It inherits nothing, so the right to grant an approval is never its own.
            ('parley_app', 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT'),
            -- The approval path takes this role for one statement: SET LOCAL ROLE parley_approver.
            ('parley_approver', 'NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'),
            -- What every other service of the platform may do; its login roles are members.
            ('parley_service', 'NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'),
            -- Services that work for all organizations, one per transaction, with the same rights.
            ('parley_platform', 'NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS')
        ) AS listed (name, attributes)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I WITH %s', wanted.name, wanted.attributes);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database of this cluster made it a moment ago
            END;
        END IF;
    END LOOP;

    IF EXISTS (
        SELECT FROM pg_catalog.pg_roles
        WHERE rolname IN ('parley_app', 'parley_approver', 'parley_service', 'parley_platform')
          AND (rolsuper OR rolbypassrls OR rolcreaterole)
    ) THEN
        RAISE EXCEPTION 'a role of Parley exists with rights that would defeat the row policies'
            USING HINT = 'ALTER ROLE … NOSUPERUSER NOBYPASSRLS NOCREATEROLE, then migrate again';
    END IF;
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'parley_app' AND rolinherit) THEN
        RAISE EXCEPTION 'the role parley_app inherits: it would hold the right to grant approvals'
            USING HINT = 'ALTER ROLE parley_app NOINHERIT, then migrate again';
    END IF;
END
$$;

DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES ('parley_approver', 'parley_app'), ('parley_service', 'parley_platform'))
            AS listed (granted, member)
    LOOP
        IF NOT EXISTS (
            SELECT FROM pg_catalog.pg_auth_members
            WHERE roleid = wanted.granted::regrole AND member = wanted.member::regrole
        ) THEN
            BEGIN
                EXECUTE format('GRANT %I TO %I', wanted.granted, wanted.member);
            EXCEPTION WHEN unique_violation THEN
                NULL; -- as above
            END;
        END IF;
    END LOOP;
END
$$;

-- The owner may act as the application. (A superuser may anyway. From version 16 on, whoever makes a role is a
-- member of it without the right to SET ROLE.)
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'parley_app',
        CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END)
    THEN
        EXECUTE format('GRANT parley_app TO %I', current_user);
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'the role % may not act as parley_app', current_user
        USING HINT = 'connect the gateway as parley_app itself, or have a superuser GRANT parley_app';
END
$$;

-- Other services write naive times that mean UTC.
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET timezone TO ''UTC''', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO parley_app, parley_service', current_database());
END
$$;
SET LOCAL timezone TO 'UTC';

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO parley_app, parley_approver, parley_service;

-- Not named after the project: an owner called parley would find a schema of its own name before public.
CREATE SCHEMA tenancy;
REVOKE ALL ON SCHEMA tenancy FROM PUBLIC;
GRANT USAGE ON SCHEMA tenancy TO parley_app, parley_approver, parley_service;
