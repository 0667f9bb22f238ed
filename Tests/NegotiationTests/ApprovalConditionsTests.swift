import Negotiation
import Testing

/// Which policies an email has to satisfy.
@Suite struct ApprovalConditionsTests {
    private func euros(_ text: String) throws -> Money { Money(try #require(Amount(text)), .eur) }
    private func dollars(_ text: String) throws -> Money { Money(try #require(Amount(text)), .usd) }

    /// Policies are told apart by how many approvals they need.
    private func policy(
        _ approvals: Int, from minimum: String? = nil, below maximum: String? = nil,
        kinds: Set<EmailKind>? = nil, vendors: Set<VendorStanding>? = nil, percent: Int? = nil,
        days: Int? = nil
    ) throws -> ApprovalPolicy {
        let conditions = ApprovalConditions(
            below: try maximum.map { try euros($0) }, kinds: kinds, vendors: vendors,
            deviationPercent: percent,
            addsUpOverDays: days)
        let policy = ApprovalPolicy(
            approvalsRequired: approvals, approverRoles: [.manager], allowSelfApproval: false,
            linkAllowed: true,
            expiresAfterHours: 24, minimumTotal: try minimum.map { try euros($0) },
            conditions: try #require(conditions))
        return try #require(policy)
    }

    private func binding(_ facts: ApprovalFacts, _ policies: [ApprovalPolicy]) -> [Int] {
        ApprovalPolicy.binding(on: facts, among: policies).map(\.approvalsRequired)
    }

    @Test(
        "a range of totals has its lower end and not its upper",
        arguments: [("99.99", 1), ("100", 2), ("999.9999", 2), ("1000", 3), ("1000000", 3)])
    func range(total: String, approvals: Int) throws {
        let policies = [
            try policy(1, below: "100"), try policy(2, from: "100", below: "1000"),
            try policy(3, from: "1000"),
        ]
        let facts = ApprovalFacts(total: try euros(total))
        #expect(binding(facts, policies) == [approvals])
    }

    @Test("above every range the standard holds, and what cannot be compared counts as the highest")
    func beyond() throws {
        let policies = [try policy(2, below: "100"), try policy(3, from: "100", below: "1000")]
        #expect(binding(ApprovalFacts(total: try euros("5000")), policies) == [1])
        #expect(binding(ApprovalFacts(total: try dollars("1")), policies) == [3])
        #expect(binding(ApprovalFacts(), policies) == [3])
    }

    @Test("special policies come on top of the general one and never loosen it")
    func special() throws {
        let policies = [
            try policy(2), try policy(4, from: "50000"), try policy(3, vendors: [.new, .changedAddress]),
            try policy(1, kinds: [.followUp]),
        ]
        func facts(_ total: String, _ kind: EmailKind, _ vendor: VendorStanding) throws -> ApprovalFacts {
            ApprovalFacts(total: try euros(total), kind: kind, vendor: vendor)
        }
        #expect(binding(try facts("10", .counter, .known), policies) == [2])
        #expect(binding(try facts("10", .followUp, .known), policies) == [2, 1])
        #expect(binding(try facts("10", .counter, .new), policies) == [2, 3])
        #expect(binding(try facts("50000", .followUp, .changedAddress), policies) == [4, 3, 1])
        #expect(binding(ApprovalFacts(total: try euros("10")), policies) == [2, 3, 1])
        #expect(binding(try facts("10", .followUp, .known), [try policy(3, kinds: [.followUp])]) == [3])
    }

    @Test(
        "the deviation from the target counts from the percentage on",
        arguments: [("109.99", false), ("110", true), ("111", true), ("100", false), ("50", false)])
    func deviation(price: String, applies: Bool) throws {
        let terms = Terms(
            unitPrice: try #require(Amount(price)), quantity: 3, currency: .eur,
            targetPrice: try #require(Amount("100")), limitPrice: nil)
        let facts = ApprovalFacts(try #require(terms), kind: .acceptance, vendor: .known)
        #expect(facts.total?.amount == terms?.total)
        #expect(binding(facts, [try policy(2), try policy(3, percent: 10)]) == (applies ? [2, 3] : [2]))
    }

    @Test("without a target to compare with, a deviation counts as reached")
    func noTarget() throws {
        let facts = ApprovalFacts(nil, kind: .reply, vendor: .known)
        #expect(facts.deviation == nil && facts.total == nil)
        #expect(binding(facts, [try policy(3, percent: 10)]) == [3])
    }

    @Test(
        "what is committed to one vendor adds up, so that splitting does not slip under a limit",
        arguments: [
            ("4999.99", "0", 1), ("200", "4799.99", 1), ("200", "4800", 3), ("1", "999999", 3),
            ("5000", "0", 3),
        ])
    func splitting(total: String, before: String, approvals: Int) throws {
        let policies = [try policy(1), try policy(3, from: "5000", days: 30)]
        let facts = ApprovalFacts(
            total: try euros(total), committed: [30: try euros(before), 7: try euros("9999")])
        #expect(binding(facts, policies) == [approvals])
    }

    @Test(
        "what was committed before but is not known, in another currency or too much to add, counts as reached"
    )
    func unknownCommitment() throws {
        let policies = [try policy(1), try policy(3, from: "5000", days: 30)]
        for committed in [[:], [30: try dollars("1")], [30: try euros("99999999999999.9999")]] {
            #expect(binding(ApprovalFacts(total: try euros("10"), committed: committed), policies) == [3])
        }
    }

    @Test(
        "a link is enough up to an amount, and not when the amount is not known",
        arguments: [("500", true), ("500.01", false), ("499", true)])
    func link(total: String, allowed: Bool) throws {
        let policy = ApprovalPolicy(
            approvalsRequired: 1, approverRoles: [.manager], allowSelfApproval: true, linkAllowed: true,
            expiresAfterHours: 24, linkUpTo: try euros("500"))
        let policies = [try #require(policy)]
        func isEnough(_ total: Money?) -> Bool {
            ApprovalRequirement(of: policies, for: ApprovalFacts(total: total)).linkAllowed
        }
        #expect(isEnough(try euros(total)) == allowed)
        let foreign = try dollars("1")
        #expect(!isEnough(nil) && !isEnough(foreign))
    }

    @Test("of several policies the strictest of each thing counts")
    func strictest() throws {
        let lenient = ApprovalPolicy(
            approvalsRequired: 1, approverRoles: [.manager], allowSelfApproval: true, linkAllowed: true,
            expiresAfterHours: 100, remindAfterHours: 50)
        let strict = ApprovalPolicy(
            approvalsRequired: 1, approverRoles: [.orgAdmin], allowSelfApproval: false, linkAllowed: false,
            expiresAfterHours: 60, remindAfterHours: 20)
        let both = ApprovalRequirement(
            of: [try #require(lenient), try #require(strict)], for: ApprovalFacts())
        #expect(!both.allowSelfApproval && !both.linkAllowed && both.chains.count == 2)
        #expect(both.expiresAfterHours == 60 && both.remindAfterHours == 20)
    }

    @Test("conditions that can never be met, or contradict each other, are none")
    func impossible() throws {
        #expect(ApprovalConditions(below: Money(.zero, .eur)) == nil)
        #expect(ApprovalConditions(kinds: []) == nil && ApprovalConditions(vendors: []) == nil)
        #expect(
            ApprovalConditions(deviationPercent: 0) == nil
                && ApprovalConditions(deviationPercent: 1_001) == nil)
        #expect(
            ApprovalConditions(addsUpOverDays: 0) == nil && ApprovalConditions(addsUpOverDays: 367) == nil)
        func make(
            from minimum: Money? = nil, below maximum: Money? = nil, link: Bool = true, upTo: Money? = nil,
            remind: Int? = nil, escalate: Int? = nil, groups: Int = 0
        ) throws -> ApprovalPolicy? {
            let group = try #require(ApproverGroup(approvals: 1, roles: [.manager]))
            return ApprovalPolicy(
                approvalsRequired: 1, approverRoles: [.manager], allowSelfApproval: true, linkAllowed: link,
                expiresAfterHours: 24, minimumTotal: minimum,
                conditions: try #require(ApprovalConditions(below: maximum)),
                furtherGroups: Array(repeating: group, count: groups), linkUpTo: upTo,
                remindAfterHours: remind,
                escalation: escalate.flatMap { ApprovalEscalation(afterHours: $0, roles: [.manager]) })
        }
        #expect(try make(from: euros("5"), below: euros("5")) == nil)
        #expect(try make(from: euros("5"), below: dollars("9")) == nil)
        #expect(try make(link: false, upTo: euros("5")) == nil)
        #expect(try make(remind: 24) == nil)
        #expect(try make(remind: 0) == nil)
        #expect(try make(escalate: 24) == nil)
        #expect(try make(groups: 5) == nil)
        #expect(
            try make(
                from: euros("5"), below: euros("9"), upTo: euros("5"), remind: 23, escalate: 23, groups: 4)
                != nil)
    }
}

/// What time leads to.
@Suite struct ApprovalClockTests {
    private func due(_ expires: Int, remind: Int?, escalations: [Int]) throws -> [ApprovalDeadline] {
        let policies = try (escalations.isEmpty ? [nil] : escalations.map { $0 }).map { hours in
            let policy = ApprovalPolicy(
                approvalsRequired: 1, approverRoles: [.manager], allowSelfApproval: false, linkAllowed: true,
                expiresAfterHours: hours.map { max(expires, $0 + 1) } ?? expires, remindAfterHours: remind,
                escalation: hours.flatMap { ApprovalEscalation(afterHours: $0, roles: [.orgAdmin]) })
            return try #require(policy)
        }
        let shortest = ApprovalPolicy(
            approvalsRequired: 1, approverRoles: [.manager], allowSelfApproval: false, linkAllowed: true,
            expiresAfterHours: expires)
        let requirement = ApprovalRequirement(of: policies + [try #require(shortest)], for: ApprovalFacts())
        return ApprovalClock.due(requirement, askedAt: Instant(seconds: 0))
    }

    private func hour(_ hours: Int) -> Instant { Instant(seconds: 0).advanced(byHours: hours) }

    private func escalate(_ hours: Int) throws -> ApprovalDeadline {
        let escalation = try #require(ApprovalEscalation(afterHours: hours, roles: [.orgAdmin]))
        return ApprovalDeadline(.escalate(escalation), at: hour(hours))
    }

    @Test("reminder, escalation and end are due in their order, and the end comes last")
    func order() throws {
        #expect(
            try due(72, remind: 24, escalations: [48])
                == [
                    ApprovalDeadline(.remind, at: hour(24)), escalate(48),
                    ApprovalDeadline(.expire, at: hour(72)),
                ])
        #expect(
            try due(72, remind: 50, escalations: [48, 10])
                == [
                    escalate(10), escalate(48), ApprovalDeadline(.remind, at: hour(50)),
                    ApprovalDeadline(.expire, at: hour(72)),
                ])
    }

    @Test("what would come at the end or after it is left out")
    func afterEnd() throws {
        #expect(try due(30, remind: nil, escalations: [30, 40]) == [ApprovalDeadline(.expire, at: hour(30))])
        #expect(try due(1, remind: nil, escalations: []) == [ApprovalDeadline(.expire, at: hour(1))])
    }
}
