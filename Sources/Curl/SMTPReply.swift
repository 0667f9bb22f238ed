/// What an SMTP server said (RFC 5321, section 4.2).
public struct SMTPReply: Hashable, Sendable, CustomStringConvertible {
    /// Three digits: 2 yes, 4 not now, 5 no.
    public let code: Int
    /// The words after the code, one line for each line of the reply; an enhanced code (RFC 3463) stands in front.
    public let text: String

    public init(code: Int, text: String) {
        self.code = code
        self.text = text
    }

    public var description: String { text.isEmpty ? "\(code)" : "\(code) \(text)" }

    /// Whether it will be the same tomorrow.
    public var isPermanent: Bool { code >= 500 }
}

/// From whom and to whom a message goes, whatever its headers say.
public struct MailEnvelope: Hashable, Sendable {
    public let sender: String
    public let recipients: [String]

    /// Recipients of one message; RFC 5321, section 4.5.3.1.8, lets a server refuse more.
    public static let mostRecipients = 100
    /// Bytes of an address (RFC 5321, section 4.5.3.1.3, and the brackets).
    static let longestAddress = 254

    /// Throws ``CurlError/unsendable(_:)`` for an address that could end the command that it stands in.
    public init(sender: String, recipients: [String]) throws(CurlError) {
        guard !recipients.isEmpty, recipients.count <= Self.mostRecipients else {
            throw .unsendable("A message goes to between 1 and \(Self.mostRecipients) recipients")
        }
        for address in recipients + [sender] where !Self.isPlain(address) {
            throw .unsendable("“\(address.prefix(80))” is no address that a mail server can be told")
        }
        self.sender = sender
        self.recipients = recipients
    }

    private static func isPlain(_ address: String) -> Bool {
        let bytes = address.utf8
        guard (3...longestAddress).contains(bytes.count), bytes.contains(0x40) else { return false }
        return bytes.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x3C && $0 != 0x3E }
    }
}

/// How the sending of a message ended, as far as anybody can know.
public enum SMTPOutcome: Hashable, Sendable {
    /// The server took it for every recipient.
    case accepted(SMTPReply)
    /// The server surely has not taken it: it said so, or was never offered it.
    case notAccepted(SMTPRefusal)
    /// The message had begun to leave, and no answer came.
    case unknown(CurlError)
}

/// Why a message was surely not taken.
public struct SMTPRefusal: Hashable, Sendable {
    public let error: CurlError
    /// What the server said, if it said anything.
    public let reply: SMTPReply?
    /// The recipient that the server does not want; it then gets the message for none.
    public let recipient: String?
    /// Whether the server said no to this message for good. What only concerns the connection, a password for instance, is
    /// none of the message's fault.
    public let isPermanent: Bool

    public init(error: CurlError, reply: SMTPReply?, recipient: String?, isPermanent: Bool) {
        self.error = error
        self.reply = reply
        self.recipient = recipient
        self.isPermanent = isPermanent
    }
}
