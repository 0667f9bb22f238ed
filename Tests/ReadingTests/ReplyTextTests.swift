import Testing

@testable import Reading

@Suite("What the sender newly wrote")
struct ReplyTextTests {
    @Test("a reply above the quote, with its signature apart")
    func topReply() {
        let reply = ReplyText(
            text: """
                Hello,

                we can offer USD 950.

                Best regards,
                Dana Weber
                Vendor GmbH | Tel. +49 30 1234

                On Mon, Mar 2, 2026 at 9:00 AM Parley <buy@parley.example>
                wrote:
                > What is your price?
                """, senderName: "Dana Weber")
        #expect(reply.text == "Hello,\n\nwe can offer USD 950.")
        #expect(reply.signature == "Best regards,\nDana Weber\nVendor GmbH | Tel. +49 30 1234")
        #expect(reply.confidence == .high)
    }

    @Test("answers between the quoted lines are kept in order")
    func interleaved() {
        let reply = ReplyText(
            text: "Hi,\n\n> What is your price?\nUSD 950\n> And the lead time?\n\n3 weeks\n> Thanks\n\nDana",
            senderName: "Dana Weber")
        #expect(reply.text == "Hi,\n\nUSD 950\n\n3 weeks")
        #expect(reply.signature == "Dana")
    }

    @Test(
        "attributions of many languages are no text",
        arguments: [
            "Am 02.03.2026 um 09:00 schrieb Parley <buy@parley.example>:",
            "Le lun. 2 mars 2026 à 09:00, Parley <buy@parley.example> a écrit :",
            "El lun, 2 mar 2026 a las 9:00, Parley (<buy@parley.example>) escribió:",
            "Il giorno lun 2 mar 2026 alle ore 09:00 Parley <buy@parley.example> ha scritto:",
            "Op ma 2 mrt. 2026 om 09:00 schreef Parley <buy@parley.example>:",
            "Em seg., 2 de mar. de 2026 às 09:00, Parley <buy@parley.example> escreveu:",
            "W dniu 02.03.2026 o 09:00, Parley pisze:",
            "Den mån 2 mars 2026 kl 09:00 skrev Parley <buy@parley.example>:",
            "пн, 2 мар. 2026 г. в 09:00, Parley <buy@parley.example> пишет:",
            "2026年3月2日(月) 9:00 Parley <buy@parley.example>:",
            "Parley <buy@parley.example> 于2026年3月2日周一 09:00写道：",
            "2026년 3월 2일 (월) 오전 9:00, Parley <buy@parley.example>님이 작성:",
            "On 2 Mar 2026, at 09:00, Parley <buy@parley.example> wrote:",
            "Dne po 2. 3. 2026 9:00 uživatel Parley <buy@parley.example> napsal:",
            "2 Mart 2026 Pzt 09:00 tarihinde Parley <buy@parley.example> şunları yazdı:",
        ])
    func attributions(line: String) {
        for mark in ["> ", ""] where !(mark.isEmpty && line.hasSuffix("작성:")) {
            let reply = ReplyText(
                text: "Yes, 950 it is.\n\n\(line)\n\(mark)What is your price?\n\(mark)Parley")
            #expect(reply.text == "Yes, 950 it is.", "\(mark)")
        }
    }

    @Test(
        "the header block of Outlook ends the reply",
        arguments: [
            "From: Parley <buy@parley.example>\nSent: Monday, March 2, 2026 9:00 AM\nTo: Dana\nSubject: RFQ",
            "Von: Parley\nGesendet: Montag, 2. März 2026 09:00\nAn: Dana\nBetreff: RFQ",
            "De : Parley\nEnvoyé : lundi 2 mars 2026\nÀ : Dana\nObjet : RFQ",
            "*From:* Parley\n*Date:* 2 March 2026\n*To:* Dana\n*Subject:* RFQ",
            "发件人: Parley\n发送时间: 2026年3月2日\n收件人: Dana\n主题: RFQ",
            "________________________________\nFrom: Parley\nTo: Dana",
            "-----Original Message-----\nFrom: Parley",
            "-----Ursprüngliche Nachricht-----\nVon: Parley",
            "De: Parley\nEnviado el: lunes\nPara: Dana\nAsunto: RFQ",
        ])
    func headerBlocks(block: String) {
        #expect(ReplyText(text: "USD 950.\n\n\(block)\n\nWhat is your price?").text == "USD 950.")
    }

    @Test("lines with colons are kept")
    func colons() {
        let text = "Price: USD 950\nLead time: 3 weeks\nTo be confirmed: colour\nSubject to stock: yes"
        #expect(ReplyText(text: text).text == text)
    }

    @Test(
        "signatures begin with a delimiter, a formula, a name or a footer",
        arguments: [
            "-- \nDana Weber\nVendor GmbH", "Mit freundlichen Grüßen\nDana Weber", "Cordialement,\nDana",
            "Dana Weber\nSales Manager\nTel: +49 30 1234", "Sent from my iPhone",
            "Von meinem iPhone gesendet", "Best regards, Dana", "Thanks,\nDana",
            "Kind regards\n\nDana Weber\nSales\n\nThis e-mail is confidential and may be privileged. If you are not the intended recipient, please delete it.",
            "此致\n敬礼\n王小明", "С уважением,\nДана",
        ])
    func signatures(signature: String) {
        let reply = ReplyText(text: "We can do 950.\n\n\(signature)", senderName: "Dana Weber")
        #expect(reply.text == "We can do 950.")
        #expect(reply.signature == signature.replacing("-- \n", with: "--\n"))
    }

    @Test("thanks that begin a mail are no signature")
    func thanks() {
        let text =
            "Thanks,\nwe got your request and can offer USD 950 for each of the 20 pieces you asked for.\nDelivery takes 3 weeks."
        #expect(ReplyText(text: text).text == text)
        #expect(
            ReplyText(text: "Thank you for your offer.\nUSD 950 is fine.").text
                == "Thank you for your offer.\nUSD 950 is fine.")
    }

    @Test("a postscript is text")
    func postscript() {
        let reply = ReplyText(text: "Hello\n\nBest regards\nDana\n\nPS: the price is USD 940")
        #expect(reply.text == "Hello\n\nPS: the price is USD 940")
        #expect(reply.signature == "Best regards\nDana")
    }

    @Test("where nothing is left, everything stays, with low confidence")
    func nothingLeft() {
        let reply = ReplyText(text: "> only\n> quoted")
        #expect(reply.text == "> only\n> quoted")
        #expect(reply.confidence == .low)
        #expect(ReplyText(text: "").text == "")
    }

    @Test("a text made to be slow is not")
    func slow() {
        let clock = ContinuousClock()
        let texts = [
            String(repeating: "On On On wrote ", count: 20_000), String(repeating: "On a\n", count: 40_000),
            String(repeating: "From: a\n\n", count: 20_000),
            String(repeating: ">", count: 200_000), String(repeating: "Thanks\n", count: 40_000),
            String(repeating: "-", count: 300_000),
        ]
        for text in texts {
            let time = clock.measure { _ = ReplyText(text: text, senderName: "On On") }
            #expect(time < .seconds(10), "\(text.prefix(10))")
        }
    }
}
