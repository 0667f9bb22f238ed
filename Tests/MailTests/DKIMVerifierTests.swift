import Reading
import Secrets
import Synchronization
import Testing

@testable import Mail

@Suite("DKIM signatures of messages that come")
struct DKIMVerifierTests {
    private typealias Hand = DKIMHandSignature

    private func check(
        _ message: [UInt8], _ outcome: AuthenticationResult.Outcome, _ reason: String = "",
        now: Int64 = 1_800_000_000,
        records: [String]? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let result = try await Hand.result(message, now: now, records: records)
        #expect(result.outcome == outcome, "\(result.reason)", sourceLocation: sourceLocation)
        #expect(
            reason.isEmpty || result.reason.contains(reason), "\(result.reason)",
            sourceLocation: sourceLocation)
    }

    @Test("a message without a signature has none")
    func unsigned() async throws {
        try await check(offer, .none)
        try await check([], .none)
        try await check(message("", "DKIM-Signature: v=1"), .none)
    }

    @Test("what is signed and unchanged passes, with CRLF or LF, below new lines of servers on the way")
    func good() async throws {
        let signed = try Hand().signed(offer)
        try await check(signed, .pass)
        try await check(Array(signed.filter { $0 != 13 }), .pass)
        try await check(message("Received: from b.acme.example", "Subjects: none") + signed, .pass)
        try await check(signed.changing("To: buyer", to: "To: somebody"), .pass)
    }

    @Test("a change of what is signed is noticed, wherever it is made")
    func tampering() async throws {
        let signed = try Hand().signed(offer)
        try await check(signed.changing("950.00", to: "590.00"), .fail, "body")
        try await check(signed + message("PS: pay to another account"), .fail, "body")
        try await check(signed.changing("\r\n\r\nRegards", to: ""), .fail, "body")
        try await check(signed.changing("Your request", to: "Invoice"), .fail, "header")
        try await check(signed.changing("Subject: Your request\r\n", to: ""), .fail, "header")
        try await check(signed.changing("sales@", to: "bank@"), .fail, "header")
        try await check(signed.changing("v=1;", to: "v=1; t=5;"), .fail, "header")
        try await check(signed.changing("d=vendor.example", to: "d=Vendor.example"), .fail, "header")
        try await check(signed.changing("From:From:Subject", to: "From:From"), .fail, "header")
        let place = try #require(SignedMessage(signed)?.fields.first?.value.endIndex) - 20
        var flipped = signed
        flipped[place] = flipped[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        try await check(flipped, .fail, "header")
    }

    @Test("a field that was put beside a signed one is noticed, even where the signature leaves room for it")
    func addedFields() async throws {
        let signed = try Hand().signed(offer)
        try await check(message("From: Boss <boss@acme.example>") + signed, .fail, "header")
        let room = try Hand.with(("h", "From:Subject")).signed(offer)
        try await check(room, .pass)
        try await check(message("From: Boss <boss@acme.example>") + room, .policy, "another from")
        try await check(room.changing("To:", to: "From : boss@acme.example\r\nTo:"), .policy, "another from")
        try await check(message("subject: Urgent") + room, .policy, "another subject")
    }

    @Test("of fields by one name the lowest are signed first")
    func repeatedFields() async throws {
        let repeated = message("Received: by b", "Received: by c") + offer
        let turned = message("Received: from a.vendor.example", "Received: by c", "Received: by b")
        // Signed where they stand the other way round, so that from the bottom up they fit.
        let rest = offer.drop { $0 != .lineFeed }.dropFirst()
        let hand = Hand.with(("h", "From:Received:Received:Received:Received"))
        let signed = try hand.signed(turned + rest, over: ["from", "received"])
        let signature = signed.dropLast(turned.count + rest.count)
        try await check(signature + repeated, .pass)
        try await check(message("Received: by d") + signature + repeated, .fail)
        try await check(signed, .fail)
    }

    @Test("From has to be there and to be signed")
    func from() async throws {
        try await check(try Hand.with(("h", "Subject")).signed(offer), .permerror, "From")
        let nobody = message("Subject: Your request", "", "Hello")
        try await check(try Hand().signed(nobody), .permerror, "From")
    }

    @Test("a signature counts until the second in which it expires")
    func expiry() async throws {
        let signed = try Hand.with(("t", "1000"), ("x", "2000")).signed(offer)
        try await check(signed, .pass, now: 2000)
        try await check(signed, .policy, "expired", now: 2001)
        try await check(try Hand.with(("t", "2000"), ("x", "2000")).signed(offer), .permerror, "x=", now: 1)
        try await check(try Hand.with(("x", String(repeating: "9", count: 12))).signed(offer), .pass)
    }

    @Test("a signature of the beginning of a body passes only while there is nothing else")
    func bodyLength() async throws {
        let length = try #require(SignedMessage(offer)).body.count
        let signed = try Hand.with(("l", "\(length)")).signed(offer)
        try await check(signed, .pass)
        try await check(signed + message("PS: pay to another account"), .policy, "beginning")
        try await check(signed.changing("950.00", to: "590.00"), .fail, "body")
        try await check(try Hand.with(("l", "0")).signed(offer), .policy, "beginning")
        try await check(try Hand.with(("l", "\(length + 1)")).signed(offer), .fail, "body")
        try await check(try Hand.with(("l", String(repeating: "9", count: 76))).signed(offer), .fail, "body")
    }

    @Test("five signatures are looked at, from the top, each for itself")
    func several() async throws {
        var signed = offer
        for number in 1...7 { signed = try Hand.with(("t", "\(number)")).signed(signed) }
        let changed = signed.changing("t=6", to: "t=8")
        let resolver = Hand.resolver([try Hand.record()])
        let results = await DKIMVerifier.verify(changed, now: 10, resolver: resolver)
        #expect(results.map(\.outcome) == [.pass, .fail, .pass, .pass, .pass])
    }

    @Test(
        "keys are looked up side by side, so that a silent name server is waited for once",
        .timeLimit(.minutes(1)))
    func sideBySide() async throws {
        var signed = offer
        for number in 1...DKIMVerifier.mostSignatures {
            signed = try Hand.with(("t", "\(number)")).signed(signed)
        }
        let asked = Mutex(0)
        // Nobody is answered before all have asked.
        let resolver = TXTResolver { _ throws(TXTResolver.Failure) in
            asked.withLock { $0 += 1 }
            while asked.withLock({ $0 }) < DKIMVerifier.mostSignatures { await Task.yield() }
            throw TXTResolver.Failure("silent")
        }
        let results = await DKIMVerifier.verify(signed, now: 10, resolver: resolver)
        #expect(results.map(\.outcome) == Array(repeating: .temperror, count: DKIMVerifier.mostSignatures))
    }

    @Test("a header that is huge is not read; a large one is")
    func hugeHeader() async throws {
        let signed = try Hand().signed(offer)
        let line = "X-Padding: " + String(repeating: "x", count: 980)
        let large = Array(repeating: message(line), count: 1000).flatMap { $0 } + signed
        try await check(large, .pass)
        try await check(
            Array(repeating: message(line), count: 1100).flatMap { $0 } + signed, .permerror, "large")
        try await check(
            Array(repeating: message("A:"), count: 10_001).flatMap { $0 } + signed, .permerror, "large")
        let names = Array(repeating: "From", count: DKIMSignature.mostNames + 1).joined(separator: ":")
        try await check(try Hand.with(("h", names)).signed(offer), .permerror, "names")
    }

    @Test("a result of a signature that cannot be read has no domain, of others it has")
    func domains() async throws {
        let broken = try await Hand.result(message("DKIM-Signature: v=1; d=vendor.example") + offer)
        #expect(broken.domain == nil)
        let failed = try await Hand.result(try Hand().signed(offer) + [65])
        #expect(failed.domain == "vendor.example")
        #expect(failed.identity == "@vendor.example")
        #expect(failed.result == AuthenticationResult(.dkim, .fail, domain: "vendor.example"))
    }
}
