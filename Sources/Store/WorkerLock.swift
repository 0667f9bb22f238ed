import Desk
import Postgres

/// The sign of life of one worker process: an advisory lock that it holds on a connection of its own for as long as it
/// lives. When the process ends, however it ends, the server ends the connection, and whoever can have the lock knows.
///
/// The connection must not lead through a pooler in transaction mode.
public actor WorkerLock {
    private let locks: AdvisoryLocks
    /// The worker whose life it is, as leases and attempts name it.
    public nonisolated let worker: String

    private init(_ locks: AdvisoryLocks, _ worker: String) {
        self.locks = locks
        self.worker = worker
    }

    /// Takes the lock of a worker's name, which no two processes may share.
    ///
    /// - Returns: `nil` when another process holds it.
    /// - Throws: ``CommitRefusal/unavailable(_:)``
    public static func hold(for worker: String, _ configuration: Configuration) async throws -> WorkerLock? {
        try await refusing {
            let locks = try await AdvisoryLocks(configuration)
            guard try await locks.take(key(of: worker)) else {
                await locks.close()
                return nil
            }
            return WorkerLock(locks, worker)
        }
    }

    /// Whether the lock is still held: one round trip. Ask right before a step that nobody else may take meanwhile.
    ///
    /// - Throws: ``CommitRefusal/unavailable(_:)`` when the connection was lost, and the lock with it: others may take
    ///   this process for dead. It must stop what it began, and can take the lock anew.
    public func confirm() async throws { try await refusing { try await locks.confirm() } }

    /// Gives the lock back and disconnects.
    public func release() async { await locks.close() }

    static func key(of worker: String) -> LockKey {
        LockKey(Int64(bitPattern: fnv1a("parley worker \(worker)".utf8)))
    }

    /// Asks whether a worker is gone by taking its lock for a moment.
    static func gone(_ database: Database) -> @Sendable (String) async throws -> Bool {
        { worker in
            try await refusing {
                try await database.pool.read(tenant: nil) { transaction in
                    // Ends with the transaction, in the same round trip.
                    try await transaction.commit(after: [
                        Statement("SELECT pg_try_advisory_xact_lock($1)", [.int64(key(of: worker).number)])
                    ])[0].single().bool(0)
                }
            }
        }
    }
}
