/// Why a vote does not count.
public enum ApprovalRefusal: String, Hashable, Sendable, CaseIterable {
    /// Everything that was needed is there.
    case alreadyComplete = "already_complete"
    /// Somebody has said no.
    case alreadyRejected = "already_rejected"
    /// The time for deciding is over.
    case expired
    /// Neither the role nor the person is among the approvers.
    case roleMayNot = "role_may_not"
    /// The person does not stand in for the other at this time.
    case noDelegation = "no_delegation"
    /// The person asked for it, or stands in for who did.
    case ownRequest = "own_request"
    /// A sign-in is needed, a link is not enough.
    case linkNotEnough = "link_not_enough"
    /// The person has decided already, for themselves or for another, or somebody has for them.
    case alreadyDecided = "already_decided"
    /// Whom the person stands in for has decided already, or somebody has for them.
    case alreadyStoodInFor = "already_stood_in_for"
    /// Others have to decide first.
    case notYourTurn = "not_your_turn"
    /// Enough of those with this role have said yes; others are still missing.
    case enoughOfThese = "enough_of_these"

    /// Whether it is about who decides and how, and not about where the question stands.
    public var isAboutThePerson: Bool {
        switch self {
        case .roleMayNot, .noDelegation, .ownRequest, .linkNotEnough: true
        case .alreadyComplete, .alreadyRejected, .expired, .alreadyDecided, .alreadyStoodInFor, .notYourTurn,
            .enoughOfThese:
            false
        }
    }

    /// A sentence for the person who wanted to decide.
    public var explanation: String {
        switch self {
        case .alreadyComplete: "This email has been approved already."
        case .alreadyRejected: "This email has been rejected already."
        case .expired: "The time for this decision is over. Nothing was sent; it has to be asked for again."
        case .roleMayNot: "You are not among those who decide on this email."
        case .noDelegation: "You do not stand in for this person at the moment."
        case .ownRequest:
            "You or the person you stand in for asked for this email, so somebody else has to decide."
        case .linkNotEnough: "This decision needs a sign-in. Sign in and decide there."
        case .alreadyDecided: "You have decided on this email already, or somebody who stands in for you has."
        case .alreadyStoodInFor: "The person you stand in for has decided already, or somebody has for them."
        case .notYourTurn: "Others have to decide first. You will be asked when it is your turn."
        case .enoughOfThese: "Enough people of your group have said yes. Somebody else still has to."
        }
    }
}
