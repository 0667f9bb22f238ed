import Desk
import Negotiation

/// One thing that has to work before requests make sense.
public struct ReadinessCheck: Hashable, Sendable {
    /// A short name such as `database`.
    public let name: String
    public let isReady: Bool
    /// What is wrong and how to mend it, or what was found.
    public let detail: String

    public init(_ name: String, isReady: Bool, detail: String) {
        self.name = name
        self.isReady = isReady
        self.detail = detail
    }
}

/// Something that everybody of an organization should see on every page until it is mended: a mailbox that refuses
/// its password, jobs that are stuck.
public struct Notice: Hashable, Sendable {
    public let text: String
    /// How to mend it; may be empty.
    public let advice: String

    public init(_ text: String, advice: String) {
        self.text = text
        self.advice = advice
    }
}

/// What pages show besides their content.
public struct Surroundings: Hashable, Sendable {
    /// What stands at their top.
    public var notices: [Notice]
    /// Whether mail goes to the sandbox and can be answered there.
    public var hasSandbox: Bool

    public init(notices: [Notice] = [], hasSandbox: Bool = false) {
        self.notices = notices
        self.hasSandbox = hasSandbox
    }
}

/// Remembers answers to `POST` requests that carry an `Idempotency-Key`, per organization.
public struct IdempotencyPort: Sendable {
    /// Takes a key for a request: organization, key, route, SHA-256 of the request, now. Atomic: of two requests
    /// with the same key only one finds it fresh.
    public var begin: @Sendable (OrganizationID, String, String, [UInt8], Instant) async throws -> Beginning
    /// Stores the answer under a key that was taken: organization, key, HTTP status, body.
    public var finish: @Sendable (OrganizationID, String, Int, [UInt8]) async throws -> Void
    /// Gives a key back whose request surely had no effect.
    public var abandon: @Sendable (OrganizationID, String) async throws -> Void

    /// What is known of a key.
    public enum Beginning: Hashable, Sendable {
        /// Nothing: the key is now taken.
        case fresh
        /// The same request was answered with this status and body.
        case answered(Int, [UInt8])
        /// The same request began at that instant and has no answer yet.
        case unfinished(since: Instant)
        /// The key was used for another request.
        case otherRequest
    }

    public init(
        begin:
            @escaping @Sendable (OrganizationID, String, String, [UInt8], Instant) async throws -> Beginning,
        finish: @escaping @Sendable (OrganizationID, String, Int, [UInt8]) async throws -> Void,
        abandon: @escaping @Sendable (OrganizationID, String) async throws -> Void
    ) {
        self.begin = begin
        self.finish = finish
        self.abandon = abandon
    }
}

/// The vendor's side of the sandbox mailbox.
public struct SandboxPort: Sendable {
    /// Whether an organization has the sandbox mailbox.
    public var isUsed: @Sendable (OrganizationID) async throws -> Bool
    /// What vendors got from an organization, newest first, at most ``mostLetters``.
    public var outbox: @Sendable (OrganizationID) async throws -> [SandboxLetter]
    /// Writes a vendor's answer to the letter with this Message-ID, from its recipient, with the text.
    public var answer: @Sendable (OrganizationID, String, String) async throws -> Void

    /// Letters that the page shows.
    public static let mostLetters = 100
    /// The longest answer, in characters.
    public static let longestAnswer = 20_000

    public init(
        isUsed: @escaping @Sendable (OrganizationID) async throws -> Bool,
        outbox: @escaping @Sendable (OrganizationID) async throws -> [SandboxLetter],
        answer: @escaping @Sendable (OrganizationID, String, String) async throws -> Void
    ) {
        self.isUsed = isUsed
        self.outbox = outbox
        self.answer = answer
    }

    /// No organization has a sandbox.
    public static let none = SandboxPort(isUsed: { _ in false }, outbox: { _ in [] }, answer: { _, _, _ in })
}

/// A letter as the vendor got it.
public struct SandboxLetter: Hashable, Sendable {
    /// The Message-ID without angle brackets.
    public let messageID: String
    public let sentAt: Instant?
    public let from: String
    /// Name and address of the vendor.
    public let to: String
    public let subject: String
    public let text: String
    /// Names of the files that came along.
    public let attachments: [String]
    /// What the vendor has answered to it so far, oldest first.
    public let answers: [String]

    public init(
        messageID: String, sentAt: Instant?, from: String, to: String, subject: String, text: String,
        attachments: [String] = [], answers: [String] = []
    ) {
        self.messageID = messageID
        self.sentAt = sentAt
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.attachments = attachments
        self.answers = answers
    }
}
