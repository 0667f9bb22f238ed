import Negotiation

/// Where an organization writes from and is answered at. An organization without one has the sandbox.
public struct Mailbox: Hashable, Sendable {
    public let id: MailboxID
    public let organizationID: OrganizationID
    /// As people call it; unique within the organization, 1 to 255 characters.
    public let name: String
    /// What stands in `From` of what is sent from here; answers come to it with the reply token in its local part.
    public let address: MailAddress
    public let account: MailAccount
    public let condition: MailboxCondition
    /// How far it was read.
    public let cursor: MailboxCursor

    public init(
        id: MailboxID, organizationID: OrganizationID, name: String, address: MailAddress,
        account: MailAccount,
        condition: MailboxCondition, cursor: MailboxCursor
    ) {
        self.id = id
        self.organizationID = organizationID
        self.name = name
        self.address = address
        self.account = account
        self.condition = condition
        self.cursor = cursor
    }
}

/// How a mailbox is reached. Secrets stand apart from it, in ``MailboxSecrets``.
public enum MailAccount: Hashable, Sendable, Codable {
    /// The two Maildirs of the home folder.
    case sandbox
    case servers(MailServers)
    case gmail(GmailAccount)
}

/// A mailbox that is written to by SMTP and read by IMAP.
public struct MailServers: Hashable, Sendable, Codable {
    public var outgoing: MailServer
    /// `nil` where answers come another way, by a webhook for example.
    public var incoming: MailServer?
    /// The folder that answers come to.
    public var inbox: String
    /// The folder that gets a copy of what was sent; `nil` where the server keeps one by itself.
    public var sentCopy: String?
    /// Whether what was taken is flagged `\Seen`; off leaves all flags as they are.
    public var marksSeen: Bool
    /// The `authserv-id` (RFC 8601, section 2.5) of the receiving server, whose `Authentication-Results` alone are
    /// believed; `nil` believes none.
    public var authenticationServer: String?
    /// Signs what leaves, for those whose server does not.
    public var signing: MailSigning?

    public init(
        outgoing: MailServer, incoming: MailServer? = nil, inbox: String = "INBOX", sentCopy: String? = nil,
        marksSeen: Bool = false, authenticationServer: String? = nil, signing: MailSigning? = nil
    ) {
        self.outgoing = outgoing
        self.incoming = incoming
        self.inbox = inbox
        self.sentCopy = sentCopy
        self.marksSeen = marksSeen
        self.authenticationServer = authenticationServer
        self.signing = signing
    }
}

/// One server and how to sign in to it.
public struct MailServer: Hashable, Sendable, Codable {
    public var host: String
    public var port: Int
    public var security: Security
    /// `nil` signs in to nothing.
    public var user: String?
    public var login: Login

    /// How the connection is kept from being read.
    public enum Security: String, Hashable, Sendable, Codable, CaseIterable { case none, starttls, tls }
    /// What the user signs in with.
    public enum Login: String, Hashable, Sendable, Codable, CaseIterable { case password, oauth2 }

    public init(
        host: String, port: Int, security: Security, user: String? = nil, login: Login = .password
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.user = user
        self.login = login
    }
}

/// Where access tokens are had for a refresh token (RFC 6749, section 6).
public struct OAuthClient: Hashable, Sendable, Codable {
    public var tokenURL: String
    public var clientID: String

    public init(tokenURL: String, clientID: String) {
        self.tokenURL = tokenURL
        self.clientID = clientID
    }
}

/// A mailbox that is written to and read by Gmail's HTTP interface.
public struct GmailAccount: Hashable, Sendable, Codable {
    public var client: OAuthClient
    /// The Pub/Sub topic that is told of new mail, `projects/…/topics/…`; `nil` polls only.
    public var topic: String?

    public init(client: OAuthClient, topic: String? = nil) {
        self.client = client
        self.topic = topic
    }
}

/// DKIM (RFC 6376): whose key signs.
public struct MailSigning: Hashable, Sendable, Codable {
    public var domain: String
    public var selector: String

    public init(domain: String, selector: String) {
        self.domain = domain
        self.selector = selector
    }
}

/// What opens a mailbox. Encrypted wherever it is kept, never shown again, never logged.
public struct MailboxSecrets: Hashable, Sendable, Codable {
    public var outgoingPassword: String?
    /// `nil` where it is the outgoing one.
    public var incomingPassword: String?
    public var oauthClient: OAuthClient?
    public var oauthClientSecret: String?
    public var oauthRefreshToken: String?
    /// PEM, RSA or Ed25519.
    public var signingKey: String?

    public init(
        outgoingPassword: String? = nil, incomingPassword: String? = nil, oauthClient: OAuthClient? = nil,
        oauthClientSecret: String? = nil, oauthRefreshToken: String? = nil, signingKey: String? = nil
    ) {
        self.outgoingPassword = outgoingPassword
        self.incomingPassword = incomingPassword
        self.oauthClient = oauthClient
        self.oauthClientSecret = oauthClientSecret
        self.oauthRefreshToken = oauthRefreshToken
        self.signingKey = signingKey
    }
}

/// Whether a mailbox works.
public enum MailboxCondition: Hashable, Sendable {
    case working
    /// What is wrong, in words for the person who can mend it, and since when.
    case failing(String, since: Instant)
    /// Switched off by a person.
    case disabled
}

/// How far a mailbox was read, in the words of the room that reads it: JSON, at most 64 KiB, `{}` at the beginning.
public struct MailboxCursor: Hashable, Sendable {
    public let json: String

    public static let beginning = MailboxCursor(json: "{}")

    public init(json: String) { self.json = json }
}

/// One step of a test of a mailbox, for a person.
public struct MailboxProbeStep: Hashable, Sendable {
    /// What was tried, for example “sign in to smtp.example.com”.
    public let title: String
    public let succeeded: Bool
    /// What came of it; how to mend it where it failed.
    public let detail: String

    public init(_ title: String, succeeded: Bool, detail: String) {
        self.title = title
        self.succeeded = succeeded
        self.detail = detail
    }
}
