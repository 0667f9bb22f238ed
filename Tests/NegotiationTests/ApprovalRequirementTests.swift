import Negotiation
import Testing

/// Groups, stages and policies that hold together.
@Suite struct ApprovalRequirementTests {
    private func group(_ approvals: Int, _ roles: Set<UserRole>) throws -> ApproverGroup {
        try #require(ApproverGroup(approvals: approvals, roles: roles))
    }

    private func policy(
        _ approvals: Int, _ roles: Set<UserRole>, then groups: [ApproverGroup] = [],
        _ order: ApprovalOrder = .together
    ) throws -> ApprovalPolicy {
        let policy = ApprovalPolicy(
            approvalsRequired: approvals, approverRoles: roles, allowSelfApproval: false, linkAllowed: true,
            expiresAfterHours: 72, furtherGroups: groups, order: order)
        return try #require(policy)
    }

    private func answers(_ policies: [ApprovalPolicy], _ voters: [Staff]) throws -> [ApprovalAnswer] {
        var state = ApprovalState(
            ApprovalRequirement(of: policies, for: ApprovalFacts()), requestedBy: try Staff.vera.id,
            askedAt: Instant(seconds: 0))
        return try voters.map { voter in
            let vote = ApprovalVote(.approve, by: try voter.approver, via: .page, at: Instant(seconds: 60))
            let answer = state.decide(vote)
            if case .refused = answer { return answer }
            state = state.adding(vote)
            return answer
        }
    }

    @Test("who fits two groups counts where they are needed, whoever comes first")
    func matching() throws {
        let either = try policy(1, [.manager], then: [try group(1, [.manager, .orgAdmin])])
        #expect(try answers([either], [.max, .olga]) == [.accepted(missing: 1), .complete])
        #expect(try answers([either], [.olga, .max]) == [.accepted(missing: 1), .complete])
        #expect(try answers([either], [.max, .mia]) == [.accepted(missing: 1), .complete])
        let reversed = try policy(1, [.manager, .orgAdmin], then: [try group(1, [.manager])])
        #expect(try answers([reversed], [.max, .olga]) == [.accepted(missing: 1), .complete])
        #expect(
            try answers([either], [.olga, .olga, .cleo, .mia])
                == [.accepted(missing: 1), .refused(.alreadyDecided), .refused(.roleMayNot), .complete])
    }

    @Test("of one group as many different people as it needs have to say yes, then the next is asked")
    func stages() throws {
        let stages = try policy(2, [.manager], then: [try group(1, [.orgAdmin])], .inTurn)
        #expect(
            try answers([stages], [.max, .olga, .max, .mia, .ada, .olga])
                == [
                    .accepted(missing: 2), .refused(.notYourTurn), .refused(.alreadyDecided),
                    .accepted(missing: 1),
                    .refused(.enoughOfThese), .complete,
                ])
    }

    @Test("several policies hold together: a yes counts in each that it fits")
    func merged() throws {
        let policies = [
            try policy(2, [.manager]), try policy(1, [.manager, .member]), try policy(2, [.manager]),
        ]
        #expect(ApprovalRequirement(of: policies, for: ApprovalFacts()).chains.count == 2)
        #expect(try answers(policies, [.max, .mia]) == [.accepted(missing: 1), .complete])
        #expect(
            try answers(policies, [.cleo, .noah, .max, .mia])
                == [.accepted(missing: 2), .refused(.enoughOfThese), .accepted(missing: 1), .complete])
    }

    @Test("orders that contradict each other do not block: an early yes counts when its turn has come")
    func contradiction() throws {
        let policies = [
            try policy(1, [.manager], then: [try group(1, [.orgAdmin])], .inTurn),
            try policy(1, [.orgAdmin], then: [try group(1, [.manager])], .inTurn),
        ]
        #expect(try answers(policies, [.max, .olga]) == [.accepted(missing: 2), .complete])
    }

    @Test("who is waited for is known at every step")
    func waitingFor() throws {
        let (managers, administrators) = (try group(1, [.manager]), try group(1, [.orgAdmin, .manager]))
        for (order, expected) in [
            (ApprovalOrder.together, [managers, administrators]), (.inTurn, [managers]),
        ] {
            let policy = try policy(1, [.manager], then: [administrators], order)
            let state = ApprovalState(
                ApprovalRequirement(of: [policy], for: ApprovalFacts()), requestedBy: try Staff.vera.id,
                askedAt: Instant(seconds: 0))
            #expect(state.waitingFor == expected)
            let first = ApprovalVote(
                .approve, by: try Staff.max.approver, via: .page, at: Instant(seconds: 1))
            // All at once, Max may yet count for either group.
            #expect(state.adding(first).waitingFor == (order == .inTurn ? [administrators] : expected))
            let second = ApprovalVote(
                .approve, by: try Staff.olga.approver, via: .page, at: Instant(seconds: 2))
            #expect(state.adding(first).adding(second).waitingFor.isEmpty)
        }
    }

    @Test("without any policy the standard holds")
    func standard() {
        let requirement = ApprovalRequirement(for: ApprovalFacts(), among: [])
        #expect(requirement == ApprovalRequirement(of: [.standard], for: ApprovalFacts()))
        #expect(
            requirement.expiresAfterHours == 72 && requirement.linkAllowed && !requirement.allowSelfApproval)
    }

    @Test("a group, an escalation or a delegation that could do nothing is none")
    func impossible() throws {
        let (max, mia) = (try Staff.max.id, try Staff.mia.id)
        #expect(ApproverGroup(approvals: 0, roles: [.manager]) == nil)
        #expect(ApproverGroup(approvals: 11, roles: [.manager]) == nil)
        #expect(ApproverGroup(approvals: 1) == nil && ApproverGroup(approvals: 2, people: [max]) == nil)
        #expect(ApprovalEscalation(afterHours: 0, roles: [.manager]) == nil)
        #expect(ApprovalEscalation(afterHours: 5) == nil)
        let (start, end) = (Instant(seconds: 0), Instant(seconds: 86_400 * 366))
        #expect(Delegation(from: max, to: max, begins: start, ends: end) == nil)
        #expect(Delegation(from: max, to: mia, begins: start, ends: start) == nil)
        #expect(Delegation(from: max, to: mia, begins: start, ends: end.advanced(bySeconds: 1)) == nil)
        let delegation = try #require(Delegation(from: max, to: mia, begins: start, ends: end))
        #expect(delegation.holds(at: start) && !delegation.holds(at: end))
    }
}
