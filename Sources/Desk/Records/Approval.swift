import Negotiation

/// The question whether one email may be sent exactly as it is.
public struct ApprovalRequest: Hashable, Sendable {
    public let id: ApprovalRequestID
    public let organizationID: OrganizationID
    public let emailID: EmailID
    public let emailVersion: Int
    /// Of the content that is asked about.
    public let digest: [UInt8]
    public let negotiationID: NegotiationID
    public let requestedBy: UserID
    /// What has to happen before the email may be sent, as the policies had it when it was asked.
    public let requirement: ApprovalRequirement
    public let status: Status
    public let decisionReason: String?
    public let createdAt: Instant
    public let expiresAt: Instant
    public let decidedAt: Instant?

    /// What became of the request; all but the first are final.
    public enum Status: String, Sendable, CaseIterable { case pending, approved, rejected, voided, expired }

    public init(
        id: ApprovalRequestID, organizationID: OrganizationID, emailID: EmailID, emailVersion: Int,
        digest: [UInt8], negotiationID: NegotiationID, requestedBy: UserID,
        requirement: ApprovalRequirement, status: Status,
        decisionReason: String?, createdAt: Instant, expiresAt: Instant, decidedAt: Instant?
    ) {
        self.id = id
        self.organizationID = organizationID
        self.emailID = emailID
        self.emailVersion = emailVersion
        self.digest = digest
        self.negotiationID = negotiationID
        self.requestedBy = requestedBy
        self.requirement = requirement
        self.status = status
        self.decisionReason = decisionReason
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.decidedAt = decidedAt
    }
}

extension ApprovalRequest {
    /// Where the question stands with the decisions so far.
    public func state(after decisions: [ApprovalDecision]) -> ApprovalState {
        ApprovalState(
            requirement, requestedBy: requestedBy.person, askedAt: createdAt, votes: decisions.map(\.vote))
    }
}

extension UserID {
    /// The person whom the user stands for.
    public var person: PersonID { PersonID(uuid) }
}

extension User {
    /// The person in their role.
    public var asApprover: Approver { Approver(id.person, role) }
}

/// What one person said.
public struct ApprovalDecision: Hashable, Sendable {
    public let id: ApprovalDecisionID
    public let requestID: ApprovalRequestID
    public let approverID: UserID
    /// The role that they had when they said it.
    public let role: UserRole
    /// Whom they stood in for, in the role that that person had then.
    public let onBehalfOf: Approver?
    public let decision: Decision
    public let comment: String?
    public let channel: DecisionChannel
    public let ipAddress: String?
    public let userAgent: String?
    public let decidedAt: Instant

    public init(
        id: ApprovalDecisionID, requestID: ApprovalRequestID, approverID: UserID, role: UserRole,
        onBehalfOf: Approver? = nil, decision: Decision, comment: String?, channel: DecisionChannel,
        ipAddress: String?, userAgent: String?, decidedAt: Instant
    ) {
        self.id = id
        self.requestID = requestID
        self.approverID = approverID
        self.role = role
        self.onBehalfOf = onBehalfOf
        self.decision = decision
        self.comment = comment
        self.channel = channel
        self.ipAddress = ipAddress
        self.userAgent = userAgent
        self.decidedAt = decidedAt
    }

    /// As the rules see it.
    public var vote: ApprovalVote {
        ApprovalVote(
            decision, by: Approver(approverID.person, role), onBehalfOf: onBehalfOf, via: channel,
            at: decidedAt)
    }
}

/// That somebody has been asked, or will be with their next digest.
public struct ApprovalAsk: Hashable, Sendable {
    public let requestID: ApprovalRequestID
    public let userID: UserID
    /// When the letter left; `nil` while it waits for the digest.
    public let askedAt: Instant?

    public init(requestID: ApprovalRequestID, userID: UserID, askedAt: Instant?) {
        self.requestID = requestID
        self.userID = userID
        self.askedAt = askedAt
    }
}

/// The link in one approver's email; the secret itself is never stored.
public struct ApprovalLink: Hashable, Sendable {
    /// SHA-256 of the secret.
    public let tokenHash: [UInt8]
    public let organizationID: OrganizationID
    public let requestID: ApprovalRequestID
    public let approverID: UserID
    public let createdAt: Instant
    public let expiresAt: Instant

    public init(
        tokenHash: [UInt8], organizationID: OrganizationID, requestID: ApprovalRequestID, approverID: UserID,
        createdAt: Instant, expiresAt: Instant
    ) {
        self.tokenHash = tokenHash
        self.organizationID = organizationID
        self.requestID = requestID
        self.approverID = approverID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
