/// A mail server, how the connection to it is kept from being read, and who signs in.
public struct ServerAddress: Hashable, Sendable {
    /// A name or an address; IPv6 without brackets.
    public var host: String
    public var port: Int
    public var security: Security
    public var credentials: Credentials?
    /// The certificates that are trusted.
    public var trust: Trust
    /// Seconds until a connection has to be there.
    public var connectSeconds: Int
    /// Seconds that the server may be silent within a conversation.
    public var replySeconds: Int

    /// How the connection is kept from being read.
    public enum Security: Hashable, Sendable {
        case none
        /// In the clear until both have agreed on TLS, which is not optional.
        case startTLS
        /// TLS from the first byte.
        case tls
    }

    /// Who signs in, and with what.
    public struct Credentials: Hashable, Sendable {
        public var user: String
        public var secret: Secret

        /// What shows that it is the user.
        public enum Secret: Hashable, Sendable {
            /// By `PLAIN` or `LOGIN`, whichever the server offers.
            case password(String)
            /// An access token of OAuth 2.0, by `XOAUTH2`.
            case accessToken(String)
        }

        public init(user: String, secret: Secret) {
            self.user = user
            self.secret = secret
        }
    }

    /// Whose certificates are trusted.
    public enum Trust: Hashable, Sendable {
        case system
        /// The authorities of a file in PEM.
        case authorities(file: String)
    }

    public init(
        host: String, port: Int, security: Security, credentials: Credentials? = nil, trust: Trust = .system,
        connectSeconds: Int = 30, replySeconds: Int = 120
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.credentials = credentials
        self.trust = trust
        self.connectSeconds = connectSeconds
        self.replySeconds = replySeconds
    }

    /// As it is named in messages.
    public var name: String { "\(host):\(port)" }

    /// The address in a URL of `scheme`, or of its `s` variant for TLS from the first byte.
    func url(_ scheme: String, path: String = "") -> String {
        let scheme = security == .tls ? scheme + "s" : scheme
        let host = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(host):\(port)/\(path)"
    }

    /// What would change the meaning of the URL does not belong into a host.
    var isPlain: Bool {
        (1...65535).contains(port) && !host.isEmpty
            && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#@[]\\\"<>%".utf8.contains($0) }
    }
}
