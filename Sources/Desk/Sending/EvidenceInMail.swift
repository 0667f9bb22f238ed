import Negotiation
import Reading

/// Whoever can name the Message-ID of an email, which has 122 random bits, has got it: an answer or a delivery report is
/// evidence that it was sent.
extension Office {
    /// Whether something that came names the email.
    func isNamed(_ email: EmailRecord, of organization: OrganizationID) async throws -> Bool {
        try await books.threads.messages(organization, email.negotiationID).contains { message in
            message.direction == .inbound
                && (message.inReplyTo == email.messageID || message.references.contains(email.messageID))
        }
    }

    /// Puts on record that the emails in doubt which a message names were sent, before the message itself takes effect.
    func settleDoubts(in id: NegotiationID, of organization: OrganizationID, by keys: ThreadKeys) async throws
    {
        let named = Set(keys.inReplyTo + keys.references)
        for email in try await books.emails.ofNegotiation(organization, id)
        where email.status == .uncertain && named.contains(email.messageID) {
            try await settling(organization) { ((), try await recordingAsSent(email.id, of: organization)) }
        }
    }

    private func recordingAsSent(_ id: EmailID, of organization: OrganizationID) async throws -> [Change] {
        guard let email = try await books.emails.find(organization, id), email.status == .uncertain,
            let attempt = try await books.emails.attempts(organization, id).last,
            let content = try await books.emails.content(organization, id, attempt.version),
            let negotiation = try await books.negotiations.find(organization, email.negotiationID)
        else { return [] }
        let now = clock.now()
        // It stands in the thread where it was sent, before the answer.
        return [
            .finishAttempt(attempt.id, .accepted, serverReply: "A message that came names it.", at: now),
            timeline(
                negotiation, "email.resolved",
                "\(email.kind.title): a message that came shows that it was sent.", now),
        ] + (try await sent(email, content, negotiation, at: attempt.startedAt))
    }
}
