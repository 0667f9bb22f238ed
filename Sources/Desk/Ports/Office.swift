import Jinja
import Negotiation
import Reading

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Everything that the use cases need from outside: one struct of ports, wired once.
public struct Office: Sendable {
    public var books: Books
    public var clock: Clock
    public var secrets: SecretsPort
    public var mail: MailPort
    public var templates: TemplatePort
    public var settings: OfficeSettings
    public var courier = CourierPort.none
    /// What inbound webhooks need.
    public var inbound = InboundPort.none
    let inFlight = AttemptsInFlight()
    let deliveryPlaces = DeliveryPlaces()

    public init(
        books: Books, clock: Clock, secrets: SecretsPort, mail: MailPort, templates: TemplatePort,
        settings: OfficeSettings
    ) {
        self.books = books
        self.clock = clock
        self.secrets = secrets
        self.mail = mail
        self.templates = templates
        self.settings = settings
    }
}

/// What an operator decides.
public struct OfficeSettings: Sendable {
    /// What links in emails begin with, without a slash at the end.
    public var publicURL: String
    /// Names this process in leases and attempts.
    public var worker: String

    public init(publicURL: String, worker: String) {
        self.publicURL = publicURL
        self.worker = worker
    }
}

/// Time, time zones, chance and new ids.
public struct Clock: Sendable {
    public var now: @Sendable () -> Instant
    /// A UUIDv7.
    public var newUUID: @Sendable () -> UUID
    /// A time zone by its name in the time zone database, such as `Europe/Berlin`; `nil` for one that it has not.
    public var zone: @Sendable (String) -> TimeZoneRules?
    /// 64 random bits.
    public var random: @Sendable () -> UInt64

    public init(
        now: @escaping @Sendable () -> Instant, newUUID: @escaping @Sendable () -> UUID,
        zone: @escaping @Sendable (String) -> TimeZoneRules? = { $0 == "UTC" ? .utc : nil },
        random: @escaping @Sendable () -> UInt64 = { .random(in: 0...(.max)) }
    ) {
        self.now = now
        self.newUUID = newUUID
        self.zone = zone
        self.random = random
    }

    /// A new id of any kind.
    public func newID<Record>() -> Identifier<Record> { Identifier(newUUID()) }
}

/// Secrets and digests.
public struct SecretsPort: Sendable {
    /// 256 random bits in base64url.
    public var newToken: @Sendable () throws -> String
    /// 160 random bits in lower-case letters and digits, for use in an address.
    public var newReplyToken: @Sendable () throws -> String
    public var sha256: @Sendable ([UInt8]) -> [UInt8]
    /// Whether the password belongs to the bcrypt hash; blocks for a quarter of a second off the caller's executor.
    /// `nil` stands for an unknown user and takes as long.
    public var verifyPassword: @Sendable (String, String?) async -> Bool
    /// bcrypt; throws for a password of more than 72 bytes.
    public var hashPassword: @Sendable (String) async throws -> String

    /// A key to sign mail with, given in PEM or made anew: the key in PEM and the TXT record with its public half.
    public var signingKey: @Sendable (String?) throws -> (pem: String, record: String)
    /// Encrypts what only this gateway may read.
    public var seal: @Sendable (MailboxSecrets) throws -> String
    /// Decrypts it; throws where it was sealed under a key that is not to be had.
    public var unseal: @Sendable (String) throws -> MailboxSecrets

    public init(
        newToken: @escaping @Sendable () throws -> String,
        newReplyToken: @escaping @Sendable () throws -> String,
        sha256: @escaping @Sendable ([UInt8]) -> [UInt8],
        verifyPassword: @escaping @Sendable (String, String?) async -> Bool,
        hashPassword: @escaping @Sendable (String) async throws -> String,
        signingKey: @escaping @Sendable (String?) throws -> (pem: String, record: String),
        seal: @escaping @Sendable (MailboxSecrets) throws -> String,
        unseal: @escaping @Sendable (String) throws -> MailboxSecrets
    ) {
        self.newToken = newToken
        self.newReplyToken = newReplyToken
        self.sha256 = sha256
        self.verifyPassword = verifyPassword
        self.hashPassword = hashPassword
        self.signingKey = signingKey
        self.seal = seal
        self.unseal = unseal
    }

    /// SHA-256 of a text in hexadecimal.
    public func hexDigest(_ text: String) -> String { hexDigest(Array(text.utf8)) }

    /// SHA-256 of some bytes in hexadecimal.
    public func hexDigest(_ bytes: [UInt8]) -> String {
        sha256(bytes).map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }
            .joined()
    }
}

/// An email before it is bytes.
public struct Letter: Hashable, Sendable {
    public var messageID: String
    public var date: Instant
    public var from: MailAddress
    public var to: [MailAddress]
    public var replyTo: MailAddress?
    public var subject: String
    public var text: String
    /// Whether the text goes in HTML as well.
    public var hasHTML = false
    /// What goes along.
    public var files: [EmailFile] = []
    /// Without angle brackets.
    public var inReplyTo: String?
    public var references: [String]
    /// Whether a machine decided to write it (RFC 3834).
    public var isAutomatic: Bool

    public init(
        messageID: String, date: Instant, from: MailAddress, to: [MailAddress], replyTo: MailAddress? = nil,
        subject: String, text: String, inReplyTo: String? = nil, references: [String] = [],
        isAutomatic: Bool = false
    ) {
        self.messageID = messageID
        self.date = date
        self.from = from
        self.to = to
        self.replyTo = replyTo
        self.subject = subject
        self.text = text
        self.inReplyTo = inReplyTo
        self.references = references
        self.isAutomatic = isAutomatic
    }
}

/// Making, handing over and reading mail.
public struct MailPort: Sendable {
    /// The address that an organization writes from and is answered at, with the token in it where there is one.
    public var address: @Sendable (Organization, String?) async throws -> MailAddress
    /// The final bytes of a letter; the same letter gives the same bytes. Throws ``DeskError/unwritable``.
    public var compose: @Sendable (Letter) throws -> [UInt8]
    /// The files in the bytes of a letter, in their order.
    public var files: @Sendable ([UInt8]) -> [EmailFile]
    /// Hands an approved email to the mail server.
    public var send: @Sendable (ApprovedEmail) async -> SendResult
    /// Whether there is positive evidence that the email with this Message-ID has been taken.
    public var wasSent: @Sendable (OrganizationID, SendAttempt, String) async -> Bool
    /// Hands a letter to somebody of one's own organization to the mail server.
    public var sendToStaff: @Sendable (StaffLetter) async -> SendResult
    /// Tries a mailbox: connects, signs in, sends a probe to itself and finds it.
    public var probe: @Sendable (Mailbox, MailboxSecrets) async -> [MailboxProbeStep]
    /// What a message says. Throws ``DeskError/unreadable`` when nothing can be read from it.
    public var read: @Sendable ([UInt8]) throws -> Reading.Message
    /// The files that came with a message. Throws ``DeskError/unreadable`` like ``read``.
    public var receivedFiles: @Sendable ([UInt8]) throws -> [EmailFile]
    /// The form of somebody's HTML that may be shown: nothing in it acts, hides or reaches out.
    public var safeHTML: @Sendable (String) -> String
    /// What the signatures of a message prove (DKIM, RFC 6376), by the keys that the signers publish.
    public var checkSignatures: @Sendable ([UInt8], Instant) async -> [AuthenticationResult]

    public init(
        address: @escaping @Sendable (Organization, String?) async throws -> MailAddress,
        compose: @escaping @Sendable (Letter) throws -> [UInt8],
        files: @escaping @Sendable ([UInt8]) -> [EmailFile],
        send: @escaping @Sendable (ApprovedEmail) async -> SendResult,
        wasSent: @escaping @Sendable (OrganizationID, SendAttempt, String) async -> Bool,
        sendToStaff: @escaping @Sendable (StaffLetter) async -> SendResult,
        probe: @escaping @Sendable (Mailbox, MailboxSecrets) async -> [MailboxProbeStep],
        read: @escaping @Sendable ([UInt8]) throws -> Reading.Message,
        receivedFiles: @escaping @Sendable ([UInt8]) throws -> [EmailFile],
        safeHTML: @escaping @Sendable (String) -> String,
        checkSignatures: @escaping @Sendable ([UInt8], Instant) async -> [AuthenticationResult]
    ) {
        self.address = address
        self.compose = compose
        self.files = files
        self.send = send
        self.wasSent = wasSent
        self.sendToStaff = sendToStaff
        self.probe = probe
        self.read = read
        self.receivedFiles = receivedFiles
        self.safeHTML = safeHTML
        self.checkSignatures = checkSignatures
    }
}

/// How an attempt ended, as far as anybody can know.
public enum SendResult: Hashable, Sendable {
    /// The server took it.
    case accepted(String)
    /// Refused for now: surely not accepted.
    case deferred(String)
    /// The mailbox could send nothing at all: no connection, no trust, no sign-in. Surely not accepted.
    case unreachable(String)
    /// Refused for good: surely not accepted.
    case refused(String)
    /// Broken off after the bytes had begun to leave.
    case unknown(String)
}

/// Email templates.
public struct TemplatePort: Sendable {
    /// The template of an organization for a kind of email: subject and text. Throws ``DeskError/template``.
    public var email: @Sendable (OrganizationID, String) async throws -> EmailTemplate
    /// Renders a template with strict undefined.
    public var render:
        @Sendable (EmailTemplate, [String: Value], Instant) throws -> (subject: String, text: String)

    public init(
        email: @escaping @Sendable (OrganizationID, String) async throws -> EmailTemplate,
        render:
            @escaping @Sendable (EmailTemplate, [String: Value], Instant) throws -> (
                subject: String, text: String
            )
    ) {
        self.email = email
        self.render = render
    }
}

/// The source of an email: its subject line and its text.
public struct EmailTemplate: Hashable, Sendable {
    public let name: String
    public let subject: String
    public let body: String

    public init(name: String, subject: String, body: String) {
        self.name = name
        self.subject = subject
        self.body = body
    }
}
