import Negotiation

extension Office {
    /// Puts what a provider says of an email on record with that email. An address that fails for good makes the
    /// negotiation undeliverable, as a bounce by mail would.
    func apply(
        _ outcome: InboundOutcome, of event: InboundEvent, in organization: OrganizationID
    ) async throws {
        try await settling(organization) {
            guard let id = try await books.inbound.email(organization, outcome),
                let email = try await books.emails.find(organization, id),
                let negotiation = try await books.negotiations.find(organization, email.negotiationID)
            else {
                let unknown = InboundSettlement(
                    .ignored, error: "It is about no email of this organization.")
                return ((), [.settleInboundEvent(event.id, unknown, at: clock.now())])
            }
            let now = clock.now()
            let settled = InboundSettlement(
                .processed, negotiationID: negotiation.id,
                matched: InboundEvent.Match("email", Identifier(id.uuid)))
            // An event that is processed again has had its consequences.
            let isKnown = event.matched != nil
            let consequences =
                isKnown ? [] : try await consequences(of: outcome, email, negotiation, at: now)
            return ((), consequences + [.settleInboundEvent(event.id, settled, at: now)])
        }
    }

    private func consequences(
        of outcome: InboundOutcome, _ email: EmailRecord, _ negotiation: NegotiationRecord, at now: Instant
    ) async throws -> [Change] {
        let said = [outcome.statusCode, outcome.diagnostic].compactMap { $0 }.joined(separator: " ")
        let words = said.isEmpty ? "" : ": \(said)"
        let recipient = outcome.recipient ?? "its recipient"
        switch outcome.kind {
        // That a mail was looked at, perhaps by a program, is seen with the email and says nothing here.
        case .opened, .clicked: return []
        case .accepted, .delivered, .deferred, .unsubscribed:
            let what = "\(email.kind.title) to \(recipient): \(outcome.kind.rawValue)\(words)"
            return [timeline(negotiation, "email.\(outcome.kind.rawValue)", what, now)]
        case .complained:
            let title = "\(negotiation.vendorContactName) reported an email as unwanted"
            return [timeline(negotiation, "email.complained", "\(title)\(words)", now)]
                + notifying(
                    negotiation.ownerID, type: "system_alert", title: title,
                    message: negotiation.subject ?? title, about: negotiation.id, at: now)
        case .bounced, .rejected:
            let what = "\(email.kind.title) to \(recipient) was not delivered\(words)"
            let record = timeline(negotiation, "email.bounced", what, now)
            guard outcome.isPermanent else { return [record] }
            return [record] + (try await bounced(negotiation, because: what, at: now))
        }
    }

    private func bounced(_ negotiation: NegotiationRecord, because reason: String, at now: Instant)
        async throws -> [Change]
    {
        guard case .to(let next, let effects) = negotiation.status.transition(.bounced),
            next != negotiation.status || !effects.isEmpty
        else { return [] }
        var negotiation = negotiation
        negotiation.status = next
        negotiation.statusReason = reason
        negotiation.updatedAt = now
        return [.updateNegotiation(negotiation)]
            + (try await changes(
                for: effects, of: negotiation, reason: "The vendor's address fails.", origin: .parley, at: now
            ))
    }
}
