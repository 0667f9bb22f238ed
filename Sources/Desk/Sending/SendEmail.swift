import Negotiation

/// An email that may leave: its content, its grant and its negotiation have been checked under a lease. Nothing can be
/// handed to a mail server without one, and only the check below makes one.
public struct ApprovedEmail: Sendable {
    public let organizationID: OrganizationID
    public let emailID: EmailID
    /// Without angle brackets.
    public let messageID: String
    public let sender: MailAddress
    public let recipients: [MailAddress]
    public let raw: [UInt8]
    /// What the provider calls the conversation, where it is known and the mailbox can say so.
    public let providerThread: String?
    /// The attempt that was put on record for it.
    public let attempt: SendAttempt
    /// When the message may not begin to leave any more, on a clock that goes on while the process or the machine is
    /// stopped: whoever settles a doubt counts on it. Ask right before the first byte.
    public let handOverBefore: ContinuousClock.Instant

    fileprivate init(
        _ email: EmailRecord, _ content: EmailContent, organization: OrganizationID, attempt: SendAttempt,
        before handOverBefore: ContinuousClock.Instant, providerThread: String?
    ) {
        self.handOverBefore = handOverBefore
        self.providerThread = providerThread
        organizationID = organization
        emailID = email.id
        messageID = email.messageID
        sender = content.sender
        recipients = content.recipients
        raw = content.raw
        self.attempt = attempt
    }
}

extension Office {
    /// How long a claim holds before anybody else may take it, in seconds.
    static let leaseSeconds: Int64 = 60
    /// How long after an attempt was put on record its message may begin to leave, in seconds.
    static let handOverSeconds: Int64 = 300

    /// The way of an approved email: claim → check again → put the attempt on record → hand it over → write down what
    /// came of it. Killed anywhere, the next holder of the job goes on from what is on record.
    func sendEmail(_ id: EmailID, job: Job) async throws {
        guard let email = try await books.emails.find(job.organizationID, id) else {
            return try await finish(job)
        }
        switch email.status {
        case .approved: try await sendInTime(email, job: job)
        case .claimed: try await resume(email, job: job)
        case .sending: try await recover(email, job: job)
        case .draft, .pendingApproval, .sent, .uncertain, .failed, .cancelled: try await finish(job)
        }
    }

    /// Sends what may leave now; what may not gets a job for when it may.
    private func sendInTime(_ email: EmailRecord, job: Job) async throws {
        let organization = job.organizationID
        let home = try await books.mailboxes.home(of: organization)
        let limits = try await limits(for: email, of: organization, from: home)
        if let pause = try await pause(before: email, of: organization, from: home, limits) {
            return try await wait(pause, email, job: job)
        }
        try await claimAndSend(email, from: home, within: limits, job: job)
    }

    private func claimAndSend(
        _ email: EmailRecord, from home: Mailbox?, within limits: [AttemptLimit], job: Job
    ) async throws {
        let organization = job.organizationID
        let now = clock.now()
        let lease = now.advanced(bySeconds: Self.leaseSeconds)
        try await commit(
            organization, [.claimEmail(email.id, worker: settings.worker, leaseUntil: lease, at: now)])
        guard let claimed = try await books.emails.find(organization, email.id), claimed.status == .claimed,
            let content = try await books.emails.content(organization, email.id, claimed.version)
        else { throw CommitRefusal.stale }
        let seen: Int
        switch try await look(at: claimed, content, of: organization) {
        case .obstacle(let obstacle): return try await hold(claimed, because: obstacle, job: job)
        case .clear(let version): seen = version
        }
        let thread = try await providerThread(of: claimed, from: home)
        let attempts = try await books.emails.attempts(organization, email.id)
        var attempt = SendAttempt(
            id: clock.newID(), emailID: email.id, number: attempts.count + 1, version: claimed.version,
            worker: settings.worker, startedAt: clock.now(), outcome: .open, serverReply: nil)
        attempt.mailboxID = home?.id
        inFlight.insert(attempt.id)
        defer { inFlight.remove(attempt.id) }
        let handOverBefore = ContinuousClock.now.advanced(by: .seconds(Self.handOverSeconds))
        // The point of no return: from here on only an explicit refusal allows another attempt.
        try await commit(
            organization, [.beginAttempt(attempt, negotiationVersion: seen, within: limits)])
        let answer = await mail.send(
            ApprovedEmail(
                claimed, content, organization: organization, attempt: attempt, before: handOverBefore,
                providerThread: thread))
        let (result, finding) = try await searching(answer, claimed, attempt, of: organization)
        try await record(
            result, of: attempt, email: claimed, content: content, evidence: finding, job: job)
        try await noteSending(result, by: home)
    }

    /// Where nobody can say what became of an attempt, what is found of it among the copies.
    private func searching(
        _ answer: SendResult, _ email: EmailRecord, _ attempt: SendAttempt, of organization: OrganizationID
    ) async throws -> (SendResult, SendEvidence?) {
        guard case .unknown(let reply) = answer else { return (answer, nil) }
        let finding = try await search(for: email, attempt, of: organization)
        return (finding.kind == .copy ? .accepted(reply) : answer, finding)
    }

    /// What the provider of the mailbox calls the conversation, as the newest answer in it says.
    private func providerThread(of email: EmailRecord, from home: Mailbox?) async throws -> String? {
        guard let home, case .gmail = home.connection else { return nil }
        return try await books.threads.messages(home.organizationID, email.negotiationID)
            .last { $0.providerThreadID != nil }?.providerThreadID
    }

    /// What the last look before the point of no return has shown.
    private enum Look {
        /// Why the email must not leave after all.
        case obstacle(Obstacle)
        /// Nothing speaks against it, as long as the negotiation stays at this version: somebody may be about to commit
        /// a reply or a cancellation who has seen the email where it could not be held.
        case clear(negotiationVersion: Int)
    }

    private func look(at email: EmailRecord, _ content: EmailContent, of organization: OrganizationID)
        async throws -> Look
    {
        guard let negotiation = try await books.negotiations.find(organization, email.negotiationID) else {
            return .obstacle(Obstacle("The negotiation is gone."))
        }
        if negotiation.status.isClosed { return .obstacle(Obstacle("The negotiation is over.")) }
        if email.kind == .followUp,
            let reason = try await obstacle(toFollowUp: email, in: negotiation, at: clock.now())
        {
            return .obstacle(Obstacle(reason))
        }
        let obstacle =
            email.isMoneyRelated
            ? try await obstacleToMoney(email, content, in: negotiation)
            : try await obstacleToTalk(email, in: negotiation)
        return obstacle.map { .obstacle($0) } ?? .clear(negotiationVersion: negotiation.version)
    }

    private func obstacleToTalk(_ email: EmailRecord, in negotiation: NegotiationRecord) async throws
        -> Obstacle?
    {
        guard email.isAutomatic else { return nil }
        return try await obstacleToAutomaticMail(in: negotiation, leavingOut: email.id)
            .map { Obstacle($0.explanation) }
    }

    private func obstacleToMoney(
        _ email: EmailRecord, _ content: EmailContent, in negotiation: NegotiationRecord
    ) async throws -> Obstacle? {
        let organization = negotiation.organizationID
        guard try await books.emails.isGranted(organization, email.id, email.digest),
            let request = try await books.approvals.ofEmail(organization, email.id),
            request.status == .approved, request.digest == email.digest
        else { return Obstacle("Nobody has approved it as it is now.") }
        if let replied = negotiation.lastVendorResponseAt, replied > request.createdAt {
            return Obstacle("The vendor has answered since approval was asked for.", asksAgain: true)
        }
        // Whatever was committed to the vendor meanwhile, and whichever policy is new, counts where it is sent.
        let decisions = try await books.approvals.decisions(organization, request.id)
        let now = clock.now()
        let state = ApprovalState(
            try await requirement(for: content, of: negotiation, at: now),
            requestedBy: request.requestedBy.person, askedAt: request.createdAt, votes: decisions.map(\.vote))
        guard state.standing(at: now) == .complete else {
            return Obstacle(
                "Another email to the vendor, or a new policy, makes more approvals necessary.",
                asksAgain: true)
        }
        return nil
    }

    private func hold(_ email: EmailRecord, because obstacle: Obstacle, job: Job) async throws {
        let reason = obstacle.reason
        try await settling(job.organizationID) {
            guard var negotiation = try await books.negotiations.find(job.organizationID, email.negotiationID)
            else { throw DeskError.notFound("negotiation") }
            let now = clock.now()
            let isFollowUp = email.kind == .followUp
            let isOver = negotiation.status.isClosed || isFollowUp
            var changes: [Change] = [
                .moveEmail(
                    email.id, from: .claimed, to: isOver ? .cancelled : .draft, reason: reason, at: now),
                .audit(
                    .negotiation(
                        negotiation.id, "email.held", "\(email.kind.title) was not sent: \(reason)",
                        origin: .parley, at: now)),
                .finishJob(job.id, worker: settings.worker, at: now),
            ]
            if obstacle.asksAgain, !isOver {
                changes.append(enqueueing(.askAgain(email.id), for: job.organizationID, at: now))
            }
            if case .to(let next, _) = negotiation.status.transition(.emailAbandoned(negotiation.lastWord)),
                next != negotiation.status
            {
                negotiation.status = next
                negotiation.updatedAt = now
                changes.append(.updateNegotiation(negotiation))
            }
            changes +=
                isFollowUp
                ? replanning(email, of: negotiation, at: now)
                : notifying(
                    negotiation.ownerID, type: "system_alert", title: "An email was held", message: reason,
                    about: negotiation.id, at: now)
            return ((), changes)
        }
    }

    /// A claim that nobody holds any more: nothing has been sent, so it is taken from the beginning.
    private func resume(_ email: EmailRecord, job: Job) async throws {
        let now = clock.now()
        try await commit(
            job.organizationID,
            [.moveEmail(email.id, from: .claimed, to: .approved, reason: "The sender stopped.", at: now)])
        guard let released = try await books.emails.find(job.organizationID, email.id),
            released.status == .approved
        else { throw CommitRefusal.stale }
        try await sendInTime(released, job: job)
    }
}

/// Why an email is held right before it would be sent.
private struct Obstacle {
    let reason: String
    /// Whether approval is asked for again at once.
    let asksAgain: Bool

    fileprivate init(_ reason: String, asksAgain: Bool = false) {
        self.reason = reason
        self.asksAgain = asksAgain
    }
}
