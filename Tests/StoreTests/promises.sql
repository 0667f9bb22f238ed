-- The other promises, as the schema keeps them. Notation: situation.sql.

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
