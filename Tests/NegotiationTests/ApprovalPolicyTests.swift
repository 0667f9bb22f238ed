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
        #expect(ApprovalPolicy.binding(on: ApprovalFacts(), among: []) == [standard])
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
            let chosen = ApprovalPolicy.binding(on: ApprovalFacts(total: try euros(total)), among: order)
            #expect(chosen.map(\.approvalsRequired) == [approvals])
        }
    }

    @Test("below every minimum the standard holds")
    func belowAll() throws {
        let chosen = ApprovalPolicy.binding(
            on: ApprovalFacts(total: try euros("10.00")),
            among: [try policy(3, from: try euros("5000.00"))])
        #expect(chosen == [.standard])
    }

    @Test("of two with the same minimum, the one that needs more people counts")
    func tie() throws {
        let policies = [try policy(2), try policy(4), try policy(3)]
        let chosen = ApprovalPolicy.binding(on: ApprovalFacts(total: try euros("10.00")), among: policies)
        #expect(chosen.map(\.approvalsRequired) == [4])
    }

    @Test("a minimum in another currency cannot be compared, so it counts as reached")
    func foreign() throws {
        let policies = [try policy(1), try policy(2, from: try dollars("1000000.00"))]
        let chosen = ApprovalPolicy.binding(on: ApprovalFacts(total: try euros("0.01")), among: policies)
        #expect(chosen.map(\.approvalsRequired) == [2])
    }

    @Test("an email that names figures but commits to none reaches every minimum")
    func noTotal() throws {
        let policies = [try policy(1), try policy(3, from: try euros("5000.00"))]
        let chosen = ApprovalPolicy.binding(on: ApprovalFacts(total: nil), among: policies)
        #expect(chosen.map(\.approvalsRequired) == [3])
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
