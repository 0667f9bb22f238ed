import Negotiation

/// Something that came in by mailbox or webhook, before anybody looked into it.
public struct Arrival: Hashable, Sendable {
    public let id: ArrivalID
    /// Where it came from: `sandbox`, `imap`, `gmail`, or a webhook provider's name.
    public let source: String
    /// What the source calls it, or a digest of it where the source gives no name; unique per organization and source.
    public let externalID: String
    public let raw: [UInt8]
    public let receivedAt: Instant
    /// The mailbox that it was read from; `nil` for the sandbox and for webhooks.
    public let mailboxID: MailboxID?
    /// What the provider calls the conversation (Gmail's `threadId`), which no header carries.
    public let providerThreadID: String?

    /// The largest message that is taken in, in bytes.
    public static let largestRaw = 35 * 1024 * 1024

    public init(
        id: ArrivalID, source: String, externalID: String, raw: [UInt8], receivedAt: Instant,
        mailboxID: MailboxID? = nil, providerThreadID: String? = nil
    ) {
        self.mailboxID = mailboxID
        self.providerThreadID = providerThreadID
        self.id = id
        self.source = source
        self.externalID = externalID
        self.raw = raw
        self.receivedAt = receivedAt
    }

    /// What became of it.
    public enum State: String, Sendable, CaseIterable { case stored, read, quarantined, ignored }
}

/// A message of a thread, ours or the vendor's, as people read it.
public struct ThreadMessage: Hashable, Sendable {
    public let id: MessageID
    /// `nil` while nobody knows where it belongs.
    public let negotiationID: NegotiationID?
    public let direction: Direction
    public let arrivalID: ArrivalID?
    public let emailID: EmailID?
    /// Without angle brackets.
    public let mailMessageID: String
    public let inReplyTo: String?
    public let references: [String]
    public let subject: String
    public let from: MailAddress
    public let recipients: [MailAddress]
    /// What the message says of its date.
    public let date: Instant?
    public let receivedAt: Instant
    /// `reply`, `auto_reply`, `bounce`, `complaint`, `other`, or `outbound`.
    public let kind: String
    /// `accept`, `counter`, `decline`, `question` or `other`; `nil` for our own.
    public let intent: String?
    public let text: String
    public let replyText: String
    public let signature: String
    public let attachments: [Attachment]
    public let matchReason: String?
    public let matchState: MatchState
    /// The conversation's GUID in Outlook's Thread-Index, 32 lower-case hexadecimal digits.
    public var threadIndex: String?
    /// What the provider calls the conversation.
    public var providerThreadID: String?
    /// Whether it came with HTML, which a page of its own shows.
    public var hasHTML = false
    /// Who wrote it, judged by the vendor of its negotiation; `nil` for our own and for what belongs to none.
    public var sender: SenderReport?
    /// Bank accounts that the new text names, in a form to compare.
    public var bankAccounts: [String] = []

    /// Seen from us.
    public enum Direction: String, Sendable { case inbound, outbound }
    /// Whether it belongs to a negotiation, and who said so: `matched` is Parley's finding, `assigned` a person's.
    public enum MatchState: String, Sendable { case matched, unmatched, ambiguous, assigned }

    /// A file that came with the message.
    public struct Attachment: Hashable, Sendable, Codable {
        public let filename: String
        public let contentType: String
        /// Decoded octets.
        public let size: Int
        /// SHA-256 of the decoded octets in hexadecimal.
        public let sha256: String

        public init(filename: String, contentType: String, size: Int, sha256: String) {
            self.filename = filename
            self.contentType = contentType
            self.size = size
            self.sha256 = sha256
        }
    }

    public init(
        id: MessageID, negotiationID: NegotiationID?, direction: Direction, arrivalID: ArrivalID?,
        emailID: EmailID?, mailMessageID: String, inReplyTo: String?, references: [String], subject: String,
        from: MailAddress, recipients: [MailAddress], date: Instant?, receivedAt: Instant, kind: String,
        intent: String?, text: String, replyText: String, signature: String, attachments: [Attachment],
        matchReason: String?, matchState: MatchState
    ) {
        self.id = id
        self.negotiationID = negotiationID
        self.direction = direction
        self.arrivalID = arrivalID
        self.emailID = emailID
        self.mailMessageID = mailMessageID
        self.inReplyTo = inReplyTo
        self.references = references
        self.subject = subject
        self.from = from
        self.recipients = recipients
        self.date = date
        self.receivedAt = receivedAt
        self.kind = kind
        self.intent = intent
        self.text = text
        self.replyText = replyText
        self.signature = signature
        self.attachments = attachments
        self.matchReason = matchReason
        self.matchState = matchState
    }
}
