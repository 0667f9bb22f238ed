import Jinja
import Testing

@Suite("Expressions and values")
struct ExpressionTests {
    @Test(
        "operators bind and compute as in Jinja2",
        arguments: [
            ("{{ 1 + 2 * 3 ** 2 }}", "19"),
            ("{{ -2 ** 2 }}", "4"),
            ("{{ 7 // -2 }} {{ -7 % 3 }} {{ 7 / 2 }}", "-4 2 3.5"),
            ("{{ 1 < 2 < 3 }} {{ 3 > 2 > 2 }}", "True False"),
            ("{{ 'a' ~ 1 ~ none }}", "a1None"),
            ("{{ not 1 in [2] }}", "True"),
            ("{{ 'x' if i > 50 else 'y' if i else 'z' }}", "y"),
            ("{{ 0 or '' or 'c' }} {{ 1 and 2 }}", "c 2"),
            ("{{ 2 ** 100 }}", "1267650600228229401496703205376"),
            ("{{ 10 ** 25 / 3 }}", "3.3333333333333333e+24"),
        ])
    func operators(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "values print as Python prints them",
        arguments: [
            ("{{ true }} {{ none }} {{ 1.0 }} {{ 1e16 }} {{ 1e-5 }}", "True None 1.0 1e+16 1e-05"),
            ("{{ [1, 'a', \"it's\", none, 2.5] }}", "[1, 'a', \"it's\", None, 2.5]"),
            ("{{ {'a': (1,), 2: {}} }}", "{'a': (1,), 2: {}}"),
            ("{{ 'é東\\n'|list }}", "['é', '東', '\\n']"),
            (
                "{{ 0.1 + 0.2 }} {{ 1 / 3 }} {{ 100 * 1.1 }}",
                "0.30000000000000004 0.3333333333333333 110.00000000000001"
            ),
            ("{{ range(3) }} {{ l|map('string') is iterable }}", "range(0, 3) True"),
        ])
    func printing(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "slices and subscripts count code points and from the end",
        arguments: [
            ("{{ l[-1] }}{{ l[1:] }}{{ l[::-1] }}{{ s[:5] }}{{ s[-5:] }}", "2[1, 2][2, 1, 3]HelloWorld"),
            ("{{ 'Grüße'[2] }}{{ 'Grüße'|length }}{{ 'Grüße'[::-1] }}", "ü5eßürG"),
            ("{{ d['a'] }}{{ d.b }}{{ rows[0].n }}{{ rows.1.p }}", "12x1"),
            ("{{ l[9] }}|{{ d.zz }}", "|"),
        ])
    func subscripts(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "the percent sign formats as in Python",
        arguments: [
            ("{{ '%05.1f|%-5s|%+d|%x' % (3.14159, 'a', 7, 255) }}", "003.1|a    |+7|ff"),
            ("{{ '%(a)s of %(b)03d' % {'a': 'x', 'b': 5} }}", "x of 005"),
            ("{{ '%s %r %%' % ('a', 'b') }}", "a 'b' %"),
            ("{{ '%#x %e %g' % (255, 12345.678, 0.0001) }}", "0xff 1.234568e+04 0.0001"),
        ])
    func percent(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "format fills, aligns, groups and looks into values",
        arguments: [
            (
                "{{ '{:>8}|{:<8}|{:^8}|{:*^8}'.format('a', 'b', 'c', 'd') }}",
                "       a|b       |   c    |***d****"
            ),
            (
                "{{ '{:,} {:,.2f} {:012,}'.format(1234567, 1234.5, 1234) }}",
                "1,234,567 1,234.50 0,000,001,234"
            ),
            ("{{ '{0[a]} {1[0]} {x!r}'.format(d, l, x='q') }}", "1 3 'q'"),
            ("{{ '{:+d} {:x} {:b} {:%}'.format(5, 255, 5, 0.5) }}", "+5 ff 101 50.000000%"),
            ("{{ '{:>{w}.{p}f}'.format(3.14159, w=8, p=2) }}", "    3.14"),
        ])
    func format(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "the methods of texts",
        arguments: [
            ("{{ s.upper() }}{{ s.title() }}{{ s.swapcase() }}", "HELLO WORLDHello WorldhELLO wORLD"),
            (
                "{{ 'a,b,c'.split(',', 1) }}{{ ' a  b '.split() }}{{ 'a b c'.rsplit(none, 1) }}",
                "['a', 'b,c']['a', 'b']['a b', 'c']"
            ),
            ("{{ s.replace('l', 'L', 2) }}{{ s.find('o', 5) }}{{ s.count('l') }}", "HeLLo World73"),
            ("{{ s.startswith(('x', 'He')) }}{{ s.endswith('d') }}", "TrueTrue"),
            ("{{ '42'.zfill(5) }}{{ 'a'.center(4, '.') }}{{ 'a'.rjust(3) }}", "00042.a..  a"),
            (
                "{{ 'a-b-c'.partition('-') }}{{ 'a-b-c'.rpartition('-') }}",
                "('a', '-', 'b-c')('a-b', '-', 'c')"
            ),
            ("{{ 'Straße'.casefold() }}{{ 'ΟΔΟΣ'.lower() }}{{ 'ß'.upper() }}", "strasseοδοςSS"),
            ("{{ ','.join(['a', 'b']) }}{{ 'x.py'.removesuffix('.py') }}{{ ' x '.strip() }}", "a,bxx"),
        ])
    func texts(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "the methods of lists and dictionaries",
        arguments: [
            (
                "{% set q = [1] %}{% do q.append(2) %}{% do q.extend([3]) %}{% do q.insert(0, 0) %}{{ q }}{{ q.pop() }}{{ q.index(2) }}{{ q }}",
                "[0, 1, 2, 3]32[0, 1, 2]"
            ),
            (
                "{% set q = [2, 1] %}{% do q.sort() %}{{ q }}{% do q.reverse() %}{{ q }}{{ q.count(1) }}",
                "[1, 2][2, 1]1"
            ),
            (
                "{{ d.get('zz', 5) }}{{ d.keys()|list }}{{ d.values()|sum }}{{ d.items()|list }}",
                "5['b', 'a']3[('b', 2), ('a', 1)]"
            ),
            (
                "{% set q = {'a': 1} %}{% do q.update({'b': 2}, c=3) %}{{ q }}{{ q.pop('a') }}{{ q.setdefault('z', 9) }}{{ q }}",
                "{'a': 1, 'b': 2, 'c': 3}19{'b': 2, 'c': 3, 'z': 9}"
            ),
        ])
    func containers(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "the functions that every template has",
        arguments: [
            ("{{ range(2, 9, 3)|list }}{{ dict(d, z=1) }}", "[2, 5, 8]{'b': 2, 'a': 1, 'z': 1}"),
            (
                "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}",
                "abab"
            ),
            ("{% set j = joiner('|') %}{% for x in l %}{{ j() }}{{ x }}{% endfor %}", "3|1|2"),
            ("{{ namespace(a=1).a }}", "1"),
        ])
    func globals(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }
}
