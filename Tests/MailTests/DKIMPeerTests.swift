import Foundation
import Reading
import Secrets
import Testing

@testable import Mail

@Suite("DKIM beside dkimpy")
struct DKIMPeerTests {
    private static let forms = Canonicalization.allCases.flatMap { header in
        Canonicalization.allCases.map { [header.rawValue, $0.rawValue] }
    }

    /// White space and lines of every kind.
    private static let bodies = [
        "", "Hello\r\n", "Hello  world \t\r\n\r\n \r\nKind   regards\r\n\r\n\r\n", "no line end", " \r\n",
        "\r\n\r\n",
        "Grüße, 950,00 €\r\n", String(repeating: "long line ", count: 90) + "\r\n",
    ]

    private static func letter(_ body: String) -> [UInt8] {
        message(
            "From: Vendor <sales@vendor.example>", "To: a@acme.example,", "\tb@acme.example",
            "Subject:  Offer \t 7 ",
            "Date: Mon, 05 Jan 2026 10:00:00 +0000", "Message-ID: <7@vendor.example>", "X-Empty:", "")
            + body.utf8
    }

    @Test("dkimpy verifies what Parley signs, and notices a change", arguments: SigningKey.NewKind.allCases)
    func signs(_ kind: SigningKey.NewKind) throws {
        let signer = try DKIMSigner(domain: "vendor.example", selector: "p1", key: .generate(kind))
        let bodies = Self.bodies.filter { $0.isEmpty || $0.hasSuffix("\r\n") }
        let signed = try bodies.map { try signer.signed(Self.letter($0), at: 1_767_607_200) }
        let changed = signed.map { $0.changing("Offer", to: "Order") }
        let records = [signer.record.name: signer.record.text]
        let requests = (signed + changed).map {
            DKIMPeer.Request(op: "verify", message: Data($0), records: records)
        }
        let answers = try DKIMPeer.ask(requests, for: Bool.self)
        #expect(answers == signed.map { _ in true } + changed.map { _ in false })
    }

    @Test(
        "Parley verifies what dkimpy signs in every form, and notices a change",
        arguments: ["rsa-sha256", "ed25519-sha256"])
    func verifies(_ algorithm: String) async throws {
        let key = try await key(algorithm)
        let cases = Self.forms.flatMap { forms in Self.bodies.map { (forms, Self.letter($0)) } }
        let signed = try DKIMPeer.ask(cases.map { sign($1, key, algorithm, $0) }, for: Data.self)
        for ((forms, _), signed) in zip(cases, signed) {
            #expect(await outcome([UInt8](signed), key) == .pass, "\(forms) \(signed)")
            #expect(await outcome([UInt8](signed) + Array("x\r\n".utf8), key) == .fail, "\(forms)")
            let bare = [UInt8](signed.filter { $0 != 13 })
            #expect(await outcome(bare, key) == .pass, "\(forms) with bare LF")
            let spaced = [UInt8](signed).changing("X-Empty:", to: "X-Empty: ").changing("Offer", to: " Offer")
            #expect(await outcome(spaced, key) == (forms[0] == "relaxed" ? .pass : .fail), "\(forms)")
        }
    }

    @Test("a signature of dkimpy with l= passes until something is added")
    func length() async throws {
        let key = try await key("ed25519-sha256")
        var request = sign(Self.letter("Hello\r\n"), key, "ed25519-sha256", ["relaxed", "simple"])
        request.length = true
        let signed = [UInt8](try #require(try DKIMPeer.ask([request], for: Data.self).first))
        #expect(await outcome(signed, key) == .pass)
        #expect(await outcome(signed + Array("PS\r\n".utf8), key) == .policy)
    }

    @Test("RSA of 1024 bits is still verified")
    func shortKey() async throws {
        let key = try await key("rsa-sha256", bits: 1024)
        let request = sign(Self.letter("Hello\r\n"), key, "rsa-sha256", ["relaxed", "relaxed"])
        let signed = [UInt8](try #require(try DKIMPeer.ask([request], for: Data.self).first))
        #expect(await outcome(signed, key) == .pass)
        #expect(throws: SecretsError.self) { try SigningKey(pem: key.key) }
    }

    @Test("a key in PKCS #1 that Python has made signs, and dkimpy verifies it with its own record")
    func pythonKey() async throws {
        let key = try await key("rsa-sha256")
        let signer = try DKIMSigner(domain: "vendor.example", selector: "p1", key: SigningKey(pem: key.key))
        #expect(signer.record.text == key.record)
        let signed = try signer.signed(Self.letter("Hello\r\n"), at: 1_767_607_200)
        let request = DKIMPeer.Request(
            op: "verify", message: Data(signed), records: [signer.record.name: key.record])
        #expect(try DKIMPeer.ask([request], for: Bool.self) == [true])
    }

    private func key(_ algorithm: String, bits: Int? = nil) async throws -> DKIMPeer.Key {
        let request = DKIMPeer.Request(op: "make_key", algorithm: algorithm, bits: bits)
        return try #require(try DKIMPeer.ask([request], for: DKIMPeer.Key.self).first)
    }

    private func sign(
        _ message: [UInt8], _ key: DKIMPeer.Key, _ algorithm: String, _ forms: [String]
    ) -> DKIMPeer.Request {
        DKIMPeer.Request(
            op: "sign", algorithm: algorithm, message: Data(message), domain: "vendor.example",
            selector: "s1",
            key: key.key, forms: forms)
    }

    private func outcome(_ message: [UInt8], _ key: DKIMPeer.Key) async -> AuthenticationResult.Outcome? {
        let resolver = TXTResolver.fixed(["s1._domainkey.vendor.example": [key.record]])
        return await DKIMVerifier.verify(message, now: 1_800_000_000, resolver: resolver).first?.outcome
    }
}
