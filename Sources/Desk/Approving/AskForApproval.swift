import Negotiation

extension Office {
    /// Changes that put the question about a content on record and promise to write to the approvers.
    func asking(
        about content: EmailContent, of negotiation: NegotiationRecord, requestedBy user: UserID,
        at now: Instant
    ) async throws -> [Change] {
        let requirement = try await requirement(for: content, of: negotiation, at: now)
        let organization = negotiation.organizationID
        let request = ApprovalRequest(
            id: clock.newID(), organizationID: organization, emailID: content.emailID,
            emailVersion: content.version, digest: [], negotiationID: negotiation.id, requestedBy: user,
            requirement: requirement, status: .pending, decisionReason: nil, createdAt: now,
            expiresAt: now.advanced(byHours: requirement.expiresAfterHours), decidedAt: nil)
        let deadlines = ApprovalClock.due(requirement, askedAt: now).map { deadline in
            let work: Job.Work =
                switch deadline.action {
                case .remind: .remindApprovers(request.id)
                case .escalate: .askApprovers(request.id)
                case .expire: .expireApproval(request.id)
                }
            return enqueueing(work, for: organization, at: deadline.at)
        }
        return [
            .addApprovalRequest(request), enqueueing(.askApprovers(request.id), for: organization, at: now),
        ] + deadlines + [
            .audit(
                .negotiation(
                    negotiation.id, "approval.requested", "Approval asked for: \(content.subject)",
                    origin: Origin(userID: user), at: now))
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
            var changes = try await replacingOthers(of: negotiation, than: id, at: now)
            changes += [
                .updateNegotiation(negotiation),
                .moveEmail(id, from: email.status, to: next, reason: nil, at: now),
            ]
            let question = try await asking(
                about: content, of: negotiation, requestedBy: caller.user.id, at: now)
            return ((), changes + question)
        }
    }

    /// Writes to everybody whose yes would count now and who has not been asked yet: when the question is put, when it
    /// is the next group's turn, and when it escalates.
    func askApprovers(_ id: ApprovalRequestID, job: Job) async throws {
        guard let view = try await openQuestion(id, of: job.organizationID) else {
            return try await finish(job)
        }
        let request = view.request
        let candidates = try await candidates(for: request)
        let asked = Set(try await books.approvals.asks(job.organizationID, id).map(\.userID))
        let organization = try await organization(job.organizationID)
        let approvers = try await approversToAsk(
            among: candidates, in: view.state, of: organization.id, at: clock.now())
        for approver in approvers where !asked.contains(approver.user.id) {
            try await ask(approver, view, from: organization)
        }
        if asked.isEmpty, !view.state.canComplete(with: candidates.map(\.asApprover), at: clock.now()) {
            try await tellThatTooFewMayDecide(on: request)
        }
        try await finish(job)
    }

    /// Repeats the question to those who were asked and have not decided.
    func remindApprovers(_ id: ApprovalRequestID, job: Job) async throws {
        guard let view = try await openQuestion(id, of: job.organizationID) else {
            return try await finish(job)
        }
        let asks = try await books.approvals.asks(job.organizationID, id)
        let asked = Set(asks.filter { $0.askedAt != nil }.map(\.userID))
        let organization = try await organization(job.organizationID)
        let approvers = try await approversToAsk(
            among: try await candidates(for: view.request), in: view.state, of: organization.id,
            at: clock.now())
        for approver in approvers where asked.contains(approver.user.id) {
            // Whoever gets a digest is reminded by the next one.
            guard case .each = try await books.approvals.mail(organization.id, approver.user.id) else {
                continue
            }
            try await write(to: approver, about: view, from: organization, asReminder: true)
        }
        try await finish(job)
    }

    /// A request on which somebody can still decide, as its approvers see it.
    private func openQuestion(_ id: ApprovalRequestID, of organization: OrganizationID) async throws
        -> ApprovalView?
    {
        guard let request = try await books.approvals.find(organization, id), request.status == .pending,
            request.expiresAt > clock.now()
        else { return nil }
        return try await view(of: request, for: nil, via: .link)
    }

    private func ask(_ approver: AskedApprover, _ view: ApprovalView, from organization: Organization)
        async throws
    {
        let (user, now) = (approver.user, clock.now())
        let mail = try await books.approvals.mail(organization.id, user.id)
        // What cannot wait for the next digest is written at once.
        let waits = mail.nextDigest(after: now).map { $0 < view.request.expiresAt } ?? false
        if !waits { try await write(to: approver, about: view, from: organization, asReminder: false) }
        let ask = ApprovalAsk(
            requestID: view.request.id, userID: user.id, askedAt: waits ? nil : clock.now())
        let title = "\(view.content.kind.title) to \(view.negotiation.vendorContactName) needs your approval"
        try await commit(
            organization.id,
            [
                .noteAsk(ask),
                .notify(
                    UserNotification(
                        id: clock.newID(), userID: user.id, type: "approval_requested", title: title,
                        message: view.content.subject, link: "/approvals/\(view.request.id)",
                        negotiationID: view.negotiation.id, createdAt: now)),
            ])
    }

    private func tellThatTooFewMayDecide(on request: ApprovalRequest) async throws {
        let requirement = request.requirement
        let roles = requirement.roles.map(\.rawValue).joined(separator: ", ")
        let who = roles.isEmpty ? "the people whom your policies name" : "somebody who is \(roles)"
        let condition = requirement.allowSelfApproval ? "" : " and did not ask"
        let message = """
            \(requirement.fewestPeople) approvals are needed by \(who)\(condition), and your organization has too few \
            of them. Add people with such a role, or change the approval policies.
            """
        try await commit(
            request.organizationID,
            notifying(
                request.requestedBy, type: "system_alert", title: "Too few people may approve an email",
                message: message, about: request.negotiationID, at: clock.now()))
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
