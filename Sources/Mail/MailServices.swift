import Curl
import Desk
import Negotiation

/// What all mailboxes share: whose certificates are believed, where access tokens come from, and where Gmail is.
public struct MailServices: Sendable {
    let trust: ServerAddress.Trust
    let tokens: OAuthTokens
    /// Wakes those who read mailboxes.
    public let bells = MailboxBells()
    private let addresses: Addresses

    /// Where services of others are reached. Secrets are sent there, so an operator alone may change them.
    public struct Addresses: Sendable {
        public var googleTokens = "https://oauth2.googleapis.com/token"
        public var microsoftTokens = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
        /// Without a slash at the end.
        public var gmail = "https://gmail.googleapis.com"

        public init() {}
    }

    /// - Parameters:
    ///   - authorities: a file in PEM with the certificates that are believed; `nil` for the system's.
    ///   - keeper: keeps refresh tokens that their server has changed.
    ///   - now: tells the time.
    public init(
        authorities: String?, addresses: Addresses = Addresses(), keeper: RefreshTokenKeeper = .none,
        now: @escaping @Sendable () -> Instant
    ) {
        trust = authorities.map { .authorities(file: $0) } ?? .system
        tokens = OAuthTokens(trust: trust, keeper: keeper, now: now)
        self.addresses = addresses
    }

    /// What access tokens for a mailbox are asked for with.
    func grant(_ oauth: MailboxOAuth, _ secrets: MailboxSecrets, of mailbox: Mailbox) -> OAuthGrant {
        var grant = OAuthGrant(
            tokenURL: oauth.provider == .google ? addresses.googleTokens : addresses.microsoftTokens,
            clientID: oauth.clientID, clientSecret: secrets.clientSecret ?? "",
            refreshToken: secrets.currentRefreshToken ?? "")
        grant.holder = OAuthGrant.Holder(mailbox)
        return grant
    }

    /// Gmail, for one mailbox.
    ///
    /// - Parameter topic: of Pub/Sub, which is told of new messages.
    func gmail(
        _ mailbox: Mailbox, _ settings: GmailSettings, _ secrets: MailboxSecrets, topic: String? = nil
    ) -> GmailAPI {
        var account = GmailAccount(
            address: mailbox.address.address, clientID: settings.clientID,
            clientSecret: secrets.clientSecret ?? "", refreshToken: secrets.currentRefreshToken ?? "",
            tokenURL: addresses.googleTokens, apiURL: addresses.gmail, watchTopic: topic)
        account.holder = OAuthGrant.Holder(mailbox)
        return GmailAPI(account, tokens: tokens, trust: trust)
    }

    /// The way to the servers of a mailbox, with an access token where it signs in by one.
    func access(to mailbox: Mailbox, _ servers: MailServers, _ secrets: MailboxSecrets)
        async throws(MailServiceError) -> MailboxAccess
    {
        var access = MailboxAccess(mailbox: mailbox, servers: servers, secrets: secrets, trust: trust)
        if let oauth = servers.oauth {
            access.accessToken = try await tokens.accessToken(for: grant(oauth, secrets, of: mailbox))
        }
        return access
    }

    /// Asks for another access token the next time, after a server has not accepted this one.
    func discardToken(of access: MailboxAccess) async {
        guard let oauth = access.servers.oauth, let token = access.accessToken else { return }
        await tokens.discard(token, of: grant(oauth, access.secrets, of: access.mailbox))
    }
}
