-- What other services of the platform may do and are refused, in the notation and on the situation of
-- situation.sql. parley_svc_acme_scraper is pinned to acme; parley_svc_everywhere chooses its tenant.

--- a service sees its own organization without naming it
-- as parley_svc_acme_scraper: done 1
SELECT FROM vendors;

--- setting another tenant shows it nothing more
-- as parley_svc_acme_scraper of rival: done 0
SELECT FROM vendors WHERE id = $nuts;

--- setting another tenant takes nothing away either
-- as parley_svc_acme_scraper of rival: done 1
SELECT FROM vendors;

--- a service writes for its own organization without naming it
-- as parley_svc_acme_scraper: done 1
INSERT INTO vendors (name, slug, domain) VALUES ('V', 'v', 'v.example');

--- it cannot write for another by naming it
-- as parley_svc_acme_scraper: refused 42501
INSERT INTO vendors (organization_id, name, slug, domain) VALUES ($rival, 'V', 'v', 'v.example');

--- nor by setting it
-- as parley_svc_acme_scraper of rival: refused 42501
INSERT INTO vendors (name, slug, domain) VALUES ('V', 'v', 'v.example');

--- nor does it move its rows there
-- as parley_svc_acme_scraper: refused 42501
UPDATE vendors SET organization_id = $rival;

--- a service of the platform chooses its tenant
-- as parley_svc_everywhere of rival: done 1
SELECT FROM vendors WHERE id = $nuts;

--- and sees that one only
-- as parley_svc_everywhere of rival: done 1
SELECT FROM vendors;

--- and nothing without one
-- as parley_svc_everywhere: done 0
SELECT FROM vendors;

--- a service that is not in the directory sees nothing
-- as parley_svc_unlisted of acme: done 0
SELECT FROM vendors;

--- the group of the services is nobody
-- as parley_service of acme: done 0
SELECT FROM vendors;

--- a service sees itself in the directory
-- as parley_svc_acme_scraper: done 1
SELECT FROM service_roles;

--- it cannot change where it is pinned
-- as parley_svc_acme_scraper: refused 42501
UPDATE service_roles SET organization_id = $rival;

--- it cannot become the application
-- as parley_svc_acme_scraper: refused 42501
SET LOCAL SESSION AUTHORIZATION parley_svc_acme_scraper;
SET LOCAL ROLE parley_app;

--- it cannot become the approver
-- as parley_svc_acme_scraper: refused 42501
SET LOCAL SESSION AUTHORIZATION parley_svc_acme_scraper;
SET LOCAL ROLE parley_approver;

--- it cannot become a service of the platform
-- as parley_svc_acme_scraper: refused 42501
SET LOCAL SESSION AUTHORIZATION parley_svc_acme_scraper;
SET LOCAL ROLE parley_platform;

--- it adds a member
-- as parley_svc_acme_scraper: done 1
INSERT INTO users (email, hashed_password, full_name) VALUES ('n@acme.example', 'x', 'N');

--- it adds nobody above
-- as parley_svc_acme_scraper: refused 42501
INSERT INTO users (email, hashed_password, full_name, role) VALUES ('n@acme.example', 'x', 'N', 'manager');

--- it promotes nobody
-- as parley_svc_acme_scraper: refused 42501
UPDATE users SET role = 'org_admin' WHERE id = $mia;

--- it changes no password
-- as parley_svc_acme_scraper: refused 42501
UPDATE users SET hashed_password = 'y' WHERE id = $ada;

--- nor where a password would be reset to
-- as parley_svc_acme_scraper: refused 42501
UPDATE users SET email = 'mine@scraper.example' WHERE id = $ada;

--- it unlocks nobody
-- as parley_svc_acme_scraper: refused 42501
UPDATE users SET is_locked = false, is_active = true WHERE id = $ada;

--- it edits what people are called
-- as parley_svc_acme_scraper: done 1
UPDATE users SET full_name = 'Ada L.', updated_at = now() WHERE id = $ada;

--- it makes no key
-- as parley_svc_acme_scraper: refused 42501
INSERT INTO api_keys (created_by_user_id, name, key_prefix, key_hash) VALUES ($ada, 'n', 'p', 'h');

--- it widens no key
-- as parley_svc_acme_scraper: refused 42501
UPDATE api_keys SET scopes = '["*"]';

--- it counts the use of a key
-- as parley_svc_acme_scraper: done 0
UPDATE api_keys SET usage_count = usage_count + 1, last_used_at = now();

--- it issues tokens of its own
-- as parley_svc_acme_scraper: done 1
INSERT INTO refresh_tokens (user_id, token, expires_at) VALUES ($ada, 't', now());

--- it issues none that Parley would take
-- as parley_svc_acme_scraper: refused 42501
INSERT INTO refresh_tokens (user_id, token, expires_at, issuer) VALUES ($ada, 't', now(), 'parley');

--- it does not touch those that Parley issued
-- as parley_svc_acme_scraper: done 0
UPDATE refresh_tokens SET expires_at = now() + interval '1 year', revoked = false WHERE id = $session;

--- it drafts a negotiation
-- as parley_svc_acme_scraper: done 1
INSERT INTO negotiations (product_id, user_id, created_by, original_price, target_price)
VALUES ($bolt, $ada, $ada, 10, 7);

--- it opens none
-- as parley_svc_acme_scraper: refused 42501
INSERT INTO negotiations (product_id, user_id, created_by, original_price, target_price, status)
VALUES ($bolt, $ada, $ada, 10, 7, 'sent');

--- it drafts none that is agreed already
-- as parley_svc_acme_scraper: refused 42501
INSERT INTO negotiations (product_id, user_id, created_by, original_price, target_price, final_price)
VALUES ($bolt, $ada, $ada, 10, 7, 7);

--- nor one that is approved already
-- as parley_svc_acme_scraper: refused 42501
INSERT INTO negotiations (product_id, user_id, created_by, original_price, target_price, approved_by)
VALUES ($bolt, $ada, $ada, 10, 7, $ada);

--- it edits a draft
-- as parley_svc_acme_scraper: done 1
UPDATE negotiations SET target_price = 7, quantity = 3, notes = 'n', updated_at = now() WHERE id = $sketch;

--- it does not edit an open negotiation
-- as parley_svc_acme_scraper: refused 42501
UPDATE negotiations SET target_price = 7 WHERE id = $deal;

--- not even whom it is with
-- as parley_svc_acme_scraper: refused 42501
UPDATE negotiations SET vendor_contact_email = 'me@scraper.example' WHERE id = $deal;

--- of an open negotiation it sets the follow-up times
-- as parley_svc_acme_scraper: done 1
UPDATE negotiations SET next_follow_up_at = now(), auto_follow_up_enabled = false, max_follow_ups = 1,
    updated_at = now() WHERE id = $deal;

--- a status is not its to change
-- as parley_svc_acme_scraper: refused 42501
UPDATE negotiations SET status = 'accepted' WHERE id = $sketch;

--- nor an agreed price
-- as parley_svc_acme_scraper: refused 42501
UPDATE negotiations SET final_price = 1 WHERE id = $sketch;

--- nor an approval
-- as parley_svc_acme_scraper: refused 42501
UPDATE negotiations SET approved_at = now() WHERE id = $sketch;

--- nor whether one is needed
-- as parley_svc_acme_scraper: refused 42501
UPDATE negotiations SET requires_approval = false WHERE id = $sketch;

--- nor the limit
-- as parley_svc_acme_scraper: refused 42501
UPDATE negotiations SET limit_price = 100 WHERE id = $sketch;

--- an open negotiation is not its to delete
-- as parley_svc_acme_scraper: done 0
DELETE FROM negotiations WHERE id = $deal;

--- it drafts a purchase order
-- as parley_svc_acme_scraper: done 1
INSERT INTO purchase_orders (negotiation_id, po_number, quantity, unit_price, subtotal, total_amount)
VALUES ($deal, 'D-1', 1, 8, 8, 8);

--- it approves none
-- as parley_svc_acme_scraper: refused 42501
INSERT INTO purchase_orders (negotiation_id, po_number, quantity, unit_price, subtotal, total_amount,
    approved_by_user) VALUES ($deal, 'D-1', 1, 8, 8, 8, true);

--- nor afterwards
-- as parley_svc_acme_scraper: refused 42501
UPDATE purchase_orders SET approved_by_user = true;

--- it says of none that it was sent
-- as parley_svc_acme_scraper: refused 42501
UPDATE purchase_orders SET is_sent_to_vendor = true;

--- a purchase order of Parley's is not its to edit
-- as parley_svc_acme_scraper: done 0
UPDATE purchase_orders SET unit_price = 1 WHERE id = $order;

--- it adds to the record
-- as parley_svc_acme_scraper: done 1
INSERT INTO audit_logs (action) VALUES ('scraper.ran');

--- it does not sign as somebody else
-- as parley_svc_acme_scraper: refused 42501
INSERT INTO audit_logs (action, written_by) VALUES ('approval.approved', 'parley_app');

--- it does not choose where in the record its row stands
-- as parley_svc_acme_scraper: refused 42501
INSERT INTO audit_logs (id, action) VALUES (1, 'scraper.ran');

--- it does not rewrite the record
-- as parley_svc_acme_scraper: refused 42501
UPDATE audit_logs SET action = 'x';

--- nor shorten it
-- as parley_svc_acme_scraper: refused 42501
DELETE FROM audit_logs;

--- what Parley verified is not its to change
-- as parley_svc_acme_scraper: done 0
UPDATE webhook_events SET processed = true WHERE id = $verified;

--- nor to delete
-- as parley_svc_acme_scraper: done 0
DELETE FROM webhook_events WHERE id = $verified;

--- it does not pass an event off as verified
-- as parley_svc_acme_scraper: refused 42501
INSERT INTO webhook_events (source, event_type, external_id, payload, endpoint_id)
VALUES ('custom', 't', 'x', '{}', $hook);

--- settings are not its to change
-- as parley_svc_acme_scraper: refused 42501
UPDATE organization_settings SET enable_auto_negotiation = true;

--- nor is the organization
-- as parley_svc_acme_scraper: refused 42501
UPDATE organizations SET subscription_tier = 'enterprise';

--- arrivals is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM arrivals;

--- emails is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM emails;

--- email_contents is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM email_contents;

--- messages is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM messages;

--- offers is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM offers;

--- follow_ups is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM follow_ups;

--- mailboxes is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM mailboxes;

--- approval_policies is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM approval_policies;

--- approval_requests is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM approval_requests;

--- approval_decisions is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM approval_decisions;

--- approval_grants is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM approval_grants;

--- send_attempts is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM send_attempts;

--- webhook_subscriptions is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM webhook_subscriptions;

--- webhook_deliveries is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM webhook_deliveries;

--- webhook_attempts is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM webhook_attempts;

--- webhook_endpoints is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM webhook_endpoints;

--- jobs is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM jobs;

--- idempotency_keys is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM idempotency_keys;

--- audit_seals is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM audit_seals;

--- po_counters is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM po_counters;

--- organization_slugs is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM organization_slugs;

--- sign_in_addresses is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM sign_in_addresses;

--- api_key_hashes is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM api_key_hashes;

--- webhook_addresses is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM webhook_addresses;

--- approval_links is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM approval_links;

--- job_schedule is not its to read
-- as parley_svc_acme_scraper: refused 42501
SELECT FROM job_schedule;
