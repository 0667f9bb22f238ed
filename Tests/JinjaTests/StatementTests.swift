import Jinja
import Testing

@Suite("Statements")
struct StatementTests {
    @Test(
        "the first branch that holds is rendered",
        arguments: [
            ("{% if i > 40 %}a{% elif i %}b{% else %}c{% endif %}", "a"),
            ("{% if missing %}a{% elif l %}b{% endif %}", "b"),
            ("{% if not l %}a{% else %}c{% endif %}", "c"),
            ("{% if 0 < i < 50 and 'ell' in s %}a{% endif %}", "a"),
        ])
    func branches(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "a loop knows its place, its neighbours and its depth",
        arguments: [
            (
                "{% for x in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }} {% endfor %}",
                "1032 2121 3210 "
            ),
            (
                "{% for x in l %}{{ loop.first }}{{ loop.last }}{{ loop.length }} {% endfor %}",
                "TrueFalse3 FalseFalse3 FalseTrue3 "
            ),
            (
                "{% for x in l %}{{ loop.previtem|default('-') }}{{ loop.nextitem|default('-') }} {% endfor %}",
                "-1 32 1- "
            ),
            ("{% for x in l %}{{ loop.cycle('a', 'b') }}{% endfor %}", "aba"),
            ("{% for x in [1, 1, 2] %}{{ loop.changed(x) }} {% endfor %}", "True False True "),
            ("{% for x in l if x > 1 %}{{ x }}/{{ loop.length }} {% endfor %}", "3/2 2/2 "),
            ("{% for k, v in d.items() %}{{ k }}{{ v }}{% endfor %}", "b2a1"),
            ("{% for x in [] %}{% else %}none{% endfor %}", "none"),
        ])
    func loops(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "a recursive loop descends by calling itself",
        arguments: [
            (
                "{% for n in [[1, [2, [3]]]] recursive %}{% if n is iterable %}({{ loop(n) }}){% else %}{{ n }}@{{ loop.depth }}{% endif %}{% endfor %}",
                "(1@2(2@3(3@4)))"
            ),
            // What stands in `else` sees the names around the loop, and not those of the loop.
            (
                "{% set a = 1 %}{% set b = 2 %}{% for n in [] recursive %}{% else %}{{ a }}{{ b }}{{ n }}{% set c = 3 %}{{ c }}{% endfor %}",
                "123"
            ),
            (
                "{% for n in [[[]]] recursive %}({{ loop(n) }}){% else %}none{% endfor %}",
                "((none))"
            ),
        ])
    func recursion(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "break ends a loop and continue a turn",
        arguments: [
            ("{% for x in range(9) %}{% if x == 3 %}{% break %}{% endif %}{{ x }}{% endfor %}", "012"),
            ("{% for x in range(5) %}{% if x is odd %}{% continue %}{% endif %}{{ x }}{% endfor %}", "024"),
        ])
    func controls(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "set gives names to values and to text, and unpacks",
        arguments: [
            ("{% set a, b = 1, 2 %}{{ b }}{{ a }}", "21"),
            ("{% set a %}x{{ i }}{% endset %}{{ a }}", "x42"),
            ("{% set a | upper | reverse %}abc{% endset %}{{ a }}", "CBA"),
            (
                "{% set n = namespace(k=1) %}{% for x in l %}{% set n.k = n.k + x %}{% endfor %}{{ n.k }}",
                "7"
            ),
            ("{% for x in l %}{% set i = x %}{% endfor %}{{ i }}", "42"),
            ("{% with i = 1, j = 2 %}{{ i }}{{ j }}{% endwith %}{{ i }}{{ j }}", "1242"),
        ])
    func sets(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "a macro takes arguments by place and by name, and what is left over",
        arguments: [
            (
                "{% macro m(a, b=2, c=b) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }} {{ m(1, c=5) }} {{ m(b=3, a=4) }}",
                "122 125 433"
            ),
            (
                "{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, x=4) }}",
                "1(2, 3){'x': 4}"
            ),
            (
                "{% macro m() %}{{ caller('c') }}{% endmacro %}{% call(x) m() %}{{ x }}{{ i }}{% endcall %}",
                "c42"
            ),
            (
                "{% macro m(a, b) %}{% endmacro %}{{ m.name }}{{ m.arguments }}{{ m.caller }}",
                "m('a', 'b')False"
            ),
            ("{% macro f(n) %}{{ n }}{{ f(n - 1) if n }}{% endmacro %}{{ f(3) }}", "3210"),
        ])
    func macros(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "raw, comments, filter blocks, do and print",
        arguments: [
            ("{% raw %}{{ i }}{% if %}{% endraw %}", "{{ i }}{% if %}"),
            ("a{# {{ nope( #}b", "ab"),
            ("{% filter upper|replace('L', '1') %}hello{% endfilter %}", "HE11O"),
            ("{% set q = [] %}{% do q.append(1) %}{{ q }}", "[1]"),
            ("{% print 1, i %}", "142"),
        ])
    func others(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "autoescape leaves alone what is safe, block by block",
        arguments: [
            ("{{ html }}{{ html|safe }}", "&lt;b&gt;&amp;&lt;/b&gt;<b>&</b>"),
            (
                "{% autoescape false %}{{ html }}{% endautoescape %}{{ html }}",
                "<b>&</b>&lt;b&gt;&amp;&lt;/b&gt;"
            ),
            ("{% set x %}<i>{{ html }}</i>{% endset %}{{ x }}", "<i>&lt;b&gt;&amp;&lt;/b&gt;</i>"),
            ("{{ '<' ~ html|safe }}", "&lt;<b>&</b>"),
            (
                "{% macro m() %}<i>{% endmacro %}{{ m() }}{{ [html, '<i>'|safe]|join('<') }}",
                "<i>&lt;b&gt;&amp;&lt;/b&gt;&lt;<i>"
            ),
        ])
    func escapes(source: String, expected: String) throws {
        #expect(try rendered(source, options: Options(autoescape: .on)) == expected)
    }
}
