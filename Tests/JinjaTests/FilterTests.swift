import Jinja
import Testing

@Suite("Filters and tests")
struct FilterTests {
    @Test(
        "filters of numbers give what Jinja2 gives",
        arguments: [
            (
                "{{ -5|abs }}{{ '12'|int }}{{ 'x'|int(7) }}{{ '0x1F'|int(base=16) }}{{ '1.5'|float }}",
                "5127311.5"
            ),
            (
                "{{ 2.5|round }} {{ 2.675|round(2) }} {{ 42.55|round(1, 'floor') }} {{ 1234|round(-2) }}",
                "2.0 2.67 42.5 1200"
            ),
            ("{{ l|sum }} {{ rows|sum('p', 10) }} {{ l|min }}{{ l|max }}", "6 13 13"),
            (
                "{{ 1000|filesizeformat }} {{ 1024|filesizeformat(true) }} {{ 1|filesizeformat }}",
                "1.0 kB 1.0 KiB 1 Byte"
            ),
        ])
    func numbers(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "filters of texts give what Jinja2 gives",
        arguments: [
            (
                "{{ s|upper }}{{ s|lower }}{{ s|capitalize }}{{ 'foo bar-baz'|title }}",
                "HELLO WORLDhello worldHello worldFoo Bar-Baz"
            ),
            (
                "{{ s|truncate(8, true, '..', 0) }}|{{ s|truncate(5) }}|{{ s|truncate(20) }}",
                "Hello ..|He...|Hello World"
            ),
            ("{{ 'foo-bar-baz qux'|wordwrap(6) }}", "foo-\nbar-\nbaz\nqux"),
            ("{{ 'a\\nb\\n\\nc'|indent(2, true, true) }}", "  a\n  b\n  \n  c"),
            (
                "{{ s|replace('o', '0', 1) }}{{ s|reverse }}{{ '  x '|trim }}{{ s|wordcount }}",
                "Hell0 WorlddlroW olleHx2"
            ),
            ("{{ '%s-%03d'|format('x', 7) }}{{ s|center(15) }}|{{ s|length }}", "x-007  Hello World  |11"),
        ])
    func texts(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "filters of sequences give what Jinja2 gives",
        arguments: [
            (
                "{{ l|sort }}{{ l|sort(reverse=true) }}{{ ['b', 'A']|sort }}{{ rows|sort(attribute='p')|map(attribute='n')|list }}",
                "[1, 2, 3][3, 2, 1]['A', 'b']['y', 'x']"
            ),
            (
                "{{ range(5)|batch(2, 'x')|list }}{{ range(5)|slice(2)|list }}",
                "[[0, 1], [2, 3], [4, 'x']][[0, 1, 2], [3, 4]]"
            ),
            (
                "{{ l|first }}{{ l|last }}{{ l|join('-') }}{{ l|reverse|list }}{{ ['a', 'A', 'b']|unique|list }}",
                "323-1-2[2, 1, 3]['a', 'b']"
            ),
            (
                "{{ rows|map(attribute='p')|list }}{{ l|map('string')|join }}{{ rows|selectattr('p', 'gt', 1)|map(attribute='n')|list }}",
                "[2, 1]312['x']"
            ),
            ("{{ l|select('odd')|list }}{{ l|reject('odd')|list }}", "[3, 1][2]"),
            (
                "{{ rows|groupby('p')|map('first')|list }}{{ d|dictsort }}{{ d|dictsort(by='value', reverse=true) }}{{ d|items|list }}",
                "[1, 2][('a', 1), ('b', 2)][('b', 2), ('a', 1)][('b', 2), ('a', 1)]"
            ),
        ])
    func sequences(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "filters of markup give what Jinja2 gives",
        arguments: [
            ("{{ html|e }}{{ html|safe }}{{ html|striptags }}", "&lt;b&gt;&amp;&lt;/b&gt;<b>&</b>&"),
            ("{{ {'class': 'a', 'id': none, 'x': '<'}|xmlattr }}", " class=\"a\" x=\"&lt;\""),
            (
                "{{ d|tojson }}{{ '<&>'|tojson }}{{ {'b': [1], 'a': {}}|tojson(2) }}",
                "{\"a\": 1, \"b\": 2}\"\\u003c\\u0026\\u003e\"{\n  \"a\": {},\n  \"b\": [\n    1\n  ]\n}"
            ),
            ("{{ 'a b/ü?'|urlencode }}{{ {'a': 1, 'b c': '&'}|urlencode }}", "a%20b/%C3%BC%3Fa=1&b+c=%26"),
            (
                "{{ 'see www.example.com, me@example.org'|urlize }}",
                "see <a href=\"https://www.example.com\" rel=\"noopener\">www.example.com</a>, <a href=\"mailto:me@example.org\">me@example.org</a>"
            ),
            (
                "{{ missing|default('x') }}{{ ''|default('y', true) }}{{ d|attr('items') is callable }}",
                "xyTrue"
            ),
        ])
    func markup(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "tests give what Jinja2 gives",
        arguments: [
            (
                "{{ i is defined }}{{ x is undefined }}{{ none is none }}{{ i is number }}{{ s is string }}",
                "TrueTrueTrueTrueTrue"
            ),
            (
                "{{ i is even }}{{ i is divisibleby 7 }}{{ i is sameas i }}{{ i in [42] }}{{ i is in [1] }}",
                "TrueTrueTrueTrueFalse"
            ),
            (
                "{{ d is mapping }}{{ l is sequence }}{{ l is iterable }}{{ range is callable }}",
                "TrueTrueTrueTrue"
            ),
            (
                "{{ 'a' is lower }}{{ 'A' is upper }}{{ true is boolean }}{{ 1.5 is float }}{{ 1 is integer }}",
                "TrueTrueTrueTrueTrue"
            ),
            (
                "{{ i is eq 42 }}{{ i is gt 50 }}{{ i is not lt 5 }}{{ 'upper' is filter }}{{ 'odd' is test }}{{ html|safe is escaped }}",
                "TrueFalseTrueTrueTrueTrue"
            ),
        ])
    func tests(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }
}
