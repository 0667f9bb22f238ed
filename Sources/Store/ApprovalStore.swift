import Desk
import Negotiation
import Postgres

/// Requests for approval, who has been asked, their links, the decisions, and the grants.
struct ApprovalStore: Sendable {
    let database: Database

    var book: ApprovalBook {
        let rules = ApprovalPolicyStore(database: database)
        let approvers = ApproverStore(database: database)
        return ApprovalBook(
            policies: rules.policies, find: find, ofEmail: ofEmail, list: list, decisions: decisions,
            asks: asks, link: link, delegations: approvers.delegations,
            delegationsTo: approvers.delegationsTo, mail: approvers.mail,
            vendorHistory: VendorHistoryStore(database: database).history)
    }

    // MARK: Reading

    private static let selection: SQL = """
        SELECT id, organization_id, email_id, email_version, digest, negotiation_id, requested_by, requirement,
            approvals_required, approver_roles, allow_self_approval, link_allowed, expires_after_hours, status,
            decision_reason, created_at, expires_at, decided_at
        FROM approval_requests WHERE organization_id = $1
            AND negotiation_id IS NOT NULL AND requested_by IS NOT NULL
        """

    private static func request(_ row: Row) throws -> ApprovalRequest {
        ApprovalRequest(
            id: try row.id(0), organizationID: try row.id(1), emailID: try row.id(2),
            emailVersion: try row.int(3), digest: try row.bytes(4), negotiationID: try row.id(5),
            requestedBy: try row.id(6), requirement: try requirement(row), status: try row.word(13),
            decisionReason: try row.optionalText(14), createdAt: try row.instant(15),
            expiresAt: try row.instant(16), decidedAt: try row.optionalInstant(17))
    }

    /// As it was stored; of an older version, a number of people out of some roles.
    private static func requirement(_ row: Row) throws -> ApprovalRequirement {
        let stored = try row.optionalDecoded(7, as: StoredRequirement.self)
        let requirement: ApprovalRequirement? =
            if let stored { stored.value } else {
                ApprovalPolicy(
                    approvalsRequired: try row.int(8),
                    approverRoles: Set(try row.textArray(9).compactMap { UserRole(rawValue: $0) }),
                    allowSelfApproval: try row.bool(10), linkAllowed: try row.bool(11),
                    expiresAfterHours: try row.int(12)
                ).map { ApprovalRequirement(of: [$0], for: ApprovalFacts()) }
            }
        guard let requirement else { throw StoreError.unreadable(column: 7, "nobody could ever meet it") }
        return requirement
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
            SELECT made.id, request_id, approver_id, COALESCE(approver_role, users.role), on_behalf_of,
                on_behalf_of_role, decision, comment, via, ip_address, user_agent, decided_at
            FROM approval_decisions AS made
            JOIN users ON users.organization_id = made.organization_id AND users.id = made.approver_id
            WHERE made.organization_id = $1 AND request_id = $2
            ORDER BY decided_at, approval_number NULLS LAST, made.id
            """, [.id(organization), .id(id)])
        return try rows.map { row in
            let absent: PersonID? = try row.optionalID(4)
            return ApprovalDecision(
                id: try row.id(0), requestID: try row.id(1), approverID: try row.id(2),
                role: try row.word(3), onBehalfOf: try absent.map { Approver($0, try row.word(5)) },
                decision: try row.word(6), comment: try row.optionalText(7), channel: try row.word(8),
                ipAddress: try row.optionalText(9), userAgent: try row.optionalText(10),
                decidedAt: try row.instant(11))
        }
    }

    @Sendable private func asks(_ organization: OrganizationID, _ id: ApprovalRequestID) async throws
        -> [ApprovalAsk]
    {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT request_id, user_id, asked_at FROM approval_asks
            WHERE organization_id = $1 AND request_id = $2 ORDER BY user_id
            """, [.id(organization), .id(id)])
        return try rows.map { row in
            ApprovalAsk(
                requestID: try row.id(0), userID: try row.id(1), askedAt: try row.optionalInstant(2))
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
    /// The digest is the content's own, whatever the record says.
    static func adding(_ request: ApprovalRequest, in organization: OrganizationID) throws -> Step {
        let requirement = request.requirement
        return Step(
            """
            INSERT INTO approval_requests (organization_id, id, email_id, email_version, digest, negotiation_id,
                requested_by, approvals_required, approver_roles, allow_self_approval, link_allowed,
                expires_after_hours, requirement, status, decision_reason, created_at, expires_at, decided_at)
            SELECT $1, $2, $3, $4, digest, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
            FROM email_contents WHERE organization_id = $1 AND email_id = $3 AND version = $4
            """,
            [
                .id(organization), .id(request.id), .id(request.emailID), .int(request.emailVersion),
                .id(request.negotiationID), .id(request.requestedBy), .int(requirement.fewestPeople),
                .textArray(Self.rolesForOlderVersions(requirement).map(\.rawValue)),
                .bool(requirement.allowSelfApproval), .bool(requirement.linkAllowed),
                .int(requirement.expiresAfterHours), try .encoded(StoredRequirement(requirement)),
                .word(request.status), .words(request.decisionReason), .instant(request.createdAt),
                .instant(request.expiresAt), .instant(request.decidedAt),
            ], elseRefuse: .missing("email_contents_pkey"))
    }

    /// Who may decide according to a version that knows one group of roles; where there is more to it, a role that nobody
    /// of an organization has.
    private static func rolesForOlderVersions(_ requirement: ApprovalRequirement) -> [UserRole] {
        guard let chain = requirement.chains.first, requirement.chains.count == 1,
            let group = chain.groups.first,
            chain.groups.count == 1, group.people.isEmpty
        else { return [.superAdmin] }
        return UserRole.allCases.filter(group.roles.contains)
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

    /// The request is locked by then, so the count cannot change before the commit.
    static func touching(_ id: ApprovalRequestID, decisions: Int, in organization: OrganizationID) -> Step {
        Step(
            """
            UPDATE approval_requests SET expires_at = expires_at
            WHERE organization_id = $1 AND id = $2 AND status = 'pending' AND $3 + 1 = (
                SELECT count(*) FROM approval_decisions WHERE organization_id = $1 AND request_id = $2)
            """, [.id(organization), .id(id), .int(decisions)], elseRefuse: .stale)
    }

    static func noting(_ ask: ApprovalAsk, in organization: OrganizationID) -> Step {
        Step(
            """
            INSERT INTO approval_asks (organization_id, request_id, user_id, asked_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (organization_id, request_id, user_id) DO UPDATE SET asked_at = excluded.asked_at
            """, [.id(organization), .id(ask.requestID), .id(ask.userID), .instant(ask.askedAt)])
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
                approval_number, comment, via, ip_address, user_agent, decided_at, approver_role, on_behalf_of,
                on_behalf_of_role)
            SELECT $1, $2, id, $4, barred_approver_id, $5,
                CASE WHEN $5 = 'approve' THEN 1 + (
                    SELECT count(*) FROM approval_decisions
                    WHERE organization_id = $1 AND request_id = $3 AND decision = 'approve') END,
                $6, $7, $8, $9, $10, $11, $12, $13
            FROM approval_requests WHERE organization_id = $1 AND id = $3
            """,
            [
                .id(organization), .id(decision.id), .id(decision.requestID), .id(decision.approverID),
                .word(decision.decision), .words(decision.comment), .word(decision.channel),
                .words(decision.ipAddress), .words(decision.userAgent), .instant(decision.decidedAt),
                .word(decision.role), .id(decision.onBehalfOf?.person), .word(decision.onBehalfOf?.role),
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
