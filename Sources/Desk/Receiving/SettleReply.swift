import Negotiation
import Reading

extension Office {
    /// One transaction writes the message, its offers, the new state and everything that follows from it.
    func settle(_ reader: ArrivalReader, match: ArrivalMatch, job: Job) async throws {
        let organization = job.organizationID
        try await settling(organization) {
            if case .negotiation(let id, _) = match {
                try await settleDoubts(in: id, of: organization, by: reader.keys)
            }
            let now = clock.now()
            let messageID: MessageID = clock.newID()
            let settled: [Change] = [
                .settleArrival(reader.arrival.id, .read, reason: nil, message: messageID, at: now),
                .finishJob(job.id, worker: settings.worker, at: now),
            ]
            guard case .negotiation(let id, let reason) = match,
                let negotiation = try await books.negotiations.find(organization, id)
            else { return ((), settled + shelving(reader, as: messageID, match: match, at: now)) }
            let message = try await judged(
                reader.threadMessage(id: messageID, in: id, reason: reason, state: .matched), by: reader,
                in: negotiation)
            let consequences = try await applying(
                reader, message, to: negotiation, origin: .parley, at: now)
            return ((), [.addMessage(message)] + settled + consequences)
        }
    }

    /// Mail that matched nothing waits on the inbox page.
    private func shelving(
        _ reader: ArrivalReader, as id: MessageID, match: ArrivalMatch, at now: Instant
    ) -> [Change] {
        let (state, reason): (ThreadMessage.MatchState, String?) =
            if case .ambiguous(let reason) = match { (.ambiguous, reason) } else { (.unmatched, nil) }
        return [
            .addMessage(reader.threadMessage(id: id, in: nil, reason: reason, state: state)),
            .audit(
                AuditEntry(
                    action: "message.\(state.rawValue)", entityType: "message", entityID: id.uuid,
                    description:
                        "Mail from \(reader.keys.sender ?? "nobody") belongs to no negotiation for certain",
                    origin: .parley, at: now)),
        ]
    }

    /// What a message changes in the negotiation that it belongs to.
    func applying(
        _ reader: ArrivalReader, _ message: ThreadMessage, to negotiation: NegotiationRecord, origin: Origin,
        at now: Instant
    ) async throws -> [Change] {
        var negotiation = negotiation
        var changes: [Change] = []
        let event = event(of: reader.understanding)
        let isFromVendor = message.sender?.isBinding ?? false
        if event == .vendorReplied, !negotiation.status.isClosed {
            negotiation.lastVendorResponseAt = now
            changes += offers(in: reader, message, of: negotiation, binding: isFromVendor, at: now)
            if isFromVendor {
                negotiation.currentOfferPrice = offeredPrice(reader.understanding, negotiation)
            }
        }
        var effects: [NegotiationEffect] = []
        if let event, case .to(let next, let asked) = negotiation.status.transition(event) {
            negotiation.status = next
            effects = asked
        }
        negotiation.updatedAt = now
        changes.append(.updateNegotiation(negotiation))
        changes += try await self.changes(
            for: effects, of: negotiation, reason: "The vendor has answered.", origin: origin, at: now)
        if let reason = try await reasonToStop(after: message, by: reader, in: negotiation) {
            changes += try await stopping(negotiation, because: reason, message: message.id, at: now)
        }
        let doubt = isFromVendor ? "" : doubt(about: message)
        changes.append(
            .audit(
                .negotiation(
                    negotiation.id, "message.received",
                    "\(reader.understanding.kind.title) from \(message.from.address): \(message.subject)\(doubt)",
                    changes: [
                        "matched_by": Self.rule(of: message.matchReason), "intent": message.intent ?? "",
                        "sender": message.sender?.standing ?? "",
                    ],
                    origin: origin, at: now)))
        return changes
    }

    /// Why nothing in a message binds the vendor.
    private func doubt(about message: ThreadMessage) -> String {
        guard let warning = message.sender?.warnings.first else { return "" }
        return "; nothing in it binds: \(warning.text)"
    }

    /// The rule by which a message was matched, without the key: a reply token belongs into no log.
    private static func rule(of reason: String?) -> String {
        String(reason?.prefix { $0 != ":" } ?? "").split(separator: "_").joined(separator: " ")
    }

    /// What a message means for the negotiation; `nil` for what only goes on file.
    private func event(of understanding: Understanding) -> NegotiationEvent? {
        switch understanding.kind {
        // Matched by a token or a header of ours, a message is an answer even where its subject does not say so.
        case .reply, .other: .vendorReplied
        case .autoReply: .autoReplyReceived
        case .bounce: understanding.bounce?.action == .failed ? .bounced : nil
        case .complaint: nil
        }
    }

    private func offers(
        in reader: ArrivalReader, _ message: ThreadMessage, of negotiation: NegotiationRecord, binding: Bool,
        at now: Instant
    ) -> [Change] {
        reader.understanding.offers.map { read in
            .addOffer(
                Offer(
                    id: clock.newID(), negotiationID: negotiation.id, party: .vendor,
                    price: Money(read.amount, read.currency ?? negotiation.currency),
                    per: read.per.flatMap { Offer.Per(rawValue: $0.rawValue) }, quantity: read.quantity,
                    messageID: message.id, span: read.span, emailID: nil, isBinding: binding, createdAt: now))
        }
    }

    /// The one price of one piece that the vendor offers now; `nil` when there is none or more than one, because then
    /// a person has to choose. A plain yes to our last offer is that offer.
    private func offeredPrice(_ understanding: Understanding, _ negotiation: NegotiationRecord) -> Amount? {
        let prices = Set(understanding.offers.compactMap { unitPrice(of: $0, negotiation) })
        if prices.count == 1 { return prices.first }
        if prices.isEmpty, understanding.intent == .accept { return negotiation.lastSentPrice }
        return prices.isEmpty ? negotiation.currentOfferPrice : nil
    }

    private func unitPrice(of offer: ReadOffer, _ negotiation: NegotiationRecord) -> Amount? {
        guard offer.currency == nil || offer.currency == negotiation.currency else { return nil }
        guard offer.per == .total else { return offer.amount }
        let (price, rest) = offer.amount.tenThousandths.quotientAndRemainder(
            dividingBy: Int64(negotiation.quantity))
        return rest == 0 ? Amount(tenThousandths: price) : nil
    }
}

extension Kind {
    /// As a person would call it.
    var title: String {
        switch self {
        case .reply: "Answer"
        case .autoReply: "Automatic answer"
        case .bounce: "Delivery report"
        case .complaint: "Complaint"
        case .other: "Message"
        }
    }
}
