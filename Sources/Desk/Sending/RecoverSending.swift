import Negotiation

extension Office {
    /// An attempt whose sender may be gone: positive evidence settles it, absence proves nothing.
    func recover(_ email: EmailRecord, job: Job) async throws {
        let organization = job.organizationID
        guard let attempt = try await books.emails.attempts(organization, email.id).last,
            let content = try await books.emails.content(organization, email.id, attempt.version)
        else { throw DeskError.notFound("attempt") }
        let isMine = attempt.worker == settings.worker
        let isGone =
            isMine ? !inFlight.contains(attempt.id) : try await books.jobs.workerIsGone(attempt.worker)
        guard isGone else { throw SenderStillAlive(worker: attempt.worker) }
        guard attempt.outcome != .accepted else {
            return try await record(
                .accepted(attempt.serverReply ?? ""), of: attempt, email: email, content: content, job: job)
        }
        let finding = try await search(for: email, attempt, of: organization)
        let result: SendResult =
            finding.kind == .copy
            ? .accepted("Found where it was delivered to.")
            : .unknown("The sender stopped before the mail server's answer was on record.")
        try await record(
            result, of: attempt, email: email, content: content, evidence: finding, job: job)
    }

    /// Looks for an email where copies of what was sent are kept.
    func search(for email: EmailRecord, _ attempt: SendAttempt, of organization: OrganizationID) async throws
        -> SendEvidence
    {
        let found = await mail.wasSent(organization, attempt, email.messageID)
        let place = try await placeOfCopies(of: organization)
        let now = clock.now()
        guard !found else { return SendEvidence(.copy, "It was found in \(place).", at: now) }
        return SendEvidence(
            .search, "Parley looked into \(place) and did not find it, which proves nothing.", at: now)
    }

    private func placeOfCopies(of organization: OrganizationID) async throws -> String {
        guard let home = try await books.mailboxes.home(of: organization) else { return "the outbox" }
        guard let servers = home.servers else { return "the messages of \(home.name)" }
        return servers.sentCopy.map { "the folder \($0) of \(home.name)" }
            ?? "\(home.name), which keeps no copies that could be searched,"
    }
}

/// The process that began an attempt still runs, or cannot be shown to be gone; ask again later.
struct SenderStillAlive: Error {
    let worker: String
}
