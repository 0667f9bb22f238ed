import Desk
import Hummingbird
import Jinja
import Negotiation

extension PageDesk {
    func addApprovals(to router: Router<WebContext>, _ book: inout RouteBook) {
        get("/approvals", knowing: ["show", "cursor"], on: router, &book) { try await $0.approvals() }
        get("/approvals/:id", on: router, &book) { try await $0.approval() }
        get("/approvals/:id/attachments/:number", on: router, &book) { call in
            let view = try await call.office.approval(call.id(of: "approval"), of: call.organization)
            return .file(try call.office.file(call.context.attachmentNumber, of: view.content))
        }
        post("/approvals/:id/decision", on: router, &book, again: FormPage { try await $0.approval() }) {
            call in
            let id: ApprovalRequestID = try call.id(of: "approval")
            guard let decision = call.form["decision"].flatMap(Decision.init(rawValue:)) else {
                throw Problem.invalid("decision", "choose to approve or to reject")
            }
            let caller = call.visitor.caller
            try await call.office.decide(
                id, DecisionInput(decision, comment: call.form.filled("comment"), channel: .page),
                by: caller.user, origin: caller.origin)
            return .redirect(to: "/approvals/\(id)?done=\(decision.rawValue)")
        }
    }
}

extension PageCall {
    fileprivate func approvals() async throws -> Response {
        let showsAll = query["show"] == "all"
        let page = try await books.approvals.list(
            organization, showsAll ? nil : .pending,
            PageRequest(cursor: query["cursor"], limit: PageDesk.rowsOfPage))
        var rows: [Value] = []
        for request in page.items { rows.append(try await row(request)) }
        return try await self.page(
            "approvals.html", section: "approvals",
            [
                ("rows", Value(rows)), ("shows_all", Value(showsAll)),
                (
                    "next",
                    Value(
                        orNone: page.nextCursor.map {
                            "/approvals?\(showsAll ? "show=all&" : "")cursor=\(PageDesk.encoded($0))"
                        })
                ),
            ])
    }

    private func row(_ request: ApprovalRequest) async throws -> Value {
        let content = try await books.emails.headline(organization, request.emailID, request.emailVersion)
        let negotiation = try await books.negotiations.find(organization, request.negotiationID)
        let requester = try await books.people.user(organization, request.requestedBy)
        let isOverdue = request.status == .pending && request.expiresAt <= office.clock.now()
        return Value([
            ("link", Value("/approvals/\(request.id)")), ("kind", Value(content?.kind.title ?? "Email")),
            ("subject", Value(content?.subject ?? "")),
            ("vendor", Value(negotiation?.vendorContactName ?? "")),
            ("requester", Value(requester?.fullName ?? "")), ("status", request.badge(isOverdue: isOverdue)),
            ("terms", termsValue(content?.terms)), ("created", Figures.time(request.createdAt)),
            ("expires", Figures.time(request.expiresAt)),
        ])
    }

    fileprivate func approval() async throws -> Response {
        let view = try await office.approval(id(of: "approval"), of: organization)
        let refusal = view.request.policy.refusal(
            of: visitor.user.id, role: visitor.user.role, via: .page, requestedBy: view.request.requestedBy,
            decidedBy: view.decisions.map(\.decision.approverID))
        let title = try await books.catalogue.product(organization, view.negotiation.productID)?.title
        return try await page(
            "approval.html", section: "approvals",
            [
                (
                    "approval",
                    ApprovalSheet.value(view, productTitle: title, at: "/approvals/\(view.request.id)")
                ),
                ("refusal", Value(orNone: view.isOpen ? refusal?.explanation : nil)),
                ("fields", fields([("comment", "")])),
            ])
    }
}

/// What an approver sees, the same on the page and behind the link.
enum ApprovalSheet {
    /// - Parameter path: where the page is, and the files below it.
    static func value(_ view: ApprovalView, productTitle: String?, at path: String) -> Value {
        let (request, content, negotiation) = (view.request, view.content, view.negotiation)
        let terms = content.terms
        func money(_ amount: Amount?) -> Value { Figures.money(amount, negotiation.currency) }
        return Value([
            ("id", Value("\(request.id)")), ("kind", Value(content.kind.title)),
            ("vendor", Value(negotiation.vendorContactName)), ("product", Value(productTitle ?? "")),
            ("negotiation_link", Value("/negotiations/\(negotiation.id)")),
            ("requester", Value(view.requester?.fullName ?? "Parley")),
            ("status", request.badge(isOverdue: view.isOverdue)), ("is_open", Value(view.isOpen)),
            (
                "outcome",
                Value(
                    view.isOverdue
                        ? "The time for this decision ended on \(Figures.text(request.expiresAt))."
                        : request.outcome)
            ),
            (
                "recipients",
                Value(
                    content.recipients.map {
                        Value($0.name.isEmpty ? $0.address : "\($0.name) <\($0.address)>")
                    })
            ),
            ("sender", Value(content.sender.address)), ("subject", Value(content.subject)),
            ("body", Value(content.bodyText)), ("attachments", view.attachments.rows(under: path)),
            ("has_terms", Value(terms != nil)),
            ("unit_price", money(terms?.unitPrice)),
            ("quantity", Value(Figures.grouped(terms?.quantity ?? negotiation.quantity))),
            ("total", money(terms?.total)), ("target", money(negotiation.targetPrice)),
            ("limit", money(negotiation.limitPrice)), ("offer", money(negotiation.currentOfferPrice)),
            ("above_limit", Value(terms?.isAboveLimit ?? false)),
            ("asked", Figures.time(request.createdAt)), ("expires", Figures.time(request.expiresAt)),
            ("approvals_required", Value(request.policy.approvalsRequired)),
            (
                "approvals_given",
                Value(view.decisions.filter { $0.decision.decision == .approve }.count)
            ),
            ("decisions", Value(view.decisions.map(decisionValue))),
            ("last_message", view.lastVendorMessage.map(messageValue) ?? .none),
        ])
    }

    private static func decisionValue(_ item: (decision: ApprovalDecision, approver: User?)) -> Value {
        Value([
            ("who", Value(item.approver?.fullName ?? "Somebody")),
            ("said", Value(item.decision.decision == .approve ? "approved" : "rejected")),
            ("is_yes", Value(item.decision.decision == .approve)),
            ("when", Figures.time(item.decision.decidedAt)),
            ("comment", Value(orNone: item.decision.comment)),
        ])
    }

    private static func messageValue(_ message: ThreadMessage) -> Value {
        Value([
            ("from", Value(message.from.name.isEmpty ? message.from.address : message.from.name)),
            ("when", Figures.time(message.date ?? message.receivedAt)),
            ("text", Value(message.replyText.isEmpty ? message.text : message.replyText)),
        ])
    }
}
