import Negotiation

/// Some people out of a group, as JSON columns keep them.
struct StoredGroup: Codable {
    let approvals: Int
    let roles: [UserRole]
    let people: [String]

    init(_ group: ApproverGroup) {
        approvals = group.approvals
        roles = UserRole.allCases.filter(group.roles.contains)
        people = group.people.map { "\($0)" }.sorted()
    }

    var value: ApproverGroup? {
        ApproverGroup(
            approvals: approvals, roles: Set(roles), people: Set(people.compactMap { PersonID($0) }))
    }
}

/// An escalation, as JSON columns keep it.
struct StoredEscalation: Codable {
    let afterHours: Int
    let roles: [UserRole]
    let people: [String]

    enum CodingKeys: String, CodingKey {
        case afterHours = "after_hours"
        case roles
        case people
    }

    init(_ escalation: ApprovalEscalation) {
        afterHours = escalation.afterHours
        roles = UserRole.allCases.filter(escalation.roles.contains)
        people = escalation.people.map { "\($0)" }.sorted()
    }

    var value: ApprovalEscalation? {
        ApprovalEscalation(
            afterHours: afterHours, roles: Set(roles), people: Set(people.compactMap { PersonID($0) }))
    }
}

/// What has to happen before an email may be sent, as the column of its request keeps it.
struct StoredRequirement: Codable {
    struct Chain: Codable {
        let groups: [StoredGroup]
        let order: ApprovalOrder
    }

    let chains: [Chain]
    let allowSelfApproval: Bool
    let linkAllowed: Bool
    let expiresAfterHours: Int
    let remindAfterHours: Int?
    let escalations: [StoredEscalation]

    enum CodingKeys: String, CodingKey {
        case chains
        case allowSelfApproval = "allow_self_approval"
        case linkAllowed = "link_allowed"
        case expiresAfterHours = "expires_after_hours"
        case remindAfterHours = "remind_after_hours"
        case escalations
    }

    init(_ requirement: ApprovalRequirement) {
        chains = requirement.chains.map { Chain(groups: $0.groups.map(StoredGroup.init), order: $0.order) }
        allowSelfApproval = requirement.allowSelfApproval
        linkAllowed = requirement.linkAllowed
        expiresAfterHours = requirement.expiresAfterHours
        remindAfterHours = requirement.remindAfterHours
        escalations = requirement.escalations.map(StoredEscalation.init)
    }

    /// `nil` when any part of it is not to be read: half a requirement would be a weaker one.
    var value: ApprovalRequirement? {
        let chains = chains.compactMap { chain -> ApprovalChain? in
            let groups = chain.groups.compactMap(\.value)
            return groups.count == chain.groups.count ? ApprovalChain(groups, chain.order) : nil
        }
        let escalations = escalations.compactMap(\.value)
        guard chains.count == self.chains.count, escalations.count == self.escalations.count else {
            return nil
        }
        return ApprovalRequirement(
            chains: chains, allowSelfApproval: allowSelfApproval, linkAllowed: linkAllowed,
            expiresAfterHours: expiresAfterHours, remindAfterHours: remindAfterHours, escalations: escalations
        )
    }
}
