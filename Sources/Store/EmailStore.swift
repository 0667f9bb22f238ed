import Desk
import Negotiation
import Postgres

/// Emails to vendors, what they say, and the attempts to send them.
struct EmailStore: Sendable {
    let database: Database

    var book: EmailBook {
        EmailBook(
            find: find, content: content, ofNegotiation: ofNegotiation, attempts: attempts,
            isGranted: isGranted)
    }

    // MARK: Reading

    private static let selection: SQL = """
        SELECT id, negotiation_id, kind, status, status_reason, version, digest, money_related, message_id, created_by,
            created_at, sent_at
        FROM emails WHERE organization_id = $1 AND negotiation_id IS NOT NULL
        """

    private static func email(_ row: Row) throws -> EmailRecord {
        EmailRecord(
            id: try row.id(0), negotiationID: try row.id(1), kind: try row.word(2), status: try row.word(3),
            statusReason: try row.optionalText(4), version: try row.int(5), digest: try row.bytes(6),
            isMoneyRelated: try row.bool(7), messageID: try row.optionalText(8) ?? "",
            createdBy: try row.optionalID(9), createdAt: try row.instant(10),
            sentAt: try row.optionalInstant(11))
    }

    @Sendable private func find(_ organization: OrganizationID, _ id: EmailID) async throws -> EmailRecord? {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.email)
    }

    @Sendable private func ofNegotiation(
        _ organization: OrganizationID, _ id: NegotiationID
    ) async throws -> [EmailRecord] {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND negotiation_id = $2 ORDER BY created_at, id",
            [.id(organization), .id(id)])
        return try rows.map(Self.email)
    }

    @Sendable private func content(
        _ organization: OrganizationID, _ id: EmailID, _ version: Int
    ) async throws -> EmailContent? {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT email_id, version, kind, sender, recipients, subject, body_text, envelope, raw, amounts_found, terms,
                created_by, created_at
            FROM email_contents WHERE organization_id = $1 AND email_id = $2 AND version = $3
            """, [.id(organization), .id(id), .int(version)])
        return try rows.atMostOne().map { row in
            EmailContent(
                emailID: try row.id(0), version: try row.int(1), kind: try row.word(2),
                sender: try row.decoded(3, as: StoredAddress.self).value,
                recipients: try row.decoded(4, as: [StoredAddress].self).map(\.value),
                subject: try row.text(5), bodyText: try row.text(6), envelope: try row.bytes(7),
                raw: try row.bytes(8), mentionsAmounts: try row.bool(9),
                terms: try row.decoded(10, as: StoredTerms.self).value, createdBy: try row.optionalID(11),
                createdAt: try row.instant(12))
        }
    }

    @Sendable private func attempts(_ organization: OrganizationID, _ id: EmailID) async throws
        -> [SendAttempt]
    {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT id, email_id, number, email_version, worker, started_at, outcome, server_reply
            FROM send_attempts WHERE organization_id = $1 AND email_id = $2 ORDER BY number
            """, [.id(organization), .id(id)])
        return try rows.map { row in
            SendAttempt(
                id: try row.id(0), emailID: try row.id(1), number: try row.int(2), version: try row.int(3),
                worker: try row.text(4), startedAt: try row.instant(5), outcome: try row.word(6),
                serverReply: try row.optionalText(7))
        }
    }

    @Sendable private func isGranted(
        _ organization: OrganizationID, _ id: EmailID, _ digest: [UInt8]
    ) async throws -> Bool {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT EXISTS (
                SELECT FROM approval_grants WHERE organization_id = $1 AND email_id = $2 AND digest = $3)
            """, [.id(organization), .id(id), .bytes(digest)])
        return try rows.single().bool(0)
    }
}

/// Terms as a JSON column keeps them; an empty object where an email commits to nothing.
private struct StoredTerms: Codable {
    var unitPrice: String?
    var quantity: Int?
    var currency: String?
    var targetPrice: String?
    var limitPrice: String?
    var total: String?

    private enum CodingKeys: String, CodingKey {
        case quantity, currency, total
        case unitPrice = "unit_price"
        case targetPrice = "target_price"
        case limitPrice = "limit_price"
    }

    init(_ terms: Terms?) {
        unitPrice = terms?.unitPrice.description
        quantity = terms?.quantity
        currency = terms?.currency.code
        targetPrice = terms?.targetPrice.description
        limitPrice = terms?.limitPrice?.description
        total = terms?.total.description
    }

    var value: Terms? {
        guard let unitPrice = self.unitPrice.flatMap({ Amount($0) }), let quantity,
            let currency = self.currency.flatMap({ Currency($0) }),
            let targetPrice = self.targetPrice.flatMap({ Amount($0) })
        else { return nil }
        return Terms(
            unitPrice: unitPrice, quantity: quantity, currency: currency, targetPrice: targetPrice,
            limitPrice: self.limitPrice.flatMap { Amount($0) })
    }
}

// MARK: - Writing

extension EmailStore {
    /// Digest and verdict on money are those that the database computes from the content.
    static func adding(
        _ content: EmailContent, negotiation: NegotiationID, status: EmailStatus, messageID: String,
        in organization: OrganizationID
    ) throws -> [Step] {
        [
            try inserting(content, in: organization),
            Step(
                """
                INSERT INTO emails (organization_id, id, negotiation_id, kind, status, version, digest, money_related,
                    message_id, created_by, created_at, updated_at)
                SELECT organization_id, email_id, $4, kind, $5, version, digest, money_related, $6, created_by,
                    created_at, created_at
                FROM email_contents WHERE organization_id = $1 AND email_id = $2 AND version = $3
                """,
                [
                    .id(organization), .id(content.emailID), .int(content.version), .id(negotiation),
                    .word(status), .text(messageID),
                ], elseRefuse: .stale),
        ]
    }

    /// The next content; whatever was granted to the former is not granted to it.
    static func revising(
        _ content: EmailContent, from: EmailStatus, to: EmailStatus, in organization: OrganizationID
    ) throws -> [Step] {
        [
            try inserting(content, in: organization),
            Step(
                """
                UPDATE emails AS email SET
                    version = content.version, digest = content.digest, money_related = content.money_related,
                    status = $5, status_reason = NULL, granted_digest = NULL, claim_worker = NULL,
                    claim_lease_until = NULL, updated_at = content.created_at, row_version = row_version + 1
                FROM email_contents AS content
                WHERE email.organization_id = $1 AND email.id = $2 AND email.status = $4
                    AND email.version = $3::integer - 1 AND content.organization_id = $1
                    AND content.email_id = $2 AND content.version = $3
                """,
                [
                    .id(organization), .id(content.emailID), .int(content.version), .word(from), .word(to),
                ], elseRefuse: .stale),
        ]
    }

    private static func inserting(_ content: EmailContent, in organization: OrganizationID) throws -> Step {
        Step(
            """
            INSERT INTO email_contents (organization_id, email_id, version, kind, sender, recipients, subject,
                body_text, envelope, raw, amounts_found, terms, created_by, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            [
                .id(organization), .id(content.emailID), .int(content.version), .word(content.kind),
                try .encoded(StoredAddress(content.sender)),
                try .encoded(content.recipients.map { StoredAddress($0) }), .words(content.subject),
                .words(content.bodyText), .bytes(content.envelope), .bytes(content.raw),
                .bool(content.mentionsAmounts), try .encoded(StoredTerms(content.terms)),
                .id(content.createdBy), .instant(content.createdAt),
            ])
    }

    /// A claim ends with every move; what goes back to its author needs its grant anew.
    static func moving(
        _ id: EmailID, from: EmailStatus, to: EmailStatus, reason: String?, at now: Instant,
        in organization: OrganizationID
    ) -> Step {
        Step(
            """
            UPDATE emails SET
                status = $4, status_reason = $5, updated_at = $6, row_version = row_version + 1,
                sent_at = CASE WHEN $4 = 'sent' THEN $6 ELSE sent_at END, claim_worker = NULL,
                claim_lease_until = NULL,
                granted_digest = CASE WHEN $4 IN ('draft', 'pending_approval') THEN NULL ELSE granted_digest END
            WHERE organization_id = $1 AND id = $2 AND status = $3
            """,
            [.id(organization), .id(id), .word(from), .word(to), .words(reason), .instant(now)],
            elseRefuse: .stale)
    }

    /// Only with the digest of what the email says now; that a grant for it exists is a foreign key. The negotiation
    /// says who approved last, for the platform's other services.
    static func approving(
        _ id: EmailID, from: EmailStatus, digest: [UInt8], at now: Instant, in organization: OrganizationID
    ) -> [Step] {
        [
            Step(
                """
                UPDATE emails SET
                    status = 'approved', status_reason = NULL, granted_digest = $4, updated_at = $5,
                    row_version = row_version + 1
                WHERE organization_id = $1 AND id = $2 AND status = $3 AND digest = $4
                """, [.id(organization), .id(id), .word(from), .bytes(digest), .instant(now)],
                elseRefuse: .stale),
            Step(
                """
                UPDATE negotiations SET approved_at = $4, approved_by = (
                    SELECT decision.approver_id
                    FROM approval_decisions AS decision
                    JOIN approval_requests AS request
                        ON request.organization_id = $1 AND request.id = decision.request_id
                    WHERE decision.organization_id = $1 AND request.email_id = $2 AND request.digest = $3
                        AND decision.decision = 'approve'
                    ORDER BY decision.decided_at DESC LIMIT 1)
                WHERE organization_id = $1 AND id = (
                    SELECT negotiation_id FROM emails WHERE organization_id = $1 AND id = $2)
                """, [.id(organization), .id(id), .bytes(digest), .instant(now)]),
        ]
    }

    static func claiming(
        _ id: EmailID, worker: String, leaseUntil: Instant, in organization: OrganizationID
    ) -> Step {
        Step(
            """
            UPDATE emails SET status = 'claimed', claim_worker = $3, claim_lease_until = $4,
                row_version = row_version + 1
            WHERE organization_id = $1 AND id = $2 AND status = 'approved'
            """, [.id(organization), .id(id), .text(worker), .instant(leaseUntil)], elseRefuse: .stale)
    }

    /// The point of no return, in one statement: the attempt is there exactly if the email was moved on, and that only if
    /// nothing has happened to its negotiation, which is locked by then, since the sender looked.
    static func beginning(
        _ attempt: SendAttempt, ifNegotiationIs version: Int, in organization: OrganizationID
    ) -> Step {
        Step(
            """
            WITH begun AS (
                UPDATE emails SET status = 'sending', attempts = attempts + 1, updated_at = $7,
                    row_version = row_version + 1
                WHERE organization_id = $1 AND id = $3 AND status = 'claimed' AND claim_worker = $6 AND version = $5
                    AND EXISTS (
                        SELECT FROM negotiations AS negotiation WHERE negotiation.organization_id = $1
                            AND negotiation.id = emails.negotiation_id AND negotiation.version = $8)
                RETURNING digest, money_related
            )
            INSERT INTO send_attempts (organization_id, id, email_id, number, email_version, worker, started_at, digest,
                money_related)
            SELECT $1, $2, $3, $4, $5, $6, $7, digest, money_related FROM begun
            """,
            [
                .id(organization), .id(attempt.id), .id(attempt.emailID), .int(attempt.number),
                .int(attempt.version), .text(attempt.worker), .instant(attempt.startedAt), .int(version),
            ], elseRefuse: .stale)
    }

    static func finishing(
        _ id: SendAttemptID, _ outcome: SendAttempt.Outcome, serverReply: String?, at now: Instant,
        in organization: OrganizationID
    ) -> Step {
        Step(
            """
            UPDATE send_attempts SET outcome = $3, server_reply = $4, finished_at = $5
            WHERE organization_id = $1 AND id = $2 AND outcome IN ('open', 'unknown')
            """, [.id(organization), .id(id), .word(outcome), .words(serverReply), .instant(now)],
            elseRefuse: .stale)
    }
}
