-- What the schema itself refuses, case by case. Each case runs in a transaction of its own, which is rolled
-- back, on top of the situation below.
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

-- P1: nothing about money leaves without an approval of exactly that.

--- an email about money is not approved without a grant
-- as parley_app of acme: refused 23514 emails_money_needs_grant
UPDATE emails SET status = 'approved' WHERE organization_id = $acme AND id = $offer;

--- no state beyond waiting for approval is open to an email about money without a grant
-- as parley_app of acme: refused 23514 emails_money_needs_grant
UPDATE emails SET status = 'sending' WHERE organization_id = $acme AND id = $offer;

--- a digest that nobody granted is no grant
-- as parley_app of acme: refused 23503 emails_grant_exists
UPDATE emails SET status = 'approved', granted_digest = digest WHERE organization_id = $acme AND id = $offer;

--- an email without money needs no grant
-- as parley_app of acme: done 1
UPDATE emails SET status = 'approved' WHERE organization_id = $acme AND id = $chat;

--- a reply that names an amount is about money
-- as parley_app of acme: refused 23514 emails_money_needs_grant
UPDATE emails SET status = 'approved' WHERE organization_id = $acme AND id = $aside;

--- an email cannot say that it is not about money when its content is
-- as parley_app of acme: refused 23503 emails_say_what_their_content_says
UPDATE emails SET money_related = false, status = 'approved' WHERE organization_id = $acme AND id = $aside;

--- an email cannot carry a digest that is not its content's
-- as parley_app of acme: refused 23503 emails_say_what_their_content_says
UPDATE emails SET digest = sha256('anything') WHERE organization_id = $acme AND id = $offer;

--- the kind of an email does not change
-- as parley_app of acme: refused 42501
UPDATE emails SET kind = 'notice' WHERE organization_id = $acme AND id = $offer;

--- what an email says does not change
-- as parley_app of acme: refused 42501
UPDATE email_contents SET raw = 'more' WHERE organization_id = $acme;

--- nor whether amounts were found in it
-- as parley_app of acme: refused 42501
UPDATE email_contents SET amounts_found = false WHERE organization_id = $acme;

--- what an email said is not deleted
-- as parley_app of acme: refused 42501
DELETE FROM email_contents WHERE organization_id = $acme;

--- nobody states a digest: the database computes it
-- as parley_app of acme: refused 428C9
INSERT INTO email_contents (email_id, version, kind, sender, recipients, subject, body_text, envelope, raw,
    amounts_found, digest) VALUES ($offer, 3, 'counter', '{}', '[]', 's', 'b', 'e', 'r', false, sha256('x'));

--- a content of another kind than its email's is of no use to it
-- as parley_app of acme: refused 23503 emails_say_what_their_content_says
INSERT INTO email_contents (email_id, version, kind, sender, recipients, subject, body_text, envelope, raw,
    amounts_found) VALUES ($offer, 3, 'notice', '{}', '[]', 's', 'b', 'e', 'r', false);
UPDATE emails SET version = 3, digest = c.digest, money_related = c.money_related FROM email_contents c
WHERE emails.organization_id = $acme AND emails.id = $offer
    AND c.organization_id = $acme AND c.email_id = $offer AND c.version = 3;

--- the application itself cannot grant
-- as parley_app of acme: refused 42501
INSERT INTO approval_decisions (id, request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT $yes, id, $max, barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $ask;
INSERT INTO approval_grants (request_id, email_id, digest, approvals_required)
SELECT id, email_id, digest, approvals_required FROM approval_requests WHERE id = $ask;

--- a grant without anybody's decision is refused even to the approver's role
-- as parley_app of acme: refused 23503 grants_rest_on_enough_people
SET LOCAL ROLE parley_approver;
INSERT INTO approval_grants (request_id, email_id, digest, approvals_required)
SELECT id, email_id, digest, approvals_required FROM approval_requests WHERE id = $ask;

--- with a person's approval and the approver's role the email is approved
-- as parley_app of acme: done 1
INSERT INTO approval_decisions (id, request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT $yes, id, $max, barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $ask;
SET LOCAL ROLE parley_approver;
INSERT INTO approval_grants (request_id, email_id, digest, approvals_required)
SELECT id, email_id, digest, approvals_required FROM approval_requests WHERE id = $ask;
SET LOCAL ROLE parley_app;
UPDATE emails SET status = 'approved', granted_digest = digest WHERE organization_id = $acme AND id = $offer;

--- a rejection carries no grant
-- as parley_app of acme: refused 23503 grants_rest_on_enough_people
INSERT INTO approval_decisions (id, request_id, approver_id, barred_approver_id, decision, via)
SELECT $no, id, $max, barred_approver_id, 'reject', 'page' FROM approval_requests WHERE id = $ask;
SET LOCAL ROLE parley_approver;
INSERT INTO approval_grants (request_id, email_id, digest, approvals_required)
SELECT id, email_id, digest, approvals_required FROM approval_requests WHERE id = $ask;

--- whoever asked cannot approve
-- as parley_app of acme: refused 23514 decisions_never_by_the_asker
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT id, $ada, barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $ask;

--- nor can somebody else on behalf of whoever asked
-- as parley_app of acme: refused 23514 decisions_never_by_the_asker
INSERT INTO approval_decisions (request_id, approver_id, on_behalf_of, barred_approver_id, decision,
    approval_number, via)
SELECT id, $max, $ada, barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $ask;

--- who may not approve is the request's word, not the decision's
-- as parley_app of acme: refused 23503 approval_decisions_organization_id_request_id_barred_appro_fkey
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
VALUES ($ask, $ada, '00000000-0000-0000-0000-000000000000', 'approve', 1, 'page');

--- where two people are asked for, one is not enough
-- as parley_app of acme: refused 23503 grants_rest_on_enough_people
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT id, $max, barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $askpair;
SET LOCAL ROLE parley_approver;
INSERT INTO approval_grants (request_id, email_id, digest, approvals_required)
SELECT id, email_id, digest, approvals_required FROM approval_requests WHERE id = $askpair;

--- nor does a grant say that one is
-- as parley_app of acme: refused 23503 grants_are_for_what_was_asked
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT id, $max, barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $askpair;
SET LOCAL ROLE parley_approver;
INSERT INTO approval_grants (request_id, email_id, digest, approvals_required)
SELECT id, email_id, digest, 1 FROM approval_requests WHERE id = $askpair;

--- the same person does not count twice
-- as parley_app of acme: refused 23505
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT id, $max, barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $askpair;
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT id, $max, barred_approver_id, 'approve', 2, 'page' FROM approval_requests WHERE id = $askpair;

--- a second approval needs a first
-- as parley_app of acme: refused 23503
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT id, $max, barred_approver_id, 'approve', 2, 'page' FROM approval_requests WHERE id = $askpair;

--- two people are enough where two are asked for
-- as parley_app of acme: done 1
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT id, $max, barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $askpair;
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT id, $mia, barred_approver_id, 'approve', 2, 'link' FROM approval_requests WHERE id = $askpair;
SET LOCAL ROLE parley_approver;
INSERT INTO approval_grants (request_id, email_id, digest, approvals_required)
SELECT id, email_id, digest, approvals_required FROM approval_requests WHERE id = $askpair;

--- a grant is for the digest that was asked about
-- as parley_app of acme: refused 23503 grants_are_for_what_was_asked
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT id, $max, barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $ask;
SET LOCAL ROLE parley_approver;
INSERT INTO approval_grants (request_id, email_id, digest, approvals_required)
SELECT $ask, email_id, digest, 1 FROM email_contents WHERE email_id = $offer AND version = 2;

--- an edit after the grant closes the gate again
-- as parley_app of acme: refused 23514 emails_money_needs_grant
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT id, $max, barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $ask;
SET LOCAL ROLE parley_approver;
INSERT INTO approval_grants (request_id, email_id, digest, approvals_required)
SELECT id, email_id, digest, approvals_required FROM approval_requests WHERE id = $ask;
SET LOCAL ROLE parley_app;
UPDATE emails SET status = 'approved', granted_digest = digest WHERE organization_id = $acme AND id = $offer;
UPDATE emails SET version = 2, digest = c.digest FROM email_contents c
WHERE emails.organization_id = $acme AND emails.id = $offer
    AND c.organization_id = $acme AND c.email_id = $offer AND c.version = 2;

--- a request does not change what it asks about
-- as parley_app of acme: refused 42501
UPDATE approval_requests SET digest = sha256('x') WHERE organization_id = $acme AND id = $ask;

--- nor how many people it asks
-- as parley_app of acme: refused 42501
UPDATE approval_requests SET approvals_required = 1 WHERE organization_id = $acme AND id = $askpair;

--- nor whether people may approve their own
-- as parley_app of acme: refused 42501
UPDATE approval_requests SET allow_self_approval = true WHERE organization_id = $acme AND id = $ask;

--- an email is asked about once at a time
-- as parley_app of acme: refused 23505 approval_requests_one_pending
INSERT INTO approval_requests (email_id, email_version, digest, approvals_required, approver_roles, expires_at)
SELECT email_id, version, digest, 1, '{manager}', now() FROM email_contents
WHERE email_id = $offer AND version = 2;

--- a request is about a content that exists
-- as parley_app of acme: refused 23503
UPDATE approval_requests SET status = 'voided' WHERE organization_id = $acme AND id = $ask;
INSERT INTO approval_requests (email_id, email_version, digest, approvals_required, approver_roles, expires_at)
VALUES ($offer, 1, sha256('x'), 1, '{manager}', now());

--- a decision is not rewritten
-- as parley_app of acme: refused 42501
UPDATE approval_decisions SET decision = 'approve' WHERE organization_id = $acme;

--- a decision is not deleted
-- as parley_app of acme: refused 42501
DELETE FROM approval_decisions WHERE organization_id = $acme;

--- a grant is not changed by the application
-- as parley_app of acme: refused 42501
UPDATE approval_grants SET digest = sha256('x') WHERE organization_id = $acme;

--- nor by the approver
-- as parley_approver of acme: refused 42501
UPDATE approval_grants SET digest = sha256('x') WHERE organization_id = $acme;

--- a grant is not deleted by the application
-- as parley_app of acme: refused 42501
DELETE FROM approval_grants WHERE organization_id = $acme;

--- nor by the approver
-- as parley_approver of acme: refused 42501
DELETE FROM approval_grants WHERE organization_id = $acme;

--- the approver's role can do nothing but grant
-- as parley_approver of acme: refused 42501
UPDATE emails SET status = 'cancelled' WHERE organization_id = $acme AND id = $offer;

-- P2: no email about money is sent twice.

--- an attempt at money without a grant is not recorded, so not begun
-- as parley_app of acme: refused 23503 attempts_at_money_need_grant
INSERT INTO send_attempts (email_id, number, email_version, digest, money_related, worker)
SELECT email_id, 1, version, digest, money_related, 'w' FROM email_contents WHERE email_id = $aside;

--- an attempt cannot say that it is not about money
-- as parley_app of acme: refused 23503
INSERT INTO send_attempts (email_id, number, email_version, digest, money_related, worker)
SELECT email_id, 1, version, digest, false, 'w' FROM email_contents WHERE email_id = $aside;

--- there is no second attempt at money while the first is open
-- as parley_app of acme: refused 23505 send_attempts_money_once
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT id, $max, barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $ask;
SET LOCAL ROLE parley_approver;
INSERT INTO approval_grants (request_id, email_id, digest, approvals_required)
SELECT id, email_id, digest, approvals_required FROM approval_requests WHERE id = $ask;
SET LOCAL ROLE parley_app;
INSERT INTO send_attempts (email_id, number, email_version, digest, money_related, worker)
SELECT email_id, 1, version, digest, money_related, 'w' FROM email_contents
WHERE email_id = $offer AND version = 1;
INSERT INTO send_attempts (email_id, number, email_version, digest, money_related, worker)
SELECT email_id, 2, version, digest, money_related, 'w' FROM email_contents
WHERE email_id = $offer AND version = 1;

--- nor while nobody knows what became of it
-- as parley_app of acme: refused 23505 send_attempts_money_once
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT id, $max, barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $ask;
SET LOCAL ROLE parley_approver;
INSERT INTO approval_grants (request_id, email_id, digest, approvals_required)
SELECT id, email_id, digest, approvals_required FROM approval_requests WHERE id = $ask;
SET LOCAL ROLE parley_app;
INSERT INTO send_attempts (email_id, number, email_version, digest, money_related, worker, outcome, finished_at)
SELECT email_id, 1, version, digest, money_related, 'w', 'unknown', now() FROM email_contents
WHERE email_id = $offer AND version = 1;
INSERT INTO send_attempts (email_id, number, email_version, digest, money_related, worker)
SELECT email_id, 2, version, digest, money_related, 'w' FROM email_contents
WHERE email_id = $offer AND version = 1;

--- after a clear refusal there is
-- as parley_app of acme: done 1
INSERT INTO approval_decisions (request_id, approver_id, barred_approver_id, decision, approval_number, via)
SELECT id, $max, barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $ask;
SET LOCAL ROLE parley_approver;
INSERT INTO approval_grants (request_id, email_id, digest, approvals_required)
SELECT id, email_id, digest, approvals_required FROM approval_requests WHERE id = $ask;
SET LOCAL ROLE parley_app;
INSERT INTO send_attempts (email_id, number, email_version, digest, money_related, worker, outcome, finished_at)
SELECT email_id, 1, version, digest, money_related, 'w', 'deferred', now() FROM email_contents
WHERE email_id = $offer AND version = 1;
INSERT INTO send_attempts (email_id, number, email_version, digest, money_related, worker)
SELECT email_id, 2, version, digest, money_related, 'w' FROM email_contents
WHERE email_id = $offer AND version = 1;

--- an attempt is not taken off the record
-- as parley_app of acme: refused 42501
DELETE FROM send_attempts WHERE organization_id = $acme;

--- nor turned into an attempt at something else
-- as parley_app of acme: refused 42501
UPDATE send_attempts SET money_related = false WHERE organization_id = $acme;

-- P3: no reply is lost, none counts twice.

--- the same arrival counts once
-- as parley_app of acme: refused 23505
INSERT INTO arrivals (source, external_id, raw) VALUES ('imap', '7', 'r');

--- the same message counts once when it comes through two doors
-- as parley_app of acme: refused 23505 messages_inbound_once
INSERT INTO arrivals (id, source, external_id, raw) VALUES ($again, 'custom', '7', 'r');
INSERT INTO messages (direction, arrival_id, message_id, kind)
VALUES ('inbound', $again, 'answer@bolts.example', 'reply');

--- what came is not rewritten
-- as parley_app of acme: refused 42501
UPDATE arrivals SET raw = 'else' WHERE organization_id = $acme;

--- what came is not thrown away
-- as parley_app of acme: refused 42501
DELETE FROM arrivals WHERE organization_id = $acme;

--- an event that a provider repeats counts once
-- as parley_app of acme: refused 23505
INSERT INTO webhook_events (source, event_type, external_id, payload, endpoint_id)
VALUES ('custom', 'email.received', 'evt-1', '{}', $hook);

-- P4: nothing of one organization is visible or writable to another.

--- another organization's rows are not there
-- as parley_app of acme: done 0
SELECT FROM negotiations WHERE id = $rivaldeal;

--- nor is the other organization
-- as parley_app of acme: done 1
SELECT FROM organizations;

--- a row cannot be written for another organization
-- as parley_app of acme: refused 42501
INSERT INTO vendors (organization_id, name, slug, domain) VALUES ($rival, 'V', 'v', 'v.example');

--- a row cannot be given to another organization
-- as parley_app of acme: refused 42501
UPDATE vendors SET organization_id = $rival WHERE id = $bolts;

--- a child cannot point to another organization's parent
-- as parley_app of acme: refused 23503
INSERT INTO products (search_job_id, vendor_id, title, url, price, availability_status)
VALUES ($search, $nuts, 'T', 'u', 1, 'a');

--- without a tenant there is nothing to see
-- as parley_app: done 0
SELECT FROM users;

--- without a tenant there is nothing to write
-- as parley_app: refused 42501
INSERT INTO vendors (name, slug, domain) VALUES ('V', 'v', 'v.example');

--- an organization is founded in its own name
-- as parley_app of newcomer: done 1
INSERT INTO organizations (id, name, slug) VALUES ($newcomer, 'New', 'new');

--- and not in another's
-- as parley_app of newcomer: refused 42501
INSERT INTO organizations (id, name, slug) VALUES ($somebody, 'New', 'new');

--- the directory is read before the tenant is known
-- as parley_app: done 1
SELECT FROM sign_in_addresses WHERE email = 'rex@rival.example';

--- the directory is not written in another's name
-- as parley_app of acme: refused 42501
INSERT INTO sign_in_addresses (email, organization_id, user_id) VALUES ('x@y.example', $rival, $rex);

--- nor are another's entries removed
-- as parley_app of acme: done 0
DELETE FROM sign_in_addresses WHERE email = 'rex@rival.example';

--- a sign-in address belongs to one person everywhere
-- as parley_app of acme: refused 23505
INSERT INTO sign_in_addresses (email, user_id) VALUES ('rex@rival.example', $max);

-- P6: every number can be shown where it stood.

--- a vendor's offer says where it was read
-- as parley_app of acme: refused 23514
INSERT INTO offers (negotiation_id, party, amount, currency, message_id) VALUES
    ($deal, 'vendor', 9, 'USD', $answer);

--- with its place in the message it is an offer
-- as parley_app of acme: done 1
INSERT INTO offers (negotiation_id, party, amount, currency, message_id, span_start, span_end)
VALUES ($deal, 'vendor', 9, 'USD', $answer, 10, 15);

--- an offer is not rewritten
-- as parley_app of acme: refused 42501
UPDATE offers SET amount = 1 WHERE organization_id = $acme;

-- P8: every step is on record.

--- the record is not rewritten
-- as parley_app of acme: refused 42501
UPDATE audit_logs SET description = 'nothing happened' WHERE organization_id = $acme;

--- the record is not shortened
-- as parley_app of acme: refused 42501
DELETE FROM audit_logs WHERE organization_id = $acme;

--- a seal is not replaced
-- as parley_app of acme: refused 42501
DELETE FROM audit_seals WHERE organization_id = $acme;

--- the chain of seals begins once
-- as parley_app of acme: refused 23505
INSERT INTO audit_seals (first_audit_id, last_audit_id, audit_ids, row_count, seal)
VALUES (1, 1, '{1}', 1, sha256('1'));
INSERT INTO audit_seals (first_audit_id, last_audit_id, audit_ids, row_count, seal)
VALUES (2, 2, '{2}', 1, sha256('2'));

--- and each seal stands on one that exists
-- as parley_app of acme: refused 23503
INSERT INTO audit_seals (first_audit_id, last_audit_id, audit_ids, row_count, previous_seal, seal)
VALUES (1, 1, '{1}', 1, sha256('nothing'), sha256('1'));

--- the tables are not emptied
-- as parley_app of acme: refused 42501
TRUNCATE audit_logs;

-- P9: claims have an end.

--- a claimed email says who holds it and until when
-- as parley_app of acme: refused 23514 emails_claim_is_leased
UPDATE emails SET status = 'claimed' WHERE organization_id = $acme AND id = $chat;

--- a running job says so too
-- as parley_app of acme: refused 23514
INSERT INTO jobs (kind, state) VALUES ('read', 'running');

--- a unique job is due once
-- as parley_app of acme: refused 23505 jobs_once
INSERT INTO jobs (kind, unique_key) VALUES ('send', 'e1');
INSERT INTO jobs (kind, unique_key) VALUES ('send', 'e1');

-- The application stays the application.

--- the application cannot switch row policies off
-- as parley_app of acme: refused 42501
ALTER TABLE emails DISABLE ROW LEVEL SECURITY;

--- the application cannot connect a service
-- as parley_app of acme: refused 42501
INSERT INTO service_roles (role_name, organization_id, name) VALUES ('x', $acme, 'x');

--- the application cannot make tables
-- as parley_app of acme: refused 42501
CREATE TABLE public.mine (id integer);
