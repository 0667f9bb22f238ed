-- Who may do what, besides the row policies. What is not granted here is refused.

-- Parley. Nothing that a promise rests on can be updated: contents, decisions, grants and audit rows are
-- inserted once; of an email and of a request for approval only what moves with its state can change.
GRANT SELECT, INSERT, UPDATE, DELETE ON
    user_preferences, refresh_tokens, idempotency_keys, search_jobs, agent_logs, vendors, products,
    media_files, search_templates, comparison_sets, email_templates, notifications, jobs, job_schedule
    TO parley_app;
GRANT SELECT, INSERT, UPDATE ON
    organization_settings, users, api_keys, negotiations, purchase_orders, po_counters, mailboxes,
    approval_policies, webhook_endpoints
    TO parley_app;
GRANT SELECT, INSERT ON email_contents, approval_decisions, offers, audit_logs, audit_seals, usage_logs
    TO parley_app;
GRANT SELECT, INSERT, DELETE ON organization_slugs, sign_in_addresses, api_key_hashes, webhook_addresses
    TO parley_app;

GRANT SELECT, INSERT, UPDATE (name, slug, contact_email, billing_email, is_active, subscription_tier,
    trial_ends_at, updated_at) ON organizations TO parley_app;
GRANT SELECT, INSERT, UPDATE (state, reason, attempts, message_id, processed_at) ON arrivals TO parley_app;
GRANT SELECT, INSERT, UPDATE (status, status_reason, version, digest, money_related, granted_digest,
    message_id, mailbox_id, claim_lease_until, claim_worker, attempts, updated_at, sent_at, row_version)
    ON emails TO parley_app;
-- A person may assign a message, and a better reader may read it again; what came is not rewritten.
GRANT SELECT, INSERT, UPDATE (negotiation_id, kind, intent, reply_text, signature, bounce, match_reason,
    match_state, sender_verdict) ON messages TO parley_app;
GRANT SELECT, INSERT, UPDATE (due_at, status, email_id, reason) ON follow_ups TO parley_app;
GRANT SELECT, INSERT, UPDATE (status, decided_at, decision_reason, expires_at) ON approval_requests
    TO parley_app;
GRANT SELECT, INSERT, UPDATE (used_at, voided_at, void_reason) ON approval_links TO parley_app;
GRANT SELECT ON approval_grants TO parley_app;
GRANT SELECT, INSERT, UPDATE (outcome, server_reply, finished_at, settled_by, evidence) ON send_attempts
    TO parley_app;
GRANT SELECT, INSERT, UPDATE (processed, processed_at, processing_attempts, processing_error, negotiation_id,
    matched_entity_type, matched_entity_id, state) ON webhook_events TO parley_app;

-- No policy shows Parley a row of it: an insert without a tenant falls through to it and finds none.
GRANT SELECT ON service_roles TO parley_app, parley_approver;

-- The approval path: one statement, which copies a request into a grant.
GRANT SELECT ON approval_requests, approval_decisions, emails, email_contents TO parley_approver;
GRANT SELECT, INSERT ON approval_grants TO parley_approver;

-- Other services read the shared tables …
GRANT SELECT ON
    organizations, organization_settings, users, user_preferences, refresh_tokens, api_keys, search_jobs,
    agent_logs, vendors, products, media_files, search_templates, comparison_sets, negotiations,
    purchase_orders, email_templates, notifications, webhook_events, audit_logs, usage_logs, service_roles
    TO parley_service;
-- … and write what is theirs. Columns are named wherever a table has columns of Parley's own.
GRANT INSERT, UPDATE, DELETE ON
    user_preferences, search_jobs, vendors, products, media_files, search_templates, comparison_sets,
    email_templates, notifications, agent_logs, usage_logs
    TO parley_service;

GRANT INSERT (id, user_id, token, expires_at, revoked, revoked_at, device_info, created_at, organization_id),
    UPDATE (user_id, token, expires_at, revoked, revoked_at, device_info, created_at), DELETE
    ON refresh_tokens TO parley_service;
GRANT UPDATE (last_used_at, usage_count, updated_at) ON api_keys TO parley_service;

GRANT INSERT (id, organization_id, email, hashed_password, email_verified, full_name, avatar_url, phone, role,
    is_active, is_locked, locked_until, failed_login_attempts, last_login_at, last_login_ip,
    password_changed_at, created_at, updated_at),
    UPDATE (full_name, avatar_url, phone, last_login_at, last_login_ip, updated_at)
    ON users TO parley_service;

GRANT INSERT (id, source, event_type, external_id, payload, headers, processed, processed_at,
    processing_attempts, processing_error, negotiation_id, matched_entity_type, matched_entity_id, ip_address,
    user_agent, received_at, event_created_at, organization_id),
    UPDATE (source, event_type, external_id, payload, headers, processed, processed_at, processing_attempts,
    processing_error, negotiation_id, matched_entity_type, matched_entity_id, ip_address, user_agent,
    received_at, event_created_at), DELETE
    ON webhook_events TO parley_service;

-- Neither id nor written_by nor written_at: a service cannot place its row among others or sign as Parley.
GRANT INSERT (organization_id, user_id, action, entity_type, entity_id, changes, description, extra_data,
    ip_address, user_agent, request_id, success, error_message, "timestamp") ON audit_logs TO parley_service;

GRANT INSERT (id, product_id, user_id, created_by, status, original_price, target_price, current_offer_price,
    final_price, discount_percentage, quantity, payment_terms, delivery_timeline_days, email_thread_id,
    email_subject, email_sent_count, last_email_content, vendor_contact_email, vendor_contact_name,
    last_vendor_response_at, auto_follow_up_enabled, next_follow_up_at, max_follow_ups, requires_approval,
    approved_at, approved_by, notes, ai_strategy, created_at, updated_at, expires_at, organization_id),
    UPDATE (product_id, user_id, original_price, target_price, quantity, payment_terms,
    delivery_timeline_days, email_subject, vendor_contact_email, vendor_contact_name, notes, ai_strategy,
    expires_at, auto_follow_up_enabled, next_follow_up_at, max_follow_ups, updated_at), DELETE
    ON negotiations TO parley_service;

GRANT INSERT (id, negotiation_id, po_number, quantity, unit_price, subtotal, tax_amount, shipping_cost,
    total_amount, payment_terms, delivery_address, expected_delivery_date, approved_by_user, approved_at,
    approved_by, generated_pdf_url, signed_pdf_url, is_sent_to_vendor, sent_at, notes, po_metadata,
    created_at, updated_at, organization_id),
    UPDATE (po_number, quantity, unit_price, subtotal, tax_amount, shipping_cost, total_amount, payment_terms,
    delivery_address, expected_delivery_date, generated_pdf_url, signed_pdf_url, notes, po_metadata,
    updated_at), DELETE
    ON purchase_orders TO parley_service;
