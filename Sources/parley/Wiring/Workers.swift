import Desk
import Logging
import Mail
import Negotiation
import Postgres
import ServiceLifecycle
import Synchronization

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
        // No new work is begun once the process is asked to end, and what has begun is brought to its end: a sender that
        // is broken off leaves an email of which nobody knows whether it was sent.
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<Self.lanes { group.addTask { await work(inspecting: lane == 0) } }
            group.addTask {
                try? await gracefulShutdown()
                await wake.raise()
            }
        }
    }

    private func work(inspecting: Bool) async {
        var idleRounds = 0
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
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

/// Reads every mailbox of every organization.
struct MailboxReaders: Service {
    let office: Office
    let services: MailServices
    let tally: MailboxTally
    let logger: Logger

    /// How often new mailboxes are looked for.
    private static let interval: Duration = .seconds(10)
    /// Mailboxes that one process reads at the same time. Each waits on a thread of its own, of which there are 255.
    private static let mostReaders = 150

    func run() async throws {
        let running = RunningReaders()
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    let mailboxes = await mailboxes()
                    if mailboxes.count > Self.mostReaders {
                        logger.warning(
                            "\(mailboxes.count - Self.mostReaders) mailboxes are not read: one process reads \(Self.mostReaders)"
                        )
                    }
                    for (organization, mailbox) in mailboxes {
                        guard await running.begin(mailbox.id, atMost: Self.mostReaders) else { continue }
                        group.addTask {
                            await read(mailbox, of: organization)
                            await running.end(mailbox.id)
                        }
                    }
                    try? await Task.sleep(for: Self.interval)
                }
            }
        }
    }

    private func read(_ mailbox: Mailbox, of organization: OrganizationID) async {
        let report: @Sendable (String) -> Void = { [logger] in logger.warning("\($0)") }
        switch mailbox.connection {
        case .servers:
            await IMAPInbox(mailbox.id, of: organization, office: office, services: services, report: report)
                .run()
        case .gmail:
            await GmailReader(
                mailbox.id, of: organization, office: office, services: services, report: report
            ).run()
        }
    }

    /// Those that are to be read.
    private func mailboxes() async -> [(OrganizationID, Mailbox)] {
        do {
            var found: [(OrganizationID, Mailbox)] = []
            var (working, failing) = (0, 0)
            for (organization, _) in try await office.books.people.organizations() {
                for mailbox in try await office.books.mailboxes.list(organization)
                where mailbox.condition != .disabled {
                    if mailbox.condition == .working { working += 1 } else { failing += 1 }
                    if mailbox.isRead { found.append((organization, mailbox)) }
                }
            }
            tally.set(working: working, failing: failing)
            return found
        } catch {
            // A gateway that is being stopped has nothing to say about it.
            if !Task.isCancelled { logger.warning("mailboxes cannot be looked for: \(error)") }
            return []
        }
    }
}

/// How many mailboxes work, as of the last look, for whoever asks how the gateway is.
final class MailboxTally: Sendable {
    private let counts = Mutex((working: 0, failing: 0))

    func set(working: Int, failing: Int) { counts.withLock { $0 = (working, failing) } }

    /// One line, without saying whose they are.
    var line: String { counts.withLock { "\($0.working) work, \($0.failing) fail" } }
}

/// The mailboxes that are being read by this process.
private actor RunningReaders {
    private var ids: Set<MailboxID> = []

    func begin(_ id: MailboxID, atMost limit: Int) -> Bool { ids.count < limit && ids.insert(id).inserted }
    func end(_ id: MailboxID) { ids.remove(id) }
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
