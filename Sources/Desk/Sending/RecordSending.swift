import Negotiation

extension Office {
    /// Seconds until a deferred email is tried again: 30, 60, 120 … at most an hour.
    static func backoffSeconds(attempt: Int) -> Int64 { min(3600, 30 << Int64(min(max(attempt, 1), 8) - 1)) }

    /// Writes down what came of an attempt, with everything that follows from it.
    func record(
        _ result: SendResult, of attempt: SendAttempt, email: EmailRecord, content: EmailContent,
        evidence: SendEvidence? = nil, job: Job
    ) async throws {
        try await settling(job.organizationID) {
            guard let current = try await books.emails.find(job.organizationID, email.id),
                let negotiation = try await books.negotiations.find(job.organizationID, email.negotiationID)
            else { throw DeskError.notFound("email") }
            let now = clock.now()
            // What the server said counts even where the lease of the job has run out over it.
            let done: Change = .finishJob(job.id, worker: settings.worker, at: now, ifHeld: true)
            // An answer that came in before the server's own word has settled it already.
            guard current.status == .sending else { return ((), [done]) }
            func finishing(_ outcome: SendAttempt.Outcome, _ reply: String) -> Change {
                .finishAttempt(
                    attempt.id, outcome, serverReply: reply, by: settings.worker, evidence: evidence, at: now)
            }
            switch result {
            case .accepted(let reply):
                let (after, changes) = try await sent(current, content, negotiation, leftAt: now, at: now)
                return (
                    (), [finishing(.accepted, reply), done] + changes + [.updateNegotiation(after)]
                )
            case .deferred(let reply), .unreachable(let reply):
                let later = now.advanced(bySeconds: Self.backoffSeconds(attempt: attempt.number))
                return (
                    (),
                    [
                        finishing(.deferred, reply),
                        .moveEmail(email.id, from: .sending, to: .approved, reason: reply, at: now),
                        .scheduleEmail(email.id, at: later, reason: reply), done,
                        enqueueing(.sendEmail(email.id), for: job.organizationID, at: later),
                        timeline(
                            negotiation, "email.deferred", "\(email.kind.title) was deferred: \(reply)", now),
                    ]
                )
            case .refused(let reply):
                let finished: [Change] = [
                    finishing(.refused, reply),
                    .moveEmail(email.id, from: .sending, to: .failed, reason: reply, at: now), done,
                    timeline(negotiation, "email.failed", "\(email.kind.title) was refused: \(reply)", now),
                ]
                return (
                    (),
                    finished + abandoned(negotiation, "An email was refused by the mail server", reply, now)
                )
            case .unknown(let reply):
                let title = "Nobody knows whether an email was sent"
                let finished: [Change] = [
                    finishing(.unknown, reply),
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

    /// The email has left, at a moment that may lie back: the thread, the state and our offer say so, each as it was
    /// then. What has happened since keeps the last word.
    ///
    /// - Parameter others: emails that are recorded as sent in the same commit.
    func sent(
        _ email: EmailRecord, _ content: EmailContent, _ negotiation: NegotiationRecord, leftAt left: Instant,
        with others: Set<EmailID> = [], at now: Instant
    ) async throws -> (NegotiationRecord, [Change]) {
        let isNewest = try await hasLastWord(others.union([email.id]), left, in: negotiation)
        var negotiation = negotiation
        var changes: [Change] = [
            .moveEmail(email.id, from: email.status, to: .sent, reason: nil, at: left),
            .addMessage(message(of: email, content, at: left)),
        ]
        let isLastSent = negotiation.lastSentAt.map { $0 <= left } ?? true
        negotiation.emailSentCount += 1
        negotiation.updatedAt = now
        if isLastSent { negotiation.lastSentAt = left }
        if let terms = content.terms {
            if isLastSent { negotiation.lastSentPrice = terms.unitPrice }
            changes.append(.addOffer(offer(of: email, terms, at: left)))
            if email.kind == .acceptance { negotiation.finalPrice = terms.unitPrice }
        }
        // An acceptance that the vendor has binds, whatever came after it.
        if isNewest || email.kind == .acceptance,
            case .to(let next, let effects) = negotiation.status.transition(.emailSent(email.kind))
        {
            negotiation.status = next
            changes += try await self.changes(
                for: effects, of: negotiation, reason: "The negotiation is over.", origin: .parley, at: now)
        }
        changes += followingUp(after: email, in: negotiation, at: now)
        let recipients = content.recipients.map(\.address).joined(separator: ", ")
        changes.append(timeline(negotiation, "email.sent", "\(email.kind.title) sent to \(recipients)", now))
        return (negotiation, changes)
    }

    /// Whether nothing has happened since an email left: no answer, no later email, none that waits.
    private func hasLastWord(
        _ emails: Set<EmailID>, _ left: Instant, in negotiation: NegotiationRecord
    ) async throws -> Bool {
        if let replied = negotiation.lastVendorResponseAt, replied > left { return false }
        if let last = negotiation.lastSentAt, last > left { return false }
        return try await !isWaiting(besides: emails, in: negotiation)
    }

    /// Whether another email of the negotiation waits for approval or for being sent, or may have been sent.
    func isWaiting(besides ids: Set<EmailID>, in negotiation: NegotiationRecord) async throws -> Bool {
        try await books.emails.ofNegotiation(negotiation.organizationID, negotiation.id).contains { email in
            !ids.contains(email.id) && email.status.isUnderWay
        }
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
            replyText: content.bodyText, signature: "", attachments: attachments(of: content),
            matchReason: nil,
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
