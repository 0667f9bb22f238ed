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
    /// Whether one person may decide on a request by their role; `nil` means yes. A link is not enough where that
    /// depends on the amount. Named people, groups and delegations are what ``ApprovalState`` knows.
    public func refusal<Person: Equatable>(
        of person: Person, role: UserRole, via channel: DecisionChannel, requestedBy: Person,
        decidedBy: [Person]
    ) -> DecisionRefusal? {
        guard approverRoles.contains(role) else { return .roleMayNot }
        guard allowSelfApproval || person != requestedBy else { return .ownRequest }
        guard linkAllowed && linkUpTo == nil || channel != .link else { return .linkNotEnough }
        return decidedBy.contains(person) ? .alreadyDecided : nil
    }

    /// What the decisions so far amount to: one no ends it, enough yeses by distinct people grant it. Where there are
    /// several groups this never grants anything; ``ApprovalState`` does.
    public func outcome<Person: Hashable>(of decisions: [(person: Person, decision: Decision)]) -> Decision? {
        if decisions.contains(where: { $0.decision == .reject }) { return .reject }
        let people = Set(decisions.filter { $0.decision == .approve }.map(\.person))
        return people.count >= approvalsRequired && furtherGroups.isEmpty ? .approve : nil
    }
}
