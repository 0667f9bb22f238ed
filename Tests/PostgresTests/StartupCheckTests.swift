import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct StartupCheckTests {
    @Test("a fitting server is described")
    func fitting() async throws {
        let check = try await StartupCheck.run(try await TestServer.shared.configuration())
        #expect(check.serverVersion >= 150_000)
        #expect(check.database == "parley" && check.role == "parley")
        #expect(check.escapesRowPolicies && !check.isReadOnly)
    }

    @Test("a database that is not UTF-8 is refused with the way out")
    func encoding() async throws {
        let name = freshName("d")
        let owner = try await TestServer.shared.configuration()
        // CREATE DATABASE runs outside any transaction.
        let connection = try await Connection.open(owner)
        _ = try await connection.session(
            "CREATE DATABASE \(name) ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        await connection.close()
        let error = await #expect(throws: PostgresError.wrongEncoding(found: "SQL_ASCII")) {
            try await StartupCheck.run(owner.database(named: name))
        }
        #expect("\(try #require(error))".contains("ENCODING 'UTF8'"))
    }

    @Test("a server that is not there, or not in the wanted state, is said to be so at once")
    func unreachable() async throws {
        await #expect(throws: PostgresError.self) {
            try await StartupCheck.run(try Configuration("host=/nowhere dbname=x"))
        }
        let standbyOnly = try await TestServer.shared.configuration()["host"] ?? ""
        let error = await #expect(throws: PostgresError.self) {
            try await StartupCheck.run(
                try Configuration(
                    "host='\(standbyOnly)' user=parley dbname=parley target_session_attrs=standby"))
        }
        #expect("\(try #require(error))".contains("not in hot standby"))
    }

    @Test("a server that is too old is refused with the way out")
    func tooOld() {
        #expect(throws: PostgresError.serverTooOld(found: 14, required: 15)) {
            try StartupCheck.check(version: 140_011)
        }
        #expect(throws: Never.self) { try StartupCheck.check(version: 150_000) }
        #expect("\(PostgresError.serverTooOld(found: 9, required: 15))".contains("upgrade"))
    }
}
