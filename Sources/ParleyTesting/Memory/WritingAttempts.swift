import Desk
import Negotiation

extension Writing {
    mutating func makeAttempt(_ change: Change) throws {
        switch change {
        case .beginAttempt(let attempt, let version, let limits):
            try begin(attempt, ifNegotiationIs: version, within: limits)
        case .finishAttempt(let id, let outcome, let serverReply, let worker, let evidence, let now):
            try end(id, as: outcome) { attempt in
                attempt = attempt.with(outcome, serverReply: serverReply)
                attempt.endedBy = worker
                attempt.notedAt = now
                attempt.evidence += [evidence].compactMap(\.self)
            }
        case .settleAttempt(let attempt, let outcome, let user, let evidence, let now):
            try settle(attempt, outcome, by: user, evidence: evidence, at: now)
        default: break
        }
    }

    /// The attempt is there exactly if the email was moved on.
    private mutating func begin(
        _ attempt: SendAttempt, ifNegotiationIs version: Int, within limits: [AttemptLimit]
    ) throws {
        guard let email = rows.emails.first(where: { $0.id == attempt.emailID }), email.status == .claimed,
            email.claimWorker == attempt.worker, email.version == attempt.version,
            rows.negotiations.contains(where: { $0.id == email.negotiationID && $0.version == version }),
            limits.allSatisfy({ rows.counted(under: $0, at: attempt.startedAt).count < $0.most })
        else { return touched(false) }
        let earlier = rows.attempts.filter { $0.emailID == email.id }
        if earlier.contains(where: { $0.number == attempt.number }) { throw CommitRefusal.stale }
        try unique(!rows.attempts.contains { $0.id == attempt.id }, "send_attempts_pkey")
        if let mailbox = attempt.mailboxID {
            try exists(
                rows.mailboxes.contains { $0.mailbox.id == mailbox },
                "send_attempts_organization_id_mailbox_id_fkey")
        }
        if email.isMoneyRelated {
            try rule(isGranted(email.id, email.digest), "attempts_at_money_need_grant")
            let mayHaveArrived = earlier.contains { $0.outcome != .refused && $0.outcome != .deferred }
            try unique(!mayHaveArrived, "send_attempts_money_once")
        }
        var stored = attempt.with(.open, serverReply: nil)
        stored.notedAt = attempt.startedAt
        rows.attempts.append(stored)
        try changeEmail(email.id, in: .claimed) { $0.status = .sending }
    }

    /// By a person's word: that an email was not accepted is taken only once its sender is gone, or has itself put the
    /// end on record, and after the quiet time.
    private mutating func settle(
        _ attempt: SendAttempt, _ outcome: SendAttempt.Outcome, by user: UserID, evidence: SendEvidence,
        at now: Instant
    ) throws {
        guard let known = rows.attempts.first(where: { $0.id == attempt.id }) else { return touched(false) }
        if outcome != .accepted {
            guard known.endedBy == known.worker || !ledger.liveWorkers.contains(known.worker) else {
                return touched(false)
            }
            let quiet = (known.notedAt ?? known.startedAt).advanced(bySeconds: Office.quietSeconds)
            try rule(quiet <= now, "attempts_keep_quiet_time")
        }
        try end(attempt.id, as: outcome) { attempt in
            attempt = attempt.with(outcome, serverReply: attempt.serverReply)
            attempt.settledBy = user
            attempt.evidence.append(evidence)
        }
    }

    private mutating func end(
        _ id: SendAttemptID, as outcome: SendAttempt.Outcome, _ change: (inout SendAttempt) -> Void
    ) throws {
        guard let place = rows.attempts.firstIndex(where: { $0.id == id }),
            [.open, .unknown].contains(rows.attempts[place].outcome)
        else { return touched(false) }
        try rule(outcome != .open, "send_attempts_check")
        change(&rows.attempts[place])
    }
}

extension SendAttempt {
    fileprivate func with(_ outcome: Outcome, serverReply: String?) -> SendAttempt {
        var attempt = SendAttempt(
            id: id, emailID: emailID, number: number, version: version, worker: worker, startedAt: startedAt,
            outcome: outcome, serverReply: serverReply)
        attempt.mailboxID = mailboxID
        attempt.notedAt = notedAt
        attempt.endedBy = endedBy
        attempt.settledBy = settledBy
        attempt.evidence = evidence
        return attempt
    }
}
