import Negotiation

extension Office {
    /// Does what the events of a batch ask for, one after the other, each in a transaction of its own. One that fails
    /// keeps none of the others from being done; it is tried again with the job, and in the end put into quarantine.
    func applyInbound(_ batch: InboundBatchID, job: Job) async throws {
        var failure: (any Error)?
        for id in try await books.inbound.waiting(job.organizationID, batch) {
            do {
                try await apply(id, of: job.organizationID)
            } catch CommitRefusal.unavailable(let reason) {
                throw CommitRefusal.unavailable(reason)
            } catch {
                failure = error
                try await note(error, about: id, job: job)
            }
        }
        if let failure, job.attempts < Job.mostAttempts { throw failure }
        try await finish(job)
    }

    private func note(_ error: any Error, about id: InboundEventID, job: Job) async throws {
        let words = Self.words(for: error)
        guard job.attempts >= Job.mostAttempts else {
            return try await commit(job.organizationID, [.noteInboundFailure(id, words)])
        }
        let given = InboundSettlement(.quarantined, error: "Given up after \(job.attempts) tries: \(words)")
        try await commit(
            job.organizationID, [.settleInboundEvent(id, given, at: clock.now())])
    }

    private func apply(_ id: InboundEventID, of organization: OrganizationID) async throws {
        guard let event = try await books.inbound.event(organization, id), event.state == .stored else {
            return
        }
        switch event.content {
        case .mail: try await applyMail(event, of: organization)
        case .outcome(let outcome): try await apply(outcome, of: event, in: organization)
        case .mailbox(let address): try await applyChange(of: address, event, in: organization)
        case .subscription(let subscription):
            try await apply(subscription, of: event, in: organization)
        case .topic(let topic, let address):
            try await inbound.confirmTopic(address)
            try await settle(
                event, of: organization, InboundSettlement(.processed),
                [eventRecord(event, "confirmed", "The subscription of \(topic) is confirmed.")])
        case .notice: try await settle(event, of: organization, InboundSettlement(.processed))
        case .unreadable(let reason):
            try await settle(event, of: organization, InboundSettlement(.quarantined, error: reason))
        case nil:
            let words = "Another service wrote it."
            try await settle(event, of: organization, InboundSettlement(.ignored, error: words))
        }
    }

    private func settle(
        _ event: InboundEvent, of organization: OrganizationID, _ settlement: InboundSettlement,
        _ changes: [Change] = []
    ) async throws {
        try await commit(
            organization, changes + [.settleInboundEvent(event.id, settlement, at: clock.now())])
    }

    private func eventRecord(_ event: InboundEvent, _ what: String, _ words: String) -> Change {
        .audit(
            AuditEntry(
                action: "webhook_event.\(what)", entityType: "webhook_event", entityID: event.id.uuid,
                description: words, origin: .parley, at: clock.now()))
    }

    // MARK: Mail

    /// Hands a mail in at the door for all arrivals. What becomes of it there becomes of the event.
    private func applyMail(_ event: InboundEvent, of organization: OrganizationID) async throws {
        if let fate = try await books.inbound.arrival(organization, event.source, event.externalID) {
            // It is being read at the moment, by another job: look again.
            guard fate.state != .stored else { throw DeskError.busy }
            return try await settle(event, of: organization, fate.settlement)
        }
        guard let raw = try await books.inbound.raw(organization, event.id) else {
            let words = "Its message was not kept."
            return try await settle(event, of: organization, InboundSettlement(.quarantined, error: words))
        }
        let (arrival, arriving) = try arriving(
            raw, source: event.source, externalID: event.externalID, for: organization)
        let waiting = InboundSettlement(
            .stored, matched: InboundEvent.Match("arrival", Identifier(arrival.id.uuid)))
        try await settle(event, of: organization, waiting, [arriving])
    }

    // MARK: Mailboxes and subscriptions

    /// The topic of Pub/Sub that an organization's mailboxes of Gmail tell of new messages, if an endpoint names one.
    public func gmailTopic(of organization: OrganizationID) async throws -> String? {
        try await books.inbound.endpoints(organization).compactMap(\.settings.topic).first
    }

    /// Has a mailbox read now. The notification itself is only a hint.
    private func applyChange(of address: String?, _ event: InboundEvent, in organization: OrganizationID)
        async throws
    {
        let mailboxes = try await books.mailboxes.list(organization).filter { mailbox in
            guard mailbox.condition != .disabled, mailbox.isRead else { return false }
            if let address {
                return mailbox.servers == nil
                    && mailbox.address.address.lowercased() == address.lowercased()
            }
            return mailbox.servers?.oauth?.provider == .microsoft
        }
        for mailbox in mailboxes { await inbound.lookInto(mailbox.id) }
        guard let first = mailboxes.first else {
            let words = "No mailbox of the organization is meant."
            return try await settle(event, of: organization, InboundSettlement(.ignored, error: words))
        }
        let match = InboundEvent.Match("mailbox", Identifier(first.id.uuid))
        try await settle(event, of: organization, InboundSettlement(.processed, matched: match))
    }

    /// The tier of an organization whose subscription has ended.
    static let freeTier = "free"

    /// The organization's tier is what it pays for.
    private func apply(
        _ subscription: InboundSubscription, of event: InboundEvent, in organization: OrganizationID
    ) async throws {
        let endpoints = try await books.inbound.endpoints(organization)
        let settings = endpoints.first { $0.id == event.endpointID }?.settings ?? InboundSettings()
        let owner = subscription.metadata["organization_id"]?.lowercased()
        guard settings.customer.map({ $0 == subscription.customer }) ?? true,
            owner.map({ $0 == "\(organization)" }) ?? true
        else {
            let words = "It is the subscription of somebody else."
            return try await settle(event, of: organization, InboundSettlement(.ignored, error: words))
        }
        guard let tier = Self.tier(of: subscription, settings) else {
            let prices = subscription.prices.joined(separator: ", ")
            let words =
                "No tier is known for \(prices): name it in the endpoint's tiers, then replay this event."
            return try await settle(
                event, of: organization, InboundSettlement(.quarantined, error: words))
        }
        let match = InboundEvent.Match("organization", Identifier(organization.uuid))
        try await settle(
            event, of: organization, InboundSettlement(.processed, matched: match),
            [
                .setTier(tier, asOf: event.createdAt ?? event.receivedAt),
                eventRecord(event, "tier", "The subscription is \(subscription.status): tier \(tier)."),
            ])
    }

    private static func tier(of subscription: InboundSubscription, _ settings: InboundSettings) -> String? {
        guard ["active", "trialing", "past_due"].contains(subscription.status) else { return freeTier }
        let named = subscription.prices.compactMap { settings.tiers[$0] }.first
        let tier = named ?? subscription.metadata["tier"]
        return tier.flatMap { (1...50).contains($0.unicodeScalars.count) ? $0 : nil }
    }
}

extension ArrivalFate {
    /// What has become of an event whose mail this is.
    fileprivate var settlement: InboundSettlement {
        let state: InboundEvent.State =
            switch self.state {
            case .stored, .read: .processed
            case .quarantined: .quarantined
            case .ignored: .ignored
            }
        return InboundSettlement(
            state, error: reason, negotiationID: negotiationID,
            matched: InboundEvent.Match("arrival", Identifier(id.uuid)))
    }
}
