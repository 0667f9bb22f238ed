import Desk
import Negotiation
import Synchronization

/// The books of all organizations in memory, with the same meaning as those in a database: a commit is made as a whole
/// or not at all, versions and statuses are compared, unique values are unique, nothing about money gets past the gate
/// without a grant for exactly its digest, and no organization sees or touches another's.
///
/// What only a database does is left out: texts are not cut to the length of a column, and commits stand in a queue
/// instead of racing.
public final class InMemoryBooks: Sendable {
    private let ledger = Mutex(Ledger())

    /// Empty books.
    public init() {}

    /// The port that the use cases work with.
    public var books: Books {
        Books(
            commit: { organization, changes in
                try self.ledger.withLock { try $0.commit(organization, changes) }
            },
            negotiations: negotiations, emails: emails, approvals: approvals, threads: threads,
            catalogue: catalogue, people: people, journal: journal, jobs: jobs, mailboxes: mailboxes,
            subscriptions: subscriptions, followUps: followUps, inbound: inbound)
    }

    /// Says that a worker's process is running, as its lock on the database would. Workers are gone unless this was said.
    public func workerBegins(_ name: String) {
        ledger.withLock { _ = $0.liveWorkers.insert(name) }
    }

    /// Says that a worker's process is no more.
    public func workerEnds(_ name: String) {
        ledger.withLock { _ = $0.liveWorkers.remove(name) }
    }

    /// All jobs of an organization, those that are over as well, in the order in which they were asked for.
    public func queue(of organization: OrganizationID) -> [QueuedJob] {
        read(organization) { $0.jobs }
    }

    /// The permissions that have been given in an organization.
    public func grants(of organization: OrganizationID) -> [ApprovalGrant] {
        read(organization) { $0.grants }
    }

    /// The tier that an organization pays for.
    public func tier(of organization: OrganizationID) -> String { read(organization) { $0.tier } }

    /// What arrived at an organization, with what became of it and why.
    public func arrivals(
        of organization: OrganizationID
    ) -> [(arrival: Arrival, state: Arrival.State, reason: String?)] {
        read(organization) { rows in rows.arrivals.map { ($0.arrival, $0.state, $0.reason) } }
    }

    /// Looks at the rows of one organization; empty for one that is not there.
    func read<Answer>(_ organization: OrganizationID, _ look: (TenantRows) throws -> Answer) rethrows
        -> Answer
    {
        try ledger.withLock { try look($0.tenants[organization] ?? TenantRows()) }
    }

    /// Looks at everything, for what is found before the organization is known.
    func readAll<Answer>(_ look: (Ledger) throws -> Answer) rethrows -> Answer {
        try ledger.withLock { try look($0) }
    }

    /// Changes the queue.
    func change<Answer>(_ make: (inout Ledger) throws -> Answer) rethrows -> Answer {
        try ledger.withLock { try make(&$0) }
    }
}

/// A job as the queue keeps it.
public struct QueuedJob: Hashable, Sendable {
    public let id: JobID
    public let work: Job.Work
    public var state: State
    public var runAt: Instant
    /// How often it has been begun.
    public var attempts: Int
    public var leaseUntil: Instant?
    public var worker: String?
    /// Why it was put back or is dead.
    public var lastError: String?

    /// How far it has come.
    public enum State: String, Sendable { case due, running, done, dead }

    /// Whether it has still to be run.
    public var isOpen: Bool { state == .due || state == .running }

    init(_ job: Job) {
        id = job.id
        work = job.work
        state = .due
        runAt = job.runAt
        attempts = job.attempts
    }
}
