import Desk
import Negotiation
import Postgres

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Organizations, users, API keys and sessions.
struct PeopleStore: Sendable {
    let database: Database

    var book: PeopleBook {
        PeopleBook(
            organization: organization, settings: settings, organizationBySlug: organizationBySlug,
            organizations: organizations,
            user: user, userByEmail: userByEmail, usersWithRole: usersWithRole, apiKey: apiKey,
            session: session)
    }

    // MARK: Organizations

    @Sendable private func organization(_ id: OrganizationID) async throws -> Organization? {
        let rows = try await database.rows(
            of: id, "SELECT id, name, slug, created_at FROM organizations WHERE id = $1", [.id(id)])
        return try rows.atMostOne().map { row in
            Organization(
                id: try row.id(0), name: try row.text(1), slug: try row.text(2), createdAt: try row.instant(3)
            )
        }
    }

    @Sendable private func settings(_ id: OrganizationID) async throws -> OrganizationSettings {
        let rows = try await database.rows(
            of: id,
            "SELECT undo_seconds, vendor_daily_limit FROM organization_settings WHERE organization_id = $1",
            [.id(id)])
        return try rows.atMostOne().map { row in
            OrganizationSettings(undoSeconds: try row.int(0), vendorDailyLimit: try row.optionalInt(1))
        } ?? OrganizationSettings()
    }

    @Sendable private func organizationBySlug(_ slug: String) async throws -> Organization? {
        let rows = try await database.directory(
            "SELECT organization_id FROM organization_slugs WHERE slug = $1", [.words(slug)])
        guard let row = try rows.atMostOne() else { return nil }
        return try await organization(try row.id(0))
    }

    @Sendable private func organizations() async throws -> [(id: OrganizationID, slug: String)] {
        let rows = try await database.directory(
            "SELECT organization_id, slug FROM organization_slugs ORDER BY slug")
        return try rows.map { (id: try $0.id(0), slug: try $0.text(1)) }
    }

    // MARK: Users

    private static let selection: SQL = """
        SELECT id, organization_id, lower(email), full_name, role, is_active, hashed_password, failed_login_attempts,
            locked_until, is_locked
        FROM users WHERE organization_id = $1
        """

    private static func user(_ row: Row) throws -> User {
        User(
            id: try row.id(0), organizationID: try row.id(1), email: try row.text(2),
            fullName: try row.text(3), role: try row.word(4), isActive: try row.bool(5),
            passwordHash: try row.text(6))
    }

    @Sendable private func user(_ organization: OrganizationID, _ id: UserID) async throws -> User? {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.user)
    }

    @Sendable private func userByEmail(_ email: String) async throws -> SignInCandidate? {
        let places = try await database.directory(
            "SELECT organization_id, user_id FROM sign_in_addresses WHERE email = $1", [.words(email)])
        guard let place = try places.atMostOne() else { return nil }
        let organization: OrganizationID = try place.id(0)
        let id: UserID = try place.id(1)
        let rows = try await database.rows(
            of: organization, Self.selection + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map { row in
            // Locked without an end: by an administrator, or by another service.
            let until = try row.optionalInstant(8) ?? (try row.bool(9) ? Self.endOfTime : nil)
            return SignInCandidate(
                user: try Self.user(row), failedAttempts: try row.int(7), lockedUntil: until)
        }
    }

    /// 9999-12-31.
    private static let endOfTime = Instant(seconds: 253_402_214_400)

    @Sendable private func usersWithRole(_ organization: OrganizationID, _ roles: Set<UserRole>) async throws
        -> [User]
    {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND role = ANY($2) AND is_active ORDER BY full_name, id",
            [.id(organization), .textArray(roles.map(\.rawValue).sorted())])
        return try rows.map(Self.user)
    }

    // MARK: Keys and sessions

    @Sendable private func apiKey(_ keyHash: String) async throws -> APIKey? {
        let places = try await database.directory(
            "SELECT organization_id, api_key_id FROM api_key_hashes WHERE key_hash = $1", [.words(keyHash)])
        guard let place = try places.atMostOne() else { return nil }
        let organization: OrganizationID = try place.id(0)
        let rows = try await database.rows(
            of: organization,
            """
            SELECT id, organization_id, created_by_user_id, name, key_prefix, key_hash, scopes, is_active, expires_at,
                created_at
            FROM api_keys WHERE organization_id = $1 AND id = $2
            """, [.id(organization), .uuid(try place.uuid(1))])
        return try rows.atMostOne().map { row in
            APIKey(
                id: try row.id(0), organizationID: try row.id(1), createdBy: try row.id(2),
                name: try row.text(3), prefix: try row.text(4), keyHash: try row.text(5),
                scopes: try row.decoded(6, as: [String].self), isActive: try row.bool(7),
                expiresAt: try row.optionalInstant(8), createdAt: try row.instant(9))
        }
    }

    @Sendable private func session(
        _ organization: OrganizationID, _ tokenHash: String, _ now: Instant
    ) async throws -> Session? {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT id, organization_id, user_id, token, kind, created_at, expires_at FROM refresh_tokens
            WHERE organization_id = $1 AND token = $2 AND issuer = 'parley' AND NOT revoked AND expires_at > $3
            """, [.id(organization), .words(tokenHash), .instant(now)])
        return try rows.atMostOne().map { row in
            Session(
                id: try row.id(0), organizationID: try row.id(1), userID: try row.id(2),
                tokenHash: try row.text(3), kind: try row.word(4), createdAt: try row.instant(5),
                expiresAt: try row.instant(6))
        }
    }
}

// MARK: - Writing

extension PeopleStore {
    /// The slug stands in the directory, which is what makes it unique among all organizations.
    static func adding(_ organization: Organization) -> [Step] {
        [
            Step(
                """
                INSERT INTO organizations (id, name, slug, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
                """,
                [
                    .id(organization.id), .words(organization.name), .text(organization.slug),
                    .instant(organization.createdAt),
                ]),
            Step(
                "INSERT INTO organization_slugs (slug, organization_id) VALUES ($1, $2)",
                [.text(organization.slug), .id(organization.id)]),
            Step(
                "INSERT INTO organization_settings (organization_id) VALUES ($1)", [.id(organization.id)]),
        ]
    }

    static func setting(
        _ settings: OrganizationSettings, at now: Instant, in organization: OrganizationID
    ) -> Step {
        Step(
            """
            INSERT INTO organization_settings AS settings (organization_id, undo_seconds, vendor_daily_limit, updated_at)
            VALUES ($1, $2, $3, $4)
            ON CONFLICT (organization_id) DO UPDATE SET
                undo_seconds = $2, vendor_daily_limit = $3, updated_at = $4
            """,
            [
                .id(organization), .int(settings.undoSeconds), .int(settings.vendorDailyLimit), .instant(now),
            ])
    }

    /// The address stands in the directory as well, which is what makes it unique among all organizations.
    static func adding(_ user: User, at now: Instant) -> [Step] {
        [
            Step(
                """
                INSERT INTO users (organization_id, id, email, hashed_password, full_name, role, is_active,
                    password_changed_at, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8)
                """,
                [
                    .id(user.organizationID), .id(user.id), .words(user.email), .text(user.passwordHash),
                    .words(user.fullName), .word(user.role), .bool(user.isActive), .instant(now),
                ]),
            Step(
                "INSERT INTO sign_in_addresses (email, organization_id, user_id) VALUES (lower($1), $2, $3)",
                [.words(user.email), .id(user.organizationID), .id(user.id)]),
        ]
    }

    static func adding(_ key: APIKey) throws -> [Step] {
        [
            Step(
                """
                INSERT INTO api_keys (organization_id, id, created_by_user_id, name, key_prefix, key_hash, scopes,
                    is_active, expires_at, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
                """,
                [
                    .id(key.organizationID), .id(key.id), .id(key.createdBy), .words(key.name),
                    .text(key.prefix), .text(key.keyHash), try .encoded(key.scopes), .bool(key.isActive),
                    .instant(key.expiresAt), .instant(key.createdAt),
                ]),
            Step(
                "INSERT INTO api_key_hashes (key_hash, organization_id, api_key_id) VALUES ($1, $2, $3)",
                [.text(key.keyHash), .id(key.organizationID), .id(key.id)]),
        ]
    }

    static func adding(_ session: Session) throws -> Step {
        Step(
            """
            INSERT INTO refresh_tokens (organization_id, id, user_id, token, expires_at, device_info, created_at, issuer,
                kind)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 'parley', $8)
            """,
            [
                .id(session.organizationID), .id(session.id), .id(session.userID), .text(session.tokenHash),
                .instant(session.expiresAt), try .encoded(["kind": session.kind.rawValue]),
                .instant(session.createdAt), .word(session.kind),
            ])
    }

    static func revoking(_ id: SessionID, at now: Instant, in organization: OrganizationID) -> Step {
        Step(
            """
            UPDATE refresh_tokens SET revoked = true, revoked_at = $3
            WHERE organization_id = $1 AND id = $2 AND issuer = 'parley' AND NOT revoked
            """, [.id(organization), .id(id), .instant(now)], elseRefuse: .stale)
    }

    /// Too many failures in a row lock the account for a while; a success forgets them.
    static func recordingSignIn(
        of id: UserID, succeeded: Bool, ipAddress: String?, at now: Instant, in organization: OrganizationID
    ) -> Step {
        guard !succeeded else {
            return Step(
                """
                UPDATE users SET failed_login_attempts = 0, locked_until = NULL, is_locked = false,
                    last_login_at = $3, last_login_ip = $4
                WHERE organization_id = $1 AND id = $2
                """, [.id(organization), .id(id), .instant(now), .words(ipAddress, longest: 45)],
                elseRefuse: .missing("users_pkey"))
        }
        return Step(
            """
            UPDATE users SET failed_login_attempts = failed_login_attempts + 1,
                locked_until = CASE WHEN failed_login_attempts + 1 >= $3 THEN $4 ELSE locked_until END
            WHERE organization_id = $1 AND id = $2
            """,
            [
                .id(organization), .id(id), .int(Office.mostFailedSignIns),
                .instant(now.advanced(bySeconds: Office.lockSeconds)),
            ], elseRefuse: .missing("users_pkey"))
    }
}
