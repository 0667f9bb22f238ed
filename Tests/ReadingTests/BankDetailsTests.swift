import Testing

@testable import Reading

@Suite("Bank details in a text")
struct BankDetailsTests {
    private func accounts(_ text: String) -> [String] {
        BankDetails.findings(in: text).compactMap {
            if case .account(let name) = $0.kind { name } else { nil }
        }
    }

    private func announces(_ text: String) -> Bool {
        BankDetails.findings(in: text).contains { $0.kind == .changeAnnounced }
    }

    private func words(_ finding: BankDetailsFinding, of text: String) -> String {
        let scalars = Array(text.unicodeScalars)[finding.span]
        return String(String.UnicodeScalarView(scalars))
    }

    @Test(
        "an IBAN is found however it is written",
        arguments: [
            "DE89370400440532013000", "IBAN: DE89 3704 0044 0532 0130 00 BIC: x",
            "IBANDE89370400440532013000",
            "pay to de89 3704 0044 0532 0130 00.", "DE89-3704-0044-0532-0130-00",
            "(DE89 3704 0044\n0532 0130 00)",
            "ＤＥ８９ ３７０４ ００４４ ０５３２ ０１３０ ００", "DE89\u{200B}3704 0044 05\u{AD}32 0130 00",
            "DE89\u{A0}3704\u{A0}0044\u{A0}0532\u{A0}0130\u{A0}00",
        ])
    func iban(text: String) { #expect(accounts(text) == ["DE89370400440532013000"]) }

    @Test(
        "IBANs of many countries pass their check",
        arguments: [
            "GB29NWBK60161331926819", "FR1420041010050500013M02606", "NL91ABNA0417164300", "NO9386011117947",
            "PL61109010140000071219812874", "MT84MALT011000012345MTLCAST001S", "CH9300762011623852957",
        ])
    func registry(iban: String) { #expect(IBAN(iban)?.description == iban) }

    @Test(
        "what only resembles an IBAN is none",
        arguments: [
            "DE89370400440532013001", "DE8937040044053201300", "DE893704004405320130000",
            "XDE89370400440532013000",
            "ZZ89370400440532013000", "DE00", "DE89 3704 0044 0532 0130", "",
        ])
    func noIBAN(text: String) { #expect(accounts(text).isEmpty) }

    @Test(
        "numbers beside the words for them are found",
        arguments: [
            (
                "Bank: Chase\nAccount number: 000123456789\nRouting number: 021000021",
                ["ACCOUNT:000123456789", "ROUTING:021000021"]
            ),
            ("Sort code 20-14-15, bank account no. 12345678", ["SORT:201415", "ACCOUNT:12345678"]),
            ("SWIFT/BIC: COBADEFFXXX", ["BIC:COBADEFF"]),
            ("Our swift code is DEUTDEFF500.", ["BIC:DEUTDEFF500"]),
            ("Kontonummer: 532 013 000, BLZ 370 400 44", ["ACCOUNT:532013000", "BLZ:37040044"]),
            ("BSB 062-000 Acct 1234 5678 (bank)", ["BSB:062000", "ACCOUNT:12345678"]),
            (
                "A/C No: 50100012345678 IFSC: HDFC0000123 Bank: HDFC",
                ["ACCOUNT:50100012345678", "IFSC:HDFC0000123"]
            ),
            ("nr konta 61 1090 1014 0000 0712 1981 2874", ["ACCOUNT:61109010140000071219812874"]),
            ("开户行：中国银行 账号：6222 0000 1111 2222", ["ACCOUNT:6222000011112222"]),
            ("振込先：みずほ銀行 口座番号 1234567", ["ACCOUNT:1234567"]),
        ])
    func numbers(text: String, expected: [String]) { #expect(accounts(text) == expected) }

    @Test(
        "other numbers are no bank details",
        arguments: [
            "Order number 12345678, invoice 2026-0012", "Call me at +49 30 1234567 or (555) 123-4567.",
            "Monday is a bank holiday; your customer account number is 12345678.",
            "Account number 12345678 on Monday, a bank holiday",
            "We will deliver on account of order 4500012345",
            "SWIFT DELIVERY within 10 days", "The routing 123456789 of the truck",
            "We work with BIC pens, swiftly.",
            "BIC: required by your department", "FedEx account 123456789, payable by bank transfer",
            "Please take account of the 15000 units we hold in the bank of parts",
            "PO 4500012345 for 1000 pcs at EUR 9.50",
        ])
    func otherNumbers(text: String) { #expect(BankDetails.findings(in: text).isEmpty) }

    @Test(
        "an announcement of other bank details is noticed in many languages",
        arguments: [
            "Please note that our bank details have changed.",
            "We have changed our bank account details, see below.",
            "Kindly update your records: new banking details attached", "Our\nNEW\nBANK DETAILS are attached",
            "please use our new company bank account for all payments",
            "There is a change of bank account at our side.",
            "our old bank account is under audit", "Our acct. details: see the revised wire instructions",
            "Because of a fraud we have changed our bank details.", "Effective today, we switched banks.",
            "the payment instructions for this order have been updated",
            "Wir haben eine neue Bankverbindung.", "Unsere Bankverbindung hat sich geändert.",
            "Bitte beachten Sie die geänderten Bankdaten.",
            "Änderung unserer Bankverbindung", "Nos coordonnées bancaires ont changé.",
            "Veuillez noter notre nouveau RIB",
            "changement de coordonnées bancaires", "Nuestros datos bancarios han cambiado.",
            "nueva cuenta bancaria",
            "le nostre coordinate bancarie sono cambiate", "Nuovo IBAN in allegato",
            "Onze bankgegevens zijn gewijzigd",
            "ons nieuwe rekeningnummer", "zmiana numeru konta",
            "Informujemy, że nasz numer rachunku bankowego uległ zmianie",
            "Os nossos dados bancários mudaram", "novos dados bancários", "我们的银行账户已变更", "请使用新的收款账户",
            "振込先が変更になりました。",
            "新しい振込先をご確認ください", "O\u{200B}ur b\u{AD}ank details have cha\u{200B}nged",
        ])
    func announcements(text: String) { #expect(announces(text)) }

    @Test(
        "what says nothing of other bank details is no announcement",
        arguments: [
            "Our bank details have not changed.", "Our bank details haven't changed.",
            "There is no change to our bank details.",
            "We will never notify you of a change of bank details by email.",
            "Our bank details remain the same.",
            "Please find the updated invoice with our bank details.",
            "Here is our new price list. Bank details: see invoice.",
            "The next bank holiday changes our delivery date.", "A new bank holiday was announced.",
            "Neue Straße 5\nBankverbindung: Commerzbank", "Unsere Bankverbindung hat sich nicht geändert.",
            "Nos coordonnées bancaires n'ont pas changé.", "Nuestros datos bancarios no han cambiado.",
            "Onze bankgegevens zijn niet gewijzigd.", "银行账户没有变更", "振込先の変更はありません。",
            "We changed the price; bank details below.",
            "Our new catalogue is attached", "Payment terms have changed to 30 days",
            "We have a new account manager", "",
        ])
    func noAnnouncements(text: String) { #expect(!announces(text)) }

    @Test("findings tell their place in the text, in order")
    func places() {
        let text = "Héllo 👋🏽, our bank details have changed: DE89 3704 0044 0532 0130 00, bic COBADEFF."
        let findings = BankDetails.findings(in: text)
        #expect(
            findings.map { words($0, of: text) } == [
                "bank details have changed", "DE89 3704 0044 0532 0130 00", "COBADEFF",
            ])
    }

    @Test("accounts that are not known are new")
    func known() {
        let text =
            "IBAN DE89 3704 0044 0532 0130 00 or GB29 NWBK 6016 1331 9268 19, again DE89370400440532013000"
        let kinds = BankDetails.findings(in: text, known: ["DE89370400440532013000"]).map(\.kind)
        #expect(kinds == [.account("DE89370400440532013000"), .newAccount("GB29NWBK60161331926819")])
        #expect(
            BankDetails.findings(in: text, known: []).allSatisfy {
                if case .newAccount = $0.kind { true } else { false }
            })
    }

    @Test(
        "long and hostile texts are read in bounded time, and what is not read counts",
        .timeLimit(.minutes(2)))
    func hostile() {
        let hidden = String(repeating: " ", count: BankDetails.mostScalars) + "DE89370400440532013000"
        #expect(BankDetails.findings(in: hidden).map(\.kind) == [.changeAnnounced])
        for part in [
            "DE89 ", "account number 1 ", "new bank details have changed ", "DE", "１", "bank ", "新口座変更", "\n",
            ".",
        ] {
            let text = String(repeating: part, count: 40_000 / part.unicodeScalars.count)
            #expect(BankDetails.findings(in: text).count <= BankDetails.mostFindings)
        }
        let decoys =
            String(repeating: "IBAN DE89370400440532013000. ", count: 1_000) + "IBAN GB29NWBK60161331926819"
        #expect(accounts(decoys) == ["DE89370400440532013000", "GB29NWBK60161331926819"])
    }
}
