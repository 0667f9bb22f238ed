import Negotiation

/// Somebody decides for somebody else who is away, on record.
public struct ApprovalDelegation: Hashable, Sendable {
    public let id: ApprovalDelegationID
    public let organizationID: OrganizationID
    /// Who is away.
    public let from: UserID
    /// Who decides meanwhile.
    public let to: UserID
    public let begins: Instant
    /// Up to but not including this moment.
    public let ends: Instant
    public let createdBy: UserID
    public let createdAt: Instant

    public init(
        id: ApprovalDelegationID, organizationID: OrganizationID, from: UserID, to: UserID, begins: Instant,
        ends: Instant, createdBy: UserID, createdAt: Instant
    ) {
        self.id = id
        self.organizationID = organizationID
        self.from = from
        self.to = to
        self.begins = begins
        self.ends = ends
        self.createdBy = createdBy
        self.createdAt = createdAt
    }

    /// As the rules see it; `nil` for what they would not have allowed.
    var rule: Delegation? { Delegation(from: from.person, to: to.person, begins: begins, ends: ends) }
}
