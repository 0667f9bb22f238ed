import Desk
import Negotiation
import Postgres

/// Subscriptions of other systems, and what they are told.
struct SubscriptionStore: Sendable {
    let database: Database

    var book: SubscriptionBook {
        SubscriptionBook(
            list: list, find: find, sealedSecrets: sealedSecrets, due: due, deliveries: deliveries,
            delivery: delivery, attempts: attempts)
    }

    /// The most subscriptions that are read back of one organization.
    private static let mostSubscriptions = 1_000

    // MARK: Subscriptions

    private static let subscriptions: SQL = """
        SELECT id, organization_id, url, description, events, state, state_reason, failing_since,
            previous_secret_until, created_at
        FROM webhook_subscriptions WHERE organization_id = $1 AND state <> 'removed'
        """

    private static func subscription(_ row: Row) throws -> WebhookSubscription {
        let isEnabled = try row.text(5) == "enabled"
        return WebhookSubscription(
            id: try row.id(0), organizationID: try row.id(1), url: try row.text(2),
            description: try row.text(3),
            // A newer version may know more types of events; this one tells none of them.
            events: Set(try row.textArray(4).compactMap(EventType.init)),
            condition: isEnabled ? .enabled : .disabled(try row.optionalText(6) ?? ""),
            failingSince: try row.optionalInstant(7), previousSecretUntil: try row.optionalInstant(8),
            createdAt: try row.instant(9))
    }

    @Sendable private func list(_ organization: OrganizationID) async throws -> [WebhookSubscription] {
        let rows = try await database.rows(
            of: organization, Self.subscriptions + "ORDER BY created_at, id LIMIT $2",
            [.id(organization), .int(Self.mostSubscriptions)])
        return try rows.map(Self.subscription)
    }

    @Sendable private func find(_ organization: OrganizationID, _ id: WebhookSubscriptionID) async throws
        -> WebhookSubscription?
    {
        let rows = try await database.rows(
            of: organization, Self.subscriptions + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.subscription)
    }

    @Sendable private func sealedSecrets(_ organization: OrganizationID, _ id: WebhookSubscriptionID)
        async throws -> SealedWebhookSecrets?
    {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT secret_encrypted, previous_secret_encrypted FROM webhook_subscriptions
            WHERE organization_id = $1 AND id = $2 AND secret_encrypted IS NOT NULL
            """, [.id(organization), .id(id)])
        return try rows.atMostOne().map {
            SealedWebhookSecrets(current: try $0.text(0), previous: try $0.optionalText(1))
        }
    }

    // MARK: Deliveries

    private static let deliveries: SQL = """
        SELECT id, subscription_id, event_id, event_type, payload, state, attempts, tries, next_attempt_at, last_status,
            last_error, created_at
        FROM webhook_deliveries WHERE organization_id = $1
        """

    private static func delivery(_ row: Row) throws -> WebhookDelivery {
        WebhookDelivery(
            id: try row.id(0), subscriptionID: try row.id(1), eventID: try row.id(2), type: try row.text(3),
            payload: try row.text(4), state: try row.word(5), attempts: try row.int(6),
            tries: try row.int(7), nextAttemptAt: try row.instant(8), lastStatus: try row.optionalInt(9),
            lastError: try row.optionalText(10), createdAt: try row.instant(11))
    }

    @Sendable private func due(
        _ organization: OrganizationID, _ receiver: WebhookSubscriptionID, _ now: Instant, _ most: Int
    ) async throws -> [WebhookDelivery] {
        let rows = try await database.rows(
            of: organization,
            Self.deliveries
                + """
                AND subscription_id = $2 AND state = 'due' AND next_attempt_at <= $3
                ORDER BY next_attempt_at, id LIMIT $4
                """, [.id(organization), .id(receiver), .instant(now), .int(most)])
        return try rows.map(Self.delivery)
    }

    @Sendable private func deliveries(
        _ organization: OrganizationID, _ receiver: WebhookSubscriptionID, _ request: PageRequest
    ) async throws -> Page<WebhookDelivery> {
        let rows = try await database.rows(
            of: organization,
            Self.deliveries
                + """
                AND subscription_id = $5 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4
                """, [.id(organization)] + (try request.newestFirst()) + [.id(receiver)])
        return try request.page(rows) { row in
            let delivery = try Self.delivery(row)
            return (delivery, Cursor(delivery.createdAt, delivery.id.uuid))
        }
    }

    @Sendable private func delivery(_ organization: OrganizationID, _ id: WebhookDeliveryID) async throws
        -> WebhookDelivery?
    {
        let rows = try await database.rows(
            of: organization, Self.deliveries + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.delivery)
    }

    @Sendable private func attempts(_ organization: OrganizationID, _ id: WebhookDeliveryID) async throws
        -> [WebhookAttempt]
    {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT number, started_at, milliseconds, status, answer, error FROM webhook_attempts
            WHERE organization_id = $1 AND delivery_id = $2 ORDER BY number DESC LIMIT $3
            """, [.id(organization), .id(id), .int(SubscriptionBook.mostAttempts)])
        return try rows.reversed().map { row in
            WebhookAttempt(
                number: try row.int(0), startedAt: try row.instant(1), milliseconds: try row.int(2),
                status: try row.optionalInt(3), answer: try row.text(4), error: try row.optionalText(5))
        }
    }
}
