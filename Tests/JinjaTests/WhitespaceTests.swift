import Jinja
import Testing

@Suite("White space")
struct WhitespaceTests {
    @Test(
        "tags take white space only where a minus says so, and every line break becomes the same",
        arguments: [
            ("  {% if i %}\n  a\n  {% endif %}\nb\n", "  \n  a\n  \nb"),
            ("a {%- if i -%} b {%- endif -%} c", "abc"),
            ("a\n  {%+ if i +%}\n b{% endif %}\n", "a\n  \n b"),
            ("{# c #}\nx{{ i }}\n", "\nx42"),
            ("  {{ i }}\n\n", "  42\n"),
            ("a\r\n{% if i %}\r\nb\r{% endif %}\r\n", "a\n\nb\n"),
            ("{%- raw -%}  x  {%- endraw -%} y", "xy"),
        ])
    func plain(source: String, expected: String) throws {
        #expect(try rendered(source) == expected)
    }

    @Test(
        "trim_blocks takes the line break after a tag, lstrip_blocks the indentation before it",
        arguments: [
            ("  {% if i %}\n  a\n  {% endif %}\nb\n", "  a\nb"),
            ("a {%- if i -%} b {%- endif -%} c", "abc"),
            ("a\n  {%+ if i +%}\n b{% endif %}\n", "a\n  \n b"),
            ("{# c #}\nx{{ i }}\n", "x42"),
            ("  {{ i }}\n\n", "  42\n"),
            ("a\r\n{% if i %}\r\nb\r{% endif %}\r\n", "a\nb\n"),
            ("{%- raw -%}  x  {%- endraw -%} y", "xy"),
        ])
    func trimmed(source: String, expected: String) throws {
        #expect(try rendered(source, options: Options(trimBlocks: true, lstripBlocks: true)) == expected)
    }

    @Test(
        "the last line break stays if it is to be kept",
        arguments: [
            ("a\n", "a\n"),
            ("a\n\n", "a\n\n"),
            ("a\r\n", "a\n"),
            ("", ""),
        ])
    func kept(source: String, expected: String) throws {
        #expect(try rendered(source, options: Options(keepTrailingNewline: true)) == expected)
    }
}
