import Negotiation
import Testing

@testable import Reading

/// When somebody is back whose machine answered. Every message is of Thursday, 2026-11-26, unless it says otherwise.
@Suite("Out of office")
struct OutOfOfficeTests {
    private func day(_ text: String) throws -> CalendarDay {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        try #require(parts.count == 3)
        return try #require(CalendarDay(year: parts[0], month: parts[1], day: parts[2]))
    }

    private func back(_ text: String, subject: String = "Automatic reply", on sent: String = "2026-11-26")
        throws
        -> String?
    {
        OutOfOffice(subject: subject, text: text, sentOn: try day(sent))?.returnDay.description
    }

    @Test(
        "who is back on a day is back on that day",
        arguments: [
            "I will be back on 3 December.", "I'll be back in the office on Thursday, 3 December 2026.",
            "I am back December 3rd.", "Returning on Dec. 3, 2026",
            "I return to the office on the 3rd of December",
            "We reopen on 2026-12-03.", "Back from vacation at 9:00 on 3 Dec",
            "I will be available again from 03.12.2026",
            "From 3 December I will be back at my desk.",
            "Ich bin ab dem 3.12. wieder erreichbar.",
            "Sie erreichen mich wieder ab Donnerstag, den 3. Dezember 2026.",
            "Am 03.12.26 bin ich wieder für Sie da.", "Zurück im Büro: 3. Dezember",
            "Ich bin wieder im Büro am 3/12/2026.",
            "Je serai de retour le 3 décembre.", "De retour au bureau le jeudi 3 décembre 2026",
            "Je reviens le 03/12/2026", "Le 3 décembre je serai de retour.",
            "Vuelvo el 3 de diciembre de 2026.", "Estaré de vuelta en la oficina el 03/12/2026",
            "Rientro il 3 dicembre.", "Tornerò in ufficio giovedì 3 dicembre",
            "Retorno ao escritório em 3 de dezembro.",
            "Ik ben weer aanwezig vanaf donderdag 3 december.", "Terug op 3-12-2026",
            "Wracam do biura 3 grudnia.",
            "Jag är tillbaka den 3 december.", "Вернусь в офис 3 декабря.",
            "我将于12月3日返回办公室。", "2026年12月3日（周四）恢复上班", "12月3日（木）より出社いたします。",
            "１２月３日に復帰いたします。", "12월 3일에 복귀합니다.",
        ])
    func backOn(text: String) throws { #expect(try back(text) == "2026-12-03") }

    @Test(
        "who is away until a day is back the day after",
        arguments: [
            "I am out of the office until 3 December.",
            "On leave until Thursday, December 3, 2026, without access to mail.",
            "I'm away through 12/03/2026 (no, 2026-12-03).".replacing("12/03/2026 (no, ", with: "").replacing(
                ").", with: "."),
            "I am on vacation until 5 pm on 3 December",
            "Our office is closed from 24 November to 3 December.",
            "Vacation 24 Nov - 3 Dec", "I am on leave from 1 to 3 December",
            "Ich bin bis zum 3.12. nicht im Büro.", "Ich bin bis einschließlich Do, 3. Dezember im Urlaub.",
            "Wir haben vom 24.11. bis 3.12. geschlossen.", "Urlaub vom 1. bis zum 3. Dezember",
            "Je suis absent jusqu'au 3 décembre inclus.",
            "Je suis en congé du 24 novembre au 3 décembre 2026",
            "Estoy fuera de la oficina hasta el 3 de diciembre.", "De vacaciones del 1 al 3 de diciembre",
            "Sono assente fino al 03/12/2026.", "Estou ausente até 3 de dezembro.",
            "Ik ben afwezig tot en met 3 december.", "Jestem nieobecny do 3 grudnia (urlop).",
            "Я в отпуске до 3 декабря.", "Jag har semester till och med den 3 december",
            "本人休假至12月3日。", "我从11月24日到12月3日休假", "12月1日から12月3日まで休みをいただきます。",
            "11月30日（月）～12月3日（木） 不在", "12월 3일까지 휴가입니다.",
        ])
    func until(text: String) throws { #expect(try back(text) == "2026-12-04") }

    @Test(
        "both said, the day of return counts, if they agree",
        arguments: [
            ("I am away until 3 December and back on 4 December.", "2026-12-04"),
            ("Away until Friday, 4 December. I will be back on Monday, 7 December.", "2026-12-07"),
            ("Vom 1.12. bis 3.12. im Urlaub, wieder da am 7.12.", "2026-12-07"),
            ("Away until 10 December; back on 4 December.", nil),
            ("Back on 3 December. / Zurück am 3. Dezember.", "2026-12-03"),
            ("Back on 3 December. / Zurück am 4. Dezember.", nil),
            ("Away until 3 December, and again until 20 December.", nil),
        ])
    func both(text: String, expected: String?) throws { #expect(try back(text) == expected) }

    @Test(
        "numbers with a slash are read by the language, by the year that would be over, or not at all",
        arguments: [
            ("Back on 12/03/2026", "2026-11-26", "2026-12-03"),
            ("Back on 03/12/2026", "2026-11-26", "2026-12-03"),
            ("Back on 01/02/2027", "2026-11-26", nil), ("Back on 12/03", "2026-11-26", nil),
            ("Back on 02/02/2027", "2026-11-26", "2027-02-02"),
            ("Back on 12/30/2026", "2026-11-26", "2026-12-30"),
            ("Back on Monday, 01/02/2027", "2026-11-26", "2027-02-01"),
            ("De retour le 01/02/2027", "2026-11-26", "2027-02-01"),
            ("Vuelvo el 01/02", "2026-11-26", "2027-02-01"),
            ("休假至1/2", "2026-11-26", "2027-01-03"),
        ])
    func slashes(text: String, sent: String, expected: String?) throws {
        #expect(try back(text, on: sent) == expected)
    }

    @Test(
        "a weekday alone is that of the coming week",
        arguments: [
            ("I'll be back on Monday.", "2026-11-30"), ("Back Thursday", "2026-12-03"),
            ("I am out of the office until Friday.", "2026-11-28"),
            ("Ich bin am Montag wieder da; zurück Montag", "2026-11-30"),
            ("Je serai de retour lundi.", "2026-11-30"), ("Vuelvo el lunes.", "2026-11-30"),
            ("Back on Monday 30", nil), ("I am out of the office until next Monday.", nil),
        ])
    func weekdays(text: String, expected: String?) throws { #expect(try back(text) == expected) }

    @Test("a weekday that is not that of the date makes it unsure")
    func wrongWeekday() throws {
        #expect(try back("Back on Monday, 3 December 2026") == nil)
        #expect(try back("Back on Thursday, 3 December 2026") == "2026-12-03")
    }

    @Test(
        "without a year it is the next such day, over the new year too",
        arguments: [
            ("Back on 7 January", "2026-12-20", "2027-01-07"),
            ("Ausente. Vuelvo el 3/1", "2026-12-20", "2027-01-03"),
            ("Back on 29 February", "2027-12-20", "2028-02-29"), ("Back on 29 February", "2026-12-20", nil),
        ])
    func newYear(text: String, sent: String, expected: String?) throws {
        #expect(try back(text, on: sent) == expected)
    }

    @Test(
        "never in the past, nor more than 180 days ahead",
        arguments: [
            ("Back on 2026-11-26", "2026-11-26"), ("Back on 2026-11-25", nil),
            ("Back on 3 December 2025", nil),
            ("Back on 2027-05-25", "2027-05-25"), ("Back on 2027-05-26", nil), ("Back on 25 November", nil),
            ("Out of office until 2026-11-26", "2026-11-27"), ("Out of office until 2026-11-25", nil),
            ("Out of office until 2027-05-25", nil), ("Back on 2026-02-30", nil),
        ])
    func window(text: String, expected: String?) throws { #expect(try back(text) == expected) }

    @Test(
        "what is not about an absence is left alone",
        arguments: [
            "", "Thank you for your message.", "Our offer is valid until 3 December.",
            "I am away. Our offer is valid until 3 December.",
            "Your ticket 3/12 was created on 3 December 2026.",
            "We open until 17:00", "I am out of the office until further notice.",
            "I will get back to you by 3 December.",
            "Back order 12, item 3 of 12", "I am on vacation. Call +49 30 12.12.20 - 3",
            "Returning 3 pieces on request",
            "Ich bin im Urlaub bis auf Weiteres", "Closed at 12:30", "I am travelling from 3 December on",
            "无法及时回复您的邮件", "12月3日に注文しました",
        ])
    func nothing(text: String) throws { #expect(try back(text) == nil) }

    @Test("the subject is read as well, and says where")
    func subject() throws {
        let subject = "Abwesend bis 3.12.: Re: Anfrage"
        let found = try #require(
            OutOfOffice(
                subject: subject, text: "Ich lese Ihre Nachricht später.", sentOn: try day("2026-11-26")))
        #expect(found.returnDay.description == "2026-12-04" && found.place == .subject)
        #expect(String(Array(subject)[found.span]) == "bis 3.12.")
    }

    @Test("the span is counted in Unicode scalars, accents and ideographs included")
    func span() throws {
        let text = "Cher·e client·e, né\u{301}anmoins 谢谢: je serai de retour le 3 décembre, à bientôt"
        let found = try #require(OutOfOffice(subject: "", text: text, sentOn: try day("2026-11-26")))
        let scalars = Array(text.unicodeScalars)[found.span]
        #expect(
            String(String.UnicodeScalarView(scalars)) == "de retour le 3 décembre" && found.place == .text)
    }

    @Test("what stands far down is not looked at, and no text takes long", .timeLimit(.minutes(1)))
    func limits() throws {
        let filler = String(repeating: "la la ", count: 1_000)
        #expect(try back(filler + "back on 3 December") == nil)
        for text in ["back ", "3.12.", "until 3 ", "1-", "（", "١٢"] {
            #expect(
                try back(String(repeating: text, count: 20_000)) == nil || text == "until 3 "
                    || text == "3.12.")
        }
    }
}
