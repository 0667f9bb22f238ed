import Reading

/// Why a signature does not count: how its check ended, and what stood in the way, in words.
struct DKIMFault: Error, Equatable {
    let outcome: AuthenticationResult.Outcome
    let reason: String

    /// What no later attempt will mend (RFC 6376, 6.1: PERMFAIL).
    static func permanent(_ reason: String) -> DKIMFault { DKIMFault(outcome: .permerror, reason: reason) }
    /// What a later attempt may mend (TEMPFAIL).
    static func temporary(_ reason: String) -> DKIMFault { DKIMFault(outcome: .temperror, reason: reason) }
    /// What may be well made, and proves too little.
    static func policy(_ reason: String) -> DKIMFault { DKIMFault(outcome: .policy, reason: reason) }
    /// What was signed by somebody else, or changed on the way.
    static func broken(_ reason: String) -> DKIMFault { DKIMFault(outcome: .fail, reason: reason) }
}

/// What one signature of a message proves (RFC 6376, 6; RFC 8601, 2.7.1).
public struct DKIMResult: Sendable, Equatable {
    /// How the check ended: `none` where the message has no signature.
    public let outcome: AuthenticationResult.Outcome
    /// The domain that signs (`d=`), in lower case; `nil` where it cannot be read.
    public let domain: String?
    /// For whom it signs (`i=`), `@` and the domain where that is not said; `nil` where it cannot be read.
    public let identity: String?
    /// The name of the key below the domain (`s=`); `nil` where it cannot be read.
    public let selector: String?
    /// The outcome in words, for people.
    public let reason: String

    /// The same as the sender's verdict takes it.
    public var result: AuthenticationResult { AuthenticationResult(.dkim, outcome, domain: domain) }

    init(_ outcome: AuthenticationResult.Outcome, _ reason: String, of signature: DKIMSignature? = nil) {
        self.outcome = outcome
        self.reason = reason
        domain = signature?.domain
        identity = signature?.identity
        selector = signature?.selector
    }
}
