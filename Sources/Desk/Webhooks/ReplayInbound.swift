import Negotiation

extension Office {
    /// The most events that are replayed at once.
    public static let mostReplays = 1_000

    /// Processes events again. What they ask for is done at most once however often they are replayed: a mail counts
    /// once, a tier is set to the newest that is known, and a negotiation changes its state only where it is not there.
    public func replayInbound(
        _ ids: [InboundEventID], in organization: OrganizationID, origin: Origin
    ) async throws -> [InboundEvent] {
        guard (1...Self.mostReplays).contains(ids.count) else {
            throw DeskError.invalid(field: "ids", "name 1 to \(Self.mostReplays) events")
        }
        var events: [InboundEvent] = []
        for id in ids {
            guard let event = try await books.inbound.event(organization, id) else {
                throw DeskError.notFound("webhook event")
            }
            guard event.endpointID != nil else {
                throw DeskError.conflict(
                    "not_verified", "The event was written by another service, and Parley does not act on it."
                )
            }
            events.append(event)
        }
        let batch: InboundBatchID = clock.newID()
        let now = clock.now()
        let records: [Change] = events.map { event in
            .audit(
                AuditEntry(
                    action: "webhook_event.replayed", entityType: "webhook_event", entityID: event.id.uuid,
                    description: "The event \(event.type) of \(event.source) is processed again",
                    origin: origin, at: now))
        }
        try await commit(
            organization,
            [.replayInboundEvents(ids, batch)] + records + [
                enqueueing(.applyInbound(batch), for: organization, at: now)
            ])
        return events
    }

    /// As ``replayInbound(_:in:origin:)``, for somebody who asks.
    public func replayInbound(_ ids: [InboundEventID], by caller: Caller) async throws -> [InboundEvent] {
        try requireWriter(caller)
        return try await replayInbound(ids, in: caller.organizationID, origin: caller.origin)
    }
}
