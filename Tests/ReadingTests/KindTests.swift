import Testing

@testable import Reading

@Suite("Kinds of mail")
struct KindTests {
    private func message(
        _ subject: String, _ headers: [Header] = [], from: String = "sales@vendor.example", text: String = ""
    ) -> Message {
        var message = Message()
        message.subject = subject
        message.headers = headers
        message.from = Address(address: from)
        message.text = text
        return message
    }

    @Test(
        "machines that answer say so by header, subject or opening words",
        arguments: [
            ("Re: RFQ", Header("Auto-Submitted", "auto-replied"), ""),
            ("Re: RFQ", Header("Auto-Submitted", "auto-generated (vacation)"), ""),
            ("RFQ", Header("X-Autoreply", "yes"), ""), ("RFQ", Header("Precedence", "auto_reply"), ""),
            ("Automatic reply: RFQ", Header("X", ""), ""), ("Abwesenheitsnotiz: RFQ", Header("X", ""), ""),
            ("Réponse automatique : RFQ", Header("X", ""), ""), ("自动回复: RFQ", Header("X", ""), ""),
            ("Away", Header("X", ""), "I am currently out of the office until Monday."),
            ("[Ticket received] 4711", Header("X", ""), ""),
        ])
    func automatic(subject: String, header: Header, text: String) {
        #expect(Kind(of: message(subject, [header], text: text)) == .autoReply)
    }

    @Test("people are not taken for machines")
    func people() {
        var answer = message(
            "Re: RFQ", [Header("Auto-Submitted", "no"), Header("X-Auto-Response-Suppress", "All")])
        answer.inReplyTo = "a@parley"
        #expect(Kind(of: answer) == .reply)
        #expect(Kind(of: message("Re: Automatic reply: RFQ", text: "I am back.")) == .reply)
        #expect(
            Kind(
                of: message(
                    "Delivery delayed",
                    text: "The delivery of your goods is delayed, they could not be delivered.")) == .other)
        #expect(Kind(of: message("Our new catalogue")) == .other)
    }

    @Test("reports are told by their structure")
    func reports() {
        var delivery = message("anything")
        delivery.report = Report(subject: .delivery)
        #expect(Kind(of: delivery) == .bounce)
        delivery.report = Report(subject: .complaint)
        #expect(Kind(of: delivery) == .complaint)
        delivery.report = Report(subject: .disposition)
        #expect(Kind(of: delivery) == .autoReply)
        #expect(
            Kind(of: message("Undelivered Mail Returned to Sender", from: "MAILER-DAEMON@mx.example"))
                == .bounce)
    }

    @Test("Action beats Status, and the original recipient beats the final one")
    func delayed() {
        var mail = message("Delayed", from: "MAILER-DAEMON@mx.example")
        mail.report = Report(
            subject: .delivery,
            groups: [
                [Header("Reporting-MTA", "dns; mx.example")],
                [
                    Header("Final-Recipient", "rfc822; inner@vendor.example"),
                    Header("Original-Recipient", "rfc822;sales@vendor.example"),
                    Header("Action", "delayed"), Header("Status", "5.0.0 (odd)"),
                    Header("Diagnostic-Code", "smtp; 450 4.2.0 greylisted"),
                ],
            ], returnedHeaders: [Header("Message-ID", "<a@parley>")])
        let bounce = Bounce(of: mail)
        #expect(bounce.action == .delayed)
        #expect(bounce.status == "5.0.0")
        #expect(bounce.recipient == "sales@vendor.example")
        #expect(bounce.originalMessageID == "a@parley")
    }

    @Test("prose alone tells recipient, status and action")
    func prose() {
        let text =
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<sales@vendor.example>:\n550 5.1.1 user unknown\n"
        let mail = message("failure notice", from: "MAILER-DAEMON@mx.example", text: text)
        let bounce = Bounce(of: mail)
        #expect(bounce.recipient == "sales@vendor.example")
        #expect(bounce.status == "5.1.1")
        #expect(bounce.action == .failed)
        #expect(
            Bounce(
                of: message(
                    "Warning: could not send message for past 4 hours", from: "MAILER-DAEMON@mx.example")
            ).action == .delayed)
    }
}
