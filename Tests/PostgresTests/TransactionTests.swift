import Foundation
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct TransactionTests {
    private struct Refusal: Error {}

    @Test("what returns is committed, what throws is rolled back")
    func commitAndRollback() async throws {
        let pool = try await testPool()
        let table = try await pool.table("n int")
        let affected = try await pool.transaction(tenant: nil) {
            try await $0.execute(SQL(trusted: "INSERT INTO \(table) VALUES ($1), ($2)"), [.int(1), .int(2)])
        }
        #expect(affected == 2)
        await #expect(throws: Refusal.self) {
            try await pool.transaction(tenant: nil) { transaction in
                try await transaction.execute(SQL(trusted: "DELETE FROM \(table)"))
                throw Refusal()
            }
        }
        #expect(try await pool.number("SELECT count(*) FROM \(table)") == 2)
    }

    @Test("a refusal that is swallowed does not look like a commit")
    func swallowed() async throws {
        let pool = try await testPool(connections: 1)
        let table = try await pool.table("n int CHECK (n > 0)")
        for together in [false, true] {
            await #expect(throws: PostgresError.self) {
                try await pool.transaction(tenant: nil) { transaction in
                    _ = try? await transaction.execute(SQL(trusted: "INSERT INTO \(table) VALUES (0)"))
                    if together { try await transaction.commit(after: []) }
                }
            }
        }
        #expect(try await pool.number("SELECT count(*) FROM \(table)") == 0)
    }

    @Test("a transaction cannot be used after its end, even while another runs on the same connection")
    func afterTheEnd() async throws {
        let pool = try await testPool(connections: 1)
        let escaped = try await pool.transaction(tenant: nil) { $0 }
        await #expect(throws: PostgresError.transactionOver) { try await escaped.query("SELECT 1") }
        try await pool.transaction(tenant: nil) { _ in
            await #expect(throws: PostgresError.transactionOver) { try await escaped.query("SELECT 1") }
        }
        try await pool.transaction(tenant: nil) { transaction in
            try await transaction.commit(after: [Statement("SELECT 1")])
            await #expect(throws: PostgresError.transactionOver) { try await transaction.query("SELECT 1") }
        }
    }

    @Test("the last statements and COMMIT travel together, and fail together")
    func commitAfter() async throws {
        let pool = try await testPool()
        let table = try await pool.table("n int UNIQUE")
        let insert = SQL(trusted: "INSERT INTO \(table) VALUES ($1) RETURNING n")
        let rows = try await pool.commit(
            tenant: nil, [Statement(insert, [.int(1)]), Statement(insert, [.int(2)])])
        #expect(try rows.map { try $0.single().int(0) } == [1, 2])
        let error = await #expect(throws: PostgresError.self) {
            try await pool.commit(tenant: nil, [Statement(insert, [.int(3)]), Statement(insert, [.int(2)])])
        }
        #expect(error?.isUniqueViolation(of: "\(table)_n_key") == true)
        #expect(try await pool.number("SELECT count(*) FROM \(table)") == 2)
    }

    @Test("a pipeline answers statement by statement, and says which one was refused")
    func pipeline() async throws {
        let pool = try await testPool(connections: 1)
        let table = try await pool.table("n int CHECK (n < 1400)")
        let insert = SQL(trusted: "INSERT INTO \(table) VALUES ($1)")
        try await pool.transaction(tenant: nil) { transaction in
            let rows = try await transaction.pipeline(
                (0..<1300).map { Statement(insert, [.int($0)]) }
                    + [Statement(SQL(trusted: "SELECT count(*) FROM \(table)"))])
            #expect(rows.count == 1301)
            let counted = try rows[1300].single().int(0)
            #expect(counted == 1300)
            #expect(rows.prefix(1300).allSatisfy { $0.affected == 1 && $0.isEmpty })
        }
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction(tenant: nil) { transaction in
                try await transaction.pipeline((1398..<1403).map { Statement(insert, [.int($0)]) })
            }
        }
        guard case .refused(let refusal) = error else { throw try #require(error) }
        #expect(refusal.statement == 2)
        #expect(try await pool.number("SELECT count(*) FROM \(table)") == 1300)
    }

    @Test("a pipeline larger than every buffer on the way does not get stuck")
    func largePipeline() async throws {
        let pool = try await testPool(connections: 1)
        let megabyte = [UInt8](repeating: 7, count: 1 << 20)
        let sizes = try await pool.transaction(tenant: nil) { transaction in
            try await transaction.pipeline((0..<24).map { _ in Statement("SELECT $1", [.bytes(megabyte)]) })
                .map { try $0.single().bytes(0).count }
        }
        #expect(sizes == [Int](repeating: 1 << 20, count: 24))
    }

    @Test("a savepoint undoes what was refused and leaves the rest")
    func savepoint() async throws {
        let pool = try await testPool()
        let table = try await pool.table("n int PRIMARY KEY")
        let insert = SQL(trusted: "INSERT INTO \(table) VALUES ($1)")
        try await pool.transaction(tenant: nil) { transaction in
            try await transaction.execute(insert, [.int(1)])
            await #expect(throws: PostgresError.self) {
                try await transaction.savepoint { inner in
                    try await inner.execute(insert, [.int(2)])
                    try await inner.execute(insert, [.int(1)])
                }
            }
            try await transaction.savepoint { _ = try await $0.execute(insert, [.int(3)]) }
        }
        #expect(try await pool.text("SELECT string_agg(n::text, ',' ORDER BY n) FROM \(table)") == "1,3")
    }

    @Test("reading refuses to write")
    func reading() async throws {
        let pool = try await testPool()
        let table = try await pool.table("n int")
        let error = await #expect(throws: PostgresError.self) {
            try await pool.read(tenant: nil) { try await $0.execute(SQL(trusted: "DELETE FROM \(table)")) }
        }
        #expect(error?.refusal == .readOnly)
        #expect(try await pool.read(tenant: nil) { try await $0.query("SELECT 1").count } == 1)
    }

    @Test("refusals come typed, with the constraint and without values of rows in their description")
    func kinds() async throws {
        let pool = try await testPool()
        let table = try await pool.table("n int PRIMARY KEY, parent int, secret text NOT NULL")
        try await pool.script(
            "ALTER TABLE \(table) ADD CONSTRAINT family FOREIGN KEY (parent) REFERENCES \(table)")
        try await pool.script("ALTER TABLE \(table) ADD CONSTRAINT small CHECK (n < 10)")
        try await pool.script("INSERT INTO \(table) VALUES (1, 1, 'sesame')")
        func kind(_ sql: String) async -> ServerRefusal.Kind? {
            do { try await pool.script(sql) } catch { return (error as? PostgresError)?.refusal }
            return nil
        }
        #expect(
            await kind("INSERT INTO \(table) VALUES (1, 1, 'x')")
                == .uniqueViolation(constraint: "\(table)_pkey"))
        #expect(
            await kind("INSERT INTO \(table) VALUES (2, 9, 'x')")
                == .foreignKeyViolation(constraint: "family"))
        #expect(
            await kind("INSERT INTO \(table) VALUES (10, 1, 'x')") == .checkViolation(constraint: "small"))
        #expect(await kind("INSERT INTO \(table) VALUES (2, 1, NULL)") == .notNullViolation(column: "secret"))
        #expect(await kind("SELECT 1 / 0") == .invalidValue)
        #expect(await kind("SELEC") == .faultyStatement)
        let error = await #expect(throws: PostgresError.self) {
            try await pool.script("UPDATE \(table) SET n = 1000, secret = 'open'")
        }
        let description = try #require(error).description
        #expect(
            description.contains("small") && !description.contains("sesame") && !description.contains("open"))
    }

    @Test("two transactions that cross are told to try again")
    func serialization() async throws {
        let pool = try await testPool()
        let table = try await pool.table("n int")
        try await pool.script("INSERT INTO \(table) VALUES (0)")
        let update = SQL(trusted: "UPDATE \(table) SET n = n + 1")
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction(tenant: nil, isolation: .serializable) { first in
                _ = try await first.query(SQL(trusted: "SELECT * FROM \(table)"))
                try await pool.transaction(tenant: nil) { _ = try await $0.execute(update) }
                try await first.execute(update)
            }
        }
        #expect(error?.refusal == .serialization)
        #expect(error?.isRetryable == true)
    }
}
