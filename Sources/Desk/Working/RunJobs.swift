import Negotiation

/// How much a worker takes at a time, and how long it may keep it.
public struct WorkerSettings: Sendable {
    /// Jobs that run at the same time.
    public var concurrency: Int
    /// How long a job is held before it counts as abandoned, in seconds.
    public var leaseSeconds: Int64
    /// The longest wait between two looks at the queue, in seconds.
    public var idleSeconds: Int64

    public init(concurrency: Int = 4, leaseSeconds: Int64 = 120, idleSeconds: Int64 = 5) {
        self.concurrency = concurrency
        self.leaseSeconds = leaseSeconds
        self.idleSeconds = idleSeconds
    }
}

extension Office {
    /// Claims due jobs of one tenant and runs them; how many there were.
    public func runDueJobs(_ worker: WorkerSettings) async throws -> Int {
        let jobs = try await claimDueJobs(worker, atMost: worker.concurrency)
        await withTaskGroup(of: Void.self) { group in
            for job in jobs { group.addTask { await run(job) } }
        }
        return jobs.count
    }

    /// Claims due jobs of one tenant, which ``run(_:)`` then does.
    public func claimDueJobs(_ worker: WorkerSettings, atMost most: Int) async throws -> [Job] {
        let now = clock.now()
        return try await books.jobs.claim(
            settings.worker, now, now.advanced(bySeconds: worker.leaseSeconds), most)
    }

    /// Runs one job; what goes wrong is written to the job and tried again later.
    public func run(_ job: Job) async {
        do {
            try await perform(job)
        } catch {
            let delay = Self.retrySeconds(after: error, attempts: job.attempts, random: clock.random())
            let isTry = !(error is SenderStillAlive || error is NoDeliveryPlace)
            let postponement = Postponement(
                worker: settings.worker, until: clock.now().advanced(bySeconds: delay),
                reason: Self.words(for: error), countsAsTry: isTry)
            // If even this cannot be written, the lease runs out and the job is due again; if nobody can be told, the
            // page and the figures still show it.
            try? await books.jobs.postpone(job, postponement)
            if postponement.countsAsTry, job.attempts >= Job.mostAttempts {
                try? await tellThatItIsDead(job, because: postponement.reason)
            }
        }
    }

    private func tellThatItIsDead(_ job: Job, because reason: String) async throws {
        let administrators = try await books.people.usersWithRole(job.organizationID, [.orgAdmin])
        let now = clock.now()
        try await commit(
            job.organizationID,
            administrators.flatMap { user in
                notifying(
                    user.id, type: "job_failed", title: "Work has failed for good",
                    message: "\(reason) Mend what is wrong, and have it done again on the page “Jobs”.",
                    about: nil,
                    at: now)
            })
    }

    private func perform(_ job: Job) async throws {
        switch job.work {
        case .readArrival(let id): try await readArrival(id, job: job)
        case .askApprovers(let id): try await askApprovers(id, job: job)
        case .remindApprovers(let id): try await remindApprovers(id, job: job)
        case .sendApprovalDigest(let id): try await sendApprovalDigest(to: id, job: job)
        case .askAgain(let id): try await askAgain(id, job: job)
        case .sendEmail(let id): try await sendEmail(id, job: job)
        case .expireApproval(let id): try await expireApproval(id, job: job)
        case .expireNegotiation(let id): try await expireNegotiation(id, job: job)
        case .deliverWebhooks(let id): try await deliverWebhooks(id, job: job)
        case .planFollowUp(let id): try await planFollowUp(of: id, job: job)
        case .followUp(let id): try await followUp(id, job: job)
        case .applyInbound(let id): try await applyInbound(id, job: job)
        }
    }

    /// Ends a job that has nothing left to do.
    func finish(_ job: Job) async throws {
        try await commit(
            job.organizationID, [.finishJob(job.id, worker: settings.worker, at: clock.now())])
    }

    /// Seconds until a job is tried again: at once where something merely came in between, else growing.
    static func retrySeconds(after error: any Error, attempts: Int, random: UInt64) -> Int64 {
        switch error {
        case CommitRefusal.stale, DeskError.busy: 1
        case is NoDeliveryPlace: 2
        case is SenderStillAlive: 5
        default: Backoff.seconds(attempt: attempts, random: random)
        }
    }

    static func words(for error: any Error) -> String {
        switch error {
        case let error as DeskError: error.description
        case let error as StaffLetterNotSent: "The mail server did not take it: \(error.reply)"
        case is NoDeliveryPlace: "Other receivers are being told something at the moment."
        case let error as SenderStillAlive: "The sender \(error.worker) may still be at work."
        default: "\(error)"
        }
    }
}
