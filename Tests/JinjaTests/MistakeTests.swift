import Jinja
import Testing

@Suite("Mistakes in templates")
struct MistakeTests {
    private func failure(_ source: String, options: Options = Options()) -> TemplateError? {
        do throws(TemplateError) {
            _ = try rendered(source, options: options)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a source that is no template is told with its place",
        arguments: [
            ("{{ 1 + }}", 1, 8), ("a\n{% nope %}", 2, 4), ("{% if i %}", 1, 11), ("{{ (1 }}", 1, 7),
            ("{% break %}", 1, 4), ("{% for x in l %}{% endfor %}{% continue %}", 1, 32),
            ("{% macro m(a, a) %}{% endmacro %}", 1, 15), ("{{ f(a=1, a=2) }}", 1, 11), ("{{ 'abc }}", 1, 4),
            ("{% endfor %}", 1, 4), ("{{ x|nope }}", 1, 6), ("ä{{ x is nope }}", 1, 10),
        ])
    func syntax(source: String, line: Int, column: Int) throws {
        let error = try #require(failure(source))
        #expect(error.kind == .syntax)
        #expect((error.line, error.column) == (line, column))
    }

    @Test(
        "the nearest name is suggested for filters, tests, tags and attributes",
        arguments: [
            ("{{ s|uper }}", "upper"), ("{{ s is definde }}", "defined"), ("{% fro x in l %}", "for"),
            ("{{ rows[0].nn }}", "n"),
        ])
    func suggestions(source: String, expected: String) throws {
        let options = Options(autoescape: .off, undefined: .strict)
        #expect(try #require(failure(source, options: options)).suggestion == expected)
    }

    @Test(
        "methods refuse arguments that they do not take",
        arguments: [
            "{{ s.upper(1) }}", "{{ s.strip(1) }}", "{{ s.split(sep=1) }}", "{{ s.replace('a') }}",
            "{{ s.find('a', 'b') }}", "{{ l.index() }}", "{{ d.get() }}", "{{ d.get('a', default=1) }}",
            "{{ s.center('x') }}", "{{ s.splitlines('x') }}", "{{ '{:s}'.format(l) }}", "{{ '%d' % s }}",
            "{{ '{}{0}'.format(1) }}", "{{ s.encode('nope') }}",
        ])
    func signatures(source: String) {
        #expect(failure(source)?.kind == .runtime)
    }

    @Test(
        "strict undefined fails when it is used and may be asked whether it is there",
        arguments: [
            "{{ x }}", "{{ x ~ 'a' }}", "{% if x %}{% endif %}", "{% for y in x %}{% endfor %}",
            "{{ x == 1 }}",
        ])
    func strict(source: String) throws {
        let options = Options(autoescape: .off, undefined: .strict)
        #expect(failure(source, options: options)?.kind == .undefined)
        #expect(try rendered("{{ x|default('d') }}{{ x is defined }}", options: options) == "dFalse")
    }

    @Test(
        "a template reaches nothing but what it was given",
        arguments: [
            "{{ ''.__class__ }}", "{{ ''['__class__'] }}", "{{ self.__init__ }}", "{{ range.__globals__ }}",
            "{{ s|attr('__class__') }}",
        ])
    func sealed(source: String) throws {
        #expect(try rendered(source) == "")
    }
}

@Suite("Checks without rendering")
struct LintTests {
    private func rules(_ source: String, name: String = "a.html", declared: Set<String>? = nil) -> [Finding
        .Rule]
    {
        Lint.findings(in: source, name: name, declared: declared).map(\.rule)
    }

    @Test("a variable is declared by the list, by the template, or by the language")
    func variables() {
        #expect(rules("{{ a }}{{ b }}", declared: ["a"]) == [.undefinedVariable])
        #expect(
            rules("{% for x in a %}{{ x }}{{ loop.index }}{% endfor %}{{ range(3) }}", declared: ["a"])
                .isEmpty)
        #expect(rules("{% macro m(p) %}{{ p }}{{ caller() }}{% endmacro %}{{ m(1) }}", declared: []).isEmpty)
        #expect(rules("{% set q = 1 %}{{ q }}{% with w = q %}{{ w }}{% endwith %}", declared: []).isEmpty)
        #expect(rules("{{ anything }}", declared: nil).isEmpty)
    }

    @Test("a finding has its place and the nearest name")
    func place() throws {
        let found = Lint.findings(in: "a\n {{ vendr }}", name: "a.txt", declared: ["vendor"])
        let finding = try #require(found.first)
        #expect((finding.line, finding.column) == (2, 5))
        #expect(finding.message.contains("did you mean 'vendor'?"))
    }

    @Test("what can never be rendered is found")
    func unreachable() {
        #expect(rules("{% if false %}a{% endif %}") == [.unreachable])
        #expect(rules("{% if true %}a{% else %}b{% endif %}") == [.unreachable])
        #expect(rules("{% for x in [1] %}{% break %}a{% endfor %}") == [.unreachable])
        #expect(rules("{% extends 'b' %}lost") == [.unreachable])
        #expect(rules("{% extends 'b' %}{% block x %}kept{% endblock %}\n").isEmpty)
    }

    @Test("elements are closed where they were opened, in HTML only")
    func html() {
        #expect(rules("<div><p>a</div>").isEmpty)
        #expect(rules("<div>{% if a %}</div>{% endif %}").contains(.unbalancedHTML))
        #expect(rules("<b><i></b></i>").contains(.unbalancedHTML))
        #expect(rules("<br><img src='{{ a }}'><input>").isEmpty)
        #expect(rules("<div>", name: "a.txt").isEmpty)
    }

    @Test("unknown filters and tests are found where only a branch would reach them")
    func unknown() {
        #expect(rules("{% if a %}{{ a|nope }}{{ a is nada }}{% endif %}") == [.unknownFilter, .unknownTest])
    }
}
