import Negotiation
import Testing

@testable import Reading

@Suite("Offers in a reply")
struct OfferReaderTests {
    private func summary(_ text: String) -> [String] {
        OfferReader.offers(in: text).map { offer in
            let parts = [
                offer.amount.description, offer.currency?.code, offer.per?.rawValue,
                offer.quantity.map { "\($0)" },
            ]
            return parts.compactMap { $0 }.joined(separator: " ")
        }
    }

    @Test(
        "a plain amount with a currency is found, in many spellings",
        arguments: [
            ("We can offer USD 950.00 per unit.", "950.00 USD unit"),
            ("Our price: $1,234.50 each", "1234.50 USD unit"),
            ("Unser Preis: 1.234,50 € pro Stück", "1234.50 EUR unit"),
            ("Nous proposons 1 234,50 € l'unité.", "1234.50 EUR unit"),
            ("CHF 1'250.- per piece", "1250.00 CHF unit"), ("€950,-", "950.00 EUR"),
            ("10k USD in total", "10000.00 USD total"),
            ("EUR 1.2M for the lot", "1200000.00 EUR total"), ("₹12.5 lakh", "1250000.00 INR"),
            ("Rs. 12,50,000", "1250000.00 INR"), ("950 US dollars", "950.00 USD"),
            ("A$ 77.10/unit", "77.10 AUD unit"),
            ("12万8千円でお願いします", "128000.00 JPY"), ("单价950元", "950.00 CNY unit"),
            ("950 zł/szt", "950.00 PLN unit"), ("we can do 950 per unit", "950.00 unit"),
            ("R$ 1.500,00", "1500.00 BRL"),
            ("200 units at $9.50 each", "9.50 USD unit 200"), ("GBP 0.125 per pc", "0.125 GBP unit"),
            ("US$950", "950.00 USD"),
        ])
    func plain(text: String, expected: String) {
        #expect(summary(text) == [expected])
    }

    @Test(
        "what is no price for the goods is left out",
        arguments: [
            "Shipping is $25.", "plus freight EUR 120", "Our list price was USD 1200.",
            "We cannot accept USD 800.", "You save $50 off", "VAT of EUR 19", "a deposit of $500 is due",
            "Order 950 units",
            "RFQ-2026-0012", "on 2026-03-12", "The T14 is available", "a 5% discount", "10:30",
            "call +1 555 123 4567", "within 14 days", "minimum order $500",
        ])
    func others(text: String) {
        #expect(summary(text) == [])
    }

    @Test("both ends of a range and every step of a ladder are offers")
    func several() {
        #expect(summary("between $900 and $950") == ["900.00 USD", "950.00 USD"])
        #expect(summary("100 pcs: EUR 9.50\n500 pcs: EUR 8.90") == ["9.50 EUR 100", "8.90 EUR 500"])
        #expect(summary("List price $1,200, our offer for you: $950.") == ["950.00 USD"])
    }

    @Test("the span counts Unicode scalars of the reply text")
    func span() throws {
        let text = "Grüße 👋🏽\r\nwe offer €950.50 now"
        let offer = try #require(OfferReader.offers(in: text).first)
        let scalars = Array(text.unicodeScalars)[offer.span]
        #expect(String(String.UnicodeScalarView(scalars)) == "€950.50")
    }

    @Test("a dollar is the country's that the mail names")
    func dollars() {
        #expect(summary("All prices in CAD. We offer $950.") == ["950.00 CAD"])
    }

    @Test("rows of digits of any length neither trap nor take long")
    func rows() {
        #expect(OfferReader.offers(in: "$" + String(repeating: "9", count: 50_000)).isEmpty)
        #expect(OfferReader.offers(in: "$" + String(repeating: "9,", count: 20_000)).isEmpty)
        #expect(OfferReader.offers(in: String(repeating: "$9 ", count: 5_000)).count == OfferReader.most)
    }
}

@Suite("Intent")
struct IntentTests {
    @Test(
        "phrases of several languages",
        arguments: [
            ("We accept your offer. Thank you!", Intent.accept),
            ("Einverstanden, wir nehmen Ihr Angebot an.", .accept), ("D'accord.", .accept),
            ("We agree, but only if you pay in advance.", .counter),
            ("Our best price is USD 980.", .counter),
            ("We cannot accept USD 900, but we can do USD 950.", .counter),
            ("Unfortunately we cannot go lower.", .decline), ("Leider nicht möglich.", .decline),
            ("Which colour do you need?", .question), ("Please advise the delivery address.", .question),
            ("Forwarded to my colleague.", .other), ("", .other),
        ])
    func phrases(text: String, expected: Intent) {
        #expect(Intent(of: text, offers: OfferReader.offers(in: text)) == expected)
    }
}
