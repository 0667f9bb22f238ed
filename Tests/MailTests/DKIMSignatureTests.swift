import Reading
import Testing

@testable import Mail

@Suite("Tags of DKIM signatures")
struct DKIMSignatureTests {
    private static let digest = "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="
    private static let good = "v=1; a=rsa-sha256; d=a.example; s=k; h=From; bh=\(digest); b=AAAA"

    private func fault(_ text: String) -> DKIMFault? {
        do {
            _ = try DKIMSignature(text.utf8)
            return nil
        } catch {
            return error
        }
    }

    @Test("everything a signature may say is read, folded anywhere")
    func everything() throws {
        let text = """
            \r\n v = 1 ;\ta=Ed25519-SHA256; c=relaxed; d=A.Example;\r\n s=2026.a; h=From : to:\r\n\t Subject ;
             bh=2jUSOH9NhtVG \r\n CQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=AA\r\n\tAA; l=7;
             i=j@o@x.A.example; q=dns/txt:x;
             t=5; x=6; z=From:x|To:y; unknown=?;\r\n
            """
        let signature = try DKIMSignature(text.utf8)
        #expect(signature.algorithm == .ed25519SHA256)
        #expect(signature.forms == (.relaxed, .simple))
        #expect(signature.domain == "a.example")
        #expect(signature.selector == "2026.a")
        #expect(signature.names == ["from", "to", "subject"])
        #expect(signature.bodyDigest.count == 32)
        #expect(signature.bytes == [0, 0, 0])
        #expect(signature.identity == "j@o@x.a.example")
        #expect(signature.bodyLength == 7)
        #expect(signature.signedAt == 5)
        #expect(signature.expiresAt == 6)
    }

    @Test("what is not said is simple, whole, for the domain, without an end")
    func defaults() throws {
        let signature = try DKIMSignature(Self.good.utf8)
        #expect(signature.forms == (.simple, .simple))
        #expect(signature.identity == "@a.example")
        #expect(signature.bodyLength == nil)
        #expect(signature.expiresAt == nil)
    }

    @Test(
        "a list that is not as it should be is refused",
        arguments: [
            "", ";", "v", "=1", "v=1;;", " ; v=1", "v=1; v=1", "1v=1", "v-x=1", "v=\u{0}1", "v=1\u{7f}",
            "v=1; a=rsa-sha256", String(repeating: "a", count: 100_000),
            String(repeating: ";", count: 100_000),
            String(repeating: "=", count: 100_000), (0..<65).map { "t\($0)=x" }.joined(separator: ";"),
        ])
    func hostileLists(_ text: String) {
        #expect(fault(text)?.outcome == .permerror)
    }

    @Test(
        "a tag that is not as it should be is refused",
        arguments: [
            ("v=1", "v=2"), ("v=1", "v="), ("v=1", "V=1"), ("v=1; ", ""), ("rsa-sha256", "rsa-md5"),
            ("rsa-sha256", ""),
            ("d=a.example", "d=example"), ("d=a.example", "d=a..example"), ("d=a.example", "d=.a.example"),
            ("d=a.example", "d=a.exam ple"), ("d=a.example", "d=a.example."),
            ("d=a.example", "d=a/b.example"),
            ("d=a.example", "d=ä.example"),
            ("d=a.example", "d=" + String(repeating: "a.", count: 130) + "a"), ("s=k", "s="),
            ("s=k", "s=k:k"),
            ("s=k", "s=" + String(repeating: "k", count: 64)), ("h=From", "h="), ("h=From", "h=To"),
            ("h=From", "h=From::To"), ("h=From", "h=Fro m"), ("bh=2", "bh=22"), ("bh=2", "bh=!"),
            ("b=AAAA", "b=AAA"), ("b=AAAA", "b="), ("b=AAAA", "b=A=AA"), ("b=AAAA", "b=AAAA; c=x"),
            ("b=AAAA", "b=AAAA; c=relaxed/"), ("b=AAAA", "b=AAAA; c=relaxed/simple/simple"),
            ("b=AAAA", "b=AAAA; i=a.example"), ("b=AAAA", "b=AAAA; i=@b.example"),
            ("b=AAAA", "b=AAAA; i=@xa.example"), ("b=AAAA", "b=AAAA; i=@example"), ("b=AAAA", "b=AAAA; l=-1"),
            ("b=AAAA", "b=AAAA; l="), ("b=AAAA", "b=AAAA; l=" + String(repeating: "1", count: 77)),
            ("b=AAAA", "b=AAAA; t=1e3"), ("b=AAAA", "b=AAAA; x=1 2"), ("b=AAAA", "b=AAAA; t=5; x=5"),
            ("b=AAAA", "b=AAAA; q=dns/any"), ("b=AAAA", "b=AAAA; t=٣"),
        ])
    func wrongTags(_ old: String, _ new: String) {
        let text = Self.good.replacing(old, with: new, maxReplacements: 1)
        #expect(fault(text)?.outcome == .permerror, "\(text)")
    }

    @Test("SHA-1 does not count any more")
    func sha1() {
        let text = Self.good.replacing("rsa-sha256", with: "rsa-sha1")
        #expect(fault(text)?.outcome == .policy)
    }
}
