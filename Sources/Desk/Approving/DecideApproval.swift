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
    /// cancelled or, where changes are asked for, goes back to whoever wrote it.
    public func decide(
        _ id: ApprovalRequestID, _ input: DecisionInput, by approver: User, origin: Origin
    ) async throws {
        let comment = try input.comment.flatMap { text -> String? in
            text.allSatisfy(\.isWhitespace) ? nil : try Field.lines(text, "comment", longest: 2000)
        }
        guard input.decision != .changes || comment != nil else {
            throw DeskError.invalid(field: "comment", "say what has to change")
        }
        try await settling(approver.organizationID) {
            guard let request = try await books.approvals.find(approver.organizationID, id) else {
                throw DeskError.notFound("approval")
            }
            let now = clock.now()
            let earlier = try await openDecisions(on: request, at: now)
            let voice = try await voice(
                of: approver, in: request.state(after: earlier), saying: input.decision, via: input.channel,
                at: now)
            if let refusal = voice.refusal { throw DeskError.decisionRefused(refusal) }
            let decision = ApprovalDecision(
                id: clock.newID(), requestID: id, approverID: approver.id, role: approver.role,
                onBehalfOf: voice.absent?.asApprover, decision: input.decision, comment: comment,
                channel: input.channel, ipAddress: origin.ipAddress, userAgent: origin.userAgent,
                decidedAt: now)
            let record = record(of: decision, on: request, by: approver, for: voice.absent, origin: origin)
            let consequences = try await consequences(
                of: decision, after: earlier, on: request, by: approver, origin: origin)
            return ((), record + consequences)
        }
    }

    private func openDecisions(on request: ApprovalRequest, at now: Instant) async throws
        -> [ApprovalDecision]
    {
        guard request.status == .pending else {
            throw DeskError.conflict("not_pending", request.explanation)
        }
        guard request.expiresAt > now else {
            throw DeskError.conflict("expired", "The time for this decision ended at \(request.expiresAt).")
        }
        return try await books.approvals.decisions(request.organizationID, request.id)
    }

    private func record(
        of decision: ApprovalDecision, on request: ApprovalRequest, by approver: User, for absent: User?,
        origin: Origin
    ) -> [Change] {
        let who = approver.fullName + (absent.map { " (on behalf of \($0.fullName))" } ?? "")
        let note = decision.comment.map { ": \($0)" } ?? "."
        return [
            .addDecision(decision),
            .audit(
                .negotiation(
                    request.negotiationID, "approval.\(decision.decision.participle)",
                    "\(who) \(decision.decision.sentence)\(note)",
                    changes: ["via": decision.channel.rawValue], origin: origin, at: decision.decidedAt)),
        ]
    }

    private func consequences(
        of decision: ApprovalDecision, after earlier: [ApprovalDecision], on request: ApprovalRequest,
        by approver: User, origin: Origin
    ) async throws -> [Change] {
        let now = decision.decidedAt
        switch request.state(after: earlier + [decision]).standing(at: now) {
        case .complete:
            return [
                .closeApprovalRequest(request.id, .approved, reason: nil, at: now),
                .addGrant(ApprovalGrant(id: clock.newID(), request: request, grantedAt: now)),
                .approveEmail(
                    request.emailID, from: .pendingApproval, digest: request.digest, at: now),
                enqueueing(.sendEmail(request.emailID), for: request.organizationID, at: now),
            ]
        case .rejected where decision.decision == .changes:
            return try await returning(
                request, because: "\(approver.fullName) asks for changes: \(decision.comment ?? "")",
                origin: origin, at: now)
        case .rejected:
            return try await refusing(
                request, as: .rejected, reason: decision.comment ?? "Rejected by \(approver.fullName).",
                origin: origin, at: now)
        // Others have to say yes as well, and perhaps it is their turn now. Closing and opening the request again makes
        // two decisions at the same moment see each other.
        case .open, .expired:
            return [
                .touchApprovalRequest(request.id, decisions: earlier.count),
                enqueueing(.askApprovers(request.id), for: request.organizationID, at: now),
            ]
        }
    }

    /// Gives an email back to whoever wrote it: it is a draft again, and the negotiation returns to whoever had the last
    /// word.
    private func returning(
        _ request: ApprovalRequest, because reason: String, origin: Origin, at now: Instant
    ) async throws -> [Change] {
        guard
            let negotiation = try await books.negotiations.find(request.organizationID, request.negotiationID)
        else { throw DeskError.notFound("negotiation") }
        return [
            .closeApprovalRequest(request.id, .rejected, reason: reason, at: now),
            .moveEmail(request.emailID, from: .pendingApproval, to: .draft, reason: reason, at: now),
        ] + (try await abandoning(negotiation, reason: reason, origin: origin, at: now))
            + notifying(
                request.requestedBy, type: "approval_decided", title: "Changes are asked for",
                message: reason,
                about: negotiation.id, at: now)
    }

    private func abandoning(
        _ negotiation: NegotiationRecord, reason: String, origin: Origin, at now: Instant
    ) async throws -> [Change] {
        var negotiation = negotiation
        guard
            case .to(let next, let effects) = negotiation.status.transition(
                .emailAbandoned(negotiation.lastWord))
        else { return [] }
        negotiation.status = next
        negotiation.updatedAt = now
        return [.updateNegotiation(negotiation)]
            + (try await changes(for: effects, of: negotiation, reason: reason, origin: origin, at: now))
    }

    /// Ends a request with no, cancels its email, and returns the negotiation to whoever had the last word.
    func refusing(
        _ request: ApprovalRequest, as status: ApprovalRequest.Status, reason: String, origin: Origin,
        at now: Instant
    ) async throws -> [Change] {
        guard
            let negotiation = try await books.negotiations.find(request.organizationID, request.negotiationID)
        else { throw DeskError.notFound("negotiation") }
        var changes: [Change] = [
            .closeApprovalRequest(request.id, status, reason: reason, at: now),
            .moveEmail(request.emailID, from: .pendingApproval, to: .cancelled, reason: reason, at: now),
        ]
        changes += try await abandoning(negotiation, reason: reason, origin: origin, at: now)
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

extension Decision {
    /// As the audit log names it.
    fileprivate var participle: String {
        switch self {
        case .approve: "approved"
        case .reject: "rejected"
        case .changes: "changes_asked"
        }
    }

    /// What somebody has done by it.
    public var sentence: String {
        switch self {
        case .approve: "has approved the email"
        case .reject: "has rejected the email"
        case .changes: "has asked for changes to the email"
        }
    }
}
