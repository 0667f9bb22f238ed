import Postgres
import Testing

/// The rules of the schema, in `catalogue.sql`, hold for every table, also for the next one.
@Suite(.serialized) struct CatalogueTests {
    static let sections = SchemaCase.read("catalogue.sql")
    private static let database = Task { try await SchemaServer.database("catalogue") }

    @Test("the schema keeps the rule", arguments: sections.dropFirst())
    func ruleHolds(_ rule: SchemaCase) async throws {
        #expect(try await Self.offenders(rule, after: nil) == [])
    }

    @Test("what breaks the rule is noticed", arguments: sections.dropFirst())
    func breachIsNoticed(_ rule: SchemaCase) async throws {
        let breaches = rule.notes("broken by:")
        try #require(!breaches.isEmpty)
        for breach in breaches {
            #expect(try await Self.offenders(rule, after: breach) != [], "\(breach)")
        }
    }

    @Test("there are rules to keep") func rulesAreRead() {
        #expect(Self.sections.count > 40)
        #expect(Self.sections.first?.sentence == "situation")
    }

    /// What the rule's query lists, with the breach in place; all of it is undone.
    private static func offenders(_ rule: SchemaCase, after breach: String?) async throws -> [String] {
        let pool = try await database.value
        do {
            try await pool.transaction(tenant: nil) { transaction in
                if let breach { try await transaction.script(SQL(trusted: breach)) }
                for statement in sections[0].statements {
                    try await transaction.script(SQL(trusted: statement))
                }
                throw Found(names: try await transaction.query(SQL(trusted: rule.sql)).map { try $0.text(0) })
            }
            return ["not undone"]
        } catch let found as Found {
            return found.names
        }
    }

    private struct Found: Error { let names: [String] }
}
