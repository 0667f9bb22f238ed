import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The thread that starts the server, watches it, and stops it.
///
/// It lives as long as the server may, because the kernel ends the server with the *thread* that forked it
/// (`PR_SET_PDEATHSIG`, prctl(2)). It alone starts, signals and reaps children.
final class Keeper: Sendable {
    /// What there is once the server answers.
    struct Ready: Sendable {
        let home: String
        let log: String
        let socketFolder: String
    }

    private struct State {
        var onStart: CheckedContinuation<Result<Ready, EmbeddedError>, Never>?
        var onEnd: [Int: CheckedContinuation<EmbeddedError?, Never>] = [:]
        var nextWaiter = 0
        var failure: EmbeddedError?
        var hasEnded = false
        var process: Int32?
        var restarts = 0
    }

    private let given: String
    private let state = Mutex(State())
    private let stopAlarm: Signal
    private let ended: Signal

    /// `nil` when the system has no descriptors left.
    init?(home: String) {
        guard let stopAlarm = Signal(), let ended = Signal() else { return nil }
        given = home
        self.stopAlarm = stopAlarm
        self.ended = ended
    }

    var process: Int32? { state.withLock { $0.process } }
    var restarts: Int { state.withLock { $0.restarts } }

    func requestStop() { stopAlarm.raise() }

    func waitForEnd() { waitForAny([ended.descriptor.number], atMost: nil) }

    func start() async -> Result<Ready, EmbeddedError> {
        await withCheckedContinuation { continuation in
            state.withLock { $0.onStart = continuation }
            guard startThread({ self.work() }) else {
                return finish(.homeUnusable(home: given, reason: systemComplaint))
            }
        }
    }

    /// Waits for the end; returns early, with `nil`, when the task is cancelled.
    func end() async -> EmbeddedError? {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let end: EmbeddedError?? = state.withLock { state in
                    if state.hasEnded { return .some(state.failure) }
                    if Task.isCancelled { return .some(nil) }
                    state.onEnd[number] = continuation
                    return nil
                }
                if let end { continuation.resume(returning: end) }
            }
        } onCancel: {
            state.withLock { $0.onEnd.removeValue(forKey: number) }?.resume(returning: nil)
        }
    }

    private func work() {
        // The home is free again before anybody hears of the end.
        let failure = run()
        finish(failure)
    }

    private func run() -> EmbeddedError? {
        do throws(EmbeddedError) {
            let home = try Home(given)
            try keep(try ServerRun.prepare(in: home, alarm: stopAlarm))
            return nil
        } catch {
            return error
        }
    }

    private func finish(_ failure: EmbeddedError?) {
        let (onStart, onEnd) = state.withLock { state in
            state.failure = failure
            state.hasEnded = true
            state.process = nil
            defer { (state.onStart, state.onEnd) = (nil, [:]) }
            return (state.onStart, state.onEnd)
        }
        onStart?.resume(returning: .failure(failure ?? .stopped))
        for waiter in onEnd.values { waiter.resume(returning: failure) }
        ended.raise()
    }

    // MARK: Watching

    /// How often in a row a server may end before it is left alone. One that ran for `longRun` counts as sound again.
    private static let restartLimit = 5
    private static let longRun: Duration = .seconds(60)
    /// Before the first restart; doubles with each.
    private static let shortestPause: Duration = .milliseconds(100)

    /// Starts the server, and again when it ends, until somebody wants it stopped.
    private func keep(_ server: ServerRun) throws(EmbeddedError) {
        var failures = 0
        while !stopAlarm.isRaised {
            let began = ContinuousClock.now
            guard let ending = try oneRun(server) else { return }
            if state.withLock({ $0.onStart != nil }) {
                let reason = server.home.lastComplaint(otherwise: "\(ending)")
                throw .serverDidNotStart(reason: reason, log: server.home.log)
            }
            failures = began.duration(to: .now) > Self.longRun ? 1 : failures + 1
            guard failures <= Self.restartLimit else {
                let reason = server.home.lastComplaint(otherwise: "\(ending)")
                throw .keptEnding(times: failures, reason: reason, log: server.home.log)
            }
            waitForAny([stopAlarm.descriptor.number], atMost: Self.shortestPause * (1 << (failures - 1)))
            state.withLock { $0.restarts += 1 }
        }
    }

    /// From start to end of one server process.
    ///
    /// - Returns: how it ended by itself, `nil` when it was stopped.
    private func oneRun(_ server: ServerRun) throws(EmbeddedError) -> Ending? {
        let child = try server.launch()
        defer { state.withLock { $0.process = nil } }
        if let ending = try server.waitUntilReady(child) { return ending }
        let onStart = state.withLock { state in
            state.process = child.process
            defer { state.onStart = nil }
            return state.onStart
        }
        onStart?.resume(returning: .success(server.ready))
        if let ending = child.wait(atMost: nil, alarm: stopAlarm) { return ending }
        server.stop(child)
        return nil
    }
}

/// Runs `work` on a thread of its own.
private func startThread(_ work: @escaping @Sendable () -> Void) -> Bool {
    let box = Unmanaged.passRetained(ThreadWork(work))
    var thread = pthread_t()
    let failure = pthread_create(
        &thread, nil,
        { context in
            context.map { Unmanaged<ThreadWork>.fromOpaque($0).takeRetainedValue().work() }
            return nil
        }, box.toOpaque())
    guard failure == 0 else {
        box.release()
        return false
    }
    pthread_detach(thread)
    return true
}

private final class ThreadWork: Sendable {
    let work: @Sendable () -> Void

    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
}
