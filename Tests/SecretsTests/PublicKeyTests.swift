import Testing

@testable import Secrets

@Suite("Signatures of others")
struct PublicKeyTests {
    private let text = "signed text"

    private var message: [UInt8] { Array(text.utf8) }

    @Test("Ed25519 gives the signature of RFC 8032")
    func ed25519Vector() throws {
        let key = try PublicKey(
            ed25519: try #require(
                Hex.decode("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")))
        let signature = try #require(
            Hex.decode(
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"))
        #expect(key.verify(signature, of: [0x72], digest: .none))
        #expect(!key.verify(signature, of: [0x73], digest: .none))
        #expect(!key.verify(signature, of: [0x72], digest: .sha256))
        #expect(!key.verify([], of: [0x72], digest: .none))
    }

    @Test("P-256 and Ed25519 signatures of Python's cryptography verify, changed ones do not")
    func elliptic() throws {
        let answers = try Peer.ask(
            ["op": "p256_sign", "text": .string(text)], ["op": "ed25519_sign", "text": .string(text)],
            ["op": "p384_key"])
        let p256 = try PublicKey(spkiText: try #require(answers[0]["spki"]?.string))
        #expect(p256.kind == .p256)
        try check(p256, try base64(answers[0]["signature"]), .sha256)
        #expect(!p256.verify(try base64(answers[0]["signature"]), of: message, digest: .sha1))
        #expect(!p256.verify(try base64(answers[0]["signature"]), of: message, digest: .none))
        let signature = try base64(answers[1]["signature"])
        try check(try PublicKey(ed25519: try base64(answers[1]["raw"])), signature, .none)
        try check(try PublicKey(spki: try base64(answers[1]["spki"])), signature, .none)
        #expect(throws: SecretsError.self) { try PublicKey(spki: try base64(answers[2])) }
    }

    @Test("RSA signatures verify with the key as SPKI, PEM, certificate and JWK")
    func rsa() throws {
        let answer = try Peer.ask(["op": "rsa_sign", "text": .string(text), "time": 1_800_000_000])[0]
        let spki = try #require(answer["spki"]?.string)
        let pem = "-----BEGIN PUBLIC KEY-----\n\(spki)\n-----END PUBLIC KEY-----\n"
        let certificate = try Certificate(pem: Array(try #require(answer["certificate"]?.string).utf8))
        #expect(certificate.validity == 1_800_000_000...1_800_086_400)
        let jwks = try KeySet(json: Array(try #require(answer["jwks"]).text().utf8))
        #expect(jwks["other"] == nil)
        let keys = [
            try PublicKey(spkiText: spki), try PublicKey(spkiText: pem), certificate.key,
            try #require(jwks["k1"]),
        ]
        for key in keys {
            #expect(key.kind == .rsa)
            try check(key, try base64(answer["sha256"]), .sha256)
            try check(key, try base64(answer["sha1"]), .sha1)
            #expect(!key.verify(try base64(answer["sha1"]), of: message, digest: .sha256))
            #expect(!key.verify(try base64(answer["pss"]), of: message, digest: .sha256))
            #expect(!key.verify(try base64(answer["sha256"]), of: message, digest: .none))
        }
    }

    @Test("a short RSA key is refused, in every form")
    func weak() throws {
        let answer = try Peer.ask(["op": "rsa_sign", "text": "x", "bits": 1024])[0]
        #expect(throws: SecretsError.publicKeyRefused("RSA of 1024 bits")) {
            try PublicKey(spki: try base64(answer["spki"]))
        }
        #expect(throws: SecretsError.self) {
            try Certificate(pem: Array(try #require(answer["certificate"]?.string).utf8))
        }
        #expect(throws: SecretsError.self) {
            try KeySet(json: Array(try #require(answer["jwks"]).text().utf8))
        }
    }

    @Test("bytes that are no key are refused")
    func notKeys() throws {
        let good = try base64(try Peer.ask(["op": "p256_sign", "text": "x"])[0]["spki"])
        for bytes in [
            [], [0x30], Array(good.dropLast()), good + [0], [UInt8](repeating: 0x30, count: 100_000),
        ] {
            #expect(throws: SecretsError.self) { try PublicKey(spki: bytes) }
        }
        #expect(throws: SecretsError.self) { try PublicKey(spkiText: "not base64!") }
        #expect(throws: SecretsError.self) { try PublicKey(ed25519: [1, 2, 3]) }
        #expect(throws: SecretsError.self) { try PublicKey(rsaModulus: [], exponent: [3]) }
        #expect(throws: SecretsError.self) { try Certificate(pem: Array("-----BEGIN CERTIFICATE-----".utf8)) }
        #expect(throws: SecretsError.self) { try KeySet(json: Array("{}".utf8)) }
        #expect(throws: SecretsError.self) { try KeySet(json: Array("[".utf8)) }
    }

    private func check(_ key: PublicKey, _ signature: [UInt8], _ digest: PublicKey.Digest) throws {
        #expect(key.verify(signature, of: message, digest: digest))
        #expect(!key.verify(signature, of: message + [0], digest: digest))
        #expect(!key.verify(signature.dropLast(), of: message, digest: digest))
        #expect(!key.verify(signature + [0], of: message, digest: digest))
        var changed = signature
        changed[changed.count / 2] ^= 1
        #expect(!key.verify(changed, of: message, digest: digest))
    }
}

@Suite("Tokens of identity providers")
struct IdentityTokenTests {
    private static let claims =
        #"{"iss":"https://accounts.google.com","aud":"https://parley.example/hooks/1","email":"push@p.iam","email_verified":true,"iat":1000,"exp":4600}"#

    private let verifier = IdentityTokenVerifier(
        issuers: ["https://accounts.google.com"], audience: "https://parley.example/hooks/1")

    @Test("only RS256 by a known key, for us, from the issuer, in time, is taken")
    func table() throws {
        func token(_ claims: String, _ header: String = #"{"kid":"k1"}"#) throws -> StrictJSON {
            .object(of: [
                ("claims", try StrictJSON(Array(claims.utf8))),
                ("headers", try StrictJSON(Array(header.utf8))),
            ])
        }
        func changed(_ old: String, _ new: String) throws -> StrictJSON {
            try token(Self.claims.replacing(old, with: new))
        }
        let tokens: [(StrictJSON, AccessTokenRefusal?)] = [
            (try token(Self.claims), nil),
            (try token(Self.claims, #"{"kid":"k2"}"#), .wrongSignature),
            (try token(Self.claims, #"{}"#), .wrongAlgorithm),
            (try token(Self.claims, #"{"kid":"k1","crit":["x"]}"#), .wrongAlgorithm),
            (try changed("https://accounts.google.com", "https://evil.example"), .wrongParty),
            (try changed("hooks/1", "hooks/2"), .wrongParty),
            (try changed(#""exp":4600"#, #""exp":1400"#), .expired),
            (try changed(#""iat":1000"#, #""iat":2000"#), .notYetValid),
            (try changed(#""iat":1000,"#, ""), .malformed),
            (try changed(#","exp":4600"#, ""), .malformed),
            (
                try changed(
                    #""aud":"https://parley.example/hooks/1""#, #""aud":["https://parley.example/hooks/1"]"#),
                .wrongParty
            ),
        ]
        let answer = try Peer.ask(["op": "rsa_sign", "text": "x", "tokens": .array(tokens.map(\.0))])[0]
        let keys = try KeySet(json: Array(try #require(answer["jwks"]).text().utf8))
        let texts = try #require(answer["tokens"]?.array).compactMap(\.string)
        for (text, (_, expected)) in zip(texts, tokens) {
            expect(text, keys, expected)
        }
        let good = try verifier.verify(texts[0], keys: keys, unixSeconds: 1500)
        #expect(good.verifiedEmail == "push@p.iam")
        #expect(IdentityTokenVerifier.keyID(of: texts[0]) == "k1")
        try tricks(good: texts[0], spki: try #require(answer["spki"]?.string), keys: keys)
    }

    /// The classics: no algorithm, and HS256 with the public key as the secret.
    private func tricks(good: String, spki: String, keys: KeySet) throws {
        let parts = good.split(separator: ".").map(String.init)
        let none = Base64.url.encode(Array(#"{"alg":"none","typ":"JWT","kid":"k1"}"#.utf8))
        expect("\(none).\(parts[1]).", keys, .wrongAlgorithm)
        let symmetric =
            Base64.url.encode(Array(#"{"alg":"HS256","typ":"JWT","kid":"k1"}"#.utf8)) + "." + parts[1]
        let pem = "-----BEGIN PUBLIC KEY-----\n\(spki)\n-----END PUBLIC KEY-----\n"
        for secret in [pem, spki] {
            let code = Base64.url.encode(HMACSHA256.code(symmetric.utf8, key: secret.utf8))
            expect("\(symmetric).\(code)", keys, .wrongAlgorithm)
        }
        expect("\(parts[0]).\(parts[1]).", keys, .wrongSignature)
        expect("\(parts[0]).\(parts[1])", keys, .malformed)
    }

    private func expect(_ token: String, _ keys: KeySet, _ refusal: AccessTokenRefusal?) {
        do {
            _ = try verifier.verify(token, keys: keys, unixSeconds: 1500)
            #expect(refusal == nil, "\(token)")
        } catch {
            #expect(refusal.map(SecretsError.accessTokenRefused) == error, "\(token)")
        }
    }
}
