import Reading
import Testing

@testable import Mime

@Suite("HTML")
struct HTMLTests {
    @Test(
        "one line per block, a table row on one line",
        arguments: [
            ("<p>Hello\n  world</p><p>Bye</p>", "Hello world\nBye"), ("a<br>b<br><br>c", "a\nb\n\nc"),
            ("<div>a<div>b</div>c</div>", "a\nb\nc"), ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
            (
                "<table><tr><th>Item</th><th>Price</th></tr><tr><td><p>Switch</p></td><td>USD&nbsp;950</td></tr></table>",
                "Item Price\nSwitch USD 950"
            ),
            ("<table><tr><td><p>Hello</p><p>there</p></td></tr></table>", "Hello\nthere"),
            ("<pre>a\n  b</pre>c", "a\n  b\nc"), ("x<script>alert(1)</script><style>p{}</style>y", "xy"),
            ("<div style='display:none'>secret</div>shown", "shown"),
            ("<title>t</title><p>5 &lt; 6 &amp; 7 &euro;</p>", "5 < 6 & 7 €"),
            ("<b>bold</b><i>er</i>", "bolder"), ("", ""), ("no tags", "no tags"),
            ("<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb"),
            ("<div>Hi</div><div><br></div><div>b</div>", "Hi\n\nb"), ("<td>loose</td>", "loose"),
            ("<p>unclosed <b>bold <p>next", "unclosed bold\nnext"),
        ])
    func lines(html: String, expected: String) {
        #expect(text(ofHTML: html) == expected)
    }

    @Test(
        "quotes are known by the structure that mail programs give them",
        arguments: [
            "<div>New</div><div class=\"gmail_quote\"><div class=\"gmail_attr\">Whatever &lt;a@b&gt;:</div><blockquote>Old</blockquote></div>",
            "<div>New</div><div id=\"divRplyFwdMsg\"><b>From:</b> x</div><div>Old</div>",
            "<p>New</p><div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt\"><p>From: x</p></div><p>Old</p>",
            "<p>New</p><div class=\"moz-cite-prefix\">Am schrieb x:</div><blockquote type=\"cite\">Old</blockquote>",
            "<p>New</p><div class=\"yahoo_quoted\">Old</div>",
            "<p>New</p><div id=\"appendonsend\"></div><hr><p>Old</p>",
        ])
    func quotes(html: String) {
        let raw = "Content-Type: text/html; charset=utf-8\r\n\r\n" + html
        let understanding = Understanding(of: Mime.parse(Array(raw.utf8)))
        #expect(understanding.replyText.text == "New")
    }

    @Test("answers between quoted blocks stay")
    func interleaved() {
        let raw =
            "Content-Type: text/html\r\n\r\n<div class=\"gmail_quote\"><blockquote>Price?</blockquote><div>USD 950</div><blockquote>Time?</blockquote></div><div>3 weeks</div>"
        #expect(Understanding(of: Mime.parse(Array(raw.utf8))).replyText.text == "USD 950\n\n3 weeks")
    }

    @Test(
        "nothing that runs, loads, styles or asks is left",
        arguments: [
            "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>", "<a href=\" java\nscript:alert(1)\">x</a>",
            "<iframe src=//evil>", "<form action=//evil><input name=a><button>b</button></form>",
            "<p style=\"background:url(//evil)\" onclick=\"x()\">t</p>",
            "<svg onload=alert(1)><script>1</script></svg>", "<style>@import '//evil'</style>",
            "<link rel=stylesheet href=//evil>", "<meta http-equiv=refresh content='0;url=//evil'>",
            "<object data=//evil></object>", "<math><mi xlink:href=\"javascript:1\">", "<base href=//evil>",
            "<a href=\"data:text/html,<script>1</script>\">x</a>", "<video src=//evil></video>",
            "<b onmouseover=alert(1)>x</b>", "<!--[if mso]><script>1</script><![endif]-->",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<textarea></textarea><script>1</script>",
        ])
    func safe(html: String) {
        let safe = sanitisedHTML(html).lowercased()
        let words = [
            "script", "onerror", "onclick", "onload", "onmouse", "src=", "style=", "url(", "<form", "<input",
            "<button", "<iframe", "<svg", "<meta", "<base", "<link", "<object", "//evil", "<img", "<video",
            "data:",
        ]
        for word in words { #expect(!safe.contains(word), "\(safe)") }
    }

    @Test("what may be shown is kept")
    func kept() {
        let safe = sanitisedHTML(
            "<p>USD <b>950</b> <a href=\"https://vendor.example/?a=1&b=2\">see</a></p><table><tr><td colspan=2>x</td></tr></table><img alt=\"logo\" src=x>"
        )
        #expect(
            safe.contains(
                "<p>USD <b>950</b> <a href=\"https://vendor.example/?a=1&amp;b=2\" rel=\"nofollow noopener noreferrer\" target=\"_blank\">see</a></p>"
            ))
        #expect(safe.contains("<td colspan=\"2\">x</td>"))
        #expect(safe.contains("[logo]"))
    }

    @Test(
        "what stands deeper than libxml2 reads is read, and what follows it",
        arguments: [100, 256, 300, 900, 1_100])
    func deep(count: Int) {
        let page =
            "<p>before</p>" + String(repeating: "<div>", count: count) + "USD 950"
            + String(repeating: "</div>", count: count)
            + "<table><tr><td>a<td>b</table><p>after &amp; done</p>"
        #expect(text(ofHTML: page).contains("before\nUSD 950\n"), "\(count)")
        #expect(sanitisedHTML(page).contains("USD 950"))
        if count < 1_000 { #expect(text(ofHTML: page) == "before\nUSD 950\na b\nafter & done") }
    }

    @Test("end tags that end nothing do not hide how deep a page is")
    func deepUnseen() {
        let page = String(repeating: "<div></x>", count: 400) + "USD 950"
        #expect(text(ofHTML: page).contains("USD 950"))
    }

    @Test("pages made to be slow are not")
    func slow() {
        let clock = ContinuousClock()
        let pages =
            [
                String(repeating: "<b>", count: 300_000), String(repeating: "<div>", count: 200_000),
                String(repeating: "<table><tr><td>", count: 60_000),
                String(repeating: "<a></b>", count: 150_000),
                String(repeating: "<table><tr><td>a</td><td>b</td></tr></table>", count: 20_000),
                String(repeating: "<", count: 500_000), String(repeating: "&", count: 500_000),
                String(repeating: "<p ", count: 200_000),
                "<table>" + String(repeating: "<tr>", count: 100_000),
            ] + attributed
        for page in pages {
            let time = clock.measure {
                _ = text(ofHTML: page)
                _ = sanitisedHTML(page)
            }
            #expect(time < .seconds(15), "\(page.prefix(20))")
        }
    }

    /// Pages with very many attributes in one tag, where a reader may not expect one.
    private var attributed: [String] {
        let names = (0..<60_000).map { "a\($0)" }
        return [
            "<p \(names.joined(separator: " "))>", "<p \(names.joined(separator: "=\">\" "))",
            "<!--<b x=\"--><p \(names.joined(separator: "='>'"))",
            "<\(String(repeating: "p", count: 150))=\">\" \(names.joined(separator: " "))",
        ]
    }

    @Test("a tag may have many attributes")
    func attributes() {
        let names = (0..<300).map { "a\($0)='b c'" }.joined(separator: " ")
        #expect(text(ofHTML: "<p \(names)>USD &euro;</p>") == "USD €")
    }
}
