import Desk
import Negotiation

extension Writing {
    mutating func makeApproval(_ change: Change) throws {
        switch change {
        case .noteAsk(let ask):
            rows.asks.removeAll { $0.requestID == ask.requestID && $0.userID == ask.userID }
            rows.asks.append(ask)
        case .addApprovalRequest(let request): try add(request)
        case .closeApprovalRequest(let id, let status, let reason, let now):
            close(id, status, reason: reason, at: now)
        case .touchApprovalRequest(let id, let decisions): touch(id, decisions: decisions)
        case .addApprovalLink(let link): try add(link)
        case .addDecision(let decision): try add(decision)
        case .addGrant(let grant): try add(grant)
        default: break
        }
    }

    /// The digest is the content's own, whatever the request says.
    private mutating func add(_ request: ApprovalRequest) throws {
        let content = rows.contents.first {
            $0.emailID == request.emailID && $0.version == request.emailVersion
        }
        guard let content else { return touched(false, else: .missing("email_contents_pkey")) }
        try unique(!rows.requests.contains { $0.id == request.id }, "approval_requests_pkey")
        let isAsked = rows.requests.contains { $0.emailID == request.emailID && $0.status == .pending }
        try unique(!isAsked || request.status != .pending, "approval_requests_one_pending")
        try exists(
            rows.negotiations.contains { $0.id == request.negotiationID },
            "approval_requests_organization_id_negotiation_id_fkey")
        try exists(
            rows.users.contains { $0.user.id == request.requestedBy },
            "approval_requests_organization_id_requested_by_fkey")
        rows.requests.append(
            ApprovalRequest(
                id: request.id, organizationID: organization, emailID: request.emailID,
                emailVersion: request.emailVersion, digest: content.digest,
                negotiationID: request.negotiationID, requestedBy: request.requestedBy,
                requirement: request.requirement, status: request.status,
                decisionReason: request.decisionReason,
                createdAt: request.createdAt, expiresAt: request.expiresAt, decidedAt: request.decidedAt))
    }

    private mutating func close(
        _ id: ApprovalRequestID, _ status: ApprovalRequest.Status, reason: String?, at now: Instant
    ) {
        guard let place = rows.requests.firstIndex(where: { $0.id == id && $0.status == .pending }) else {
            return touched(false)
        }
        let request = rows.requests[place]
        rows.requests[place] = ApprovalRequest(
            id: id, organizationID: organization, emailID: request.emailID,
            emailVersion: request.emailVersion, digest: request.digest,
            negotiationID: request.negotiationID, requestedBy: request.requestedBy,
            requirement: request.requirement, status: status, decisionReason: reason,
            createdAt: request.createdAt,
            expiresAt: request.expiresAt, decidedAt: now)
    }

    private mutating func touch(_ id: ApprovalRequestID, decisions: Int) {
        let isPending = rows.requests.contains { $0.id == id && $0.status == .pending }
        let count = rows.decisions.count { $0.requestID == id }
        touched(isPending && count == decisions + 1)
    }

    private mutating func add(_ link: ApprovalLink) throws {
        try own(link.organizationID)
        try unique(ledger.links[link.tokenHash] == nil, "approval_links_pkey")
        try rule(link.tokenHash.count == 32, "approval_links_token_hash_check")
        ledger.links[link.tokenHash] = link
    }

    private mutating func add(_ decision: ApprovalDecision) throws {
        guard let request = rows.requests.first(where: { $0.id == decision.requestID }) else {
            return touched(false, else: .missing("approval_requests_pkey"))
        }
        try unique(!rows.decisions.contains { $0.id == decision.id }, "approval_decisions_pkey")
        let hasDecided = rows.decisions.contains {
            $0.requestID == request.id && $0.approverID == decision.approverID
        }
        try unique(!hasDecided, "approval_decisions_organization_id_request_id_approver_id_key")
        try exists(
            rows.users.contains { $0.user.id == decision.approverID },
            "approval_decisions_organization_id_approver_id_fkey")
        let absent = decision.onBehalfOf.map { UserID($0.person.uuid) }
        let isStoodInFor = rows.decisions.contains {
            $0.requestID == request.id && absent != nil
                && $0.onBehalfOf?.person == decision.onBehalfOf?.person
        }
        try unique(!isStoodInFor, "approval_decisions_stand_in_once")
        let isBarred =
            !request.requirement.allowSelfApproval
            && [decision.approverID, absent].contains(request.requestedBy)
        try rule(decision.decision != .approve || !isBarred, "decisions_never_by_the_asker")
        rows.decisions.append(decision)
    }

    /// An email that was held and handed in again unchanged has its grant already.
    private mutating func add(_ grant: ApprovalGrant) throws {
        guard let request = rows.requests.first(where: { $0.id == grant.requestID }),
            !rows.grants.contains(where: { $0.emailID == grant.emailID && $0.digest == grant.digest })
        else { return }
        try unique(!rows.grants.contains { $0.id == grant.id }, "approval_grants_pkey")
        try rule(
            request.emailID == grant.emailID && request.digest == grant.digest,
            "grants_are_for_what_was_asked"
        )
        let approvals = rows.decisions.count { $0.requestID == request.id && $0.decision == .approve }
        try rule(approvals >= request.requirement.fewestPeople, "grants_rest_on_enough_people")
        rows.grants.append(grant)
    }
}
