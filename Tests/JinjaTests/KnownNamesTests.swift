import Testing

@testable import Jinja

struct KnownNamesTests {
    @Test("templates of an environment share the texts of their names")
    func shared() throws {
        let known = KnownNames().adding(["quantity", "unit"])
        let compiled = try Parser.compile(
            Array("{{ unit }} {{ price }}".utf8), name: "t", options: Options(), autoescape: false,
            known: known)
        #expect(compiled.code.names == ["unit", "price"])
        #expect(compiled.hasNewNames)
        let all = known.adding(compiled.code.names)
        #expect(all.names.texts == ["quantity", "unit", "price"])
        #expect(all.adding(compiled.code.names) === all)
    }

    @Test("names that are used once cannot fill the memory of an environment")
    func bounded() throws {
        let many = KnownNames().adding((0..<2 * KnownNames.most).map { Text("name\($0)") })
        #expect(many.names.texts.count == KnownNames.most)
        let long = Text(String(repeating: "n", count: KnownNames.longest + 1))
        #expect(KnownNames().adding([long]).names.texts.isEmpty)
        // What is beyond the bounds works all the same.
        let environment = Environment()
        for number in 0..<2 * KnownNames.most {
            let source = "{{ name\(number) }}{% for loop\(number) in [1] %}{{ loop.index }}{% endfor %}"
            let output = try environment.compile(source).render(["name\(number)": Value(number)])
            #expect(output == "\(number)1")
        }
    }
}
