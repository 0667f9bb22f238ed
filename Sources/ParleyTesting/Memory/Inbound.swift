import Desk
import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An event of a webhook with what its port does not show.
struct InboundRow: Sendable {
    var event: InboundEvent
    let raw: [UInt8]?
    var batch: InboundBatchID?
}

extension InMemoryBooks {
    var inbound: InboundBook {
        InboundBook(
            endpointAnywhere: { id in
                self.readAll { ledger in
                    ledger.tenants.values.flatMap(\.endpoints).first { $0.id == id }
                }
            },
            endpoints: { organization in
                self.read(organization) { $0.endpoints.inOrder(of: \.createdAt, \.id.uuid) }
            },
            receive: { delivery in try self.change { try $0.receive(delivery) } },
            countRefused: { organization, counts in
                self.change { ledger in
                    for (id, count) in counts {
                        ledger.editEndpoint(id, of: organization) { $0.counts.refused += count }
                    }
                }
            },
            event: { organization, id in
                self.read(organization) { $0.inbound.first { $0.event.id == id }?.event }
            },
            raw: { organization, id in
                self.read(organization) { $0.inbound.first { $0.event.id == id }?.raw }
            },
            events: { organization, filter, request in
                try self.read(organization) { rows in
                    let found = rows.inbound.map(\.event).filter { filter.takes($0) }
                    return try request.descending(found) { Place($0.receivedAt.microseconds, $0.id.uuid) }
                }
            },
            waiting: { organization, batch in
                self.read(organization) { rows in
                    rows.inbound.filter { $0.batch == batch && $0.event.state == .stored }.map(\.event.id)
                        .sorted { "\($0)" < "\($1)" }
                }
            },
            arrival: { organization, source, externalID in
                self.read(organization) { rows in
                    rows.arrivals.first {
                        $0.arrival.source == source && $0.arrival.externalID == externalID
                    }.map { row in
                        ArrivalFate(
                            id: row.arrival.id, state: row.state, reason: row.reason,
                            negotiationID: rows.messages.first { $0.id == row.message }?.negotiationID)
                    }
                }
            },
            email: { organization, outcome in
                self.read(organization) { rows in
                    rows.emails.first { $0.messageID == outcome.messageID }?.id
                        ?? rows.attempts.last { attempt in
                            outcome.providerMessageID.map { name in
                                name.utf8.count >= 10 && (attempt.serverReply ?? "").contains(name)
                            } ?? false
                        }?.emailID
                }
            })
    }
}

extension InboundFilter {
    fileprivate func takes(_ event: InboundEvent) -> Bool {
        (source == nil || source == event.source) && (type == nil || type == event.type)
            && (externalID == nil || externalID == event.externalID)
            && (state == nil || state == event.state)
            && (negotiationID == nil || negotiationID == event.negotiationID)
            && (matchedID == nil || matchedID == event.matched?.id)
    }
}

extension Ledger {
    mutating func editEndpoint(
        _ id: InboundEndpointID, of organization: OrganizationID, _ edit: (inout InboundEndpoint) -> Void
    ) {
        guard let place = tenants[organization]?.endpoints.firstIndex(where: { $0.id == id }) else { return }
        tenants[organization]?.endpoints[place].mark(edit)
    }

    mutating func receive(_ delivery: InboundDelivery) throws -> InboundReceipt {
        let organization = delivery.organizationID
        guard var rows = tenants[organization],
            rows.endpoints.contains(where: { $0.id == delivery.endpointID })
        else { throw CommitRefusal.missing("webhook_events_organization_id_endpoint_id_fkey") }
        if let token = delivery.token {
            let name = "\(delivery.endpointID) \(token.text)"
            guard rows.tokens[name, default: token.digest] == token.digest else {
                editEndpoint(delivery.endpointID, of: organization) { $0.counts.refused += 1 }
                return InboundReceipt(stored: 0, isTokenSpent: true)
            }
            rows.tokens[name] = token.digest
        }
        let batch: InboundBatchID = Identifier(UUID())
        var (stored, unreadable, hasWork) = (0, 0, false)
        for event in delivery.events {
            let isKnown = rows.inbound.contains {
                $0.event.source == delivery.source && $0.event.externalID == event.externalID
            }
            guard !isKnown else { continue }
            stored += 1
            let row = InboundRow(event, of: delivery, in: batch)
            if row.event.state == .quarantined { unreadable += 1 }
            hasWork = hasWork || row.batch != nil
            rows.inbound.append(row)
        }
        tenants[organization] = rows
        editEndpoint(delivery.endpointID, of: organization) { endpoint in
            endpoint.counts.verified += stored
            endpoint.counts.duplicate += delivery.events.count - stored
            endpoint.counts.quarantined += unreadable
            endpoint.lastEventAt = delivery.receivedAt
        }
        if hasWork {
            let job = Job(
                id: Identifier(UUID()), organizationID: organization, work: .applyInbound(batch),
                runAt: delivery.receivedAt)
            try commit(organization, [.enqueue(job)])
        }
        return InboundReceipt(stored: stored)
    }
}

extension InboundEndpoint {
    fileprivate mutating func mark(_ edit: (inout InboundEndpoint) -> Void) { edit(&self) }
}

extension InboundRow {
    fileprivate init(_ event: NewInboundEvent, of delivery: InboundDelivery, in batch: InboundBatchID) {
        let isWork = event.content.asksForWork
        let reason: String? = if case .unreadable(let reason) = event.content { reason } else { nil }
        let isDone = event.content == .notice
        self.event = InboundEvent(
            id: event.id, endpointID: delivery.endpointID, source: delivery.source, type: event.type,
            externalID: event.externalID, state: isWork ? .stored : isDone ? .processed : .quarantined,
            attempts: 0, error: reason, negotiationID: nil, matched: nil, payload: event.payload,
            content: event.content, receivedAt: delivery.receivedAt, createdAt: event.createdAt,
            processedAt: isDone ? delivery.receivedAt : nil)
        raw = event.raw
        self.batch = isWork ? batch : nil
    }
}

extension InboundEvent {
    fileprivate func copy(
        _ state: State, attempts: Int, error: String?, negotiationID: NegotiationID?, matched: Match?,
        processedAt: Instant?
    ) -> InboundEvent {
        InboundEvent(
            id: id, endpointID: endpointID, source: source, type: type, externalID: externalID, state: state,
            attempts: attempts, error: error, negotiationID: negotiationID, matched: matched,
            payload: payload, content: content, receivedAt: receivedAt, createdAt: createdAt,
            processedAt: processedAt)
    }
}

extension Writing {
    mutating func makeInbound(_ change: Change) throws {
        switch change {
        case .addInboundEndpoint(let endpoint):
            try own(endpoint.organizationID)
            try unique(!rows.endpoints.contains { $0.id == endpoint.id }, "webhook_endpoints_pkey")
            rows.endpoints.append(endpoint)
        case .updateInboundEndpoint(let endpoint, _):
            guard let place = rows.endpoints.firstIndex(where: { $0.id == endpoint.id }) else {
                return touched(false)
            }
            let counts = rows.endpoints[place].counts
            rows.endpoints[place] = endpoint
            rows.endpoints[place].counts = counts
        case .removeInboundEndpoint(let id, _):
            touched(rows.endpoints.contains { $0.id == id })
            rows.endpoints.removeAll { $0.id == id }
        case .settleInboundEvent(let id, let settlement, let now): settle(id, settlement, now)
        case .noteInboundFailure(let id, let words):
            for place in places({ $0.event.id == id && $0.event.state == .stored }) {
                let event = rows.inbound[place].event
                rows.inbound[place].event = event.copy(
                    .stored, attempts: event.attempts + 1, error: words, negotiationID: event.negotiationID,
                    matched: event.matched, processedAt: nil)
            }
        case .replayInboundEvents(let ids, let batch):
            for place in places({
                ids.contains($0.event.id) && ($0.event.state != .stored || $0.batch != nil)
            }) {
                let event = rows.inbound[place].event
                rows.inbound[place].batch = batch
                rows.inbound[place].event = event.copy(
                    .stored, attempts: event.attempts, error: event.error,
                    negotiationID: event.negotiationID,
                    matched: event.matched, processedAt: event.processedAt)
            }
        case .setTier(let tier, let asOf):
            guard rows.tierAsOf.map({ $0 <= asOf }) ?? true else { return }
            (rows.tier, rows.tierAsOf) = (tier, asOf)
        default: break
        }
    }

    private mutating func settle(_ id: InboundEventID, _ settlement: InboundSettlement, _ now: Instant) {
        let found = places { $0.event.id == id && $0.event.state == .stored && $0.batch != nil }
        let isOver = settlement.state == .processed || settlement.state == .ignored
        for place in found {
            let event = rows.inbound[place].event
            rows.inbound[place].batch = nil
            rows.inbound[place].event = event.copy(
                settlement.state, attempts: event.attempts + 1, error: settlement.error,
                negotiationID: settlement.negotiationID ?? event.negotiationID,
                matched: settlement.matched ?? event.matched, processedAt: isOver ? now : nil)
        }
        touched(!found.isEmpty)
    }

    /// What becomes of an arrival becomes of the event that brought it.
    mutating func follow(_ id: ArrivalID, at now: Instant) {
        guard let arrival = rows.arrivals.first(where: { $0.arrival.id == id }) else { return }
        let negotiation = rows.messages.first { $0.id == arrival.message }?.negotiationID
        let state: InboundEvent.State =
            arrival.state == .read ? .processed : arrival.state == .ignored ? .ignored : .quarantined
        let match = InboundEvent.Match("arrival", Identifier(id.uuid))
        for place in places({ $0.event.state == .stored && $0.event.matched == match }) {
            let event = rows.inbound[place].event
            rows.inbound[place].event = event.copy(
                state, attempts: event.attempts, error: arrival.reason, negotiationID: negotiation,
                matched: match, processedAt: now)
        }
    }

    private func places(_ isMeant: (InboundRow) -> Bool) -> [Int] {
        rows.inbound.indices.filter { isMeant(rows.inbound[$0]) }
    }
}
