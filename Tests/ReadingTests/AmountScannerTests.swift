import Testing

@testable import Reading

@Suite("Does a text speak of money")
struct AmountScannerTests {
    @Test(
        "amounts in digits are found in every disguise",
        arguments: [
            "We can do 950.", "We can do 9 5 0", "9\u{200B}5\u{200B}0 please", "９５０", "𝟗𝟓𝟎", "٩٥٠", "९५०",
            "⑨⑤⓪", "⁹⁵⁰", "9️⃣5️⃣0️⃣", "950,-",
            "0.95k", "1.2M", "EUR 950", "€950", "950€", "US$ 950", "Rs.950", "CHF950.-", "approx950",
            "for950", "12.03", "12,50", "1'200",
            "5% discount", "a 5 % discount", "Ⅸ", "½", "200 units", "$", "in USD", "please quote in EUR",
            "950/day", "12 March 950", "2 950",
            "call 555 1234", "our limit: 1000", "price_950", "PRICE-950", "EUR-950", "March 12,950",
            "14:30,50", "2026-03-12k", "1st 950", "#950",
        ])
    func digits(text: String) {
        #expect(AmountScanner.mentionsMoney(text))
    }

    @Test(
        "amounts in words are found in many languages",
        arguments: [
            "nine hundred fifty dollars", "nine hundred and fifty", "Nine Fifty", "nine five zero",
            "ninehundred", "nine-hundred-fifty", "n i n e h u n d r e d",
            "nine hun dred", "nine hun\u{AD}dred", "ＮＩＮＥ ＨＵＮＤＲＥＤ", "𝐧𝐢𝐧𝐞 𝐡𝐮𝐧𝐝𝐫𝐞𝐝", "niné húndred", "a dozen",
            "two grand", "five each", "twenty percent", "ten per cent", "half the price",
            "free of charge", "neunhundertfünfzig", "neunhundert fuenfzig Euro", "neuf cent cinquante",
            "novecientos cincuenta", "novecentocinquanta euro", "novecento", "negenhonderd vijftig",
            "niohundrafemtio", "dziewięćset pięćdziesiąt", "девятьсот пятьдесят", "九百五十元", "九百五十", "950円",
            "九折", "구백오십 원입니다", "a couple of bucks", "dollars", "pounds sterling",
            "we accept your offer", "I accept your last offer", "it's a deal", "we agree to your price",
            "nehmen Ihr Angebot an", "nous acceptons votre offre", "seven hundrеd",
        ])
    func words(text: String) {
        #expect(AmountScanner.mentionsMoney(text))
    }

    @Test(
        "courtesy, dates, times, durations and references are no money",
        arguments: [
            "Kind regards", "Best regards,\nDana Weber\nParley Ltd", "Dear Dana,",
            "Thank you for your quick answer.", "Could you tell me the lead time?", "What is the warranty?",
            "We look forward to your reply by 12 March 2026.", "by 2026-03-12", "am 12.03.2026",
            "on 12/03/2026", "am 12. März", "le 3 avril 2026", "el 5 de mayo de 2026", "on March 12th, 2026",
            "in March 2026", "2026年3月12日", "at 14:30", "at 2 pm", "um 14 Uhr", "à 14h30", "within 14 days",
            "in 3-5 business days", "in two weeks", "a 2-week delay", "14天内", "in zehn Tagen",
            "the 1st of May", "our support is there 24/7", "in Q3", "RFQ-2026-0012",
            "Ref. RFQ-2026-0012, thank you", "the GS324T switch",
            "1. Please confirm the delivery date.\n2. Please send the data sheet.",
            "See https://parley.example.com/n/4711?x=12",
            "Write to buy+r-abcdefghijklmnopqrstuv2345@example.com", "Is there one left?", "No one answered.",
            "One question: is it new?", "Ein Muster wäre gut.",
            "J'ai une question.", "Contact us soon.", "This is not real.",
            "Können Sie das bitte bestätigen? Vielen Dank im Voraus!",
            "Please find our company profile attached.", "十分感谢", "谢谢您的回复", "お世話になっております。",
            "Could you improve your price?", "We would like to know your best price.", "",
            "Could you also send the certificate of origin?", "¿Podrían confirmar el plazo de entrega?",
        ])
    func notMoney(text: String) {
        #expect(AmountScanner.firstFinding(in: text)?.text == nil)
    }

    @Test("a duration in a line about paying is money")
    func paymentTerm() {
        #expect(AmountScanner.mentionsMoney("We pay within 14 days."))
        #expect(AmountScanner.mentionsMoney("Payment terms: net 30 days"))
        #expect(!AmountScanner.mentionsMoney("Please deliver within 14 days.\nHow can we pay?"))
    }

    @Test("what the caller vouches for is left out, and only that")
    func vouched() {
        let known = ["ThinkPad T14 Gen 5, 16 GB", "RFQ 24"]
        #expect(
            !AmountScanner.mentionsMoney(
                "About the thinkpad T14 Gen 5, 16 GB: is it in stock?", except: known))
        #expect(AmountScanner.mentionsMoney("ThinkPad T14 Gen 5, 16 GB for 950", except: known))
        #expect(AmountScanner.mentionsMoney("ThinkPad T14 Gen 5, 16 GB0", except: known))
        #expect(AmountScanner.mentionsMoney("We pay 950", except: ["950"]))
        #expect(AmountScanner.mentionsMoney("We pay EUR 950", except: ["EUR 950"]))
    }

    @Test("the finding names the words and their place")
    func finding() {
        let finding = AmountScanner.firstFinding(in: "Grüße 👋 – we offer 9\u{200B}50 now")
        #expect(finding?.reason == .number)
        #expect(finding?.span == 19..<23)
        #expect(finding?.text == "9\u{200B}50")
    }

    @Test("a text beyond the bound counts as money without a look")
    func tooLong() {
        let text = String(repeating: "word ", count: 50_000)
        #expect(AmountScanner.mentionsMoney(text))
    }
}
