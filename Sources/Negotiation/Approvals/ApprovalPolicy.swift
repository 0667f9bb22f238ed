/// How many people of which role have to say yes, and how.
public struct ApprovalPolicy: Hashable, Sendable {
    /// Distinct people who have to say yes, 1 to 10; in the first group where there are more.
    public let approvalsRequired: Int
    /// Roles that may decide; in the first group where there are more.
    public let approverRoles: Set<UserRole>
    /// People who may decide whatever their role; in the first group where there are more.
    public let namedApprovers: Set<PersonID>
    /// Whether the person who asked may decide too.
    public let allowSelfApproval: Bool
    /// Whether the link in the approver's email is enough, or a sign-in is needed.
    public let linkAllowed: Bool
    /// The total above which a sign-in is needed although a link is allowed.
    public let linkUpTo: Money?
    /// Hours after which a request that nobody decided is refused, 1 to 8760.
    public let expiresAfterHours: Int
    /// Hours after which the approvers are reminded, fewer than ``expiresAfterHours``.
    public let remindAfterHours: Int?
    /// The total from which the policy applies; it applies to every total when there is none.
    public let minimumTotal: Money?
    /// What else has to be met for the policy to apply.
    public let conditions: ApprovalConditions
    /// Groups besides the first, which have to say yes as well; at most four.
    public let furtherGroups: [ApproverGroup]
    /// In which order the groups decide.
    public let order: ApprovalOrder
    /// Who else may decide when nobody has for a while.
    public let escalation: ApprovalEscalation?

    /// Groups that one policy can have.
    public static let mostGroups = 5

    /// A policy; `nil` when a figure is out of its range, the range of totals is empty or in two currencies, or nobody
    /// could ever decide.
    public init?(
        approvalsRequired: Int, approverRoles: Set<UserRole>, allowSelfApproval: Bool, linkAllowed: Bool,
        expiresAfterHours: Int, minimumTotal: Money? = nil, namedApprovers: Set<PersonID> = [],
        conditions: ApprovalConditions = .always, furtherGroups: [ApproverGroup] = [],
        order: ApprovalOrder = .together, linkUpTo: Money? = nil, remindAfterHours: Int? = nil,
        escalation: ApprovalEscalation? = nil
    ) {
        let first = ApproverGroup(approvals: approvalsRequired, roles: approverRoles, people: namedApprovers)
        guard first != nil, (1...8760).contains(expiresAfterHours), furtherGroups.count < Self.mostGroups,
            remindAfterHours.map({ (1..<expiresAfterHours).contains($0) }) ?? true,
            (escalation?.afterHours ?? 0) < expiresAfterHours, linkAllowed || linkUpTo == nil,
            Self.isRange(from: minimumTotal, below: conditions.below)
        else { return nil }
        (self.approvalsRequired, self.approverRoles) = (approvalsRequired, approverRoles)
        (self.namedApprovers, self.furtherGroups, self.order) = (namedApprovers, furtherGroups, order)
        (self.allowSelfApproval, self.linkAllowed, self.linkUpTo) = (allowSelfApproval, linkAllowed, linkUpTo)
        (self.expiresAfterHours, self.remindAfterHours) = (expiresAfterHours, remindAfterHours)
        (self.minimumTotal, self.conditions, self.escalation) = (minimumTotal, conditions, escalation)
    }

    private static func isRange(from minimum: Money?, below maximum: Money?) -> Bool {
        guard let minimum, let maximum else { return true }
        return minimum.currency == maximum.currency && minimum.amount < maximum.amount
    }

    private init() {
        (approvalsRequired, approverRoles, allowSelfApproval) = (1, [.orgAdmin, .manager], false)
        (linkAllowed, expiresAfterHours, minimumTotal) = (true, 72, nil)
        (namedApprovers, furtherGroups, order, conditions) = ([], [], .together, .always)
        (linkUpTo, remindAfterHours, escalation) = (nil, nil, nil)
    }

    /// What holds without any policy: one approval by an administrator or manager who did not ask for it.
    public static let standard = ApprovalPolicy()

    /// Everybody who has to say yes, group by group.
    public var groups: [ApproverGroup] {
        [ApproverGroup(trusted: approvalsRequired, approverRoles, namedApprovers)] + furtherGroups
    }
}

extension ApprovalPolicy {
    /// The policies that an email has to satisfy, all of them: the strictest of those that ask for an amount alone, and
    /// each one that asks for something else as well, so that a special rule never loosens a general one. Without any
    /// it is the standard. What is not known counts as if it met the condition.
    public static func binding(on facts: ApprovalFacts, among policies: [ApprovalPolicy]) -> [ApprovalPolicy]
    {
        let met = policies.filter {
            $0.conditions.areMet(by: facts) && $0.covers($0.conditions.spend(of: facts))
        }
        let special = met.filter(\.conditions.isSpecial)
        let general = strictest(of: met.filter { !$0.conditions.isSpecial })
        let all = (general.map { [$0] } ?? []) + special
        return all.isEmpty ? [.standard] : all
    }

    private static func strictest(of policies: [ApprovalPolicy]) -> ApprovalPolicy? {
        policies.max { left, right in
            let lower = left.minimumTotal?.amount ?? .zero
            let higher = right.minimumTotal?.amount ?? .zero
            return lower == higher ? left.approvalsInAll < right.approvalsInAll : lower < higher
        }
    }

    private var approvalsInAll: Int { groups.reduce(0) { $0 + $1.approvals } }

    /// Whether a total is in the policy's range, or cannot be compared with it.
    private func covers(_ total: Money?) -> Bool {
        guard let total, let currency = minimumTotal?.currency ?? conditions.below?.currency,
            currency == total.currency
        else { return true }
        return minimumTotal.map { $0.amount <= total.amount } ?? true
            && conditions.below.map { total.amount < $0.amount } ?? true
    }

    /// Whether a link is enough for an email with these facts.
    func allowsLink(for facts: ApprovalFacts) -> Bool {
        guard linkAllowed, let linkUpTo else { return linkAllowed }
        guard let spend = conditions.spend(of: facts), spend.currency == linkUpTo.currency else {
            return false
        }
        return spend.amount <= linkUpTo.amount
    }
}
