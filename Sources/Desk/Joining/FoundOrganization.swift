import Negotiation

/// A new organization with its first administrator.
public struct Founding: Sendable {
    public var name: String
    public var slug: String
    public var adminEmail: String
    public var adminName: String
    /// 10 characters at least, 72 bytes at most.
    public var adminPassword: String

    public init(name: String, slug: String, adminEmail: String, adminName: String, adminPassword: String) {
        self.name = name
        self.slug = slug
        self.adminEmail = adminEmail
        self.adminName = adminName
        self.adminPassword = adminPassword
    }
}

/// What a founding made.
public struct Founded: Sendable {
    public let organizationID: OrganizationID
    public let userID: UserID
    /// An API key with every scope; it is shown once and never again.
    public let apiKey: String
}

extension Office {
    /// Every scope that an API key can have.
    public static let everyScope = ["*"]

    /// Makes an organization, its first administrator, and an API key in the administrator's name.
    public func found(_ founding: Founding) async throws -> Founded {
        let name = try Field.text(founding.name, "name", longest: 255)
        guard Slug.isValid(founding.slug) else {
            throw DeskError.invalid(field: "slug", "must be 1 to 100 lower-case letters, digits and hyphens")
        }
        let now = clock.now()
        let organization = Organization(id: clock.newID(), name: name, slug: founding.slug, createdAt: now)
        let admin = try await newUser(
            in: organization.id, email: founding.adminEmail, name: founding.adminName, role: .orgAdmin,
            password: founding.adminPassword)
        let secret = "pk_" + (try secrets.newToken())
        let key = APIKey(
            id: clock.newID(), organizationID: organization.id, createdBy: admin.id, name: "First key",
            prefix: String(secret.prefix(11)), keyHash: secrets.hexDigest(secret), scopes: Self.everyScope,
            isActive: true, expiresAt: nil, createdAt: now)
        do {
            try await commit(
                organization.id,
                [
                    .addOrganization(organization), .addUser(admin, at: now), .addAPIKey(key),
                    .audit(
                        AuditEntry(
                            action: "organization.created", entityType: "organization",
                            entityID: organization.id.uuid, description: "\(name) founded",
                            origin: Origin(userID: admin.id), at: now)),
                ])
        } catch CommitRefusal.duplicate {
            throw DeskError.conflict(
                "taken", "The slug \(founding.slug) or the address \(founding.adminEmail) is taken already.")
        }
        return Founded(organizationID: organization.id, userID: admin.id, apiKey: secret)
    }

    /// Adds a user to an organization.
    public func addUser(
        to organization: OrganizationID, email: String, name: String, role: UserRole, password: String,
        origin: Origin
    ) async throws -> UserID {
        let user = try await newUser(
            in: organization, email: email, name: name, role: role, password: password)
        let now = clock.now()
        do {
            try await commit(
                organization,
                [
                    .addUser(user, at: now),
                    .audit(
                        AuditEntry(
                            action: "user.created", entityType: "user", entityID: user.id.uuid,
                            description: "\(name) added as \(role.rawValue)", origin: origin, at: now)),
                ])
        } catch CommitRefusal.duplicate {
            throw DeskError.conflict("taken", "The address \(email) is taken already.")
        }
        return user.id
    }

    private func newUser(
        in organization: OrganizationID, email: String, name: String, role: UserRole, password: String
    ) async throws -> User {
        guard VendorAddress.isValid(email) else {
            throw DeskError.invalid(field: "email", "must be one email address such as ada@example.com")
        }
        guard password.count >= 10, password.utf8.count <= 72 else {
            throw DeskError.invalid(
                field: "password", "must have at least 10 characters and at most 72 bytes")
        }
        return User(
            id: clock.newID(), organizationID: organization, email: email.lowercased(),
            fullName: try Field.text(name, "full_name", longest: 255), role: role, isActive: true,
            passwordHash: try await secrets.hashPassword(password))
    }
}
