import Jinja
import Negotiation

/// The letters that ask for approvals. Each carries a link of its reader's own, whose secret is never stored, so a
/// letter that has to be written again carries a new one.
extension Office {
    /// Requests that one digest lists; more are left to the page.
    static let mostInDigest = 50

    func write(
        to approver: AskedApprover, about view: ApprovalView, from organization: Organization,
        asReminder: Bool
    ) async throws {
        let link = try await link(to: view.request, for: approver.user)
        var variables = figures(of: view)
        variables["approver_name"] = Value(approver.user.fullName)
        variables["on_behalf_of"] = Value(approver.absent?.fullName ?? "")
        variables["is_reminder"] = Value(asReminder)
        variables["link"] = Value(link)
        let template = try await templates.email(organization.id, "approval_request")
        let rendered = try templates.render(template, variables, clock.now())
        try await writeToStaff(
            approver.user, subject: rendered.subject, text: rendered.text, from: organization)
    }

    /// One letter with everything that waits for somebody, every day as long as they want it so.
    func sendApprovalDigest(to id: UserID, job: Job) async throws {
        let organization = try await organization(job.organizationID)
        let mail = try await books.approvals.mail(organization.id, id)
        guard let user = try await books.people.user(organization.id, id), user.isActive
        else { return try await finish(job) }
        let waiting = try await questions(waitingFor: user)
        if !waiting.isEmpty { try await writeDigest(of: waiting, to: user, from: organization) }
        let now = clock.now()
        let noted = waiting.map { view in
            Change.noteAsk(ApprovalAsk(requestID: view.request.id, userID: id, askedAt: now))
        }
        // Whoever wants no digest any more gets this last one, so that nothing which waited for it is forgotten.
        let next = mail.nextDigest(after: now).map {
            enqueueing(.sendApprovalDigest(id), for: organization.id, at: $0)
        }
        try await commit(
            organization.id,
            noted + [.finishJob(job.id, worker: settings.worker, at: now)] + [next].compactMap(\.self))
    }

    /// What somebody can decide on now, oldest first.
    private func questions(waitingFor user: User) async throws -> [ApprovalView] {
        var views: [ApprovalView] = []
        let pending = try await books.approvals.list(
            user.organizationID, .pending, PageRequest(limit: Page<ApprovalRequest>.largestLimit))
        for request in pending.items.reversed() {
            let view = try await view(of: request, for: user, via: .page)
            if view.isOpen, view.voice?.refusal == nil { views.append(view) }
        }
        return views
    }

    private func writeDigest(of views: [ApprovalView], to user: User, from organization: Organization)
        async throws
    {
        var items: [Value] = []
        for view in views.prefix(Self.mostInDigest) {
            var item = figures(of: view)
            item["link"] = Value(try await link(to: view.request, for: user))
            item["on_behalf_of"] = Value(view.voice?.absent?.fullName ?? "")
            items.append(Value(item.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
        }
        let template = try await templates.email(organization.id, "approval_digest")
        let rendered = try templates.render(
            template,
            [
                "approver_name": Value(user.fullName), "items": Value(items),
                "count": Value(views.count), "more": Value(max(0, views.count - Self.mostInDigest)),
                "page_link": Value("\(settings.publicURL)/approvals"),
            ], clock.now())
        try await writeToStaff(user, subject: rendered.subject, text: rendered.text, from: organization)
    }

    private func link(to request: ApprovalRequest, for user: User) async throws -> String {
        guard request.requirement.linkAllowed else { return "\(settings.publicURL)/approvals/\(request.id)" }
        let token = try secrets.newToken()
        let stored = ApprovalLink(
            tokenHash: secrets.sha256(Array(token.utf8)), organizationID: request.organizationID,
            requestID: request.id, approverID: user.id, createdAt: clock.now(), expiresAt: request.expiresAt)
        try await commit(request.organizationID, [.addApprovalLink(stored)])
        return "\(settings.publicURL)/approve/\(token)"
    }

    /// What a letter says of a request, whoever reads it.
    private func figures(of view: ApprovalView) -> [String: Value] {
        let (content, negotiation, terms) = (view.content, view.negotiation, view.content.terms)
        func amount(_ amount: Amount?) -> Value { Value(amount.map { "\($0)" } ?? "") }
        let before = view.comparison?.earlier.terms
        return [
            "requester_name": Value(view.requester?.fullName ?? "Parley"),
            "vendor_name": Value(negotiation.vendorContactName),
            "recipients": Value(content.recipients.map(\.address).joined(separator: ", ")),
            "kind": Value(content.kind.title), "subject": Value(content.subject),
            "body": Value(content.bodyText),
            "attachments": Value(
                view.attachments.map { Value("\($0.filename), \(Octets.words($0.size))") }),
            "currency": Value(negotiation.currency.code),
            "unit_price": amount(terms?.unitPrice), "quantity": Value(negotiation.quantity),
            "total": amount(terms?.total), "target_price": amount(negotiation.targetPrice),
            "limit_price": amount(negotiation.limitPrice),
            "vendor_offer": amount(negotiation.currentOfferPrice),
            "above_limit": Value(terms?.isAboveLimit ?? false),
            "warnings": Value(view.warnings.map { Value($0) }),
            "earlier": Value(view.comparison?.title ?? ""), "earlier_unit_price": amount(before?.unitPrice),
            "earlier_total": amount(before?.total),
            "vendor_message": Value(view.lastVendorMessage?.extract ?? ""),
            "vendor_replied_since": Value(!view.repliesSince.isEmpty),
            "missing": Value(view.missingApprovals), "expires_at": Value("\(view.request.expiresAt)"),
        ]
    }
}

extension ThreadMessage {
    /// What is new in it, or all of it where nothing could be told apart.
    public var extract: String { replyText.isEmpty ? text : replyText }
}
