/// A mailbox of Gmail, and what lets Parley use it. Addresses of services belong to the configuration of the
/// server, not of an organization: secrets are sent to them.
public struct GmailAccount: Hashable, Sendable, CustomStringConvertible {
    /// The address of the mailbox.
    public var address: String
    public var clientID: String
    public var clientSecret: String
    /// What the owner of the mailbox has granted; good until he takes it back.
    public var refreshToken: String
    /// Where access tokens are handed out.
    public var tokenURL: String
    /// Where the interface begins, without a slash at the end.
    public var apiURL: String
    /// The topic of Pub/Sub that hears of new messages, `projects/…/topics/…`; `nil` where nobody listens.
    public var watchTopic: String?
    /// The mailbox that it is, where a renewed refresh token shall be kept with it.
    public var holder: OAuthGrant.Holder?

    public init(
        address: String, clientID: String, clientSecret: String, refreshToken: String,
        tokenURL: String = "https://oauth2.googleapis.com/token",
        apiURL: String = "https://gmail.googleapis.com", watchTopic: String? = nil
    ) {
        self.address = address
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.refreshToken = refreshToken
        self.tokenURL = tokenURL
        self.apiURL = apiURL
        self.watchTopic = watchTopic
    }

    /// What access tokens are asked for with. No scope: the tokens may do what the owner has granted.
    public var grant: OAuthGrant {
        var grant = OAuthGrant(
            tokenURL: tokenURL, clientID: clientID, clientSecret: clientSecret, refreshToken: refreshToken)
        grant.holder = holder
        return grant
    }

    /// The address, and no secret.
    public var description: String { address }
}
