import Negotiation

/// Everything an approver sees before deciding.
public struct ApprovalView: Sendable {
    public let request: ApprovalRequest
    public let email: EmailRecord
    /// Exactly what is asked about, even if the email was edited since.
    public let content: EmailContent
    public let negotiation: NegotiationRecord
    public let requester: User?
    public let decisions: [MadeDecision]
    /// Where the question stands.
    public let state: ApprovalState
    /// The vendor's last message, where there is one.
    public let lastVendorMessage: ThreadMessage?
    /// What the vendor has written since the email was first written, oldest first.
    public let repliesSince: [ThreadMessage]
    /// How it differs from what was sent or asked about before; `nil` for the first of a negotiation.
    public let comparison: ContentComparison?
    /// What an approver should know before saying yes, one sentence each.
    public let warnings: [String]
    /// Who looks at it; `nil` where that does not matter.
    public let approver: User?
    /// As whom that person decides.
    public let voice: ApproverVoice?
    /// Whether the time is over although nobody has said so yet.
    public let isOverdue: Bool

    /// Whether a decision can still be made.
    public var isOpen: Bool { request.status == .pending && !isOverdue }

    /// People who still have to say yes.
    public var missingApprovals: Int { state.missing }

    /// Why the one who looks at it cannot decide, while others can.
    public var refusal: ApprovalRefusal? { isOpen ? voice?.refusal : nil }
}

/// A decision, and who made it.
public struct MadeDecision: Sendable {
    public let decision: ApprovalDecision
    public let approver: User?
    /// Whom they stood in for.
    public let absent: User?
}

extension Office {
    /// Looks at a request as somebody who is signed in; changes nothing.
    public func approval(_ id: ApprovalRequestID, of organization: OrganizationID, for user: User? = nil)
        async throws -> ApprovalView
    {
        guard let request = try await books.approvals.find(organization, id) else {
            throw DeskError.notFound("approval")
        }
        return try await view(of: request, for: user, via: .page)
    }

    func view(of request: ApprovalRequest, for approver: User?, via channel: DecisionChannel) async throws
        -> ApprovalView
    {
        let organization = request.organizationID
        guard let email = try await books.emails.find(organization, request.emailID),
            let content = try await books.emails.content(organization, request.emailID, request.emailVersion),
            let negotiation = try await books.negotiations.find(organization, request.negotiationID)
        else { throw DeskError.notFound("approval") }
        let now = clock.now()
        let made = try await books.approvals.decisions(organization, request.id)
        let state = request.state(after: made)
        let thread = try await books.threads.messages(organization, negotiation.id)
        let inbound = thread.filter { $0.direction == .inbound }
        return ApprovalView(
            request: request, email: email, content: content, negotiation: negotiation,
            requester: try await books.people.user(organization, request.requestedBy),
            decisions: try await decisions(made, of: organization), state: state,
            lastVendorMessage: inbound.last,
            repliesSince: inbound.filter { $0.receivedAt > email.createdAt },
            comparison: try await comparison(of: content, email, in: organization),
            warnings: try await warnings(about: content, of: negotiation, inbound: inbound, at: now),
            approver: approver,
            voice: try await approver.asyncMap { user in
                try await voice(of: user, in: state, saying: .approve, via: channel, at: now)
            }, isOverdue: request.status == .pending && request.expiresAt <= now)
    }

    private func decisions(_ made: [ApprovalDecision], of organization: OrganizationID) async throws
        -> [MadeDecision]
    {
        var result: [MadeDecision] = []
        for decision in made {
            result.append(
                MadeDecision(
                    decision: decision,
                    approver: try await books.people.user(organization, decision.approverID),
                    absent: try await decision.onBehalfOf.asyncMap { absent in
                        try await books.people.user(organization, UserID(absent.person.uuid))
                    }.flatMap { $0 }))
        }
        return result
    }
}

extension Optional where Wrapped: Sendable {
    /// What becomes of the value where there is one.
    fileprivate func asyncMap<Result>(_ transform: (Wrapped) async throws -> Result) async rethrows -> Result?
    {
        guard let self else { return nil }
        return try await transform(self)
    }
}
