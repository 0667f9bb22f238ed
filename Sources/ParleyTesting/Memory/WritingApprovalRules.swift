import Desk
import Negotiation

extension Writing {
    mutating func makeApprovalRule(_ change: Change) throws {
        switch change {
        case .addPolicy(let policy):
            try exists(rows.organization != nil, "approval_policies_organization_id_fkey")
            try unique(!rows.policies.contains { $0.id == policy.id }, "approval_policies_pkey")
            rows.policies.append(policy)
        case .changePolicy(let policy, _):
            guard let place = rows.policies.firstIndex(where: { $0.id == policy.id }) else {
                return touched(false)
            }
            rows.policies[place] = NamedPolicy(
                id: policy.id, name: policy.name, policy: policy.policy,
                createdAt: rows.policies[place].createdAt)
        case .retirePolicy(let id, _):
            touched(rows.policies.contains { $0.id == id })
            rows.policies.removeAll { $0.id == id }
        case .addDelegation(let delegation):
            try unique(!rows.delegations.contains { $0.id == delegation.id }, "approval_delegations_pkey")
            rows.delegations.append(delegation)
        case .endDelegation(let id, let now): end(id, at: now)
        case .setApprovalMail(let user, let mail): rows.approvalMail[user] = mail
        default: break
        }
    }

    /// One that has not begun ends where it would have begun.
    private mutating func end(_ id: ApprovalDelegationID, at now: Instant) {
        guard let place = rows.delegations.firstIndex(where: { $0.id == id && $0.ends > now }) else {
            return touched(false)
        }
        let old = rows.delegations[place]
        rows.delegations[place] = ApprovalDelegation(
            id: id, organizationID: old.organizationID, from: old.from, to: old.to, begins: old.begins,
            ends: max(old.begins, now), createdBy: old.createdBy, createdAt: old.createdAt)
    }
}
