import Desk
import Negotiation
import Postgres

/// Inbound webhooks: endpoints, and the events that came to them.
struct WebhookStore: Sendable {
    let database: Database
    let collector: WebhookCollector

    var book: InboundBook {
        InboundBook(
            endpointAnywhere: endpointAnywhere, endpoints: endpoints, receive: collector.receive,
            countRefused: countRefused, event: event, raw: raw, events: events, waiting: waiting,
            arrival: arrival, email: email)
    }

    /// The most events of a batch that are read at once; the rest comes with the next look.
    private static let mostWaiting = 1_000

    // MARK: Endpoints

    private static let endpointSelection: SQL = """
        SELECT id, organization_id, provider, name, secrets_encrypted, public_key, overlap_ends, audience, settings,
            verified_count, duplicate_count, refused_count, quarantined_count, last_event_at, created_at
        FROM webhook_endpoints WHERE organization_id = $1 AND is_active
        """

    private static func endpoint(_ row: Row) throws -> InboundEndpoint {
        var endpoint = InboundEndpoint(
            id: try row.id(0), organizationID: try row.id(1), provider: try row.text(2),
            name: try row.text(3),
            sealedSecrets: try row.decoded(4, as: [String].self),
            publicKeys: (try row.optionalText(5) ?? "").split(separator: "\n").map(String.init),
            overlapEnds: try row.optionalInstant(6), audience: try row.optionalText(7),
            settings: try row.decoded(8, as: StoredInboundSettings.self).value,
            createdAt: try row.instant(14))
        endpoint.counts.verified = try row.int(9)
        endpoint.counts.duplicate = try row.int(10)
        endpoint.counts.refused = try row.int(11)
        endpoint.counts.quarantined = try row.int(12)
        endpoint.lastEventAt = try row.optionalInstant(13)
        return endpoint
    }

    @Sendable private func endpointAnywhere(_ id: InboundEndpointID) async throws -> InboundEndpoint? {
        let found = try await database.directory(
            "SELECT organization_id FROM webhook_addresses WHERE endpoint_id = $1", [.id(id)])
        guard let row = try found.atMostOne() else { return nil }
        let organization: OrganizationID = try row.id(0)
        let rows = try await database.rows(
            of: organization, Self.endpointSelection + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.endpoint)
    }

    @Sendable private func endpoints(_ organization: OrganizationID) async throws -> [InboundEndpoint] {
        let rows = try await database.rows(
            of: organization, Self.endpointSelection + "ORDER BY created_at, id LIMIT $2",
            [.id(organization), .int(1_000)])
        return try rows.map(Self.endpoint)
    }

    @Sendable private func countRefused(
        _ organization: OrganizationID, _ counts: [InboundEndpointID: Int]
    ) async throws {
        let steps = counts.sorted { "\($0.key)" < "\($1.key)" }.map { id, count in
            Statement(
                """
                UPDATE webhook_endpoints SET refused_count = refused_count + $3
                WHERE organization_id = $1 AND id = $2
                """, [.id(organization), .id(id), .int(count)])
        }
        try await refusing { try await database.pool.commit(tenant: organization.uuid, steps) }
    }

    // MARK: Events

    private static let selection: SQL = """
        SELECT id, endpoint_id, source, event_type, external_id, state, processing_attempts, processing_error,
            negotiation_id, matched_entity_type, matched_entity_id, payload, content, received_at, event_created_at,
            processed_at
        FROM webhook_events WHERE organization_id = $1
        """

    private static func event(_ row: Row) throws -> InboundEvent {
        let matched: Identifier<InboundEvent.Match>? = try row.optionalID(10)
        let type = try row.optionalText(9)
        return InboundEvent(
            id: try row.id(0), endpointID: try row.optionalID(1), source: try row.text(2),
            type: try row.text(3),
            externalID: try row.text(4), state: try row.word(5), attempts: try row.int(6),
            error: try row.optionalText(7), negotiationID: try row.optionalID(8),
            matched: matched.map { InboundEvent.Match(type ?? "", $0) }, payload: try row.text(11),
            content: try row.optionalDecoded(12, as: InboundContent.self), receivedAt: try row.instant(13),
            createdAt: try row.optionalInstant(14), processedAt: try row.optionalInstant(15))
    }

    @Sendable private func event(_ organization: OrganizationID, _ id: InboundEventID) async throws
        -> InboundEvent?
    {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.event)
    }

    @Sendable private func raw(_ organization: OrganizationID, _ id: InboundEventID) async throws -> [UInt8]?
    {
        let rows = try await database.rows(
            of: organization, "SELECT raw FROM webhook_events WHERE organization_id = $1 AND id = $2",
            [.id(organization), .id(id)])
        return try rows.atMostOne()?.optionalBytes(0)
    }

    @Sendable private func events(
        _ organization: OrganizationID, _ filter: InboundFilter, _ request: PageRequest
    ) async throws -> Page<InboundEvent> {
        let conditions: SQL = """
            AND (received_at, id) < ($2, $3) AND ($5::text IS NULL OR source = $5)
            AND ($6::text IS NULL OR event_type = $6) AND ($7::text IS NULL OR external_id = $7)
            AND ($8::text IS NULL OR state = $8) AND ($9::uuid IS NULL OR negotiation_id = $9)
            AND ($10::uuid IS NULL OR matched_entity_id = $10)
            ORDER BY received_at DESC, id DESC LIMIT $4
            """
        let rows = try await database.rows(
            of: organization, Self.selection + conditions,
            [.id(organization)] + (try request.newestFirst()) + [
                .words(filter.source), .words(filter.type), .words(filter.externalID), .word(filter.state),
                .id(filter.negotiationID), .id(filter.matchedID),
            ])
        return try request.page(rows) { row in
            let event = try Self.event(row)
            return (event, Cursor(event.receivedAt, event.id.uuid))
        }
    }

    @Sendable private func waiting(_ organization: OrganizationID, _ batch: InboundBatchID) async throws
        -> [InboundEventID]
    {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT id FROM webhook_events WHERE organization_id = $1 AND batch_id = $2 AND state = 'stored'
            ORDER BY id LIMIT $3
            """, [.id(organization), .id(batch), .int(Self.mostWaiting)])
        return try rows.map { try $0.id(0) }
    }

    // MARK: What events are about

    @Sendable private func arrival(
        _ organization: OrganizationID, _ source: String, _ externalID: String
    ) async throws -> ArrivalFate? {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT arrival.id, arrival.state, arrival.reason, message.negotiation_id FROM arrivals AS arrival
            LEFT JOIN messages AS message
                ON message.organization_id = $1 AND message.id = arrival.message_id
            WHERE arrival.organization_id = $1 AND arrival.source = $2 AND arrival.external_id = $3
            """, [.id(organization), .text(source), .words(externalID)])
        return try rows.atMostOne().map { row in
            ArrivalFate(
                id: try row.id(0), state: try row.word(1), reason: try row.optionalText(2),
                negotiationID: try row.optionalID(3))
        }
    }

    /// Bytes that a provider's id needs to be looked for in what a mail server answered.
    private static let shortestProviderID = 10

    /// A provider that writes a Message-ID of its own puts its id in front of the @ (SES), and SendGrid adds its filter's
    /// name behind a dot. A mail server says that id when it takes the email.
    @Sendable private func email(_ organization: OrganizationID, _ outcome: InboundOutcome) async throws
        -> EmailID?
    {
        let names = [
            outcome.providerMessageID.map { $0.prefix { $0 != "." } },
            outcome.messageID.map { $0.prefix { $0 != "@" } },
        ].compactMap { $0 }.filter { $0.utf8.count >= Self.shortestProviderID }
        let rows = try await database.rows(
            of: organization,
            """
            (SELECT id, 0 AS turn, created_at FROM emails WHERE organization_id = $1 AND message_id = $2)
            UNION ALL
            (SELECT email_id, 1, started_at FROM send_attempts
            WHERE organization_id = $1
                AND EXISTS (SELECT FROM unnest($3::text[]) AS name WHERE position(name IN server_reply) > 0)
            ORDER BY started_at DESC LIMIT 1)
            ORDER BY turn, created_at DESC LIMIT 1
            """,
            [
                .id(organization), .words(outcome.messageID.map { indexable($0) }),
                .textArray(names.map { storable(String($0)) }),
            ])
        return try rows.atMostOne()?.id(0)
    }
}

// MARK: - Writing

extension WebhookStore {
    static func steps(of change: Change, in organization: OrganizationID) throws -> [Step] {
        switch change {
        case .addInboundEndpoint(let endpoint): try adding(endpoint, in: organization)
        case .updateInboundEndpoint(let endpoint, let now):
            [try updating(endpoint, at: now, in: organization)]
        case .removeInboundEndpoint(let id, let now): removing(id, at: now, in: organization)
        case .settleInboundEvent(let id, let settlement, let now):
            [settling(id, settlement, at: now, in: organization)]
        case .noteInboundFailure(let id, let words):
            [
                Step(
                    """
                    UPDATE webhook_events SET processing_attempts = processing_attempts + 1, processing_error = $3
                    WHERE organization_id = $1 AND id = $2 AND state = 'stored'
                    """, [.id(organization), .id(id), .words(words, longest: 2_000)])
            ]
        case .replayInboundEvents(let ids, let batch): [replaying(ids, as: batch, in: organization)]
        case .setTier(let tier, let asOf):
            [
                Step(
                    """
                    UPDATE organizations SET subscription_tier = $2, tier_as_of = $3, updated_at = now()
                    WHERE id = $1 AND (tier_as_of IS NULL OR tier_as_of <= $3)
                    """, [.id(organization), .words(tier, longest: 50), .instant(asOf)])
            ]
        default: []
        }
    }

    private static func adding(_ endpoint: InboundEndpoint, in organization: OrganizationID) throws -> [Step]
    {
        [
            Step(
                """
                INSERT INTO webhook_endpoints (organization_id, id, provider, name, secrets_encrypted, public_key,
                    overlap_ends, audience, settings, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
                """,
                [
                    .id(organization), .id(endpoint.id), .text(endpoint.provider), .words(endpoint.name),
                    try .encoded(endpoint.sealedSecrets), publicKeys(of: endpoint),
                    .instant(endpoint.overlapEnds), .words(endpoint.audience),
                    try .encoded(endpoint.settings), .instant(endpoint.createdAt),
                ]),
            Step(
                "INSERT INTO webhook_addresses (organization_id, endpoint_id) VALUES ($1, $2)",
                [.id(organization), .id(endpoint.id)]),
        ]
    }

    private static func publicKeys(of endpoint: InboundEndpoint) -> Parameter {
        .words(endpoint.publicKeys.isEmpty ? nil : endpoint.publicKeys.joined(separator: "\n"))
    }

    private static func updating(
        _ endpoint: InboundEndpoint, at now: Instant, in organization: OrganizationID
    ) throws -> Step {
        Step(
            """
            UPDATE webhook_endpoints SET secrets_encrypted = $3, public_key = $4, overlap_ends = $5, settings = $6,
                updated_at = $7
            WHERE organization_id = $1 AND id = $2 AND is_active
            """,
            [
                .id(organization), .id(endpoint.id), try .encoded(endpoint.sealedSecrets),
                publicKeys(of: endpoint), .instant(endpoint.overlapEnds), try .encoded(endpoint.settings),
                .instant(now),
            ], elseRefuse: .stale)
    }

    private static func removing(
        _ id: InboundEndpointID, at now: Instant, in organization: OrganizationID
    ) -> [Step] {
        [
            Step(
                """
                UPDATE webhook_endpoints SET is_active = false, secrets_encrypted = '[]', updated_at = $3
                WHERE organization_id = $1 AND id = $2 AND is_active
                """, [.id(organization), .id(id), .instant(now)], elseRefuse: .stale),
            Step(
                "DELETE FROM webhook_addresses WHERE organization_id = $1 AND endpoint_id = $2",
                [.id(organization), .id(id)]),
        ]
    }

    /// An event that waits for its arrival to be read leaves its batch.
    private static func settling(
        _ id: InboundEventID, _ settlement: InboundSettlement, at now: Instant,
        in organization: OrganizationID
    ) -> Step {
        Step(
            """
            UPDATE webhook_events SET state = $3, processed = $4, processed_at = CASE WHEN $4 THEN $5 END,
                processing_error = $6, negotiation_id = coalesce($7, negotiation_id),
                matched_entity_type = coalesce($8, matched_entity_type),
                matched_entity_id = coalesce($9, matched_entity_id), batch_id = NULL,
                processing_attempts = processing_attempts + 1
            WHERE organization_id = $1 AND id = $2 AND state = 'stored' AND batch_id IS NOT NULL
            """,
            [
                .id(organization), .id(id), .word(settlement.state),
                .bool(settlement.state == .processed || settlement.state == .ignored), .instant(now),
                .words(settlement.error, longest: 2_000), .id(settlement.negotiationID),
                .words(settlement.matched?.type, longest: 50), .id(settlement.matched?.id),
            ], elseRefuse: .stale)
    }

    /// What becomes of an arrival becomes of the event that brought it.
    static func following(_ arrival: ArrivalID, at now: Instant, in organization: OrganizationID) -> Step {
        Step(
            """
            UPDATE webhook_events AS event SET processed = arrival.state <> 'quarantined', processed_at = $3,
                state = CASE arrival.state WHEN 'read' THEN 'processed' ELSE arrival.state END,
                processing_error = arrival.reason,
                negotiation_id = (
                    SELECT negotiation_id FROM messages WHERE organization_id = $1 AND id = arrival.message_id)
            FROM arrivals AS arrival
            WHERE event.organization_id = $1 AND event.matched_entity_id = $2
                AND event.matched_entity_type = 'arrival' AND event.state = 'stored'
                AND arrival.organization_id = $1 AND arrival.id = $2
            """, [.id(organization), .id(arrival), .instant(now)])
    }

    private static func replaying(
        _ ids: [InboundEventID], as batch: InboundBatchID, in organization: OrganizationID
    ) -> Step {
        // One whose mail is being read gets its end from there.
        Step(
            """
            UPDATE webhook_events SET state = 'stored', processed = false, batch_id = $3
            WHERE organization_id = $1 AND id = ANY($2) AND endpoint_id IS NOT NULL
                AND (state <> 'stored' OR batch_id IS NOT NULL)
            """, [.id(organization), .uuidArray(ids.map(\.uuid)), .id(batch)])
    }
}

/// Settings as a JSON column keeps them: what an older version did not know has its default.
private struct StoredInboundSettings: Decodable {
    let value: InboundSettings

    private enum CodingKeys: CodingKey { case origins, topic, customer, tiers }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        var value = InboundSettings()
        value.origins = try container.decodeIfPresent([String].self, forKey: .origins) ?? []
        value.topic = try container.decodeIfPresent(String.self, forKey: .topic)
        value.customer = try container.decodeIfPresent(String.self, forKey: .customer)
        value.tiers = try container.decodeIfPresent([String: String].self, forKey: .tiers) ?? [:]
        self.value = value
    }
}
