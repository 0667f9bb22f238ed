import Curl
import Desk
import Negotiation

/// What somebody has granted to Parley once, by which access tokens are asked for (RFC 6749, section 6).
public struct OAuthGrant: Hashable, Sendable, CustomStringConvertible {
    public var tokenURL: String
    public var clientID: String
    public var clientSecret: String
    public var refreshToken: String
    /// Names with blanks between them; `nil` for all that was granted.
    public var scope: String?
    /// Whose it is; `nil` where a renewed token is kept nowhere.
    public var holder: Holder?

    /// The mailbox that a grant is for.
    public struct Holder: Hashable, Sendable {
        public let organization: OrganizationID
        public let mailbox: MailboxID

        public init(_ mailbox: Mailbox) {
            organization = mailbox.organizationID
            self.mailbox = mailbox.id
        }
    }

    public init(
        tokenURL: String, clientID: String, clientSecret: String, refreshToken: String, scope: String? = nil
    ) {
        self.tokenURL = tokenURL
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.refreshToken = refreshToken
        self.scope = scope
    }

    /// Where it counts, and no secret.
    public var description: String { "grant at \(tokenURL)" }
}

/// Access tokens of OAuth 2.0 (RFC 6749) for whoever signs in with one: Gmail's interface, and SMTP and IMAP
/// by `XOAUTH2`. A token is kept until shortly before it expires, and asked for once, however many want it at
/// the same time.
public actor OAuthTokens {
    private let trust: ServerAddress.Trust
    private let now: @Sendable () -> Instant
    private let keeper: RefreshTokenKeeper
    private var known: [OAuthGrant: AccessToken] = [:]
    private var asking: [OAuthGrant: Task<Result<AccessToken, MailServiceError>, Never>] = [:]

    /// Seconds before its end from which a token is not used any more: the request has to arrive as well.
    private static let margin: Int64 = 60
    /// Grants whose tokens are kept.
    private static let mostKnown = 1000

    /// - Parameters:
    ///   - trust: whose certificates are believed.
    ///   - keeper: keeps refresh tokens that their server has changed.
    ///   - now: tells the time.
    public init(
        trust: ServerAddress.Trust = .system, keeper: RefreshTokenKeeper = .none,
        now: @escaping @Sendable () -> Instant
    ) {
        self.trust = trust
        self.keeper = keeper
        self.now = now
    }

    /// A token that may be used now. Throws ``MailServiceError/revoked(_:)`` and
    /// ``MailServiceError/noToken(_:mayPass:)``.
    public func accessToken(for grant: OAuthGrant) async throws(MailServiceError) -> String {
        if let token = known[grant], now().advanced(bySeconds: Self.margin) < token.expiresAt {
            if let renewal = token.unkept { await keep(renewal, of: grant) }
            return token.text
        }
        if let asked = asking[grant] { return try await asked.value.get().text }
        // Whoever was first may stop waiting; the others still get their token.
        let asked = Task { await self.ask(for: grant) }
        asking[grant] = asked
        return try await asked.value.get().text
    }

    /// Uses a token no more that a server does not accept.
    public func discard(_ token: String, of grant: OAuthGrant) {
        if known[grant]?.text == token { known[grant]?.expiresAt = Instant(microseconds: .min) }
    }

    private func ask(for grant: OAuthGrant) async -> Result<AccessToken, MailServiceError> {
        let result: Result<AccessToken, MailServiceError>
        do {
            let token = try await token(for: grant)
            if known.count >= Self.mostKnown { known = known.filter { $0.value.expiresAt > now() } }
            if known.count >= Self.mostKnown, let any = known.keys.first { known[any] = nil }
            known[grant] = token
            // Before anybody uses the token: the refresh token that was used may be good for nothing any more.
            if let renewal = token.unkept { await keep(renewal, of: grant) }
            result = .success(token)
        } catch {
            result = .failure(error)
        }
        asking[grant] = nil
        return result
    }

    /// A token by the refresh token that is known here, or by the one that another gateway has got meanwhile.
    private func token(for grant: OAuthGrant) async throws(MailServiceError) -> AccessToken {
        let used = known[grant]?.refreshToken ?? grant.refreshToken
        do {
            return try await TokenRequest(grant: grant, refreshToken: used, trust: trust).token(at: now())
        } catch {
            guard case .revoked = error, let holder = grant.holder,
                let stored = await keeper.current(holder), stored != used
            else { throw error }
            return try await TokenRequest(grant: grant, refreshToken: stored, trust: trust).token(at: now())
        }
    }

    private func keep(_ renewal: AccessToken.Renewal, of grant: OAuthGrant) async {
        guard let holder = grant.holder else { return }
        if await keeper.keep(holder, renewal.used, renewal.renewed), known[grant]?.unkept == renewal {
            known[grant]?.unkept = nil
        }
    }
}
