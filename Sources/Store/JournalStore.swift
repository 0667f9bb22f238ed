import Desk
import Negotiation
import Postgres

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The audit log and notifications.
struct JournalStore: Sendable {
    let database: Database

    var book: JournalBook { JournalBook(timeline: timeline, audit: audit, notifications: notifications) }

    // MARK: Reading

    private static let selection: SQL = """
        SELECT id, action, entity_type, entity_id, description, changes, user_id, ip_address, user_agent, request_id,
            "timestamp"
        FROM audit_logs WHERE organization_id = $1
        """

    private static func entry(_ row: Row) throws -> AuditEntry {
        AuditEntry(
            action: try row.text(1), entityType: try row.optionalText(2) ?? "",
            entityID: try row.optionalUUID(3), description: try row.optionalText(4) ?? "",
            changes: try row.decoded(5, as: StoredChanges.self).values,
            origin: Origin(
                userID: try row.optionalID(6), ipAddress: try row.optionalText(7),
                userAgent: try row.optionalText(8), requestID: try row.optionalText(9)),
            at: try row.instant(10))
    }

    /// How long a timeline gets.
    private static let longestTimeline = 1_000

    @Sendable private func timeline(_ organization: OrganizationID, _ id: NegotiationID) async throws
        -> [AuditEntry]
    {
        let order: SQL = """
            AND entity_type = 'negotiation' AND entity_id = $2 ORDER BY "timestamp", id LIMIT $3
            """
        let rows = try await database.rows(
            of: organization, Self.selection + order,
            [.id(organization), .id(id), .int(Self.longestTimeline)])
        return try rows.map(Self.entry)
    }

    @Sendable private func audit(_ organization: OrganizationID, _ request: PageRequest) async throws
        -> Page<AuditEntry>
    {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND id < $2 ORDER BY id DESC LIMIT $3",
            [.id(organization)] + (try request.descending()))
        return try request.page(rows) { row in
            (try Self.entry(row), Cursor(String(try row.int64(0)), organization.uuid))
        }
    }

    @Sendable private func notifications(
        _ organization: OrganizationID, _ user: UserID, _ request: PageRequest
    ) async throws -> Page<UserNotification> {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT id, user_id, type, title, message, link,
                CASE WHEN related_entity_type = 'negotiation' THEN related_entity_id END, created_at
            FROM notifications
            WHERE organization_id = $1 AND user_id = $5 AND (created_at, id) < ($2, $3)
            ORDER BY created_at DESC, id DESC LIMIT $4
            """, [.id(organization)] + (try request.newestFirst()) + [.id(user)])
        return try request.page(rows) { row in
            let notification = UserNotification(
                id: try row.id(0), userID: try row.id(1), type: try row.text(2), title: try row.text(3),
                message: try row.text(4), link: try row.optionalText(5), negotiationID: try row.optionalID(6),
                createdAt: try row.instant(7))
            return (notification, Cursor(notification.createdAt, notification.id.uuid))
        }
    }

    // MARK: Writing

    /// A row of the log is only ever inserted.
    static func adding(_ entry: AuditEntry, in organization: OrganizationID) throws -> Step {
        Step(
            """
            INSERT INTO audit_logs (organization_id, user_id, action, entity_type, entity_id, changes, description,
                ip_address, user_agent, request_id, "timestamp")
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            [
                .id(organization), .id(entry.origin.userID), .words(entry.action, longest: 100),
                .words(entry.entityType, longest: 50), .uuid(entry.entityID),
                try .encoded(entry.changes.mapValues { storable($0) }), .words(entry.description),
                .words(entry.origin.ipAddress, longest: 45), .words(entry.origin.userAgent, longest: 500),
                .words(entry.origin.requestID, longest: 100), .instant(entry.at),
            ])
    }

    static func adding(_ notification: UserNotification, in organization: OrganizationID) -> Step {
        Step(
            """
            INSERT INTO notifications (organization_id, id, user_id, type, title, message, link, related_entity_type,
                related_entity_id, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $8::uuid IS NOT NULL THEN 'negotiation' END, $8, $9)
            """,
            [
                .id(organization), .id(notification.id), .id(notification.userID),
                .text(notification.type), .words(notification.title, longest: 255),
                .words(notification.message), .words(notification.link, longest: 500),
                .id(notification.negotiationID), .instant(notification.createdAt),
            ])
    }
}

/// What changed, by name. Other services write any JSON there: what is no text is shown as the JSON it is.
private struct StoredChanges: Decodable {
    let values: [String: String]

    init(from decoder: any Decoder) throws {
        guard let container = try? decoder.singleValueContainer(),
            let named = try? container.decode([String: JSONText].self)
        else {
            values = [:]
            return
        }
        values = named.mapValues(\.text)
    }
}

/// Any JSON as text that a person can read.
private indirect enum JSONText: Decodable {
    case nothing
    case bool(Bool)
    case number(Decimal)
    case string(String)
    case list([JSONText])
    case object([String: JSONText])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .nothing
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Decimal.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONText].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONText].self))
        }
    }

    var text: String {
        switch self {
        case .nothing: "null"
        case .bool(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): value
        case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .object(let values):
            "{"
                + values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }.joined(
                    separator: ", ")
                + "}"
        }
    }
}
