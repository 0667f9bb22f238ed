import Testing

@testable import Secrets

@Suite("Fernet")
struct FernetTests {
    private static let specificationKey = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="
    private static let specificationToken =
        "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="

    @Test("the specification's token is made and read")
    func specification() throws {
        let key = try #require(FernetKey(Self.specificationKey))
        let token = try key.encrypt(Array("hello".utf8), unixSeconds: 499_162_800, iv: Array(0..<16))
        #expect(token == Self.specificationToken)
        let ring = try FernetKeyRing(Self.specificationKey)
        #expect(try ring.decrypt(token, maximumAge: 60, unixSeconds: 499_162_801) == Array("hello".utf8))
    }

    @Test("age is checked only where it is asked for, with 60 seconds for clocks that differ")
    func age() throws {
        let ring = try FernetKeyRing(FernetKey.generate())
        let token = try ring.encrypt("x", unixSeconds: 1000)
        #expect(try ring.decrypt(token) == Array("x".utf8))
        #expect(try ring.decrypt(token, maximumAge: 10, unixSeconds: 1010) == Array("x".utf8))
        #expect(throws: SecretsError.fernetTokenExpired) {
            try ring.decrypt(token, maximumAge: 10, unixSeconds: 1011)
        }
        #expect(try ring.decrypt(token, maximumAge: 10, unixSeconds: 940) == Array("x".utf8))
        #expect(throws: SecretsError.fernetTokenExpired) {
            try ring.decrypt(token, maximumAge: 10, unixSeconds: 939)
        }
    }

    @Test("lengths around the block size come back", arguments: [0, 1, 15, 16, 17, 31, 32, 1000])
    func lengths(count: Int) throws {
        let ring = try FernetKeyRing(FernetKey.generate())
        let bytes = try randomBytes(count)
        #expect(try ring.decrypt(try ring.encrypt(bytes, unixSeconds: 1)) == bytes)
    }

    @Test("a token with any one bit changed is refused")
    func tampered() throws {
        let ring = try FernetKeyRing(Self.specificationKey)
        let bytes = try #require(Base64.urlPadded.decode(Self.specificationToken))
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                #expect(throws: SecretsError.fernetTokenRefused) {
                    try ring.decrypt(Base64.urlPadded.encode(changed))
                }
            }
        }
    }

    @Test("what only resembles a token is refused")
    func refused() throws {
        let ring = try FernetKeyRing(Self.specificationKey)
        let token = Self.specificationToken
        let wrong = [
            "", "gAAAA", String(token.dropLast()), String(token.dropLast(2)), token + "A", token + "\n",
            " " + token,
            token + "====", String(token.dropLast(4)), token.replacing("_", with: "/"),
        ]
        for text in wrong {
            #expect(throws: SecretsError.fernetTokenRefused, "\(text)") { try ring.decrypt(text) }
        }
        #expect(throws: SecretsError.self) {
            try ring.encrypt([UInt8](repeating: 0, count: FernetKey.maximumPlaintext + 1), unixSeconds: 0)
        }
    }

    @Test("a ring encrypts with its first key, decrypts with all, and rotates to the first")
    func rotation() throws {
        let (old, new) = (try FernetKey.generate(), try FernetKey.generate())
        let before = try FernetKeyRing(old)
        let during = try FernetKeyRing(" \(new) ,\n\(old)")
        let token = try before.encrypt("secret", unixSeconds: 5)
        #expect(try during.decrypt(token) == Array("secret".utf8))
        let rotated = try #require(try during.rotated(token))
        let after = try FernetKeyRing(new)
        #expect(
            try after.decrypt(rotated, maximumAge: 0, unixSeconds: 5) == Array("secret".utf8),
            "keeps its time")
        #expect(try during.rotated(rotated) == nil)
        #expect(throws: SecretsError.fernetTokenRefused) { try after.decrypt(token) }
        #expect(throws: SecretsError.fernetTokenRefused) { try after.rotated(token) }
    }

    @Test(
        "a key that is none is named with its place and a recipe",
        arguments: [
            "", "abc", "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4", "c3dvcmRmaXNo", "not base64 at all!",
        ])
    func badKey(text: String) throws {
        let error = try #require(throws: SecretsError.self) { try FernetKeyRing(text) }
        #expect(error == .notAFernetKey(position: 1, of: 1))
        #expect(
            "\(error)".hasPrefix("ENCRYPTION_KEY is not a Fernet key: 32 bytes in base64url, make one with"))
        #expect(text.isEmpty || !"\(error)".contains(text), "the message does not repeat the secret")
        let second = #expect(throws: SecretsError.self) {
            try FernetKeyRing("\(Self.specificationKey),\(text)")
        }
        #expect(second.map { "\($0)" }?.contains("(key 2 of 2)") == true)
    }

    @Test("Python's cryptography reads our tokens and we read its, rotated ones too")
    func peer() throws {
        let (old, new) = (try FernetKey.generate(), try FernetKey.generate())
        let ring = try FernetKeyRing("\(new),\(old)")
        let text = "pässword \u{1F511} " + String(repeating: "x", count: 100)
        let ours = try ring.encrypt(text, unixSeconds: 1_700_000_000)
        let keys: StrictJSON = [.string(new), .string(old)]
        let answers = try Peer.ask(
            ["op": "fernet_decrypt", "keys": keys, "token": .string(ours)],
            ["op": "fernet_time", "keys": keys, "token": .string(ours)],
            ["op": "fernet_encrypt", "keys": [.string(old)], "text": .string(text), "time": 1_600_000_000],
            ["op": "fernet_key"])
        #expect(answers[0].string == text)
        #expect(answers[1].integer == 1_700_000_000)
        let theirs = try #require(answers[2].string)
        #expect(try ring.decrypt(theirs) == Array(text.utf8))
        let rotated = try #require(try ring.rotated(theirs))
        #expect(FernetKey(try #require(answers[3].string)) != nil)
        let checked = try Peer.ask(
            ["op": "fernet_decrypt", "keys": [.string(new)], "token": .string(rotated)],
            ["op": "fernet_time", "keys": [.string(new)], "token": .string(rotated)])
        #expect(checked[0].string == text)
        #expect(checked[1].integer == 1_600_000_000)
    }
}
