import Desk
import Negotiation

extension Writing {
    mutating func makeEmail(_ change: Change) throws {
        switch change {
        case .addEmail(let content, let negotiation, let status, let messageID):
            try add(content, to: negotiation, status: status, messageID: messageID)
        case .reviseEmail(let content, let from, let to): try revise(content, from: from, to: to)
        case .moveEmail(let id, let from, let to, let reason, let now):
            try changeEmail(id, in: from) { $0.move(to: to, reason: reason, at: now) }
        case .approveEmail(let id, let from, let digest, _): try approve(id, from: from, digest: digest)
        case .claimEmail(let id, let worker, let lease):
            try changeEmail(id, in: .approved) { email in
                email.status = .claimed
                email.claimWorker = worker
                email.claimLeaseUntil = lease
            }
        case .beginAttempt(let attempt, let negotiationVersion):
            try begin(attempt, ifNegotiationIs: negotiationVersion)
        case .finishAttempt(let id, let outcome, let serverReply, _):
            try finish(id, outcome, serverReply: serverReply)
        default: break
        }
    }

    private mutating func add(
        _ content: EmailContent, to negotiation: NegotiationID, status: EmailStatus, messageID: String
    ) throws {
        try insert(content)
        try unique(!rows.emails.contains { $0.id == content.emailID }, "emails_pkey")
        try unique(
            !rows.emails.contains { $0.messageID == messageID }, "emails_organization_id_message_id_key")
        try exists(
            rows.negotiations.contains { $0.id == negotiation }, "emails_organization_id_negotiation_id_fkey")
        let email = EmailRow(
            id: content.emailID, negotiationID: negotiation, kind: content.kind, messageID: messageID,
            createdBy: content.createdBy, createdAt: content.createdAt, status: status,
            version: content.version, digest: content.digest, isMoneyRelated: content.isMoneyRelated)
        try checkGate(email)
        rows.emails.append(email)
    }

    /// Contents are numbered by whoever writes them: who comes second has read what is not so any more.
    private mutating func insert(_ content: EmailContent) throws {
        let isThere = rows.contents.contains {
            $0.emailID == content.emailID && $0.version == content.version
        }
        if isThere { throw CommitRefusal.stale }
        if let author = content.createdBy {
            try exists(
                rows.users.contains { $0.user.id == author }, "email_contents_organization_id_created_by_fkey"
            )
        }
        rows.contents.append(content)
    }

    private mutating func revise(_ content: EmailContent, from: EmailStatus, to: EmailStatus) throws {
        try insert(content)
        guard let email = rows.emails.first(where: { $0.id == content.emailID }),
            email.version == content.version - 1
        else { return touched(false) }
        try rule(email.kind == content.kind, "emails_say_what_their_content_says")
        try changeEmail(email.id, in: from) { email in
            email.version = content.version
            email.digest = content.digest
            email.isMoneyRelated = content.isMoneyRelated
            email.status = to
            email.statusReason = nil
            email.grantedDigest = nil
            email.claimWorker = nil
            email.claimLeaseUntil = nil
        }
    }

    /// Changes an email that is in a status; what comes out of it has to be allowed.
    private mutating func changeEmail(
        _ id: EmailID, in status: EmailStatus, _ change: (inout EmailRow) -> Void
    ) throws {
        guard let place = rows.emails.firstIndex(where: { $0.id == id }), rows.emails[place].status == status
        else { return touched(false) }
        var email = rows.emails[place]
        change(&email)
        try checkGate(email)
        rows.emails[place] = email
    }

    /// Without a grant for exactly what it says now, an email that concerns money gets no further than waiting.
    private func checkGate(_ email: EmailRow) throws {
        let isHeld = [.draft, .pendingApproval, .cancelled].contains(email.status)
        try rule(
            !email.isMoneyRelated || isHeld || email.grantedDigest == email.digest, "emails_money_needs_grant"
        )
        try rule(
            email.status != .claimed || (email.claimWorker != nil && email.claimLeaseUntil != nil),
            "emails_claim_is_leased")
    }

    private func isGranted(_ id: EmailID, _ digest: [UInt8]) -> Bool {
        rows.grants.contains { $0.emailID == id && $0.digest == digest }
    }

    private mutating func approve(_ id: EmailID, from: EmailStatus, digest: [UInt8]) throws {
        guard let email = rows.emails.first(where: { $0.id == id }), email.status == from,
            email.digest == digest
        else { return touched(false) }
        try rule(isGranted(id, digest), "emails_grant_exists")
        try changeEmail(id, in: from) { email in
            email.status = .approved
            email.statusReason = nil
            email.grantedDigest = digest
        }
    }

    /// The attempt is there exactly if the email was moved on.
    private mutating func begin(_ attempt: SendAttempt, ifNegotiationIs version: Int) throws {
        guard let email = rows.emails.first(where: { $0.id == attempt.emailID }), email.status == .claimed,
            email.claimWorker == attempt.worker, email.version == attempt.version,
            rows.negotiations.contains(where: { $0.id == email.negotiationID && $0.version == version })
        else { return touched(false) }
        let earlier = rows.attempts.filter { $0.emailID == email.id }
        if earlier.contains(where: { $0.number == attempt.number }) { throw CommitRefusal.stale }
        try unique(!rows.attempts.contains { $0.id == attempt.id }, "send_attempts_pkey")
        if email.isMoneyRelated {
            try rule(isGranted(email.id, email.digest), "attempts_at_money_need_grant")
            let mayHaveArrived = earlier.contains { $0.outcome != .refused && $0.outcome != .deferred }
            try unique(!mayHaveArrived, "send_attempts_money_once")
        }
        rows.attempts.append(attempt.with(.open, serverReply: nil))
        try changeEmail(email.id, in: .claimed) { $0.status = .sending }
    }

    private mutating func finish(
        _ id: SendAttemptID, _ outcome: SendAttempt.Outcome, serverReply: String?
    ) throws {
        guard let place = rows.attempts.firstIndex(where: { $0.id == id }),
            [.open, .unknown].contains(rows.attempts[place].outcome)
        else { return touched(false) }
        try rule(outcome != .open, "send_attempts_check")
        rows.attempts[place] = rows.attempts[place].with(outcome, serverReply: serverReply)
    }
}

extension EmailRow {
    /// A claim ends with every move; what goes back to its author needs its grant anew.
    fileprivate mutating func move(to status: EmailStatus, reason: String?, at now: Instant) {
        self.status = status
        statusReason = reason
        claimWorker = nil
        claimLeaseUntil = nil
        if status == .sent { sentAt = now }
        if status == .draft || status == .pendingApproval { grantedDigest = nil }
    }
}

extension SendAttempt {
    fileprivate func with(_ outcome: Outcome, serverReply: String?) -> SendAttempt {
        SendAttempt(
            id: id, emailID: emailID, number: number, version: version, worker: worker, startedAt: startedAt,
            outcome: outcome, serverReply: serverReply)
    }
}
