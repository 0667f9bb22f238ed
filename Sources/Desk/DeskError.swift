import Negotiation

/// Why a use case said no. Each says to whom: the first group to the caller, who can mend it; the second to whoever
/// runs Parley.
public enum DeskError: Error, Hashable, Sendable {
    /// A field is missing or its value makes no sense: its name, and what would be right.
    case invalid(field: String, String)
    /// There is no such thing in this organization.
    case notFound(String)
    /// The caller may not do it.
    case forbidden(String)
    /// It makes no sense in the present state.
    case conflict(String, String)
    /// A decision that the policy does not allow.
    case decisionRefused(ApprovalRefusal)
    /// The email or password is wrong, or the account is locked; never which of them.
    case signInFailed
    /// A template cannot be rendered: its name and what is wrong where.
    case template(String, String)
    /// A letter cannot be written: which part and why.
    case unwritable(String)
    /// Nothing can be read from a message.
    case unreadable(String)
    /// Other changes kept coming in between; try again.
    case busy
}

extension DeskError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalid(let field, let rule): "\(field): \(rule)"
        case .notFound(let what): "There is no such \(what)."
        case .forbidden(let why): why
        case .conflict(_, let why): why
        case .decisionRefused(let refusal): refusal.explanation
        case .signInFailed:
            "The email address or the password is wrong, or the account is locked for a while."
        case .template(let name, let what): "The template \(name) cannot be used: \(what)"
        case .unwritable(let what): "The email cannot be written: \(what)"
        case .unreadable(let what): "The message cannot be read: \(what)"
        case .busy: "Somebody else is changing this at the moment. Please try again."
        }
    }
}

extension TransitionRefusal {
    /// A sentence for the person who asked.
    public var explanation: String {
        switch self {
        case .alreadyOpened:
            "The vendor has been written to already. Send a counter-offer or a reply instead."
        case .notOpened: "The vendor has not been written to yet. Open the negotiation first."
        case .emailWaiting:
            "Another email of this negotiation waits for approval or for being sent. Decide on it first."
        case .closed: "The negotiation is over."
        case .noEmail: "There is no email that this could be about."
        }
    }
}
