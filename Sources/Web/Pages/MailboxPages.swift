import Desk
import Hummingbird
import Jinja
import Negotiation

extension PageDesk {
    func addMailboxes(to router: Router<WebContext>, _ book: inout RouteBook) {
        let list = FormPage { try await $0.mailboxes() }
        get("/mailboxes", on: router, &book) { try await $0.mailboxes() }
        post("/mailboxes", on: router, &book, again: list) { call in
            _ = try await call.office.addMailbox(call.mailboxDraft(), by: call.visitor.caller)
            return .redirect(to: "/mailboxes?done=mailbox-added")
        }
        get("/mailboxes/:id", on: router, &book) { try await $0.mailbox() }
        post("/mailboxes/:id", on: router, &book, again: FormPage { try await $0.mailbox() }) { call in
            _ = try await call.office.describeMailbox(
                call.id(of: "mailbox"), as: call.mailboxDraft(), by: call.visitor.caller)
            return .redirect(to: "/mailboxes?done=mailbox-changed")
        }
        post("/mailboxes/:id/test", on: router, &book, again: list) { call in
            let id: MailboxID = try call.id(of: "mailbox")
            let steps = try await call.office.testMailbox(id, by: call.visitor.caller)
            return try await call.mailboxes(tested: id, steps)
        }
        post("/mailboxes/:id/sending", on: router, &book, again: list) { call in
            _ = try await call.office.setSendingRules(
                call.id(of: "mailbox"), call.sendingRules(), by: call.visitor.caller)
            return .redirect(to: "/mailboxes?done=mailbox-sending")
        }
        for (word, on) in [("enable", true), ("disable", false)] {
            post("/mailboxes/:id/\(word)", on: router, &book, again: list) { call in
                _ = try await call.office.switchMailbox(
                    call.id(of: "mailbox"), on: on, by: call.visitor.caller)
                return .redirect(to: "/mailboxes?done=mailbox-\(word)d")
            }
        }
    }
}

extension PageCall {
    fileprivate func mailboxes(tested: MailboxID? = nil, _ steps: [MailboxProbeStep] = []) async throws
        -> Response
    {
        let mailboxes = try await books.mailboxes.list(organization)
        let home = mailboxes.first { $0.condition != .disabled }?.id
        let tests = steps.map { step in
            Value([
                ("title", Value(step.title)), ("detail", Value(step.detail)),
                ("state", step.succeeded ? Figures.badge("Works", .good) : Figures.badge("Fails", .bad)),
            ])
        }
        let rows = mailboxes.map { mailbox in
            Value([
                ("link", Value("/mailboxes/\(mailbox.id)")), ("name", Value(mailbox.name)),
                ("address", Value(mailbox.address.address)), ("is_home", Value(mailbox.id == home)),
                ("is_disabled", Value(mailbox.condition == .disabled)), ("state", mailbox.condition.badge),
                ("reason", Value(orNone: mailbox.condition.reason)),
                ("outgoing", Value(mailbox.servers.map { Self.words($0.outgoing) } ?? "Gmail")),
                (
                    "incoming",
                    Value(
                        orNone: mailbox.servers == nil ? "Gmail" : mailbox.servers?.incoming.map(Self.words))
                ),
                ("record_name", Value(orNone: mailbox.servers?.signing?.recordName)),
                ("record", Value(mailbox.servers?.signing?.record ?? "")),
                ("steps", Value(mailbox.id == tested ? tests : [])),
                ("rules", Value(mailbox.sending.words)), ("sending", sendingFields(of: mailbox)),
            ])
        }
        return try await page(
            "mailboxes.html", section: "mailboxes",
            [
                ("rows", Value(rows)), ("problem_prefix", Value(problemPrefix)),
                ("may_administer", Value(visitor.user.role.mayAdminister)),
                ("fields", fields(MailboxForm.proposals(for: nil))),
            ])
    }

    /// The form for describing a mailbox anew, filled with what is known of it but for its secrets.
    fileprivate func mailbox() async throws -> Response {
        guard visitor.user.role.mayAdminister else {
            throw Problem(403, "forbidden", "Only an administrator may change mailboxes.")
        }
        guard let mailbox = try await books.mailboxes.find(organization, id(of: "mailbox")) else {
            throw Problem.notFound("mailbox")
        }
        return try await page(
            "mailbox.html", section: "mailboxes",
            [
                ("name", Value(mailbox.name)), ("link", Value("/mailboxes/\(mailbox.id)")),
                ("fields", fields(MailboxForm.proposals(for: mailbox))),
            ])
    }

    private static func words(_ server: MailServer) -> String {
        let security =
            switch server.security {
            case .none: "not encrypted"
            case .starttls: "STARTTLS"
            case .tls: "TLS"
            }
        return "\(server.host):\(server.port), \(security)\(server.user.map { ", as \($0)" } ?? "")"
    }
}

extension MailboxCondition {
    fileprivate var badge: Value {
        switch self {
        case .working: Figures.badge("Works", .good)
        case .failing: Figures.badge("Fails", .bad)
        case .disabled: Figures.badge("Switched off", .neutral)
        }
    }

    fileprivate var reason: String? { if case .failing(let reason, _, _) = self { reason } else { nil } }
}
