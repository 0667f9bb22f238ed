import Jinja
import Negotiation

extension Office {
    /// Changes that put the question about a content on record and promise to write to the approvers.
    func asking(
        about content: EmailContent, of negotiation: NegotiationRecord, requestedBy user: UserID,
        at now: Instant
    ) async throws -> [Change] {
        let total = content.terms.map { Money($0.total, $0.currency) }
        let policies = try await books.approvals.policies(negotiation.organizationID)
        let policy = ApprovalPolicy.applying(to: total, among: policies.map(\.policy))
        let request = ApprovalRequest(
            id: clock.newID(), organizationID: negotiation.organizationID, emailID: content.emailID,
            emailVersion: content.version, digest: [],
            negotiationID: negotiation.id, requestedBy: user, policy: policy, status: .pending,
            decisionReason: nil, createdAt: now, expiresAt: now.advanced(byHours: policy.expiresAfterHours),
            decidedAt: nil)
        return [
            .addApprovalRequest(request),
            enqueueing(.askApprovers(request.id), for: negotiation.organizationID, at: now),
            enqueueing(.expireApproval(request.id), for: negotiation.organizationID, at: request.expiresAt),
            .audit(
                .negotiation(
                    negotiation.id, "approval.requested", "Approval asked for: \(content.subject)",
                    origin: Origin(userID: user), at: now)),
        ]
    }

    /// Asks again for an email that was held, for instance because the vendor answered in between.
    public func submit(_ id: EmailID, by caller: Caller) async throws {
        try requireWriter(caller)
        try await settling(caller.organizationID) {
            guard let email = try await books.emails.find(caller.organizationID, id),
                let content = try await books.emails.content(caller.organizationID, id, email.version),
                var negotiation = try await books.negotiations.find(
                    caller.organizationID, email.negotiationID)
            else { throw DeskError.notFound("email") }
            guard email.status == .draft, let next = email.status.transition(.submitted) else {
                throw DeskError.conflict("not_draft", "Only an email that is a draft can be handed in.")
            }
            guard !negotiation.status.isClosed else {
                throw DeskError.conflict("closed", TransitionRefusal.closed.explanation)
            }
            guard negotiation.status != .pendingApproval else {
                throw DeskError.conflict("email_waiting", TransitionRefusal.emailWaiting.explanation)
            }
            let now = clock.now()
            negotiation.status = .pendingApproval
            negotiation.updatedAt = now
            let changes: [Change] = [
                .updateNegotiation(negotiation),
                .moveEmail(id, from: email.status, to: next, reason: nil, at: now),
            ]
            let question = try await asking(
                about: content, of: negotiation, requestedBy: caller.user.id, at: now)
            return ((), changes + question)
        }
    }

    /// Writes to everybody who may decide, each with a link of their own. The secret of a link is never stored, so a
    /// letter that has to be written again carries a new one.
    func askApprovers(_ id: ApprovalRequestID, job: Job) async throws {
        let organizationID = job.organizationID
        guard let request = try await books.approvals.find(organizationID, id), request.status == .pending,
            request.expiresAt > clock.now(),
            let content = try await books.emails.content(
                organizationID, request.emailID, request.emailVersion),
            let negotiation = try await books.negotiations.find(organizationID, request.negotiationID)
        else { return try await finish(job) }
        let organization = try await organization(organizationID)
        let requester = try await books.people.user(organizationID, request.requestedBy)
        let people = try await books.people.usersWithRole(organizationID, request.policy.approverRoles)
        let approvers = people.filter { request.policy.allowSelfApproval || $0.id != request.requestedBy }
        for approver in approvers {
            try await ask(
                approver, about: request, content: content, negotiation: negotiation,
                organization: organization,
                requester: requester)
        }
        if approvers.count < request.policy.approvalsRequired {
            try await tellThatTooFewMayDecide(about: request, found: approvers.count)
        }
        try await finish(job)
    }

    private func tellThatTooFewMayDecide(about request: ApprovalRequest, found: Int) async throws {
        let roles = request.policy.approverRoles.map(\.rawValue).sorted().joined(separator: ", ")
        let needed = request.policy.approvalsRequired
        let message = """
            \(needed) approvals are needed by somebody who is \(roles)\(request.policy.allowSelfApproval ? "" : " and did not ask"); \
            your organization has \(found). Add people with such a role, or change the approval policy.
            """
        try await books.commit(
            request.organizationID,
            notifying(
                request.requestedBy, type: "system_alert", title: "Too few people may approve an email",
                message: message, about: request.negotiationID, at: clock.now()))
    }

    private func ask(
        _ approver: User, about request: ApprovalRequest, content: EmailContent,
        negotiation: NegotiationRecord,
        organization: Organization, requester: User?
    ) async throws {
        let now = clock.now()
        var link = "\(settings.publicURL)/approvals/\(request.id)"
        if request.policy.linkAllowed {
            let token = try secrets.newToken()
            let stored = ApprovalLink(
                tokenHash: secrets.sha256(Array(token.utf8)), organizationID: organization.id,
                requestID: request.id, approverID: approver.id, createdAt: now, expiresAt: request.expiresAt)
            try await books.commit(organization.id, [.addApprovalLink(stored)])
            link = "\(settings.publicURL)/approve/\(token)"
        }
        let template = try await templates.email(organization.id, "approval_request")
        let variables = approvalVariables(
            approver: approver, request: request, content: content, negotiation: negotiation,
            requester: requester, link: link)
        let rendered = try templates.render(template, variables, now)
        try await writeToStaff(approver, subject: rendered.subject, text: rendered.text, from: organization)
    }

    private func approvalVariables(
        approver: User, request: ApprovalRequest, content: EmailContent, negotiation: NegotiationRecord,
        requester: User?, link: String
    ) -> [String: Value] {
        let terms = content.terms
        func amount(_ amount: Amount?) -> Value { Value(amount.map { "\($0)" } ?? "") }
        return [
            "approver_name": Value(approver.fullName),
            "requester_name": Value(requester?.fullName ?? "Parley"),
            "vendor_name": Value(negotiation.vendorContactName),
            "recipients": Value(content.recipients.map(\.address).joined(separator: ", ")),
            "kind": Value(content.kind.title), "subject": Value(content.subject),
            "body": Value(content.bodyText),
            "attachments": Value(
                attachments(of: content).map { Value("\($0.filename), \(Octets.words($0.size))") }),
            "currency": Value(negotiation.currency.code),
            "unit_price": amount(terms?.unitPrice), "quantity": Value(negotiation.quantity),
            "total": amount(terms?.total), "target_price": amount(negotiation.targetPrice),
            "limit_price": amount(negotiation.limitPrice),
            "vendor_offer": amount(negotiation.currentOfferPrice),
            "above_limit": Value(terms?.isAboveLimit ?? false), "link": Value(link),
            "expires_at": Value("\(request.expiresAt)"),
        ]
    }

    /// Refuses a request that nobody decided in time: time running out never approves.
    func expireApproval(_ id: ApprovalRequestID, job: Job) async throws {
        guard let request = try await books.approvals.find(job.organizationID, id),
            request.status == .pending,
            request.expiresAt <= clock.now()
        else { return try await finish(job) }
        try await settling(job.organizationID) {
            let reason = "Nobody decided before \(request.expiresAt)."
            let now = clock.now()
            let changes = try await refusing(request, as: .expired, reason: reason, origin: .parley, at: now)
            return ((), changes + [.finishJob(job.id, worker: settings.worker, at: now)])
        }
    }
}
