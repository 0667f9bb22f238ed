import Desk
import Negotiation
import Postgres

/// Negotiations and offers.
struct NegotiationStore: Sendable {
    let database: Database

    var book: NegotiationBook {
        let orders = PurchaseOrderStore(database: database)
        return NegotiationBook(
            find: find, list: list, offers: offers, purchaseOrder: orders.find, purchaseOrderOf: orders.of,
            purchaseOrders: orders.list)
    }

    // MARK: Reading

    private static let selection: SQL = """
        SELECT id, organization_id, product_id, vendor_id, user_id, status, status_reason, quantity, currency,
            original_price, target_price, limit_price, last_sent_price, current_offer_price, final_price,
            payment_terms, vendor_contact_email, vendor_contact_name, email_subject, reply_token,
            email_sent_count, last_sent_at, last_vendor_response_at, expires_at, ai_strategy, version, created_at,
            updated_at, stop_id, stop_message_id, stop_reason, stopped_at, auto_follow_up_enabled, max_follow_ups,
            next_follow_up_at, follow_up_parked_until
        FROM negotiations
        LEFT JOIN LATERAL (
            SELECT id AS stop_id, message_id AS stop_message_id, reason AS stop_reason, stopped_at
            FROM automation_stops
            WHERE organization_id = negotiations.organization_id AND negotiation_id = negotiations.id
                AND lifted_at IS NULL
        ) AS stop ON true
        """

    private static func record(_ row: Row) throws -> NegotiationRecord {
        var record = NegotiationRecord(
            id: try row.id(0), organizationID: try row.id(1), productID: try row.id(2),
            vendorID: try row.id(3), ownerID: try row.id(4), status: try row.word(5),
            statusReason: try row.optionalText(6), quantity: try row.int(7), currency: try row.currency(8),
            originalPrice: try row.amount(9), targetPrice: try row.amount(10),
            limitPrice: try row.optionalAmount(11), lastSentPrice: try row.optionalAmount(12),
            currentOfferPrice: try row.optionalAmount(13), finalPrice: try row.optionalAmount(14),
            paymentTerms: try row.optionalText(15), vendorContactEmail: try row.text(16),
            vendorContactName: try row.optionalText(17) ?? "", subject: try row.optionalText(18),
            replyToken: try row.text(19), emailSentCount: try row.int(20),
            lastSentAt: try row.optionalInstant(21), lastVendorResponseAt: try row.optionalInstant(22),
            expiresAt: try row.optionalInstant(23), strategyJSON: try row.text(24),
            version: try row.int(25), createdAt: try row.instant(26), updatedAt: try row.instant(27))
        if let id: AutomationStopID = try row.optionalID(28) {
            record.automationStop = AutomationStop(
                id: id, negotiationID: record.id, messageID: try row.optionalID(29),
                reason: try row.text(30), stoppedAt: try row.instant(31))
        }
        record.followUps = try FollowUpStore.choice(row, from: 32)
        return record
    }

    @Sendable private func find(_ organization: OrganizationID, _ id: NegotiationID) async throws
        -> NegotiationRecord?
    {
        let sql = Self.selection + "WHERE organization_id = $1 AND id = $2"
        let rows = try await database.rows(of: organization, sql, [.id(organization), .id(id)])
        guard let row = try rows.atMostOne() else { return nil }
        if try row.isNull(19) {
            // Written by another service and not completed yet.
            return try await complete(of: organization) ? try await find(organization, id) : nil
        }
        return try Self.record(row)
    }

    @Sendable private func list(
        _ organization: OrganizationID, _ status: NegotiationStatus?, _ request: PageRequest
    ) async throws -> Page<NegotiationRecord> {
        if status == nil || status == .draft { _ = try await complete(of: organization) }
        let page: SQL =
            "WHERE organization_id = $1 AND (created_at, id) < ($2, $3) AND reply_token IS NOT NULL"
        let order: SQL = "ORDER BY created_at DESC, id DESC LIMIT $4"
        var parameters = [Parameter.id(organization)] + (try request.newestFirst())
        var sql = Self.selection + page
        if let status {
            sql = sql + "AND status = $5"
            parameters.append(.word(status))
        }
        let rows = try await database.rows(of: organization, sql + order, parameters)
        return try request.page(rows) { row in
            let record = try Self.record(row)
            return (record, Cursor(record.createdAt, record.id.uuid))
        }
    }

    @Sendable private func offers(_ organization: OrganizationID, _ id: NegotiationID) async throws -> [Offer]
    {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT id, negotiation_id, party, amount, coalesce(currency, 'USD'), per, quantity, message_id, span_start,
                span_end, email_id, binding, created_at
            FROM offers WHERE organization_id = $1 AND negotiation_id = $2 ORDER BY created_at, id
            """, [.id(organization), .id(id)])
        return try rows.map { row in
            let start = try row.optionalInt(8)
            let end = try row.optionalInt(9)
            return Offer(
                id: try row.id(0), negotiationID: try row.id(1), party: try row.word(2),
                price: Money(try row.amount(3), try row.currency(4)), per: try row.optionalWord(5),
                quantity: try row.optionalInt(6), messageID: try row.optionalID(7),
                span: start.flatMap { start in end.map { start..<$0 } }, emailID: try row.optionalID(10),
                isBinding: try row.bool(11), createdAt: try row.instant(12))
        }
    }

    // MARK: Drafts of other services

    /// Gives drafts that another service has put on record what only Parley knows of: a reply token, the vendor of the
    /// product, its address and the product's currency. A draft whose product has no vendor to write to stays as it is,
    /// and is not shown.
    ///
    /// - Returns: whether there were any.
    private func complete(of organization: OrganizationID) async throws -> Bool {
        guard try await hasIncomplete(organization) else { return false }
        // 26 letters and digits of the reply token's alphabet, 104 random bits.
        let sql: SQL = """
            UPDATE negotiations AS draft SET
                vendor_id = vendor.id,
                vendor_contact_email =
                    coalesce(draft.vendor_contact_email, vendor.contact_email, vendor.procurement_email),
                vendor_contact_name = coalesce(draft.vendor_contact_name, vendor.name),
                currency =
                    CASE WHEN product.currency ~ '^[A-Z]{3}$' THEN product.currency ELSE draft.currency END,
                reply_token = substr(translate(encode(sha256(
                    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex'), '0189', 'ghij'), 1, 26)
            FROM products AS product, vendors AS vendor
            WHERE draft.organization_id = $1 AND draft.reply_token IS NULL AND draft.status = 'draft'
                AND product.organization_id = $1 AND product.id = draft.product_id
                AND vendor.organization_id = $1 AND vendor.id = coalesce(draft.vendor_id, product.vendor_id)
                AND coalesce(draft.vendor_contact_email, vendor.contact_email, vendor.procurement_email)
                    IS NOT NULL
            """
        return try await refusing {
            try await database.pool.commit(
                tenant: organization.uuid, [Statement(sql, [.id(organization)])])[0].affected > 0
        }
    }

    private func hasIncomplete(_ organization: OrganizationID) async throws -> Bool {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT EXISTS (
                SELECT FROM negotiations WHERE organization_id = $1 AND reply_token IS NULL AND status = 'draft')
            """, [.id(organization)])
        return try rows.single().bool(0)
    }
}

// MARK: - Writing

extension NegotiationStore {
    static func adding(_ record: NegotiationRecord) -> [Step] {
        let insertion = Step(
            """
            INSERT INTO negotiations (organization_id, id, product_id, vendor_id, user_id, created_by, status,
                status_reason, quantity, currency, original_price, target_price, limit_price, last_sent_price,
                current_offer_price, final_price, payment_terms, vendor_contact_email, vendor_contact_name,
                email_subject, reply_token, email_sent_count, last_sent_at, last_vendor_response_at, expires_at,
                ai_strategy, version, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                $21, $22, $23, $24, $25, $26, $27, $28)
            """,
            [
                .id(record.organizationID), .id(record.id), .id(record.productID), .id(record.vendorID),
                .id(record.ownerID), .word(record.status), .words(record.statusReason), .int(record.quantity),
                .text(record.currency.code), .amount(record.originalPrice), .amount(record.targetPrice),
                .amount(record.limitPrice), .amount(record.lastSentPrice), .amount(record.currentOfferPrice),
                .amount(record.finalPrice), .words(record.paymentTerms), .text(record.vendorContactEmail),
                .words(record.vendorContactName, longest: 255), .words(record.subject, longest: 500),
                .text(record.replyToken), .int(record.emailSentCount), .instant(record.lastSentAt),
                .instant(record.lastVendorResponseAt), .instant(record.expiresAt),
                .json(Array(record.strategyJSON.utf8)), .int(record.version), .instant(record.createdAt),
                .instant(record.updatedAt),
            ])
        return [insertion] + sealing(record)
    }

    /// What cannot change is compared: another service may edit the terms of a draft, and whoever decided on the former
    /// terms has to decide again.
    static func updating(_ record: NegotiationRecord, in organization: OrganizationID) -> [Step] {
        let update = Step(
            """
            UPDATE negotiations SET
                version = version + 1, status = $3, status_reason = $4, last_sent_price = $5,
                current_offer_price = $6, final_price = $7, email_subject = $8, email_sent_count = $9,
                last_sent_at = $10, last_vendor_response_at = $11, updated_at = $12,
                discount_percentage = CASE WHEN $7 IS NOT NULL AND original_price > 0
                    THEN round((original_price - $7) / original_price * 100, 4) END,
                next_follow_up_at = CASE WHEN $13 THEN NULL ELSE next_follow_up_at END
            WHERE organization_id = $1 AND id = $2 AND version = $14
                AND product_id = $15 AND quantity = $16 AND target_price = $17 AND original_price = $18
                AND currency = $19 AND limit_price IS NOT DISTINCT FROM $20
                AND payment_terms IS NOT DISTINCT FROM $21 AND vendor_contact_email = $22
                AND expires_at IS NOT DISTINCT FROM $23
            """,
            [
                .id(organization), .id(record.id), .word(record.status), .words(record.statusReason),
                .amount(record.lastSentPrice), .amount(record.currentOfferPrice), .amount(record.finalPrice),
                .words(record.subject, longest: 500), .int(record.emailSentCount),
                .instant(record.lastSentAt),
                .instant(record.lastVendorResponseAt), .instant(record.updatedAt),
                .bool(record.status.isClosed), .int(record.version), .id(record.productID),
                .int(record.quantity), .amount(record.targetPrice), .amount(record.originalPrice),
                .text(record.currency.code), .amount(record.limitPrice), .words(record.paymentTerms),
                .text(record.vendorContactEmail), .instant(record.expiresAt),
            ], elseRefuse: .stale)
        return [update] + sealing(record)
    }

    /// Notes the terms of an open negotiation as Parley leaves them: the row policy refuses other services whatever
    /// would change them.
    private static func sealing(_ record: NegotiationRecord) -> [Step] {
        guard record.status != .draft else { return [] }
        return [
            Step(
                """
                UPDATE negotiations SET sealed_terms = editable_terms
                WHERE organization_id = $1 AND id = $2 AND sealed_terms IS DISTINCT FROM editable_terms
                """, [.id(record.organizationID), .id(record.id)])
        ]
    }

    static func adding(_ offer: Offer, in organization: OrganizationID) -> Step {
        Step(
            """
            INSERT INTO offers (organization_id, id, negotiation_id, party, amount, currency, per, quantity,
                message_id, span_start, span_end, email_id, binding, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            [
                .id(organization), .id(offer.id), .id(offer.negotiationID), .word(offer.party),
                .amount(offer.price.amount), .text(offer.price.currency.code), .word(offer.per),
                .int(offer.quantity), .id(offer.messageID), .int(offer.span?.lowerBound),
                .int(offer.span?.upperBound), .id(offer.emailID), .bool(offer.isBinding),
                .instant(offer.createdAt),
            ])
    }

    static func stopping(_ stop: AutomationStop, in organization: OrganizationID) -> Step {
        Step(
            """
            INSERT INTO automation_stops (organization_id, id, negotiation_id, message_id, reason, stopped_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (organization_id, negotiation_id) WHERE lifted_at IS NULL DO NOTHING
            """,
            [
                .id(organization), .id(stop.id), .id(stop.negotiationID), .id(stop.messageID),
                .words(stop.reason, longest: 1000), .instant(stop.stoppedAt),
            ])
    }

    static func lifting(
        _ id: AutomationStopID, by user: UserID, at now: Instant, in organization: OrganizationID
    ) -> Step {
        Step(
            """
            UPDATE automation_stops SET lifted_at = $3, lifted_by = $4
            WHERE organization_id = $1 AND id = $2 AND lifted_at IS NULL
            """, [.id(organization), .id(id), .instant(now), .id(user)], elseRefuse: .stale)
    }

    static func cancellingFollowUps(
        of id: NegotiationID, reason: String, in organization: OrganizationID
    ) -> [Step] {
        [
            Step(
                """
                UPDATE follow_ups SET status = 'cancelled', reason = $3
                WHERE organization_id = $1 AND negotiation_id = $2 AND status = 'waiting'
                """, [.id(organization), .id(id), .words(reason)]),
            Step(
                """
                UPDATE negotiations SET next_follow_up_at = NULL
                WHERE organization_id = $1 AND id = $2 AND next_follow_up_at IS NOT NULL
                """, [.id(organization), .id(id)]),
        ]
    }
}
