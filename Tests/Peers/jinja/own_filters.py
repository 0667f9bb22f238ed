"""Expressions for every filter and test."""

EVERY = ["i", "z", "n", "f", "big", "t", "no", "nothing", "s", "e", "html", "u", "multi", "l", "el", "names", "mixed", "d",
         "ed", "rows", "num", "ws", "missing", "html|safe"]

PLAIN = ["abs", "capitalize", "count", "length", "e", "escape", "filesizeformat", "first", "last", "float", "forceescape", "int", "items|list",
         "list", "lower", "upper", "title", "trim", "string", "striptags", "wordcount", "urlencode", "tojson",
         "pprint", "reverse|list", "round", "safe", "sort", "sum", "min", "max", "unique|list", "center", "default('D')",
         "d('D', true)", "join", "join(', ')", "indent", "truncate(5)", "wordwrap(5)", "xmlattr", "urlize", "dictsort",
         "batch(2)|list", "slice(2)|list", "replace('l', 'L')", "format(1)", "select|list", "reject|list",
         "map('string')|list", "int(default=7)", "float(default=1.5)", "length|string", "attr('x')", 
         "groupby('g')|list", "map(attribute='n')|list", "selectattr('n')|list"]

TESTS = ["boolean", "callable", "defined", "undefined", "divisibleby(2)", "divisibleby 3", "escaped", "even", "odd", "false",
         "true", "float", "integer", "iterable", "lower", "upper", "mapping", "none", "number", "sequence", "string",
         "sameas none", "sameas(true)", "eq 42", "ne 42", "lt 5", "gt 5", "ge 42", "le 42", "in [42, 'Hello World']",
         "in 'Hello World and more'", "equalto 42", "not defined", "not none"]

FILTERS = [f"{v}|{f}" for v in EVERY for f in PLAIN] + [f"{v} is {t}" for v in EVERY for t in TESTS] + """
3.14159|round(2)
2.5|round
3.5|round
-2.5|round
2.675|round(2)
1234|round(-2)
1250|round(-2)
42.55|round(1, 'floor')
42.55|round(1, 'ceil')
42|round(1, 'ceil')
1e300|round(2)
1.5|round(method='floor')
1|round(1, 'x')
0.1 + 0.2
1e16
1e15
123456789012345678.0
1e-4
1e-5
1.0
-0.0
1e100
5e-324
1.7976931348623157e308
100|filesizeformat
1000|filesizeformat
1024|filesizeformat(true)
1000000|filesizeformat
1|filesizeformat
0|filesizeformat
1500000000|filesizeformat
1e30|filesizeformat
'1000'|filesizeformat
1023|filesizeformat(true)
1048576|filesizeformat(binary=true)
'abc'|filesizeformat
s|center(30)
s|center(3)
u|center(31)
s|truncate(9)
s|truncate(9, true)
s|truncate(9, true, '..')
s|truncate(5, false, '')
s|truncate(8, leeway=0)
s|truncate(8, leeway=3)
long|truncate(20)
long|truncate(20, end='…')
u|truncate(5, true, '', 0)
s|truncate(2)
long|wordwrap(20)
long|wordwrap(20, wrapstring='<br>')
'abcdefghijklmnop'|wordwrap(5)
'abcdefghijklmnop'|wordwrap(5, false)
'foo-bar-baz qux'|wordwrap(6)
'foo-bar-baz qux'|wordwrap(6, break_on_hyphens=false)
'a-b foo--bar -x well-known e-mail'|wordwrap(8)
'  leading and   inner   spaces  '|wordwrap(10)
multi|wordwrap(4)
s|wordwrap(0)
'x'|wordwrap(-1)
multi|indent
multi|indent(2, true)
multi|indent(2, false, true)
multi|indent('> ')
multi|indent(width=3, first=true, blank=true)
html|indent
multi|safe|indent('<')
s|replace('o', '0', 1)
s|replace('', '-')
html|replace('<', '[')
html|safe|replace('<', '>')
s|replace('o', '<'|safe)
42|replace(4, 5)
'%s-%d'|format('x', 3)
'%(a)s %(b)05.1f'|format(a=1, b=2)
'%s'|format
'%d'|format('x')
'%5s|%-5s|%05d|%+d|%x|%X|%o|%e|%g|%c|%%'|format('a', 'b', 42, 7, 255, 255, 8, 1234.5, 0.0001, 'z')
'%.3f %10.2f %-10.2f| %+.1e'|format(3.14159, 2.5, 2.5, 12345.678)
'%r %s'|format('a', 'b')
'%5.2s|'|format('abc')
'%s %s'|format(1)
'%i'|format(3.99)
'%#x %#o'|format(255, 8)
'%*d'|format(5, 42)
'%s'|format(none)
'%s'|safe|format('<b>')
'%s' % 'x'
'%s %s' % (1, 2)
'%(a)s' % {'a': 1}
'%d%%' % 50
'%s' % [1, 2]
'%.0f' % 0.5
'%.0f' % 1.5
'%.0f' % 2.5
'%g' % 1e10
'%g' % 123456789
'%g' % 0.00001234
'%G' % 1e-10
'%.10g' % 3.14159265358979
'%q' % 1
'%' % 1
'%s' % (1, 2)
'12'|int
'12.9'|int
' 12 '|int
'0x1A'|int(base=16)
'1A'|int(0, 16)
'101'|int(base=2)
'0b11'|int(base=0)
'0b11'|int(base=2)
'abc'|int
'abc'|int(-1)
'1_000'|int
'1__0'|int
3.99|int
-3.99|int
'-5'|int
'+5'|int
1e20|int
'1e3'|int
''|int
true|int
none|int
'99999999999999999999'|int
l|int
'1.5'|float
'1e5'|float
'inf'|float
'nan'|float
'-inf'|float
'1_0.5'|float
'.5'|float
'5.'|float
'abc'|float
' 3.5 '|float
true|float
l|float
['a', 'b']|join('<')
['<a>', 'b'|safe]|join('<')
['a', 'b']|join('<br>'|safe)
rows|join(', ', attribute='n')
rows|join(', ', 'g')
[1, 2.5, none, true]|join('|')
d|join
s|join('-')
rows|map(attribute='n')|join(',')
rows|map(attribute='q', default='?')|join(',')
rows|map(attribute='q')|list
rows|map('upper')|list
names|map('upper')|join(' ')
names|map('replace', 'a', 'o')|list
names|map('nope')|list
names|map|list
rows|selectattr('p', 'gt', 1)|map(attribute='n')|list
rows|rejectattr('p', 'odd')|map(attribute='n')|list
rows|selectattr('g', 'equalto', 'a')|list|length
rows|selectattr('q', 'defined')|list
rows|selectattr|list
l|select('odd')|list
l|reject('odd')|list
l|select('gt', 1)|list
l|select('nope')|list
l|select('divisibleby', 2)|list
mixed|select('string')|list
mixed|select|list
mixed|reject('none')|list
rows|sort(attribute='p')|map(attribute='n')|list
rows|sort(attribute='p', reverse=true)|map(attribute='n')|list
rows|sort(attribute='g,p')|map(attribute='n')|list
rows|sort(attribute='g', case_sensitive=true)|map(attribute='n')|list
names|sort
names|sort(case_sensitive=true)
names|sort(true)
names|sort(reverse=true, case_sensitive=true)
mixed|sort
pairs|sort(attribute='1', reverse=true)
pairs|map(attribute=0)|list
pairs|map(attribute='0')|list
names|unique|list
names|unique(true)|list
rows|unique(attribute='g')|map(attribute='n')|list
names|min
names|max
names|min(case_sensitive=true)
rows|min(attribute='p')
rows|max(attribute='p')
el|min
el|max
mixed|max
rows|sum(attribute='p')
rows|sum('p', 10)
l|sum(start=100)
names|sum
el|sum
[[1], [2]]|sum(start=[])
[0.1, 0.2, 0.3]|sum
rows|groupby('g')
rows|groupby('g')|map(attribute='grouper')|list
rows|groupby('g')|map(attribute='list')|map('length')|list
rows|groupby('g', case_sensitive=true)|map('first')|list
rows|groupby('q', default='x')|map('first')|list
rows|groupby(attribute='p')
d|dictsort
d|dictsort(true)
d|dictsort(by='value')
d|dictsort(false, 'value', true)
d|dictsort(by='x')
d|items|list
d|list
d|length
d|tojson
d|tojson(2)
d|tojson(indent=4)
nested|tojson(2)
nested|pprint
html|tojson
u|tojson
'a\\u2028b\\x7f\\x01'|tojson
mixed|tojson
f|tojson
el|tojson(2)
ed|tojson(2)
{'b': [], 'a': {}}|tojson(2)
{1: 2, 3: 4}|tojson
{none: 1}|tojson
range(3)|tojson
range(3)|list|tojson
range(10)|batch(4)|list
range(10)|batch(4, 'x')|list
range(3)|batch(5, 0)|list
range(10)|slice(3)|list
range(10)|slice(3, 'x')|list
range(2)|slice(5)|list
l|slice(0)|list
l|first
l|last
el|first
el|last
d|first
s|first
s|last
e|first
l|reverse|list
s|reverse
u|reverse
d|reverse|list
(1, 2)|reverse|list
range(3)|reverse|list
range(5)|random > -1
d|xmlattr
{'class': 'a b', 'id': none, 'x': '<>&', 'y': missing}|xmlattr
{'class': 'a'}|xmlattr(false)
{'a b': 1}|xmlattr
{'a/b': 1}|xmlattr
ed|xmlattr
url|urlize
url|urlize(15)
url|urlize(10, true)
url|urlize(target='_blank')
url|urlize(rel='x y')
'http://a.b'|urlize
'http://localhost/x'|urlize
'(http://example.com)'|urlize
'<http://example.com>'|urlize
'example.com example.net/x foo.bar'|urlize
'mailto:a@b.co a@b.co @a@b a@b'|urlize
'tel:123 x'|urlize(extra_schemes=['tel:'])
'http://example.com.'|urlize
'http://1.2.3.4/x http://[::1]/'|urlize
'https://user@host.com/ www.a'|urlize
'a b/c?d=e&f'|urlencode
{'a': 1, 'b c': 'd&e'}|urlencode
pairs|urlencode
u|urlencode
'/'|urlencode
tags|striptags
tags|safe|striptags
'<a'|striptags
'a > b < c'|striptags
html|escape|escape
html|safe|e
html|forceescape|forceescape
html|safe|forceescape
html|e|length
html|safe|upper
html|safe ~ html
html ~ 'x'
(html|safe) + html
html + (html|safe)
(html|safe) * 2
s|trim('Hd')
ws|trim
ws|trim('x')
'xxaxx'|trim('x')
'foo bar-baz (qux) [a] {b} <c'|title
"it's o'neil"|title
'ÀÉ ß'|title
'ß'|upper
'ß'|capitalize
'ΑΣ ΑΣΑ'|lower
'hELLO wORLD'|capitalize
missing|default
missing|default('x')
nothing|default('x')
nothing|default('x', true)
e|default('x', boolean=true)
missing.x|default('y')
d.zz|default('y')
d|attr('items') is callable
d|attr('a')|default('no')
s|attr('upper')()
'abc'|attr('zz')
s|wordcount
'a-b c_d e.f 東京'|wordcount
u|length
s|list
d.keys()|list
d.values()|list
d.items()|list
l|string ~ ''
mixed|string
d|string
l|map('string')|map('length')|list
[l, l]|map('sum')|list
i|string|length
s|nope
s is nope
i is divisibleby 0
s is divisibleby 2
s is even
l is in [[3, 1, 2]]
1 is in 5
html|safe is escaped
'foo' is in ['foo']
2 is eq 2.0
'a' is lt 'b'
1 is lt 'b'
nothing is sameas nothing
'x' is filter
'upper' is filter
'defined' is test
'upper' is test
i is number and i is not string
'' is lower
'1' is upper
'A1' is upper
rows|sort(attribute='nope')|map(attribute='n')|list
rows|sort(attribute='nope,p')|map(attribute='n')|list
l|sort('x')
rows|groupby('nope')
s|truncate(missing)
s|indent(missing)
s|center(0)
l|slice(missing)|list
l|batch(missing)|list
""".strip().splitlines()
