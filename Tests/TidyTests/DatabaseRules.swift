extension Rule {
    /// What a program can see of the rules for the schema and its statements; the tests of the catalogue see the rest.
    static let ofTheDatabase: [Rule] = [
        Rule(
            sentence: "invariants are declared, not triggered",
            covers: migrations,
            offences: { $0.lines(matching: #"(?i)\bCREATE\s+(OR\s+REPLACE\s+)?(CONSTRAINT\s+)?TRIGGER\b"#) },
            offender: .migration("CREATE TRIGGER t BEFORE UPDATE ON emails EXECUTE FUNCTION f();"),
            keeper: .migration("ALTER TABLE emails ADD CHECK (size > 0); -- no trigger")),
        Rule(
            sentence:
                "a migration is safe while the version before it still runs: nothing is dropped, renamed or retyped",
            covers: migrations,
            offences: {
                $0.lines(
                    matching:
                        #"(?i)\b(DROP\s+(TABLE|COLUMN|TYPE|SCHEMA)|RENAME\s+(TO|COLUMN))\b|^\s*TRUNCATE\b"#
                        + #"|\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE\b"#)
            },
            offender: .migration("ALTER TABLE emails DROP COLUMN subject;"),
            keeper: .migration("ALTER TABLE emails ADD COLUMN subject text;")),
        Rule(
            sentence: "the tenant is set for one transaction, by the room that opens it",
            covers: { sources($0) },
            offences: { file in
                let opens = ["Opening.swift", "JobClaims.swift", "ServiceRoles.swift"].contains(file.name)
                let setting = #"(?i)^(?! *//).*(\bset_config\s*\(|\bSET\s+(SESSION\s+)?parley\.)"#
                let local = #"^(?! *//).*SET LOCAL parley\."#
                return opens ? [] : file.lines(matching: "\(setting)|\(local)", inCodeOnly: false)
            },
            offender: .example("run(\"SET parley.organization_id = 'x'\")", room: "Store"),
            keeper: .example("/// `SET LOCAL parley.organization_id` comes first.", room: "Store")),
        Rule(
            sentence: "statements stand in Store, beside what reads their rows",
            covers: { sources($0) && !["Store", "Postgres"].contains($0.room) },
            offences: {
                $0.lines(
                    matching: #""\s*(SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\w+\s+SET)\s"#,
                    inCodeOnly: false)
            },
            offender: .example("try await query(\"SELECT id FROM emails WHERE id = $1\")"),
            keeper: .example("let subject = \"Update to your offer\"")),
        Rule(
            sentence: "a statement about a tenant's rows names the tenant besides the row policy",
            covers: { $0.path.hasPrefix("Sources/Store/") && sources($0) },
            offences: statementsWithoutTenant,
            offender: .example(
                "let a: SQL = \"\"\"\n    SELECT id FROM emails WHERE id = $1\n    \"\"\"", room: "Store"
            )
            .at("Sources/Store/Example.swift"),
            keeper: .example(
                "let a: SQL = \"\"\"\n    SELECT id FROM emails WHERE organization_id = $1 AND id = $2\n    \"\"\"",
                room: "Store"
            ).at("Sources/Store/Example.swift")),
    ]

    /// Tables that come before the tenant is known, or that belong to none.
    private static let withoutTenant: Set<Substring> = [
        "organizations", "organization_slugs", "sign_in_addresses", "api_key_hashes", "webhook_addresses",
        "approval_links", "job_schedule", "service_roles", "parley_migrations",
    ]

    private static func statementsWithoutTenant(_ file: SourceFile) -> [Int] {
        var found: [Int] = []
        var opening: Int?
        for line in file.lines.indices where file.lines[line].contains("\"\"\"") {
            guard let start = opening else {
                opening = line
                continue
            }
            opening = nil
            let text = file.lines[start...line].joined(separator: "\n")
            let tables = text.matches(of: #/\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z_]+)\b/#).map(\.output.1)
            let ofTenants = tables.contains { !withoutTenant.contains($0) && !$0.hasPrefix("pg_") }
            if ofTenants, !text.contains("organization_id") { found.append(start + 1) }
        }
        return found
    }
}

extension SourceFile {
    fileprivate func at(_ path: String) -> SourceFile {
        SourceFile(path: path, text: lines.joined(separator: "\n"))
    }
}
