import Negotiation
import Reading

/// A message to be sent, as a value. The same value always composes to the same bytes, since the digest of
/// the bytes is what gets approved: date, message id and boundary seed are part of it.
public struct OutgoingMessage: Equatable, Sendable {
    /// `left@right`, without `<` and `>`.
    public var messageID: String
    public var date: Instant
    public var from: Address
    public var to: [Address]
    public var cc: [Address] = []
    /// Where answers should go, with the reply token in it.
    public var replyTo: Address?
    public var subject: String
    /// The id of the message this one answers, without `<` and `>`.
    public var inReplyTo: String?
    /// Ids of the conversation, oldest first. Of more than 30 the first and the last ones are written.
    public var references: [String] = []
    /// Set for anything that a person did not send by hand (RFC 3834, 5).
    public var autoSubmitted: AutoSubmitted?
    /// Further headers, such as `X-Parley-Organization`; never one that the composer writes itself.
    public var extraHeaders: [Header] = []
    /// The text, with LF or CR LF line ends. Lines are sent as they are.
    public var text: String
    /// The same in HTML, if there is any.
    public var html: String?
    public var attachments: [OutgoingAttachment] = []
    /// From which the boundaries of multiparts are made: any text, best the email's id.
    public var boundarySeed: String

    /// A plain message; everything else is set afterwards.
    public init(
        messageID: String, date: Instant, from: Address, to: [Address], subject: String, text: String,
        boundarySeed: String
    ) {
        self.messageID = messageID
        self.date = date
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.boundarySeed = boundarySeed
    }

    /// How a machine came to send it.
    public enum AutoSubmitted: String, Sendable {
        /// On its own: a follow-up, a notice.
        case generated = "auto-generated"
        /// In answer to a message.
        case replied = "auto-replied"
    }
}

/// A file that goes with a message.
public struct OutgoingAttachment: Equatable, Sendable {
    public var filename: String
    /// `type/subtype`, such as `application/pdf`.
    public var contentType: String
    public var content: [UInt8]

    /// A file.
    public init(filename: String, contentType: String, content: [UInt8]) {
        self.filename = filename
        self.contentType = contentType
        self.content = content
    }
}
