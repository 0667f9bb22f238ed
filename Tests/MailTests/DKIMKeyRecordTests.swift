import Reading
import Secrets
import Testing

@testable import Mail

@Suite("Keys of signatures in the DNS")
struct DKIMKeyRecordTests {
    private typealias Hand = DKIMHandSignature

    private func outcome(
        _ records: [String], _ message: [UInt8]
    ) async throws -> (AuthenticationResult.Outcome, String) {
        let result = try await Hand.result(message, records: records)
        return (result.outcome, result.reason)
    }

    @Test("a record counts or is refused, and the reason is said")
    func table() async throws {
        let text = try Hand.key.get().publicText
        let rows: [([String], AuthenticationResult.Outcome, String)] = [
            ([try Hand.record()], .pass, ""),
            (["k=ed25519;p=\(text)"], .pass, ""),
            (
                [" v = DKIM1 ; k = ed25519 ; n=a note; h=sha1:sha256; s=other:email; t=x; p = \(text) ; "],
                .pass, ""
            ),
            ([try Hand.record(), "v=spf1 -all", "unrelated"], .pass, ""),
            ([try Hand.record("s=*; ")], .pass, ""),
            ([], .permerror, "no key"),
            (["v=spf1 -all"], .permerror, "no key"),
            ([try Hand.record(), try Hand.record()], .permerror, "more than one"),
            (["v=DKIM1; k=ed25519; p="], .permerror, "revoked"),
            (["v=DKIM2; k=ed25519; p=\(text)"], .permerror, "version"),
            (["k=ed25519; v=DKIM1; p=\(text)"], .permerror, "version"),
            (["v=DKIM1; p=\(text)"], .permerror, "not for ed25519-sha256"),
            (["v=DKIM1; k=ed448; p=\(text)"], .permerror, "not for ed25519-sha256"),
            ([try Hand.record("h=sha1; ")], .permerror, "SHA-256"),
            ([try Hand.record("s=web; ")], .permerror, "not for email"),
            (["v=DKIM1; k=ed25519; p=!"], .permerror, "base64"),
            (["v=DKIM1; k=ed25519; p=\(Base64.standard.encode([1, 2, 3]))"], .permerror, "Ed25519"),
            (["v=DKIM1; k=ed25519; p=\(try SigningKey.generate(.ed25519).publicText)"], .fail, "header"),
            ([try Hand.record("t=y; ")], .neutral, "tries"),
            ([try Hand.record("t=s:y; ")], .neutral, "tries"),
        ]
        let signed = try Hand().signed(offer)
        for (records, expected, reason) in rows {
            let (outcome, words) = try await outcome(records, signed)
            #expect(outcome == expected, "\(records): \(words)")
            #expect(reason.isEmpty || words.contains(reason), "\(records): \(words)")
        }
    }

    @Test("while a domain tries DKIM out, a broken signature counts no more than a good one")
    func testing() async throws {
        let changed = try Hand().signed(offer).changing("950", to: "590")
        #expect(try await outcome([try Hand.record("t=y; ")], changed).0 == .neutral)
    }

    @Test("a key may sign for what is below its domain, unless its record says otherwise")
    func strictness() async throws {
        let signed = try Hand.with(("i", "joe@sales.vendor.example")).signed(offer)
        #expect(try await outcome([try Hand.record()], signed).0 == .pass)
        #expect(try await outcome([try Hand.record("t=s; ")], signed).0 == .permerror)
        let own = try Hand.with(("i", "joe@Vendor.example")).signed(offer)
        #expect(try await outcome([try Hand.record("t=s; ")], own).0 == .pass)
    }

    @Test("RSA of fewer than 1024 bits is refused")
    func shortKey() async throws {
        let short =
            "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALgBPGrq5pfQN8K+5JRwJC3cmYCHlQWR+/GvnzlI3Cw/j2jyrR7EbzpzkXsQMonw"
            + "de/Ej+ENqWTq3ewN+q22CccCAwEAAQ=="
        let signed = try Hand.with(("a", "rsa-sha256")).signed(offer)
        let (outcome, reason) = try await outcome(["v=DKIM1; p=\(short)"], signed)
        #expect(outcome == .permerror)
        #expect(reason.contains("RSA of 512 bits"), "\(reason)")
    }

    @Test("where the DNS does not answer, a later attempt may have another outcome")
    func noAnswer() async throws {
        let resolver = TXTResolver { _ throws(TXTResolver.Failure) in throw TXTResolver.Failure("it is away")
        }
        let results = await DKIMVerifier.verify(try Hand().signed(offer), now: 1, resolver: resolver)
        #expect(results.map(\.outcome) == [.temperror])
        #expect(results.first?.reason.contains("it is away") == true)
    }
}
