import Negotiation

extension Office {
    /// The most reminders that one negotiation ever sees, however often its vendor falls silent again.
    public static let mostFollowUpsOfNegotiation = 20

    /// Why no reminder is to be written now; `nil` when nothing speaks against it. What holds for everything automatic
    /// is asked as well, so that no two machines can keep each other writing.
    func reasonAgainstFollowUp(in negotiation: NegotiationRecord) async throws -> String? {
        let emails = try await books.emails.ofNegotiation(negotiation.organizationID, negotiation.id)
        guard emails.count(where: { $0.kind == .followUp }) < Self.mostFollowUpsOfNegotiation else {
            return "This negotiation has seen \(Self.mostFollowUpsOfNegotiation) reminders already."
        }
        return try await obstacleToAutomaticMail(in: negotiation)
    }

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
