/// What one method of authentication says of a message (RFC 8601, 2.7).
public struct AuthenticationResult: Hashable, Sendable {
    /// How the sender was checked.
    public enum Method: String, Sendable, CaseIterable { case dkim, spf, dmarc, arc }

    /// How the check ended (RFC 8601, 2.7.1 and 2.7.2).
    public enum Outcome: String, Sendable, CaseIterable {
        case pass, fail, softfail, policy, neutral, none, temperror, permerror
    }

    public let method: Method
    public let outcome: Outcome
    /// The domain that the result is about, in lower case and A-labels: `header.d` of a signature, the domain of
    /// `smtp.mailfrom`, `header.from` for DMARC; `nil` where it is not said.
    public let domain: String?

    /// A result about a domain.
    public init(_ method: Method, _ outcome: Outcome, domain: String?) {
        self.method = method
        self.outcome = outcome
        self.domain = domain?.lowercased()
    }
}
