/// What one person says, perhaps on behalf of another.
public struct ApprovalVote: Hashable, Sendable {
    /// Who decides.
    public let voter: Approver
    /// Whom they stand in for.
    public let onBehalfOf: Approver?
    /// How.
    public let channel: DecisionChannel
    /// What they say.
    public let decision: Decision
    /// When.
    public let at: Instant

    /// A vote.
    public init(
        _ decision: Decision, by voter: Approver, onBehalfOf: Approver? = nil, via channel: DecisionChannel,
        at instant: Instant
    ) {
        self.decision = decision
        self.voter = voter
        self.onBehalfOf = onBehalfOf
        self.channel = channel
        at = instant
    }

    /// The approver as whom it counts.
    var counted: Approver { onBehalfOf ?? voter }
    /// Everybody who has thereby spoken.
    var people: Set<PersonID> { Set([voter.person] + (onBehalfOf.map { [$0.person] } ?? [])) }
}

/// What became of a vote.
public enum ApprovalAnswer: Hashable, Sendable {
    /// It counts, and so many yeses are still missing in the chain that lacks most.
    case accepted(missing: Int)
    /// It counts, and everything that was needed is there.
    case complete
    /// It counts, and the email may not be sent as it is.
    case rejected
    /// It does not count, and nothing changes.
    case refused(ApprovalRefusal)
}

/// Where the question about one email stands.
public struct ApprovalState: Hashable, Sendable {
    /// What has to happen.
    public let requirement: ApprovalRequirement
    /// Who asked.
    public let requestedBy: PersonID
    /// When they asked.
    public let askedAt: Instant
    /// The votes that have been accepted, in their order.
    public let votes: [ApprovalVote]

    /// A question with the votes that have been accepted so far.
    public init(
        _ requirement: ApprovalRequirement, requestedBy: PersonID, askedAt: Instant,
        votes: [ApprovalVote] = []
    ) {
        self.requirement = requirement
        self.requestedBy = requestedBy
        self.askedAt = askedAt
        self.votes = votes
    }

    /// How a question can stand. Time alone never leads to `complete`.
    public enum Standing: String, Sendable, CaseIterable { case open, complete, rejected, expired }

    /// How it stands at an instant.
    public func standing(at now: Instant) -> Standing {
        if votes.contains(where: { $0.decision != .approve }) { return .rejected }
        if requirement.chains.allSatisfy({ $0.missing(after: fits(in: $0, votes)) == 0 }) { return .complete }
        return now < expiresAt ? .open : .expired
    }

    /// When nobody can decide any more.
    public var expiresAt: Instant { askedAt.advanced(byHours: requirement.expiresAfterHours) }

    /// The groups in which a yes is missing and can be given now.
    public var waitingFor: [ApproverGroup] {
        requirement.chains.flatMap { chain in
            let votes = fits(in: chain, votes)
            let missing = chain.missing(after: votes)
            return chain.groups.indices.filter { chain.missing(after: votes + [[$0]]) < missing }
                .map { chain.groups[$0] }
        }
    }

    /// The answer to every vote in every state.
    public func decide(_ vote: ApprovalVote, delegations: [Delegation] = []) -> ApprovalAnswer {
        if let refusal = refusal(of: vote, delegations) { return .refused(refusal) }
        if vote.decision != .approve { return .rejected }
        let missing = adding(vote).missing
        return missing == 0 ? .complete : .accepted(missing: missing)
    }

    /// The state with one more accepted vote.
    public func adding(_ vote: ApprovalVote) -> ApprovalState {
        ApprovalState(requirement, requestedBy: requestedBy, askedAt: askedAt, votes: votes + [vote])
    }

    /// Whether the people given could bring every yes that is still missing, each signed in.
    public func canComplete(with approvers: [Approver], at now: Instant) -> Bool {
        var state = self
        // Each round at least one more group of a chain that decides in turn is complete, or nothing moves any more.
        for _ in 0..<ApprovalPolicy.mostGroups {
            for approver in approvers {
                switch state.decide(ApprovalVote(.approve, by: approver, via: .page, at: now)) {
                case .complete: return true
                case .accepted:
                    state = state.adding(ApprovalVote(.approve, by: approver, via: .page, at: now))
                case .rejected, .refused: continue
                }
            }
        }
        return state.standing(at: now) == .complete
    }

    /// Yeses that are missing in the chain that lacks most.
    public var missing: Int {
        requirement.chains.map { $0.missing(after: fits(in: $0, votes)) }.max() ?? 0
    }

    /// Why a vote does not count, what comes first of: the question is over, the person may not, the way is not enough,
    /// they have spoken already, it is not their turn.
    private func refusal(of vote: ApprovalVote, _ delegations: [Delegation]) -> ApprovalRefusal? {
        switch standing(at: vote.at) {
        case .complete: return .alreadyComplete
        case .rejected: return .alreadyRejected
        case .expired: return .expired
        case .open: break
        }
        guard requirement.chains.contains(where: { !fits(in: $0, vote).isEmpty }) else { return .roleMayNot }
        if let absent = vote.onBehalfOf {
            let isDelegate = delegations.contains {
                $0.from == absent.person && $0.to == vote.voter.person && $0.holds(at: vote.at)
            }
            guard isDelegate, vote.voter.role.mayWrite else { return .noDelegation }
        }
        guard requirement.allowSelfApproval || !vote.people.contains(requestedBy) else { return .ownRequest }
        guard requirement.linkAllowed || vote.channel != .link else { return .linkNotEnough }
        let spoken = votes.reduce(into: Set<PersonID>()) { $0.formUnion($1.people) }
        guard !spoken.contains(vote.voter.person) else { return .alreadyDecided }
        guard spoken.isDisjoint(with: vote.people) else { return .alreadyStoodInFor }
        return vote.decision == .approve ? refusalOfYes(vote) : refusalOfNo(vote)
    }

    /// A yes has to bring at least one chain forward.
    private func refusalOfYes(_ vote: ApprovalVote) -> ApprovalRefusal? {
        let advances = requirement.chains.contains { chain in
            let before = fits(in: chain, votes)
            return chain.missing(after: before + [fits(in: chain, vote)]) < chain.missing(after: before)
        }
        if advances { return nil }
        return isAheadOfTurn(vote) ? .notYourTurn : .enoughOfThese
    }

    /// A no counts from whoever has been asked, whether their yes is still needed or not.
    private func refusalOfNo(_ vote: ApprovalVote) -> ApprovalRefusal? {
        let isAsked = requirement.chains.contains { chain in
            let groups = fits(in: chain, vote)
            guard chain.order == .inTurn, let first = groups.min() else { return !groups.isEmpty }
            return first <= chain.current(after: fits(in: chain, votes))
        }
        return isAsked ? nil : .notYourTurn
    }

    private func isAheadOfTurn(_ vote: ApprovalVote) -> Bool {
        requirement.chains.contains { chain in
            let current = chain.current(after: fits(in: chain, votes))
            return chain.order == .inTurn && fits(in: chain, vote).contains { $0 > current }
        }
    }

    private func fits(in chain: ApprovalChain, _ votes: [ApprovalVote]) -> [Set<Int>] {
        votes.filter { $0.decision == .approve }.map { fits(in: chain, $0) }
    }

    /// The groups that a vote can count in. Who may decide by escalation fits every one.
    private func fits(in chain: ApprovalChain, _ vote: ApprovalVote) -> Set<Int> {
        let isEscalated = requirement.escalations.contains {
            vote.at >= askedAt.advanced(byHours: $0.afterHours) && $0.admits(vote.counted)
        }
        return Set(chain.groups.indices.filter { isEscalated || chain.groups[$0].admits(vote.counted) })
    }
}
