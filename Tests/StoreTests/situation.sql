-- Two organizations and what they are in the middle of. On top of it the cases of gate.sql, promises.sql and
-- services.sql are tried, each in a transaction of its own, which is rolled back. Their notation:
--
--   --- sentence                      begins a case
--   -- as ROLE [of TENANT]: ANSWER    who asks, in whose name, and what the last statement must be answered:
--                                     "done", "done N" (rows), or "refused SQLSTATE [constraint]"
--   $name                             stands for md5('name')::uuid
--
-- All statements of a case but the last must be done.

--- situation
INSERT INTO organizations (id, name, slug) VALUES ($acme, 'Acme', 'acme'), ($rival, 'Rival', 'rival');
INSERT INTO users (organization_id, id, email, hashed_password, full_name, role) VALUES
    ($acme, $ada, 'ada@acme.example', 'x', 'Ada', 'org_admin'),
    ($acme, $max, 'max@acme.example', 'x', 'Max', 'manager'),
    ($acme, $mia, 'mia@acme.example', 'x', 'Mia', 'manager'),
    ($rival, $rex, 'rex@rival.example', 'x', 'Rex', 'org_admin');
INSERT INTO vendors (organization_id, id, name, slug, domain) VALUES
    ($acme, $bolts, 'Bolts', 'bolts', 'bolts.example'), ($rival, $nuts, 'Nuts', 'nuts', 'nuts.example');
INSERT INTO search_jobs (organization_id, id, user_id, query_text) VALUES
    ($acme, $search, $ada, 'bolts'), ($rival, $rivalsearch, $rex, 'nuts');
INSERT INTO products (organization_id, id, search_job_id, vendor_id, title, url, price, availability_status)
VALUES ($acme, $bolt, $search, $bolts, 'Bolt', 'https://bolts.example/1', 10, 'in stock'),
    ($rival, $nut, $rivalsearch, $nuts, 'Nut', 'https://nuts.example/1', 10, 'in stock');
INSERT INTO negotiations (organization_id, id, product_id, user_id, created_by, status, original_price,
    target_price, limit_price, vendor_id, reply_token) VALUES
    ($acme, $deal, $bolt, $ada, $ada, 'sent', 10, 8, 9, $bolts, 'token-of-the-open-deal'),
    ($acme, $sketch, $bolt, $ada, $ada, 'draft', 10, 8, 9, $bolts, NULL),
    ($rival, $rivaldeal, $nut, $rex, $rex, 'sent', 10, 8, 9, $nuts, 'token-of-the-open-deal');
UPDATE negotiations SET sealed_terms = editable_terms WHERE status <> 'draft';
-- offer: money by its kind. chat: no money. aside: a reply that names an amount. pair: needs two people.
INSERT INTO email_contents (organization_id, email_id, version, kind, sender, recipients, subject, body_text,
    envelope, raw, amounts_found) VALUES
    ($acme, $offer, 1, 'counter', '{}', '[]', 's', 'b', 'e', 'first words', false),
    ($acme, $offer, 2, 'counter', '{}', '[]', 's', 'b', 'e', 'other words', false),
    ($acme, $chat, 1, 'reply', '{}', '[]', 's', 'b', 'e', 'hello', false),
    ($acme, $aside, 1, 'reply', '{}', '[]', 's', 'b', 'e', 'nine dollars', true),
    ($acme, $pair, 1, 'purchase_order', '{}', '[]', 's', 'b', 'e', 'order', false);
INSERT INTO emails (organization_id, id, negotiation_id, kind, status, digest, money_related)
SELECT organization_id, email_id, $deal, kind, 'pending_approval', digest, money_related
FROM email_contents WHERE version = 1;
INSERT INTO approval_requests (organization_id, id, email_id, email_version, digest, negotiation_id,
    requested_by, approvals_required, approver_roles, expires_at)
SELECT organization_id, md5('ask-' || raw::text)::uuid, email_id, version, digest, $deal, $ada,
    CASE WHEN kind = 'purchase_order' THEN 2 ELSE 1 END, '{manager}', now() + interval '3 days'
FROM email_contents WHERE version = 1 AND money_related;
UPDATE approval_requests SET id = $ask WHERE email_id = $offer;
UPDATE approval_requests SET id = $askpair WHERE email_id = $pair;
INSERT INTO audit_logs (organization_id, user_id, action) VALUES ($acme, $ada, 'situation.made');
INSERT INTO arrivals (organization_id, id, source, external_id, raw) VALUES ($acme, $came, 'imap', '7', 'r');
INSERT INTO messages (organization_id, id, negotiation_id, direction, arrival_id, message_id, kind, match_state)
VALUES ($acme, $answer, $deal, 'inbound', $came, 'answer@bolts.example', 'reply', 'matched');
INSERT INTO webhook_endpoints (organization_id, id, provider) VALUES ($acme, $hook, 'custom');
INSERT INTO webhook_events (organization_id, id, source, event_type, external_id, payload, endpoint_id)
VALUES ($acme, $verified, 'custom', 'email.received', 'evt-1', '{}', $hook);
INSERT INTO refresh_tokens (organization_id, id, user_id, token, expires_at, issuer)
VALUES ($acme, $session, $ada, 'hash', now() + interval '1 day', 'parley');
INSERT INTO purchase_orders (organization_id, id, negotiation_id, po_number, quantity, unit_price, subtotal,
    total_amount, snapshot) VALUES ($acme, $order, $deal, 'PO-2026-001', 1, 8, 8, 8, '{}');
INSERT INTO sign_in_addresses (email, organization_id, user_id) VALUES
    ('ada@acme.example', $acme, $ada), ('rex@rival.example', $rival, $rex);
CREATE ROLE parley_svc_acme_scraper LOGIN IN ROLE parley_service;
CREATE ROLE parley_svc_everywhere LOGIN IN ROLE parley_platform;
CREATE ROLE parley_svc_unlisted LOGIN IN ROLE parley_service;
INSERT INTO service_roles (role_name, organization_id, name) VALUES
    ('parley_svc_acme_scraper', $acme, 'scraper'), ('parley_svc_everywhere', NULL, 'everywhere'),
    ('parley_svc_rival_scraper', $rival, 'scraper');
