import Desk
import Negotiation
import Postgres

/// Approval policies.
struct ApprovalPolicyStore: Sendable {
    let database: Database

    /// The most policies that one organization can have in force.
    private static let mostPolicies = 1_000

    @Sendable func policies(_ organization: OrganizationID) async throws -> [NamedPolicy] {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT id, name, created_at, approvals_required, approver_roles, allow_self_approval, link_allowed,
                expires_after_hours, min_amount, currency, below_amount, email_kinds, vendor_standings,
                deviation_percent, adds_up_over_days, named_approvers, further_groups, group_order, link_up_to,
                remind_after_hours, escalation
            FROM approval_policies WHERE organization_id = $1 AND is_active ORDER BY created_at, id LIMIT $2
            """, [.id(organization), .int(Self.mostPolicies)])
        return try rows.map { row in
            guard let policy = try Self.policy(row) else {
                throw StoreError.unreadable(column: 3, "nobody could approve under it")
            }
            return NamedPolicy(
                id: try row.id(0), name: try row.text(1), policy: policy, createdAt: try row.instant(2))
        }
    }

    private static func policy(_ row: Row) throws -> ApprovalPolicy? {
        let currency = try row.isNull(9) ? nil : try row.currency(9)
        func money(_ column: Int) throws -> Money? {
            guard let currency, let amount = try row.optionalAmount(column) else { return nil }
            return Money(amount, currency)
        }
        let kinds = try row.optionalTextArray(11)?.compactMap { EmailKind(rawValue: $0) }
        let vendors = try row.optionalTextArray(12)?.compactMap { VendorStanding(rawValue: $0) }
        let groups = try row.decoded(16, as: [StoredGroup].self)
        let escalation = try row.optionalDecoded(20, as: StoredEscalation.self)
        let conditions = ApprovalConditions(
            below: try money(10), kinds: kinds.map { Set($0) }, vendors: vendors.map { Set($0) },
            deviationPercent: try row.optionalInt(13), addsUpOverDays: try row.optionalInt(14))
        // Where a part is not to be read, what is left would be weaker than what was written.
        guard let conditions, groups.allSatisfy({ $0.value != nil }),
            escalation == nil || escalation?.value != nil
        else { return nil }
        return ApprovalPolicy(
            approvalsRequired: try row.int(3),
            approverRoles: Set(try row.textArray(4).compactMap { UserRole(rawValue: $0) }),
            allowSelfApproval: try row.bool(5), linkAllowed: try row.bool(6),
            expiresAfterHours: try row.int(7), minimumTotal: try money(8),
            namedApprovers: Set(try row.uuidArray(15).map { PersonID($0) }), conditions: conditions,
            furtherGroups: groups.compactMap(\.value), order: try row.word(17), linkUpTo: try money(18),
            remindAfterHours: try row.optionalInt(19), escalation: escalation?.value)
    }

    // MARK: Writing

    static func adding(_ named: NamedPolicy, in organization: OrganizationID) throws -> Step {
        Step(
            """
            INSERT INTO approval_policies (organization_id, id, created_at, updated_at, name, approvals_required,
                approver_roles, allow_self_approval, link_allowed, expires_after_hours, min_amount, currency,
                below_amount, email_kinds, vendor_standings, deviation_percent, adds_up_over_days, named_approvers,
                further_groups, group_order, link_up_to, remind_after_hours, escalation)
            VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                $22)
            """,
            [.id(organization), .id(named.id), .instant(named.createdAt)] + (try parameters(of: named)))
    }

    static func changing(_ named: NamedPolicy, at now: Instant, in organization: OrganizationID) throws
        -> Step
    {
        Step(
            """
            UPDATE approval_policies SET updated_at = $3, name = $4, approvals_required = $5, approver_roles = $6,
                allow_self_approval = $7, link_allowed = $8, expires_after_hours = $9, min_amount = $10,
                currency = $11, below_amount = $12, email_kinds = $13, vendor_standings = $14,
                deviation_percent = $15, adds_up_over_days = $16, named_approvers = $17, further_groups = $18,
                group_order = $19, link_up_to = $20, remind_after_hours = $21, escalation = $22
            WHERE organization_id = $1 AND id = $2 AND is_active
            """, [.id(organization), .id(named.id), .instant(now)] + (try parameters(of: named)),
            elseRefuse: .stale)
    }

    static func retiring(_ id: ApprovalPolicyID, at now: Instant, in organization: OrganizationID) -> Step {
        Step(
            """
            UPDATE approval_policies SET is_active = false, updated_at = $3
            WHERE organization_id = $1 AND id = $2 AND is_active
            """, [.id(organization), .id(id), .instant(now)], elseRefuse: .stale)
    }

    /// From the name on, in the order of both statements.
    private static func parameters(of named: NamedPolicy) throws -> [Parameter] {
        let (policy, conditions) = (named.policy, named.policy.conditions)
        let currency = (policy.minimumTotal ?? conditions.below ?? policy.linkUpTo)?.currency
        return [
            .words(named.name, longest: 255), .int(policy.approvalsRequired),
            .textArray(policy.approverRoles.map(\.rawValue).sorted()), .bool(policy.allowSelfApproval),
            .bool(policy.linkAllowed), .int(policy.expiresAfterHours), .amount(policy.minimumTotal?.amount),
            .text(currency?.code), .amount(conditions.below?.amount),
            .textArray(conditions.kinds?.map(\.rawValue).sorted()),
            .textArray(conditions.vendors?.map(\.rawValue).sorted()), .int(conditions.deviationPercent),
            .int(conditions.addsUpOverDays),
            .uuidArray(policy.namedApprovers.map(\.uuid).sorted { $0.uuidString < $1.uuidString }),
            try .encoded(policy.furtherGroups.map(StoredGroup.init)), .word(policy.order),
            .amount(policy.linkUpTo?.amount), .int(policy.remindAfterHours),
            try .encoded(policy.escalation.map(StoredEscalation.init)),
        ]
    }
}
