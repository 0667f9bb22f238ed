import Testing

@testable import Reading

@Suite("Domains that resemble others")
struct LookalikeTests {
    @Test(
        "a domain that looks like a known one is noticed",
        arguments: [
            ("acrne.com", "acme.com", .homoglyphs), ("а\u{441}me.com", "acme.com", .homoglyphs),
            ("xn--cme-5cd.com", "acme.com", .homoglyphs), ("vvidget.de", "widget.de", .homoglyphs),
            ("clelta.com", "delta.com", .homoglyphs), ("t00ls.com", "tools.com", .homoglyphs),
            ("1nge.de", "inge.de", .homoglyphs), ("5teel.com", "steel.com", .homoglyphs),
            ("àcmé.com", "acme.com", .homoglyphs), ("mail.acrne.co.uk", "acme.co.uk", .homoglyphs),
            ("acme.com.evil.net", "acme.com", .subdomain), ("mail.acme.com.evil.net", "acme.com", .subdomain),
            ("acme.net", "acme.com", .ending), ("acme.co.uk", "acme.com", .ending),
            ("acme.com", "acme.co.uk", .ending),
            ("ac-me.com", "acme.com", .hyphen), ("acmetools.com", "acme-tools.com", .hyphen),
            ("acme-billing.com", "acme.com", .addedWord), ("acmepayments.net", "acme.com", .addedWord),
            ("invoice-acme.com", "acme.com", .addedWord), ("acme-com.net", "acme.com", .addedWord),
            ("acme-accounts-payable.com", "acme.com", .addedWord),
            ("abb-invoices.com", "abb.com", .addedWord),
            ("widgts.com", "widgets.com", .spelling), ("widgetss.com", "widgets.com", .spelling),
            ("wigdets.com", "widgets.com", .spelling), ("widgats.com", "widgets.com", .spelling),
            ("bigwidget.net", "bigwidgets.com", .spelling), ("gmial.com", "gmail.com", .spelling),
            ("gmail.co", "gmail.com", .ending),
        ] as [(String, String, Lookalike.Resemblance)])
    func resembles(domain: String, known: String, resemblance: Lookalike.Resemblance) {
        let found = Lookalike(of: domain, among: ["unrelated.example", known])
        #expect(found?.resemblance == resemblance)
        #expect(found?.known == known)
    }

    @Test(
        "a domain of its own is no lookalike",
        arguments: [
            ("acme.com", "acme.com"), ("mail.acme.com", "acme.com"), ("ACME.COM.", "acme.com"),
            ("acne.com", "acme.com"),
            ("abc.com", "abb.com"), ("widgets-and-more.com", "widgets.com"), ("contoso.com", "acme.com"),
            ("gmx.net", "gmx.de"), ("hotmail.com", "gmail.com"), ("mail.com", "gmail.com"),
            ("yahoo.co.uk", "yahoo.com"),
            ("gmail.com", "gmale.com"), ("widget.de", "widgets.com"), ("tv.com", "tx.com"), ("", "acme.com"),
            ("192.0.2.1", "acme.com"), ("acme", "acme.com"), ("me.de", "me.com"), ("mail.nl", "mail.com"),
            ("abbinvoices.com", "abb.com"), ("gmail-support.com", "gmail.com"),
            ("acme.zendesk.com", "acme.com"),
        ])
    func differs(domain: String, known: String) { #expect(Lookalike(of: domain, among: [known]) == nil) }

    @Test("the strongest resemblance is told, and a known domain is never one")
    func strongest() {
        let known: Set = ["acme.com", "acne.com", "acme.de"]
        #expect(Lookalike(of: "acrne.com", among: known)?.known == "acme.com")
        #expect(Lookalike(of: "acme.de", among: known) == nil)
    }

    @Test(
        "encoded labels are decoded and encoded",
        arguments: [
            ("bcher-kva", "bücher"), ("maana-pta", "mañana"), ("egbpdaj6bu4bxfgehfvwxn", "ليهمابتكلموشعربي؟"),
            ("ihqwcrb4cv8a8dqg056pqjye", "他们为什么不说中文"),
            ("n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa", "なぜみんな日本語を話してくれないのか"),
            ("de-jg4avhby1noc0d", "パフィーdeルンバ"),
            ("Hello-Another-Way--fc4qua05auwb3674vfr0b", "Hello-Another-Way-それぞれの場所"),
        ])
    func punycode(encoded: String, decoded: String) {
        #expect(Punycode.decode(encoded) == decoded)
        #expect(Punycode.encode(decoded) == encoded)
    }

    @Test(
        "what is no encoded label is refused",
        arguments: [
            "99999999", "999999999999999999999999999999999999999999999999999999999999999", "ü", "abc-!",
            "a-zzzzz9",
            "bcher-kv", String(repeating: "a", count: 64), String(repeating: "z", count: 63),
        ])
    func invalidPunycode(label: String) {
        #expect(Punycode.decode(label) == nil)
        let domain = DomainName("xn--\(label).com")
        #expect(domain == nil || domain?.unicode == domain?.description)
    }

    @Test("a label that gets too long is no domain")
    func tooLong() {
        #expect(Punycode.encode(String(repeating: "ü", count: 64)) == nil)
        #expect(DomainName(String(repeating: "ü", count: 63) + ".com") == nil)
        #expect(DomainName(String(repeating: "a", count: 64) + ".com") == nil)
        #expect(DomainName(String(repeating: "a.", count: 200) + "com") == nil)
    }

    @Test(
        "the owner's domain is found",
        arguments: [
            ("mail.acme.com", "acme.com"), ("a.b.acme.co.uk", "acme.co.uk"), ("x.acme.com.au", "acme.com.au"),
            ("acme.co.jp", "acme.co.jp"), ("mail.acme.onmicrosoft.com", "acme.onmicrosoft.com"),
            ("co.uk", "co.uk"),
            ("Mail.BÜCHER.de.", "xn--bcher-kva.de"), ("x.acme.web.za", "acme.web.za"),
            ("a.acme.gov.in", "acme.gov.in"),
        ])
    func organizational(domain: String, owner: String) {
        #expect(DomainName(domain)?.organizational.description == owner)
    }

    @Test("domains of one owner are aligned, those below a public suffix are not")
    func alignment() throws {
        let mail = try #require(DomainName("mail.acme.co.uk"))
        #expect(mail.isAligned(with: try #require(DomainName("acme.co.uk"))))
        #expect(!mail.isAligned(with: try #require(DomainName("evil.co.uk"))))
        let tenant = try #require(DomainName("acme.onmicrosoft.com"))
        #expect(!tenant.isAligned(with: try #require(DomainName("evil.onmicrosoft.com"))))
    }

    @Test("names that readers take for the same are the same")
    func names() {
        #expect(DisplayName.isSame("Doe, Jané", "jane doe"))
        #expect(DisplayName.isSame("Jan\u{200B}e D\u{43E}e", "Jane Doe"))
        #expect(!DisplayName.isSame("Jane Roe", "Jane Doe"))
        #expect(!DisplayName.isSame("", ""))
        let found = DisplayName.addresses(in: "\"Jane <jane@acme.com>\" (SALES@ACME.COM) @x a@b")
        #expect(found.map(\.address) == ["jane@acme.com", "sales@acme.com"])
    }
}
