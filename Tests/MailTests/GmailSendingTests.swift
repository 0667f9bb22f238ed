import Desk
import Foundation
import Negotiation
import Testing

@testable import Mail

@Suite("Sending by Gmail")
struct GmailSendingTests {
    private func letter(_ id: String = "one", to: String = "vendor@acme.test") -> [UInt8] {
        Array(GmailFake.letter(id, from: "buyer@parley.test", to: to).utf8)
    }

    private func outgoing(_ api: GmailAPI) -> GmailOutgoing { GmailOutgoing(api) { _ in } }

    @Test("a message is sent byte by byte, and Gmail says where its copy lies")
    func sends() async throws {
        let gmail = try GmailFake()
        let delivery = await outgoing(gmail.api()).send(letter())
        let sent = try #require(delivery.sent)
        #expect(
            delivery.result == .accepted("Gmail took it as \(sent.id) in the conversation \(sent.threadID)."))
        let found = try gmail.sent
        #expect(found.count == 1 && found[0]["id"] as? String == sent.id)
        #expect((found[0]["raw"] as? String)?.unicodeScalars.map { UInt8($0.value) } == letter())
    }

    @Test("every length and every byte survives the way", arguments: [1, 2, 3])
    func bytes(rest: Int) async throws {
        let gmail = try GmailFake()
        let raw = letter() + (0...255).map { UInt8($0) } + Array(repeating: 0xFB, count: rest)
        let sent = try #require(await outgoing(gmail.api()).send(raw).sent)
        #expect(try await gmail.api().message(sent.id, largest: 10_000).raw == raw)
    }

    @Test("a message joins the conversation that it belongs to")
    func thread() async throws {
        let gmail = try GmailFake()
        let first = try #require(await outgoing(gmail.api()).send(letter("one")).sent)
        let second = try #require(
            await outgoing(gmail.api()).send(letter("two"), thread: first.threadID).sent)
        #expect(second.threadID == first.threadID && second.id != first.id)
    }

    @Test("where the conversation is not there any more, the message is sent once and begins another")
    func lostThread() async throws {
        let gmail = try GmailFake()
        let delivery = await outgoing(gmail.api()).send(letter(), thread: "18aaaaaaaaaaaaaa")
        #expect(delivery.sent.map { $0.threadID == $0.id } == true)
        #expect(try gmail.sent.count == 1)
    }

    @Test("what was sent is found by its Message-ID, and nothing else is")
    func wasSent() async throws {
        let gmail = try GmailFake()
        let outgoing = outgoing(gmail.api())
        _ = await outgoing.send(letter("found"))
        try gmail.deliver(GmailFake.letter("received"))
        #expect(await outgoing.wasSent("found@acme.test"))
        #expect(await !outgoing.wasSent("missing@acme.test"))
        #expect(await !outgoing.wasSent("received@acme.test"))
        #expect(await !outgoing.wasSent("a@b OR in:sent"))
        #expect(await !outgoing.wasSent(""))
        try gmail.answer(500, path: "messages")
        #expect(await !outgoing.wasSent("found@acme.test"))
    }

    // MARK: Refusals

    @Test("a message without recipients is refused for good")
    func noRecipient() async throws {
        let gmail = try GmailFake()
        let delivery = await outgoing(gmail.api()).send(Array("Subject: Nobody\r\n\r\nHello\r\n".utf8))
        #expect(delivery.result == .refused("Gmail refused: 400 invalidArgument: Recipient address required"))
        #expect(try gmail.sent.isEmpty)
    }

    @Test("too much in too short a time is told as such, with the pause that Gmail wants", arguments: 0..<4)
    func rateLimits(kind: Int) async throws {
        let gmail = try GmailFake()
        let reason = [nil, "userRateLimitExceeded", "rateLimitExceeded", "userRateLimitExceeded"][kind]
        try gmail.answer(kind == 0 ? 429 : 403, reason: reason, retryAfter: "17", path: "send")
        let delivery = await outgoing(gmail.api()).send(letter())
        #expect(delivery.result.name == "deferred" && "\(delivery.result)".contains("tried again in 17 s"))
        #expect(try gmail.sent.isEmpty)
    }

    @Test("what the account may not do at all says nothing about the message")
    func forbidden() async throws {
        let gmail = try GmailFake()
        try gmail.answer(403, reason: "insufficientPermissions", path: "send")
        #expect(await outgoing(gmail.api()).send(letter()).result.name == "unreachable")
    }

    @Test("other answers that blame the request refuse the message", arguments: [400, 413, 404])
    func refused(status: Int) async throws {
        let gmail = try GmailFake()
        try gmail.answer(status, path: "send")
        #expect(await outgoing(gmail.api()).send(letter()).result.name == "refused")
    }

    @Test("a token that has ended is renewed once, and the message sent once")
    func renewsToken() async throws {
        let gmail = try GmailFake()
        let api = gmail.api()
        _ = try await api.profile()
        try gmail.steer("revoke", ["what": "access"])
        #expect(await outgoing(api).send(letter()).sent != nil)
        #expect(try gmail.sent.count == 1)
        #expect(try gmail.calls("/token").count == 2 && gmail.calls("/send").count == 2)
    }

    @Test("a token that is not accepted though it is new says that the mailbox cannot be used")
    func refusesToken() async throws {
        let gmail = try GmailFake()
        try gmail.answer(401, count: 5, path: "send")
        #expect(await outgoing(gmail.api()).send(letter()).result.name == "unreachable")
        #expect(try gmail.calls("/send").count == 2)
    }

    @Test("without a token nothing has been sent", arguments: ["refresh", "busy", "drop"])
    func noToken(how: String) async throws {
        let gmail = try GmailFake()
        switch how {
        case "refresh": try gmail.steer("revoke", ["what": "refresh"])
        case "busy": try gmail.answer(503, path: "/token")
        default: try gmail.drop("after", path: "/token")
        }
        #expect(await outgoing(gmail.api()).send(letter()).result.name == "unreachable")
        #expect(try gmail.calls("/send").isEmpty)
    }

    // MARK: Doubts

    @Test("where the connection ends without an answer nobody knows, and what was taken is found afterwards")
    func dropped() async throws {
        for when in ["before", "after", "half"] {
            let gmail = try GmailFake()
            try gmail.drop(when, path: "/send")
            let outgoing = outgoing(gmail.api())
            #expect(await outgoing.send(letter(when)).result.name == "unknown")
            #expect(try gmail.sent.count == (when == "before" ? 0 : 1))
            #expect(await outgoing.wasSent("\(when)@acme.test") == (when != "before"))
        }
    }

    @Test("a server that is out of order may have taken the message", arguments: [500, 502, 503, 302])
    func outOfOrder(status: Int) async throws {
        let gmail = try GmailFake()
        try gmail.answer(status, path: "send")
        #expect(await outgoing(gmail.api()).send(letter()).result.name == "unknown")
    }

    @Test("a message is not sent on a connection that has waited, which may end just then")
    func ownConnection() async throws {
        let gmail = try GmailFake()
        let api = gmail.api()
        for number in 0..<3 { #expect(await outgoing(api).send(letter("\(number)")).sent != nil) }
        #expect(try gmail.sent.count == 3)
        #expect(try Set(gmail.connections("/send")).count == 3)
        #expect(try Set(gmail.connections("/profile")).count == 0)
        _ = try await (api.profile(), api.profile())
        #expect(try Set(gmail.connections("/profile")).count == 1)
    }

    @Test("where nobody listens nothing has been sent")
    func nobody() async throws {
        let gmail = try GmailFake()
        let api = gmail.api { $0.apiURL = "http://127.0.0.1:1" }
        #expect(await outgoing(api).send(letter()).result.name == "unreachable")
    }
}

extension SendResult {
    /// Which of them it is, without its words.
    fileprivate var name: Substring { "\(self)".prefix { $0 != "(" } }
}
