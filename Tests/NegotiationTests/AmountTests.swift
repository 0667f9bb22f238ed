import Negotiation
import Testing

struct AmountTests {
    @Test(
        "a plain decimal is read exactly and printed with at least two places",
        arguments: [
            ("950", "950.00"), ("950.5", "950.50"), ("0.125", "0.125"), ("-3.50", "-3.50"),
            ("1.00000", "1.00"),
            ("99999999999999.9999", "99999999999999.9999"), ("0007.10", "7.10"),
        ])
    func readsAndPrints(text: String, printed: String) {
        #expect(Amount(text)?.description == printed)
    }

    @Test(
        "what is no plain decimal, or does not fit NUMERIC(18,4), is refused",
        arguments: [
            "", ".", "1.", ".5", "1,000", "1e3", "+1", "--1", "1.23456", "100000000000000", "nan", "٣", "1 ",
            "0x1",
            String(repeating: "0", count: 41),
        ])
    func refuses(text: String) {
        #expect(Amount(text) == nil)
    }

    @Test("a sum or product that leaves the range is refused, never wrapped")
    func overflow() {
        let largest = Amount("99999999999999.9999")
        #expect(largest?.adding(Amount("0.0001") ?? .zero) == nil)
        #expect(largest?.multiplied(by: 2) == nil)
        #expect(largest?.multiplied(by: Int.max) == nil)
        #expect(Amount("19.99")?.multiplied(by: 3) == Amount("59.97"))
    }

    @Test("a currency is three letters, whatever their case")
    func currency() {
        #expect(Currency("eur") == .eur)
        #expect(Currency("EURO") == nil)
        #expect(Currency("E1R") == nil)
        #expect(Currency("ÄÖÜ") == nil)
    }
}

struct InstantTests {
    @Test(
        "an RFC 3339 time is read and printed in UTC",
        arguments: [
            ("2026-01-31T08:00:00Z", "2026-01-31T08:00:00Z"),
            ("2024-02-29T23:59:59.5+02:00", "2024-02-29T21:59:59.500000Z"),
            ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31t23:59:60z", "10000-01-01T00:00:00Z"),
        ])
    func reads(text: String, printed: String) {
        #expect(Instant(text)?.description == printed)
    }

    @Test(
        "a time that does not exist is refused",
        arguments: [
            "2026-02-29T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T08:00:00", "2026-01-31",
            "2026-13-01T00:00:00Z",
            "2026-01-31T08:00:00.Z", "2026-01-31T08:00:00Zx", "0000-01-01T00:00:00Z",
        ])
    func refuses(text: String) {
        #expect(Instant(text) == nil)
    }
}
