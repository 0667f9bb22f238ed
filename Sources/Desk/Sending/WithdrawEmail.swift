import Negotiation

extension Office {
    /// Takes an email back that has not begun to be sent. It is cancelled, its request is void, and the negotiation
    /// returns to whoever had the last word. A sender that has claimed it finds it gone.
    public func withdraw(_ id: EmailID, reason: String?, by caller: Caller) async throws {
        try requireWriter(caller)
        let note = try reason.map { try Field.text($0, "reason", longest: 500) }
        let why = "Taken back by \(caller.user.fullName)\(note.map { ": \($0)" } ?? ".")"
        try await settling(caller.organizationID) {
            guard let email = try await books.emails.find(caller.organizationID, id),
                let negotiation = try await books.negotiations.find(
                    caller.organizationID, email.negotiationID)
            else { throw DeskError.notFound("email") }
            guard let next = email.status.transition(.withdrawn) else {
                throw DeskError.conflict("not_withdrawable", email.whyNotWithdrawable)
            }
            let now = clock.now()
            let changes: [Change] =
                [.moveEmail(id, from: email.status, to: next, reason: why, at: now)]
                + (try await voiding(email, of: caller.organizationID, reason: why, at: now))
                + [
                    timeline(
                        negotiation, "email.withdrawn", "\(email.kind.title) will not be sent. \(why)", now,
                        origin: caller.origin)
                ]
            return ((), changes + (try await returning(negotiation, without: email, at: now)))
        }
    }

    /// The negotiation goes back to whoever had the last word, unless another of its emails is still under way.
    func returning(_ negotiation: NegotiationRecord, without email: EmailRecord, at now: Instant) async throws
        -> [Change]
    {
        var negotiation = negotiation
        guard
            case .to(let next, _) = negotiation.status.transition(.emailAbandoned(negotiation.lastWord)),
            next != negotiation.status, try await !isWaiting(besides: [email.id], in: negotiation)
        else { return [] }
        negotiation.status = next
        negotiation.updatedAt = now
        return [.updateNegotiation(negotiation)]
    }
}

extension EmailRecord {
    /// Why it cannot be taken back any more, and what can be done instead.
    fileprivate var whyNotWithdrawable: String {
        switch status {
        case .sending: "The email is being handed to the mail server and cannot be taken back any more."
        case .sent: "The email was sent and cannot be taken back. Write to the vendor again instead."
        case .uncertain:
            "The email may have been sent, so it cannot be taken back. Say what became of it instead."
        case .failed: "The mail server refused the email. There is nothing to take back."
        case .cancelled: "The email is cancelled already. Nothing is sent."
        case .draft, .pendingApproval, .approved, .claimed: "The email can be taken back."
        }
    }
}
