-- Negotiations, what they end in, and the templates they are written with.

CREATE TABLE negotiations (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    product_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_by uuid NOT NULL,
    status varchar(50) NOT NULL DEFAULT 'draft' CHECK (status IN (
        'draft', 'pending_approval', 'sent', 'vendor_replied', 'accepted', 'rejected', 'expired',
        'cancelled', 'undeliverable')),
    original_price numeric(18,4) NOT NULL CHECK (original_price >= 0),
    target_price numeric(18,4) NOT NULL CHECK (target_price >= 0),
    current_offer_price numeric(18,4) CHECK (current_offer_price >= 0),
    final_price numeric(18,4) CHECK (final_price >= 0),
    discount_percentage double precision,
    quantity integer NOT NULL DEFAULT 1 CHECK (quantity > 0),
    payment_terms varchar(100),
    delivery_timeline_days integer CHECK (delivery_timeline_days >= 0),
    email_thread_id varchar(255),
    email_subject varchar(500),
    email_sent_count integer NOT NULL DEFAULT 0 CHECK (email_sent_count >= 0),
    last_email_content jsonb,
    vendor_contact_email varchar(255),
    vendor_contact_name varchar(255),
    last_vendor_response_at timestamptz,
    auto_follow_up_enabled boolean NOT NULL DEFAULT true,
    next_follow_up_at timestamptz,
    max_follow_ups integer NOT NULL DEFAULT 3 CHECK (max_follow_ups >= 0),
    requires_approval boolean NOT NULL DEFAULT true,
    approved_at timestamptz,
    approved_by uuid,
    notes text,
    ai_strategy jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    -- Parley's own from here on.
    currency text NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
    limit_price numeric(18,4) CHECK (limit_price >= 0), -- never leaves the house
    vendor_id uuid,
    version integer NOT NULL DEFAULT 1 CHECK (version > 0), -- grows with every change of state
    reply_token text CHECK (length(reply_token) BETWEEN 16 AND 64), -- null until opened
    status_reason text,
    rounds integer NOT NULL DEFAULT 0 CHECK (rounds >= 0),
    last_sent_price numeric(18,4) CHECK (last_sent_price >= 0), -- for one piece, in an email that has left
    last_sent_at timestamptz,
    -- Everything that another service may edit while the negotiation is a draft, as one text.
    editable_terms text NOT NULL GENERATED ALWAYS AS (
        product_id::text || chr(31) || user_id::text || chr(31) || original_price::text || chr(31)
        || target_price::text || chr(31) || quantity::text || chr(31)
        || coalesce(payment_terms, chr(30)) || chr(31) || coalesce(delivery_timeline_days::text, chr(30))
        || chr(31) || coalesce(email_subject, chr(30)) || chr(31) || coalesce(vendor_contact_email, chr(30))
        || chr(31) || coalesce(vendor_contact_name, chr(30)) || chr(31) || coalesce(notes, chr(30))
        || chr(31) || ai_strategy::text || chr(31)
        || coalesce(extract(epoch FROM expires_at - '1970-01-01 00:00:00+00'::timestamptz)::text, chr(30))
    ) STORED,
    -- The same text as Parley last left it. Once a negotiation is open, other services may still set its
    -- follow-up times, and a row policy refuses them everything that makes the two texts differ. A row
    -- policy sees the new row only, so the old one has to stand in it. Whoever opens a negotiation, or
    -- changes its terms afterwards, seals it: SET sealed_terms = editable_terms. Forgetting it is safe:
    -- services are then refused altogether.
    sealed_terms text,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, reply_token),
    FOREIGN KEY (organization_id, product_id) REFERENCES products (organization_id, id),
    FOREIGN KEY (organization_id, vendor_id) REFERENCES vendors (organization_id, id),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id),
    FOREIGN KEY (organization_id, created_by) REFERENCES users (organization_id, id),
    FOREIGN KEY (organization_id, approved_by) REFERENCES users (organization_id, id)
);
CREATE INDEX negotiations_by_product ON negotiations (organization_id, product_id);
CREATE INDEX negotiations_by_user ON negotiations (organization_id, user_id);
CREATE INDEX negotiations_by_status ON negotiations (organization_id, status);
CREATE INDEX negotiations_by_thread ON negotiations (organization_id, email_thread_id);
CREATE INDEX negotiations_by_creation ON negotiations (organization_id, created_at);
CREATE INDEX negotiations_by_vendor ON negotiations (organization_id, vendor_id);
CREATE INDEX negotiations_by_expiry ON negotiations (organization_id, expires_at)
    WHERE expires_at IS NOT NULL AND status IN ('draft', 'pending_approval', 'sent', 'vendor_replied');

CREATE TABLE purchase_orders (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    negotiation_id uuid NOT NULL,
    po_number varchar(100) NOT NULL CHECK (po_number <> ''),
    quantity integer NOT NULL CHECK (quantity > 0),
    unit_price numeric(18,4) NOT NULL CHECK (unit_price >= 0),
    subtotal numeric(18,4) NOT NULL CHECK (subtotal >= 0),
    tax_amount numeric(18,4) NOT NULL DEFAULT 0.0 CHECK (tax_amount >= 0),
    shipping_cost numeric(18,4) NOT NULL DEFAULT 0.0 CHECK (shipping_cost >= 0),
    total_amount numeric(18,4) NOT NULL CHECK (total_amount >= 0),
    payment_terms varchar(100),
    delivery_address jsonb,
    expected_delivery_date timestamptz,
    approved_by_user boolean NOT NULL DEFAULT false,
    approved_at timestamptz,
    approved_by uuid,
    generated_pdf_url varchar(500),
    signed_pdf_url varchar(500),
    is_sent_to_vendor boolean NOT NULL DEFAULT false,
    sent_at timestamptz,
    notes text,
    po_metadata jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid,
    -- Parley's own from here on.
    currency text NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
    vendor_id uuid,
    -- What was agreed, once, for every document made of it. Null: a draft by another service, which alone
    -- such services may edit.
    snapshot jsonb,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, po_number),
    FOREIGN KEY (organization_id, negotiation_id) REFERENCES negotiations (organization_id, id),
    FOREIGN KEY (organization_id, vendor_id) REFERENCES vendors (organization_id, id),
    FOREIGN KEY (organization_id, approved_by) REFERENCES users (organization_id, id)
);
CREATE INDEX purchase_orders_by_negotiation ON purchase_orders (organization_id, negotiation_id);
CREATE INDEX purchase_orders_by_creation ON purchase_orders (organization_id, created_at);

-- Gapless numbers: one row per year, locked by the transaction that uses the number.
CREATE TABLE po_counters (
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    year integer NOT NULL CHECK (year BETWEEN 2000 AND 9999),
    last_number integer NOT NULL CHECK (last_number > 0),
    PRIMARY KEY (organization_id, year)
);

CREATE TABLE email_templates (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL DEFAULT NULLIF(current_setting('parley.organization_id', true), '')::uuid
        REFERENCES organizations (id),
    name varchar(255) NOT NULL,
    template_type varchar(50) NOT NULL CHECK (template_type IN (
        'initial_contact', 'follow_up', 'price_negotiation', 'bulk_discount_request', 'acceptance', 'rejection',
        'reply', 'cancellation', 'purchase_order', 'approval_request', 'notice')),
    subject_template varchar(500) NOT NULL,
    body_template text NOT NULL,
    available_variables jsonb NOT NULL DEFAULT '[]',
    is_default boolean NOT NULL DEFAULT false,
    is_active boolean NOT NULL DEFAULT true,
    tone varchar(50),
    usage_count integer NOT NULL DEFAULT 0 CHECK (usage_count >= 0),
    success_rate double precision,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX email_templates_by_type ON email_templates (organization_id, template_type);
