import Desk
import Negotiation
import Postgres

/// Policies, requests for approval, their links, the decisions, and the grants.
struct ApprovalStore: Sendable {
    let database: Database

    var book: ApprovalBook {
        ApprovalBook(
            policies: policies, find: find, ofEmail: ofEmail, list: list, decisions: decisions, link: link)
    }

    // MARK: Reading

    /// The most policies that one organization can have in force.
    private static let mostPolicies = 1_000

    @Sendable private func policies(_ organization: OrganizationID) async throws -> [NamedPolicy] {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT id, name, approvals_required, approver_roles, allow_self_approval, link_allowed,
                expires_after_hours, min_amount, currency, created_at
            FROM approval_policies WHERE organization_id = $1 AND is_active ORDER BY created_at, id LIMIT $2
            """, [.id(organization), .int(Self.mostPolicies)])
        return try rows.map { row in
            NamedPolicy(
                id: try row.id(0), name: try row.text(1), policy: try Self.policy(row, from: 2),
                createdAt: try row.instant(9))
        }
    }

    /// Seven columns in a row: approvals, roles, self-approval, link, hours, minimum, its currency.
    private static func policy(_ row: Row, from first: Int) throws -> ApprovalPolicy {
        let minimum = try row.optionalAmount(first + 5)
        let policy = ApprovalPolicy(
            approvalsRequired: try row.int(first),
            approverRoles: Set(try row.textArray(first + 1).compactMap { UserRole(rawValue: $0) }),
            allowSelfApproval: try row.bool(first + 2), linkAllowed: try row.bool(first + 3),
            expiresAfterHours: try row.int(first + 4),
            minimumTotal: try minimum.map { Money($0, try row.currency(first + 6)) })
        guard let policy else { throw StoreError.unreadable(column: first, "nobody could approve under it") }
        return policy
    }

    private static let selection: SQL = """
        SELECT id, organization_id, email_id, email_version, digest, negotiation_id, requested_by, approvals_required,
            approver_roles, allow_self_approval, link_allowed, expires_after_hours, min_amount, currency, status,
            decision_reason, created_at, expires_at, decided_at
        FROM approval_requests WHERE organization_id = $1
            AND negotiation_id IS NOT NULL AND requested_by IS NOT NULL
        """

    private static func request(_ row: Row) throws -> ApprovalRequest {
        ApprovalRequest(
            id: try row.id(0), organizationID: try row.id(1), emailID: try row.id(2),
            emailVersion: try row.int(3), digest: try row.bytes(4), negotiationID: try row.id(5),
            requestedBy: try row.id(6), policy: try policy(row, from: 7), status: try row.word(14),
            decisionReason: try row.optionalText(15), createdAt: try row.instant(16),
            expiresAt: try row.instant(17), decidedAt: try row.optionalInstant(18))
    }

    @Sendable private func find(_ organization: OrganizationID, _ id: ApprovalRequestID) async throws
        -> ApprovalRequest?
    {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.request)
    }

    @Sendable private func ofEmail(_ organization: OrganizationID, _ id: EmailID) async throws
        -> ApprovalRequest?
    {
        let rows = try await database.rows(
            of: organization,
            // Two requests may bear the same instant: the one that is still pending is the newer.
            Self.selection
                + "AND email_id = $2 ORDER BY created_at DESC, (status = 'pending') DESC, id DESC LIMIT 1",
            [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.request)
    }

    @Sendable private func list(
        _ organization: OrganizationID, _ status: ApprovalRequest.Status?, _ request: PageRequest
    ) async throws -> Page<ApprovalRequest> {
        let order: SQL = "AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4"
        var parameters = [Parameter.id(organization)] + (try request.newestFirst())
        var sql = Self.selection
        if let status {
            sql = sql + "AND status = $5"
            parameters.append(.word(status))
        }
        let rows = try await database.rows(of: organization, sql + order, parameters)
        return try request.page(rows) { row in
            let found = try Self.request(row)
            return (found, Cursor(found.createdAt, found.id.uuid))
        }
    }

    @Sendable private func decisions(_ organization: OrganizationID, _ id: ApprovalRequestID) async throws
        -> [ApprovalDecision]
    {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT id, request_id, approver_id, decision, comment, via, ip_address, user_agent, decided_at
            FROM approval_decisions
            WHERE organization_id = $1 AND request_id = $2 AND decision IN ('approve', 'reject')
            ORDER BY decided_at, approval_number NULLS LAST, id
            """, [.id(organization), .id(id)])
        return try rows.map { row in
            ApprovalDecision(
                id: try row.id(0), requestID: try row.id(1), approverID: try row.id(2),
                decision: try row.word(3), comment: try row.optionalText(4), channel: try row.word(5),
                ipAddress: try row.optionalText(6), userAgent: try row.optionalText(7),
                decidedAt: try row.instant(8))
        }
    }

    @Sendable private func link(_ tokenHash: [UInt8]) async throws -> ApprovalLink? {
        let rows = try await database.directory(
            """
            SELECT token_hash, organization_id, request_id, approver_id, created_at, expires_at
            FROM approval_links WHERE token_hash = $1
            """, [.bytes(tokenHash)])
        return try rows.atMostOne().map { row in
            ApprovalLink(
                tokenHash: try row.bytes(0), organizationID: try row.id(1), requestID: try row.id(2),
                approverID: try row.id(3), createdAt: try row.instant(4), expiresAt: try row.instant(5))
        }
    }
}

// MARK: - Writing

extension ApprovalStore {
    static func adding(_ named: NamedPolicy, in organization: OrganizationID) -> Step {
        let policy = named.policy
        return Step(
            """
            INSERT INTO approval_policies (organization_id, id, name, approvals_required, approver_roles,
                allow_self_approval, link_allowed, expires_after_hours, min_amount, currency, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
            """,
            [.id(organization), .id(named.id), .words(named.name, longest: 255)] + parameters(of: policy)
                + [.instant(named.createdAt)])
    }

    private static func parameters(of policy: ApprovalPolicy) -> [Parameter] {
        [
            .int(policy.approvalsRequired), .textArray(policy.approverRoles.map(\.rawValue).sorted()),
            .bool(policy.allowSelfApproval), .bool(policy.linkAllowed), .int(policy.expiresAfterHours),
            .amount(policy.minimumTotal?.amount), .text(policy.minimumTotal?.currency.code),
        ]
    }

    /// The digest is the content's own, whatever the record says.
    static func adding(_ request: ApprovalRequest, in organization: OrganizationID) -> Step {
        Step(
            """
            INSERT INTO approval_requests (organization_id, id, email_id, email_version, digest, negotiation_id,
                requested_by, approvals_required, approver_roles, allow_self_approval, link_allowed,
                expires_after_hours, min_amount, currency, status, decision_reason, created_at, expires_at, decided_at)
            SELECT $1, $2, $3, $4, digest, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18
            FROM email_contents WHERE organization_id = $1 AND email_id = $3 AND version = $4
            """,
            [
                .id(organization), .id(request.id), .id(request.emailID), .int(request.emailVersion),
                .id(request.negotiationID), .id(request.requestedBy),
            ] + parameters(of: request.policy) + [
                .word(request.status), .words(request.decisionReason), .instant(request.createdAt),
                .instant(request.expiresAt), .instant(request.decidedAt),
            ], elseRefuse: .missing("email_contents_pkey"))
    }

    /// Ends a pending request; links that nobody used are dead from then on and say why.
    static func closing(
        _ id: ApprovalRequestID, _ status: ApprovalRequest.Status, reason: String?, at now: Instant,
        in organization: OrganizationID
    ) -> [Step] {
        [
            Step(
                """
                UPDATE approval_requests SET status = $3, decision_reason = $4, decided_at = $5
                WHERE organization_id = $1 AND id = $2 AND status = 'pending'
                """, [.id(organization), .id(id), .word(status), .words(reason), .instant(now)],
                elseRefuse: .stale),
            Step(
                """
                UPDATE approval_links SET voided_at = $3, void_reason = $4
                WHERE organization_id = $1 AND request_id = $2 AND used_at IS NULL AND voided_at IS NULL
                """, [.id(organization), .id(id), .instant(now), .word(status)]),
        ]
    }

    /// A request that was approved is void after all; the grant stays on record, and the newest request decides.
    static func revoking(
        _ id: ApprovalRequestID, reason: String, at now: Instant, in organization: OrganizationID
    ) -> Step {
        Step(
            """
            UPDATE approval_requests SET status = 'voided', decision_reason = $3, decided_at = $4
            WHERE organization_id = $1 AND id = $2 AND status = 'approved'
            """, [.id(organization), .id(id), .words(reason), .instant(now)], elseRefuse: .stale)
    }

    /// The request is locked by then, so the count cannot change before the commit.
    static func touching(_ id: ApprovalRequestID, decisions: Int, in organization: OrganizationID) -> Step {
        Step(
            """
            UPDATE approval_requests SET expires_at = expires_at
            WHERE organization_id = $1 AND id = $2 AND status = 'pending' AND $3 + 1 = (
                SELECT count(*) FROM approval_decisions WHERE organization_id = $1 AND request_id = $2)
            """, [.id(organization), .id(id), .int(decisions)], elseRefuse: .stale)
    }

    static func adding(_ link: ApprovalLink) -> Step {
        Step(
            """
            INSERT INTO approval_links (token_hash, organization_id, request_id, approver_id, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                .bytes(link.tokenHash), .id(link.organizationID), .id(link.requestID), .id(link.approverID),
                .instant(link.createdAt), .instant(link.expiresAt),
            ])
    }

    /// A yes bears the next number of its request: number n means n different people.
    static func adding(_ decision: ApprovalDecision, in organization: OrganizationID) -> [Step] {
        let insertion = Step(
            """
            INSERT INTO approval_decisions (organization_id, id, request_id, approver_id, barred_approver_id, decision,
                approval_number, comment, via, ip_address, user_agent, decided_at)
            SELECT $1, $2, id, $4, barred_approver_id, $5,
                CASE WHEN $5 = 'approve' THEN 1 + (
                    SELECT count(*) FROM approval_decisions
                    WHERE organization_id = $1 AND request_id = $3 AND decision = 'approve') END,
                $6, $7, $8, $9, $10
            FROM approval_requests WHERE organization_id = $1 AND id = $3
            """,
            [
                .id(organization), .id(decision.id), .id(decision.requestID), .id(decision.approverID),
                .word(decision.decision), .words(decision.comment), .word(decision.channel),
                .words(decision.ipAddress), .words(decision.userAgent), .instant(decision.decidedAt),
            ], elseRefuse: .missing("approval_requests_pkey"))
        guard decision.channel == .link else { return [insertion] }
        return [
            insertion,
            Step(
                """
                UPDATE approval_links SET used_at = $4
                WHERE organization_id = $1 AND request_id = $2 AND approver_id = $3 AND used_at IS NULL
                    AND voided_at IS NULL
                """,
                [
                    .id(organization), .id(decision.requestID), .id(decision.approverID),
                    .instant(decision.decidedAt),
                ]),
        ]
    }

    /// Under the only role that may, for this one statement. An email that was held and handed in again unchanged has
    /// its grant already.
    static func adding(_ grant: ApprovalGrant, in organization: OrganizationID) -> [Step] {
        [
            Step("SET LOCAL ROLE parley_approver", []),
            Step(
                """
                INSERT INTO approval_grants (organization_id, id, request_id, email_id, digest, approvals_required,
                    granted_at)
                SELECT $1, $2, id, $4, $5, approvals_required, $6
                FROM approval_requests WHERE organization_id = $1 AND id = $3
                ON CONFLICT (organization_id, email_id, digest) DO NOTHING
                """,
                [
                    .id(organization), .id(grant.id), .id(grant.requestID), .id(grant.emailID),
                    .bytes(grant.digest), .instant(grant.grantedAt),
                ]),
            Step("RESET ROLE", []),
        ]
    }
}
