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
        #expect(error.line == 2)
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
