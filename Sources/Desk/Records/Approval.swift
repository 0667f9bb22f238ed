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
    public let policy: ApprovalPolicy
    public let status: Status
    public let decisionReason: String?
    public let createdAt: Instant
    public let expiresAt: Instant
    public let decidedAt: Instant?

    /// What became of the request; all but the first are final.
    public enum Status: String, Sendable, CaseIterable { case pending, approved, rejected, voided, expired }

    public init(
        id: ApprovalRequestID, organizationID: OrganizationID, emailID: EmailID, emailVersion: Int,
        digest: [UInt8], negotiationID: NegotiationID, requestedBy: UserID, policy: ApprovalPolicy,
        status: Status,
        decisionReason: String?, createdAt: Instant, expiresAt: Instant, decidedAt: Instant?
    ) {
        self.id = id
        self.organizationID = organizationID
        self.emailID = emailID
        self.emailVersion = emailVersion
        self.digest = digest
        self.negotiationID = negotiationID
        self.requestedBy = requestedBy
        self.policy = policy
        self.status = status
        self.decisionReason = decisionReason
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.decidedAt = decidedAt
    }
}

/// One person's yes or no.
public struct ApprovalDecision: Hashable, Sendable {
    public let id: ApprovalDecisionID
    public let requestID: ApprovalRequestID
    public let approverID: UserID
    public let decision: Decision
    public let comment: String?
    public let channel: DecisionChannel
    public let ipAddress: String?
    public let userAgent: String?
    public let decidedAt: Instant

    public init(
        id: ApprovalDecisionID, requestID: ApprovalRequestID, approverID: UserID, decision: Decision,
        comment: String?, channel: DecisionChannel, ipAddress: String?, userAgent: String?, decidedAt: Instant
    ) {
        self.id = id
        self.requestID = requestID
        self.approverID = approverID
        self.decision = decision
        self.comment = comment
        self.channel = channel
        self.ipAddress = ipAddress
        self.userAgent = userAgent
        self.decidedAt = decidedAt
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
