import Jinja
import Testing

@Suite("Amounts and dates")
struct BusinessTests {
    private func render(_ source: String, locale: String = "en") throws -> String {
        try Environment().compile(source).render(
            [:], now: Timestamp(seconds: 1_795_474_800), locale: Locale(locale))
    }

    @Test(
        "money is written as the region writes it",
        arguments: [
            ("en", "€1,234,567.50"), ("de", "1.234.567,50\u{A0}€"), ("de-CH", "€\u{A0}1’234’567.50"),
            ("fr", "1\u{202F}234\u{202F}567,50\u{A0}€"), ("nl", "€\u{A0}1.234.567,50"),
        ])
    func money(locale: String, expected: String) throws {
        #expect(try render("{{ '1234567.5'|money('EUR') }}", locale: locale) == expected)
    }

    @Test("money never passes through binary fractions")
    func exactMoney() throws {
        #expect(
            try render("{{ '12345678901234567890.125'|money('EUR') }}") == "€12,345,678,901,234,567,890.13")
        #expect(try render("{{ '0.285'|money('USD') }}") == "$0.29")
        #expect(try render("{{ '-0.001'|money('USD') }}") == "$0.00")
        #expect(
            try render("{{ 1500|money('JPY') }} {{ 5|money('CHF', style='code') }}") == "¥1,500 CHF\u{A0}5.00"
        )
    }

    @Test("numbers and percentages follow the locale of the filter before that of the render")
    func numbers() throws {
        #expect(try render("{{ 1234.5|number }} {{ '0.125'|percent(1, 'de') }}") == "1,234.5 12,5\u{A0}%")
    }

    @Test("dates come from RFC 3339, from seconds, or from the clock of the render")
    func dates() throws {
        #expect(try render("{{ '2026-02-28'|date('long') }}") == "February 28, 2026")
        #expect(try render("{{ 0|datetime('iso') }}") == "1970-01-01T00:00:00Z")
        #expect(
            try render("{{ '2026-02-28T23:30:00Z'|datetime('medium', 'de', '+01:00') }}")
                == "01.03.2026, 00:30")
        #expect(try render("{{ 'now'|date('iso') }}") == "2026-11-23")
        #expect(throws: TemplateError.self) { try render("{{ '2026-02-30'|date }}") }
    }
}
