import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Proof that enough people have said yes to exactly one content of one email. Only the decision below makes it, and
/// only one role of the database may store it.
public struct ApprovalGrant: Hashable, Sendable {
    public let id: ApprovalGrantID
    public let requestID: ApprovalRequestID
    public let emailID: EmailID
    public let digest: [UInt8]
    public let grantedAt: Instant

    fileprivate init(id: ApprovalGrantID, request: ApprovalRequest, grantedAt: Instant) {
        self.id = id
        requestID = request.id
        emailID = request.emailID
        digest = request.digest
        self.grantedAt = grantedAt
    }
}

/// One person's answer to a request.
public struct DecisionInput: Sendable {
    public var decision: Decision
    public var comment: String?
    public var channel: DecisionChannel

    public init(_ decision: Decision, comment: String?, channel: DecisionChannel) {
        self.decision = decision
        self.comment = comment
        self.channel = channel
    }
}

extension Office {
    /// Records a person's decision; with enough yeses the email is approved and on its way, with one no it is
    /// cancelled.
    public func decide(
        _ id: ApprovalRequestID, _ input: DecisionInput, by approver: User, origin: Origin
    ) async throws {
        let comment = try input.comment.flatMap { text -> String? in
            text.allSatisfy(\.isWhitespace) ? nil : try Field.lines(text, "comment", longest: 2000)
        }
        try await settling(approver.organizationID) {
            guard let request = try await books.approvals.find(approver.organizationID, id) else {
                throw DeskError.notFound("approval")
            }
            let decisions = try await openDecisions(on: request)
            if let refusal = request.policy.refusal(
                of: approver.id, role: approver.role, via: input.channel, requestedBy: request.requestedBy,
                decidedBy: decisions.map(\.approverID))
            {
                throw DeskError.decisionRefused(refusal)
            }
            let decision = ApprovalDecision(
                id: clock.newID(), requestID: id, approverID: approver.id, decision: input.decision,
                comment: comment, channel: input.channel, ipAddress: origin.ipAddress,
                userAgent: origin.userAgent, decidedAt: clock.now())
            return (
                (), try await recording(decision, after: decisions, on: request, by: approver, origin: origin)
            )
        }
    }

    private func openDecisions(on request: ApprovalRequest) async throws -> [ApprovalDecision] {
        guard request.status == .pending else {
            throw DeskError.conflict("not_pending", request.explanation)
        }
        guard request.expiresAt > clock.now() else {
            throw DeskError.conflict("expired", "The time for this decision ended at \(request.expiresAt).")
        }
        return try await books.approvals.decisions(request.organizationID, request.id)
    }

    private func recording(
        _ decision: ApprovalDecision, after earlier: [ApprovalDecision], on request: ApprovalRequest,
        by approver: User, origin: Origin
    ) async throws -> [Change] {
        let organization = approver.organizationID
        let votes = (earlier + [decision]).map { (person: $0.approverID, decision: $0.decision) }
        let said = decision.decision == .approve ? "approved" : "rejected"
        let note = decision.comment.map { ": \($0)" } ?? "."
        var changes: [Change] = [
            .addDecision(decision),
            .audit(
                .negotiation(
                    request.negotiationID, "approval.\(said)",
                    "\(approver.fullName) has \(said) the email\(note)",
                    changes: ["via": decision.channel.rawValue], origin: origin, at: decision.decidedAt)),
        ]
        switch request.policy.outcome(of: votes) {
        case .approve:
            let grant = ApprovalGrant(id: clock.newID(), request: request, grantedAt: decision.decidedAt)
            changes += [
                .closeApprovalRequest(request.id, .approved, reason: nil, at: decision.decidedAt),
                .addGrant(grant),
                .approveEmail(
                    request.emailID, from: .pendingApproval, digest: request.digest, at: decision.decidedAt),
            ]
            changes += try await leaving(request.emailID, of: organization, at: decision.decidedAt)
        case .reject:
            changes += try await refusing(
                request, as: .rejected, reason: decision.comment ?? "Rejected by \(approver.fullName).",
                origin: origin, at: decision.decidedAt)
        // Another approver has to say yes as well; closing and opening the request again makes two decisions at the
        // same moment see each other.
        case nil: changes.append(.touchApprovalRequest(request.id, decisions: earlier.count))
        }
        return changes
    }

    /// Ends a request with no, cancels its email, and returns the negotiation to whoever had the last word.
    func refusing(
        _ request: ApprovalRequest, as status: ApprovalRequest.Status, reason: String, origin: Origin,
        at now: Instant
    ) async throws -> [Change] {
        guard
            var negotiation = try await books.negotiations.find(request.organizationID, request.negotiationID)
        else { throw DeskError.notFound("negotiation") }
        var changes: [Change] = [
            .closeApprovalRequest(request.id, status, reason: reason, at: now),
            .moveEmail(request.emailID, from: .pendingApproval, to: .cancelled, reason: reason, at: now),
        ]
        if case .to(let next, let effects) = negotiation.status.transition(
            .emailAbandoned(negotiation.lastWord))
        {
            negotiation.status = next
            negotiation.updatedAt = now
            changes.append(.updateNegotiation(negotiation))
            changes += try await self.changes(
                for: effects, of: negotiation, reason: reason, origin: origin, at: now)
        }
        changes.append(
            .audit(
                .negotiation(
                    negotiation.id, "approval.\(status.rawValue)", "The email will not be sent: \(reason)",
                    origin: origin, at: now)))
        changes += notifying(
            negotiation.ownerID, type: "system_alert", title: "An email was not approved", message: reason,
            about: negotiation.id, at: now)
        return changes
    }
}

extension ApprovalRequest {
    /// What became of it, for somebody who comes late.
    public var explanation: String {
        let since = decidedAt.map { " at \($0)" } ?? ""
        let reason = decisionReason.map { " \($0)" } ?? ""
        return switch status {
        case .pending: "It waits for a decision."
        case .approved: "The email was approved\(since)."
        case .rejected: "The email was rejected\(since).\(reason)"
        case .voided: "This request is void since\(since).\(reason) If there is a newer one, decide on that."
        case .expired: "The time for this decision is over since \(expiresAt). Nothing was sent."
        }
    }
}
