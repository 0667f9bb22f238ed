import Negotiation

/// What somebody looked for, or what came by itself, about the question whether an attempt reached the mail server.
public struct SendEvidence: Hashable, Sendable {
    public let kind: Kind
    /// For people, one sentence.
    public let words: String
    public let at: Instant
    /// The message that refers to the email.
    public var messageID: MessageID?
    /// By what it refers to it.
    public var reference: Reference?

    /// Where it comes from.
    public enum Kind: String, Sendable, CaseIterable {
        /// A message of somebody at the vendor.
        case reply
        /// A message of a machine at the vendor.
        case autoReply = "auto_reply"
        /// A delivery report or a complaint.
        case bounce
        /// The email was found where copies are kept.
        case copy
        /// It was looked for there and not found, which proves nothing.
        case search
        /// A person's word.
        case person
    }

    /// How a message names an email.
    public enum Reference: String, Sendable, CaseIterable {
        case inReplyTo = "in_reply_to"
        case references
        /// The Message-ID of the message that a report brings back.
        case returned = "returned_message_id"
        /// The reply token, where only one email could have brought it to the vendor.
        case replyToken = "reply_token"
    }

    public init(
        _ kind: Kind, _ words: String, at: Instant, message: MessageID? = nil, reference: Reference? = nil
    ) {
        self.kind = kind
        self.words = words
        self.at = at
        messageID = message
        self.reference = reference
    }
}
