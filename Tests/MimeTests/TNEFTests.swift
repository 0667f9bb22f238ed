import Reading
import Testing

@testable import Mime

@Suite("What Outlook wraps in winmail.dat")
struct TNEFTests {
    private static let pdf = Array("%PDF-1.7 quotation".utf8)

    private static func names(_ message: Message) -> [String] {
        message.attachments.map { "\($0.filename ?? "-") \($0.contentType) \($0.size)" }
    }

    @Test("the files inside stand in the place of the stream, with digests of their own octets")
    func files() {
        var writer = TNEFWriter()
        writer.attachment(
            title: Array("ANGEBO~1.PDF".utf8), data: Self.pdf, [TNEFWriter.unicode(0x3707, "Angebot Ü.pdf")])
        writer.attachment(title: Array("terms.txt".utf8), data: Array("30 days net".utf8))
        let message = Mime.parse(writer.mail(text: "Our offer: USD 950"), keepingContent: true)
        #expect(Self.names(message) == ["Angebot Ü.pdf application/pdf 18", "terms.txt text/plain 11"])
        #expect(
            message.attachments.first?.sha256
                == "\(sha256(Self.pdf))")
        #expect(message.attachments.first?.content == Self.pdf)
        #expect(message.text.contains("USD 950"))
        #expect(message.notes.isEmpty)
    }

    private func sha256(_ octets: [UInt8]) -> String {
        let mail = Array("Content-Type: application/pdf\r\n\r\n".utf8) + octets
        return Mime.parse(mail).attachments.first?.sha256 ?? ""
    }

    @Test(
        "a stream is known by either of its types, or by its name and first octets",
        arguments: [
            ("application/ms-tnef", "part"), ("application/vnd.ms-tnef", "part"),
            ("application/octet-stream", "WINMAIL.DAT"),
        ])
    func recognition(type: String, name: String) {
        var writer = TNEFWriter()
        writer.attachment(title: Array("a.pdf".utf8), data: Self.pdf)
        #expect(Self.names(Mime.parse(writer.mail(type: type, name: name))) == ["a.pdf application/pdf 18"])
    }

    @Test("what only has the name, or only the first octets, is the attachment it was")
    func others() {
        let named = TNEFWriter.mail(Array("else".utf8), type: "application/octet-stream")
        #expect(Self.names(Mime.parse(named)) == ["winmail.dat application/octet-stream 4"])
        #expect(Mime.parse(named).notes.isEmpty)
        var writer = TNEFWriter()
        writer.attachment(title: Array("a.pdf".utf8), data: Self.pdf)
        let message = Mime.parse(writer.mail(type: "application/octet-stream", name: "other.dat"))
        #expect(message.attachments.map(\.filename) == ["other.dat"])
    }

    @Test("a type is what the sender says, else what the name says, else unknown")
    func types() {
        var writer = TNEFWriter()
        let stated: [(String, String, String)] = [
            ("a.bin", "Image/PNG", "image/png"), ("b.xlsx", "nonsense", "spreadsheetml.sheet"),
            ("c", "", "application/octet-stream"), ("d.PDF", "", "application/pdf"),
            ("e.unheard-of", "text/../x y", "application/octet-stream"),
        ]
        for (name, tag, _) in stated {
            writer.attachment(
                title: Array(name.utf8), data: [1], [TNEFWriter.string(0x370E, Array(tag.utf8))])
        }
        let types = Mime.parse(writer.mail()).attachments.map(\.contentType)
        #expect(types.count == stated.count)
        for (type, (_, _, end)) in zip(types, stated) { #expect(type.hasSuffix(end)) }
    }

    @Test("names of eight bits are read in the code page of the stream, wherever it stands")
    func codePages() {
        let cases: [(Int, [UInt8], String)] = [
            (1252, [0xDC], "Ü"), (1251, [0xC4, 0xE0], "Да"), (932, [0x93, 0xFA], "日"),
            (936, [0xC4, 0xE3], "你"), (949, [0xB0, 0xA1], "가"), (950, [0xA7, 0x41], "你"),
            (20_866, [0xE4, 0xC1], "Да"), (28_605, [0xA4], "€"), (65_001, [0xC3, 0x9C], "Ü"),
            (0, [0xDC], "Ü"), (99_999, [0xC3, 0x9C], "Ü"),
        ]
        for (page, octets, expected) in cases {
            var writer = TNEFWriter()
            writer.attachment(title: octets + Array(".pdf".utf8), data: Self.pdf)
            writer.codePage(page)
            #expect(Mime.parse(writer.mail()).attachments.map(\.filename) == ["\(expected).pdf"], "\(page)")
        }
    }

    @Test("data that is a property, and properties of every kind before it, are found")
    func properties() {
        let guid = [UInt8](repeating: 7, count: 16)
        let name = TNEFWriter.wide("Kw")
        let byNumber: [[UInt8]] = [
            TNEFWriter.tag(3, 0x8001), guid, TNEFWriter.little(0, 4), TNEFWriter.little(5, 4),
            TNEFWriter.little(9, 4),
        ]
        let byName: [[UInt8]] = [
            TNEFWriter.tag(3, 0x8002), guid, TNEFWriter.little(1, 4), TNEFWriter.little(name.count, 4), name,
            [0, 0], TNEFWriter.little(9, 4),
        ]
        let shorts: [[UInt8]] = [
            TNEFWriter.tag(0x1002, 0x7001), TNEFWriter.little(3, 4), [1, 0, 2, 0, 3, 0, 0, 0],
        ]
        var writer = TNEFWriter()
        writer.attachment(
            title: Array("A~1.PDF".utf8),
            [
                Array(byNumber.joined()), Array(byName.joined()), Array(shorts.joined()),
                TNEFWriter.tag(0x000B, 0x7FFE) + [1, 0, 0, 0],
                TNEFWriter.tag(0x0040, 0x3007) + TNEFWriter.little(0, 8),
                TNEFWriter.tag(0x0048, 0x7003) + guid,
                TNEFWriter.property(0x101F, 0x7002, [TNEFWriter.wide("A"), TNEFWriter.wide("BC")]),
                TNEFWriter.unicode(0x3707, "資料.pdf"), TNEFWriter.binary(0x3701, Self.pdf),
            ])
        let message = Mime.parse(writer.mail())
        #expect(Self.names(message) == ["資料.pdf application/pdf 18"])
        #expect(message.notes.isEmpty)
    }

    @Test("a message inside is one attachment and is not opened")
    func nested() {
        var inner = TNEFWriter()
        inner.attachment(title: Array("deep.pdf".utf8), data: Self.pdf)
        inner.message([TNEFWriter.unicode(0x1000, "USD 1")])
        let message: [UInt8] = [7, 3, 2, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46]
        var writer = TNEFWriter()
        writer.attachment([
            TNEFWriter.unicode(0x3001, "Re: RFQ"), TNEFWriter.property(0x0D, 0x3701, [message + inner.bytes]),
        ])
        let outer = Mime.parse(writer.mail())
        #expect(Self.names(outer) == ["Re: RFQ application/ms-tnef \(inner.bytes.count)"])
        #expect(outer.text.isEmpty)
    }

    @Test("a checksum that is wrong or missing does no harm, nor do line ends and zeros at the end")
    func tolerated() {
        for tail: [UInt8] in [[], [0x0A], [0x0D, 0x0A], [UInt8](repeating: 0, count: 40)] {
            var writer = TNEFWriter()
            writer.attribute(0x0006_9002, [UInt8](repeating: 0, count: 14), level: 2, checksum: 1)
            writer.attribute(0x0006_800F, Self.pdf, level: 2, checksum: 0xFFFF)
            let message = Mime.parse(TNEFWriter.mail(writer.bytes + tail))
            #expect(Self.names(message) == ["- application/octet-stream 18"])
            #expect(message.notes.isEmpty)
            guard tail.isEmpty else { continue }
            #expect(Mime.parse(TNEFWriter.mail(Array(writer.bytes.dropLast(2)))) == message)
        }
    }

    @Test("control characters and what follows a NUL are no part of a name")
    func controls() {
        var writer = TNEFWriter()
        writer.attachment(title: Array("a\r\nb.pdf\0.exe".utf8), data: Self.pdf)
        #expect(Mime.parse(writer.mail()).attachments.map(\.filename) == ["ab.pdf"])
    }

    @Test("the text inside is the mail's where the mail has none of its own")
    func text() {
        var writer = TNEFWriter()
        writer.codePage(1252)
        writer.message([
            TNEFWriter.string(0x1000, Array("We offer ".utf8) + [0x80] + Array("950.\r\nRegards".utf8)),
            TNEFWriter.binary(0x1009, TNEFWriter.rtf(#"{\rtf1 other}"#)),
        ])
        #expect(Mime.parse(writer.mail()).text == "We offer €950.\nRegards")
        #expect(Mime.parse(writer.mail(text: " \r\n")).text == "We offer €950.\nRegards")
        let empty = Mime.parse(writer.mail(text: "<html><body></body></html>", subtype: "html"))
        #expect(empty.text == "We offer €950.\nRegards")
        #expect(Mime.parse(writer.mail(text: "USD 900")).text.hasPrefix("USD 900"))
        #expect(Mime.parse(writer.mail()).attachments.isEmpty)
        var old = TNEFWriter()
        old.attribute(0x0002_800C, Array("USD 950\0".utf8))
        #expect(Mime.parse(old.mail()).text == "USD 950")
    }

    @Test("the HTML inside is read in its own charset and gives the text where there is no other")
    func html() {
        let cases: [([[UInt8]], String)] = [
            (
                [TNEFWriter.binary(0x1013, Array("<p>950 €</p>".utf8)), TNEFWriter.long(0x3FDE, 65_001)],
                "950 €"
            ),
            ([TNEFWriter.binary(0x1013, Array("<meta charset=utf-8><p>950 €</p>".utf8))], "950 €"),
            ([TNEFWriter.binary(0x1013, Array("<p>950 ".utf8) + [0x88])], "950 €"),
            ([TNEFWriter.unicode(0x1013, "<p>950 €</p>")], "950 €"),
            ([TNEFWriter.binary(0x1009, TNEFWriter.rtf(#"{\rtf1\ansi 950 \u8364?\par}"#))], "950 €\n"),
            (
                [
                    TNEFWriter.unicode(0x1000, " "),
                    TNEFWriter.binary(
                        0x1009,
                        TNEFWriter.rtf(
                            #"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}950 \u8364?{\*\htmltag72 </p>}}"#)),
                ], "950 €"
            ),
        ]
        for (properties, expected) in cases {
            var writer = TNEFWriter()
            writer.codePage(1251)
            writer.message(properties)
            let message = Mime.parse(writer.mail())
            #expect(message.text == expected)
            #expect(message.notes.isEmpty)
        }
    }

    @Test("of text and HTML inside, both are kept")
    func both() {
        var writer = TNEFWriter()
        writer.message([TNEFWriter.unicode(0x1000, "USD 950"), TNEFWriter.unicode(0x1013, "<b>USD 950</b>")])
        let message = Mime.parse(writer.mail())
        #expect(message.text == "USD 950")
        #expect(message.html == "<b>USD 950</b>")
    }
}
