import Negotiation

/// What a person found out about an email of which nobody knew whether it was sent.
public enum Resolution: String, Sendable, CaseIterable {
    /// It was: the vendor has it, or it lies in the Sent folder.
    case sent
    /// It was not, and shall be sent again.
    case sendAgain = "send_again"
    /// It was not, and shall not be sent.
    case cancel
}

extension Office {
    /// How long after an attempt began a mail server may still come to take its message, in seconds: until the message
    /// begins to leave, half an hour while it leaves, and ten minutes after its end (RFC 5321, section 4.5.3.2.6).
    public static let quietSeconds: Int64 = handOverSeconds + 1800 + 600

    /// Settles an uncertain email by a person's word, which goes on record. That it was sent can be said at once; that it
    /// was not, only when no server can take it any more.
    public func resolve(_ id: EmailID, as resolution: Resolution, by caller: Caller) async throws {
        try requireWriter(caller)
        try await settling(caller.organizationID) {
            guard let email = try await books.emails.find(caller.organizationID, id),
                let attempt = try await books.emails.attempts(caller.organizationID, id).last,
                let content = try await books.emails.content(caller.organizationID, id, attempt.version),
                let negotiation = try await books.negotiations.find(
                    caller.organizationID, email.negotiationID)
            else { throw DeskError.notFound("email") }
            guard email.status == .uncertain else {
                throw DeskError.conflict(
                    "not_uncertain", "Only an email whose fate is unknown can be resolved.")
            }
            let now = clock.now()
            let quiet = attempt.startedAt.advanced(bySeconds: Self.quietSeconds)
            guard resolution == .sent || now >= quiet else {
                throw DeskError.conflict(
                    "too_early",
                    "A server may still take the email. Before \(quiet) nobody can say that it was not sent.")
            }
            let said = "\(caller.user.fullName) looked into it"
            let record = timeline(
                negotiation, "email.resolved",
                "\(email.kind.title): \(said) and decided “\(resolution.rawValue)”.",
                now, origin: caller.origin)
            switch resolution {
            case .sent:
                let finished = Change.finishAttempt(attempt.id, .accepted, serverReply: said, at: now)
                return ((), [record, finished] + (try await sent(email, content, negotiation, at: now)))
            case .sendAgain:
                return (
                    (),
                    [
                        record, .finishAttempt(attempt.id, .deferred, serverReply: said, at: now),
                        .moveEmail(id, from: .uncertain, to: .approved, reason: said, at: now),
                        enqueueing(.sendEmail(id), for: caller.organizationID, at: now),
                    ]
                )
            case .cancel:
                var negotiation = negotiation
                var changes: [Change] = [
                    record, .finishAttempt(attempt.id, .refused, serverReply: said, at: now),
                    .moveEmail(id, from: .uncertain, to: .cancelled, reason: said, at: now),
                ]
                if case .to(let next, _) = negotiation.status.transition(
                    .emailAbandoned(negotiation.lastWord))
                {
                    negotiation.status = next
                    negotiation.updatedAt = now
                    changes.append(.updateNegotiation(negotiation))
                }
                return ((), changes)
            }
        }
    }
}
