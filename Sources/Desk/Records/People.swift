import Negotiation

/// A company or team: the tenant.
public struct Organization: Hashable, Sendable {
    public let id: OrganizationID
    public let name: String
    /// Unique among all organizations; lower-case letters, digits and hyphens, at most 100.
    public let slug: String
    public let createdAt: Instant

    public init(id: OrganizationID, name: String, slug: String, createdAt: Instant) {
        self.id = id
        self.name = name
        self.slug = slug
        self.createdAt = createdAt
    }
}

/// A person of an organization.
public struct User: Hashable, Sendable {
    public let id: UserID
    public let organizationID: OrganizationID
    /// The sign-in address, lower-cased, unique among all organizations.
    public let email: String
    public let fullName: String
    public let role: UserRole
    public let isActive: Bool
    /// bcrypt.
    public let passwordHash: String

    public init(
        id: UserID, organizationID: OrganizationID, email: String, fullName: String, role: UserRole,
        isActive: Bool, passwordHash: String
    ) {
        self.id = id
        self.organizationID = organizationID
        self.email = email
        self.fullName = fullName
        self.role = role
        self.isActive = isActive
        self.passwordHash = passwordHash
    }
}

/// A key with which a program signs in.
public struct APIKey: Hashable, Sendable {
    public let id: APIKeyID
    public let organizationID: OrganizationID
    /// In whose name it acts.
    public let createdBy: UserID
    public let name: String
    /// The first characters, to recognise it by.
    public let prefix: String
    /// SHA-256 of the whole key in hexadecimal.
    public let keyHash: String
    public let scopes: [String]
    public let isActive: Bool
    public let expiresAt: Instant?
    public let createdAt: Instant

    public init(
        id: APIKeyID, organizationID: OrganizationID, createdBy: UserID, name: String, prefix: String,
        keyHash: String, scopes: [String], isActive: Bool, expiresAt: Instant?, createdAt: Instant
    ) {
        self.id = id
        self.organizationID = organizationID
        self.createdBy = createdBy
        self.name = name
        self.prefix = prefix
        self.keyHash = keyHash
        self.scopes = scopes
        self.isActive = isActive
        self.expiresAt = expiresAt
        self.createdAt = createdAt
    }
}

/// A signed-in browser or a refresh token of a program: a row of `refresh_tokens`.
public struct Session: Hashable, Sendable {
    public let id: SessionID
    public let organizationID: OrganizationID
    public let userID: UserID
    /// SHA-256 of the secret in hexadecimal.
    public let tokenHash: String
    public let kind: Kind
    public let createdAt: Instant
    public let expiresAt: Instant

    /// What the session is for; a token of one kind is not accepted for the other.
    public enum Kind: String, Sendable { case browser, refresh }

    public init(
        id: SessionID, organizationID: OrganizationID, userID: UserID, tokenHash: String, kind: Kind,
        createdAt: Instant, expiresAt: Instant
    ) {
        self.id = id
        self.organizationID = organizationID
        self.userID = userID
        self.tokenHash = tokenHash
        self.kind = kind
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// Who does something, for the audit log: a person through some channel, or Parley itself.
public struct Origin: Hashable, Sendable {
    public let userID: UserID?
    public let ipAddress: String?
    public let userAgent: String?
    public let requestID: String?

    public init(userID: UserID?, ipAddress: String? = nil, userAgent: String? = nil, requestID: String? = nil)
    {
        self.userID = userID
        self.ipAddress = ipAddress
        self.userAgent = userAgent
        self.requestID = requestID
    }

    /// Parley's own workers.
    public static let parley = Origin(userID: nil)
}

/// A user and what the user may do, as one request or page sees it.
public struct Caller: Hashable, Sendable {
    public let user: User
    public let origin: Origin
    /// `nil` for a person; the scopes of the key for a program.
    public let scopes: [String]?

    public init(user: User, origin: Origin, scopes: [String]? = nil) {
        self.user = user
        self.origin = origin
        self.scopes = scopes
    }

    public var organizationID: OrganizationID { user.organizationID }
}
