import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A session that has just begun, with the secret that only its holder knows.
public struct BegunSession: Sendable {
    public let session: Session
    public let user: User
    /// Goes into the cookie, or is the refresh token; it names its organization and is stored as a digest only.
    public let secret: String
}

extension Office {
    /// Failed sign-ins after which an account is locked for a while.
    public static let mostFailedSignIns = 10
    /// How long it is locked, in seconds.
    public static let lockSeconds: Int64 = 900
    /// How long a browser stays signed in, in hours.
    public static let browserHours = 12
    /// How long a refresh token is good for, in hours.
    public static let refreshHours = 24 * 30

    /// Checks an address and a password and begins a session. Unknown, locked and wrong answer alike and take as long.
    public func signIn(
        email: String, password: String, as kind: Session.Kind, ipAddress: String?
    ) async throws -> BegunSession {
        let address = email.lowercased()
        let candidate = address.utf8.count <= 255 ? try await books.people.userByEmail(address) : nil
        let now = clock.now()
        let matches = await secrets.verifyPassword(password, candidate?.user.passwordHash)
        guard let candidate else { throw DeskError.signInFailed }
        let user = candidate.user
        let locked = candidate.lockedUntil.map { $0 > now } ?? false
        guard matches, !locked, user.isActive else {
            if !locked {
                try await commit(
                    user.organizationID,
                    [.recordSignIn(user.id, succeeded: false, ipAddress: ipAddress, at: now)])
            }
            throw DeskError.signInFailed
        }
        let begun = try begin(kind, for: user, at: now)
        try await commit(
            user.organizationID,
            [
                .recordSignIn(user.id, succeeded: true, ipAddress: ipAddress, at: now),
                .addSession(begun.session),
                .audit(
                    AuditEntry(
                        action: "user.signed_in", entityType: "user", entityID: user.id.uuid,
                        description: "\(user.fullName) signed in",
                        origin: Origin(userID: user.id, ipAddress: ipAddress), at: now)),
            ])
        return begun
    }

    /// The user behind a session's secret; `nil` when it is unknown, over, of another kind, or the user is not active.
    public func user(behind secret: String, kind: Session.Kind) async throws -> (Session, User)? {
        guard let (organization, digest) = sessionKey(secret),
            let session = try await books.people.session(organization, digest, clock.now()),
            session.kind == kind,
            let user = try await books.people.user(organization, session.userID), user.isActive
        else { return nil }
        return (session, user)
    }

    /// Exchanges a refresh token for a new one; the old one is dead.
    public func refresh(_ secret: String) async throws -> BegunSession {
        guard let (session, user) = try await user(behind: secret, kind: .refresh) else {
            throw DeskError.signInFailed
        }
        let now = clock.now()
        let begun = try begin(.refresh, for: user, at: now)
        do {
            try await commit(
                user.organizationID, [.revokeSession(session.id, at: now), .addSession(begun.session)])
        } catch CommitRefusal.stale {
            throw DeskError.signInFailed
        }
        return begun
    }

    /// Ends a session; unknown ones are no error.
    public func signOut(_ secret: String, kind: Session.Kind) async throws {
        guard let (session, user) = try await user(behind: secret, kind: kind) else { return }
        do {
            try await commit(user.organizationID, [.revokeSession(session.id, at: clock.now())])
        } catch CommitRefusal.stale {}
    }

    /// The key and the user in whose name it acts; `nil` when it is unknown, over, or not active.
    public func user(ofAPIKey key: String) async throws -> (APIKey, User)? {
        guard key.utf8.count <= 200, let found = try await books.people.apiKey(secrets.hexDigest(key)),
            found.isActive, found.expiresAt.map({ $0 > clock.now() }) ?? true,
            let user = try await books.people.user(found.organizationID, found.createdBy), user.isActive
        else { return nil }
        return (found, user)
    }

    private func begin(_ kind: Session.Kind, for user: User, at now: Instant) throws -> BegunSession {
        let organization = "\(user.organizationID)".filter { $0 != "-" }
        let secret = "\(organization).\(try secrets.newToken())"
        let hours = kind == .browser ? Self.browserHours : Self.refreshHours
        let session = Session(
            id: clock.newID(), organizationID: user.organizationID, userID: user.id,
            tokenHash: secrets.hexDigest(secret), kind: kind, createdAt: now,
            expiresAt: now.advanced(byHours: hours))
        return BegunSession(session: session, user: user, secret: secret)
    }

    private func sessionKey(_ secret: String) -> (OrganizationID, String)? {
        let parts = secret.split(separator: ".", omittingEmptySubsequences: false)
        guard secret.utf8.count <= 200, parts.count == 2, parts[0].utf8.count == 32 else { return nil }
        var digits = Array(parts[0])
        for position in [20, 16, 12, 8] { digits.insert("-", at: position) }
        return OrganizationID(String(digits)).map { ($0, secrets.hexDigest(secret)) }
    }
}
