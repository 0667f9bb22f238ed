import Negotiation
import Testing

/// The people of a small organization.
enum Staff: Int, CaseIterable, Sendable {
    case ada = 1
    case max, mia, cleo, noah, vera, olga

    var id: PersonID {
        get throws { try #require(PersonID("00000000-0000-7000-8000-00000000000\(rawValue)")) }
    }

    var role: UserRole {
        switch self {
        case .ada, .max, .mia: .manager
        case .cleo, .noah: .member
        case .vera: .viewer
        case .olga: .orgAdmin
        }
    }

    var approver: Approver { get throws { Approver(try id, role) } }
}

/// Every vote in every state of a question.
@Suite struct ApprovalStateTests {
    /// Somebody's vote, as the columns of the tables below.
    struct Ballot: Sendable, Hashable {
        let by: Staff
        var onBehalfOf: Staff?
        var channel = DecisionChannel.page

        func vote(_ decision: Decision, atHour hour: Int) throws -> ApprovalVote {
            ApprovalVote(
                decision, by: try by.approver, onBehalfOf: try onBehalfOf?.approver, via: channel,
                at: Instant(seconds: 0).advanced(byHours: hour))
        }
    }

    /// A manager, then Cleo by name. Ada, a manager too, asks. After 48 hours an administrator may step in, after 72 it is
    /// over. A link is not enough.
    private func requirement(_ order: ApprovalOrder, selfApproval: Bool = false, link: Bool = false) throws
        -> ApprovalRequirement
    {
        let cleo = try #require(ApproverGroup(approvals: 1, people: [try Staff.cleo.id]))
        let escalation = try #require(ApprovalEscalation(afterHours: 48, roles: [.orgAdmin]))
        let policy = ApprovalPolicy(
            approvalsRequired: 1, approverRoles: [.manager], allowSelfApproval: selfApproval,
            linkAllowed: link,
            expiresAfterHours: 72, furtherGroups: [cleo], order: order, escalation: escalation)
        return ApprovalRequirement(of: [try #require(policy)], for: ApprovalFacts())
    }

    /// Noah stands in for Max from hour 0 to 24 and Max for Cleo; Vera, who may not write, for Mia; Noah for Ada.
    private func delegations() throws -> [Delegation] {
        let pairs: [(Staff, Staff, Int)] = [
            (.max, .noah, 24), (.cleo, .max, 1_000), (.mia, .vera, 1_000), (.ada, .noah, 1_000),
        ]
        return try pairs.map { from, to, hours in
            let delegation = Delegation(
                from: try from.id, to: try to.id, begins: Instant(seconds: 0),
                ends: Instant(seconds: 0).advanced(byHours: hours))
            return try #require(delegation)
        }
    }

    /// Who has said yes before, or that somebody has said no, and the hour at which the next vote comes.
    enum Situation: String, Sendable, CaseIterable {
        case fresh, maxYes, cleoYes, noahForMaxYes, maxForCleoYes, complete, rejected, escalated, late

        var earlier: [(Ballot, Decision)] {
            switch self {
            case .fresh, .escalated, .late: []
            case .maxYes: [(Ballot(by: .max), .approve)]
            case .cleoYes: [(Ballot(by: .cleo), .approve)]
            case .noahForMaxYes: [(Ballot(by: .noah, onBehalfOf: .max), .approve)]
            case .maxForCleoYes: [(Ballot(by: .max, onBehalfOf: .cleo), .approve)]
            case .complete: [(Ballot(by: .max), .approve), (Ballot(by: .cleo), .approve)]
            case .rejected: [(Ballot(by: .max), .reject)]
            }
        }

        var hour: Int { self == .late ? 72 : self == .escalated ? 48 : 2 }
    }

    private static let ballots: [Ballot] = [
        Ballot(by: .max), Ballot(by: .mia), Ballot(by: .cleo), Ballot(by: .ada), Ballot(by: .noah),
        Ballot(by: .noah, onBehalfOf: .max), Ballot(by: .max, onBehalfOf: .cleo),
        Ballot(by: .vera, onBehalfOf: .mia),
        Ballot(by: .noah, onBehalfOf: .ada), Ballot(by: .mia, onBehalfOf: .max), Ballot(by: .olga),
        Ballot(by: .mia, channel: .link),
    ]

    /// A letter for each refusal, as in the tables below; there `1` is one that is missing, `0` complete, `x` rejected.
    private static let refusals: [Character: ApprovalRefusal] = [
        "c": .alreadyComplete, "r": .alreadyRejected, "e": .expired, "n": .roleMayNot, "d": .noDelegation,
        "o": .ownRequest, "l": .linkNotEnough, "a": .alreadyDecided, "s": .alreadyStoodInFor,
        "t": .notYourTurn,
        "g": .enoughOfThese,
    ]

    private static let answers: [Character: ApprovalAnswer] = refusals.mapValues { .refused($0) }.merging([
        "1": .accepted(missing: 1), "0": .complete, "x": .rejected,
    ]) { first, _ in first }

    /// In each row the answers to yes, then to no, of the ballots above in their order: Max, Mia, Cleo, Ada, Noah, Noah
    /// for Max, Max for Cleo, Vera for Mia, Noah for Ada, Mia for Max, Olga, Mia by link.
    private static let inTurn: [Situation: (yes: String, no: String)] = [
        .fresh: ("11ton1tdodnl", "xxtonxtdodnl"), .maxYes: ("ag0onsadodnl", "axxonsadodnl"),
        .noahForMaxYes: ("ag0onaadodnl", "axxonaadodnl"), .cleoYes: ("00aon0sdodnl", "xxaonxsdodnl"),
        .maxForCleoYes: ("a0aonsadodnl", "axaonsadodnl"), .escalated: ("11tondtdod1l", "xxtondtdodxl"),
        .complete: ("cccccccccccc", "cccccccccccc"), .rejected: ("rrrrrrrrrrrr", "rrrrrrrrrrrr"),
        .late: ("eeeeeeeeeeee", "eeeeeeeeeeee"),
    ]

    private static let together: [Situation: (yes: String, no: String)] = [
        .fresh: ("111on11dodnl", "xxxonxxdodnl"), .maxYes: ("ag0onsadodnl", "axxonsadodnl"),
        .noahForMaxYes: ("ag0onaadodnl", "axxonaadodnl"), .cleoYes: ("00aon0sdodnl", "xxaonxsdodnl"),
        .maxForCleoYes: ("a0aonsadodnl", "axaonsadodnl"), .escalated: ("111ond1dod1l", "xxxondxdodxl"),
        .complete: ("cccccccccccc", "cccccccccccc"), .rejected: ("rrrrrrrrrrrr", "rrrrrrrrrrrr"),
        .late: ("eeeeeeeeeeee", "eeeeeeeeeeee"),
    ]

    private func check(
        _ requirement: ApprovalRequirement, _ situation: Situation, _ row: (yes: String, no: String)
    ) throws {
        let earlier = try situation.earlier.map { try $0.vote($1, atHour: 1) }
        let state = ApprovalState(
            requirement, requestedBy: try Staff.ada.id, askedAt: Instant(seconds: 0), votes: earlier)
        for (decision, answers) in [(Decision.approve, row.yes), (.reject, row.no)] {
            #expect(answers.count == Self.ballots.count)
            for (ballot, answer) in zip(Self.ballots, answers) {
                let vote = try ballot.vote(decision, atHour: situation.hour)
                let given = state.decide(vote, delegations: try delegations())
                #expect(given == Self.answers[answer], "\(situation), \(decision), \(ballot)")
            }
        }
    }

    @Test("in turn, every vote in every state has its answer", arguments: Situation.allCases)
    func inTurn(situation: Situation) throws {
        try check(try requirement(.inTurn), situation, try #require(Self.inTurn[situation]))
    }

    @Test("all at once, every vote in every state has its answer", arguments: Situation.allCases)
    func together(situation: Situation) throws {
        try check(try requirement(.together), situation, try #require(Self.together[situation]))
    }

    @Test("where it is allowed, who asked decides too, themselves or through another, and a link is enough")
    func lenient() throws {
        let lenient = try requirement(.inTurn, selfApproval: true, link: true)
        try check(lenient, .fresh, ("11t1n1td1dn1", "xxtxnxtdxdnx"))
    }

    @Test("every refusal occurs in the tables and has a sentence", arguments: ApprovalRefusal.allCases)
    func sentences(refusal: ApprovalRefusal) throws {
        let letter = try #require(Self.refusals.first { $0.value == refusal }?.key)
        let rows = (Array(Self.inTurn.values) + Array(Self.together.values)).map { $0.yes + $0.no }
        #expect(rows.contains { $0.contains(letter) } && refusal.explanation.hasSuffix("."))
    }

    @Test("whatever is voted in whatever order, nobody counts twice and time alone approves nothing")
    func sequences() throws {
        let votes = try Self.ballots.map { try $0.vote(.approve, atHour: 2) }
        for order in ApprovalOrder.allCases {
            let start = ApprovalState(
                try requirement(order), requestedBy: try Staff.ada.id, askedAt: Instant(seconds: 0))
            try explore(start, votes, depth: 3)
        }
    }

    private func explore(_ state: ApprovalState, _ votes: [ApprovalVote], depth: Int) throws {
        let people = state.votes.flatMap { [$0.voter.person] + ($0.onBehalfOf.map { [$0.person] } ?? []) }
        let ada = try Staff.ada.id
        #expect(Set(people).count == people.count && !people.contains(ada))
        let later = [2, 48, 72, 10_000].map { state.standing(at: Instant(seconds: 0).advanced(byHours: $0)) }
        #expect(
            later
                == (state.votes.count == 2
                    ? [.complete, .complete, .complete, .complete] : [.open, .open, .expired, .expired]))
        guard depth > 0 else { return }
        for vote in votes {
            if case .refused = state.decide(vote, delegations: try delegations()) { continue }
            try explore(state.adding(vote), votes, depth: depth - 1)
        }
    }
}
