import Negotiation
import Reading
import Testing

@testable import Mime

@Suite("Composing")
struct ComposeTests {
    static func message() -> OutgoingMessage {
        var message = OutgoingMessage(
            messageID: "0198.4711@parley.example", date: Instant(seconds: 1_772_442_000),
            from: Address(name: "Jörg Müller, Einkauf", address: "buy@parley.example"),
            to: [
                Address(name: "Weber, Dana", address: "sales@vendor.example"),
                Address(address: "office@vendor.example"),
            ],
            subject:
                "RFQ 17: zwanzig Schränke für die Räume im dritten Stock – bitte um Ihr bestes Angebot bis Freitag 🙂",
            text:
                "Guten Tag Frau Weber,\n\nwir möchten 20 Stück zu 950,00 € kaufen.\nFrom here on: a line that servers like to change.\n.\n-- \nJörg Müller\n",
            boundarySeed: "email-4711")
        message.replyTo = Address(name: "Parley", address: "buy+r-aaaqeayeaudaocajbifqydiob4@parley.example")
        message.inReplyTo = "CA+1@vendor.example"
        message.references = ["a@parley.example", "CA+1@vendor.example"]
        message.autoSubmitted = .generated
        message.extraHeaders = [Header("X-Parley-Negotiation", "4711")]
        return message
    }

    private func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n").split(
            separator: "\n", omittingEmptySubsequences: false
        )
        .map(String.init)
    }

    @Test("an address beyond ASCII stands as it is, and all else stays in seven bits")
    func international() throws {
        var outgoing = Self.message()
        outgoing.to = [Address(name: "Jürgen", address: "\u{7528}\u{6237}@\u{4F8B}\u{3048}.jp")]
        outgoing.html = Mime.html(of: outgoing.text)
        let bytes = try compose(outgoing)
        let message = Mime.parse(bytes)
        #expect(message.to == outgoing.to && message.subject == outgoing.subject)
        let beyond = lines(bytes).filter { !$0.utf8.allSatisfy { $0 < 0x80 } }
        #expect(beyond.count == 1 && beyond.first?.contains("<\u{7528}\u{6237}@\u{4F8B}\u{3048}.jp>") == true)
        outgoing.to = [Address(address: "a\u{202E}@example.com")]
        #expect(throws: MimeError.self) { try compose(outgoing) }
    }

    @Test("what is composed is read back the same")
    func roundTrip() throws {
        var outgoing = Self.message()
        outgoing.html = "<p>Guten Tag,<br>950,00 €</p>"
        outgoing.attachments = [
            OutgoingAttachment(
                filename: "Bestellung Nr. 17 – Schränke.pdf", contentType: "application/pdf",
                content: Array(0...255)),
            OutgoingAttachment(
                filename: "plain.txt", contentType: "text/plain", content: Array("--=_x\r\n".utf8)),
        ]
        let message = Mime.parse(try compose(outgoing), keepingContent: true)
        #expect(message.messageID == outgoing.messageID)
        #expect(message.date == outgoing.date)
        #expect(message.from == outgoing.from)
        #expect(message.to == outgoing.to)
        #expect(message.replyTo == [outgoing.replyTo])
        #expect(message.subject == outgoing.subject)
        #expect(message.inReplyTo == outgoing.inReplyTo)
        #expect(message.references == outgoing.references)
        #expect(message.header("Auto-Submitted") == "auto-generated")
        #expect(message.text == outgoing.text)
        #expect(message.html == "<p>Guten Tag,<br>950,00 €</p>\n")
        #expect(message.attachments.map(\.filename) == outgoing.attachments.map(\.filename))
        #expect(message.attachments.map(\.content) == outgoing.attachments.map(\.content))
        #expect(message.notes.isEmpty)
    }

    @Test("the same message gives the same bytes, another seed other boundaries")
    func deterministic() throws {
        var outgoing = Self.message()
        outgoing.html = "<p>x</p>"
        let first = try compose(outgoing)
        #expect(try compose(outgoing) == first)
        outgoing.boundarySeed = "other"
        #expect(try compose(outgoing) != first)
    }

    @Test("every line is ASCII, ends in CR LF, and is at most 78 octets long")
    func lineLengths() throws {
        var outgoing = Self.message()
        outgoing.text +=
            String(repeating: "sehr lang und ohne Ende ", count: 40) + "\n"
            + String(repeating: "ü", count: 200)
        outgoing.references = (0..<60).map { "message-number-\($0)@parley.example" }
        outgoing.to = (0..<20).map { Address(name: "Vendor \($0)", address: "sales\($0)@vendor.example") }
        let bytes = try compose(outgoing)
        #expect(bytes.allSatisfy { $0 < 0x80 })
        for index in bytes.indices where bytes[index] == 0x0A { #expect(bytes[index - 1] == 0x0D) }
        #expect(bytes.count { $0 == 0x0A } == bytes.count { $0 == 0x0D })
        for line in lines(bytes) { #expect(line.utf8.count <= 78, "\(line)") }
        #expect(Mime.parse(bytes).references.count == 30)
        #expect(Mime.parse(bytes).to.count == 20)
    }

    @Test("ASCII text goes as it is", arguments: ["Hello,\nUSD 950 each.\n\nBest regards\nDana\n", "a = b"])
    func plain(text: String) throws {
        var outgoing = Self.message()
        outgoing.text = text
        let source = lines(try compose(outgoing))
        #expect(source.contains("Content-Transfer-Encoding: 7bit"))
        for line in text.split(separator: "\n") { #expect(source.contains(String(line))) }
    }

    @Test(
        "nothing taken from a user can add a header",
        arguments: [
            "a\r\nBcc: x@evil.example", "a\nBcc: x@evil.example", "a\rBcc: x", "a\0b", "\u{1B}[0m", "a\u{7F}",
        ])
    func injection(evil: String) {
        func refuses(_ field: String, _ change: (inout OutgoingMessage) -> Void) {
            var outgoing = Self.message()
            change(&outgoing)
            #expect(throws: MimeError.self, "\(field)") { try compose(outgoing) }
        }
        refuses("subject") { $0.subject = evil }
        refuses("name") { $0.from = Address(name: evil, address: "buy@parley.example") }
        refuses("address") { $0.to = [Address(address: evil + "@vendor.example")] }
        refuses("reply-to") { $0.replyTo = Address(name: evil, address: "buy@parley.example") }
        refuses("extra value") { $0.extraHeaders = [Header("X-A", evil)] }
        refuses("extra name") { $0.extraHeaders = [Header(evil, "x")] }
        refuses("message id") { $0.messageID = evil + "@parley.example" }
        refuses("in-reply-to") { $0.inReplyTo = evil + "@parley.example" }
        refuses("file name") {
            $0.attachments = [OutgoingAttachment(filename: evil, contentType: "text/plain", content: [])]
        }
        refuses("type") {
            $0.attachments = [OutgoingAttachment(filename: "a", contentType: evil, content: [])]
        }
    }

    @Test("foreign ids that could not be written are left out of References")
    func foreignReferences() throws {
        var outgoing = Self.message()
        outgoing.references = ["a@b\r\nBcc: x@evil.example", "good@parley.example", "no at sign", "<x@y>"]
        let message = Mime.parse(try compose(outgoing))
        #expect(message.references == ["good@parley.example"])
        #expect(message.header("Bcc") == nil)
    }

    @Test(
        "headers of the composer and of servers cannot be set",
        arguments: [
            "Bcc", "from", "Content-Type", "Received", "DKIM-Signature", "Resent-To", "X A", "X:A", "",
            "Return-Path",
        ])
    func reserved(name: String) {
        var outgoing = Self.message()
        outgoing.extraHeaders = [Header(name, "x@evil.example")]
        #expect(throws: MimeError.invalidHeaderName(name)) { try compose(outgoing) }
    }

    @Test("a message to nobody, an empty one and a bad address are refused")
    func refused() {
        var outgoing = Self.message()
        outgoing.to = []
        #expect(throws: MimeError.noRecipient) { try compose(outgoing) }
        outgoing = Self.message()
        outgoing.text = " \n\u{A0}\n"
        #expect(throws: MimeError.emptyText) { try compose(outgoing) }
        for address in [
            "sales", "sales@", "@vendor.example", "a b@vendor.example", "a..b@vendor.example",
            "s\u{200B}ales@vendor.example", "a@b@c", "<a@b>",
        ] {
            outgoing = Self.message()
            outgoing.to = [Address(address: address)]
            #expect(throws: MimeError.invalidAddress(address)) { try compose(outgoing) }
        }
    }

    @Test(
        "names and subjects of all kinds survive",
        arguments: [
            "", "Dana", "Dana \"the boss\" Weber", "back\\slash", "O'Neil (sales)", "=?utf-8?Q?trick?=",
            "王小明 株式会社", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", String(repeating: "x", count: 300),
            String(repeating: "ж", count: 300), "a  b", "e" + String(repeating: "\u{301}", count: 80),
            "trailing.",
        ])
    func names(text: String) throws {
        var outgoing = Self.message()
        outgoing.subject = text
        outgoing.from = Address(name: text, address: "buy@parley.example")
        let bytes = try compose(outgoing)
        let message = Mime.parse(bytes)
        #expect(message.subject == text)
        #expect(message.from?.name == text || message.from?.name == text.replacing("  ", with: " "))
        for line in lines(bytes) { #expect(line.utf8.count <= 78) }
    }
}
