import Desk
import Negotiation
import Postgres

/// Mailboxes, with what opens them sealed.
struct MailboxStore: Sendable {
    let database: Database

    var book: MailboxBook { MailboxBook(list: list, find: find, sealedSecrets: sealedSecrets) }

    /// The most mailboxes that are read back of one organization.
    private static let mostMailboxes = 1_000

    // MARK: Reading

    private static let selection: SQL = """
        SELECT id, organization_id, name, address, display_name, settings, state, state_reason, failing_since,
            NULLIF(cursor, '{}'), created_at, failing_work, kind, sends_on, sends_from, sends_until, sends_zone,
            hourly_limit, daily_limit
        FROM mailboxes WHERE organization_id = $1 AND kind IN ('smtp_imap', 'gmail')
        """

    private static func mailbox(_ row: Row) throws -> Mailbox {
        let condition: MailboxCondition =
            switch try row.text(6) {
            case "failing":
                .failing(
                    try row.optionalText(7) ?? "", try row.optionalWord(11) ?? .receiving,
                    since: try row.instant(8))
            case "disabled": .disabled
            default: .working
            }
        let isGmail = try row.text(12) == "gmail"
        var mailbox = Mailbox(
            id: try row.id(0), organizationID: try row.id(1), name: try row.text(2),
            address: MailAddress(name: try row.text(4), address: try row.text(3)),
            connection: isGmail
                ? .gmail(try row.decoded(5, as: GmailSettings.self))
                : .servers(try row.decoded(5, as: MailServers.self)),
            condition: condition,
            cursor: isGmail
                ? try row.optionalDecoded(9, as: GmailCursor.self).map { .gmail($0) }
                : try row.optionalDecoded(9, as: FolderCursor.self).map { .folder($0) },
            createdAt: try row.instant(10))
        mailbox.sending = try rules(row, from: 13)
        return mailbox
    }

    /// Six columns in a row: days, from, until, zone, an hour's limit, a day's.
    private static func rules(_ row: Row, from first: Int) throws -> SendingRules {
        var rules = SendingRules(
            perHour: try row.optionalInt(first + 4), perDay: try row.optionalInt(first + 5))
        guard let days = try row.optionalTextArray(first) else { return rules }
        let window = try TimeOfDay(row.text(first + 1)).flatMap { opens in
            try TimeOfDay(row.text(first + 2)).flatMap { closes in
                SendingWindow(
                    weekdays: Set(Weekday.allCases.filter { days.contains("\($0)") }), opens: opens,
                    closes: closes, zone: try row.text(first + 3))
            }
        }
        guard let window else { throw StoreError.unreadable(column: first, "it is no window to send in") }
        rules.window = window
        return rules
    }

    @Sendable private func list(_ organization: OrganizationID) async throws -> [Mailbox] {
        let rows = try await database.rows(
            of: organization, Self.selection + "ORDER BY created_at, id LIMIT $2",
            [.id(organization), .int(Self.mostMailboxes)])
        return try rows.map(Self.mailbox)
    }

    @Sendable private func find(_ organization: OrganizationID, _ id: MailboxID) async throws -> Mailbox? {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.mailbox)
    }

    @Sendable private func sealedSecrets(_ organization: OrganizationID, _ id: MailboxID) async throws
        -> String?
    {
        let rows = try await database.rows(
            of: organization,
            "SELECT secret_encrypted FROM mailboxes WHERE organization_id = $1 AND id = $2",
            [.id(organization), .id(id)])
        return try rows.atMostOne()?.optionalText(0)
    }

    // MARK: Writing

    static func adding(_ mailbox: Mailbox, sealed: String, in organization: OrganizationID) throws -> Step {
        let (kind, settings) = try stored(mailbox.connection)
        return Step(
            """
            INSERT INTO mailboxes (organization_id, id, name, kind, address, display_name, settings, secret_encrypted,
                created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
            """,
            [
                .id(organization), .id(mailbox.id), .text(mailbox.name), .text(kind),
                .text(mailbox.address.address),
                .text(mailbox.address.name), settings, .text(sealed),
                .instant(mailbox.createdAt),
            ])
    }

    /// Its kind and the rest as JSON.
    private static func stored(_ connection: MailboxConnection) throws -> (kind: String, settings: Parameter)
    {
        switch connection {
        case .servers(let servers): ("smtp_imap", try .encoded(servers))
        case .gmail(let gmail): ("gmail", try .encoded(gmail))
        }
    }

    static func describing(
        _ mailbox: Mailbox, sealed: String, insteadOf former: String?, at now: Instant,
        in organization: OrganizationID
    ) throws -> Step {
        let (kind, settings) = try stored(mailbox.connection)
        return Step(
            """
            UPDATE mailboxes SET name = $3, kind = $4, address = $5, display_name = $6, settings = $7,
                secret_encrypted = $8, updated_at = $9, state = CASE WHEN state = 'disabled' THEN state ELSE 'ok' END,
                state_reason = NULL, failing_since = NULL, failing_work = NULL,
                cursor = CASE WHEN $10 THEN '{}' ELSE cursor END
            WHERE organization_id = $1 AND id = $2 AND secret_encrypted IS NOT DISTINCT FROM $11
            """,
            [
                .id(organization), .id(mailbox.id), .text(mailbox.name), .text(kind),
                .text(mailbox.address.address), .text(mailbox.address.name), settings, .text(sealed),
                .instant(now), .bool(mailbox.cursor == nil), .text(former),
            ], elseRefuse: .stale)
    }

    static func resealing(
        _ id: MailboxID, sealed: String, insteadOf former: String, at now: Instant,
        in organization: OrganizationID
    ) -> Step {
        Step(
            """
            UPDATE mailboxes SET secret_encrypted = $3, updated_at = $5
            WHERE organization_id = $1 AND id = $2 AND secret_encrypted = $4
            """,
            [.id(organization), .id(id), .text(sealed), .text(former), .instant(now)], elseRefuse: .stale)
    }

    static func setting(
        _ id: MailboxID, _ condition: MailboxCondition, at now: Instant, in organization: OrganizationID
    ) -> Step {
        let (state, reason, work, since): (String, String?, MailboxWork?, Instant?) =
            switch condition {
            case .working: ("ok", nil, nil, nil)
            case .failing(let reason, let work, let since): ("failing", reason, work, since)
            case .disabled: ("disabled", nil, nil, nil)
            }
        return Step(
            """
            UPDATE mailboxes SET state = $3, state_reason = $4, failing_since = $5, updated_at = $6, failing_work = $7
            WHERE organization_id = $1 AND id = $2
            """,
            [
                .id(organization), .id(id), .text(state), .text(reason), .instant(since), .instant(now),
                .text(work?.rawValue),
            ],
            elseRefuse: .stale)
    }

    static func setting(
        _ id: MailboxID, _ rules: SendingRules, at now: Instant, in organization: OrganizationID
    ) -> Step {
        let window = rules.window
        return Step(
            """
            UPDATE mailboxes SET sends_on = $3, sends_from = $4, sends_until = $5, sends_zone = $6, hourly_limit = $7,
                daily_limit = $8, updated_at = $9
            WHERE organization_id = $1 AND id = $2
            """,
            [
                .id(organization), .id(id), .textArray(window?.dayNames), .text(window?.opens.description),
                .text(window?.closes.description), .text(window?.zone), .int(rules.perHour),
                .int(rules.perDay), .instant(now),
            ], elseRefuse: .stale)
    }

    static func moving(
        _ id: MailboxID, to cursor: MailboxCursor, at now: Instant, in organization: OrganizationID
    ) throws -> Step {
        let stored: Parameter =
            switch cursor {
            case .folder(let cursor): try .encoded(cursor)
            case .gmail(let cursor): try .encoded(cursor)
            }
        return Step(
            """
            UPDATE mailboxes SET cursor = $3, updated_at = $4 WHERE organization_id = $1 AND id = $2
            """, [.id(organization), .id(id), stored, .instant(now)], elseRefuse: .stale)
    }
}
