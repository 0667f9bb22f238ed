import Negotiation

/// As whom somebody decides on a request, or why they cannot.
public enum ApproverVoice: Hashable, Sendable {
    case own
    case onBehalf(of: User)
    case none(ApprovalRefusal)

    /// Why there is none.
    public var refusal: ApprovalRefusal? {
        if case .none(let refusal) = self { refusal } else { nil }
    }

    /// Whom somebody stands in for.
    public var absent: User? { if case .onBehalf(let absent) = self { absent } else { nil } }
}

/// Somebody to be asked.
struct AskedApprover: Sendable {
    let user: User
    /// Whom they stand in for.
    let absent: User?
}

extension Office {
    /// As whom somebody would decide: for themselves where that counts, else for the first whom they stand in for and
    /// whose word counts.
    func voice(
        of user: User, in state: ApprovalState, saying decision: Decision, via channel: DecisionChannel,
        at now: Instant
    ) async throws -> ApproverVoice {
        let own = ApprovalVote(decision, by: user.asApprover, via: channel, at: now)
        guard case .refused(let refusal) = state.decide(own) else { return .own }
        guard [.roleMayNot, .notYourTurn, .enoughOfThese].contains(refusal) else { return .none(refusal) }
        for delegation in try await books.approvals.delegationsTo(user.organizationID, user.id, now) {
            guard let rule = delegation.rule,
                let absent = try await books.people.user(user.organizationID, delegation.from),
                absent.isActive
            else { continue }
            let vote = ApprovalVote(
                decision, by: user.asApprover, onBehalfOf: absent.asApprover, via: channel, at: now)
            if case .refused = state.decide(vote, delegations: [rule]) { continue }
            return .onBehalf(of: absent)
        }
        return .none(refusal)
    }

    /// Everybody who could ever be asked: who has one of the roles or is named.
    func candidates(for request: ApprovalRequest) async throws -> [User] {
        let organization = request.organizationID
        var users = try await books.people.usersWithRole(organization, Set(request.requirement.roles))
        let known = Set(users.map(\.id.person))
        for person in request.requirement.people.subtracting(known).sorted(by: { "\($0)" < "\($1)" }) {
            guard let user = try await books.people.user(organization, UserID(person.uuid)), user.isActive
            else { continue }
            users.append(user)
        }
        return users
    }

    /// Those whose yes would count at this moment, and whoever stands in for one of them; nobody twice.
    func approversToAsk(
        among candidates: [User], in state: ApprovalState, of organization: OrganizationID, at now: Instant
    ) async throws -> [AskedApprover] {
        let delegations = try await books.approvals.delegations(organization, now)
        var asked: [AskedApprover] = []
        var known: Set<UserID> = []
        func add(_ user: User, for absent: User?) {
            if known.insert(user.id).inserted { asked.append(AskedApprover(user: user, absent: absent)) }
        }
        let wanted = candidates.filter { user in
            if case .refused = state.decide(.yes(of: user, at: now)) { false } else { true }
        }
        for user in wanted { add(user, for: nil) }
        for absent in wanted {
            for delegation in delegations where delegation.from == absent.id {
                guard let rule = delegation.rule,
                    let user = try await books.people.user(organization, delegation.to), user.isActive
                else { continue }
                let vote = ApprovalVote.yes(of: user, for: absent, at: now)
                if case .refused = state.decide(vote, delegations: [rule]) { continue }
                add(user, for: absent)
            }
        }
        return asked
    }
}

extension ApprovalVote {
    /// The yes that somebody signed in would give.
    fileprivate static func yes(of user: User, for absent: User? = nil, at now: Instant) -> ApprovalVote {
        ApprovalVote(.approve, by: user.asApprover, onBehalfOf: absent?.asApprover, via: .page, at: now)
    }
}
