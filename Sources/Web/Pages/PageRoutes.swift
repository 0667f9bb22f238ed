import Desk
import Hummingbird
import Jinja
import Logging
import Negotiation

/// A visit to a page by somebody who has signed in.
struct PageCall: Sendable {
    let desk: PageDesk
    let visitor: Visitor
    let request: Request
    let context: WebContext
    let query: [String: String]
    /// What was typed, where a form was sent.
    var form = Form([:])
    /// What was wrong with it, where the page is shown again.
    var problem: Problem?

    var office: Office { desk.reception.office }
    var books: Books { office.books }
    var organization: OrganizationID { visitor.organization }

    /// The `:id` of the path; what is no UUID names nothing.
    func id<Record>(of what: String) throws(Problem) -> Identifier<Record> {
        guard let text = context.parameters.get("id"), let id = Identifier<Record>(text) else {
            throw .notFound(what)
        }
        return id
    }

    /// A page within the frame of the application.
    func page(
        _ template: String, section: String, _ variables: [(String, Value)]
    ) async throws -> Response {
        let surroundings = await desk.reception.surroundings(organization)
        let frame = Frame(
            visitor: visitor, section: section, notices: surroundings.notices,
            done: query["done"].flatMap { Self.messages[$0] }, hasSandbox: surroundings.hasSandbox)
        return try desk.renderer.page(
            template, variables + [("frame", frame.value), ("problem", problemValue)],
            status: problem?.status ?? 200)
    }

    /// What a form field shows: what was typed, or what is proposed.
    func fields(_ proposed: [(String, String)]) -> Value {
        Value(proposed.map { ($0.0, Value(form[$0.0] ?? $0.1)) })
    }

    private var problemValue: Value {
        guard let problem else { return .none }
        return Value([
            ("detail", Value(problem.detail)),
            // One of several things that were chosen in one field is mended there.
            ("field", Value(problem.field.map { String($0.prefix { $0 != "[" }) } ?? "")),
        ])
    }

    /// What has just been done, by the word in the address; nothing else from the address is ever shown.
    private static let messages = [
        "created": "The negotiation is on record. Nothing has been written to the vendor yet.",
        "written": "The email is written. You see below what happens to it next.",
        "resumed": "What is automatic goes on in this negotiation.",
        "cancelled": "The negotiation is called off.",
        "edited": "The email is changed, and approval of the new text was asked for.",
        "submitted": "Approval was asked for again.",
        "resolved": "Your word is on record.",
        "withdrawn": "The email is taken back. It will not be sent.",
        "taken-back": "Your approval is taken back. The email will not be sent unless it is approved anew.",
        "settings": "The settings are saved.",
        "mailbox-sending": "It is on record when the mailbox sends, and how much.",
        "ordered": "The purchase order is made.",
        "approve": "Your approval is on record.",
        "reject": "Your refusal is on record. The email will not be sent.",
        "changes": "Your wish is on record. The email went back to whoever wrote it.",
        "delegated": "The delegation is on record. It ends by itself.",
        "delegation-ended": "The delegation has ended.",
        "approval-mail": "You are asked in this way from now on.",
        "policy-added": "The policy is in force.",
        "policy-retired": "The policy is out of force.",
        "assigned": "The message is in this negotiation now, as if it had matched.",
        "answered": "The answer is on its way to Parley's mailbox.",
        "mailbox-added": "The mailbox is added. Test it before you rely on it.",
        "mailbox-changed": "The mailbox is changed. Test it before you rely on it.",
        "mailbox-enabled": "The mailbox is switched on.",
        "mailbox-disabled": "The mailbox is switched off. Nothing is sent from it and nothing read.",
        "subscription-changed": "The subscription is changed.",
        "subscription-enabled": "The subscription is switched on. What had waited is on its way.",
        "subscription-disabled": "The subscription is switched off. What happens meanwhile is not told.",
        "subscription-removed": "The subscription is removed.",
        "subscription-tested": "A test event is on its way. You see below what comes of it.",
        "redelivered": "The event is on its way again.",
        "follow-ups-changed": "The follow-ups are changed and planned anew.",
        "follow-up-skipped": "The reminder is left out.",
        "requeued": "It is tried again.",
        "settings-changed": "The settings are changed.",
        "webhook-removed": "The endpoint is removed. What is delivered there from now on is unknown.",
        "webhook-replayed": "The events are processed again.",
        "signed-out": "You are signed out.",
    ]
}

/// The page of a form, to be shown again with what was wrong.
struct FormPage: Sendable {
    let show: @Sendable (PageCall) async throws -> Response
}

/// All pages: what they share, and where they are.
struct PageDesk: Sendable {
    let reception: Reception
    let renderer: PageRenderer
    let doorkeeper: Doorkeeper
    let hooks: HookDesk

    /// Adds the routes of all pages.
    func add(to router: Router<WebContext>, _ book: inout RouteBook) {
        addAssets(to: router, &book)
        addSignIn(to: router, &book)
        addApprovalLink(to: router, &book)
        addNegotiations(to: router, &book)
        addApprovals(to: router, &book)
        addDelegations(to: router, &book)
        addPolicies(to: router, &book)
        addAttachments(to: router, &book)
        addOrders(to: router, &book)
        addInbox(to: router, &book)
        addMailboxes(to: router, &book)
        addSettings(to: router, &book)
        addSubscriptions(to: router, &book)
        addFollowUps(to: router, &book)
        addJobs(to: router, &book)
        addWebhooks(to: router, &book)
        addSandbox(to: router, &book)
    }

    /// A page for those who have signed in; others are sent to do so and come back.
    func get(
        _ path: String, knowing names: [String] = [], on router: Router<WebContext>, _ book: inout RouteBook,
        _ show: @escaping @Sendable (PageCall) async throws -> Response
    ) {
        book.add(.get, path, for: .person)
        router.on(RouterPath(path), method: .get) { request, context -> Response in
            guard let visitor = try await doorkeeper.visitor(of: request, context) else {
                return .redirect(to: "/sign-in?next=\(Self.encoded(request.uri.path))")
            }
            let query = try request.query(knowing: names + ["done"])
            return try await show(
                PageCall(desk: self, visitor: visitor, request: request, context: context, query: query))
        }
    }

    /// What a form of a page does. What the visitor can mend is shown on the page of the form, by `again`.
    ///
    /// - Parameter files: whether files may come along.
    func post(
        _ path: String, files: Bool = false, on router: Router<WebContext>, _ book: inout RouteBook,
        again: FormPage,
        _ act: @escaping @Sendable (PageCall) async throws -> Response
    ) {
        book.add(.post, path, for: .person)
        router.on(RouterPath(path), method: .post) { request, context -> Response in
            guard let visitor = try await doorkeeper.visitor(of: request, context) else {
                return .redirect(to: "/sign-in")
            }
            let form =
                files
                ? try await request.formWithFiles(upTo: reception.limits.uploadBytes)
                : try await request.form(upTo: reception.limits.bodyBytes)
            try doorkeeper.check(form, from: request, for: visitor)
            var call = PageCall(
                desk: self, visitor: visitor, request: request, context: context, query: [:], form: form)
            do {
                return try await act(call)
            } catch {
                let problem = Problem(error, log: context.logger)
                guard [409, 422, 403].contains(problem.status) else { throw problem }
                call.problem = problem
                return try await again.show(call)
            }
        }
    }

    /// A path as the value of a parameter.
    static func encoded(_ path: String) -> String {
        path.utf8.map { byte -> String in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "-._~/".utf8.contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain
                ? String(decoding: [byte], as: UTF8.self) : "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
