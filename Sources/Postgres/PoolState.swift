/// Connections and those who wait for one.
extension Pool {
    struct State {
        var idle: [Idle] = []
        /// All that exist or are being made.
        var connections = 0
        var waiters: [Waiter] = []
        var lastWaiter: UInt64 = 0
        var isShutDown = false
        var reaper: Task<Void, Never>?
        var drained: CheckedContinuation<Void, Never>?
    }

    struct Idle {
        let connection: Connection
        let since: ContinuousClock.Instant
    }

    struct Waiter {
        let number: UInt64
        let continuation: CheckedContinuation<Grant, any Error>
    }

    /// What a caller may do.
    enum Grant {
        case use(Connection)
        case connect
    }

    /// A connection that is believed to be alive, within the deadline.
    func acquire(until deadline: ContinuousClock.Instant) async throws -> Connection {
        switch try await grant(until: deadline) {
        case .use(let connection): return connection
        case .connect: return try await connect(until: deadline)
        }
    }

    private func connect(until deadline: ContinuousClock.Instant) async throws -> Connection {
        var pause: Duration = .milliseconds(20)
        do {
            while true {
                do { return try await Connection.open(configuration) } catch PostgresError.unreachable
                    where ContinuousClock.now + pause < deadline
                {
                    // A server that restarts or is being promoted is back within a second or two.
                    try await Task.sleep(for: pause)
                    pause = min(pause * 2, .milliseconds(500))
                }
            }
        } catch {
            giveUpConnection()
            throw error
        }
    }

    private func grant(until deadline: ContinuousClock.Instant) async throws -> Grant {
        try Task.checkCancellation()
        if let grant = try state.withLock({ try immediateGrant(&$0) }) { return grant }
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let alarm = Task { [weak self] in
            try await Task.sleep(until: deadline, clock: .continuous)
            self?.expire(number)
        }
        defer { alarm.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(Waiter(number: number, continuation: continuation), until: deadline)
            }
        } onCancel: {
            remove(number)?.continuation.resume(throwing: CancellationError())
        }
    }

    private func immediateGrant(_ state: inout State) throws(PostgresError) -> Grant? {
        guard !state.isShutDown else { throw .poolShutDown }
        if let idle = state.idle.popLast() { return .use(idle.connection) }
        if state.connections < bounds.connections {
            state.connections += 1
            return .connect
        }
        guard state.waiters.count < bounds.waiting else {
            throw .poolExhausted(size: bounds.connections, waiting: state.waiters.count)
        }
        return nil
    }

    /// Waits in line, unless something has become free in between.
    private func enqueue(_ waiter: Waiter, until deadline: ContinuousClock.Instant) {
        let outcome: Result<Grant, any Error>? = state.withLock { state in
            do {
                if let grant = try immediateGrant(&state) { return .success(grant) }
                state.waiters.append(waiter)
                return nil
            } catch { return .failure(error) }
        }
        if let outcome { waiter.continuation.resume(with: outcome) }
        // Whoever cancelled, and the alarm, found nobody if they came before the line above.
        if Task.isCancelled { remove(waiter.number)?.continuation.resume(throwing: CancellationError()) }
        if deadline <= .now { expire(waiter.number) }
    }

    private func remove(_ number: UInt64) -> Waiter? {
        state.withLock { state in
            state.waiters.firstIndex { $0.number == number }.map { state.waiters.remove(at: $0) }
        }
    }

    private func expire(_ number: UInt64) {
        guard let waiter = remove(number) else { return }
        let waiting = state.withLock { $0.waiters.count }
        waiter.continuation.resume(
            throwing: PostgresError.poolExhausted(size: bounds.connections, waiting: waiting))
    }

    /// Takes a connection back and hands it, or its place, to the next in line.
    func release(_ connection: Connection) async {
        guard await connection.isReusable else {
            await connection.close()
            giveUpConnection()
            return
        }
        let (waiter, mustClose) = state.withLock { state -> (Waiter?, Bool) in
            if state.isShutDown { return (nil, true) }
            if !state.waiters.isEmpty { return (state.waiters.removeFirst(), false) }
            state.idle.append(Idle(connection: connection, since: .now))
            if state.reaper == nil, state.idle.count > bounds.keptIdle { state.reaper = reaper() }
            return (nil, false)
        }
        if let waiter { waiter.continuation.resume(returning: .use(connection)) }
        if mustClose {
            await connection.close()
            giveUpConnection()
        }
    }

    /// One connection fewer: its place goes to the next in line.
    private func giveUpConnection() {
        let (waiter, drained) = state.withLock { state -> (Waiter?, CheckedContinuation<Void, Never>?) in
            if !state.waiters.isEmpty { return (state.waiters.removeFirst(), nil) }
            state.connections -= 1
            guard state.connections == 0 else { return (nil, nil) }
            defer { state.drained = nil }
            return (nil, state.drained)
        }
        waiter?.continuation.resume(returning: .connect)
        drained?.resume()
    }

    // MARK: Idle connections and the end

    /// Closes what has idled too long, until only the few that are kept remain.
    private func reaper() -> Task<Void, Never> {
        let interval = bounds.idleTime / 2
        return Task { [weak self] in
            while (try? await Task.sleep(for: interval)) != nil, await self?.closeIdle() == true {}
        }
    }

    /// - Returns: whether there will be more to close.
    private func closeIdle() async -> Bool {
        let expired = state.withLock { state -> [Connection] in
            let oldest = ContinuousClock.now - bounds.idleTime
            let surplus = max(0, state.idle.count - bounds.keptIdle)
            // Those used last stand at the end.
            let expired = state.idle.prefix(surplus).prefix { $0.since < oldest }.map(\.connection)
            state.idle.removeFirst(expired.count)
            if state.idle.count <= bounds.keptIdle { state.reaper = nil }
            return expired
        }
        for connection in expired {
            await connection.close()
            giveUpConnection()
        }
        return state.withLock { $0.reaper != nil }
    }

    /// Refuses new work, lets running transactions finish for at most `limit`, and closes everything that is free.
    ///
    /// - Returns: whether all connections were closed in time.
    @discardableResult
    public func shutDown(within limit: Duration = .seconds(10)) async -> Bool {
        let (waiters, idle) = state.withLock { state -> ([Waiter], [Idle]) in
            state.isShutDown = true
            state.reaper?.cancel()
            state.reaper = nil
            defer { (state.waiters, state.idle) = ([], []) }
            return (state.waiters, state.idle)
        }
        for waiter in waiters { waiter.continuation.resume(throwing: PostgresError.poolShutDown) }
        for idle in idle {
            await idle.connection.close()
            giveUpConnection()
        }
        await drain(within: limit)
        return usage.connections == 0
    }

    private func drain(within limit: Duration) async {
        let alarm = Task { [weak self] in
            try await Task.sleep(for: limit)
            self?.state.withLock { $0.drained.take() }?.resume()
        }
        defer { alarm.cancel() }
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                guard state.connections > 0, state.drained == nil else { return true }
                state.drained = continuation
                return false
            }
            if isDone { continuation.resume() }
        }
    }
}
