import Foundation
import Reading
import Secrets
import Testing

@testable import Mail

@Suite("DKIM signatures of messages that go")
struct DKIMSignerTests {
    static let letter = message(
        "Message-ID: <1@acme.example>", "Date: Mon, 05 Jan 2026 10:00:00 +0000",
        "From: =?utf-8?q?Einkauf?= <buy@acme.example>", "To: sales@vendor.example,", " other@vendor.example",
        "Subject: Your offer", "Content-Type: text/plain; charset=utf-8", "MIME-Version: 1.0", "",
        "Dear vendor,", "  please have  another look. ", "", "Kind regards", "", "")

    private func signer(_ kind: SigningKey.NewKind) throws -> DKIMSigner {
        try DKIMSigner(domain: "Acme.example", selector: "p1", key: .generate(kind))
    }

    private func results(_ message: [UInt8], _ signer: DKIMSigner) async -> [AuthenticationResult] {
        let resolver = TXTResolver.fixed([signer.record.name: [signer.record.text]])
        return await DKIMVerifier.verify(message, now: 2000, resolver: resolver).map(\.result)
    }

    @Test(
        "a signed message passes, and survives what servers do to it", arguments: SigningKey.NewKind.allCases)
    func passes(_ kind: SigningKey.NewKind) async throws {
        let signer = try signer(kind)
        let signed = try signer.signed(Self.letter, at: 1000)
        #expect(signed.suffix(Self.letter.count) == Self.letter[...])
        let pass = [AuthenticationResult(.dkim, .pass, domain: "acme.example")]
        #expect(await results(signed, signer) == pass)
        #expect(
            await results(message("Received: by x") + signed.changing(",\r\n other", to: ", other"), signer)
                == pass)
        #expect(
            await results(signed.changing("have  another look. ", to: "have another look."), signer) == pass)
    }

    @Test("no field that matters can be changed, taken away or added", arguments: DKIMSigner.names)
    func covers(_ name: String) async throws {
        let signer = try signer(.ed25519)
        let signed = try signer.signed(Self.letter, at: 1000)
        let fail = [AuthenticationResult(.dkim, .fail, domain: "acme.example")]
        #expect(await results(message("\(name): new <new@acme.example>") + signed, signer) == fail)
        if let range = String(decoding: signed, as: UTF8.self).range(of: "\n\(name): ") {
            let text = String(decoding: signed, as: UTF8.self)
            let changed = text.replacingCharacters(in: range, with: "\n\(name): x")
            #expect(await results(Array(changed.utf8), signer) == fail)
            let gone = text.replacingCharacters(in: range, with: "\nX-\(name): ")
            #expect(
                await results(Array(gone.utf8), signer).map(\.outcome) == [
                    name == "From" ? .permerror : .fail
                ])
        }
    }

    @Test(
        "the field is folded to lines of at most 78 characters, and ASCII",
        arguments: SigningKey.NewKind.allCases)
    func folding(_ kind: SigningKey.NewKind) throws {
        let signed = try signer(kind).signed(Self.letter, at: 1_800_000_000)
        let field = String(decoding: signed.dropLast(Self.letter.count), as: UTF8.self)
        let lines = field.split(separator: "\r\n")
        #expect(lines.count > 4)
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("\t") })
        #expect(field.hasSuffix("\r\n"))
        #expect(field.utf8.allSatisfy { $0 < 0x7f })
        #expect(field.contains("From:From:Subject:Subject:To:To:Cc:Date:Date:Message-ID:"))
        #expect(
            field.contains(
                "a=\(kind == .rsa2048 ? "rsa" : "ed25519")-sha256; c=relaxed/relaxed; t=1800000000;"))
    }

    @Test("a message that would be changed on the way, or is none, is not signed")
    func refusals() throws {
        let signer = try signer(.ed25519)
        func refusal(_ message: [UInt8]) -> DKIMSigner.Refusal? {
            do {
                _ = try signer.signed(message, at: 1)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal([]) == .notAMessage("it has not exactly one From"))
        #expect(
            refusal(message("From: a@b.c", "From: d@e.f", "")) == .notAMessage("it has not exactly one From"))
        for end in ["x\n", "x", "\rx\r\n", "x\r\n\r"] {
            #expect(refusal(message("From: a@b.c", "") + end.utf8) == .bareLineEnd)
        }
        #expect(refusal(message("From: a@b.c", "")) == nil)
        #expect(refusal(message("From: a@b.c")) == nil)
    }

    @Test("what is no name in the DNS is not signed for")
    func names() throws {
        let key = try SigningKey.generate(.ed25519)
        for domain in ["", "acme", "acme.example\r\nX: y", "a b.example", "ä.example", "acme.example;"] {
            #expect(throws: DKIMSigner.Refusal.notADomain(domain)) {
                try DKIMSigner(domain: domain, selector: "s", key: key)
            }
        }
        let long = String(repeating: "a.", count: 120) + "example"
        for (domain, selector) in [("acme.example", ""), ("acme.example", "a;b"), (long, "selector")] {
            #expect(throws: DKIMSigner.Refusal.notADomain(selector)) {
                try DKIMSigner(domain: domain, selector: selector, key: key)
            }
        }
    }
}
