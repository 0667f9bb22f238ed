-- What the schema refuses to whoever would send money mail unapproved or twice. Notation: situation.sql.

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
UPDATE emails SET kind = 'reply' WHERE organization_id = $acme AND id = $offer;

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
    amounts_found) VALUES ($offer, 3, 'reply', '{}', '[]', 's', 'b', 'e', 'r', false);
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
INSERT INTO approval_decisions (request_id, approver_id, on_behalf_of, on_behalf_of_role, barred_approver_id,
    decision, approval_number, via)
SELECT id, $max, $ada, 'member', barred_approver_id, 'approve', 1, 'page' FROM approval_requests WHERE id = $ask;

--- who may not approve is the request's word, not the decision's
-- as parley_app of acme: refused 23503 decisions_know_who_is_barred
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
