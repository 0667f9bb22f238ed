import Jinja
import Testing

@Suite("The language")
struct LanguageTests {
    private func render(
        _ source: String, _ context: Value = [:], options: Options = Options(),
        templates: [String: String] = [:]
    ) throws -> String {
        try Environment(options: options, loader: .dictionary(templates)).compile(source).render(context)
    }

    @Test("values print as Python prints them")
    func printing() throws {
        let printed = try render("{{ true }} {{ none }} {{ 1.0 }} {{ [1, 'a', {'k': (1,)}] }} {{ 2 ** 70 }}")
        #expect(printed == "True None 1.0 [1, 'a', {'k': (1,)}] 1180591620717411303424")
    }

    @Test("a loop knows where it stands")
    func loops() throws {
        let source =
            "{% for x in l %}{{ loop.index }}/{{ loop.length }}{{ ',' if not loop.last }}{% else %}-{% endfor %}"
        #expect(try render(source, ["l": [5, 6]]) == "1/2,2/2")
        #expect(try render(source, ["l": []]) == "-")
    }

    @Test("what a loop sets ends with its turn, what a namespace holds stays")
    func scopes() throws {
        let source = """
            {% set n = namespace(x=0) %}{% set y = 0 %}{% for i in [1, 2] %}{% set y = i %}{% set n.x = n.x + i %}\
            {% endfor %}{{ y }} {{ n.x }}
            """
        #expect(try render(source) == "0 3")
    }

    @Test("blocks call their parents over several levels")
    func inheritance() throws {
        let output = try render(
            "{% extends 'b' %}{% block x %}3{{ super() }}{% endblock %}",
            templates: [
                "b": "{% extends 'a' %}{% block x %}2{{ super() }}{% endblock %}",
                "a": "<{% block x %}1{% endblock %}>",
            ])
        #expect(output == "<321>")
    }

    @Test("macros and call blocks pass text to each other")
    func macros() throws {
        let source =
            "{% macro m(a, b=a) %}{{ a }}{{ b }}{{ caller(1) }}{% endmacro %}{% call(x) m(7) %}[{{ x }}]{% endcall %}"
        #expect(try render(source) == "77[1]")
    }

    @Test("autoescape leaves safe text alone and goes by the name")
    func autoescape() throws {
        let environment = Environment()
        let source = "{{ a }}{{ b }}"
        let context: Value = ["a": "<", "b": .safe("<br>")]
        #expect(try environment.compile(source, name: "x.html.j2").render(context) == "&lt;<br>")
        #expect(try environment.compile(source, name: "x.txt.j2").render(context) == "<<br>")
    }

    @Test("a template may change a list of its own, and not the caller's")
    func mutation() throws {
        let context: Value = ["l": [1]]
        let template = try Environment().compile("{% do l.append(2) %}{{ l }}")
        #expect(try template.render(context) == "[1, 2]")
        #expect(try template.render(context) == "[1, 2]")
    }

    @Test("JSON keeps the order of keys and the kind of numbers")
    func json() throws {
        let value = try Value(json: #"{"b": 1, "a": 1.0, "n": 123456789012345678901}"#)
        #expect(value.keys == ["b", "a", "n"])
        #expect(try render("{{ v }}", ["v": value]) == "{'b': 1, 'a': 1.0, 'n': 123456789012345678901}")
        #expect(throws: JSONError.self) { try Value(json: "[1,]") }
    }

    @Test("renders from many threads do not disturb each other")
    func threads() async throws {
        let template = try Environment().compile("{% for i in range(50) %}{{ i * k }},{% endfor %}")
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for k in 0..<16 {
                group.addTask {
                    let expected = (0..<50).map { "\($0 * k)," }.joined()
                    return try template.render(["k": Value(k)]) == expected
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
