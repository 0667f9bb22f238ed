import Testing

/// Something that a program can find in a file and that must not stand there.
struct Rule: Sendable, CustomTestStringConvertible {
    /// The rule as a sentence.
    let sentence: String
    /// Which files it is for.
    let covers: @Sendable (SourceFile) -> Bool
    /// The numbers of the lines that break it, counted from 1.
    let offences: @Sendable (SourceFile) -> [Int]
    /// A file that breaks it, so that the rule is known to catch something.
    let offender: SourceFile
    /// A file that looks similar and keeps it.
    let keeper: SourceFile

    var testDescription: String { sentence }
}

extension Rule {
    /// A rule that forbids lines of code in which a pattern is found, except some: a file and the number of a line.
    init(
        _ sentence: String, in covers: @escaping @Sendable (SourceFile) -> Bool = Rule.sources,
        forbids pattern: String, except: @escaping @Sendable (SourceFile, Int) -> Bool = { _, _ in false },
        offender: SourceFile, keeper: SourceFile
    ) {
        self.init(
            sentence: sentence, covers: covers,
            offences: { file in file.lines(matching: pattern).filter { !except(file, $0) } },
            offender: offender, keeper: keeper)
    }

    static let sources: @Sendable (SourceFile) -> Bool = {
        $0.path.hasPrefix("Sources/") && $0.path.hasSuffix(".swift")
    }
    static let tests: @Sendable (SourceFile) -> Bool = {
        $0.path.hasPrefix("Tests/") && $0.path.hasSuffix(".swift")
    }
    static let migrations: @Sendable (SourceFile) -> Bool = { $0.path.hasSuffix(".sql") }
}

extension SourceFile {
    /// An example in a room.
    static func example(_ text: String, room: String = "Desk") -> SourceFile {
        SourceFile(path: "Sources/\(room)/Example.swift", text: text)
    }

    /// An example of a test.
    static func test(_ text: String) -> SourceFile {
        SourceFile(path: "Tests/DeskTests/ExampleTests.swift", text: text)
    }

    /// An example of a migration.
    static func migration(_ text: String) -> SourceFile {
        SourceFile(path: "Sources/Store/Migrations/0001_example.sql", text: text)
    }
}
