import Negotiation
import Reading

extension Office {
    /// What a message proves about emails of its negotiation of which nobody knows whether they were sent: to have been
    /// answered or returned, an email must have been taken.
    ///
    /// Whoever wrote it, since the Message-ID of an email is known to nobody but those who have it. A reply token proves
    /// less: every email of a negotiation carries it. It counts only where a single email was ever attempted, because
    /// then no other can have brought it to the vendor.
    ///
    /// - Returns: the negotiation as it is with these emails sent, and the changes that make it so.
    func settlingDoubt(
        by reader: ArrivalReader, _ message: ThreadMessage, in negotiation: NegotiationRecord, at now: Instant
    ) async throws -> (NegotiationRecord, [Change]) {
        var negotiation = negotiation
        var changes: [Change] = []
        let emails = try await books.emails.ofNegotiation(negotiation.organizationID, negotiation.id)
        var proven: [(email: EmailRecord, attempt: SendAttempt, reference: SendEvidence.Reference)] = []
        for email in emails where email.status == .uncertain || email.status == .sending {
            guard let reference = try await reference(to: email, in: reader, among: emails, of: negotiation),
                let attempt = try await provenAttempt(at: email, of: negotiation.organizationID)
            else { continue }
            proven.append((email, attempt, reference))
        }
        let ids = Set(proven.map(\.email.id))
        for (email, attempt, reference) in proven {
            let evidence = SendEvidence(
                reader.understanding.kind.evidence,
                "\(reader.understanding.kind.title) from \(message.from.address) \(reference.words).",
                at: now,
                message: message.id, reference: reference)
            let (after, settled) = try await proving(
                email, attempt, by: evidence, before: message.receivedAt, in: negotiation, with: ids, at: now)
            negotiation = after
            changes += settled
        }
        let (after, overruled) = try await overruling(by: reader, message, emails, in: negotiation, at: now)
        return (after, changes + overruled)
    }

    private func proving(
        _ email: EmailRecord, _ attempt: SendAttempt, by evidence: SendEvidence, before answered: Instant,
        in negotiation: NegotiationRecord, with others: Set<EmailID>, at now: Instant
    ) async throws -> (NegotiationRecord, [Change]) {
        let content = try await books.emails.content(
            negotiation.organizationID, email.id, attempt.version)
        guard let content else { throw DeskError.notFound("email") }
        // It left before the answer to it came, whichever machines' clocks stamped the two.
        let left = min(attempt.startedAt, answered.advanced(bySeconds: -1))
        let (after, changes) = try await sent(
            email, content, negotiation, leftAt: left, with: others, at: now)
        let settled: [Change] = [
            .finishAttempt(
                attempt.id, .accepted, serverReply: attempt.serverReply, by: attempt.endedBy,
                evidence: evidence, at: now),
            timeline(
                negotiation, "email.settled", "\(email.kind.title) was sent after all: \(evidence.words)", now
            ),
        ]
        return (after, settled + changes)
    }

    /// How a message names an email, if it does.
    private func reference(
        to email: EmailRecord, in reader: ArrivalReader, among emails: [EmailRecord],
        of negotiation: NegotiationRecord
    ) async throws -> SendEvidence.Reference? {
        let keys = reader.keys
        if keys.inReplyTo.contains(email.messageID) {
            return reader.message.inReplyTo == email.messageID ? .inReplyTo : .returned
        }
        if keys.references.contains(email.messageID) { return .references }
        guard keys.replyTokens.contains(where: { $0.description == negotiation.replyToken }) else {
            return nil
        }
        for other in emails where other.id != email.id {
            guard try await books.emails.attempts(negotiation.organizationID, other.id).isEmpty else {
                return nil
            }
        }
        return .replyToken
    }

    /// The attempt that a reference to an email proves. `nil` where a person's word has let another content follow one
    /// that may have arrived: then the reference does not say which of the two the vendor has.
    private func provenAttempt(at email: EmailRecord, of organization: OrganizationID) async throws
        -> SendAttempt?
    {
        let attempts = try await books.emails.attempts(organization, email.id)
        guard let last = attempts.last, last.outcome == .open || last.outcome == .unknown else { return nil }
        let isAmbiguous = attempts.contains { $0.settledBy != nil && $0.version != last.version }
        return isAmbiguous ? nil : last
    }
}

extension Kind {
    fileprivate var evidence: SendEvidence.Kind {
        switch self {
        case .reply, .other: .reply
        case .autoReply: .autoReply
        case .bounce, .complaint: .bounce
        }
    }
}

extension SendEvidence.Reference {
    fileprivate var words: String {
        switch self {
        case .inReplyTo: "answers it"
        case .references: "refers to it"
        case .returned: "returns it"
        case .replyToken: "came to the address that only this email can have named"
        }
    }
}
