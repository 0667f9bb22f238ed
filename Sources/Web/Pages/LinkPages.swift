import Desk
import Hummingbird
import Jinja
import Logging
import Negotiation

extension PageDesk {
    /// The page behind the link in an approver's email. Mail software fetches links, so looking decides nothing; the
    /// token is the secret, and no sign-in is asked for.
    func addApprovalLink(to router: Router<WebContext>, _ book: inout RouteBook) {
        book.add(.get, "/approve/:token", for: .person)
        book.add(.post, "/approve/:token", for: .person)
        router.on("/approve/:token", method: .get) { _, context -> Response in
            let view = try await reception.office.approval(behind: token(in: context))
            return try await linkPage(view, token: token(in: context))
        }
        router.on("/approve/:token", method: .post) { request, context -> Response in
            try await decideByLink(request, context)
        }
    }

    private func token(in context: WebContext) throws(Problem) -> String {
        guard let token = context.parameters.get("token") else { throw .notFound("approval link") }
        return token
    }

    private func decideByLink(_ request: Request, _ context: WebContext) async throws -> Response {
        let token = try token(in: context)
        let view = try await reception.office.approval(behind: token)
        let form = try await request.form(upTo: reception.limits.bodyBytes)
        guard let decision = form["decision"].flatMap(Decision.init(rawValue:)) else {
            let problem = Problem.invalid("decision", "choose to approve, to reject or to ask for changes")
            return try await linkPage(view, token: token, form: form, problem: problem)
        }
        do {
            let after = try await reception.office.decide(
                behind: token, decision, comment: form.filled("comment"), ipAddress: context.remoteAddress,
                userAgent: request.headers[.userAgent].map { String($0.prefix(500)) })
            return try await linkPage(after, token: token, hasDecided: true)
        } catch {
            let problem = Problem(error, log: context.logger)
            guard [403, 409, 422].contains(problem.status) else { throw problem }
            // Read again: what stood in the way is what the page has to show.
            let now = try await reception.office.approval(behind: token)
            return try await linkPage(now, token: token, form: form, problem: problem)
        }
    }

    private func linkPage(
        _ view: ApprovalView, token: String, form: Form = Form([:]), problem: Problem? = nil,
        hasDecided: Bool = false
    ) async throws -> Response {
        let title = try await reception.office.books.catalogue.product(
            view.request.organizationID, view.negotiation.productID)?.title
        var response = try renderer.page(
            "approve.html",
            [
                ("frame", Frame.bare.value), ("approval", ApprovalSheet.value(view, productTitle: title)),
                ("approver", Value(view.approver?.fullName ?? "")), ("action", Value("/approve/\(token)")),
                ("has_decided", Value(hasDecided)),
                ("comment", Value(form["comment"] ?? "")),
                (
                    "problem",
                    problem.map { Value([("detail", Value($0.detail)), ("field", Value($0.field ?? ""))]) }
                        ?? .none
                ),
            ], status: problem?.status ?? 200)
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }
}
