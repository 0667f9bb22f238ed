import Reading
import Testing

@testable import Mime

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a fixture's JSON may state of its message; only what is stated is compared.
private struct Expected: Decodable {
    struct Report: Decodable {
        let recipient: String?
        let status: String?
        let action: String?
        let originalMessageId: String?
    }

    let messageId: String?
    let inReplyTo: String?
    let from: String?
    let subject: String?
    let date: String?
    let kind: String?
    let text: String?
    let replyText: String?
    let signature: String?
    let offers: [String]?
    let intent: String?
    let attachments: [String]?
    let bounce: Report?
    let notes: [String]?
}

@Suite("Messages beside what they must become")
struct FixtureTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/eml")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return files.filter { $0.hasSuffix(".eml") }.map { String($0.dropLast(4)) }.sorted()
    }()

    @Test("there are fixtures")
    func some() { #expect(Self.names.count >= 10) }

    @Test("a fixture becomes what stands beside it", arguments: names)
    func fixture(name: String) throws {
        let raw = try Data(contentsOf: Self.folder.appending(path: name + ".eml"))
        let stated = try Data(contentsOf: Self.folder.appending(path: name + ".json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let expected = try decoder.decode(Expected.self, from: stated)
        let message = Mime.parse(Array(raw))
        let understanding = Understanding(of: message)
        func check(_ what: String, _ stated: String?, _ actual: String?) {
            if let stated { #expect(actual == stated, "\(name): \(what)") }
        }
        check("message_id", expected.messageId, message.messageID)
        check("in_reply_to", expected.inReplyTo, message.inReplyTo)
        check(
            "from", expected.from,
            message.from.map { $0.name.isEmpty ? $0.address : "\($0.name) <\($0.address)>" })
        check("subject", expected.subject, message.subject)
        check("date", expected.date, message.date?.description)
        check("kind", expected.kind, understanding.kind.rawValue)
        check("text", expected.text, message.text)
        check("reply_text", expected.replyText, understanding.replyText.text)
        check("signature", expected.signature, understanding.replyText.signature)
        check("intent", expected.intent, understanding.intent.rawValue)
        check("bounce recipient", expected.bounce?.recipient, understanding.bounce?.recipient)
        check("bounce status", expected.bounce?.status, understanding.bounce?.status)
        check("bounce action", expected.bounce?.action, understanding.bounce?.action?.rawValue)
        check("bounced id", expected.bounce?.originalMessageId, understanding.bounce?.originalMessageID)
        if let offers = expected.offers { #expect(understanding.offers.map(summary) == offers, "\(name)") }
        if let notes = expected.notes { #expect(message.notes.map(\.rawValue) == notes, "\(name)") }
        if let attachments = expected.attachments {
            let found = message.attachments.map {
                [$0.filename, $0.contentType, "\($0.size)"].compactMap { $0 }.joined(separator: " ")
            }
            #expect(found == attachments, "\(name)")
            #expect(message.attachments.allSatisfy { $0.sha256.count == 64 })
        }
    }

    private func summary(_ offer: ReadOffer) -> String {
        let parts = [
            offer.amount.description, offer.currency?.code, offer.per?.rawValue,
            offer.quantity.map { "\($0)" },
        ]
        return parts.compactMap { $0 }.joined(separator: " ")
    }
}
