import Negotiation

extension Office {
    /// The most reminders that one negotiation ever sees, however often its vendor falls silent again.
    public static let mostFollowUpsOfNegotiation = 20

    /// Why a machine must not write to a vendor now; `nil` when nothing speaks against it. This is the one place that is
    /// asked before anything automatic is written, so that no two machines can keep each other writing.
    func reasonAgainstAutomaticMail(in negotiation: NegotiationRecord) async throws -> String? {
        let emails = try await books.emails.ofNegotiation(negotiation.organizationID, negotiation.id)
        guard emails.count(where: { $0.kind == .followUp }) < Self.mostFollowUpsOfNegotiation else {
            return "This negotiation has seen \(Self.mostFollowUpsOfNegotiation) reminders already."
        }
        let home = try await mail.address(try await organization(negotiation.organizationID), nil)
        guard negotiation.vendorContactEmail.lowercased() != home.address.lowercased() else {
            return "The vendor's address is the organization's own."
        }
        return nil
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
