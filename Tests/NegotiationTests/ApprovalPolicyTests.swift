import Negotiation
import Testing

/// Who has to say yes, and who may.
@Suite struct ApprovalPolicyTests {
    private func policy(
        _ approvals: Int = 1, roles: Set<UserRole> = [.manager], selfApproval: Bool = false,
        link: Bool = true, from minimum: Money? = nil
    ) throws -> ApprovalPolicy {
        try #require(
            ApprovalPolicy(
                approvalsRequired: approvals, approverRoles: roles, allowSelfApproval: selfApproval,
                linkAllowed: link, expiresAfterHours: 24, minimumTotal: minimum))
    }

    private func euros(_ text: String) throws -> Money { Money(try #require(Amount(text)), .eur) }
    private func dollars(_ text: String) throws -> Money { Money(try #require(Amount(text)), .usd) }

    @Test(
        "without any policy one administrator or manager who did not ask has to say yes, by link too, in three days"
    )
    func standard() {
        let standard = ApprovalPolicy.standard
        #expect(standard.approvalsRequired == 1 && standard.approverRoles == [.orgAdmin, .manager])
        #expect(!standard.allowSelfApproval && standard.linkAllowed && standard.expiresAfterHours == 72)
        #expect(ApprovalPolicy.applying(to: nil, among: []) == standard)
    }

    @Test(
        "a policy under which nobody could decide, or whose figures are out of range, is none",
        arguments: [(0, 24, true), (11, 24, true), (1, 0, true), (1, 8761, true), (1, 24, false)])
    func impossible(approvals: Int, hours: Int, hasRoles: Bool) {
        let policy = ApprovalPolicy(
            approvalsRequired: approvals, approverRoles: hasRoles ? [.manager] : [], allowSelfApproval: false,
            linkAllowed: true, expiresAfterHours: hours)
        #expect(policy == nil)
    }

    @Test(
        "only the roles that it names decide", arguments: UserRole.allCases,
        [Set<UserRole>([.manager]), [.orgAdmin, .superAdmin], [.member, .viewer]])
    func roles(role: UserRole, roles: Set<UserRole>) throws {
        let refusal = try policy(roles: roles).refusal(
            of: "max", role: role, via: .page, requestedBy: "ada", decidedBy: [])
        #expect(refusal == (roles.contains(role) ? nil : .roleMayNot))
    }

    @Test(
        "whoever asked decides only where that is allowed, by whatever channel",
        arguments: DecisionChannel.allCases)
    func ownRequest(channel: DecisionChannel) throws {
        let strict = try policy().refusal(
            of: "max", role: .manager, via: channel, requestedBy: "max", decidedBy: [])
        #expect(strict == .ownRequest)
        let lenient = try policy(selfApproval: true).refusal(
            of: "max", role: .manager, via: channel, requestedBy: "max", decidedBy: [])
        #expect(lenient == nil)
    }

    @Test("where a link is not enough, page and programs still are")
    func links() throws {
        let strict = try policy(link: false)
        let refusals = DecisionChannel.allCases.map {
            strict.refusal(of: "max", role: .manager, via: $0, requestedBy: "ada", decidedBy: [])
        }
        #expect(DecisionChannel.allCases == [.link, .page, .api])
        #expect(refusals == [.linkNotEnough, nil, nil])
    }

    @Test("a person decides once")
    func once() throws {
        let refusal = try policy(2).refusal(
            of: "max", role: .manager, via: .page, requestedBy: "ada", decidedBy: ["mia", "max"])
        #expect(refusal == .alreadyDecided)
    }

    @Test("the reason that comes first is told: role before own request before link before repetition")
    func order() throws {
        let strict = try policy(link: false)
        #expect(
            strict.refusal(of: "max", role: .viewer, via: .link, requestedBy: "max", decidedBy: ["max"])
                == .roleMayNot)
        #expect(
            strict.refusal(of: "max", role: .manager, via: .link, requestedBy: "max", decidedBy: ["max"])
                == .ownRequest)
        #expect(
            strict.refusal(of: "max", role: .manager, via: .link, requestedBy: "ada", decidedBy: ["max"])
                == .linkNotEnough)
    }

    @Test("as many different people as are needed have to say yes", arguments: 1...10)
    func distinct(needed: Int) throws {
        let policy = try policy(needed)
        let people = (0..<10).map { (person: $0, decision: Decision.approve) }
        for count in 0...10 {
            let outcome = policy.outcome(of: Array(people.prefix(count)))
            #expect(outcome == (count >= needed ? .approve : nil))
        }
        let oneManyTimes = Array(repeating: (person: 1, decision: Decision.approve), count: 10)
        #expect(policy.outcome(of: oneManyTimes) == (needed == 1 ? .approve : nil))
    }

    @Test("one no ends it, whenever it comes and however many said yes", arguments: 0...3)
    func oneNo(position: Int) throws {
        var votes = (0..<3).map { (person: $0, decision: Decision.approve) }
        votes.insert((person: 9, decision: .reject), at: position)
        #expect(try policy(2).outcome(of: votes) == .reject)
    }

    @Test("nobody's decision is no decision")
    func nobody() throws {
        #expect(try policy().outcome(of: [(person: Int, decision: Decision)]()) == nil)
    }

    @Test(
        "of the policies that a total reaches, the one with the highest minimum counts",
        arguments: [
            ("0.01", 1), ("499.9999", 1), ("500.00", 2), ("4999.99", 2), ("5000.00", 3), ("1000000.00", 3),
        ])
    func minimum(total: String, approvals: Int) throws {
        let policies = [
            try policy(3, from: try euros("5000.00")), try policy(1),
            try policy(2, from: try euros("500.00")),
        ]
        for order in [policies, policies.reversed()] {
            let chosen = ApprovalPolicy.applying(to: try euros(total), among: order)
            #expect(chosen.approvalsRequired == approvals)
        }
    }

    @Test("below every minimum the standard holds")
    func belowAll() throws {
        let chosen = ApprovalPolicy.applying(
            to: try euros("10.00"), among: [try policy(3, from: try euros("5000.00"))])
        #expect(chosen == .standard)
    }

    @Test("of two with the same minimum, the one that needs more people counts")
    func tie() throws {
        let policies = [try policy(2), try policy(4), try policy(3)]
        #expect(ApprovalPolicy.applying(to: try euros("10.00"), among: policies).approvalsRequired == 4)
    }

    @Test("a minimum in another currency cannot be compared, so it counts as reached")
    func foreign() throws {
        let policies = [try policy(1), try policy(2, from: try dollars("1000000.00"))]
        #expect(ApprovalPolicy.applying(to: try euros("0.01"), among: policies).approvalsRequired == 2)
    }

    @Test("an email that names figures but commits to none reaches every minimum")
    func noTotal() throws {
        let policies = [try policy(1), try policy(3, from: try euros("5000.00"))]
        #expect(ApprovalPolicy.applying(to: nil, among: policies).approvalsRequired == 3)
    }

    @Test(
        "what roles may",
        arguments: [
            (UserRole.superAdmin, true, true), (.orgAdmin, true, true), (.manager, true, false),
            (.member, true, false), (.viewer, false, false),
        ])
    func rights(role: UserRole, writes: Bool, administers: Bool) {
        #expect(role.mayWrite == writes && role.mayAdminister == administers)
    }
}
