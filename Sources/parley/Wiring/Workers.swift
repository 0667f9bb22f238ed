import Desk
import Logging
import Mail
import Negotiation
import Postgres
import ServiceLifecycle

/// Runs due jobs, woken by the database or by the clock.
struct JobWorkers: Service {
    let office: Office
    let settings: WorkerSettings
    let wake: WakeSignal
    let logger: Logger

    /// How many claims are worked on at the same time.
    private static let lanes = 2
    /// How often jobs of workers that died are looked for.
    private static let roundsBetweenInspections = 12

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for lane in 0..<Self.lanes { group.addTask { await work(inspecting: lane == 0) } }
            }
        }
    }

    private func work(inspecting: Bool) async {
        var idleRounds = 0
        while !Task.isCancelled {
            do {
                if inspecting, idleRounds % Self.roundsBetweenInspections == 0 {
                    try await office.books.jobs.releaseJobsOfDeadWorkers(office.clock.now())
                }
                if try await office.runDueJobs(settings) > 0 { continue }
                idleRounds += 1
                await wake.wait(atMost: try await pause())
            } catch is CancellationError {
                return
            } catch {
                logger.warning("jobs cannot be claimed, trying again in \(settings.idleSeconds) s: \(error)")
                await wake.wait(atMost: .seconds(settings.idleSeconds))
            }
        }
    }

    /// Until the next job is due, but never longer than the idle time.
    private func pause() async throws -> Duration {
        let idle = settings.idleSeconds * 1_000_000
        guard let due = try await office.books.jobs.nextDue() else { return .microseconds(idle) }
        return .microseconds(min(idle, max(1000, due.microseconds - office.clock.now().microseconds)))
    }
}

/// Wakes the workers when a transaction has enqueued something.
struct JobListener: Service {
    let listener: Listener
    let wake: WakeSignal

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await event in listener.events {
                if case .lost = event { continue }
                await wake.raise()
            }
        }
        listener.stop()
    }
}

/// Looks into the sandbox inbox again and again.
struct InboxWatcher: Service {
    let inbox: SandboxInbox
    let logger: Logger

    /// How long to wait between two looks. A file is taken at the second look at which it is unchanged.
    private static let interval: Duration = .milliseconds(150)
    /// How long to wait after an error.
    private static let pauseAfterError: Duration = .seconds(2)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    _ = try await inbox.look()
                    try await Task.sleep(for: Self.interval)
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("the sandbox inbox cannot be received: \(error)")
                    try? await Task.sleep(for: Self.pauseAfterError)
                }
            }
        }
    }
}

/// Ends the gateway when its own database has ended for good.
struct EmbeddedWatcher: Service {
    let database: Database

    func run() async throws {
        guard let embedded = database.embedded else { return try await gracefulShutdown() }
        try await cancelWhenGracefulShutdown {
            if let failure = await embedded.end() { throw failure }
        }
    }
}
