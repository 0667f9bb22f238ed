import Negotiation

/// Webhooks to other systems: their secrets, their signatures, and whoever brings them.
public struct CourierPort: Sendable {
    /// What is wrong with the address of a receiver, as a rule such as “must begin with https://”; `nil` where it may be
    /// posted to.
    public var objection: @Sendable (String) -> String?
    /// A new secret to sign with, `whsec_…` as Standard Webhooks has it.
    public var newSecret: @Sendable () throws -> String
    /// Encrypts what only this gateway may read.
    public var seal: @Sendable (String) throws -> String
    /// Decrypts it; throws where it was sealed under a key that is not to be had.
    public var unseal: @Sendable (String) throws -> String
    /// The headers of one attempt with a signature for each secret: secrets, `webhook-id`, the instant of the attempt,
    /// body.
    public var sign: @Sendable ([String], String, Instant, [UInt8]) throws -> [WebhookPost.Header]
    /// Posts, and waits for the answer at most a named time.
    public var post: @Sendable (WebhookPost) async -> WebhookOutcome

    public init(
        objection: @escaping @Sendable (String) -> String?,
        newSecret: @escaping @Sendable () throws -> String,
        seal: @escaping @Sendable (String) throws -> String,
        unseal: @escaping @Sendable (String) throws -> String,
        sign: @escaping @Sendable ([String], String, Instant, [UInt8]) throws -> [WebhookPost.Header],
        post: @escaping @Sendable (WebhookPost) async -> WebhookOutcome
    ) {
        self.objection = objection
        self.newSecret = newSecret
        self.seal = seal
        self.unseal = unseal
        self.sign = sign
        self.post = post
    }

    /// Nobody brings anything: no receiver can be added.
    public static let none = CourierPort(
        objection: { _ in "cannot be used: webhooks are not wired in this process" }, newSecret: { "" },
        seal: { $0 }, unseal: { $0 }, sign: { _, _, _, _ in [] },
        post: { _ in .failed("Webhooks are not wired in this process.") })
}

/// One attempt to tell a receiver something.
public struct WebhookPost: Hashable, Sendable {
    public let url: String
    /// Besides those that say what the body is.
    public let headers: [Header]
    public let body: [UInt8]
    /// The instant of the attempt.
    public let at: Instant

    /// A header.
    public struct Header: Hashable, Sendable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(url: String, headers: [Header], body: [UInt8], at: Instant) {
        self.url = url
        self.headers = headers
        self.body = body
        self.at = at
    }
}

/// What came of an attempt to tell a receiver something.
public enum WebhookOutcome: Hashable, Sendable {
    /// The receiver answered: the status, the beginning of the body as text that can be shown, and what it wants to be
    /// left alone for.
    case answered(status: Int, body: String, retryAfterSeconds: Int64?)
    /// There was no answer; why.
    case failed(String)
}
