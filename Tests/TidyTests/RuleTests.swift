import Testing

@Suite("The rules of the house")
struct RuleTests {
    static let all = Rule.ofSafety + Rule.ofPurity + Rule.ofStyle + Rule.ofTheDatabase

    @Test("no file breaks a rule", arguments: all)
    func kept(_ rule: Rule) {
        let files = (Checkout.swiftSources + Checkout.swiftTests + Checkout.migrations).filter(rule.covers)
        #expect(!files.isEmpty, "the rule covers no file")
        for file in files {
            let lines = rule.offences(file)
            #expect(lines.isEmpty, "\(file.path), line \(lines.map(\.description).joined(separator: ", "))")
        }
    }

    @Test("each rule catches what it forbids and nothing else", arguments: all)
    func catches(_ rule: Rule) {
        #expect(rule.covers(rule.offender))
        #expect(!rule.offences(rule.offender).isEmpty)
        #expect(rule.covers(rule.keeper))
        #expect(rule.offences(rule.keeper).isEmpty)
    }

    @Test("words in comments and texts are no code")
    func blanking() {
        let file = SourceFile.example(
            #"""
            let a = "try! \(f("}")) x" // try!
            /* try! /* nested */ try! */ let b = 1
            let c = """
                try! "quoted"
                """
            let d = #"try! \" "#
            """#)
        let code = file.code.joined(separator: "\n")
        #expect(!code.contains("try"))
        #expect(code.contains("let a ="))
        #expect(code.contains("let b = 1"))
        #expect(code.contains("let d ="))
        #expect(file.code.count == file.lines.count)
    }
}
