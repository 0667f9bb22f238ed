import Foundation
import Negotiation
import Testing

@testable import Mail

@Suite("Gmail's interface")
struct GmailAPITests {
    @Test("a profile says whose mailbox it is")
    func profile() async throws {
        let gmail = try GmailFake()
        let profile = try await gmail.api().profile()
        #expect(profile.address == "buyer@parley.test" && profile.historyID == 1000)
    }

    @Test("a mailbox in which nothing lies has no messages and no history")
    func empty() async throws {
        let api = try GmailFake().api()
        #expect(try await api.messages("in:inbox") == GmailPage(messages: [], nextPage: nil))
        #expect(try await api.history(since: 1000, label: "INBOX").added.isEmpty)
    }

    @Test("a search with signs of its own finds what it says")
    func search() async throws {
        let gmail = try GmailFake()
        let id = try gmail.deliver(GmailFake.letter("a+b&c=d%/?"))
        let found = try await gmail.api().messages("rfc822msgid:a+b&c=d%/?@acme.test")
        #expect(found.messages.map(\.id) == [id])
    }

    @Test("a large message comes through whole, at most as large as was asked for")
    func large() async throws {
        let gmail = try GmailFake()
        let raw = GmailFake.letter("large") + String(repeating: "0123456789", count: 300_000)
        let id = try gmail.deliver(raw)
        #expect(try await gmail.api().message(id, largest: 4_000_000).raw == Array(raw.utf8))
        await #expect(throws: MailServiceError.oversized(largest: 2_000_000)) {
            try await gmail.api().message(id, largest: 2_000_000)
        }
    }

    @Test("a message that is not there is refused as such, whatever its id")
    func missing() async throws {
        let gmail = try GmailFake()
        for id in ["18ffffffffffffff", "../profile", "a?b=c", "a b\r\nX: y"] {
            let error = await #expect(throws: MailServiceError.self) {
                try await gmail.api().message(id, largest: 100)
            }
            #expect(error?.refusal?.status == 404 && error?.mayPass == false, "\(id)")
        }
    }

    @Test("a history that is not kept any more is refused with 404, one that begins now is not")
    func oldHistory() async throws {
        let gmail = try GmailFake()
        try gmail.steer("expire-history")
        let api = gmail.api()
        let error = await #expect(throws: MailServiceError.self) {
            try await api.history(since: 1000, label: "INBOX")
        }
        #expect(error?.refusal?.status == 404)
        #expect(error?.refusal?.message == "Requested entity was not found.")
        _ = try await api.history(since: api.profile().historyID, label: "INBOX")
    }

    @Test("a token is renewed once; what is refused then is told")
    func unauthorised() async throws {
        let gmail = try GmailFake()
        let api = gmail.api()
        try gmail.answer(401, path: "profile")
        _ = try await api.profile()
        try gmail.answer(401, count: 2, path: "profile")
        let error = await #expect(throws: MailServiceError.self) { try await api.profile() }
        #expect(error?.refusal?.concernsAccount == true && error?.mayPass == false)
    }

    @Test("tokens that live shorter than the margin are asked for each time")
    func shortLived() async throws {
        let gmail = try GmailFake(tokenSeconds: 30)
        let api = gmail.api()
        _ = try await (api.profile(), api.profile())
        #expect(try gmail.calls("/token").count == 2)
    }

    @Test(
        "the pause that Gmail wants may be seconds or an instant",
        arguments: [
            ("0", 0), ("30", 30), ("999999999", 86_400), ("-1", nil), ("soon", nil),
            ("Fri, 31 Dec 1999 23:59:59 GMT", 0), ("Fri, 31 Dec 2199 23:59:59 GMT", 86_400),
        ] as [(String, Int?)])
    func pauses(header: String, seconds: Int?) async throws {
        let gmail = try GmailFake()
        try gmail.answer(429, retryAfter: header)
        let api = gmail.api()
        _ = try? await api.profile()
        try gmail.answer(429, retryAfter: header, path: "profile")
        let error = await #expect(throws: MailServiceError.self) { try await api.profile() }
        #expect(error?.retryAfterSeconds == seconds && error?.mayPass == true)
    }

    @Test("an answer in which something is missing is told as such")
    func misunderstood() async throws {
        let gmail = try GmailFake()
        let api = gmail.api { $0.apiURL += "/_test/calls?" }
        await #expect {
            try await api.profile()
        } throws: {
            if case .misunderstood? = $0 as? MailServiceError { true } else { false }
        }
    }

    @Test("bytes are written without padding and read with or without", arguments: 0..<4)
    func base64(length: Int) {
        let bytes = Array(repeating: UInt8(0xFF), count: length)
        let text = Base64URL.encode(bytes)
        #expect(!text.contains("=") && !text.contains("/") && Base64URL.decode(text) == bytes)
        let padded = text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        #expect(Base64URL.decode(padded) == bytes)
        #expect(
            Base64URL.decode("a+b/") == nil && Base64URL.decode("ab cd") == nil
                && Base64URL.decode("a") == nil)
    }
}

extension MailServiceError {
    fileprivate var refusal: GmailRefusal? { if case .refused(let refusal) = self { refusal } else { nil } }
}
