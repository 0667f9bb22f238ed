import Desk
import Negotiation

/// What a vendor, or a machine for it, writes back. Its bytes are what ``FakePostOffice`` reads.
public struct VendorMail: Sendable {
    public var from: String
    public var to: String
    public var messageID: String
    public var subject: String
    public var text: String
    /// Without angle brackets.
    public var inReplyTo: String?
    /// Further headers.
    public var headers: [(name: String, value: String)] = []

    /// A mail that answers nothing.
    public init(from: String, to: String, messageID: String, subject: String, text: String) {
        self.from = from
        self.to = to
        self.messageID = messageID
        self.subject = subject
        self.text = text
    }

    /// An answer to an email that was delivered: to its Reply-To, with In-Reply-To and subject as mail programs set them.
    public init(
        answering delivery: FakePostOffice.Delivery, from: String, messageID: String, text: String
    ) {
        let subject = Self.header("Subject", of: delivery)
        self.init(
            from: from, to: Self.header("Reply-To", of: delivery), messageID: messageID,
            subject: subject.hasPrefix("Re: ") ? subject : "Re: \(subject)", text: text)
        inReplyTo = delivery.messageID
    }

    /// A delivery report (RFC 3464) about an email that was delivered, bringing some of its headers back.
    public static func bounce(
        of delivery: FakePostOffice.Delivery, messageID: String, action: String, status: String,
        returning headers: [String] = ["Message-ID", "From", "To", "Reply-To", "Subject"]
    ) -> VendorMail {
        let fields = [
            "Final-Recipient: rfc822; \(delivery.recipients.first?.address ?? "")", "Action: \(action)",
            "Status: \(status)",
        ]
        let returned = headers.map { "\($0): \(header($0, of: delivery))" }
        var mail = VendorMail(
            from: "MAILER-DAEMON@mail.example", to: header("From", of: delivery), messageID: messageID,
            subject: "Delivery status notification",
            text: (fields + [""] + returned).joined(separator: "\n"))
        mail.headers.append(("Content-Type", "multipart/report; report-type=delivery-status"))
        return mail
    }

    /// As it arrives.
    public var raw: [UInt8] {
        var head = [
            "From: \(from)", "To: \(to)", "Message-ID: <\(messageID)>", "Subject: \(subject)",
        ]
        if let inReplyTo { head += ["In-Reply-To: <\(inReplyTo)>", "References: <\(inReplyTo)>"] }
        head += headers.map { "\($0.name): \($0.value)" }
        return Array((head + ["", text]).joined(separator: "\n").utf8)
    }

    private static func header(_ name: String, of delivery: FakePostOffice.Delivery) -> String {
        let line = delivery.text.split(separator: "\n").first { $0.hasPrefix("\(name): ") }
        return line.map { String($0.dropFirst(name.count + 2)) } ?? ""
    }
}
