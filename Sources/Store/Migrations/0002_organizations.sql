-- Organizations, their people and keys. organization_id is the tenant everywhere: it leads every primary
-- key, unique index and foreign key, so that a child cannot point to another organization's parent, and it
-- defaults to the tenant of the transaction, so that programs that do not know the column can insert.

-- The tenant itself: its tenant column is id.
CREATE TABLE organizations (
    id uuid PRIMARY KEY DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    name varchar(255) NOT NULL CHECK (name <> ''),
    slug varchar(100) NOT NULL CHECK (slug <> ''), -- unique through organization_slugs
    contact_email varchar(255),
    billing_email varchar(255),
    is_active boolean NOT NULL DEFAULT true,
    subscription_tier varchar(50) NOT NULL DEFAULT 'free',
    trial_ends_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE organization_settings (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    openai_api_key_encrypted text,
    pinecone_api_key_encrypted text,
    pinecone_environment varchar(100),
    pinecone_index_name varchar(100),
    gmail_oauth_token_encrypted text,
    sendgrid_api_key_encrypted text,
    max_searches_per_month integer NOT NULL DEFAULT 100 CHECK (max_searches_per_month >= 0),
    max_products_per_search integer NOT NULL DEFAULT 50 CHECK (max_products_per_search >= 0),
    max_concurrent_jobs integer NOT NULL DEFAULT 3 CHECK (max_concurrent_jobs >= 0),
    monthly_budget_usd numeric(18,4) NOT NULL DEFAULT 100.0 CHECK (monthly_budget_usd >= 0),
    current_searches_this_month integer NOT NULL DEFAULT 0 CHECK (current_searches_this_month >= 0),
    current_spend_this_month numeric(18,4) NOT NULL DEFAULT 0.0 CHECK (current_spend_this_month >= 0),
    usage_reset_date timestamptz NOT NULL DEFAULT now(),
    default_scraping_timeout integer NOT NULL DEFAULT 30 CHECK (default_scraping_timeout >= 0),
    max_retries integer NOT NULL DEFAULT 3 CHECK (max_retries >= 0),
    enable_auto_negotiation boolean NOT NULL DEFAULT false,
    enable_price_alerts boolean NOT NULL DEFAULT true,
    allowed_vendors jsonb NOT NULL DEFAULT '[]',
    blocked_vendors jsonb NOT NULL DEFAULT '[]',
    preferences jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    currency text NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'), -- of current_spend_this_month
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id)
);

CREATE TABLE users (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    email varchar(255) NOT NULL CHECK (email <> ''),
    hashed_password varchar(255) NOT NULL,
    email_verified boolean NOT NULL DEFAULT false,
    full_name varchar(255) NOT NULL,
    avatar_url varchar(500),
    phone varchar(20),
    role varchar(50) NOT NULL DEFAULT 'member'
        CHECK (role IN ('super_admin', 'org_admin', 'manager', 'member', 'viewer')),
    is_active boolean NOT NULL DEFAULT true,
    is_locked boolean NOT NULL DEFAULT false,
    locked_until timestamptz,
    failed_login_attempts integer NOT NULL DEFAULT 0 CHECK (failed_login_attempts >= 0),
    last_login_at timestamptz,
    last_login_ip varchar(45),
    password_changed_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, email) -- across organizations: sign_in_addresses
);

CREATE TABLE user_preferences (
    user_id uuid NOT NULL,
    email_notifications_enabled boolean NOT NULL DEFAULT true,
    websocket_notifications_enabled boolean NOT NULL DEFAULT true,
    notify_on_job_complete boolean NOT NULL DEFAULT true,
    notify_on_negotiation_reply boolean NOT NULL DEFAULT true,
    notify_on_price_drop boolean NOT NULL DEFAULT true,
    theme varchar(20) NOT NULL DEFAULT 'dark',
    language varchar(10) NOT NULL DEFAULT 'en',
    timezone varchar(50) NOT NULL DEFAULT 'UTC',
    default_currency varchar(10) NOT NULL DEFAULT 'USD',
    preferred_vendors jsonb NOT NULL DEFAULT '[]',
    default_max_price numeric(18,4) CHECK (default_max_price >= 0),
    default_quantity integer NOT NULL DEFAULT 1 CHECK (default_quantity >= 0),
    dashboard_layout jsonb NOT NULL DEFAULT '{}',
    share_analytics boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    PRIMARY KEY (organization_id, user_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);

CREATE TABLE refresh_tokens (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    token varchar(500) NOT NULL CHECK (token <> ''),
    expires_at timestamptz NOT NULL,
    revoked boolean NOT NULL DEFAULT false,
    revoked_at timestamptz,
    device_info jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    -- Other services write this table too. Only a token issued by Parley may sign anybody in to Parley, and
    -- services can neither write that word nor touch such a row.
    issuer text NOT NULL DEFAULT 'service' CHECK (issuer IN ('service', 'parley')),
    kind text NOT NULL DEFAULT 'refresh' CHECK (kind IN ('browser', 'refresh')),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, token),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (organization_id, user_id);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (organization_id, expires_at);

CREATE TABLE api_keys (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    created_by_user_id uuid NOT NULL,
    name varchar(100) NOT NULL,
    key_prefix varchar(20) NOT NULL,
    key_hash varchar(255) NOT NULL,
    scopes jsonb NOT NULL DEFAULT '[]',
    is_active boolean NOT NULL DEFAULT true,
    rate_limit_per_minute integer NOT NULL DEFAULT 60 CHECK (rate_limit_per_minute >= 0),
    last_used_at timestamptz,
    usage_count integer NOT NULL DEFAULT 0 CHECK (usage_count >= 0),
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, key_hash), -- across organizations: api_key_hashes
    FOREIGN KEY (organization_id, created_by_user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX api_keys_by_prefix ON api_keys (organization_id, key_prefix);

-- The answer to a POST that carried an Idempotency-Key; null while the first request is still at work.
CREATE TABLE idempotency_keys (
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    route text NOT NULL,
    request_digest bytea NOT NULL CHECK (octet_length(request_digest) = 32),
    response_status integer CHECK (response_status BETWEEN 100 AND 599),
    response_body bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (organization_id, created_at);
