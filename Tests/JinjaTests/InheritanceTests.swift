import Jinja
import Testing

@Suite("Inheritance, includes and imports")
struct InheritanceTests {
    @Test(
        "blocks are overridden, extended by super over several levels, and called by self",
        arguments: [
            ("{% extends 'b' %}{% block x %}3{{ super() }}{% endblock %}", "<321|y>"),
            ("{% extends 'b' %}{% block x %}3{{ super.super() }}{% endblock %}", "<31|y>"),
            ("{% extends 'b' %}{% block y %}{{ self.x() }}{% endblock %}", "<21|21>"),
            ("{% extends 'b' %}ignored{% set i = 7 %}{% block y %}{{ i }}{% endblock %}", "<21|7>"),
        ])
    func blocks(source: String, expected: String) throws {
        #expect(
            try rendered(
                source,
                templates: [
                    "a": "<{% block x %}1{% endblock %}|{% block y %}y{% endblock %}>",
                    "b": "{% extends 'a' %}{% block x %}2{{ super() }}{% endblock %}",
                ]) == expected)
    }

    @Test(
        "a scoped block sees the loop around it, another does not",
        arguments: [
            ("{% extends 'scoped' %}{% block item %}[{{ x }}]{% endblock %}", "[3][1][2]"),
            ("{% extends 'plain' %}{% block item %}[{{ x }}]{% endblock %}", "[][][]"),
            ("{% extends 'required' %}{% block item %}here{% endblock %}", "<here>"),
        ])
    func scoped(source: String, expected: String) throws {
        #expect(
            try rendered(
                source,
                templates: [
                    "scoped": "{% for x in l %}{% block item scoped %}{% endblock %}{% endfor %}",
                    "plain": "{% for x in l %}{% block item %}{% endblock %}{% endfor %}",
                    "required": "<{% block item required %}{% endblock %}>",
                ]) == expected)
    }

    @Test(
        "an include sees the variables around it unless it is told not to",
        arguments: [
            ("{% set q = 1 %}{% include 'inc' %}", "[142]"),
            ("{% set q = 1 %}{% include 'inc' without context %}", "[]"),
            ("{% include ['nope', 'inc'] %}", "[42]"),
            ("a{% include 'nope' ignore missing %}b", "ab"),
            ("{% for q in l %}{% include 'inc' %}{% endfor %}", "[342][142][242]"),
        ])
    func includes(source: String, expected: String) throws {
        #expect(
            try rendered(
                source,
                templates: [
                    "inc": "[{{ q }}{{ i }}]"
                ]) == expected)
    }

    @Test(
        "an import brings macros and values, with or without the context",
        arguments: [
            ("{% import 'm' as m %}{{ m.f(1) }}{{ m.v }}", "<1>9"),
            ("{% from 'm' import f as g, v %}{{ g(2) }}{{ v }}", "<2>9"),
            ("{% import 'm' as m with context %}{{ m.c() }}", "(42)"),
            ("{% import 'm' as m %}{{ m.c() }}", "()"),
        ])
    func imports(source: String, expected: String) throws {
        #expect(
            try rendered(
                source,
                templates: [
                    "m":
                        "{% macro f(x) %}<{{ x }}>{% endmacro %}{% set v = 9 %}{% macro c() %}({{ i }}){% endmacro %}"
                ]) == expected)
    }
}
