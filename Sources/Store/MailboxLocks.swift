import Desk
import Negotiation
import Postgres

/// Which mailboxes this process reads: an advisory lock for each, held on one connection of their own for as long as it
/// lives. When the process ends, however it ends, another one can have them.
///
/// The connection must not lead through a pooler in transaction mode.
public actor MailboxLocks {
    private let locks: AdvisoryLocks

    /// Connects.
    ///
    /// - Throws: ``CommitRefusal/unavailable(_:)``
    public init(_ configuration: Configuration) async throws {
        locks = try await refusing { try await AdvisoryLocks(configuration) }
    }

    /// Takes the lock of a mailbox if nobody holds it, in this process or elsewhere.
    ///
    /// - Returns: whether this process holds it now.
    public func take(_ mailbox: MailboxID) async throws -> Bool {
        try await refusing { try await locks.take(Self.key(of: mailbox)) }
    }

    /// Gives a lock back.
    public func giveBack(_ mailbox: MailboxID) async throws {
        try await refusing { try await locks.giveBack(Self.key(of: mailbox)) }
    }

    /// Whether the locks are still held: one round trip.
    ///
    /// - Throws: ``CommitRefusal/unavailable(_:)`` when the connection was lost, and all locks with it.
    public func confirm() async throws { try await refusing { try await locks.confirm() } }

    /// Gives all locks back and disconnects.
    public func release() async { await locks.close() }

    private static func key(of mailbox: MailboxID) -> LockKey { LockKey("parley mailbox", mailbox.uuid) }
}
