extension Rule {
    /// How files, functions and names look, and that people can read what the compiler cannot.
    static let ofStyle: [Rule] = [
        Rule(
            sentence: "a file has one subject: at most \(longestFile) lines",
            covers: { sources($0) || tests($0) },
            offences: { $0.lines.count > longestFile + 1 ? [longestFile + 1] : [] },
            offender: .example(String(repeating: "\n", count: longestFile + 1)),
            keeper: .example(String(repeating: "\n", count: longestFile))),
        Rule(
            sentence: "a function fits a screen: at most \(longestFunction) lines",
            covers: { sources($0) || tests($0) }, offences: longFunctions,
            offender: .example("func f() {\n" + String(repeating: "    work()\n", count: 70) + "}"),
            keeper: .example("func f() {\n" + String(repeating: "    work()\n", count: 68) + "}")),
        Rule(
            "names are nouns of procurement and mail: no Utils, Helper, Manager, Base, Common",
            forbids:
                #"\b(struct|class|enum|actor|protocol|typealias|extension) (\w*(Util|Utils|Helper|Helpers|Manager|Common|Misc)|Base([A-Z]\w*)?)\b"#,
            offender: .example("struct MailHelper {}"), keeper: .example("struct Base64 {}", room: "Secrets")),
        Rule(
            sentence: "what is public is documented",
            covers: { sources($0) }, offences: undocumented,
            offender: .example("public struct Offer {}"),
            keeper: .example("/// What the vendor asks.\n@frozen\npublic struct Offer {}")),
        Rule(
            "a test is a sentence", in: tests,
            forbids: #"@Test(\s*$|\s+func|\(\s*(arguments|\.))"#,
            offender: .test("@Test func approval() {}"),
            keeper: .test("@Test(\"a stale approval is refused\")")),
        Rule(
            "no test is switched off", in: tests,
            forbids: #"\.disabled\(|XCTSkip|withKnownIssue"#,
            offender: .test("@Test(\"a sentence\", .disabled(\"later\"))"),
            keeper: .test("@Test(\"a sentence\", .timeLimit(.minutes(1)))")),
        Rule(
            sentence: "one format for all: nothing is left out of formatting",
            covers: { !$0.path.hasPrefix("Tests/TidyTests/") },
            offences: { $0.lines(matching: "swift-format-ignore", inCodeOnly: false) },
            offender: .example("// swift-format-ignore"), keeper: .example("// formatted")),
    ]

    private static let longestFile = 400
    private static let longestFunction = 70

    /// Functions and initialisers whose closing brace stands more than ``longestFunction`` lines below their name.
    private static func longFunctions(_ file: SourceFile) -> [Int] {
        file.lines(matching: #"^ *([@\w()]+ )*(func |init[?(<]|deinit |subscript[(<]).*$"#).filter { number in
            let indent = file.code[number - 1].prefix { $0 == " " }
            let rest = file.code[number...]
            // A body of one line, or none, is followed by something else on the same indentation.
            let end = rest.firstIndex { !$0.isEmpty && $0.hasPrefix(indent) && !$0.hasPrefix(indent + " ") }
            let closing = end.flatMap { file.code[$0].hasPrefix(indent + ")") ? close(of: rest, indent) : $0 }
            return closing.map { file.code[$0].hasPrefix(indent + "}") && $0 - number + 2 > longestFunction }
                ?? false
        }
    }

    /// Where a body ends whose parameters stand on lines of their own.
    private static func close(of lines: ArraySlice<Substring>, _ indent: Substring) -> Int? {
        lines.firstIndex { $0.hasPrefix(indent + "}") }
    }

    /// Public types and functions without a documentation comment. Members that a protocol of the standard library asks
    /// for say what they are by their name.
    private static func undocumented(_ file: SourceFile) -> [Int] {
        let declaration =
            #"^ *(@\w+(\(.*\))? +)*public +((static|final|mutating|indirect|nonisolated) +)*"#
            + #"(func|struct|class|enum|actor|protocol|typealias) +(?!(==|<|hash|encode|makeIterator|index)\b|[=<])"#
        return file.lines(matching: declaration).filter { number in
            let above = file.lines[..<(number - 1)].last { !$0.trimmed.hasPrefix("@") } ?? ""
            return !above.trimmed.hasPrefix("///")
        }
    }
}

extension Substring {
    /// Without the blanks before it.
    fileprivate var trimmed: Substring { drop { $0 == " " } }
}
