"""Expressions for operators, methods of Python's types, and printing."""

METHODS = """
1 + 2 * 3
(1 + 2) * 3
2 ** 3 ** 2
-2 ** 2
2 ** -1
2 ** 0.5
0 ** 0
2 ** 100
2 ** 64 - 1
9223372036854775807 + 1
-9223372036854775808 - 1
9223372036854775807 * 9223372036854775807
big + 1
big // 7
big % 7
-big // 7
big / 2
big * -1
7 // 2
-7 // 2
7 // -2
7 % 3
-7 % 3
7 % -3
7.5 // 2
-7.5 // 2
7.5 % 2
-7.5 % 2
7 / 2
6 / 2
1 / 0
1 // 0
1 % 0
1.0 / 0
1.0 // 0
1.0 % 0
0.0 ** -1
1 + 1.0
true + true
true * 3
-true
+true
not 0
not ''
-'x'
'a' + 'b'
'a' * 3
3 * 'a'
'a' * -1
'a' * 1.5
'a' + 1
1 + 'a'
[1] + [2]
[1] * 2
(1,) + (2,)
[1] + (2,)
{'a': 1} + {}
'a' ~ 1 ~ none ~ 1.5 ~ [1]
missing ~ 'x'
missing + 1
missing.x
missing['x']
missing()
d.missing.x
d.missing()
nothing.x
nothing.x.y
i.x
s.x
l.x
l[0]
l[-1]
l[10]
l[1:]
l[:-1]
l[::-1]
l[::2]
l[-2:]
l[5:]
l[2:1]
l[::0]
l['a']
s[0]
s[-1]
s[0:5]
s[::-1]
u[7:9]
s[100]
s[1:100]
(1, 2, 3)[1:]
range(10)[2]
range(10)[2:5]
range(10)[-1]
d['a']
d['zz']
d.a
d['items'] is callable
nested.x.y[1].z
nested['x']['y'][0]
pairs[0][1]
pairs.0.1
l.0
1 < 2 < 3
1 < 3 < 2
1 == 1.0
1 == true
'1' == 1
[1, 2] == [1, 2]
(1, 2) == [1, 2]
{'a': 1} == {'a': 1.0}
'a' < 'b'
'a' < 1
[1, 2] < [1, 3]
none < 1
none == none
missing == missing
missing == none
1 in [1, 2]
4 not in [1, 2]
'ell' in 'hello'
'a' in d
1 in 'abc'
1 in 5
none in [none]
1 < 2 and 2 < 3
0 or 'x'
'' or 0 or none
1 and 0 and 2
'a' if true else 'b'
'a' if false else 'b'
'a' if false
('a' if false) is undefined
1 if 0 else 2 if 0 else 3
not true and false
not (true and false)
1 + 2 ~ 3 + 4
1 ~ 2 * 3
-1|abs
-(1|abs)
2 * 3|string
[1, [2, 'a'], {'k': (1,)}]
(1,)
()
[]
{}
{'a': 1, 2: [none, true], (1, 2): 'x', 1.5: '"'}
'\\'"'
"it's"
['it\\'s', 'a"b', "both'\\""]
['\\n\\t\\\\', '\\x00\\x7f', 'é東\\u200b']
'\\u00e9\\x41\\101\\a'|length
'a' 'b' "c"
1_000
0x1f
0b101
0o17
1e3
1.5e-3
1_0.2_5
true
True
none
None
range(5)
range(1, 5)
range(1, 10, 3)|list
range(5, 0, -1)|list
range(0)|list
range(1, 2, 0)
range('a')
range(3) == range(3)
5 in range(10)
'x' in range(3)
range(5)|sum
dict(a=1, b=[2])
dict([('a', 1)])
dict(d, z=1)
dict(d)|length
namespace(a=1).a
namespace(d).b
joiner(',')()
cycler('a', 'b').next()
cycler()
lipsum(n=1, min=1, max=2)|length > 0
s.upper()
s.lower()
s.title()
s.capitalize()
s.swapcase()
s.split()
s.split('o')
s.split('o', 1)
s.split(' ')
s.rsplit('o', 1)
s.split(none, 1)
'a,b,,c'.split(',')
' a  b '.split()
' a  b '.split(' ')
' a  b c '.split(none, 1)
' a  b c '.rsplit(none, 1)
''.split()
''.split(',')
'a'.split('')
multi.splitlines()
multi.splitlines(true)
'a\\r\\nb\\x0cc'.splitlines()
','.join(['a', 'b'])
','.join([1])
','.join('abc')
s.replace('l', 'L')
s.replace('l', 'L', 1)
s.startswith('He')
s.startswith(('x', 'H'))
s.startswith('W', 6)
s.endswith('ld')
s.endswith('x')
s.find('o')
s.find('zz')
s.find('o', 5)
s.rfind('o')
s.index('o')
s.index('zz')
s.count('l')
s.count('')
s.strip('Hd')
ws.strip()
ws.lstrip()
ws.rstrip()
s.center(20, '*')
s.center(15)
s.ljust(15) ~ '|'
s.rjust(15, '.')
'42'.zfill(5)
'-42'.zfill(5)
'a'.zfill(0)
'abc'.isalpha()
'abc1'.isalnum()
'123'.isdigit()
'½'.isnumeric()
'²'.isdigit()
'²'.isdecimal()
' '.isspace()
'Ab C'.istitle()
'Ab c'.istitle()
'ab'.islower()
'AB'.isupper()
'ab'.isidentifier()
''.isalpha()
'é'.isascii()
'a\\n'.isprintable()
'a-b-c'.partition('-')
'a-b-c'.rpartition('-')
'abc'.partition('x')
'abc'.rpartition('x')
'a\\tb'.expandtabs(4)
'prefix-x'.removeprefix('prefix-')
'x.py'.removesuffix('.py')
'é'.encode('utf-8')
'abc'.casefold()
'{} {}'.format(1, 'a')
'{0} {1} {0}'.format('a', 'b')
'{a} {b}'.format(a=1, b=2)
'{:>5}|{:<5}|{:^5}|'.format('a', 'b', 'c')
'{:05d} {:.2f} {:,} {:x} {:%}'.format(42, 3.14159, 1234567, 255, 0.5)
'{:+d} {: d} {:e} {:g}'.format(5, 5, 12345.678, 0.0001)
'{!r}'.format('a')
'{0[a]} {1[0]}'.format(d, l)
'{{}}'.format()
'{'.format(1)
'{}'.format()
'{x}'.format(y=1)
'{:*^9}'.format('mid')
'{:_}'.format(1234567)
'{:.3}'.format('abcdef')
'{:.3}'.format(3.14159)
'{:#x} {:#b}'.format(255, 5)
'{:d}'.format('a')
'{:s}'.format(1)
'<{}>'.format('&')
('<{}>'|safe).format('&')
(html|safe).split(' ')
(html|safe).replace('a', '<')
('<b>'|safe).join(['<', '>'|safe])
('a&amp;b'|safe).unescape()
('<b>x</b>'|safe).striptags()
d.get('a')
d.get('zz')
d.get('zz', 'def')
d.keys()
d.values()
d.items()
d.keys()|sort
d.copy()
'a' in d.keys()
['a', 1] in pairs
d.pop('a')
d.update({'z': 9})
d.setdefault('q', 5)
l.index(1)
l.index(99)
l.count(3)
l.append(4)
l.pop()
l.copy()
l.sort()
l.nope()
(1, 2, 1).count(1)
(1, 2).index(2)
(255).bit_length()
(2.0).is_integer()
s.nope()
nothing.foo()
foo(1)
s()
range(3)|map('string')|join
d.items()|list|first
d.items()|map('last')|list
l|length == 3
l == [3, 1, 2]
i.real|default('x')
i is defined and missing is not defined
1.0|string
10 ** 20
10.0 ** 20
1e22 + 1
0.1 * 3
1 / 3
100 * 1.1
5 // 0.3
1e308 * 10
-1e308 * 10
(1e308 * 10) - (1e308 * 10)
2 ** 0.5 * 2 ** 0.5
7 % 2.5
s[1]
s['upper']()
d['a'] + d.b
d[['a']]
{[1]: 2}
[1, 2][true]
[1, 2]['0']
'abc'[1.5]
loop
caller
varargs
super()
'Straße-ẞ ﬁn ıİ Ꭰ'.casefold()
'ΣΑΣ ΟΔΟΣ'.title()
'ΣΑΣ ΟΔΟΣ'.swapcase()
'abc'.startswith('', 5, 3)
'abc'.endswith('', 2, 1)
'abc'.strip(1)
'abc'.strip('a', 'b')
'abc'.strip(chars='a')
'abc'.upper(1)
'abc'.split(sep='b')
'a b c'.split(maxsplit=1)
'abc'.split('b', sep='c')
'abc'.replace('a')
'abc'.replace('a', 'b', 'c')
('<a>'|safe).replace('a', 5)
'abc'.find('c', none, 2)
'abc'.find('b', -2)
'abc'.rindex('c', 0, 3)
'abc'.count('', 5, 3)
'abc'.center('x')
'abc'.ljust(5, 'xy')
'abc'.ljust(missing)
'abc'.join(1)
'abc'.encode('nope')
'a\nb'.splitlines('x')
'a\nb'.splitlines(keepends=true)
'a\tb'.expandtabs(tabsize=2)
(1, 2, 1).index(1, 1, 3)
l.index(3, 1)
l.pop('x')
l.insert(0)
l.sort(reverse=true)
l.sort(key='x')
d.get()
d.get('a', default=1)
d.keys(1)
d.fromkeys('ab', 1)
d.update(missing)
d.update({'x': 1}, {'y': 2})
{}.pop([1], 2)
(255).numerator
(true).denominator
(2.5).imag
(true).conjugate()
(7).as_integer_ratio()
10 ** 25 / 3
1 / 10 ** 25
10 ** 25 / -(10 ** 24)
'%#.0f %#.0e %#g %#x' % (1.0, 1.0, 1.0, 255)
'%a' % 'é'
'%5%' % 1
'abc' % missing
'abc' % d.keys()
'abc' % range(3)
('%c'|safe) % 'x'
('%*d'|safe) % (3, 4)
'{:,} {:_} {:_x}'.format(1234567, 1234567, 3735928559)
'{:012,}|{:012,.2f}|{:+09_}'.format(1234, 1234.5, 1234)
'{:<05}|{:^07}|{:05}'.format(1, 2, 'a')
'{:#.0f} {:#g} {:#e}'.format(1.0, 1.0, 1.0)
'{:.0}|{:.1}|{:.3}'.format(0.0, 12.0, 123.0)
'{:.3}'.format(99999.0)
'{:z.1f}'.format(-0.01)
'{:s}'.format([1])
'{:5}'.format(none)
'{:5}'.format(true)
'{:+}'.format('a')
'{:=5}'.format('a')
'{:,}'.format('a')
'{:,n}'.format(1)
'{:.2d}'.format(1)
'{:#c}'.format(65)
'{:c}'.format(65)
'{!a}'.format('é')
'{!r:>8}'.format('é')
'{!}'.format(1)
'{!sx}'.format(1)
'{}{0}'.format(1)
'{0}{}'.format(1)
'{0[-1]}'.format('abc')
'{0[0]}'.format('abc')
'{0[}'.format(l)
'{0[]}'.format(l)
'{:>{w}.{p}f}'.format(3.14159, w=10, p=3)
'{:{}}'.format('a', 5)
'{:%}'.format(0.256)
'{:e}'.format(10 ** 30)
""".strip().splitlines()
