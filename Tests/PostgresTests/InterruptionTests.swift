import Foundation
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct InterruptionTests {
    /// Waits until the server works on a statement with this mark in it, and names its process.
    private func process(running mark: String, _ pool: Pool) async throws -> Int {
        var process: Int?
        let isRunning = try await eventually {
            process = try await pool.transaction(tenant: nil) { transaction in
                try await transaction.query(
                    "SELECT pid FROM pg_stat_activity WHERE query LIKE $1 AND state = 'active' AND pid <> pg_backend_pid()",
                    [.text("%\(mark)%")]
                ).first?.int(0)
            }
            return process != nil
        }
        try #require(isRunning)
        return try #require(process)
    }

    @Test("cancelling the task cancels the statement, and the connection goes on")
    func cancellation() async throws {
        let pool = try await testPool(connections: 1)
        let observer = try await testPool(connections: 1)
        let mark = freshName("m")
        let task = Task {
            try await pool.transaction(tenant: nil) {
                try await $0.execute(SQL(trusted: "SELECT pg_sleep(50) /* \(mark) */"))
            }
        }
        let process = try await process(running: mark, observer)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await pool.number("SELECT pg_backend_pid()") == process, "the same connection")
    }

    @Test("cancelling hits only what it was meant for, over and over")
    func cancellationNeverHitsTheNext() async throws {
        let pool = try await testPool(connections: 1)
        for round in 0..<100 {
            let task = Task {
                try await pool.transaction(tenant: nil) { transaction in
                    for _ in 0..<20 { try await transaction.execute("SELECT 1") }
                }
            }
            try await Task.sleep(for: .microseconds(round * 20))
            task.cancel()
            do { try await task.value } catch is CancellationError {}
            #expect(try await pool.number("SELECT 7") == 7)
        }
        #expect(pool.usage.connections == 1)
    }

    @Test("a statement that runs too long is stopped by the server")
    func statementTimeout() async throws {
        let pool = try await testPool(connections: 1)
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction(tenant: nil, statementTimeout: .milliseconds(50)) {
                try await $0.execute("SELECT pg_sleep(50)")
            }
        }
        #expect(error?.refusal == .statementTimeout)
        #expect(try await pool.text("SHOW statement_timeout") == "30s")
    }

    @Test("a connection that is lost within a transaction is reported and replaced")
    func lostConnection() async throws {
        let pool = try await testPool(connections: 1)
        let table = try await pool.table("n int")
        let observer = try await testPool(connections: 1)
        let mark = freshName("m")
        let task = Task {
            try await pool.transaction(tenant: nil) { transaction in
                try await transaction.execute(SQL(trusted: "INSERT INTO \(table) VALUES (1)"))
                try await transaction.execute(SQL(trusted: "SELECT pg_sleep(50) /* \(mark) */"))
            }
        }
        let process = try await process(running: mark, observer)
        _ = try await observer.text("SELECT pg_terminate_backend(\(process))::text")
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        guard case .connectionLost(let reason) = error else { throw try #require(error) }
        #expect(reason.contains("terminating connection"))
        #expect(error?.isRetryable == true)
        #expect(try await pool.number("SELECT count(*) FROM \(table)") == 0)
    }

    @Test("connections that died while idle are replaced without anybody noticing")
    func diedWhileIdle() async throws {
        let pool = try await testPool(connections: 4)
        let marked = freshName("a")
        var configuration = pool.configuration
        configuration.applicationName = marked
        let victims = Pool(configuration, bounds: pool.bounds)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { _ = try await victims.text("SELECT pg_sleep(0.2)::text") } }
            try await group.waitForAll()
        }
        #expect(victims.usage.idle == 4)
        let killed = try await pool.number(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '\(marked)'"
        )
        #expect(killed == 4)
        #expect(
            try await eventually {
                try await pool.number(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(marked)'") == 0
            })
        for _ in 0..<6 { #expect(try await victims.number("SELECT 1") == 1) }
    }

    @Test(
        "when the connection breaks during COMMIT, the outcome is said to be unknown",
        arguments: [false, true])
    func lostCommit(together: Bool) async throws {
        let pool = try await testPool(connections: 1)
        let observer = try await testPool(connections: 1)
        let table = try await pool.table("n int")
        try await pool.script(
            """
            CREATE FUNCTION \(table)_slow() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN PERFORM pg_sleep(50); RETURN NULL; END $$;
            CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON \(table) DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION \(table)_slow()
            """)
        let insert = Statement(SQL(trusted: "INSERT INTO \(table) VALUES (1)"))
        let process = try await pool.number("SELECT pg_backend_pid()")
        let task = Task {
            try await pool.transaction(tenant: nil) { transaction in
                if together {
                    try await transaction.commit(after: [insert])
                } else {
                    try await transaction.pipeline([insert])
                }
            }
        }
        let isCommitting = try await eventually {
            try await observer.number(
                "SELECT count(*) FROM pg_stat_activity WHERE pid = \(process) AND wait_event = 'PgSleep'")
                == 1
        }
        try #require(isCommitting)
        _ = try await observer.text("SELECT pg_terminate_backend(\(process))::text")
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        guard case .commitOutcomeUnknown = error else { throw try #require(error) }
        #expect(error?.isRetryable == false)
        #expect(try await pool.number("SELECT 1") == 1)
    }
}
