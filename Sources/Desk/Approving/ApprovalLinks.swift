import Negotiation

extension Office {
    /// Looks at the request behind a link; changes nothing, whoever fetches it.
    public func approval(behind token: String) async throws -> ApprovalView {
        let link = try await link(of: token)
        return try await view(behind: link)
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
        return try await view(behind: link)
    }

    /// The longest token that is looked at, in bytes.
    private static var longestToken: Int { 200 }

    private func link(of token: String) async throws -> ApprovalLink {
        guard token.utf8.count <= Self.longestToken,
            let link = try await books.approvals.link(secrets.sha256(Array(token.utf8)))
        else { throw DeskError.notFound("approval link") }
        return link
    }

    private func view(behind link: ApprovalLink) async throws -> ApprovalView {
        guard let request = try await books.approvals.find(link.organizationID, link.requestID) else {
            throw DeskError.notFound("approval")
        }
        let approver = try await books.people.user(link.organizationID, link.approverID)
        return try await view(of: request, for: approver, via: .link)
    }
}
