import Negotiation

/// An approval policy under its name.
public struct NamedPolicy: Hashable, Sendable {
    public let id: ApprovalPolicyID
    public let name: String
    public let policy: ApprovalPolicy
    public let createdAt: Instant

    public init(id: ApprovalPolicyID, name: String, policy: ApprovalPolicy, createdAt: Instant) {
        self.id = id
        self.name = name
        self.policy = policy
        self.createdAt = createdAt
    }
}

extension Office {
    /// Adds an approval policy. Requests that are pending keep what was asked for when they were made; what is sent is
    /// held against the policies of that moment once more.
    public func addPolicy(_ name: String, _ policy: ApprovalPolicy, by caller: Caller) async throws
        -> NamedPolicy
    {
        let named = NamedPolicy(
            id: clock.newID(), name: try Field.text(name, "name", longest: 255), policy: policy,
            createdAt: clock.now())
        try await check(policy, by: caller)
        try await commit(
            caller.organizationID, [.addPolicy(named), audit("created", named, by: caller)])
        return named
    }

    /// Writes a policy anew under its id.
    public func changePolicy(
        _ id: ApprovalPolicyID, name: String, _ policy: ApprovalPolicy, by caller: Caller
    ) async throws -> NamedPolicy {
        try await check(policy, by: caller)
        let old = try await standingPolicy(id, of: caller.organizationID)
        let named = NamedPolicy(
            id: id, name: try Field.text(name, "name", longest: 255), policy: policy,
            createdAt: old.createdAt)
        try await commit(
            caller.organizationID,
            [.changePolicy(named, at: clock.now()), audit("changed", named, by: caller)])
        return named
    }

    /// Takes a policy out of force.
    public func retirePolicy(_ id: ApprovalPolicyID, by caller: Caller) async throws {
        try requireAdministrator(caller, to: "change approval policies")
        let old = try await standingPolicy(id, of: caller.organizationID)
        try await commit(
            caller.organizationID, [.retirePolicy(id, at: clock.now()), audit("retired", old, by: caller)])
    }

    private func standingPolicy(_ id: ApprovalPolicyID, of organization: OrganizationID) async throws
        -> NamedPolicy
    {
        let policies = try await books.approvals.policies(organization)
        guard let policy = policies.first(where: { $0.id == id }) else {
            throw DeskError.notFound("approval policy")
        }
        return policy
    }

    /// Whether the people whom it names are there, and its amounts can be compared with each other.
    private func check(_ policy: ApprovalPolicy, by caller: Caller) async throws {
        try requireAdministrator(caller, to: "change approval policies")
        let amounts = [policy.minimumTotal, policy.conditions.below, policy.linkUpTo].compactMap { $0 }
        guard Set(amounts.map(\.currency)).count <= 1 else {
            throw DeskError.invalid(field: "currency", "must be the same for all amounts of a policy")
        }
        let groups = policy.groups.reduce(into: Set<PersonID>()) { $0.formUnion($1.people) }
        for person in groups.union(policy.escalation?.people ?? []) {
            let user = try await books.people.user(caller.organizationID, UserID(person.uuid))
            guard let user, user.isActive else {
                throw DeskError.invalid(
                    field: "people", "\(person) is nobody of your organization, or not active any more")
            }
        }
    }

    private func audit(_ what: String, _ policy: NamedPolicy, by caller: Caller) -> Change {
        .audit(
            AuditEntry(
                action: "approval_policy.\(what)", entityType: "approval_policy", entityID: policy.id.uuid,
                description: "Approval policy \(policy.name) \(what)", origin: caller.origin,
                at: clock.now()))
    }
}
