import Negotiation

/// Where an organization writes from and is answered at. An organization without one has the sandbox.
public struct Mailbox: Hashable, Sendable {
    public let id: MailboxID
    public let organizationID: OrganizationID
    /// As people call it; unique within the organization, 1 to 255 characters.
    public let name: String
    /// What stands in `From` of what is sent from here; answers come to it with the reply token in its local part.
    public let address: MailAddress
    public let connection: MailboxConnection
    public let condition: MailboxCondition
    /// How far it was read.
    public let cursor: MailboxCursor?
    public let createdAt: Instant
    /// Kept apart: ``Change/setSendingRules(_:_:at:)`` writes it.
    public var sending = SendingRules.none

    public init(
        id: MailboxID, organizationID: OrganizationID, name: String, address: MailAddress,
        connection: MailboxConnection,
        condition: MailboxCondition, cursor: MailboxCursor?, createdAt: Instant
    ) {
        self.id = id
        self.organizationID = organizationID
        self.name = name
        self.address = address
        self.connection = connection
        self.condition = condition
        self.cursor = cursor
        self.createdAt = createdAt
    }

    /// Its servers; `nil` for a mailbox of Gmail.
    public var servers: MailServers? { if case .servers(let servers) = connection { servers } else { nil } }

    /// Under which name the receiving server says who wrote; `nil` where it says nothing that could be believed.
    public var authenticationServer: String? {
        switch connection {
        case .servers(let servers): servers.authenticationServer
        case .gmail: GmailSettings.authenticationServer
        }
    }

    /// Whether there is something to be read.
    public var isRead: Bool { servers.map { $0.incoming != nil } ?? true }
}

/// How a mailbox is reached.
public enum MailboxConnection: Hashable, Sendable {
    case servers(MailServers)
    case gmail(GmailSettings)
}

/// A mailbox of Gmail. The client's secret and the owner's grant stand in ``MailboxSecrets``.
public struct GmailSettings: Hashable, Sendable, Codable {
    /// The OAuth 2.0 client that the owner of the mailbox has let in.
    public var clientID: String

    /// The name under which Gmail writes its Authentication-Results.
    static let authenticationServer = "mx.google.com"

    public init(clientID: String) { self.clientID = clientID }
}

/// Who gives the access tokens with which a user signs in to the servers of a mailbox (RFC 6749).
public struct MailboxOAuth: Hashable, Sendable, Codable {
    public var provider: Provider
    public var clientID: String

    /// Those whose token endpoints an operator trusts with secrets.
    public enum Provider: String, Hashable, Sendable, Codable, CaseIterable { case google, microsoft }

    public init(provider: Provider, clientID: String) {
        self.provider = provider
        self.clientID = clientID
    }
}

/// The servers of a mailbox. Passwords stand apart from them, in ``MailboxSecrets``.
public struct MailServers: Hashable, Sendable, Codable {
    /// Takes what is sent, by SMTP.
    public var outgoing: MailServer
    /// Holds what is answered, by IMAP; `nil` where answers come another way, by a webhook for example.
    public var incoming: MailServer?
    /// The folder that answers come to.
    public var inbox: String
    /// The folder that gets a copy of what was sent; `nil` where the server keeps one by itself.
    public var sentCopy: String?
    /// Access tokens instead of passwords; `nil` for passwords.
    public var oauth: MailboxOAuth?
    /// How what leaves is signed (DKIM, RFC 6376); `nil` where the server signs by itself, as most do.
    public var signing: MailSigning?
    /// The name under which the receiving server writes its Authentication-Results (RFC 8601), such as `mx.example.com`;
    /// only what stands under that name is believed. `nil` where it writes none: then Parley checks signatures itself.
    public var authenticationServer: String?
    /// Whether what was taken is flagged `\Seen`; off leaves all flags as they are.
    public var marksSeen: Bool

    public init(
        outgoing: MailServer, incoming: MailServer? = nil, inbox: String = "INBOX", sentCopy: String? = nil,
        marksSeen: Bool = false, authenticationServer: String? = nil,
        oauth: MailboxOAuth? = nil
    ) {
        self.oauth = oauth
        self.authenticationServer = authenticationServer
        self.outgoing = outgoing
        self.incoming = incoming
        self.inbox = inbox
        self.sentCopy = sentCopy
        self.marksSeen = marksSeen
    }
}

/// One server and who signs in to it.
public struct MailServer: Hashable, Sendable, Codable {
    public var host: String
    public var port: Int
    public var security: Security
    /// `nil` signs in to nothing.
    public var user: String?

    /// How the connection is kept from being read: not at all, from `STARTTLS` on, from the first byte.
    public enum Security: String, Hashable, Sendable, Codable, CaseIterable { case none, starttls, tls }

    public init(host: String, port: Int, security: Security, user: String? = nil) {
        self.host = host
        self.port = port
        self.security = security
        self.user = user
    }
}

/// The name under which a mailbox signs. The key stands in ``MailboxSecrets``.
public struct MailSigning: Hashable, Sendable, Codable {
    /// The domain of the address, in lower case.
    public var domain: String
    /// Which of the domain's keys it is.
    public var selector: String
    /// The TXT record to publish at `selector._domainkey.domain`.
    public var record: String

    public init(domain: String, selector: String, record: String) {
        self.domain = domain
        self.selector = selector
        self.record = record
    }

    /// Where the record belongs.
    public var recordName: String { "\(selector)._domainkey.\(domain)" }
}

/// What opens a mailbox. Encrypted wherever it is kept, never shown again, never logged.
public struct MailboxSecrets: Hashable, Sendable, Codable {
    public var outgoingPassword: String?
    /// `nil` where it is the outgoing one.
    public var incomingPassword: String?
    /// The private key that signs, in PEM.
    public var signingKey: String?
    /// The secret of the OAuth 2.0 client.
    public var clientSecret: String?
    /// What the owner of the mailbox has granted, as it was given; access tokens are asked for with it.
    public var refreshToken: String?
    /// What has taken its place since, where the server changes it from time to time.
    public var renewedRefreshToken: String?

    /// The one that counts now.
    public var currentRefreshToken: String? { renewedRefreshToken ?? refreshToken }

    public init(
        outgoingPassword: String? = nil, incomingPassword: String? = nil, signingKey: String? = nil,
        clientSecret: String? = nil, refreshToken: String? = nil
    ) {
        self.clientSecret = clientSecret
        self.refreshToken = refreshToken
        self.signingKey = signingKey
        self.outgoingPassword = outgoingPassword
        self.incomingPassword = incomingPassword
    }
}

/// Whether a mailbox works.
public enum MailboxCondition: Hashable, Sendable {
    case working
    /// What is wrong, in words for the person who can mend it, with which half of its work, and since when.
    case failing(String, MailboxWork, since: Instant)
    /// Switched off by a person.
    case disabled
}

/// The halves of what a mailbox does; either may fail while the other works.
public enum MailboxWork: String, Hashable, Sendable, Codable { case sending, receiving }

/// How far a mailbox was read.
public enum MailboxCursor: Hashable, Sendable {
    case folder(FolderCursor)
    case gmail(GmailCursor)
}

/// How far a folder was read.
public struct FolderCursor: Hashable, Sendable, Codable {
    /// Changes when the server has given the messages other numbers.
    public var uidValidity: UInt32
    /// The number of the first message that has not been taken.
    public var nextUID: UInt32

    public init(uidValidity: UInt32, nextUID: UInt32) {
        self.uidValidity = uidValidity
        self.nextUID = nextUID
    }
}

/// One step of a test of a mailbox, for a person.
public struct MailboxProbeStep: Hashable, Sendable {
    /// What was tried, for example “Sign in to smtp.example.com”.
    public let title: String
    public let succeeded: Bool
    /// What came of it; how to mend it where it failed.
    public let detail: String
    /// The half of the mailbox's work that it belongs to.
    public let work: MailboxWork

    public init(_ title: String, _ work: MailboxWork = .sending, succeeded: Bool, detail: String) {
        self.work = work
        self.title = title
        self.succeeded = succeeded
        self.detail = detail
    }
}
