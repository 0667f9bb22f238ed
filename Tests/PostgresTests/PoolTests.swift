import Foundation
import Synchronization
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct PoolTests {
    /// Holds all connections of a pool until it is told to let go.
    private func holding<Result: Sendable>(
        _ pool: Pool, _ count: Int, _ work: () async throws -> Result
    ) async throws -> Result {
        let (release, continuation) = AsyncStream.makeStream(of: Void.self)
        let holders = (0..<count).map { _ in
            Task { try await pool.transaction(tenant: nil) { _ in for await _ in release {} } }
        }
        let areHeld = try await eventually { pool.usage.connections == count && pool.usage.idle == 0 }
        try #require(areHeld)
        defer { continuation.finish() }
        let result = try await work()
        continuation.finish()
        for holder in holders { try await holder.value }
        return result
    }

    @Test("when all connections stay busy, the caller hears so after the time it may wait")
    func exhausted() async throws {
        let pool = try await testPool(connections: 2, patience: .seconds(2))
        let error = try await holding(pool, 2) {
            await #expect(throws: PostgresError.self) { try await pool.number("SELECT 1") }
        }
        #expect(error == .poolExhausted(size: 2, waiting: 0))
        #expect(error?.isRetryable == true)
        #expect(try await pool.number("SELECT 1") == 1)
    }

    @Test("when too many wait already, the next is refused at once")
    func tooManyWaiting() async throws {
        var bounds = Pool.Bounds()
        bounds.connections = 1
        bounds.waiting = 1
        let pool = Pool(try await TestServer.shared.configuration(), bounds: bounds)
        let waiter = try await holding(pool, 1) {
            let waiter = Task { try await pool.number("SELECT 5") }
            let isWaiting = try await eventually { pool.usage.waiting == 1 }
            try #require(isWaiting)
            await #expect(throws: PostgresError.poolExhausted(size: 1, waiting: 1)) {
                try await pool.number("SELECT 1")
            }
            return waiter
        }
        #expect(try await waiter.value == 5)
    }

    @Test("whoever is cancelled while waiting stops waiting, and takes nobody's place")
    func cancelledWhileWaiting() async throws {
        let pool = try await testPool(connections: 1)
        let (cancelled, other) = try await holding(pool, 1) {
            let cancelled = Task { try await pool.number("SELECT 1") }
            let isWaiting = try await eventually { pool.usage.waiting == 1 }
            try #require(isWaiting)
            let other = Task { try await pool.number("SELECT 2") }
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            return (cancelled, other)
        }
        _ = cancelled
        #expect(try await other.value == 2)
        #expect(pool.usage == Pool.Usage(connections: 1, idle: 1, waiting: 0))
    }

    @Test("hundreds of callers share a few connections, and all are served")
    func manyCallers() async throws {
        let pool = try await testPool(connections: 3)
        let table = try await pool.table("n int")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    try await pool.commit(
                        tenant: nil,
                        [Statement(SQL(trusted: "INSERT INTO \(table) VALUES ($1)"), [.int(number)])])
                }
            }
            try await group.waitForAll()
        }
        #expect(try await pool.number("SELECT count(DISTINCT n) FROM \(table)") == 300)
        #expect(pool.usage.connections <= 3)
    }

    @Test("callers who come and go in any order never lose a connection")
    func chaos() async throws {
        let pool = try await testPool(connections: 2)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let task = Task { try await pool.number("SELECT \(number)") }
                    if number % 3 == 0 {
                        try? await Task.sleep(for: .microseconds(number * 37 % 3_000))
                        task.cancel()
                    }
                    _ = await task.result
                }
            }
        }
        #expect(try await eventually { pool.usage.idle == pool.usage.connections && pool.usage.waiting == 0 })
        #expect(try await pool.number("SELECT 1") == 1)
    }

    @Test("connections beyond the kept ones are closed when they have idled long enough")
    func idle() async throws {
        var bounds = Pool.Bounds()
        bounds.connections = 5
        bounds.keptIdle = 1
        bounds.idleTime = .milliseconds(100)
        let pool = Pool(try await TestServer.shared.configuration(), bounds: bounds)
        try await holding(pool, 5) {}
        #expect(try await eventually { pool.usage == Pool.Usage(connections: 1, idle: 1, waiting: 0) })
        #expect(try await pool.number("SELECT 1") == 1)
    }

    @Test("shutting down waits for what runs, refuses what comes, and closes everything")
    func shutDown() async throws {
        let pool = try await testPool(connections: 2)
        let shutDown = try await holding(pool, 1) {
            let shutDown = Task { await pool.shutDown(within: .seconds(10)) }
            let isRefusing = try await eventually {
                do { _ = try await pool.number("SELECT 1") } catch PostgresError.poolShutDown { return true }
                return false
            }
            #expect(isRefusing)
            return shutDown
        }
        #expect(await shutDown.value)
        #expect(pool.usage.connections == 0)
    }

    @Test("shutting down does not wait for ever, and sends away those who wait")
    func impatientShutDown() async throws {
        let pool = try await testPool(connections: 1)
        let waiter = try await holding(pool, 1) {
            let waiter = Task { try await pool.number("SELECT 1") }
            let isWaiting = try await eventually { pool.usage.waiting == 1 }
            try #require(isWaiting)
            #expect(await pool.shutDown(within: .milliseconds(50)) == false)
            return waiter
        }
        await #expect(throws: PostgresError.poolShutDown) { try await waiter.value }
        #expect(try await eventually { pool.usage.connections == 0 })
    }

    @Test("a server that cannot be reached is said to be so, in one line with the way out, within the time")
    func unreachable() async throws {
        var bounds = Pool.Bounds()
        bounds.patience = .milliseconds(200)
        let pool = Pool(try Configuration("host=/nowhere dbname=x user=y password=sesame"), bounds: bounds)
        let began = ContinuousClock.now
        let error = await #expect(throws: PostgresError.self) { try await pool.number("SELECT 1") }
        #expect(began.duration(to: .now) < .seconds(5))
        let line = try #require(error).description
        #expect(line.hasPrefix("no usable Postgres at /nowhere, database x: "))
        #expect(!line.contains("\n") && !line.contains("sesame"))
        #expect(pool.usage == Pool.Usage(connections: 0, idle: 0, waiting: 0))
    }

    @Test("a thread is left over from no connection")
    func threads() async throws {
        func threads() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
        }
        for _ in 0..<20 {
            let pool = try await testPool(connections: 1)
            _ = try await pool.number("SELECT 1")
            await pool.shutDown()
        }
        let before = try threads()
        for _ in 0..<40 {
            let pool = try await testPool(connections: 1)
            _ = try await pool.number("SELECT 1")
            await pool.shutDown()
        }
        // Other tests have threads of their own meanwhile.
        #expect(try await eventually { try threads() < before + 20 })
    }
}
