import Jinja
import Testing

@Suite("Errors and limits")
struct ErrorTests {
    private func failure(
        _ source: String, _ context: Value = [:], options: Options = Options(),
        templates: [String: String] = [:]
    ) -> TemplateError? {
        do {
            let environment = Environment(options: options, loader: .dictionary(templates))
            _ = try environment.compile(source, name: "mail.j2").render(context)
            return nil
        } catch {
            return error
        }
    }

    @Test("an error names its place, shows the line and suggests the nearest name")
    func description() throws {
        let error = try #require(
            failure("Hello\n  {{ vendr }}", ["vendor": "x"], options: Options(undefined: .strict)))
        #expect(error.kind == .undefined)
        #expect((error.line, error.column) == (2, 6))
        #expect(error.suggestion == "vendor")
        #expect(error.description.contains("  {{ vendr }}"))
        #expect(error.description.contains("did you mean 'vendor'?"))
    }

    @Test("an error in an included template is placed there")
    func included() throws {
        let error = try #require(failure("{% include 'a' %}", templates: ["a": "\n{{ 1 / 0 }}"]))
        #expect(error.template == "a")
        #expect(error.line == 2)
        #expect(error.kind == .runtime)
        #expect(failure("{% include 'a' %}", templates: ["a": "{% if %}"])?.template == "a")
        #expect(failure("{% include 'nope' %}")?.kind == .notFound)
    }

    @Test(
        "hostile templates end with a limit",
        arguments: [
            "{{ " + String(repeating: "(", count: 5_000), String(repeating: "{% if 1 %}", count: 5_000),
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
            "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
            "{{ 'a' * 10000000000 }}", "{{ 2 ** 99999999 }}", "{{ range(9223372036854775807)|list }}",
            "{{ 'a'|center(99999999999) }}",
            "{% set n = namespace(x='a') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
            "{% set n = namespace(x=[]) %}{% for i in range(9999) %}{% set n.x = [n.x] %}{% endfor %}",
            "{% set l = [] %}{% do l.append(l) %}{{ l }}", "{{ [1]|batch(9999999999, 0)|list }}",
            "{% set n = namespace(x=[1], y=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% set n.y = [n.y, n.y] %}{% endfor %}{{ n.x == n.y }}",
        ])
    func limits(source: String) {
        #expect(failure(source)?.kind == .limit)
    }

    @Test(
        "numbers at the edge of what a machine holds give an answer or an error",
        arguments: [
            ("{{ 1e20|int }}", "100000000000000000000"),
            ("{{ 9223372036854775807 + 1 }}", "9223372036854775808"),
            ("{{ (-9223372036854775808)|abs }}", "9223372036854775808"),
            ("{{ -9223372036854775808 // -1 }}", "9223372036854775808"),
            ("{{ range(-9223372036854775808, 9223372036854775807, 9223372036854775807)|list|length }}", "3"),
            ("{{ range(10 ** 18)[::-1][0] }}", "999999999999999999"),
            ("{{ 5 in range(10 ** 18) }}", "True"),
        ])
    func numbers(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "what would take long or much is refused at once",
        arguments: [
            "{{ '%1000000000d' % 1 }}", "{{ '{:1000000000}'.format(1) }}", "{{ 'x'|indent(10 ** 10) }}",
            "{{ range(10 ** 18)|sum }}", "{% for x in range(10 ** 18) %}{% endfor %}", "{{ 2 ** (10 ** 9) }}",
            "{{ 'aaaaaaaaaa'.replace('a', 'b' * 1000000) }}",
            "{{ 1" + String(repeating: "0", count: 90_000) + " }}",
            "{{ ('1' * 4000)|int }}", "{{ " + String(repeating: "(", count: 1_000_000),
            "{{ 1" + String(repeating: " if 1 else 1", count: 80_000) + " }}",
            "{% set x = 2 ** 4000 %}{% for i in range(1000000) %}{% set y = x // 3 ** 1000 %}{% endfor %}",
            "{% set s = 'a' * 1000000 %}{% for i in range(100000) %}{% if s in s ~ 'b' %}{% endif %}{% endfor %}",
        ])
    func refused(source: String) {
        let began = ContinuousClock.now
        #expect(failure(source)?.kind == .limit)
        #expect(ContinuousClock.now - began < .seconds(30))
    }

    @Test("many names in one template are found as quickly as few")
    func manyNames() {
        let began = ContinuousClock.now
        #expect(failure((0..<40_000).map { "{{ v\($0) }}" }.joined()) == nil)
        let keywords = (0..<20_000).map { "k\($0)=1" }.joined(separator: ",")
        #expect(failure("{{ dict(\(keywords))|length }}") == nil)
        #expect(ContinuousClock.now - began < .seconds(30))
    }

    @Test("long searches take one look at each letter")
    func searches() throws {
        let began = ContinuousClock.now
        for call in [
            "rsplit('a' * 100000 ~ 'b')|length", "find('a' * 100000 ~ 'b')", "count('a' * 100000 ~ 'b')",
        ] {
            _ = try rendered("{{ ('a' * 400000).\(call) }}")
        }
        #expect(ContinuousClock.now - began < .seconds(30))
    }

    @Test("templates that include or extend themselves end")
    func circles() {
        #expect(failure("{% include 'a' %}", templates: ["a": "{% include 'a' %}"])?.kind == .limit)
        #expect(failure("{% extends 'a' %}", templates: ["a": "{% extends 'a' %}"])?.kind == .limit)
    }

    @Test("steps, output and loops are counted")
    func counted() {
        var limits = Limits()
        limits.instructions = 1_000
        #expect(
            failure("{% for i in range(9999) %}{% endfor %}", options: Options(limits: limits))?.kind
                == .limit)
        limits = Limits()
        limits.outputBytes = 100
        #expect(
            failure("{% for i in range(99) %}{{ i }}---{% endfor %}", options: Options(limits: limits))?.kind
                == .limit)
    }

    @Test("a check finds what is wrong without rendering")
    func lint() {
        let source = "<div>{{ nmae }}{% if false %}x{% endif %}{% if name %}{{ name|uper }}{% endif %}"
        let rules = Lint.findings(in: source, name: "a.html", declared: ["name"]).map(\.rule)
        #expect(rules == [.unbalancedHTML, .undefinedVariable, .unreachable, .unknownFilter])
        #expect(Lint.findings(in: "{% if %}", name: "a.txt", declared: nil).map(\.rule) == [.syntax])
        #expect(
            Lint.findings(in: "{% set q = 1 %}{% block b %}{{ q }}{% endblock %}", name: "a", declared: [])
                .isEmpty)
    }
}
