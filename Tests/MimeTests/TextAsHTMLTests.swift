import Negotiation
import Reading
import Testing

@testable import Mime

@Suite("The HTML form of a text")
struct TextAsHTMLTests {
    /// Without blanks, which HTML may show differently.
    private func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

    @Test(
        "says the same words in the same order as the text",
        arguments: [
            "Hello,\n\nwe offer 8.50 € each.\n\nKind regards\nAda",
            "    Product:   Bolt <M8> & nut\n    Price:     USD 9.00\n\nBye",
            "See https://shop.example/a?b=1&c=2. Or (http://x.example/)!",
            "<script>alert(1)</script> \"quoted\" & 'single' &amp; &lt;b&gt;",
            "a\tb\n> quoted\n>> twice\n\n\n\nend", "日本語のテキスト\nこんにちは", "one\r\ntwo\r\n\r\nthree", "https://",
            "-- \nAda", "<!-- no comment -->\n</p></body>",
        ])
    func sameWords(text: String) {
        let read = Mime.parse(Array(page(text).utf8))
        #expect(words(read.text) == words(text))
    }

    /// The HTML as the only part of a message.
    private func page(_ text: String) -> String {
        "From: a@x.example\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            + Mime.html(of: text)
    }

    @Test("is the same for the same text, and holds nothing that acts or loads")
    func harmless() {
        let text = "<img src=https://x.example/p.png> https://ok.example \"onload=x"
        let html = Mime.html(of: text)
        #expect(html == Mime.html(of: text))
        #expect(!html.contains("<img") && !html.contains("\"onload"))
        #expect(html.contains("<a href=\"https://ok.example\">https://ok.example</a>"))
    }

    @Test("a link leads to what it shows, without the punctuation behind it")
    func links() {
        let html = Mime.html(
            of: "Look at https://shop.example/x?a=1&b=2), please. https:// http://a\"b.example")
        let address = "https://shop.example/x?a=1&amp;b=2"
        #expect(html.contains("<a href=\"\(address)\">\(address)</a>)"))
        #expect(!html.contains("href=\"https://\""))
        #expect(html.contains("<a href=\"http://a\">http://a</a>&quot;b.example"))
    }

    @Test("an indented block keeps its columns")
    func columns() {
        let html = Mime.html(of: "Offer:\n\n    Price:  9\n    Total: 90\n\nBye\nAda")
        #expect(html.contains(">    Price:  9\n    Total: 90</pre>"))
        #expect(html.contains(">Bye<br>\nAda</p>"))
    }
}

@Suite("Files of a message of our own")
struct FilesTests {
    @Test("are read back as they were put in, whatever they are called and hold")
    func roundTrip() throws {
        var message = ComposeTests.message()
        message.html = Mime.html(of: message.text)
        message.attachments = [
            OutgoingAttachment(filename: "a.pdf", contentType: "application/pdf", content: Array(0...255)),
            // Neither is opened, as what comes from others would be.
            OutgoingAttachment(
                filename: "winmail.dat", contentType: "application/ms-tnef",
                content: [0x78, 0x9F, 0x3E, 0x22, 1, 2, 3]),
            OutgoingAttachment(
                filename: "Angebot „Schränke“ (2).txt", contentType: "text/plain",
                content: Array("From me\r\n--=_x\r\n.\r\n".utf8)),
            OutgoingAttachment(
                filename: String(repeating: "長い名前", count: 30) + ".html", contentType: "text/html",
                content: Array("<p>".utf8)),
            OutgoingAttachment(filename: "it's \"so\"; 100%.csv", contentType: "text/csv", content: [0x0A]),
        ]
        #expect(Mime.files(in: try compose(message)) == message.attachments)
    }

    @Test("text and HTML are none")
    func none() throws {
        var message = ComposeTests.message()
        message.html = Mime.html(of: message.text)
        #expect(Mime.files(in: try compose(message)).isEmpty)
        #expect(Mime.files(in: []).isEmpty)
    }
}
