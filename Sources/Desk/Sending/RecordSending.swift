import Negotiation

extension Office {
    /// Seconds until a deferred email is tried again: 30, 60, 120 … at most an hour.
    static func backoffSeconds(attempt: Int) -> Int64 { min(3600, 30 << Int64(min(max(attempt, 1), 8) - 1)) }

    /// Writes down what came of an attempt, with everything that follows from it.
    func record(
        _ result: SendResult, of attempt: SendAttempt, email: EmailRecord, content: EmailContent, job: Job
    ) async throws {
        try await settling(job.organizationID) {
            guard let current = try await books.emails.find(job.organizationID, email.id),
                let negotiation = try await books.negotiations.find(job.organizationID, email.negotiationID)
            else { throw DeskError.notFound("email") }
            let now = clock.now()
            // What the server said counts even where the lease of the job has run out over it.
            let done: Change = .finishJob(job.id, worker: settings.worker, at: now, ifHeld: true)
            var result = result
            if case .unknown = result, try await isNamed(email, of: job.organizationID) {
                result = .accepted("A message that came names it.")
            }
            switch result {
            case .accepted(let reply):
                let finished: [Change] = [
                    .finishAttempt(attempt.id, .accepted, serverReply: reply, at: now), done,
                ]
                return ((), finished + (try await sent(current, content, negotiation, at: now)))
            case .deferred(let reply), .unreachable(let reply):
                let later = now.advanced(bySeconds: Self.backoffSeconds(attempt: attempt.number))
                return (
                    (),
                    [
                        .finishAttempt(attempt.id, .deferred, serverReply: reply, at: now),
                        .moveEmail(email.id, from: .sending, to: .approved, reason: reply, at: now), done,
                        enqueueing(.sendEmail(email.id), for: job.organizationID, at: later),
                        timeline(
                            negotiation, "email.deferred", "\(email.kind.title) was deferred: \(reply)", now),
                    ]
                )
            case .refused(let reply):
                let finished: [Change] = [
                    .finishAttempt(attempt.id, .refused, serverReply: reply, at: now),
                    .moveEmail(email.id, from: .sending, to: .failed, reason: reply, at: now), done,
                    timeline(negotiation, "email.failed", "\(email.kind.title) was refused: \(reply)", now),
                ]
                return (
                    (),
                    finished + abandoned(negotiation, "An email was refused by the mail server", reply, now)
                )
            case .unknown(let reply):
                let title = "Nobody knows whether an email was sent"
                // So that an answer which comes at this moment is seen here, or sees the doubt.
                var negotiation = negotiation
                negotiation.updatedAt = now
                let finished: [Change] = [
                    .updateNegotiation(negotiation),
                    .finishAttempt(attempt.id, .unknown, serverReply: reply, at: now),
                    .moveEmail(email.id, from: .sending, to: .uncertain, reason: reply, at: now), done,
                    timeline(
                        negotiation, "email.uncertain", "\(email.kind.title) is uncertain: \(reply)", now),
                ]
                let told = notifying(
                    negotiation.ownerID, type: "system_alert", title: title, message: reply,
                    about: negotiation.id, at: now)
                return ((), finished + told)
            }
        }
    }

    /// The email has left: the thread, the state and our offer say so.
    func sent(
        _ email: EmailRecord, _ content: EmailContent, _ negotiation: NegotiationRecord, at now: Instant
    ) async throws -> [Change] {
        var negotiation = negotiation
        var changes: [Change] = [
            .moveEmail(email.id, from: email.status, to: .sent, reason: nil, at: now),
            .addMessage(message(of: email, content, at: now)),
        ]
        negotiation.emailSentCount += 1
        negotiation.lastSentAt = now
        negotiation.updatedAt = now
        if let terms = content.terms {
            negotiation.lastSentPrice = terms.unitPrice
            changes.append(.addOffer(offer(of: email, terms, at: now)))
            if email.kind == .acceptance { negotiation.finalPrice = terms.unitPrice }
        }
        if case .to(let next, let effects) = negotiation.status.transition(.emailSent(email.kind)) {
            negotiation.status = next
            changes += try await self.changes(
                for: effects, of: negotiation, reason: "The negotiation is over.", origin: .parley, at: now)
        }
        changes.append(.updateNegotiation(negotiation))
        let recipients = content.recipients.map(\.address).joined(separator: ", ")
        changes.append(timeline(negotiation, "email.sent", "\(email.kind.title) sent to \(recipients)", now))
        return changes
    }

    private func abandoned(
        _ negotiation: NegotiationRecord, _ title: String, _ reply: String, _ now: Instant
    ) -> [Change] {
        var negotiation = negotiation
        var changes: [Change] = []
        if case .to(let next, _) = negotiation.status.transition(.emailAbandoned(negotiation.lastWord)) {
            negotiation.status = next
            negotiation.statusReason = reply
            negotiation.updatedAt = now
            changes.append(.updateNegotiation(negotiation))
        }
        return changes
            + notifying(
                negotiation.ownerID, type: "system_alert", title: title, message: reply,
                about: negotiation.id,
                at: now)
    }

    private func message(of email: EmailRecord, _ content: EmailContent, at now: Instant) -> ThreadMessage {
        ThreadMessage(
            id: clock.newID(), negotiationID: email.negotiationID, direction: .outbound, arrivalID: nil,
            emailID: email.id, mailMessageID: email.messageID, inReplyTo: nil, references: [],
            subject: content.subject, from: content.sender, recipients: content.recipients, date: now,
            receivedAt: now, kind: "outbound", intent: nil, text: content.bodyText,
            replyText: content.bodyText, signature: "", attachments: [], matchReason: nil,
            matchState: .matched)
    }

    private func offer(of email: EmailRecord, _ terms: Terms, at now: Instant) -> Offer {
        Offer(
            id: clock.newID(), negotiationID: email.negotiationID, party: .buyer,
            price: Money(terms.unitPrice, terms.currency), per: .unit, quantity: terms.quantity,
            messageID: nil,
            span: nil, emailID: email.id, isBinding: true, createdAt: now)
    }

    func timeline(
        _ negotiation: NegotiationRecord, _ action: String, _ description: String, _ now: Instant,
        origin: Origin = .parley
    ) -> Change {
        .audit(.negotiation(negotiation.id, action, description, origin: origin, at: now))
    }
}
