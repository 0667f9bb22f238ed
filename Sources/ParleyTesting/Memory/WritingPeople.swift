import Desk
import Negotiation

extension Writing {
    mutating func makePerson(_ change: Change) throws {
        switch change {
        case .addOrganization(let founded): try add(founded)
        case .setOrganizationSettings(let settings, _):
            try exists(rows.organization != nil, "organization_settings_organization_id_fkey")
            try rule(
                OrganizationSettings.undoRange.contains(settings.undoSeconds),
                "organization_settings_undo_seconds_check")
            rows.settings = settings
        case .addUser(let user, _): try add(user)
        case .addAPIKey(let key): try add(key)
        case .addSession(let session): try add(session)
        case .revokeSession(let id, _):
            let place = rows.sessions.firstIndex { $0.session.id == id && !$0.isRevoked }
            guard let place else { return touched(false) }
            rows.sessions[place].isRevoked = true
        case .recordSignIn(let id, let succeeded, _, let now):
            recordSignIn(of: id, succeeded: succeeded, at: now)
        default: break
        }
    }

    private mutating func add(_ founded: Organization) throws {
        try own(founded.id)
        try unique(rows.organization == nil, "organizations_pkey")
        try unique(ledger.slugs[founded.slug] == nil, "organization_slugs_pkey")
        ledger.slugs[founded.slug] = founded.id
        rows.organization = founded
    }

    private mutating func add(_ user: User) throws {
        try own(user.organizationID)
        try exists(rows.organization != nil, "users_organization_id_fkey")
        try unique(!rows.users.contains { $0.user.id == user.id }, "users_pkey")
        let address = user.email.lowercased()
        try unique(ledger.addresses[address] == nil, "sign_in_addresses_pkey")
        ledger.addresses[address] = (organization, user.id)
        rows.users.append(UserRow(user: user))
    }

    private mutating func add(_ key: APIKey) throws {
        try own(key.organizationID)
        try unique(!rows.keys.contains { $0.id == key.id }, "api_keys_pkey")
        try unique(ledger.keys[key.keyHash] == nil, "api_key_hashes_pkey")
        try exists(
            rows.users.contains { $0.user.id == key.createdBy },
            "api_keys_organization_id_created_by_user_id_fkey")
        ledger.keys[key.keyHash] = (organization, key.id)
        rows.keys.append(key)
    }

    private mutating func add(_ session: Session) throws {
        try own(session.organizationID)
        try unique(!rows.sessions.contains { $0.session.id == session.id }, "refresh_tokens_pkey")
        try unique(
            !rows.sessions.contains { $0.session.tokenHash == session.tokenHash },
            "refresh_tokens_organization_id_token_key")
        try exists(
            rows.users.contains { $0.user.id == session.userID },
            "refresh_tokens_organization_id_user_id_fkey")
        rows.sessions.append(SessionRow(session: session))
    }

    /// Too many failures in a row lock the account for a while; a success forgets them.
    private mutating func recordSignIn(of id: UserID, succeeded: Bool, at now: Instant) {
        guard let place = rows.users.firstIndex(where: { $0.user.id == id }) else {
            return touched(false, else: .missing("users_pkey"))
        }
        guard !succeeded else {
            rows.users[place].failedAttempts = 0
            rows.users[place].lockedUntil = nil
            return
        }
        rows.users[place].failedAttempts += 1
        if rows.users[place].failedAttempts >= Office.mostFailedSignIns {
            rows.users[place].lockedUntil = now.advanced(bySeconds: Office.lockSeconds)
        }
    }
}
