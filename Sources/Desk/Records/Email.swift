import Negotiation

/// An email to a vendor on its way; what it says stands in its contents.
public struct EmailRecord: Hashable, Sendable {
    public let id: EmailID
    public let negotiationID: NegotiationID
    public let kind: EmailKind
    public let status: EmailStatus
    public let statusReason: String?
    /// The content that counts.
    public let version: Int
    /// SHA-256 over the envelope and the MIME bytes of that content, computed by the database.
    public let digest: [UInt8]
    public let isMoneyRelated: Bool
    /// Without angle brackets; the same for every content of the email.
    public let messageID: String
    public let createdBy: UserID?
    public let createdAt: Instant
    public let sentAt: Instant?
    /// Not before this it leaves, while it is approved; `nil`: at once.
    public var sendsAt: Instant?

    public init(
        id: EmailID, negotiationID: NegotiationID, kind: EmailKind, status: EmailStatus,
        statusReason: String?,
        version: Int, digest: [UInt8], isMoneyRelated: Bool, messageID: String, createdBy: UserID?,
        createdAt: Instant, sentAt: Instant?
    ) {
        self.id = id
        self.negotiationID = negotiationID
        self.kind = kind
        self.status = status
        self.statusReason = statusReason
        self.version = version
        self.digest = digest
        self.isMoneyRelated = isMoneyRelated
        self.messageID = messageID
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.sentAt = sentAt
    }
}

extension EmailRecord {
    /// Whether no person decided to write it.
    public var isAutomatic: Bool { createdBy == nil || kind == .followUp }
}

/// Exactly what an email says and commits to. A content never changes: an edit makes the next version.
public struct EmailContent: Hashable, Sendable {
    public let emailID: EmailID
    /// From 1.
    public let version: Int
    public let kind: EmailKind
    public let sender: MailAddress
    public let recipients: [MailAddress]
    public let subject: String
    public let bodyText: String
    /// Sender, recipients and terms as canonical bytes, for the digest.
    public let envelope: [UInt8]
    /// The final MIME bytes.
    public let raw: [UInt8]
    /// Whether subject, text or a file mentions an amount, in digits or words; in doubt one does.
    public let mentionsAmounts: Bool
    public let terms: Terms?
    public let createdBy: UserID?
    public let createdAt: Instant

    public init(
        emailID: EmailID, version: Int, kind: EmailKind, sender: MailAddress, recipients: [MailAddress],
        subject: String, bodyText: String, envelope: [UInt8], raw: [UInt8], mentionsAmounts: Bool,
        terms: Terms?, createdBy: UserID?, createdAt: Instant
    ) {
        self.emailID = emailID
        self.version = version
        self.kind = kind
        self.sender = sender
        self.recipients = recipients
        self.subject = subject
        self.bodyText = bodyText
        self.envelope = envelope
        self.raw = raw
        self.mentionsAmounts = mentionsAmounts
        self.terms = terms
        self.createdBy = createdBy
        self.createdAt = createdAt
    }

    /// Whether it needs an approval: by its kind, or by what it says.
    public var isMoneyRelated: Bool { kind.isAlwaysMoney || mentionsAmounts }
}

/// What a list shows of a content, without its bytes, which may be many.
public struct EmailHeadline: Hashable, Sendable {
    public let kind: EmailKind
    public let subject: String
    public let terms: Terms?

    public init(kind: EmailKind, subject: String, terms: Terms?) {
        self.kind = kind
        self.subject = subject
        self.terms = terms
    }
}

/// A name and an address.
public struct MailAddress: Hashable, Sendable {
    public let name: String
    /// `local@domain`.
    public let address: String

    public init(name: String, address: String) {
        self.name = name
        self.address = address
    }
}

/// One attempt to hand an email to a mail server; on record before the first byte leaves.
public struct SendAttempt: Hashable, Sendable {
    public let id: SendAttemptID
    public let emailID: EmailID
    /// From 1; a result is written only for the attempt that it belongs to.
    public let number: Int
    public let version: Int
    public let worker: String
    public let startedAt: Instant
    public let outcome: Outcome
    /// What the server said.
    public let serverReply: String?
    /// The mailbox that it was made from; `nil` for the sandbox.
    public var mailboxID: MailboxID?
    /// When its end was put on record, before that when it was itself, by the clock of the books.
    public var notedAt: Instant?
    /// The worker that put its end on record. Where that is ``worker``, it was over by then for certain.
    public var endedBy: String?
    /// The person who settled it.
    public var settledBy: UserID?
    /// What was looked for and found, oldest first.
    public var evidence: [SendEvidence] = []

    /// What is known of how it ended; `open` until something is.
    public enum Outcome: String, Sendable, CaseIterable {
        case open, accepted, refused, deferred, unknown
    }

    public init(
        id: SendAttemptID, emailID: EmailID, number: Int, version: Int, worker: String, startedAt: Instant,
        outcome: Outcome, serverReply: String?
    ) {
        self.id = id
        self.emailID = emailID
        self.number = number
        self.version = version
        self.worker = worker
        self.startedAt = startedAt
        self.outcome = outcome
        self.serverReply = serverReply
    }
}
