import Curl

/// What went wrong with a mailbox that is reached by HTTP.
public enum MailServiceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The owner's permission has expired or was taken back (`invalid_grant`, RFC 6749, section 5.2); the
    /// server's words.
    case revoked(String)
    /// No access token was to be had, for another reason. Nothing was asked of the service itself.
    case noToken(String, mayPass: Bool)
    /// No answer came.
    case transfer(CurlError)
    /// The service said no.
    case refused(GmailRefusal)
    /// There is more than was to be read, which was at most so many bytes.
    case oversized(largest: Int)
    /// The service gave an answer in which something is missing.
    case misunderstood(String)

    public var description: String {
        switch self {
        case .revoked(let words):
            "The permission to use this mailbox has ended (\(words)). Connect the mailbox again."
        case .noToken(let words, _): "\(words)."
        case .transfer(let error): error.description
        case .refused(let refusal): refusal.description
        case .oversized(let largest): "There are more than \(largest) bytes."
        case .misunderstood(let what): "Gmail gave an answer that cannot be used: \(what)."
        }
    }

    /// Whether trying again later may help without anybody mending anything.
    public var mayPass: Bool {
        switch self {
        case .noToken(_, let mayPass): mayPass
        case .transfer(let error): error.mayPass
        case .refused(let refusal): refusal.mayPass
        case .revoked, .oversized, .misunderstood: false
        }
    }

    /// Seconds that the service wants to be left alone for; `nil` where it does not say.
    public var retryAfterSeconds: Int? {
        if case .refused(let refusal) = self { refusal.retryAfterSeconds } else { nil }
    }
}
