import Testing

@testable import Secrets

@Suite("Signed values and CSRF tokens")
struct ValueSignerTests {
    private func key(_ text: String = "0123456789abcdef0123456789abcdef") throws -> SecretKey {
        try SecretKey(text)
    }

    @Test("a value comes back until its end")
    func roundTrip() throws {
        let signer = ValueSigner(try key(), for: .cursor)
        for value in [[], Array("page 2".utf8), [UInt8](repeating: 7, count: ValueSigner.maximumValue)] {
            let text = signer.sign(value, expiresAt: 100)
            #expect(try signer.verify(text, unixSeconds: 99) == value)
            #expect(throws: SecretsError.signedValueRefused) { try signer.verify(text, unixSeconds: 100) }
        }
    }

    @Test("a value signed for another purpose or by another key is refused")
    func purposes() throws {
        let text = ValueSigner(try key(), for: .cursor).sign([1, 2, 3], expiresAt: 100)
        let others = [
            ValueSigner(try key(), for: .session), ValueSigner(try key(), for: .init("cursor ")),
            ValueSigner(try key("another key of thirty-two bytes!"), for: .cursor),
        ]
        for other in others {
            #expect(throws: SecretsError.signedValueRefused) { try other.verify(text, unixSeconds: 1) }
        }
    }

    @Test("a value with any character changed, cut or added is refused")
    func tampered() throws {
        let signer = ValueSigner(try key(), for: .session)
        let text = signer.sign(Array("user".utf8), expiresAt: 100)
        for index in text.indices {
            var changed = text
            changed.replaceSubrange(index...index, with: text[index] == "A" ? "B" : "A")
            #expect(throws: SecretsError.signedValueRefused) { try signer.verify(changed, unixSeconds: 1) }
        }
        for wrong in ["", "A", text + "A", String(text.dropLast(4)), String(repeating: "A", count: 10_000)] {
            #expect(throws: SecretsError.signedValueRefused) { try signer.verify(wrong, unixSeconds: 1) }
        }
    }

    @Test("a CSRF token is good for its session only, and looks different each time")
    func csrf() throws {
        let tokens = CSRFTokens(try key())
        let (mine, other) = (Array("session one".utf8), Array("session two".utf8))
        let token = try tokens.make(session: mine)
        #expect(tokens.isValid(token, session: mine))
        #expect(token != (try tokens.make(session: mine)))
        #expect(!tokens.isValid(token, session: other))
        #expect(!tokens.isValid("", session: mine))
        #expect(!tokens.isValid(String(token.dropLast()), session: mine))
        #expect(!CSRFTokens(try key("another key of thirty-two bytes!")).isValid(token, session: mine))
        // The 16 random bytes must not be able to swallow the session's end.
        let bytes = try #require(Base64.url.decode(token))
        let shifted = Base64.url.encode(bytes)
        #expect(!tokens.isValid(shifted, session: Array("session on".utf8)))
    }
}
