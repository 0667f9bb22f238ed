import Negotiation

extension Office {
    /// A message names an email that was not sent by a person's word: the vendor has it after all. What is about to be sent
    /// a second time is taken back, and the owner is told.
    func overruling(
        by reader: ArrivalReader, _ message: ThreadMessage, _ emails: [EmailRecord],
        in negotiation: NegotiationRecord, at now: Instant
    ) async throws -> (NegotiationRecord, [Change]) {
        var negotiation = negotiation
        var changes: [Change] = []
        let named = Set(reader.keys.inReplyTo + reader.keys.references)
        for email in emails where named.contains(email.messageID) && email.mayHaveBeenGivenUp {
            let attempts = try await books.emails.attempts(negotiation.organizationID, email.id)
            guard let last = attempts.last, last.settledBy != nil, last.outcome != .accepted else { continue }
            let reason = "\(message.from.address) has it already, although it was on record as not sent."
            if let next = email.status.transition(.withdrawn) {
                changes.append(.moveEmail(email.id, from: email.status, to: next, reason: reason, at: now))
                changes += try await voiding(
                    email, of: negotiation.organizationID, reason: reason, at: now)
                negotiation.lastSentAt = max(negotiation.lastSentAt ?? last.startedAt, last.startedAt)
                if try await !isWaiting(besides: [email.id], in: negotiation),
                    case .to(let back, _) = negotiation.status.transition(
                        .emailAbandoned(negotiation.lastWord))
                {
                    negotiation.status = back
                }
            }
            changes.append(
                timeline(negotiation, "email.overruled", "\(email.kind.title): \(reason)", now))
            changes += notifying(
                negotiation.ownerID, type: "system_alert",
                title: "The vendor has an email that was on record as not sent", message: reason,
                about: negotiation.id, at: now)
        }
        return (negotiation, changes)
    }
}

extension EmailRecord {
    /// Whether it can be one that a person gave up or wanted sent again.
    fileprivate var mayHaveBeenGivenUp: Bool {
        switch status {
        case .draft, .pendingApproval, .approved, .claimed, .cancelled: true
        case .sending, .uncertain, .sent, .failed: false
        }
    }
}
