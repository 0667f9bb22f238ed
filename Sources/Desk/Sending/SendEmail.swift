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

    fileprivate init(
        _ email: EmailRecord, _ content: EmailContent, organization: OrganizationID, attempt: SendAttempt,
        providerThread: String?
    ) {
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

    /// The way of an approved email: claim → check again → put the attempt on record → hand it over → write down what
    /// came of it. Killed anywhere, the next holder of the job goes on from what is on record.
    func sendEmail(_ id: EmailID, job: Job) async throws {
        guard let email = try await books.emails.find(job.organizationID, id) else {
            return try await finish(job)
        }
        switch email.status {
        case .approved: try await claimAndSend(email, job: job)
        case .claimed: try await resume(email, job: job)
        case .sending: try await recover(email, job: job)
        case .draft, .pendingApproval, .sent, .uncertain, .failed, .cancelled: try await finish(job)
        }
    }

    private func claimAndSend(_ email: EmailRecord, job: Job) async throws {
        let organization = job.organizationID
        let lease = clock.now().advanced(bySeconds: Self.leaseSeconds)
        try await books.commit(
            organization, [.claimEmail(email.id, worker: settings.worker, leaseUntil: lease)])
        guard let claimed = try await books.emails.find(organization, email.id), claimed.status == .claimed,
            let content = try await books.emails.content(organization, email.id, claimed.version)
        else { throw CommitRefusal.stale }
        if let reason = try await obstacle(to: claimed, of: organization) {
            return try await hold(claimed, because: reason, job: job)
        }
        let home = try await books.mailboxes.home(of: organization)
        let thread = try await providerThread(of: claimed, from: home)
        let attempts = try await books.emails.attempts(organization, email.id)
        let attempt = SendAttempt(
            id: clock.newID(), emailID: email.id, number: attempts.count + 1, version: claimed.version,
            worker: settings.worker, startedAt: clock.now(), outcome: .open, serverReply: nil)
        inFlight.insert(attempt.id)
        defer { inFlight.remove(attempt.id) }
        // The point of no return: from here on only an explicit refusal allows another attempt.
        try await books.commit(organization, [.beginAttempt(attempt)])
        let result = await mail.send(
            ApprovedEmail(
                claimed, content, organization: organization, attempt: attempt, providerThread: thread))
        try await record(result, of: attempt, email: claimed, content: content, job: job)
        try await noteSending(result, by: home)
    }

    /// What the provider of the mailbox calls the conversation, as the newest answer in it says.
    private func providerThread(of email: EmailRecord, from home: Mailbox?) async throws -> String? {
        guard let home, case .gmail = home.connection else { return nil }
        return try await books.threads.messages(home.organizationID, email.negotiationID)
            .last { $0.providerThreadID != nil }?.providerThreadID
    }

    /// Why the email must not leave after all; `nil` when nothing speaks against it.
    private func obstacle(to email: EmailRecord, of organization: OrganizationID) async throws -> String? {
        guard let negotiation = try await books.negotiations.find(organization, email.negotiationID) else {
            return "The negotiation is gone."
        }
        if negotiation.status.isClosed { return "The negotiation is over." }
        if email.kind == .followUp,
            let reason = try await obstacle(toFollowUp: email, in: negotiation, at: clock.now())
        {
            return reason
        }
        guard email.isMoneyRelated else { return nil }
        guard try await books.emails.isGranted(organization, email.id, email.digest) else {
            return "Nobody has approved it as it is now."
        }
        guard let request = try await books.approvals.ofEmail(organization, email.id) else {
            return "There is no request for its approval."
        }
        if let replied = negotiation.lastVendorResponseAt, replied > request.createdAt {
            return "The vendor has answered since approval was asked for."
        }
        return nil
    }

    private func hold(_ email: EmailRecord, because reason: String, job: Job) async throws {
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
        try await books.commit(
            job.organizationID,
            [.moveEmail(email.id, from: .claimed, to: .approved, reason: "The sender stopped.", at: now)])
        guard let released = try await books.emails.find(job.organizationID, email.id),
            released.status == .approved
        else { throw CommitRefusal.stale }
        try await claimAndSend(released, job: job)
    }

    /// An attempt whose sender may be gone: positive evidence settles it, absence proves nothing.
    private func recover(_ email: EmailRecord, job: Job) async throws {
        let organization = job.organizationID
        guard let attempt = try await books.emails.attempts(organization, email.id).last,
            let content = try await books.emails.content(organization, email.id, attempt.version)
        else { throw DeskError.notFound("attempt") }
        let isMine = attempt.worker == settings.worker
        let isGone =
            isMine ? !inFlight.contains(attempt.id) : try await books.jobs.workerIsGone(attempt.worker)
        guard isGone else { throw SenderStillAlive(worker: attempt.worker) }
        let result: SendResult =
            if attempt.outcome == .accepted {
                .accepted(attempt.serverReply ?? "")
            } else if await mail.wasSent(organization, attempt, email.messageID) {
                .accepted("Found where it was delivered to.")
            } else {
                .unknown("The sender stopped before the mail server's answer was on record.")
            }
        try await record(result, of: attempt, email: email, content: content, job: job)
    }
}

/// The process that began an attempt still runs, or cannot be shown to be gone; ask again later.
struct SenderStillAlive: Error {
    let worker: String
}
