import Desk
import Logging
import Negotiation
import ServiceLifecycle

/// Runs due jobs, woken by the database or by the clock. A job that takes long holds its own place and nobody else's.
struct JobWorkers: Service {
    let office: Office
    let settings: WorkerSettings
    let wake: WakeSignal
    let logger: Logger

    /// Jobs of this process at the same time, deliveries of webhooks apart: those have places of their own.
    private static let mostJobs = 8
    /// How often jobs of workers that died are looked for, in looks at an empty queue.
    private static let looksBetweenInspections = 12

    /// Claims jobs until the process is to stop, and then lets those that run come to their end: of a mail that is on its
    /// way the answer is still put on record.
    func run() async throws {
        let places = JobPlaces(Self.mostJobs)
        // Bounded by the places, and for deliveries by those that they have.
        let (claimed, inbox) = AsyncStream.makeStream(of: Job.self)
        await withDiscardingTaskGroup { group in
            group.addTask {
                await cancelWhenGracefulShutdown { await claim(into: inbox, places) }
                office.stopDelivering()
                inbox.finish()
            }
            for await job in claimed { group.addTask { await run(job, at: places) } }
        }
    }

    private func claim(into inbox: AsyncStream<Job>.Continuation, _ places: JobPlaces) async {
        var looksUntilInspection = 0
        while !Task.isCancelled {
            let free = await places.wait()
            do {
                if looksUntilInspection == 0 {
                    try await office.books.jobs.releaseJobsOfDeadWorkers(office.clock.now())
                    looksUntilInspection = Self.looksBetweenInspections
                }
                let jobs = try await office.claimDueJobs(settings, atMost: min(free, settings.concurrency))
                for job in jobs {
                    if !job.work.isDelivery { await places.take() }
                    inbox.yield(job)
                }
                if !jobs.isEmpty { continue }
                looksUntilInspection -= 1
                await wake.wait(atMost: try await pause())
            } catch is CancellationError {
                return
            } catch {
                logger.warning("jobs cannot be claimed, trying again in \(settings.idleSeconds) s: \(error)")
                await wake.wait(atMost: .seconds(settings.idleSeconds))
            }
        }
    }

    private func run(_ job: Job, at places: JobPlaces) async {
        await office.run(job)
        if !job.work.isDelivery { await places.leave() }
    }

    /// Until the next job is due, but never longer than the idle time.
    private func pause() async throws -> Duration {
        let idle = settings.idleSeconds * 1_000_000
        guard let due = try await office.books.jobs.nextDue() else { return .microseconds(idle) }
        return .microseconds(min(idle, max(1000, due.microseconds - office.clock.now().microseconds)))
    }
}

/// Places for jobs, and the one loop that waits until one is free.
private actor JobPlaces {
    private var free: Int
    private var waiting: CheckedContinuation<Void, Never>?

    init(_ count: Int) { free = count }

    /// Waits until a place is free; how many are. Jobs end by themselves, also while the process is being stopped.
    func wait() async -> Int {
        if free == 0 { await withCheckedContinuation { waiting = $0 } }
        return free
    }

    func take() { free -= 1 }

    func leave() {
        free += 1
        waiting?.resume()
        waiting = nil
    }
}
