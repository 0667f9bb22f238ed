import Desk
import Logging
import Mail
import Negotiation
import Postgres
import ServiceLifecycle
import Store
import Synchronization

/// Reads every mailbox of every organization that no other gateway reads. Were two to read the same one, nothing would count
/// twice, but servers allow few connections to a mailbox.
struct MailboxReaders: Service {
    let office: Office
    let services: MailServices
    let database: Postgres.Configuration
    let tally: MailboxTally
    let logger: Logger

    /// How often new mailboxes, and those of gateways that are gone, are looked for.
    private static let interval: Duration = .seconds(10)
    /// How soon a lost connection for the locks is made anew.
    private static let retry: Duration = .seconds(1)
    /// Mailboxes that one process reads at the same time. Each waits on a thread of its own, of which there are 255.
    private static let mostReaders = 150

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let locks = try await MailboxLocks(database)
                    await readAll(holding: locks)
                    await locks.release()
                } catch {
                    logger.warning("mailboxes cannot be locked for reading: \(error)")
                }
                try? await Task.sleep(for: Self.retry)
            }
        }
    }

    /// Reads until the task is cancelled or the locks are lost.
    private func readAll(holding locks: MailboxLocks) async {
        let running = RunningReaders()
        await withDiscardingTaskGroup { group in
            do {
                while !Task.isCancelled {
                    try await locks.confirm()
                    for (organization, mailbox) in await mailboxes() {
                        guard await running.begin(mailbox.id, atMost: Self.mostReaders) else { continue }
                        guard try await locks.take(mailbox.id) else {
                            await running.end(mailbox.id)
                            continue
                        }
                        group.addTask {
                            await read(mailbox, of: organization)
                            await stop(mailbox.id, locks, running)
                        }
                    }
                    if await running.count == Self.mostReaders {
                        logger.warning(
                            "this process reads as many mailboxes as it can, \(Self.mostReaders); start another gateway for more"
                        )
                    }
                    try await Task.sleep(for: Self.interval)
                }
            } catch is CancellationError {
                // The gateway is being stopped.
            } catch {
                logger.warning("the locks of the mailboxes are lost, taking them anew: \(error)")
            }
            group.cancelAll()
        }
    }

    private func stop(_ mailbox: MailboxID, _ locks: MailboxLocks, _ running: RunningReaders) async {
        do { try await locks.giveBack(mailbox) } catch {
            logger.warning("the lock of mailbox \(mailbox) ends with its connection: \(error)")
        }
        await running.end(mailbox)
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
    var count: Int { ids.count }
}
