import Curl
import Negotiation

/// What somebody has granted to Parley once, by which access tokens are asked for (RFC 6749, section 6).
public struct OAuthGrant: Hashable, Sendable, CustomStringConvertible {
    public var tokenURL: String
    public var clientID: String
    public var clientSecret: String
    public var refreshToken: String
    /// Names with blanks between them; `nil` for all that was granted.
    public var scope: String?

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
    private var known: [OAuthGrant: AccessToken] = [:]
    private var asking: [OAuthGrant: Task<Result<AccessToken, MailServiceError>, Never>] = [:]

    /// Seconds before its end from which a token is not used any more: the request has to arrive as well.
    private static let margin: Int64 = 60
    /// Grants whose tokens are kept.
    private static let mostKnown = 1000

    /// - Parameters:
    ///   - trust: whose certificates are believed.
    ///   - now: tells the time.
    public init(trust: ServerAddress.Trust = .system, now: @escaping @Sendable () -> Instant) {
        self.trust = trust
        self.now = now
    }

    /// A token that may be used now. Throws ``MailServiceError/revoked(_:)`` and
    /// ``MailServiceError/noToken(_:mayPass:)``.
    public func accessToken(for grant: OAuthGrant) async throws(MailServiceError) -> String {
        if let token = known[grant], now().advanced(bySeconds: Self.margin) < token.expiresAt {
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

    /// The refresh token that took the place of the granted one, where the server has changed it (RFC 6749,
    /// section 6): the one to keep from now on.
    public func renewedRefreshToken(of grant: OAuthGrant) -> String? { known[grant]?.renewedRefreshToken }

    private func ask(for grant: OAuthGrant) async -> Result<AccessToken, MailServiceError> {
        let current = known[grant]?.renewedRefreshToken ?? grant.refreshToken
        let request = TokenRequest(grant: grant, refreshToken: current, trust: trust)
        let result: Result<AccessToken, MailServiceError>
        do {
            let token = try await request.token(at: now())
            if known.count >= Self.mostKnown { known = known.filter { $0.value.expiresAt > now() } }
            if known.count >= Self.mostKnown, let any = known.keys.first { known[any] = nil }
            known[grant] = token
            result = .success(token)
        } catch {
            result = .failure(error)
        }
        asking[grant] = nil
        return result
    }
}
