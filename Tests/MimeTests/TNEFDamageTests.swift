import Reading
import Testing

@testable import Mime

@Suite("Damaged and hostile winmail.dat")
struct TNEFDamageTests {
    /// A stream with two files and a body in each form.
    private static var whole: [UInt8] {
        var writer = TNEFWriter()
        writer.codePage(1252)
        writer.message([
            TNEFWriter.unicode(0x1000, "We offer USD 950"),
            TNEFWriter.binary(0x1013, Array("<p>950</p>".utf8)),
            TNEFWriter.binary(0x1009, TNEFWriter.rtf(#"{\rtf1 950}"#)),
        ])
        for name in ["a.pdf", "b.pdf"] {
            writer.attachment(
                title: Array(name.utf8), data: [1, 2, 3, 4], [TNEFWriter.unicode(0x3707, "long " + name)])
        }
        return writer.bytes
    }

    private static func stream(of message: Message) -> Reading.Attachment? {
        message.attachments.first { $0.contentType == "application/ms-tnef" }
    }

    @Test("a stream that cannot be read stays the attachment it was, and this is noted")
    func unreadable() {
        let none: [[UInt8]] = [
            [], [0x78], Array("not TNEF at all".utf8), TNEFWriter().bytes, TNEFWriter().bytes + [9, 9, 9],
            TNEFWriter().bytes + [1] + [UInt8](repeating: 0xFF, count: 30),
        ]
        for bytes in none {
            let message = Mime.parse(TNEFWriter.mail(bytes, text: "USD 950"))
            #expect(message.attachments.map(\.filename) == ["winmail.dat"])
            #expect(message.attachments.map(\.size) == [bytes.count])
            #expect(message.notes == [.damaged])
            #expect(message.text.contains("USD 950"))
        }
    }

    @Test("of a stream cut anywhere, whole files are read and the rest is kept and noted")
    func prefixes() {
        let whole = Self.whole
        for length in 0..<whole.count {
            let message = Mime.parse(TNEFWriter.mail(Array(whole.prefix(length))))
            let files = message.attachments.filter { $0.contentType != "application/ms-tnef" }
            #expect(files.count <= 2)
            #expect(files.allSatisfy { $0.size == 4 || $0.size == 0 })
            // Between two attributes, nothing tells that more was to come.
            let isNoted = message.notes.contains(.damaged)
            #expect((Self.stream(of: message)?.size == length) == isNoted, "\(length)")
        }
        #expect(Mime.parse(TNEFWriter.mail(whole)).notes.isEmpty)
    }

    @Test("a length beyond the end, however large, is damage")
    func lengths() {
        for length in [11, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFFE] {
            let head = [1] + TNEFWriter.little(0x0006_9003, 4) + TNEFWriter.little(length, 4)
            let cut = Mime.parse(TNEFWriter.mail(TNEFWriter().bytes + head + [0, 0, 0]))
            #expect(cut.notes == [.damaged])
            var writer = TNEFWriter()
            let value = TNEFWriter.little(length, 4) + Array("abc".utf8)
            for kind in [0x1E, 0x1F, 0x102, 0x0D, 0x101F, 0x1003, 0x1014, 0x1001, 0x9999, 0x48] {
                writer.attachment(
                    title: Array("a.pdf".utf8), data: [1],
                    [
                        TNEFWriter.little(kind, 2) + TNEFWriter.little(0x3701, 2)
                            + TNEFWriter.little(length, 4)
                            + value
                    ])
            }
            writer.attribute(0x0006_9003, TNEFWriter.little(length, 4) + [UInt8](repeating: 0xFF, count: 60))
            let message = Mime.parse(writer.mail())
            #expect(message.notes.contains(.damaged))
            #expect(Self.stream(of: message) != nil)
            #expect(message.attachments.count == 11)
        }
    }

    @Test("a damaged property list does not take the other files with it")
    func damagedList() {
        var writer = TNEFWriter()
        writer.attachment(title: Array("a.pdf".utf8), data: [1], [[1, 2, 3]])
        writer.attachment(title: Array("b.pdf".utf8), data: [1, 2])
        let message = Mime.parse(writer.mail())
        #expect(message.attachments.map(\.filename) == ["a.pdf", "b.pdf", "winmail.dat"])
        #expect(message.notes == [.damaged])
    }

    @Test("ten thousand attributes are read quickly, a hundred thousand up to a limit")
    func manyAttributes() {
        for count in [10_000, 100_000] {
            var writer = TNEFWriter()
            for _ in 0..<count { writer.attribute(0x0006_8FFF, []) }
            writer.attachment(title: Array("a.pdf".utf8), data: [1])
            var message = Message()
            let mail = writer.mail()
            #expect(ContinuousClock().measure { message = Mime.parse(mail) } < .seconds(10))
            #expect(message.attachments.map(\.filename) == [count == 10_000 ? "a.pdf" : "winmail.dat"])
            #expect(message.notes == (count == 10_000 ? [] : [.tooManyParts]))
        }
    }

    @Test("files beyond the limit of parts are left out and noted, and the stream stays")
    func manyFiles() {
        var writer = TNEFWriter()
        for _ in 0..<10 { writer.attachment(title: Array("a.pdf".utf8), data: [1]) }
        var limits = ParseLimits()
        limits.parts = 4
        let message = Mime.parse(writer.mail(), limits: limits)
        #expect(message.attachments.count == 5)
        #expect(message.attachments.last?.filename == "winmail.dat")
        #expect(message.notes == [.tooManyParts])
    }

    @Test("a body beyond the limit of text is cut and noted, in each of its forms")
    func longBodies() {
        var limits = ParseLimits()
        limits.text = 1_000
        let long = String(repeating: "word ", count: 2_000)
        for property in [
            TNEFWriter.unicode(0x1000, long), TNEFWriter.string(0x1000, Array(long.utf8)),
            TNEFWriter.binary(0x1013, Array(long.utf8)),
            TNEFWriter.binary(0x1009, TNEFWriter.rtf(#"{\rtf1 "# + long + "}")),
        ] {
            var writer = TNEFWriter()
            writer.message([property])
            let message = Mime.parse(writer.mail(), limits: limits)
            #expect((400...1_100).contains(message.text.utf8.count))
            #expect(message.notes == [.truncated])
        }
    }

    @Test("RTF that unpacks to far more than it is costs no more than the limit of text")
    func bomb() {
        // Each reference repeats 17 times the octet before it: 136 octets from 17.
        var packed: [UInt8] = [0x00] + [UInt8](repeating: 0x41, count: 8)
        for block in 0..<20_000 {
            packed.append(0xFF)
            for token in 0..<8 {
                let place = (207 + 8 + (block * 8 + token) * 17 - 1) % 4_096
                packed += [UInt8(place >> 4), UInt8((place & 0xF) << 4 | 0xF)]
            }
        }
        let rtf =
            TNEFWriter.little(packed.count + 12, 4) + TNEFWriter.little(0x7FFF_FFFF, 4)
            + Array("LZFu".utf8) + TNEFWriter.little(0, 4) + packed
        var writer = TNEFWriter()
        writer.message([TNEFWriter.binary(0x1009, rtf)])
        var limits = ParseLimits()
        limits.text = 100_000
        var message = Message()
        let mail = writer.mail()
        #expect(ContinuousClock().measure { message = Mime.parse(mail, limits: limits) } < .seconds(10))
        #expect((90_000...100_100).contains(message.text.utf8.count))
        #expect(message.notes == [.truncated])
    }

    @Test("octets changed at random in a stream never trap")
    func mutations() {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let whole = Self.whole
        for _ in 0..<1_500 {
            var bytes = whole
            for _ in 0..<(1 + random(6)) {
                switch random(3) {
                case 0: bytes[random(bytes.count)] = [0, 1, 2, 0x7F, 0x80, 0xFF][random(6)]
                case 1: bytes.remove(at: random(bytes.count))
                default: bytes.insert(UInt8(random(256)), at: random(bytes.count))
                }
            }
            let message = Mime.parse(TNEFWriter.mail(bytes))
            #expect(message.attachments.count <= 4)
        }
    }
}
