import Desk
import Negotiation
import Secrets

/// Who has to approve what.
enum PolicyOperations {
    static let all = [list, add, change, retire]

    private static let group = "Approvals"

    private static let list = Operation(
        method: .get, path: "/v1/approval-policies", name: "listApprovalPolicies", group: group,
        summary: "Who has to approve what", parameters: [.cursor, .limit],
        success: .list(of: "ApprovalPolicy")
    ) { call in
        let policies = try await call.office.books.approvals.policies(call.organization)
        return .ok(try policies.page(call.page()).json(Shapes.policy))
    }

    private static let add = Operation(
        method: .post, path: "/v1/approval-policies", name: "addApprovalPolicy", group: group,
        summary:
            "Adds a policy; what waits for approval keeps what was asked for, what is sent is checked anew",
        body: PolicyBody.shape, success: .created("ApprovalPolicy")
    ) { call in
        let (name, policy) = try PolicyBody.read(call.body)
        return .created(Shapes.policy.json(try await call.office.addPolicy(name, policy, by: call.caller)))
    }

    private static let change = Operation(
        method: .put, path: "/v1/approval-policies/{id}", name: "changeApprovalPolicy", group: group,
        summary: "Writes a policy anew", body: PolicyBody.shape, success: .one("ApprovalPolicy")
    ) { call in
        let (name, policy) = try PolicyBody.read(call.body)
        let id: ApprovalPolicyID = try call.id(of: "approval policy")
        let changed = try await call.office.changePolicy(id, name: name, policy, by: call.caller)
        return .ok(Shapes.policy.json(changed))
    }

    private static let retire = Operation(
        method: .delete, path: "/v1/approval-policies/{id}", name: "retireApprovalPolicy", group: group,
        summary: "Takes a policy out of force", success: .nothing
    ) { call in
        try await call.office.retirePolicy(call.id(of: "approval policy"), by: call.caller)
        return .nothing
    }
}

/// A policy as the body of a request describes it.
enum PolicyBody {
    private static let roles = BodyShape.Kind.manyOf(UserRole.allCases.map(\.rawValue))
    private static let people = BodyShape.Kind.ids(most: ApproverGroup.mostPeople)
    private static let groupShape = BodyShape([
        .required("approvals", .whole, "1 to 10."), .optional("roles", roles), .optional("approvers", people),
    ])
    private static let escalationShape = BodyShape([
        .required("after_hours", .whole, "Less than expires_after_hours."), .optional("roles", roles),
        .optional("approvers", people),
    ])

    static let shape = BodyShape([
        .required("name", .text), .optional("min_amount", .money, "The total from which it applies."),
        .optional("below_amount", .money, "The total from which it no longer applies."),
        .optional("currency", .currency, "Of every amount of the policy."),
        .optional("kinds", .manyOf(EmailKind.allCases.map(\.rawValue)), "Kinds of email; all unless told."),
        .optional("vendors", .manyOf(VendorStanding.allCases.map(\.rawValue)), "All unless told."),
        .optional("deviation_percent", .whole, "How far above the target the price has to be, 1 to 1000."),
        .optional(
            "adds_up_over_days", .whole, "Over how many days totals for one vendor add up, 1 to 366."),
        .required("approvals_required", .whole, "People who have to say yes, 1 to 10."),
        .optional("approver_roles", roles, "Needed unless approvers are named."),
        .optional("approvers", people, "People who may decide whatever their role."),
        .optional(
            "further_groups", .objects(groupShape, most: ApprovalPolicy.mostGroups - 1),
            "Others who have to say yes as well."),
        .optional("order", .oneOf(ApprovalOrder.allCases.map(\.rawValue)), "together unless told."),
        .required("allow_self_approval", .truth), .required("link_allowed", .truth),
        .optional("link_up_to", .money, "The total above which a sign-in is needed."),
        .required("expires_after_hours", .whole, "1 to 8760."),
        .optional("remind_after_hours", .whole, "Less than expires_after_hours."),
        .optional("escalation", .object(escalationShape), "Who else may decide when nobody has."),
    ])

    static func read(_ body: ReadBody) throws -> (String, ApprovalPolicy) {
        let name = try body.needed("name", body.text("name"))
        let required = try body.whole("approvals_required", in: 1...10)
        let hours = try body.whole("expires_after_hours", in: 1...8760)
        let minimum = try money("min_amount", body)
        let conditions = try conditions(body)
        if let minimum, let below = conditions.below, minimum.amount >= below.amount {
            throw Problem.invalid("below_amount", "must be more than min_amount")
        }
        let linkUpTo = try money("link_up_to", body)
        let isLinkAllowed = try body.needed("link_allowed", body.truth("link_allowed"))
        if linkUpTo != nil, !isLinkAllowed {
            throw Problem.invalid("link_up_to", "makes no sense where no link is allowed")
        }
        if body.currency("currency") != nil, minimum == nil, conditions.below == nil, linkUpTo == nil {
            throw Problem.invalid("min_amount", "is needed with currency")
        }
        let policy = ApprovalPolicy(
            approvalsRequired: required, approverRoles: roles("approver_roles", body),
            allowSelfApproval: try body.needed("allow_self_approval", body.truth("allow_self_approval")),
            linkAllowed: isLinkAllowed, expiresAfterHours: hours, minimumTotal: minimum,
            namedApprovers: Set(body.ids("approvers") ?? []), conditions: conditions,
            furtherGroups: try groups(body),
            order: body.text("order").flatMap(ApprovalOrder.init(rawValue:)) ?? .together,
            linkUpTo: linkUpTo,
            remindAfterHours: try body.optionalWhole("remind_after_hours", in: 1...max(1, hours - 1)),
            escalation: try escalation(body, before: hours))
        guard let policy else {
            throw Problem.invalid(
                "approver_roles", "must name at least one role, or approvers must name enough people")
        }
        return (name, policy)
    }

    private static func conditions(_ body: ReadBody) throws -> ApprovalConditions {
        let kinds = body.texts("kinds").map { Set($0.compactMap(EmailKind.init(rawValue:))) }
        let vendors = body.texts("vendors").map { Set($0.compactMap(VendorStanding.init(rawValue:))) }
        if let kinds, kinds.isEmpty { throw Problem.invalid("kinds", "must name at least one kind") }
        if let vendors, vendors.isEmpty { throw Problem.invalid("vendors", "must name at least one") }
        let conditions = ApprovalConditions(
            below: try money("below_amount", body), kinds: kinds, vendors: vendors,
            deviationPercent: try body.optionalWhole("deviation_percent", in: 1...1000),
            addsUpOverDays: try body.optionalWhole("adds_up_over_days", in: 1...366))
        guard let conditions else { throw Problem.invalid("below_amount", "must be more than 0") }
        return conditions
    }

    private static func groups(_ body: ReadBody) throws -> [ApproverGroup] {
        try (body.objects("further_groups", as: groupShape) ?? []).map { group in
            let read = ApproverGroup(
                approvals: try group.whole("approvals", in: 1...10), roles: roles("roles", group),
                people: Set(group.ids("approvers") ?? []))
            guard let read else {
                throw Problem.invalid(
                    "further_groups", "must each name at least one role, or enough people")
            }
            return read
        }
    }

    private static func escalation(_ body: ReadBody, before end: Int) throws -> ApprovalEscalation? {
        guard let read = try body.object("escalation", as: escalationShape) else { return nil }
        let escalation = ApprovalEscalation(
            afterHours: try read.whole("after_hours", in: 1...max(1, end - 1)), roles: roles("roles", read),
            people: Set(read.ids("approvers") ?? []))
        guard let escalation else {
            throw Problem.invalid("escalation", "must name at least one role or person")
        }
        return escalation
    }

    private static func roles(_ name: String, _ body: ReadBody) -> Set<UserRole> {
        Set((body.texts(name) ?? []).compactMap(UserRole.init(rawValue:)))
    }

    private static func money(_ name: String, _ body: ReadBody) throws(Problem) -> Money? {
        guard let amount = body.amount(name) else { return nil }
        guard amount >= .zero else { throw .invalid(name, "must not be negative") }
        guard let currency = body.currency("currency") else {
            throw .invalid("currency", "is needed with \(name)")
        }
        return Money(amount, currency)
    }
}

extension ReadBody {
    /// A whole number that the shape promises, within a range.
    func whole(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int {
        try needed(name, optionalWhole(name, in: range))
    }

    /// A whole number within a range, where there is one.
    func optionalWhole(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let number = whole(name) else { return nil }
        guard range.contains(number) else {
            throw .invalid(name, "must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}

extension Shapes {
    static let policy = Representation<NamedPolicy>(
        "ApprovalPolicy",
        [
            .id("id") { $0.id }, .text("name") { $0.name },
            .moneyOrNull("min_amount") { $0.policy.minimumTotal?.amount },
            .moneyOrNull("below_amount") { $0.policy.conditions.below?.amount },
            .textOrNull("currency") { $0.policy.currency?.code },
            .other("kinds", Schema.list(of: .text).orNull) { words($0.policy.conditions.kinds) },
            .other("vendors", Schema.list(of: .text).orNull) { words($0.policy.conditions.vendors) },
            .wholeOrNull("deviation_percent") { $0.policy.conditions.deviationPercent },
            .wholeOrNull("adds_up_over_days") { $0.policy.conditions.addsUpOverDays },
            .whole("approvals_required") { $0.policy.approvalsRequired },
            .texts("approver_roles") { roles($0.policy.approverRoles) },
            .texts("approvers") { people($0.policy.namedApprovers) },
            .other("further_groups", .list(of: group.schema)) {
                .array($0.policy.furtherGroups.map(group.json))
            },
            .oneOf("order", ApprovalOrder.allCases.map(\.rawValue)) { $0.policy.order.rawValue },
            .truth("allow_self_approval") { $0.policy.allowSelfApproval },
            .truth("link_allowed") { $0.policy.linkAllowed },
            .moneyOrNull("link_up_to") { $0.policy.linkUpTo?.amount },
            .whole("expires_after_hours") { $0.policy.expiresAfterHours },
            .wholeOrNull("remind_after_hours") { $0.policy.remindAfterHours },
            .other("escalation", escalation.schema.orNull) { named in
                named.policy.escalation.map(escalation.json) ?? .null
            },
            .time("created_at") { $0.createdAt },
        ])

    static let group = Representation<ApproverGroup>(
        "ApproverGroup",
        [
            .whole("approvals") { $0.approvals }, .texts("roles") { roles($0.roles) },
            .texts("approvers") { people($0.people) },
        ])

    static let chain = Representation<ApprovalChain>(
        "ApprovalChain",
        [
            .oneOf("order", ApprovalOrder.allCases.map(\.rawValue)) { $0.order.rawValue },
            .other("groups", .list(of: group.schema)) { .array($0.groups.map(group.json)) },
        ])

    static let escalation = Representation<ApprovalEscalation>(
        "ApprovalEscalation",
        [
            .whole("after_hours") { $0.afterHours }, .texts("roles") { roles($0.roles) },
            .texts("approvers") { people($0.people) },
        ])

    /// In their fixed order.
    private static func roles(_ roles: Set<UserRole>) -> [String] {
        UserRole.allCases.filter(roles.contains).map(\.rawValue)
    }

    private static func people(_ people: Set<PersonID>) -> [String] { people.map { "\($0)" }.sorted() }

    private static func words<Word: RawRepresentable>(_ words: Set<Word>?) -> StrictJSON
    where Word.RawValue == String {
        guard let words else { return .null }
        return .array(words.map(\.rawValue).sorted().map { .string($0) })
    }
}

extension ApprovalPolicy {
    /// The one of all its amounts.
    var currency: Currency? { (minimumTotal ?? conditions.below ?? linkUpTo)?.currency }
}
