import Negotiation
import Testing

/// What an email commits to.
@Suite struct TermsTests {
    private func amount(_ text: String) throws -> Amount { try #require(Amount(text)) }

    private func terms(_ price: String, _ quantity: Int, limit: String? = nil) throws -> Terms? {
        Terms(
            unitPrice: try amount(price), quantity: quantity, currency: .eur, targetPrice: try amount("8"),
            limitPrice: try limit.map { try amount($0) })
    }

    @Test(
        "the total is price times quantity, exactly",
        arguments: [
            ("8.125", 100, "812.50"), ("0.0001", 1, "0.0001"), ("0.0001", 1_000_000_000, "100000.00"),
            ("19.99", 3, "59.97"), ("99999.9999", 1_000_000_000, "99999999900000.00"), ("1", 1, "1.00"),
        ])
    func total(price: String, quantity: Int, total: String) throws {
        #expect(try terms(price, quantity)?.total.description == total)
    }

    @Test(
        "figures that make no sense, or whose total does not fit, are no terms",
        arguments: [
            ("0", 1), ("-1", 1), ("1", 0), ("1", -1), ("1", 1_000_000_001), ("1", Int.max),
            ("100000.0001", 1_000_000_000), ("99999999999999.9999", 2),
        ])
    func senseless(price: String, quantity: Int) throws { #expect(try terms(price, quantity) == nil) }

    @Test(
        "the limit itself is not above the limit",
        arguments: [("9.50", "9.50", false), ("9.5001", "9.50", true), ("9.4999", "9.50", false)])
    func limit(price: String, limit: String, above: Bool) throws {
        #expect(try terms(price, 1, limit: limit)?.isAboveLimit == above)
    }

    @Test("without a limit nothing is above it")
    func noLimit() throws { #expect(try terms("99999", 1)?.isAboveLimit == false) }
}

/// What a purchase order is called.
@Suite struct PurchaseOrderNumberTests {
    @Test(
        "a number has its year and at least three digits",
        arguments: [
            (2026, 1, "PO-2026-001"), (2026, 42, "PO-2026-042"), (2026, 999, "PO-2026-999"),
            (2026, 1000, "PO-2026-1000"), (2027, 123_456, "PO-2027-123456"),
        ])
    func text(year: Int, position: Int, text: String) {
        #expect(PurchaseOrderNumber(year: year, position: position)?.description == text)
    }

    @Test(
        "there is no year and no position before the first",
        arguments: [(0, 1), (-1, 1), (2026, 0), (2026, -5)])
    func none(year: Int, position: Int) {
        #expect(PurchaseOrderNumber(year: year, position: position) == nil)
    }
}

/// Money and what it is counted in.
@Suite struct MoneyTests {
    @Test("money of two currencies is not the same")
    func currencies() throws {
        let one = try #require(Amount("1"))
        #expect(Money(one, .eur) != Money(one, .usd))
        #expect(Money(one, .eur).description == "EUR 1.00")
    }

    @Test(
        "a share is counted in hundredths of a percent, towards zero",
        arguments: [("1", "3", 3333), ("-1", "3", -3333), ("2", "2", 10_000), ("0", "5", 0)]
            as [(String, String, Int64)])
    func share(part: String, whole: String, points: Int64) throws {
        let (part, whole) = (try #require(Amount(part)), try #require(Amount(whole)))
        #expect(Amount.basisPoints(part, of: whole) == points)
    }

    @Test("nothing has no shares, and what does not fit is refused")
    func noShare() throws {
        let (one, largest) = (try #require(Amount("1")), try #require(Amount("99999999999999.9999")))
        #expect(Amount.basisPoints(one, of: .zero) == nil)
        #expect(Amount.basisPoints(largest, of: one) == nil)
    }

    @Test("who had the last word decides where a negotiation returns to")
    func lastWord() {
        #expect(LastWord.allCases.map(\.status) == [.draft, .sent, .vendorReplied])
    }
}
