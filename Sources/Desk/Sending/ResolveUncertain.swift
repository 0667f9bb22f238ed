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

/// Everything that is known about an email whose fate is unknown, for the person who has to settle it.
public struct SendingDoubt: Sendable {
    public let attempt: SendAttempt
    /// Until then the mail server may still take what it got: before, nobody can say that it was not sent.
    public let quietUntil: Instant
    /// Whether the process that made the attempt is gone, or has itself put the attempt's end on record.
    public let senderIsDone: Bool
    /// Whether it can be said already that it was not sent.
    public let isQuiet: Bool
}

extension Office {
    /// How long after an attempt nobody can know that it was not accepted, in seconds: a server may take as long to answer
    /// the end of a message (RFC 5321, 4.5.3.2.6; Postfix waits as long, `smtp_data_done_timeout`).
    public static let quietSeconds: Int64 = 600

    /// How long after an attempt began its message may still be leaving, in seconds: until its hand-over has to begin, and
    /// half an hour after that, when the connection is given up. A process that was stopped meanwhile, and whose lock fell
    /// with a restart of the database, may go on until then.
    public static let longestHandOverSeconds: Int64 = handOverSeconds + 1_800

    /// What is known of an email whose fate is unknown; `nil` for any other.
    public func doubt(about email: EmailRecord, of organization: OrganizationID) async throws -> SendingDoubt?
    {
        guard email.status == .uncertain,
            let attempt = try await books.emails.attempts(organization, email.id).last
        else { return nil }
        let hasSaidSo = attempt.endedBy == attempt.worker
        let noted = (attempt.notedAt ?? attempt.startedAt).advanced(bySeconds: Self.quietSeconds)
        let latest = attempt.startedAt.advanced(bySeconds: Self.longestHandOverSeconds + Self.quietSeconds)
        let quietUntil = hasSaidSo ? noted : max(noted, latest)
        let isDone = hasSaidSo ? true : try await books.jobs.workerIsGone(attempt.worker)
        return SendingDoubt(
            attempt: attempt, quietUntil: quietUntil, senderIsDone: isDone,
            isQuiet: isDone && quietUntil <= clock.now())
    }

    /// Settles an uncertain email by a person's word, which goes on record. Before one that it was not sent is taken,
    /// Parley looks for the email once more; what it finds weighs more.
    public func resolve(_ id: EmailID, as resolution: Resolution, by caller: Caller) async throws {
        try requireWriter(caller)
        let organization = caller.organizationID
        let (email, doubt) = try await uncertain(id, of: organization)
        var finding: SendEvidence?
        if resolution != .sent {
            try Self.require(doubt)
            finding = try await search(for: email, doubt.attempt, of: organization)
        }
        do {
            try await settling(organization) {
                ((), try await settlement(of: id, as: resolution, by: caller, finding))
            }
        } catch CommitRefusal.forbidden("attempts_keep_quiet_time") {
            // The clock of the books decides, and it is not this machine's.
            throw DeskError.conflict("too_early", Self.words(until: doubt.quietUntil))
        }
    }

    private func uncertain(_ id: EmailID, of organization: OrganizationID) async throws -> (
        EmailRecord, SendingDoubt
    ) {
        guard let email = try await books.emails.find(organization, id) else {
            throw DeskError.notFound("email")
        }
        guard let doubt = try await doubt(about: email, of: organization) else {
            throw DeskError.conflict(
                "not_uncertain", "Only an email whose fate is unknown can be resolved.")
        }
        return (email, doubt)
    }

    private static func require(_ doubt: SendingDoubt) throws {
        guard doubt.senderIsDone else {
            throw DeskError.conflict(
                "sender_alive",
                "The process that was sending the email may still be at work. Stop it, or wait until it is gone."
            )
        }
        guard doubt.isQuiet else {
            throw DeskError.conflict("too_early", words(until: doubt.quietUntil))
        }
    }

    private static func words(until quiet: Instant) -> String {
        "Until \(quiet) the mail server may still take the email. Say after that that it was not sent."
    }

    private func settlement(
        of id: EmailID, as resolution: Resolution, by caller: Caller, _ finding: SendEvidence?
    ) async throws -> [Change] {
        let (email, doubt) = try await uncertain(id, of: caller.organizationID)
        guard
            let content = try await books.emails.content(caller.organizationID, id, doubt.attempt.version),
            let negotiation = try await books.negotiations.find(caller.organizationID, email.negotiationID)
        else { throw DeskError.notFound("email") }
        let (attempt, now) = (doubt.attempt, clock.now())
        if let finding, finding.kind == .copy {
            let (after, changes) = try await sent(
                email, content, negotiation, leftAt: attempt.startedAt, at: now)
            return [
                .finishAttempt(
                    attempt.id, .accepted, serverReply: attempt.serverReply, by: attempt.endedBy,
                    evidence: finding, at: now),
                timeline(
                    negotiation, "email.settled", "\(email.kind.title) was sent after all. \(finding.words)",
                    now,
                    origin: caller.origin),
            ] + changes + [.updateNegotiation(after)]
        }
        let said = "\(caller.user.fullName) looked into it and decided “\(resolution.rawValue)”."
        let searched = finding.map { " \($0.words)" } ?? ""
        let word = SendEvidence(.person, said + searched, at: now)
        let record = timeline(
            negotiation, "email.resolved", "\(email.kind.title): \(said)\(searched)", now,
            origin: caller.origin)
        func settling(_ outcome: SendAttempt.Outcome) -> Change {
            .settleAttempt(attempt, outcome, by: caller.user.id, evidence: word, at: now)
        }
        switch resolution {
        case .sent:
            let (after, changes) = try await sent(
                email, content, negotiation, leftAt: attempt.startedAt, at: now)
            return [record, settling(.accepted)] + changes + [.updateNegotiation(after)]
        case .sendAgain:
            let move = Change.moveEmail(id, from: .uncertain, to: .approved, reason: said, at: now)
            return [record, settling(.deferred), move]
                + (try await leaving(id, of: caller.organizationID, at: now))
        case .cancel:
            let move = Change.moveEmail(id, from: .uncertain, to: .cancelled, reason: said, at: now)
            return [record, settling(.refused), move]
                + (try await returning(negotiation, without: email, at: now))
        }
    }
}
