import Testing

@testable import Secrets

@Suite("Hashes and randomness")
struct HashTests {
    @Test("SHA-256 gives the digests of FIPS 180-4, at once and in pieces")
    func sha256() {
        #expect(
            SHA256.hex("abc".utf8) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            SHA256.hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        let expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect(SHA256.hex(million) == expected)
        var stream = SHA256.Stream()
        for start in stride(from: 0, to: million.count, by: 777) {
            stream.update(million[start..<min(start + 777, million.count)])
        }
        #expect(Hex.encode(stream.finish()) == expected)
    }

    @Test("HMAC-SHA256 gives the codes of RFC 4231")
    func hmac() {
        let first = HMACSHA256.code("Hi There".utf8, key: [UInt8](repeating: 0x0b, count: 20))
        #expect(Hex.encode(first) == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        let long = HMACSHA256.code(
            "Test Using Larger Than Block-Size Key - Hash Key First".utf8,
            key: [UInt8](repeating: 0xaa, count: 131))
        #expect(Hex.encode(long) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        let empty = HMACSHA256.code([], key: [])
        #expect(Hex.encode(empty) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
        #expect(!HMACSHA256.isValid(first.dropLast(), for: "Hi There".utf8, key: []))
    }

    @Test("HKDF gives the keys of RFC 5869")
    func hkdf() throws {
        let secret = [UInt8](repeating: 0x0b, count: 22)
        let withSalt = HKDFSHA256.derive(
            from: secret, salt: Array(0...12), info: try #require(Hex.decode("f0f1f2f3f4f5f6f7f8f9")),
            count: 42)
        #expect(
            Hex.encode(withSalt)
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
        let plain = HKDFSHA256.derive(from: secret, info: [], count: 42)
        #expect(
            Hex.encode(plain)
                == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
    }

    @Test("comparison in constant time sees every difference")
    func comparison() {
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(constantTimeEqual([UInt8](), [UInt8]()))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
        #expect(!constantTimeEqual("e\u{301}", "\u{e9}"), "bytes count, not Unicode equivalence")
    }

    @Test("tokens have 256 bits, differ, and are found by their digest only")
    func tokens() throws {
        let token = try Token.make(prefix: "pk_")
        #expect(token.text.utf8.count == 3 + 43)
        #expect(token != (try Token.make(prefix: "pk_")))
        #expect(token.matches(digest: Token(text: token.text).digest))
        #expect(!token.matches(digest: try Token.make().digest))
        #expect(token.hexDigest.utf8.count == 64)
        #expect(!"\(token) \(String(reflecting: token))".contains(token.text))
        try checkAlgorithms()
    }
}

@Suite("Encodings")
struct EncodingTests {
    @Test(
        "base64 gives the texts of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(plain: String, text: String) {
        #expect(Base64.standard.encode(Array(plain.utf8)) == text)
        #expect(Base64.standard.decode(text) == Array(plain.utf8))
        let bare = text.filter { $0 != "=" }
        #expect(Base64.url.encode(Array(plain.utf8)) == bare)
        #expect(Base64.url.decode(bare) == Array(plain.utf8))
    }

    @Test("every length comes back in every variant")
    func roundTrip() throws {
        for count in 0..<70 {
            let bytes = try randomBytes(count)
            for variant in [Base64.standard, .url, .urlPadded] {
                #expect(variant.decode(variant.encode(bytes)) == bytes)
            }
            #expect(Hex.decode(Hex.encode(bytes)) == bytes)
        }
    }

    @Test(
        "base64 that is not exactly right is refused",
        arguments: [
            "Zg", "Zg=", "Zg===", "Z", "Zm9v\n", "Zm 9", "Zm9-", "Zh==", "Zm9=", "====", "Zg==Zg==", "Zm9vé",
        ])
    func refused(text: String) { #expect(Base64.standard.decode(text) == nil) }

    @Test("base64url without padding refuses padding and loose bits")
    func refusedURL() {
        #expect(Base64.url.decode("Zg==") == nil)
        #expect(Base64.url.decode("Zh") == nil)
        #expect(Base64.url.decode("Zh", canonical: false) == Array("f".utf8))
        #expect(Base64.url.decode("Zm9+") == nil)
    }

    @Test("hex with a foreign or an odd digit is refused", arguments: ["a", "0g", "0x", "é0"])
    func refusedHex(text: String) { #expect(Hex.decode(text) == nil) }
}
