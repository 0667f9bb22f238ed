import Negotiation

/// Everything an approver sees before deciding.
public struct ApprovalView: Sendable {
    public let request: ApprovalRequest
    public let email: EmailRecord
    /// Exactly what is asked about, even if the email was edited since.
    public let content: EmailContent
    /// The files that go along, read out of the bytes that are asked about.
    public let attachments: [ThreadMessage.Attachment]
    public let negotiation: NegotiationRecord
    public let requester: User?
    public let decisions: [(decision: ApprovalDecision, approver: User?)]
    /// The vendor's last message, where there is one.
    public let lastVendorMessage: ThreadMessage?
    /// Whose link it is; `nil` for somebody signed in.
    public let approver: User?
    /// Whether the time is over although nobody has said so yet.
    public let isOverdue: Bool

    /// Whether a decision can still be made.
    public var isOpen: Bool { request.status == .pending && !isOverdue }
}

extension Office {
    /// Looks at a request; changes nothing.
    public func approval(_ id: ApprovalRequestID, of organization: OrganizationID) async throws
        -> ApprovalView
    {
        try await view(of: id, in: organization, for: nil)
    }

    /// Looks at the request behind a link; changes nothing, whoever fetches it.
    public func approval(behind token: String) async throws -> ApprovalView {
        let link = try await link(of: token)
        let approver = try await books.people.user(link.organizationID, link.approverID)
        return try await view(of: link.requestID, in: link.organizationID, for: approver)
    }

    /// Decides through a link, as the person whom it was sent to.
    public func decide(
        behind token: String, _ decision: Decision, comment: String?, ipAddress: String?, userAgent: String?
    ) async throws -> ApprovalView {
        let link = try await link(of: token)
        guard let approver = try await books.people.user(link.organizationID, link.approverID),
            approver.isActive
        else { throw DeskError.forbidden("The account that this link was sent to is not active any more.") }
        let origin = Origin(userID: approver.id, ipAddress: ipAddress, userAgent: userAgent)
        try await decide(
            link.requestID, DecisionInput(decision, comment: comment, channel: .link), by: approver,
            origin: origin)
        return try await view(of: link.requestID, in: link.organizationID, for: approver)
    }

    /// The longest token that is looked at, in bytes.
    private static var longestToken: Int { 200 }

    private func link(of token: String) async throws -> ApprovalLink {
        guard token.utf8.count <= Self.longestToken,
            let link = try await books.approvals.link(secrets.sha256(Array(token.utf8)))
        else { throw DeskError.notFound("approval link") }
        return link
    }

    private func view(
        of id: ApprovalRequestID, in organization: OrganizationID, for approver: User?
    ) async throws -> ApprovalView {
        guard let request = try await books.approvals.find(organization, id),
            let email = try await books.emails.find(organization, request.emailID),
            let content = try await books.emails.content(organization, request.emailID, request.emailVersion),
            let negotiation = try await books.negotiations.find(organization, request.negotiationID)
        else { throw DeskError.notFound("approval") }
        var decisions: [(decision: ApprovalDecision, approver: User?)] = []
        for decision in try await books.approvals.decisions(organization, id) {
            decisions.append((decision, try await books.people.user(organization, decision.approverID)))
        }
        let thread = try await books.threads.messages(organization, negotiation.id)
        return ApprovalView(
            request: request, email: email, content: content, attachments: attachments(of: content),
            negotiation: negotiation,
            requester: try await books.people.user(organization, request.requestedBy), decisions: decisions,
            lastVendorMessage: thread.last { $0.direction == .inbound }, approver: approver,
            isOverdue: request.status == .pending && request.expiresAt <= clock.now())
    }
}
