import Foundation
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct AdvisoryLocksTests {
    @Test("a lock has one holder, within a process and beyond")
    func oneHolder() async throws {
        let configuration = try await TestServer.shared.configuration()
        let first = try await AdvisoryLocks(configuration)
        let second = try await AdvisoryLocks(configuration)
        let key = LockKey("email", UUID())
        #expect(try await first.take(key))
        #expect(try await first.take(key) == false)
        #expect(try await second.take(key) == false)
        #expect(try await second.take(LockKey("email", UUID())))
        try await first.giveBack(key)
        #expect(try await second.take(key))
        await second.close()
        #expect(try await eventually { try await first.take(key) })
        await first.close()
    }

    @Test("with the connection all locks are gone, and confirming says so")
    func lost() async throws {
        var configuration = try await TestServer.shared.configuration()
        configuration.applicationName = freshName("a")
        let locks = try await AdvisoryLocks(configuration)
        let key = LockKey("email", UUID())
        #expect(try await locks.take(key))
        try await locks.confirm()
        let pool = try await testPool()
        let name = configuration.applicationName
        _ = try await pool.text(
            "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity WHERE application_name = '\(name)'"
        )
        let error = await #expect(throws: PostgresError.self) { try await locks.confirm() }
        guard case .connectionLost = error else { throw try #require(error) }
        let other = try await AdvisoryLocks(configuration)
        #expect(try await eventually { try await other.take(key) })
        await other.close()
    }

    @Test("the number of a record's lock never changes")
    func numbers() throws {
        let id = try #require(UUID(uuidString: "00112233-4455-6677-8899-aabbccddeeff"))
        #expect(LockKey("email", id) == LockKey("email", id))
        #expect(LockKey("email", id) != LockKey("emails", id))
        // FNV-1a of the five letters and the sixteen bytes, worked out apart from this program.
        #expect(LockKey("email", id).number == -4_840_413_325_823_760_185)
    }
}
