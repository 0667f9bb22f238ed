import Postgres
import Testing

/// The cases of `gate.sql`, `promises.sql` and `services.sql`, tried on `situation.sql`: what the database refuses whatever the program above it does.
@Suite struct SchemaPromiseTests {
    static let situation = SchemaCase.read("situation.sql")
    static let gate = SchemaCase.read("gate.sql")
    static let promises = SchemaCase.read("promises.sql")
    static let services = SchemaCase.read("services.sql")
    private static let database = Task {
        try await SchemaServer.database("promises", filledBy: situation.flatMap(\.statements))
    }

    @Test("nothing about money leaves unapproved or twice", arguments: gate)
    func moneyMail(_ attack: SchemaCase) async throws { try await Self.check(attack) }

    @Test("a promise of Parley's", arguments: promises)
    func promise(_ attack: SchemaCase) async throws { try await Self.check(attack) }

    @Test("a right of other services", arguments: services)
    func service(_ attack: SchemaCase) async throws { try await Self.check(attack) }

    @Test("there are cases to try") func casesAreRead() {
        #expect(Self.situation.map(\.sentence) == ["situation"])
        #expect(Self.gate.count > 40 && Self.promises.count > 30 && Self.services.count > 70)
    }

    private static func check(_ attack: SchemaCase) async throws {
        let note = try #require(
            attack.notes("as ").first?.wholeMatch(of: /(\w+)(?: of (\w+))?: (.+)/)?.output)
        let answer = try await answer(to: attack, as: String(note.1), of: note.2.map(String.init))
        let wanted = String(note.3)
        // A constraint need not be named.
        #expect(answer == wanted || answer.hasPrefix(wanted + " "), "\(attack.statements.last ?? "")")
    }

    /// What became of the last statement; those before it must be done, and all of it is undone.
    private static func answer(to attack: SchemaCase, as role: String, of tenant: String?) async throws
        -> String
    {
        let pool = try await database.value
        let statements = attack.statements
        do {
            try await pool.transaction(tenant: nil) { transaction in
                if let tenant {
                    try await transaction.execute(
                        "SELECT set_config('parley.organization_id', md5($1)::uuid::text, true)",
                        [.text(tenant)])
                }
                try await transaction.script(SQL(trusted: "SET LOCAL ROLE \(role)"))
                for statement in statements.dropLast() {
                    try await transaction.script(SQL(trusted: statement))
                }
                throw await last(statements.last ?? "", in: transaction)
            }
            return "not undone"
        } catch let answer as Answer {
            return answer.text
        }
    }

    private static func last(_ statement: String, in transaction: Transaction) async -> any Error {
        do {
            let rows = try await transaction.execute(SQL(trusted: statement))
            try await transaction.script("SET CONSTRAINTS ALL IMMEDIATE")
            return Answer(text: "done \(rows)")
        } catch PostgresError.refused(let refusal) {
            return Answer(
                text: ["refused", refusal.sqlState, refusal.constraint].compactMap(\.self).joined(
                    separator: " "))
        } catch {
            return error
        }
    }

    private struct Answer: Error { let text: String }
}
