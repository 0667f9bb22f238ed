import Negotiation

extension Office {
    /// Why a follow-up that is about to leave must not leave after all; `nil` when nothing speaks against it.
    func obstacle(
        toFollowUp email: EmailRecord, in negotiation: NegotiationRecord, at now: Instant
    ) async throws -> String? {
        if let heard = negotiation.lastVendorResponseAt, heard > email.createdAt {
            return "The vendor has answered."
        }
        if let stop = negotiation.automationStop { return "Nothing happens by itself: \(stop.reason)" }
        if let until = negotiation.followUps.parkedUntil,
            try await followUpOutlook(of: negotiation).plan?.isParked(at: now) ?? false
        {
            return "The vendor is away until \(until)."
        }
        if let deadline = negotiation.expiresAt, deadline <= now { return "The deadline has passed." }
        return nil
    }
}
