import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct StatementTests {
    private static let prepared: SQL = "SELECT count(*) FROM pg_prepared_statements"

    @Test("a statement is prepared once, once more for other types, and never more than the limit")
    func cache() async throws {
        let pool = try await testPool(connections: 1)
        let counts = try await pool.transaction(tenant: nil) { transaction in
            for _ in 0..<5 { _ = try await transaction.query("SELECT $1", [.int(1)]) }
            _ = try await transaction.query("SELECT $1", [.bool(true)])
            let few = try await transaction.query(Self.prepared).single().int(0)
            for number in 0..<(2 * StatementCache.limit) {
                #expect(
                    try await transaction.query(SQL(trusted: "SELECT \(number)")).single().int(0) == number)
            }
            return [few, try await transaction.query(Self.prepared).single().int(0)]
        }
        #expect(counts[0] == 3)
        #expect(counts[1] <= StatementCache.limit + 1)
    }

    @Test("statements that failed to be prepared are prepared again when they can be")
    func failedPreparation() async throws {
        let pool = try await testPool(connections: 1)
        let name = freshName("t")
        let insert = SQL(trusted: "INSERT INTO \(name) VALUES ($1)")
        for _ in 0..<2 {
            let error = await #expect(throws: PostgresError.self) {
                try await pool.commit(tenant: nil, [Statement("SELECT 'new'"), Statement(insert, [.int(1)])])
            }
            #expect(error?.refusal == .faultyStatement)
        }
        try await pool.script("CREATE TABLE \(name) (n int)")
        #expect(
            try await pool.commit(tenant: nil, [Statement("SELECT 'new'"), Statement(insert, [.int(1)])])[1]
                .affected == 1)
    }

    @Test("when a table changes under a prepared statement, repeating the transaction helps")
    func stalePlan() async throws {
        let pool = try await testPool(connections: 1)
        let table = try await pool.table("n int")
        try await pool.script("INSERT INTO \(table) VALUES (1)")
        let select = SQL(trusted: "SELECT * FROM \(table)")
        func columns() async throws -> Int {
            try await pool.transaction(tenant: nil) { try await $0.query(select).single().result.columnCount }
        }
        #expect(try await columns() == 1)
        try await pool.script("ALTER TABLE \(table) ADD COLUMN m int")
        let error = await #expect(throws: PostgresError.self) { try await columns() }
        #expect(error?.refusal == .stalePlan)
        #expect(error?.isRetryable == true)
        #expect(try await columns() == 2)
        #expect(pool.usage.connections == 1)
    }

    @Test("behind a pooler nothing is prepared by name, and nothing but plain settings is sent at the start")
    func behindPooler() async throws {
        var configuration = try await TestServer.shared.configuration()
        configuration.isBehindPooler = true
        #expect(!configuration.keywords.contains { $0.keyword == "options" })
        let pool = Pool(configuration)
        let count = try await pool.transaction(tenant: nil) { transaction in
            for number in 0..<5 {
                #expect(try await transaction.query("SELECT $1", [.int(number)]).single().int(0) == number)
            }
            return try await transaction.query(Self.prepared).single().int(0)
        }
        #expect(count == 0)
    }

    @Test("too many parameters are refused before they are sent")
    func tooManyParameters() async throws {
        let pool = try await testPool(connections: 1)
        let error = await #expect(throws: PostgresError.self) {
            try await pool.commit(
                tenant: nil, [Statement("SELECT 1", [Parameter](repeating: .int(1), count: 65_536))])
        }
        #expect(error == .invalidStatement(reason: "65536 parameters, at most 65535"))
    }

    @Test("COPY is refused and does not leave a stuck connection behind")
    func copy() async throws {
        let pool = try await testPool(connections: 1)
        let table = try await pool.table("n int")
        await #expect(throws: PostgresError.self) { try await pool.script("COPY \(table) FROM STDIN") }
        #expect(try await pool.number("SELECT 1") == 1)
    }
}
