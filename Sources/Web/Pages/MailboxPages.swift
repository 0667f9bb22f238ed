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
                (
                    "fields",
                    fields([
                        ("name", ""), ("address", ""), ("display_name", ""), ("smtp.host", ""),
                        ("smtp.port", "465"),
                        ("smtp.security", "tls"), ("smtp.user", ""), ("imap.host", ""), ("imap.port", "993"),
                        ("imap.security", "tls"), ("imap.user", ""), ("sent_copy", ""),
                        ("auth_server", ""), ("dkim.selector", ""), ("gmail.client_id", ""),
                    ])
                ),
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

    /// What was typed, as a mailbox; passwords are never shown again.
    fileprivate func mailboxDraft() throws -> MailboxDraft {
        MailboxDraft(
            name: form.filled("name") ?? "", address: form.filled("address") ?? "",
            displayName: form.filled("display_name") ?? "", connection: try connection(),
            secrets: MailboxSecrets(
                outgoingPassword: password("smtp.password"), incomingPassword: password("imap.password"),
                clientSecret: password("gmail.client_secret"), refreshToken: password("gmail.refresh_token")),
            dkimSelector: form.filled("dkim.selector"))
    }

    private func connection() throws -> MailboxConnection {
        let outgoing = try mailServer("smtp")
        if let client = form.filled("gmail.client_id") {
            guard outgoing == nil else {
                throw Problem.invalid("smtp.host", "leave it out: the mailbox is reached at Gmail")
            }
            return .gmail(GmailSettings(clientID: client))
        }
        guard let outgoing else {
            throw Problem.invalid("smtp.host", "say which server takes what is sent")
        }
        return .servers(
            MailServers(
                outgoing: outgoing, incoming: try mailServer("imap"), sentCopy: form.filled("sent_copy"),
                authenticationServer: form.filled("auth_server")))
    }

    private func password(_ name: String) -> String? { form[name].flatMap { $0.isEmpty ? nil : $0 } }

    private func mailServer(_ name: String) throws -> MailServer? {
        guard let host = form.filled("\(name).host") else { return nil }
        guard let port = form.filled("\(name).port").flatMap({ Int($0) }) else {
            throw Problem.invalid("\(name).port", "must be a number between 1 and 65535")
        }
        guard let security = form["\(name).security"].flatMap(MailServer.Security.init(rawValue:)) else {
            throw Problem.invalid("\(name).security", "choose how the connection is encrypted")
        }
        return MailServer(host: host, port: port, security: security, user: form.filled("\(name).user"))
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
