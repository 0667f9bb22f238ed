import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The one thread on which a connection lives: libpq blocks it while the server works, and nobody else.
///
/// It is also the executor preferred by the transaction's body, so that going from one statement to the next changes no
/// thread. Measured on two cores, a thread per connection came nearest to `pgbench`; see `deploy/bench.d/postgres`.
final class ConnectionThread: SerialExecutor, TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var taken = 0
        var isRunning = false
        var isSleeping = false
        var isRetired = false
        var thread: pthread_t?
    }

    /// How many finished jobs are kept in the list before it is shortened.
    private static let longestTail = 64

    private let state = Mutex(State())
    let wakeup: Wakeup

    init() throws(PostgresError) { wakeup = try Wakeup() }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (mustStart, mustWake) = state.withLock { state in
            state.jobs.append(job)
            let mustStart = !state.isRunning
            let mustWake = state.isSleeping
            state.isRunning = true
            state.isSleeping = false
            return (mustStart, mustWake)
        }
        if mustStart { start() }
        if mustWake { wakeup.signal() }
    }

    /// Lets the thread end once nothing is left to do. A job that still comes later starts it again.
    func retire() {
        state.withLock {
            $0.isRetired = true
            $0.isSleeping = false
        }
        wakeup.signal()
    }

    func checkIsolated() {
        precondition(isCurrent, "this belongs to the thread of a database connection")
    }

    func isIsolatingCurrentContext() -> Bool? { isCurrent }

    private var isCurrent: Bool {
        state.withLock { $0.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    private func start() {
        // Without a thread the jobs run where they were given: slower, but nothing is lost.
        if !startThread({ self.work() }) { work() }
    }

    private enum Turn {
        case run(UnownedJob)
        case sleep
        case end
    }

    private func work() {
        state.withLock { $0.thread = pthread_self() }
        while true {
            switch nextTurn() {
            case .run(let job):
                job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            case .sleep: wakeup.wait()
            case .end: return
            }
        }
    }

    private func nextTurn() -> Turn {
        state.withLock { state in
            if state.taken >= Self.longestTail {
                state.jobs.removeFirst(state.taken)
                state.taken = 0
            }
            if state.taken < state.jobs.count {
                state.taken += 1
                return .run(state.jobs[state.taken - 1])
            }
            state.jobs.removeAll(keepingCapacity: true)
            state.taken = 0
            if state.isRetired {
                state.isRunning = false
                state.thread = nil
                return .end
            }
            state.isSleeping = true
            return .sleep
        }
    }
}

/// Runs `work` on a thread of its own.
///
/// - Returns: `false` when the system has no more threads to give.
func startThread(_ work: @escaping @Sendable () -> Void) -> Bool {
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
