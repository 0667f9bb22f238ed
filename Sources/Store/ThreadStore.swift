import Desk
import Negotiation
import Postgres

/// What arrived, and the messages that it became.
struct ThreadStore: Sendable {
    let database: Database

    var book: ThreadBook {
        ThreadBook(
            arrival: arrival, quarantined: quarantined, messages: messages, unmatched: unmatched,
            message: message, bankAccounts: bankAccounts, hasInbound: hasInbound,
            candidates: MatchCandidates(database: database).find)
    }

    // MARK: Reading

    @Sendable private func arrival(_ organization: OrganizationID, _ id: ArrivalID) async throws
        -> (Arrival, Arrival.State)?
    {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT id, source, external_id, raw, received_at, state, mailbox_id, provider_thread_id
            FROM arrivals WHERE organization_id = $1 AND id = $2
            """, [.id(organization), .id(id)])
        return try rows.atMostOne().map { row in
            let arrival = Arrival(
                id: try row.id(0), source: try row.text(1), externalID: try row.text(2),
                raw: try row.bytes(3),
                receivedAt: try row.instant(4), mailboxID: try row.optionalID(6),
                providerThreadID: try row.optionalText(7))
            return (arrival, try row.word(5))
        }
    }

    @Sendable private func quarantined(_ organization: OrganizationID, _ request: PageRequest) async throws
        -> Page<QuarantinedArrival>
    {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT id, source, received_at, reason, octet_length(raw) FROM arrivals
            WHERE organization_id = $1 AND state = 'quarantined' AND (received_at, id) < ($2, $3)
            ORDER BY received_at DESC, id DESC LIMIT $4
            """, [.id(organization)] + (try request.newestFirst()))
        return try request.page(rows) { row in
            let arrival = QuarantinedArrival(
                id: try row.id(0), source: try row.text(1), receivedAt: try row.instant(2),
                reason: try row.optionalText(3) ?? "", size: try row.int(4))
            return (arrival, Cursor(arrival.receivedAt, arrival.id.uuid))
        }
    }

    private static let selection: SQL = """
        SELECT id, negotiation_id, direction, arrival_id, email_id, message_id, in_reply_to, reference_ids, subject,
            from_name, from_address, recipients, date, received_at, kind, intent, text, reply_text, signature,
            attachments, match_reason, match_state, thread_index, provider_thread_id,
            sender_verdict, bank_accounts, has_html
        FROM messages WHERE organization_id = $1
        """

    private static func message(_ row: Row) throws -> ThreadMessage {
        var message = ThreadMessage(
            id: try row.id(0), negotiationID: try row.optionalID(1), direction: try row.word(2),
            arrivalID: try row.optionalID(3), emailID: try row.optionalID(4),
            mailMessageID: try row.optionalText(5) ?? "", inReplyTo: try row.optionalText(6),
            references: try row.textArray(7), subject: try row.text(8),
            from: MailAddress(
                name: try row.optionalText(9) ?? "", address: try row.optionalText(10) ?? ""),
            recipients: try row.decoded(11, as: [StoredAddress].self).map(\.value),
            date: try row.optionalInstant(12), receivedAt: try row.instant(13), kind: try row.text(14),
            intent: try row.optionalText(15), text: try row.text(16), replyText: try row.text(17),
            signature: try row.text(18),
            attachments: try row.decoded(19, as: [ThreadMessage.Attachment].self),
            matchReason: try row.optionalText(20), matchState: try row.word(21))
        message.threadIndex = try row.optionalText(22)
        message.providerThreadID = try row.optionalText(23)
        message.sender = try row.optionalDecoded(24, as: SenderReport.self)
        message.bankAccounts = try row.textArray(25)
        message.hasHTML = try row.bool(26)
        return message
    }

    @Sendable private func messages(_ organization: OrganizationID, _ id: NegotiationID) async throws
        -> [ThreadMessage]
    {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND negotiation_id = $2 ORDER BY received_at, id",
            [.id(organization), .id(id)])
        return try rows.map(Self.message)
    }

    @Sendable private func unmatched(_ organization: OrganizationID, _ request: PageRequest) async throws
        -> Page<ThreadMessage>
    {
        let page: SQL = """
            AND match_state IN ('unmatched', 'ambiguous') AND (received_at, id) < ($2, $3)
            ORDER BY received_at DESC, id DESC LIMIT $4
            """
        let rows = try await database.rows(
            of: organization, Self.selection + page, [.id(organization)] + (try request.newestFirst()))
        return try request.page(rows) { row in
            let message = try Self.message(row)
            return (message, Cursor(message.receivedAt, message.id.uuid))
        }
    }

    @Sendable private func message(_ organization: OrganizationID, _ id: MessageID) async throws
        -> ThreadMessage?
    {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.message)
    }

    @Sendable private func bankAccounts(
        _ organization: OrganizationID, _ vendor: VendorID, _ message: MessageID
    ) async throws -> Set<String> {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT DISTINCT unnest(bank_accounts) FROM messages AS message
            JOIN negotiations AS negotiation
                ON negotiation.organization_id = $1 AND negotiation.id = message.negotiation_id
            WHERE message.organization_id = $1 AND negotiation.vendor_id = $2 AND message.id <> $3
                AND bank_accounts <> '{}' AND (sender_verdict ->> 'isBinding')::boolean
            """, [.id(organization), .id(vendor), .id(message)])
        return Set(try rows.map { try $0.text(0) })
    }

    @Sendable private func hasInbound(_ organization: OrganizationID, _ messageID: String) async throws
        -> Bool
    {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT EXISTS (
                SELECT FROM messages WHERE organization_id = $1 AND message_id = $2 AND direction = 'inbound')
            """, [.id(organization), .text(indexable(messageID))])
        return try rows.single().bool(0)
    }
}

/// A Message-ID as it stands in an index. The server refuses to index more than some 2,700 bytes; RFC 5322 allows 998
/// characters in a line. What is longer keeps its beginning and a digest of all of it.
func indexable(_ messageID: String) -> String {
    let text = storable(messageID)
    guard text.utf8.count > 998 else { return text }
    // FNV-1a over both directions: 128 bits against chance; a forger gains no more than from any copied Message-ID.
    let digests = [fnv1a(text.utf8), fnv1a(text.utf8.reversed())].map { String($0, radix: 16) }
    return storable(text, longest: 200) + "…" + digests.joined()
}

/// FNV-1a, 64 bits: the same in every version of the program and on every machine.
func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}

// MARK: - Writing

extension ThreadStore {
    /// Stores an arrival with the job to read it, in one statement: neither when the source has delivered it before.
    static func adding(_ arrival: Arrival, unlessKnown job: Job, in organization: OrganizationID) -> Step {
        let row = JobRow(job.work)
        return Step(
            """
            WITH arrived AS (
                INSERT INTO arrivals (organization_id, id, source, external_id, raw, received_at, mailbox_id,
                    provider_thread_id)
                VALUES ($1, $2, $3, $4, $5, $6, $13, $14)
                ON CONFLICT (organization_id, source, external_id) DO NOTHING
                RETURNING organization_id
            )
            INSERT INTO jobs (organization_id, id, kind, unique_key, payload, run_at, max_attempts)
            SELECT organization_id, $7, $8, $9, $10, $11, $12 FROM arrived
            """,
            [
                .id(organization), .id(arrival.id), .text(arrival.source), .words(arrival.externalID),
                .bytes(arrival.raw), .instant(arrival.receivedAt), .id(job.id), .text(row.kind),
                .text(row.uniqueKey), .json(row.payload), .instant(job.runAt), .int(Job.mostAttempts),
                .id(arrival.mailboxID),
                .words(arrival.providerThreadID, longest: 255),
            ])
    }

    static func settling(
        _ id: ArrivalID, _ state: Arrival.State, reason: String?, message: MessageID?, at now: Instant,
        in organization: OrganizationID
    ) -> Step {
        Step(
            """
            UPDATE arrivals SET state = $3, reason = $4, message_id = $5, processed_at = $6, attempts = attempts + 1
            WHERE organization_id = $1 AND id = $2 AND state = 'stored'
            """,
            [.id(organization), .id(id), .word(state), .words(reason), .id(message), .instant(now)],
            elseRefuse: .stale)
    }

    static func adding(_ message: ThreadMessage, in organization: OrganizationID) throws -> [Step] {
        let insertion = Step(
            """
            INSERT INTO messages (organization_id, id, negotiation_id, direction, arrival_id, email_id, message_id,
                in_reply_to, reference_ids, subject, from_name, from_address, recipients, date, received_at, kind,
                intent, text, reply_text, signature, attachments, match_reason, match_state, thread_index,
                provider_thread_id, sender_verdict, bank_accounts, has_html)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24, $25, $26, $27, $28)
            """,
            [
                .id(organization), .id(message.id), .id(message.negotiationID), .word(message.direction),
                .id(message.arrivalID), .id(message.emailID), .text(indexable(message.mailMessageID)),
                .words(message.inReplyTo), .textArray(message.references.map { storable($0) }),
                .words(message.subject), .words(message.from.name), .words(message.from.address),
                try .encoded(message.recipients.map { StoredAddress($0) }), .instant(message.date),
                .instant(message.receivedAt), .text(message.kind), .text(message.intent),
                .words(message.text), .words(message.replyText), .words(message.signature),
                try .encoded(message.attachments.map(\.storable)), .words(message.matchReason),
                .word(message.matchState), .text(message.threadIndex),
                .words(message.providerThreadID, longest: 255),
                try .encoded(message.sender?.storable), .textArray(message.bankAccounts),
                .bool(message.hasHTML),
            ])
        return [insertion] + (try noting(message, in: organization))
    }

    static func assigning(_ message: ThreadMessage, in organization: OrganizationID) throws -> Step {
        Step(
            """
            UPDATE messages SET negotiation_id = $3, match_state = $4, match_reason = $5, sender_verdict = $6,
                bank_accounts = $7
            WHERE organization_id = $1 AND id = $2 AND match_state IN ('unmatched', 'ambiguous')
            """,
            [
                .id(organization), .id(message.id), .id(message.negotiationID), .word(message.matchState),
                .words(message.matchReason), try .encoded(message.sender?.storable),
                .textArray(message.bankAccounts),
            ], elseRefuse: .stale)
    }

    /// What the platform's other services read of the thread in the negotiation itself.
    private static func noting(_ message: ThreadMessage, in organization: OrganizationID) throws -> [Step] {
        guard message.direction == .outbound, let negotiation = message.negotiationID else { return [] }
        let content = [
            "subject": storable(message.subject), "body": storable(message.text),
            "message_id": message.mailMessageID,
        ]
        return [
            Step(
                """
                UPDATE negotiations SET email_thread_id = coalesce(email_thread_id, $3), last_email_content = $4
                WHERE organization_id = $1 AND id = $2
                """,
                [
                    .id(organization), .id(negotiation), .words(message.mailMessageID, longest: 255),
                    try .encoded(content),
                ])
        ]
    }
}

extension ThreadMessage.Attachment {
    fileprivate var storable: Self {
        Self(
            filename: Store.storable(filename), contentType: Store.storable(contentType), size: size,
            sha256: sha256)
    }
}
