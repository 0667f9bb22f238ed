-- What the store of the desk needs besides.

-- A request keeps all of the policy under which it was asked, whatever becomes of the policy.
ALTER TABLE approval_requests
    ADD COLUMN expires_after_hours integer NOT NULL DEFAULT 72 CHECK (expires_after_hours BETWEEN 1 AND 8760),
    ADD COLUMN min_amount numeric(18,4) CHECK (min_amount >= 0),
    ADD COLUMN currency text CHECK (currency ~ '^[A-Z]{3}$'),
    ADD CHECK (min_amount IS NULL OR currency IS NOT NULL);

-- Parley makes one purchase order of a negotiation. Drafts of other services, which have no snapshot, do not count.
CREATE UNIQUE INDEX purchase_orders_one_per_negotiation ON purchase_orders (organization_id, negotiation_id)
    WHERE snapshot IS NOT NULL;

-- Organizations that are due at the same instant take turns.
ALTER TABLE job_schedule ADD COLUMN claimed_at timestamptz NOT NULL DEFAULT '-infinity';

-- To find the negotiations with the sender of a message. A column of its own: under a row policy an index over
-- lower(…) is of no use, because that function is not leakproof.
ALTER TABLE negotiations
    ADD COLUMN vendor_address text GENERATED ALWAYS AS (lower(vendor_contact_email::text)) STORED;
CREATE INDEX negotiations_by_vendor_address ON negotiations (organization_id, vendor_address, created_at);
-- Drafts of other services that Parley has not completed yet.
CREATE INDEX negotiations_incomplete ON negotiations (organization_id) WHERE reply_token IS NULL;

-- The order of the lists.
CREATE INDEX vendors_by_name ON vendors (organization_id, name, id);
CREATE INDEX products_by_title ON products (organization_id, title, id);
CREATE INDEX approval_requests_by_creation ON approval_requests (organization_id, created_at, id);
CREATE INDEX notifications_of_user_by_creation ON notifications (organization_id, user_id, created_at, id);
CREATE INDEX audit_logs_of_entity_by_time ON audit_logs (organization_id, entity_type, entity_id, "timestamp", id);
