import Desk
import Hummingbird
import Jinja
import Negotiation

extension PageDesk {
    func addApprovals(to router: Router<WebContext>, _ book: inout RouteBook) {
        get("/approvals", knowing: ["show", "cursor"], on: router, &book) { try await $0.approvals() }
        get("/approvals/:id", on: router, &book) { try await $0.approval() }
        post("/approvals/:id/decision", on: router, &book, again: FormPage { try await $0.approval() }) {
            call in
            let id: ApprovalRequestID = try call.id(of: "approval")
            guard let decision = call.form["decision"].flatMap(Decision.init(rawValue:)) else {
                throw Problem.invalid("decision", "choose to approve, to reject or to ask for changes")
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
                ("may_administer", Value(visitor.user.role.mayAdminister)),
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
        let content = try await books.emails.content(organization, request.emailID, request.emailVersion)
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
        let view = try await office.approval(id(of: "approval"), of: organization, for: visitor.user)
        let title = try await books.catalogue.product(organization, view.negotiation.productID)?.title
        return try await page(
            "approval.html", section: "approvals",
            [
                ("approval", ApprovalSheet.value(view, productTitle: title)),
                ("fields", fields([("comment", "")])),
            ])
    }
}
