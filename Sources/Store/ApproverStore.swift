import Desk
import Negotiation
import Postgres

/// Who stands in for whom, and how people want to be asked.
struct ApproverStore: Sendable {
    let database: Database

    /// The most delegations that are read at once.
    private static let mostDelegations = 1_000

    private static let selection: SQL = """
        SELECT id, organization_id, from_user_id, to_user_id, begins_at, ends_at, created_by, created_at
        FROM approval_delegations WHERE organization_id = $1 AND ends_at > $2 AND ends_at > begins_at
        """
    private static let order: SQL = "ORDER BY begins_at, id LIMIT $3"

    private static func delegation(_ row: Row) throws -> ApprovalDelegation {
        ApprovalDelegation(
            id: try row.id(0), organizationID: try row.id(1), from: try row.id(2), to: try row.id(3),
            begins: try row.instant(4), ends: try row.instant(5), createdBy: try row.id(6),
            createdAt: try row.instant(7))
    }

    @Sendable func delegations(_ organization: OrganizationID, _ now: Instant) async throws
        -> [ApprovalDelegation]
    {
        let rows = try await database.rows(
            of: organization, Self.selection + Self.order,
            [.id(organization), .instant(now), .int(Self.mostDelegations)])
        return try rows.map(Self.delegation)
    }

    @Sendable func delegationsTo(_ organization: OrganizationID, _ user: UserID, _ now: Instant) async throws
        -> [ApprovalDelegation]
    {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND begins_at <= $2 AND to_user_id = $4" + Self.order,
            [.id(organization), .instant(now), .int(Self.mostDelegations), .id(user)])
        return try rows.map(Self.delegation)
    }

    @Sendable func mail(_ organization: OrganizationID, _ user: UserID) async throws -> ApprovalMail {
        let rows = try await database.rows(
            of: organization,
            "SELECT digest_hour FROM approval_mail WHERE organization_id = $1 AND user_id = $2",
            [.id(organization), .id(user)])
        return try rows.atMostOne()?.optionalInt(0).map { .digest(hour: $0) } ?? .each
    }

    // MARK: Writing

    static func adding(_ delegation: ApprovalDelegation, in organization: OrganizationID) -> Step {
        Step(
            """
            INSERT INTO approval_delegations (organization_id, id, from_user_id, to_user_id, begins_at, ends_at,
                created_by, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .id(organization), .id(delegation.id), .id(delegation.from), .id(delegation.to),
                .instant(delegation.begins), .instant(delegation.ends), .id(delegation.createdBy),
                .instant(delegation.createdAt),
            ])
    }

    /// One that has not begun ends where it would have begun.
    static func ending(_ id: ApprovalDelegationID, at now: Instant, in organization: OrganizationID) -> Step {
        Step(
            """
            UPDATE approval_delegations SET ends_at = greatest(begins_at, $3)
            WHERE organization_id = $1 AND id = $2 AND ends_at > $3
            """, [.id(organization), .id(id), .instant(now)], elseRefuse: .stale)
    }

    static func setting(_ mail: ApprovalMail, of user: UserID, in organization: OrganizationID) -> Step {
        let hour: Int? = if case .digest(let hour) = mail { hour } else { nil }
        return Step(
            """
            INSERT INTO approval_mail (organization_id, user_id, digest_hour) VALUES ($1, $2, $3)
            ON CONFLICT (organization_id, user_id) DO UPDATE SET digest_hour = excluded.digest_hour
            """, [.id(organization), .id(user), .int(hour)])
    }
}
