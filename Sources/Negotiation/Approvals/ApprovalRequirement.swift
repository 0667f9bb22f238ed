/// Groups that have to say yes, as one policy wants it.
public struct ApprovalChain: Hashable, Sendable {
    /// The groups, one at least.
    public let groups: [ApproverGroup]
    /// In which order they decide.
    public let order: ApprovalOrder

    /// The groups of a chain; `nil` when there is none or more than a policy can have.
    public init?(_ groups: [ApproverGroup], _ order: ApprovalOrder) {
        guard (1...ApprovalPolicy.mostGroups).contains(groups.count) else { return nil }
        self.groups = groups
        self.order = order
    }

    init(_ policy: ApprovalPolicy) {
        groups = policy.groups
        order = policy.order
    }

    /// Yeses that it takes, each by another person.
    public var approvals: Int { groups.reduce(0) { $0 + $1.approvals } }
}

/// What has to happen before one email may be sent: everything that the policies that bind it ask for.
public struct ApprovalRequirement: Hashable, Sendable {
    /// Every one has to be complete. One yes counts in each chain that it fits, but only once in a chain.
    public let chains: [ApprovalChain]
    /// Whether the person who asked may decide too.
    public let allowSelfApproval: Bool
    /// Whether the link in the approver's email is enough.
    public let linkAllowed: Bool
    /// Hours after which nobody can decide any more.
    public let expiresAfterHours: Int
    /// Hours after which the approvers are reminded.
    public let remindAfterHours: Int?
    /// Who else may decide after a while.
    public let escalations: [ApprovalEscalation]

    /// What several policies ask for together: of each thing the strictest. Without any it is the standard.
    public init(of policies: [ApprovalPolicy], for facts: ApprovalFacts) {
        let policies = policies.isEmpty ? [.standard] : policies
        var chains: [ApprovalChain] = []
        for chain in policies.map(ApprovalChain.init) where !chains.contains(chain) { chains.append(chain) }
        self.chains = chains
        allowSelfApproval = policies.allSatisfy(\.allowSelfApproval)
        linkAllowed = policies.allSatisfy { $0.allowsLink(for: facts) }
        expiresAfterHours =
            policies.map(\.expiresAfterHours).min() ?? ApprovalPolicy.standard.expiresAfterHours
        remindAfterHours = policies.compactMap(\.remindAfterHours).min()
        escalations = policies.compactMap(\.escalation)
    }

    /// A requirement as it was put on record; `nil` when nobody could ever meet it.
    public init?(
        chains: [ApprovalChain], allowSelfApproval: Bool, linkAllowed: Bool, expiresAfterHours: Int,
        remindAfterHours: Int? = nil, escalations: [ApprovalEscalation] = []
    ) {
        guard !chains.isEmpty, (1...8760).contains(expiresAfterHours) else { return nil }
        (self.chains, self.escalations) = (chains, escalations)
        (self.allowSelfApproval, self.linkAllowed) = (allowSelfApproval, linkAllowed)
        (self.expiresAfterHours, self.remindAfterHours) = (expiresAfterHours, remindAfterHours)
    }

    /// What the policies that bind an email ask for.
    public init(for facts: ApprovalFacts, among policies: [ApprovalPolicy]) {
        self.init(of: ApprovalPolicy.binding(on: facts, among: policies), for: facts)
    }
}

extension ApprovalRequirement {
    /// The fewest people who can meet it: as many as the longest chain takes.
    public var fewestPeople: Int { chains.map(\.approvals).max() ?? 1 }

    /// Roles that can bring a yes, at the beginning or by escalation, in their fixed order.
    public var roles: [UserRole] {
        let roles = chains.flatMap(\.groups).reduce(into: Set<UserRole>()) { $0.formUnion($1.roles) }
        return UserRole.allCases.filter(escalations.reduce(roles) { $0.union($1.roles) }.contains)
    }

    /// People who can bring a yes whatever their role.
    public var people: Set<PersonID> {
        let people = chains.flatMap(\.groups).reduce(into: Set<PersonID>()) { $0.formUnion($1.people) }
        return escalations.reduce(people) { $0.union($1.people) }
    }
}

extension ApprovalChain {
    /// How many yeses are still missing, when each vote fits the groups with these positions.
    func missing(after votes: [Set<Int>]) -> Int {
        approvals - (order == .inTurn ? inTurn(votes).filled : together(votes))
    }

    /// The group that is asked now, or the number of groups when all are complete.
    func current(after votes: [Set<Int>]) -> Int { inTurn(votes).current }

    /// A yes that came early, because another chain wanted it, counts when its group's turn has come.
    private func inTurn(_ votes: [Set<Int>]) -> (current: Int, filled: Int) {
        var (left, filled) = (votes, 0)
        for (index, group) in groups.enumerated() {
            let fitting = left.indices.filter { left[$0].contains(index) }.prefix(group.approvals)
            filled += fitting.count
            if fitting.count < group.approvals { return (index, filled) }
            for place in fitting.reversed() { left.remove(at: place) }
        }
        return (groups.count, filled)
    }

    /// Whoever fits several groups counts where they are needed: a largest matching of votes and places (Kuhn's
    /// algorithm), at most 50 places.
    private func together(_ votes: [Set<Int>]) -> Int {
        let places = groups.indices.flatMap { Array(repeating: $0, count: groups[$0].approvals) }
        var holders: [Int?] = places.map { _ in nil }
        func seat(_ vote: Int, _ seen: inout Set<Int>) -> Bool {
            for place in places.indices
            where votes[vote].contains(places[place]) && seen.insert(place).inserted {
                if let holder = holders[place], !seat(holder, &seen) { continue }
                holders[place] = vote
                return true
            }
            return false
        }
        return votes.indices.count { vote in
            var seen: Set<Int> = []
            return seat(vote, &seen)
        }
    }
}
