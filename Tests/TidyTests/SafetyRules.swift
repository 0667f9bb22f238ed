extension Rule {
    /// Nothing crashes on purpose, every task has an owner, and what the compiler cannot check says why it holds.
    static let ofSafety: [Rule] = [
        Rule(
            "no try!, no as!, no fatalError: an error is thrown and handled",
            forbids: #"\btry!|\bas!|\bfatalError\s*\("#,
            offender: .example("let answer = try! ask()"),
            keeper: .example("let answer = try ask() // no try! here")),
        Rule(
            "every task has an owner: it is kept, returned, or part of a group",
            forbids: #"^\s*(_ = )?Task(\.detached)?(\(.*\))?\s*\{"#,
            offender: .example("    Task { await work() }"),
            keeper: .example("    let alarm = Task { await work() }")),
        Rule(
            "what the compiler cannot check about concurrency is explained above it",
            forbids: #"@unchecked Sendable|nonisolated\(unsafe\)"#,
            except: { file, line in
                file.lines[max(0, line - 8)..<(line - 1)].contains {
                    $0.contains("Sendable`") || $0.contains("unsafe)`")
                }
            },
            offender: .example("/// A box.\nfinal class Box: @unchecked Sendable {}"),
            keeper: .example(
                "/// `@unchecked Sendable`: never written after init.\nfinal class Box: @unchecked Sendable {}"
            )),
        Rule(
            "statements are literals: SQL made of other texts stands in few places",
            forbids: #"\bSQL\(\s*trusted:"#,
            except: { file, _ in
                let trusted = ["Statement.swift", "Migrator.swift", "ServiceRoles.swift", "JobClaims.swift"]
                return ["Postgres", "Store"].contains(file.room) && trusted.contains(file.name)
            },
            offender: .example("run(SQL(trusted: text))", room: "Store"),
            keeper: .example("run(\"SELECT 1\")", room: "Store")),
        Rule(
            "an approved email is made by the sender alone: its initialiser is private to that file",
            in: { $0.room == "Desk" && sources($0) },
            forbids: #"^\s*((public|package|internal) )?init\("#,
            except: { file, _ in !file.code.contains { $0.contains("struct ApprovedEmail") } },
            offender: .example("public struct ApprovedEmail {\n    init(_ email: EmailRecord) {}\n}"),
            keeper: .example(
                "public struct ApprovedEmail {\n    fileprivate init(_ email: EmailRecord) {}\n}")),
        Rule(
            "a use case commits by the office, which adds what other systems are told",
            // Whoever keeps renewed tokens stands before the office, and of that nobody is told.
            in: {
                $0.room == "Desk" && sources($0)
                    && !["PublishChanges.swift", "RefreshTokens.swift"].contains($0.name)
            },
            forbids: #"\bbooks\.commit\("#,
            offender: .example("try await books.commit(organization, changes)", room: "Desk"),
            keeper: .example("try await commit(organization, changes)", room: "Desk")),
        Rule(
            sentence: "nothing is left for later in a comment",
            covers: { !$0.path.hasPrefix("Tests/TidyTests/") },
            offences: { $0.lines(matching: #"\b(TODO|FIXME|XXX)\b"#, inCodeOnly: false) },
            offender: .example("// TODO: later"), keeper: .example("// Later versions may add more.")),
    ]
}
