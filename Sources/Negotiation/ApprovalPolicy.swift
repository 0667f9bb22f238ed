/// What a person may do in an organization.
public enum UserRole: String, Sendable, CaseIterable, Codable {
    case superAdmin = "super_admin"
    case orgAdmin = "org_admin"
    case manager
    case member
    case viewer

    /// Whether the role may change anything.
    public var mayWrite: Bool { self != .viewer }
    /// Whether the role administers its organization.
    public var mayAdminister: Bool { self == .orgAdmin || self == .superAdmin }
}

/// How many people of which role have to say yes, and how.
public struct ApprovalPolicy: Hashable, Sendable {
    /// Distinct people who have to say yes, 1 to 10.
    public let approvalsRequired: Int
    /// Roles that may decide.
    public let approverRoles: Set<UserRole>
    /// Whether the person who asked may decide too.
    public let allowSelfApproval: Bool
    /// Whether the link in the approver's email is enough, or a sign-in is needed.
    public let linkAllowed: Bool
    /// Hours after which a request that nobody decided is refused, 1 to 8760.
    public let expiresAfterHours: Int
    /// The total from which the policy applies; it applies to every total when there is none.
    public let minimumTotal: Money?

    /// A policy; `nil` when a figure is out of its range or nobody could ever decide.
    public init?(
        approvalsRequired: Int, approverRoles: Set<UserRole>, allowSelfApproval: Bool, linkAllowed: Bool,
        expiresAfterHours: Int, minimumTotal: Money? = nil
    ) {
        guard (1...10).contains(approvalsRequired), (1...8760).contains(expiresAfterHours),
            !approverRoles.isEmpty
        else { return nil }
        self.approvalsRequired = approvalsRequired
        self.approverRoles = approverRoles
        self.allowSelfApproval = allowSelfApproval
        self.linkAllowed = linkAllowed
        self.expiresAfterHours = expiresAfterHours
        self.minimumTotal = minimumTotal
    }

    private init() {
        (approvalsRequired, approverRoles, allowSelfApproval) = (1, [.orgAdmin, .manager], false)
        (linkAllowed, expiresAfterHours, minimumTotal) = (true, 72, nil)
    }

    /// What holds without any policy: one approval by an administrator or manager who did not ask for it.
    public static let standard = ApprovalPolicy()

    /// The strictest of the policies that apply to a total: among those whose minimum it reaches in the same
    /// currency, and those without one, the one with the highest minimum. Money whose currency no policy names
    /// cannot be compared, so every policy with a minimum in another currency counts as reached.
    public static func applying(to total: Money?, among policies: [ApprovalPolicy]) -> ApprovalPolicy {
        let reached = policies.filter { policy in
            guard let minimum = policy.minimumTotal, let total else { return true }
            return minimum.currency != total.currency || total.amount >= minimum.amount
        }
        let strictest = reached.max { left, right in
            let lower = left.minimumTotal?.amount ?? .zero
            let higher = right.minimumTotal?.amount ?? .zero
            return lower == higher ? left.approvalsRequired < right.approvalsRequired : lower < higher
        }
        return strictest ?? .standard
    }
}

/// How somebody says yes or no.
public enum DecisionChannel: String, Sendable, CaseIterable, Codable {
    case link, page, api
}

/// Yes or no.
public enum Decision: String, Sendable, CaseIterable, Codable {
    case approve, reject
}

/// Why somebody may not decide.
public enum DecisionRefusal: String, Hashable, Sendable, CaseIterable {
    /// The role is not among the approvers'.
    case roleMayNot = "role_may_not"
    /// The person asked for it.
    case ownRequest = "own_request"
    /// The policy wants a sign-in, a link is not enough.
    case linkNotEnough = "link_not_enough"
    /// The person has decided already.
    case alreadyDecided = "already_decided"
}

extension ApprovalPolicy {
    /// Whether one person may decide on a request; `nil` means yes.
    public func refusal<Person: Equatable>(
        of person: Person, role: UserRole, via channel: DecisionChannel, requestedBy: Person,
        decidedBy: [Person]
    ) -> DecisionRefusal? {
        guard approverRoles.contains(role) else { return .roleMayNot }
        guard allowSelfApproval || person != requestedBy else { return .ownRequest }
        guard linkAllowed || channel != .link else { return .linkNotEnough }
        return decidedBy.contains(person) ? .alreadyDecided : nil
    }

    /// What the decisions so far amount to: one no ends it, enough yeses by distinct people grant it.
    public func outcome<Person: Hashable>(of decisions: [(person: Person, decision: Decision)]) -> Decision? {
        if decisions.contains(where: { $0.decision == .reject }) { return .reject }
        let people = Set(decisions.filter { $0.decision == .approve }.map(\.person))
        return people.count >= approvalsRequired ? .approve : nil
    }
}
