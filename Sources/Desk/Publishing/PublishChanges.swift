import Negotiation
import Reading

extension Office {
    /// Commits changes, and in the same transaction what other systems are told of them: a crash loses neither, or both.
    func commit(_ organization: OrganizationID, _ changes: [Change]) async throws {
        try await books.commit(organization, changes + publishing(changes, of: organization))
    }

    /// The deliveries that follow from changes, and the jobs that bring them; none where nobody has subscribed.
    private func publishing(_ changes: [Change], of organization: OrganizationID) async throws -> [Change] {
        guard changes.contains(where: { !$0.mayBecome.isEmpty }) else { return [] }
        let receivers = try await books.subscriptions.list(organization).filter(\.isEnabled)
        let asked = receivers.reduce(into: Set<EventType>()) { $0.formUnion($1.events) }
        guard !asked.isEmpty else { return [] }
        var deliveries: [Change] = []
        var told: [WebhookSubscriptionID] = []
        let now = clock.now()
        for change in changes where !change.mayBecome.isDisjoint(with: asked) {
            for (type, facts) in try await events(of: change, in: organization) {
                let wanted = receivers.filter { $0.events.contains(type) }
                guard !wanted.isEmpty else { continue }
                let event = OutgoingEvent(
                    id: clock.newID(), type: type.rawValue, at: now,
                    facts: facts.merging(["organization_id": .id(organization)]) { fact, _ in fact })
                for receiver in wanted {
                    deliveries.append(.webhook(.addDelivery(try delivery(of: event, to: receiver.id))))
                    if !told.contains(receiver.id) { told.append(receiver.id) }
                }
            }
        }
        return deliveries + told.map { enqueueing(.deliverWebhooks($0), for: organization, at: now) }
    }

    /// An event on its way to a receiver.
    func delivery(of event: OutgoingEvent, to receiver: WebhookSubscriptionID) throws -> WebhookDelivery {
        WebhookDelivery(
            id: clock.newID(), subscriptionID: receiver, eventID: event.id, type: event.type,
            payload: try event.payload(), nextAttemptAt: event.at, createdAt: event.at)
    }

    private typealias Told = (type: EventType, facts: [String: OutgoingEvent.Fact])

    /// What one change is to other systems. What it is about is read where the change does not say.
    private func events(of change: Change, in organization: OrganizationID) async throws -> [Told] {
        switch change {
        case .addNegotiation(let record):
            return [
                (
                    .negotiationCreated,
                    [
                        "negotiation_id": .id(record.id), "status": .text(record.status.rawValue),
                        "vendor_id": .id(record.vendorID), "product_id": .id(record.productID),
                    ]
                )
            ]
        case .updateNegotiation(let record): return try await statusChange(to: record, in: organization)
        case .addMessage(let message), .assignMessage(let message): return Self.arrival(of: message)
        case .addApprovalRequest(let request):
            return [(.approvalRequested, Self.facts(of: request, status: request.status))]
        case .closeApprovalRequest(let id, let status, _, _):
            guard let request = try await books.approvals.find(organization, id) else { return [] }
            let isDecided = status == .approved || status == .rejected
            return [
                (isDecided ? .approvalDecided : .approvalLapsed, Self.facts(of: request, status: status))
            ]
        case .moveEmail(let id, _, let status, _, _):
            return try await fate(of: id, now: status, in: organization)
        case .addPurchaseOrder(let order, _):
            return [
                (
                    .purchaseOrderCreated,
                    ["purchase_order_id": .id(order.id), "negotiation_id": .id(order.negotiationID)]
                )
            ]
        default: return []
        }
    }

    private func statusChange(to record: NegotiationRecord, in organization: OrganizationID) async throws
        -> [Told]
    {
        // The commit is refused unless the record is still as it was seen, so what is stored is what was before.
        guard let before = try await books.negotiations.find(organization, record.id)?.status,
            before != record.status
        else { return [] }
        return [
            (
                .negotiationStatusChanged,
                [
                    "negotiation_id": .id(record.id), "status": .text(record.status.rawValue),
                    "previous_status": .text(before.rawValue),
                ]
            )
        ]
    }

    private static func arrival(of message: ThreadMessage) -> [Told] {
        guard message.direction == .inbound else { return [] }
        guard let negotiation = message.negotiationID else {
            return [(.messageUnmatched, ["message_id": .id(message.id)])]
        }
        guard Kind(rawValue: message.kind)?.isAnswer == true else { return [] }
        return [
            (
                .negotiationVendorReplied,
                [
                    "negotiation_id": .id(negotiation), "message_id": .id(message.id),
                    "kind": .text(message.kind), "intent": message.intent.map { .text($0) } ?? .none,
                    "binding": .truth(message.sender?.isBinding ?? false),
                ]
            )
        ]
    }

    private static func facts(
        of request: ApprovalRequest, status: ApprovalRequest.Status
    ) -> [String: OutgoingEvent.Fact] {
        [
            "approval_id": .id(request.id), "email_id": .id(request.emailID),
            "negotiation_id": .id(request.negotiationID), "status": .text(status.rawValue),
            "expires_at": .text("\(request.expiresAt)"),
        ]
    }

    private func fate(of id: EmailID, now status: EmailStatus, in organization: OrganizationID) async throws
        -> [Told]
    {
        let types: [EmailStatus: EventType] = [
            .sent: .emailSent, .failed: .emailFailed, .uncertain: .emailUncertain,
        ]
        guard let type = types[status], let email = try await books.emails.find(organization, id) else {
            return []
        }
        let facts: [String: OutgoingEvent.Fact] = [
            "email_id": .id(id), "negotiation_id": .id(email.negotiationID),
            "kind": .text(email.kind.rawValue),
            "status": .text(status.rawValue),
        ]
        guard status == .sent, email.kind == .purchaseOrder else { return [(type, facts)] }
        let order = try await books.negotiations.purchaseOrderOf(organization, email.negotiationID)
        let ordered: [String: OutgoingEvent.Fact] = [
            "purchase_order_id": .id(order?.id), "negotiation_id": .id(email.negotiationID),
            "email_id": .id(id),
        ]
        return [(type, facts), (.purchaseOrderSent, ordered)]
    }
}

extension Change {
    /// What other systems may be told of it. Most changes are nobody's business, and cost nothing here.
    fileprivate var mayBecome: Set<EventType> {
        switch self {
        case .addNegotiation: [.negotiationCreated]
        case .updateNegotiation: [.negotiationStatusChanged]
        case .addMessage(let message) where message.direction == .inbound:
            [.negotiationVendorReplied, .messageUnmatched]
        case .assignMessage: [.negotiationVendorReplied]
        case .addApprovalRequest: [.approvalRequested]
        case .closeApprovalRequest: [.approvalDecided, .approvalLapsed]
        case .addPurchaseOrder: [.purchaseOrderCreated]
        case .moveEmail(_, _, .sent, _, _): [.emailSent, .purchaseOrderSent]
        case .moveEmail(_, _, .failed, _, _): [.emailFailed]
        case .moveEmail(_, _, .uncertain, _, _): [.emailUncertain]
        default: []
        }
    }
}
