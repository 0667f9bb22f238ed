import Negotiation

extension Office {
    /// Somebody who has approved an email through a link takes the approval back, as long as the email has not begun to
    /// be sent. The email goes back to its author as a draft, and whoever wants it sent has to ask anew.
    public func takeBack(behind token: String, ipAddress: String?, userAgent: String?) async throws
        -> ApprovalView
    {
        let link = try await link(of: token)
        guard let approver = try await books.people.user(link.organizationID, link.approverID),
            approver.isActive
        else { throw DeskError.forbidden("The account that this link was sent to is not active any more.") }
        let origin = Origin(userID: approver.id, ipAddress: ipAddress, userAgent: userAgent)
        try await takeBack(link.requestID, by: approver, origin: origin)
        return try await approval(behind: token)
    }

    /// The same for somebody who has signed in.
    public func takeBack(_ id: ApprovalRequestID, by approver: User, origin: Origin) async throws {
        let organization = approver.organizationID
        try await settling(organization) {
            guard let request = try await books.approvals.find(organization, id),
                let email = try await books.emails.find(organization, request.emailID),
                let negotiation = try await books.negotiations.find(organization, request.negotiationID)
            else { throw DeskError.notFound("approval") }
            let decisions = try await books.approvals.decisions(organization, id)
            guard decisions.contains(where: { $0.approverID == approver.id && $0.decision == .approve })
            else {
                throw DeskError.forbidden("Only who has approved the email can take the approval back.")
            }
            guard request.status == .approved, email.canBeTakenBack(under: request) else {
                throw DeskError.conflict(
                    "not_revocable",
                    "The approval cannot be taken back any more: \(email.whereItIs(under: request))")
            }
            let now = clock.now()
            let reason = "\(approver.fullName) has taken the approval back."
            let changes: [Change] = [
                .revokeApproval(id, reason: reason, at: now),
                .moveEmail(email.id, from: email.status, to: .draft, reason: reason, at: now),
                timeline(negotiation, "approval.taken_back", reason, now, origin: origin),
            ]
            let told = notifying(
                negotiation.ownerID, type: "system_alert", title: "An approval was taken back",
                message: reason, about: negotiation.id, at: now)
            return ((), changes + told + (try await returning(negotiation, without: email, at: now)))
        }
    }
}

extension EmailRecord {
    /// Whether the approval of a request can still keep it from leaving.
    public func canBeTakenBack(under request: ApprovalRequest) -> Bool {
        (status == .approved || status == .claimed) && digest == request.digest
    }

    fileprivate func whereItIs(under request: ApprovalRequest) -> String {
        switch status {
        case .sending: "the email is being handed to the mail server."
        case .sent: "the email was sent."
        case .uncertain: "the email may have been sent."
        case .draft, .pendingApproval, .approved, .claimed, .failed, .cancelled: "\(request.explanation)"
        }
    }
}
