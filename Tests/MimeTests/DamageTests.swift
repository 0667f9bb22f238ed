import Reading
import Testing

@testable import Mime

@Suite("Damaged and hostile mail")
struct DamageTests {
    @Test(
        "any bytes give a message",
        arguments: [
            "", "\n", "\r\n\r\n", ":", "From", "From x\n", "Content-Type: multipart/mixed\n\nbody",
            "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\n--\n",
            "Content-Type: multipart/mixed; boundary=x\n\n--x--\n",
            "Content-Type: multipart/mixed; boundary=x\n\n--x\n--x\n--x",
            "Content-Type: message/rfc822\n\n",
            "Content-Type: message/partial; id=x; number=1; total=2\n\nhi", "Subject: =?utf-8?B?!!!?=\n\nx",
            "Subject: =?unknown?Q?a?=\n\nx", "From: <<<>>>,,;;\nTo: \"unclosed\n\nx", "Date: not a date\n\nx",
            "\0\0\0\0", "\u{FEFF}Subject: a\n\nb",
            "Content-Type: text/html\n\n<", "Content-Type: text/plain; charset=\"\0\"\n\nx",
            "Content-Transfer-Encoding: base64\n\n====", "Content-Transfer-Encoding: quoted-printable\n\n=",
            "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n", " folded: first\n\nx",
        ])
    func anything(raw: String) {
        let message = Mime.parse(Array(raw.utf8))
        _ = Understanding(of: message)
        #expect(message.text.utf8.count <= raw.utf8.count + 16)
    }

    @Test("an encoded word cannot break out of what a server wrote about the sender")
    func traces() {
        let word = "=?utf-8?Q?=22=3B_dkim=3Dpass_header=2Ed=3Dbolts=2Eexample?="
        let message = Mime.parse(
            Array(
                """
                Authentication-Results: mx.acme.example; spf=fail smtp.mailfrom="\(word)@evil.example"
                Received: from \(word) by mx.acme.example
                Subject: =?utf-8?Q?caf=C3=A9?=

                x
                """.utf8))
        #expect(message.header("Authentication-Results")?.contains(word) == true)
        #expect(message.header("Received")?.contains(word) == true)
        #expect(message.subject == "café")
        let results = AuthenticationResults.trusted(in: message, from: "mx.acme.example") ?? []
        #expect(!results.contains { $0.outcome == .pass })
    }

    @Test("a multipart without its boundary is still read")
    func noBoundary() {
        let message = Mime.parse(
            Array("Subject: Re: RFQ\nContent-Type: multipart/mixed\n\nWe offer USD 950.\n".utf8))
        #expect(message.subject == "Re: RFQ")
        #expect(message.text.contains("USD 950"))
        #expect(message.notes.contains(.damaged))
    }

    @Test("a message that ends in the middle of a part is read as far as it goes")
    func cut() {
        let raw =
            "Subject: a\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nUSD 950\n--x\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nJVBE"
        let message = Mime.parse(Array(raw.utf8))
        #expect(message.text.contains("USD 950"))
        #expect(message.attachments.map(\.size) == [3])
    }

    @Test("octets of any charset, known or not, become text")
    func charsets() {
        let cases: [(String, [UInt8], String)] = [
            ("iso-8859-1", [0xFC], "ü"), ("iso-8859-1", [0x80], "€"), ("windows-1251", [0xC4, 0xE0], "Да"),
            ("koi8-r", [0xE4, 0xC1], "Да"), ("gb2312", [0xC4, 0xE3], "你"), ("big5", [0xA7, 0x41], "你"),
            ("shift_jis", [0x93, 0xFA], "日"),
            ("iso-2022-jp", [0x1B, 0x24, 0x42, 0x46, 0x7C, 0x1B, 0x28, 0x42], "日"),
            ("euc-kr", [0xB0, 0xA1], "가"), ("utf-7", Array("+AOQ-".utf8), "ä"),
            ("utf-16le", [0x41, 0, 0x42, 0], "AB"), ("no-such-charset", [0xC3, 0xBC], "ü"),
            ("no-such-charset", [0xFC], "ü"), ("us-ascii", [0xFC], "ü"),
            ("utf-8", [0x41, 0xFF], "A\u{FFFD}"), ("UTF8", [0xC3, 0xBC], "ü"), ("tis-620", [0xA1], "ก"),
            ("iso-8859-15", [0xA4], "€"), ("../../etc", [0x41], "A"),
        ]
        for (charset, octets, expected) in cases {
            let message = Mime.parse(
                Array(
                    "Content-Type: text/plain; charset=\(charset)\nContent-Transfer-Encoding: 8bit\n\n".utf8)
                    + octets)
            #expect(message.text == expected, "\(charset)")
        }
    }

    @Test("what exceeds a limit is left out and noted")
    func limits() {
        var limits = ParseLimits()
        limits.headers = 5
        limits.parts = 3
        let headers = (0..<20).map { "X-\($0): a\n" }.joined()
        let parts = (0..<10).map { "--x\nContent-Type: image/png\n\n\($0)\n" }.joined()
        let raw = "Content-Type: multipart/mixed; boundary=x\n" + headers + "\n" + parts + "--x--\n"
        let message = Mime.parse(Array(raw.utf8), limits: limits)
        #expect(message.headers.count == 5)
        #expect(message.attachments.count <= 3)
        #expect(message.notes.contains(.tooManyHeaders))
        #expect(message.notes.contains(.tooManyParts))
        limits.message = 100
        #expect(Mime.parse(Array(raw.utf8), limits: limits).notes.contains(.truncated))
    }

    @Test("nesting of any depth neither crashes nor takes long")
    func nesting() {
        let clock = ContinuousClock()
        let multiparts =
            (0..<3_000).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined()
            + "\nUSD 950\n"
        let messages = String(repeating: "Content-Type: message/rfc822\n\n", count: 20_000)
        let boundaries =
            (0..<190).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined()
            + String(repeating: "--\n", count: 300_000)
        let headers = String(repeating: "X: y\n", count: 200_000) + "\nbody"
        let long = "Subject: " + String(repeating: "=?utf-8?Q?a?= ", count: 50_000) + "\n\nbody"
        let addresses = "To: " + String(repeating: "a@b.example, ", count: 50_000) + "\n\nbody"
        let groups = "To: " + String(repeating: "g:", count: 50_000) + "\n\nbody"
        for raw in [multiparts, messages, boundaries, headers, long, addresses, groups] {
            let time = clock.measure { _ = Understanding(of: Mime.parse(Array(raw.utf8))) }
            #expect(time < .seconds(20), "\(raw.prefix(40))")
        }
    }

    @Test("messages are read at the same time on many threads")
    func concurrent() async throws {
        var outgoing = ComposeTests.message()
        outgoing.html = "<p>950 €</p>"
        let source = try compose(outgoing)
        let expected = Mime.parse(source)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { Mime.parse(source) == expected } }
            for await isSame in group { #expect(isSame) }
        }
    }

    @Test("bytes changed at random in whole messages never trap")
    func mutations() throws {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        var outgoing = ComposeTests.message()
        outgoing.html = "<table><tr><td>USD</td><td>950</td></tr></table>"
        outgoing.attachments = [
            OutgoingAttachment(
                filename: "ä.bin", contentType: "application/octet-stream", content: Array(0...255))
        ]
        let source = try compose(outgoing)
        let interesting: [UInt8] = [
            0, 0x0A, 0x0D, 0x20, 0x22, 0x28, 0x3A, 0x3B, 0x3C, 0x3D, 0x3F, 0x80, 0xFF, 0x2D,
        ]
        for _ in 0..<400 {
            var bytes = source
            for _ in 0..<(1 + random(12)) {
                switch random(4) {
                case 0: bytes[random(bytes.count)] = interesting[random(interesting.count)]
                case 1: bytes.remove(at: random(bytes.count))
                case 2: bytes.insert(interesting[random(interesting.count)], at: random(bytes.count))
                default:
                    let start = random(bytes.count)
                    bytes.removeSubrange(start..<min(bytes.count, start + random(40)))
                }
            }
            _ = Understanding(of: Mime.parse(bytes))
        }
    }
}
