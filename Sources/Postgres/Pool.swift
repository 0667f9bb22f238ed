import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A bounded set of connections, each used by one transaction at a time.
public final class Pool: Sendable {
    /// What the pool may take and how long callers wait.
    public struct Bounds: Sendable {
        /// Connections at most.
        public var connections = 10
        /// How long a caller waits for a connection, and how long a server that cannot be reached is tried again.
        public var patience: Duration = .seconds(5)
        /// How many callers may wait; the next is refused at once.
        public var waiting = 1_000
        /// How long a connection beyond ``keptIdle`` is kept without work.
        public var idleTime: Duration = .seconds(60)
        /// How many connections are kept however long they idle.
        public var keptIdle = 2

        /// The defaults.
        public init() {}
    }

    /// How busy the pool is.
    public struct Usage: Sendable, Hashable {
        /// Connections that exist or are being made.
        public let connections: Int
        /// Those without work.
        public let idle: Int
        /// Callers that wait.
        public let waiting: Int
    }

    /// The bounds it was made with.
    public let bounds: Bounds
    /// Where it connects to.
    public let configuration: Configuration
    let state = Mutex(State())

    /// A pool that connects when it is first used.
    public init(_ configuration: Configuration, bounds: Bounds = Bounds()) {
        self.configuration = configuration
        self.bounds = bounds
    }

    deinit { state.withLock { $0.reaper?.cancel() } }

    /// How busy the pool is now.
    public var usage: Usage {
        state.withLock { Usage(connections: $0.connections, idle: $0.idle.count, waiting: $0.waiters.count) }
    }

    /// Runs `body` inside a transaction: COMMIT when it returns, ROLLBACK when it throws.
    ///
    /// The tenant and the role are set for this transaction only. `body` runs on the connection's own thread, so it
    /// should wait for nothing but the database. Nothing is repeated: errors say whether repeating may help.
    ///
    /// - Parameters:
    ///   - tenant: the organization whose rows are visible, `nil` for none.
    ///   - role: a role to take on for this transaction.
    ///   - statementTimeout: instead of the configuration's.
    /// - Throws: what `body` throws, ``PostgresError``, `CancellationError`.
    @discardableResult
    public func transaction<Result: Sendable>(
        tenant: UUID?,
        role: Role? = nil,
        isolation: Isolation = .readCommitted,
        statementTimeout: Duration? = nil,
        _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        let opening = Opening(
            tenant: tenant, role: role, isolation: isolation, statementTimeout: statementTimeout)
        return try await run(opening, body)
    }

    /// As ``transaction(tenant:role:isolation:statementTimeout:_:)``, but the server refuses every change.
    public func read<Result: Sendable>(
        tenant: UUID?,
        role: Role? = nil,
        isolation: Isolation = .readCommitted,
        statementTimeout: Duration? = nil,
        _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        let opening = Opening(
            tenant: tenant, role: role, isolation: isolation, isReadOnly: true,
            statementTimeout: statementTimeout)
        return try await run(opening, body)
    }

    /// Runs statements as one transaction in two round trips: the cheapest way to write what is known beforehand.
    @discardableResult
    public func commit(tenant: UUID?, role: Role? = nil, _ statements: [Statement]) async throws -> [Rows] {
        try await run(Opening(tenant: tenant, role: role)) { try await $0.commit(after: statements) }
    }

    private func run<Result: Sendable>(
        _ opening: Opening, _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        let transaction = try await begin(opening)
        let connection = transaction.connection
        return try await withTaskExecutorPreference(connection.thread) {
            do {
                let result = try await body(transaction)
                try await connection.commit(transaction.number)
                await release(connection)
                return result
            } catch {
                _ = await connection.rollback()
                await release(connection)
                throw error
            }
        }
    }

    /// Begins on the first connection that turns out to be alive, within the patience.
    private func begin(_ opening: Opening) async throws -> Transaction {
        let deadline = ContinuousClock.now + bounds.patience
        while true {
            let connection = try await acquire(until: deadline)
            do {
                return Transaction(connection: connection, number: try await connection.begin(opening))
            } catch PostgresError.connectionLost where ContinuousClock.now < deadline {
                // It died while it was idle. Nothing has been run, so another connection may take its place.
                await release(connection)
            } catch {
                await release(connection)
                throw error
            }
        }
    }
}
