import Desk
import Negotiation
import Postgres

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes deliveries of one organization in one transaction: their events, what is counted, and the jobs.
struct WebhookIntake: Sendable {
    let database: Database

    /// The most events that one job works on.
    private static let eventsOfJob = 200
    /// Tokens out of date that are forgotten with each delivery.
    private static let forgottenTokens = 20

    /// What came of a transaction.
    struct Outcome: Sendable {
        /// As many as there were deliveries.
        let receipts: [InboundReceipt]
        /// Whether there is something to do for workers.
        let hasWork: Bool
    }

    /// Each delivery's events with the statements that store them; all deliveries are of one organization.
    func write(_ deliveries: [InboundDelivery], of organization: OrganizationID) async throws -> Outcome {
        let plans = try Self.plans(deliveries)
        let statements = plans.flatMap(\.statements)
        return try await refusing {
            try await database.pool.transaction(tenant: organization.uuid) { transaction in
                let results = try await transaction.pipeline(statements)
                var start = 0
                let stored = plans.map { plan in
                    defer { start += plan.statements.count }
                    return plan.stored(results[start..<(start + plan.statements.count)])
                }
                let jobs = Self.jobs(plans, stored)
                let rest = Self.counting(plans, stored) + jobs.flatMap { $0 }
                try await transaction.commit(after: rest)
                return Outcome(receipts: stored.map(\.receipt), hasWork: !jobs.isEmpty)
            }
        }
    }

    private static func plans(_ deliveries: [InboundDelivery]) throws -> [Plan] {
        var (batch, count) = (UUID.inbound(), 0)
        var plans: [Plan] = []
        for delivery in deliveries {
            var plan = Plan(delivery)
            for event in delivery.events {
                if count == eventsOfJob { (batch, count) = (UUID.inbound(), 0) }
                if event.content.asksForWork { count += 1 }
                try plan.add(event, batch: batch)
            }
            plans.append(plan)
        }
        return plans
    }

    /// One job for each batch that got anything new to do.
    private static func jobs(_ plans: [Plan], _ stored: [Plan.Stored]) -> [[Statement]] {
        let batches = Set(stored.flatMap(\.batches))
        guard !batches.isEmpty, let first = plans.first?.delivery else { return [] }
        let enqueueing = batches.sorted { $0.uuidString < $1.uuidString }.map { batch in
            [
                JobStore.enqueueing(
                    Job(
                        id: Identifier(UUID.inbound()), organizationID: first.organizationID,
                        work: .applyInbound(Identifier(batch)), runAt: first.receivedAt)
                ).statement
            ]
        }
        return enqueueing + [[JobStore.scheduling(first.organizationID, at: first.receivedAt).statement]]
    }

    private static func counting(_ plans: [Plan], _ stored: [Plan.Stored]) -> [Statement] {
        var counts: [InboundEndpointID: (verified: Int, duplicate: Int, quarantined: Int, spent: Int)] = [:]
        for (plan, stored) in zip(plans, stored) {
            var count = counts[plan.delivery.endpointID] ?? (0, 0, 0, 0)
            count.verified += stored.receipt.stored
            count.quarantined += stored.unreadable
            if stored.receipt.isTokenSpent {
                count.spent += 1
            } else {
                count.duplicate += plan.delivery.events.count - stored.receipt.stored
            }
            counts[plan.delivery.endpointID] = count
        }
        guard let first = plans.first?.delivery else { return [] }
        return counts.sorted { "\($0.key)" < "\($1.key)" }.map { id, count in
            Statement(
                """
                UPDATE webhook_endpoints SET verified_count = verified_count + $3,
                    duplicate_count = duplicate_count + $4, quarantined_count = quarantined_count + $5,
                    refused_count = refused_count + $6, last_event_at = greatest(last_event_at, $7)
                WHERE organization_id = $1 AND id = $2
                """,
                [
                    .id(first.organizationID), .id(id), .int(count.verified), .int(count.duplicate),
                    .int(count.quarantined), .int(count.spent), .instant(first.receivedAt),
                ])
        }
    }

    // MARK: One delivery

    /// The statements of one delivery, and how their results are read.
    private struct Plan: Sendable {
        let delivery: InboundDelivery
        private(set) var statements: [Statement] = []
        private var events: [(batch: UUID?, isUnreadable: Bool)] = []
        private let tokenStatements: Int

        struct Stored: Sendable {
            let receipt: InboundReceipt
            let unreadable: Int
            /// Batches that got something to do.
            let batches: Set<UUID>
        }

        init(_ delivery: InboundDelivery) {
            self.delivery = delivery
            if let token = delivery.token { statements = Self.spending(token, of: delivery) }
            tokenStatements = statements.count
        }

        func stored(_ results: ArraySlice<Rows>) -> Stored {
            let isSpent = tokenStatements > 0 && results[results.startIndex + tokenStatements - 1].isEmpty
            let inserted = zip(results.dropFirst(tokenStatements), events).filter { $0.0.affected == 1 }
                .map(\.1)
            return Stored(
                receipt: InboundReceipt(stored: inserted.count, isTokenSpent: isSpent),
                unreadable: inserted.count { $0.isUnreadable }, batches: Set(inserted.compactMap(\.batch)))
        }

        /// Forgets old tokens, takes this one, and finds it if it is this content's; in this order.
        private static func spending(_ token: InboundToken, of delivery: InboundDelivery) -> [Statement] {
            [
                Statement(
                    """
                    DELETE FROM webhook_tokens WHERE organization_id = $1 AND (endpoint_id, token) IN (
                        SELECT endpoint_id, token FROM webhook_tokens WHERE organization_id = $1 AND expires_at < $2
                        LIMIT $3)
                    """,
                    [
                        .id(delivery.organizationID), .instant(delivery.receivedAt),
                        .int(forgottenTokens),
                    ]),
                Statement(
                    """
                    INSERT INTO webhook_tokens (organization_id, endpoint_id, token, digest, expires_at)
                    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (organization_id, endpoint_id, token) DO NOTHING
                    """,
                    [
                        .id(delivery.organizationID), .id(delivery.endpointID), .words(token.text),
                        .bytes(token.digest), .instant(token.expiresAt),
                    ]),
                Statement(
                    """
                    SELECT token FROM webhook_tokens
                    WHERE organization_id = $1 AND endpoint_id = $2 AND token = $3 AND digest = $4
                    """,
                    [
                        .id(delivery.organizationID), .id(delivery.endpointID), .words(token.text),
                        .bytes(token.digest),
                    ]),
            ]
        }

        mutating func add(_ event: NewInboundEvent, batch: UUID) throws {
            let asksForWork = event.content.asksForWork
            let reason: String? = if case .unreadable(let reason) = event.content { reason } else { nil }
            events.append((asksForWork ? batch : nil, reason != nil))
            let isDone = event.content == .notice
            let state: InboundEvent.State = asksForWork ? .stored : isDone ? .processed : .quarantined
            let insertion: SQL = """
                INSERT INTO webhook_events (organization_id, id, source, event_type, external_id, payload, headers, raw,
                    content, endpoint_id, ip_address, user_agent, received_at, event_created_at, state, processed,
                    processed_at, processing_error, batch_id)
                """
            let values: SQL = """
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
                ON CONFLICT (organization_id, source, external_id) DO NOTHING
                """
            let valuesUnlessSpent: SQL = """
                SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10::uuid, $11, $12, $13, $14, $15, $16, $17, $18, $19
                WHERE EXISTS (
                    SELECT FROM webhook_tokens
                    WHERE organization_id = $1 AND endpoint_id = $10 AND token = $20 AND digest = $21)
                ON CONFLICT (organization_id, source, external_id) DO NOTHING
                """
            var parameters: [Parameter] = [
                .id(delivery.organizationID), .id(event.id), .text(delivery.source),
                .words(event.type, longest: 100), .words(event.externalID, longest: 255),
                .json(Array(event.payload.utf8)), .json(Array(delivery.headers.utf8)), .bytes(event.raw),
                try .encoded(event.content), .id(delivery.endpointID),
                .words(delivery.origin.ipAddress, longest: 45),
                .words(delivery.origin.userAgent, longest: 500), .instant(delivery.receivedAt),
                .instant(event.createdAt), .word(state), .bool(isDone),
                .instant(isDone ? delivery.receivedAt : nil), .words(reason, longest: 2_000),
                .uuid(asksForWork ? batch : nil),
            ]
            guard let token = delivery.token else {
                statements.append(Statement(insertion + values, parameters))
                return
            }
            parameters += [.words(token.text), .bytes(token.digest)]
            statements.append(Statement(insertion + valuesUnlessSpent, parameters))
        }
    }
}

extension UUID {
    /// Names a batch or its job. Nobody looks for either by time.
    fileprivate static func inbound() -> UUID { UUID() }
}
