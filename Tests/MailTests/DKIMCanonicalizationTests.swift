import Testing

@testable import Mail

@Suite("Forms that are signed")
struct DKIMCanonicalizationTests {
    private func body(_ text: String, _ form: Canonicalization, pieceSize: Int = .max) -> String {
        let bytes = Array(text.utf8)
        var canonical = CanonicalBody(form)
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: min(pieceSize, max(1, bytes.count))) {
            output += canonical.update(bytes[start..<min(bytes.count, start + min(pieceSize, bytes.count))])
        }
        return String(decoding: output + canonical.finish(), as: UTF8.self)
    }

    private func header(_ text: String, _ form: Canonicalization) -> String {
        var output: [UInt8] = []
        form.append(HeaderField(Array(text.utf8)[...]), to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test("the example of RFC 6376, 3.4.5")
    func example() {
        #expect(header("A: X\r\n", .relaxed) == "a:X")
        #expect(header("B : Y\t\r\n\tZ  \r\n", .relaxed) == "b:Y Z")
        #expect(header("A: X\r\n", .simple) == "A: X")
        #expect(header("B : Y\t\r\n\tZ  \r\n", .simple) == "B : Y\t\r\n\tZ  ")
        let text = " C \r\nD \t E\r\n\r\n\r\n"
        #expect(body(text, .relaxed) == " C\r\nD E\r\n")
        #expect(body(text, .simple) == " C \r\nD \t E\r\n")
    }

    @Test("header fields with bare LF, bare CR, no value, 8 bits")
    func headers() {
        #expect(header("B : Y\t\n\tZ  \n", .simple) == "B : Y\t\r\n\tZ  ")
        #expect(header("B : Y\t\n\tZ  \n", .relaxed) == "b:Y Z")
        #expect(header("Subject:\r\n", .relaxed) == "subject:")
        #expect(header("Subject:\r\n \r\n", .relaxed) == "subject:")
        #expect(header("Subject: a\rb: c", .relaxed) == "subject:a\rb: c")
        #expect(header("SUBJECT: Grüße\r\n", .relaxed) == "subject:Grüße")
        #expect(header("Subject: Grüße\r\n", .simple) == "Subject: Grüße")
    }

    @Test(
        "bodies in both forms",
        arguments: [
            ("", "\r\n", ""), ("\r\n", "\r\n", ""), ("\n\n\n", "\r\n", ""), (" \t\r\n\r\n", " \t\r\n", ""),
            ("a", "a\r\n", "a\r\n"), ("a\n", "a\r\n", "a\r\n"),
            ("a \t b  \n\n\nc\n\n", "a \t b  \r\n\r\n\r\nc\r\n", "a b\r\n\r\n\r\nc\r\n"),
            ("\n\na", "\r\n\r\na\r\n", "\r\n\r\na\r\n"), ("a\rb\r", "a\rb\r\r\n", "a\rb\r\r\n"),
            ("a\r\r\n", "a\r\r\n", "a\r\r\n"), ("a \r", "a \r\r\n", "a \r\r\n"),
            ("\u{0}", "\u{0}\r\n", "\u{0}\r\n"),
            ("a\n ", "a\r\n \r\n", "a\r\n"), ("\tä\n", "\tä\r\n", " ä\r\n"),
        ])
    func bodies(_ text: String, _ simple: String, _ relaxed: String) {
        for size in [1, 2, 3, .max] {
            #expect(body(text, .simple, pieceSize: size) == simple)
            #expect(body(text, .relaxed, pieceSize: size) == relaxed)
        }
    }

    @Test("a message is cut into fields and body where the first empty line is")
    func cutting() throws {
        let parts = try #require(SignedMessage(Array("A: 1\n 2\nB\r\n\r\nC: 3\n\n".utf8)))
        #expect(parts.fields.map(\.name) == ["a", ""])
        #expect(String(decoding: parts.body, as: UTF8.self) == "C: 3\n\n")
        let headerOnly = try #require(SignedMessage(Array("A: 1\r\nB: 2".utf8)))
        #expect(headerOnly.fields.map(\.name) == ["a", "b"])
        #expect(headerOnly.body.isEmpty)
        #expect(try #require(SignedMessage(Array("\nA: 1".utf8))).fields.isEmpty)
        #expect(try #require(SignedMessage(Array(" x\r\n".utf8))).fields.map(\.name) == [""])
    }

    @Test("of a signature field only the value of b= is taken out")
    func withoutSignature() {
        func without(_ text: String) -> String {
            let field = HeaderField(Array("D: \(text)".utf8)[...]).withoutSignature
            return String(decoding: field.value, as: UTF8.self)
        }
        #expect(without("bh=x; b=abc=\r\n d;\r\n c=y\r\n") == " bh=x; b=;\r\n c=y\r\n")
        #expect(without("b = abc \r\n") == " b =")
        #expect(without("a=b=c; x;b") == " a=b=c; x;b")
    }
}
