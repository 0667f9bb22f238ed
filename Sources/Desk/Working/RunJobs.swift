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
        let now = clock.now()
        let jobs = try await books.jobs.claim(
            settings.worker, now, now.advanced(bySeconds: worker.leaseSeconds), worker.concurrency)
        await withTaskGroup(of: Void.self) { group in
            for job in jobs { group.addTask { await run(job) } }
        }
        return jobs.count
    }

    /// Runs one job; what goes wrong is written to the job and tried again later.
    private func run(_ job: Job) async {
        do {
            try await perform(job)
        } catch {
            let delay = Self.retrySeconds(after: error, attempts: job.attempts)
            let postponement = Postponement(
                worker: settings.worker, until: clock.now().advanced(bySeconds: delay),
                reason: Self.words(for: error), countsAsTry: !(error is SenderStillAlive))
            // If even this cannot be written, the lease runs out and the job is due again.
            try? await books.jobs.postpone(job, postponement)
        }
    }

    private func perform(_ job: Job) async throws {
        switch job.work {
        case .readArrival(let id): try await readArrival(id, job: job)
        case .askApprovers(let id): try await askApprovers(id, job: job)
        case .sendEmail(let id): try await sendEmail(id, job: job)
        case .expireApproval(let id): try await expireApproval(id, job: job)
        case .expireNegotiation(let id): try await expireNegotiation(id, job: job)
        case .applyInbound(let id): try await applyInbound(id, job: job)
        }
    }

    /// Ends a job that has nothing left to do.
    func finish(_ job: Job) async throws {
        try await books.commit(
            job.organizationID, [.finishJob(job.id, worker: settings.worker, at: clock.now())])
    }

    /// Seconds until a job is tried again: at once where something merely came in between, else growing to an hour.
    static func retrySeconds(after error: any Error, attempts: Int) -> Int64 {
        switch error {
        case CommitRefusal.stale, DeskError.busy: 1
        case is SenderStillAlive: 5
        default: min(3600, 2 << Int64(min(max(attempts, 1), 11)))
        }
    }

    static func words(for error: any Error) -> String {
        switch error {
        case let error as DeskError: error.description
        case let error as StaffLetterNotSent: "The mail server did not take it: \(error.reply)"
        case let error as SenderStillAlive: "The sender \(error.worker) may still be at work."
        default: "\(error)"
        }
    }
}
