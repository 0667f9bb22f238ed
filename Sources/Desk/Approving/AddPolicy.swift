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
    /// Adds an approval policy. Requests that are pending already keep the policy under which they were asked.
    public func addPolicy(_ name: String, _ policy: ApprovalPolicy, by caller: Caller) async throws
        -> NamedPolicy
    {
        guard caller.user.role.mayAdminister else {
            throw DeskError.forbidden("Only an administrator may change approval policies.")
        }
        let now = clock.now()
        let named = NamedPolicy(
            id: clock.newID(), name: try Field.text(name, "name", longest: 255), policy: policy,
            createdAt: now)
        try await books.commit(
            caller.organizationID,
            [
                .addPolicy(named),
                .audit(
                    AuditEntry(
                        action: "approval_policy.created", entityType: "approval_policy",
                        entityID: named.id.uuid,
                        description: "Approval policy \(named.name) added", origin: caller.origin, at: now)),
            ])
        return named
    }
}
