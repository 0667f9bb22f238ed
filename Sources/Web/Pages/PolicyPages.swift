import Desk
import Hummingbird
import Jinja
import Negotiation

extension PageDesk {
    func addPolicies(to router: Router<WebContext>, _ book: inout RouteBook) {
        let list = FormPage { try await $0.policies() }
        get("/approval-policies", on: router, &book) { try await $0.policies() }
        post("/approval-policies", on: router, &book, again: list) { call in
            guard let name = call.form.filled("name") else {
                throw Problem.invalid("name", "give the policy a name")
            }
            _ = try await call.office.addPolicy(
                name, PolicyForm(call.form).policy(), by: call.visitor.caller)
            return .redirect(to: "/approval-policies?done=policy-added")
        }
        post("/approval-policies/:id/retire", on: router, &book, again: list) { call in
            try await call.office.retirePolicy(call.id(of: "approval policy"), by: call.visitor.caller)
            return .redirect(to: "/approval-policies?done=policy-retired")
        }
    }
}

extension PageCall {
    fileprivate func policies() async throws -> Response {
        let people = try await books.people.usersWithRole(organization, Set(UserRole.allCases))
        let names = Dictionary(people.map { ($0.id.person, $0.fullName) }) { first, _ in first }
        let listed = people.filter(\.role.mayWrite).prefix(ApproverGroup.mostPeople)
        let rows = try await books.approvals.policies(organization).map { named in
            let words = PolicyWords(policy: named.policy, names: names)
            return Value([
                ("link", Value("/approval-policies/\(named.id)")), ("name", Value(named.name)),
                ("scope", Value(words.scope)), ("who", Value(words.who)), ("how", Value(words.how)),
            ])
        }
        func options(_ options: [(String, String)]) -> Value {
            Value(options.map { Value([("value", Value($0.0)), ("label", Value($0.1))]) })
        }
        let roles = UserRole.allCases.filter { $0 != .superAdmin }.map { ($0.rawValue, $0.label) }
        let choices = PolicyForm.choices(people: listed.map(\.id))
        return try await page(
            "approval_policies.html", section: "approvals",
            [
                ("rows", Value(rows)), ("may_administer", Value(visitor.user.role.mayAdminister)),
                ("kinds", options(EmailKind.allCases.map { ($0.rawValue, $0.title) })),
                ("vendors", options(VendorStanding.allCases.map { ($0.rawValue, $0.label) })),
                ("roles", options(roles)),
                ("people", options(listed.map { ("\($0.id)", $0.fullName) })),
                ("fields", fields(PolicyForm.proposed + choices.map { ($0, problem == nil ? "" : "off") })),
            ])
    }
}

extension UserRole {
    /// For people.
    var label: String {
        switch self {
        case .superAdmin: "Super administrator"
        case .orgAdmin: "Administrator"
        case .manager: "Manager"
        case .member: "Member"
        case .viewer: "Viewer"
        }
    }
}

extension VendorStanding {
    /// For people.
    var label: String {
        switch self {
        case .new: "New: no deal yet"
        case .known: "Known"
        case .changedAddress: "With another address than at the last deal"
        }
    }
}

/// A policy as its form describes it.
struct PolicyForm {
    private let form: Form

    init(_ form: Form) { self.form = form }

    /// What the form proposes: as the standard has it.
    static let proposed = [
        ("name", ""), ("min_amount", ""), ("below_amount", ""), ("currency", ""), ("adds_up_over_days", ""),
        ("deviation_percent", ""), ("approvals_required", "1"), ("second_approvals", ""),
        ("order", "together"), ("allow_self_approval", ""), ("sign_in_needed", ""), ("link_up_to", ""),
        ("expires_after_hours", "72"), ("remind_after_hours", "24"), ("escalate_after_hours", ""),
    ]

    /// The names of everything that can be ticked.
    static func choices(people: [UserID]) -> [String] {
        let roles = UserRole.allCases.map(\.rawValue)
        return EmailKind.allCases.map { "kind.\($0.rawValue)" }
            + VendorStanding.allCases.map { "vendor.\($0.rawValue)" }
            + ["role", "second_role", "escalation_role"].flatMap { prefix in roles.map { "\(prefix).\($0)" } }
            + ["person", "second_person"].flatMap { prefix in people.map { "\(prefix).\($0)" } }
    }

    func policy() throws -> ApprovalPolicy {
        let hours = try number("expires_after_hours", in: 1...8760) ?? 72
        let signInNeeded = form["sign_in_needed"] == "on"
        let linkUpTo = try money("link_up_to")
        guard !signInNeeded || linkUpTo == nil else {
            throw Problem.invalid("link_up_to", "leave it out where a sign-in is always needed")
        }
        let policy = ApprovalPolicy(
            approvalsRequired: try number("approvals_required", in: 1...10) ?? 1,
            approverRoles: roles("role"), allowSelfApproval: form["allow_self_approval"] == "on",
            linkAllowed: !signInNeeded, expiresAfterHours: hours, minimumTotal: try money("min_amount"),
            namedApprovers: people("person"), conditions: try conditions(), furtherGroups: try secondGroup(),
            order: form["order"].flatMap(ApprovalOrder.init(rawValue:)) ?? .together, linkUpTo: linkUpTo,
            remindAfterHours: try number("remind_after_hours", in: 1...max(1, hours - 1)),
            escalation: try escalation(before: hours))
        guard let policy else {
            throw Problem.invalid(
                "approvals_required",
                "choose a role, or as many people as have to say yes, and let the first amount be less than the second"
            )
        }
        return policy
    }

    private func conditions() throws -> ApprovalConditions {
        let kinds = Set(EmailKind.allCases.filter { isTicked("kind.\($0.rawValue)") })
        let vendors = Set(VendorStanding.allCases.filter { isTicked("vendor.\($0.rawValue)") })
        let conditions = ApprovalConditions(
            below: try money("below_amount"), kinds: kinds.isEmpty ? nil : kinds,
            vendors: vendors.isEmpty ? nil : vendors,
            deviationPercent: try number("deviation_percent", in: 1...1000),
            addsUpOverDays: try number("adds_up_over_days", in: 1...366))
        guard let conditions else { throw Problem.invalid("below_amount", "must be more than 0") }
        return conditions
    }

    private func secondGroup() throws -> [ApproverGroup] {
        guard let approvals = try number("second_approvals", in: 1...10) else { return [] }
        let group = ApproverGroup(
            approvals: approvals, roles: roles("second_role"), people: people("second_person"))
        guard let group else {
            throw Problem.invalid(
                "second_approvals", "choose a role, or as many people, for the second group")
        }
        return [group]
    }

    private func escalation(before end: Int) throws -> ApprovalEscalation? {
        guard let hours = try number("escalate_after_hours", in: 1...max(1, end - 1)) else { return nil }
        guard let escalation = ApprovalEscalation(afterHours: hours, roles: roles("escalation_role")) else {
            throw Problem.invalid("escalate_after_hours", "choose who else may decide then")
        }
        return escalation
    }

    private func isTicked(_ name: String) -> Bool { form[name] == "on" }

    private func roles(_ prefix: String) -> Set<UserRole> {
        Set(UserRole.allCases.filter { isTicked("\(prefix).\($0.rawValue)") })
    }

    private func people(_ prefix: String) -> Set<PersonID> {
        Set(form.ticked(prefix).compactMap { PersonID($0) })
    }

    private func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = form.filled(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Problem.invalid(
                name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private func money(_ name: String) throws -> Money? {
        guard let text = form.filled(name) else { return nil }
        guard let amount = Amount(text), amount >= .zero else {
            throw Problem.invalid(name, "must be an amount such as 5000.00")
        }
        guard let currency = form.filled("currency").flatMap({ Currency($0) }) else {
            throw Problem.invalid("currency", "name the currency of the amounts, such as EUR")
        }
        return Money(amount, currency)
    }
}

/// A policy in words.
struct PolicyWords {
    let policy: ApprovalPolicy
    let names: [PersonID: String]

    /// What it applies to.
    var scope: String {
        let conditions = policy.conditions
        var parts: [String] = []
        if let minimum = policy.minimumTotal { parts.append("totals from \(words(minimum))") }
        if let below = conditions.below { parts.append("totals below \(words(below))") }
        if let days = conditions.addsUpOverDays {
            parts.append("adding up what one vendor gets over \(days) days")
        }
        if let percent = conditions.deviationPercent { parts.append("prices \(percent) % above the target") }
        if let kinds = conditions.kinds {
            parts.append(list(EmailKind.allCases.filter(kinds.contains).map { $0.title.lowercased() }))
        }
        if let vendors = conditions.vendors {
            let standings = VendorStanding.allCases.filter(vendors.contains)
            parts.append("vendors: " + list(standings.map { $0.label.lowercased() }))
        }
        return parts.isEmpty ? "Every email that concerns money" : capitalized(parts.joined(separator: "; "))
    }

    /// Who has to say yes.
    var who: String {
        let groups = policy.groups.map { "\($0.approvals) of \(members($0.roles, $0.people))" }
        return groups.joined(separator: policy.order == .inTurn ? ", then " : ", and ")
    }

    /// How they say it, and until when.
    var how: String {
        var parts: [String] = []
        if !policy.linkAllowed { parts.append("with a sign-in") }
        if let amount = policy.linkUpTo { parts.append("with a sign-in above \(words(amount))") }
        if policy.allowSelfApproval { parts.append("whoever asked may decide too") }
        if let hours = policy.remindAfterHours { parts.append("a reminder after \(hours) h") }
        if let escalation = policy.escalation {
            let others = members(escalation.roles, escalation.people)
            parts.append("after \(escalation.afterHours) h also \(others)")
        }
        parts.append("nothing is sent after \(policy.expiresAfterHours) h")
        return capitalized(parts.joined(separator: "; "))
    }

    private func members(_ roles: Set<UserRole>, _ people: Set<PersonID>) -> String {
        let labels = UserRole.allCases.filter(roles.contains).map { $0.label.lowercased() }
        return list(labels + people.map { names[$0] ?? "somebody who has left" }.sorted())
    }

    private func list(_ words: [String]) -> String { words.joined(separator: ", ") }

    private func words(_ money: Money) -> String { "\(money.currency.code) \(Figures.grouped(money.amount))" }

    private func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
