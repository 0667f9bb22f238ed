import Desk
import Negotiation
import Secrets

/// Where the organization writes from and is answered at.
enum MailboxOperations {
    static let all = [list, add, get, put, enable, disable, test]

    private static let group = "Mailboxes"

    private static let server = BodyShape([
        .required("host", .text),
        .required("port", .whole, "587 or 465 for SMTP, 143 or 993 for IMAP, mostly."),
        .required(
            "security", .oneOf(MailServer.Security.allCases.map(\.rawValue)),
            "starttls encrypts before anybody signs in, tls from the first byte."),
        .optional("user", .text, "Who signs in; nobody if left out."),
        .optional("password", .text, "Kept encrypted and never shown again."),
    ])

    private static let dkim = BodyShape([
        .required("selector", .text, "Names the key in the DNS: small letters, digits and hyphens."),
        .optional("private_key", .text, "In PEM, RSA or Ed25519; an RSA key is made if left out."),
    ])

    private static let gmail = BodyShape([
        .required("client_id", .text, "The OAuth 2.0 client that the owner has let in."),
        .optional("client_secret", .text, "Needed at first; kept encrypted and never shown again."),
        .optional(
            "refresh_token", .text,
            "What the owner has granted; needed at first, kept encrypted and never shown again."),
    ])

    private static let oauth = BodyShape([
        .required("provider", .oneOf(MailboxOAuth.Provider.allCases.map(\.rawValue))),
        .required("client_id", .text), .optional("client_secret", .text, "Needed at first."),
        .optional("refresh_token", .text, "Needed at first."),
    ])

    private static let list = Operation(
        method: .get, path: "/v1/mailboxes", name: "listMailboxes", group: group,
        summary: "Mailboxes, oldest first; the first that is not disabled is the one that is written from",
        parameters: [.cursor, .limit], success: .list(of: "Mailbox")
    ) { call in
        let mailboxes = try await call.office.books.mailboxes.list(call.organization)
        return .ok(try mailboxes.page(call.page()).json(Shapes.mailbox))
    }

    private static let add = Operation(
        method: .post, path: "/v1/mailboxes", name: "addMailbox", group: group,
        summary: "Adds a mailbox; administrators only",
        body: description, success: .created("Mailbox")
    ) { call in
        .created(
            Shapes.mailbox.json(try await call.office.addMailbox(try draft(call.body), by: call.caller)))
    }

    private static let put = Operation(
        method: .put, path: "/v1/mailboxes/{id}", name: "describeMailbox", group: group,
        summary: "Describes a mailbox anew; secrets that are left out stay as they are",
        body: description, success: .one("Mailbox")
    ) { call in
        .ok(
            Shapes.mailbox.json(
                try await call.office.describeMailbox(
                    call.id(of: "mailbox"), as: try draft(call.body), by: call.caller)))
    }

    private static let description = BodyShape([
        .required("name", .text), .required("address", .text, "What stands in From."),
        .optional("display_name", .text, "Beside the address; the organization's name if left out."),
        .optional("smtp", .object(server), "Takes what is sent; needed unless the mailbox is Gmail's."),
        .optional("imap", .object(server), "Holds what is answered; its password is SMTP's if left out."),
        .optional(
            "gmail", .object(gmail), "A mailbox of Gmail, reached by its interface, instead of servers."),
        .optional("oauth", .object(oauth), "Signs in to the servers by OAuth 2.0 instead of passwords."),
        .optional("inbox", .text, "The folder that answers come to; INBOX if left out."),
        .optional("sent_copy", .text, "The folder for copies, where the server keeps none by itself."),
        .optional(
            "dkim", .object(dkim), "Signs what leaves, for those whose server does not."),
        .optional(
            "auth_server", .text,
            "The name under which your server writes Authentication-Results; without it Parley checks signatures itself."
        ),
        .optional(
            "sending", .object(SendingBody.shape),
            "When it sends and how much; left out it stays as it is, {} takes all bounds away."),
        .optional("marks_seen", .truth, "Whether what was taken is flagged as seen; false if left out."),
    ])

    private static func draft(_ body: ReadBody) throws(Problem) -> MailboxDraft {
        let signing = try body.object("dkim", as: dkim)
        var draft = MailboxDraft(
            name: try body.needed("name", body.text("name")),
            address: try body.needed("address", body.text("address")),
            displayName: body.text("display_name") ?? "", connection: try connection(in: body),
            secrets: try secrets(in: body, signing: signing),
            dkimSelector: try signing.map { signing throws(Problem) in
                try signing.needed("selector", signing.text("selector"))
            })
        draft.sending = try SendingBody.draft(in: body)
        return draft
    }

    /// Servers or Gmail, as the body says, and not both.
    private static func connection(in body: ReadBody) throws(Problem) -> MailboxConnection {
        let (smtp, _) = try mailServer("smtp", in: body)
        if let gmail = try body.object("gmail", as: gmail) {
            guard smtp == nil else { throw .invalid("smtp", "must be left out: the mailbox is Gmail's") }
            return .gmail(GmailSettings(clientID: try gmail.needed("client_id", gmail.text("client_id"))))
        }
        var servers = MailServers(
            outgoing: try body.needed("smtp", smtp), incoming: try mailServer("imap", in: body).server,
            sentCopy: body.text("sent_copy"), marksSeen: body.truth("marks_seen") ?? false,
            authenticationServer: body.text("auth_server"))
        if let inbox = body.text("inbox") { servers.inbox = inbox }
        if let oauth = try body.object("oauth", as: oauth) {
            let provider = oauth.text("provider").flatMap(MailboxOAuth.Provider.init(rawValue:))
            servers.oauth = MailboxOAuth(
                provider: try oauth.needed("provider", provider),
                clientID: try oauth.needed("client_id", oauth.text("client_id")))
        }
        return .servers(servers)
    }

    private static func secrets(in body: ReadBody, signing: ReadBody?) throws(Problem) -> MailboxSecrets {
        let (google, other) = (
            try body.object("gmail", as: gmail), try body.object("oauth", as: oauth)
        )
        let grant = google ?? other
        return MailboxSecrets(
            outgoingPassword: try mailServer("smtp", in: body).password,
            incomingPassword: try mailServer("imap", in: body).password,
            signingKey: signing?.text("private_key"), clientSecret: grant?.text("client_secret"),
            refreshToken: grant?.text("refresh_token"))
    }

    private static func mailServer(
        _ name: String, in body: ReadBody
    ) throws(Problem) -> (server: MailServer?, password: String?) {
        guard let body = try body.object(name, as: server) else { return (nil, nil) }
        let security = body.text("security").flatMap(MailServer.Security.init(rawValue:))
        let server = MailServer(
            host: try body.needed("host", body.text("host")),
            port: try body.needed("port", body.whole("port")),
            security: try body.needed("security", security), user: body.text("user"))
        return (server, body.text("password"))
    }

    private static let get = Operation(
        method: .get, path: "/v1/mailboxes/{id}", name: "getMailbox", group: group,
        summary: "One mailbox and whether it works", success: .one("Mailbox")
    ) { call in
        let mailbox = try await call.office.books.mailboxes.find(call.organization, call.id(of: "mailbox"))
        guard let mailbox else { throw Problem.notFound("mailbox") }
        return .ok(Shapes.mailbox.json(mailbox))
    }

    private static let enable = Operation(
        method: .post, path: "/v1/mailboxes/{id}/enable", name: "enableMailbox", group: group,
        summary: "Switches a mailbox on again", body: .empty, success: .one("Mailbox")
    ) { call in
        .ok(
            Shapes.mailbox.json(
                try await call.office.switchMailbox(call.id(of: "mailbox"), on: true, by: call.caller)))
    }

    private static let disable = Operation(
        method: .post, path: "/v1/mailboxes/{id}/disable", name: "disableMailbox", group: group,
        summary: "Switches a mailbox off: nothing is sent from it and nothing read", body: .empty,
        success: .one("Mailbox")
    ) { call in
        .ok(
            Shapes.mailbox.json(
                try await call.office.switchMailbox(call.id(of: "mailbox"), on: false, by: call.caller)))
    }

    private static let test = Operation(
        method: .post, path: "/v1/mailboxes/{id}/test", name: "testMailbox", group: group,
        summary:
            "Signs in, sends a message from the mailbox to itself and finds it; takes up to half a minute",
        body: .empty, success: .one("MailboxTest")
    ) { call in
        let steps = try await call.office.testMailbox(call.id(of: "mailbox"), by: call.caller)
        return .ok(Shapes.mailboxTest.json(steps))
    }
}

extension Shapes {
    static let mailbox = Representation<Mailbox>(
        "Mailbox",
        [
            .id("id") { $0.id }, .text("name") { $0.name }, .text("address") { $0.address.address },
            .text("display_name") { $0.address.name },
            .oneOf("kind", ["smtp_imap", "gmail"]) { $0.servers == nil ? "gmail" : "smtp_imap" },
            .other("smtp", server.orNull) { $0.servers.map { json($0.outgoing) } ?? .null },
            .other("imap", server.orNull) { $0.servers?.incoming.map(json) ?? .null },
            .other("gmail", client.orNull) { mailbox in
                guard case .gmail(let settings) = mailbox.connection else { return .null }
                return .object(of: [("client_id", .string(settings.clientID))])
            },
            .other("oauth", oauth.orNull) { mailbox in
                mailbox.servers?.oauth.map {
                    .object(of: [
                        ("provider", .string($0.provider.rawValue)), ("client_id", .string($0.clientID)),
                    ])
                } ?? .null
            },
            .textOrNull("inbox") { $0.servers?.inbox }, .textOrNull("sent_copy") { $0.servers?.sentCopy },
            .other("dkim", signing.orNull) { $0.servers?.signing.map(json) ?? .null },
            .textOrNull("auth_server") { $0.authenticationServer },
            .truth("marks_seen") { $0.servers?.marksSeen ?? false },
            .other("sending", SendingBody.schema) { SendingBody.json($0.sending) },
            .oneOf("state", ["ok", "failing", "disabled"]) { mailbox in
                switch mailbox.condition {
                case .working: "ok"
                case .failing: "failing"
                case .disabled: "disabled"
                }
            },
            .textOrNull("state_reason") {
                if case .failing(let reason, _, _) = $0.condition { reason } else { nil }
            },
            .textOrNull("failing_work") {
                if case .failing(_, let work, _) = $0.condition { work.rawValue } else { nil }
            },
            .timeOrNull("failing_since") {
                if case .failing(_, _, let since) = $0.condition { since } else { nil }
            },
            .time("created_at") { $0.createdAt },
        ])

    static let mailboxTest = Representation<[MailboxProbeStep]>(
        "MailboxTest",
        [
            .truth("succeeded") { steps in steps.allSatisfy(\.succeeded) },
            .other(
                "steps",
                .list(
                    of: .object(
                        [("title", .text), ("succeeded", .truth), ("detail", .text)],
                        required: ["title", "succeeded", "detail"]))
            ) { steps in
                .array(
                    steps.map { step in
                        .object(of: [
                            ("title", .string(step.title)), ("succeeded", .bool(step.succeeded)),
                            ("detail", .string(step.detail)),
                        ])
                    })
            },
        ])

    private static let client = Schema.object([("client_id", .text)], required: ["client_id"])

    private static let oauth = Schema.object(
        [("provider", .oneOf(MailboxOAuth.Provider.allCases.map(\.rawValue))), ("client_id", .text)],
        required: ["provider", "client_id"])

    private static let signing = Schema.object(
        [("domain", .text), ("selector", .text), ("record_name", .text), ("record", .text)],
        required: ["domain", "selector", "record_name", "record"])

    private static func json(_ signing: MailSigning) -> StrictJSON {
        .object(of: [
            ("domain", .string(signing.domain)), ("selector", .string(signing.selector)),
            ("record_name", .string(signing.recordName)), ("record", .string(signing.record)),
        ])
    }

    private static let server = Schema.object(
        [
            ("host", .text), ("port", .whole),
            ("security", .oneOf(MailServer.Security.allCases.map(\.rawValue))),
            ("user", .text.orNull),
        ], required: ["host", "port", "security", "user"])

    private static func json(_ server: MailServer) -> StrictJSON {
        .object(of: [
            ("host", .string(server.host)), ("port", .number("\(server.port)")),
            ("security", .string(server.security.rawValue)),
            ("user", server.user.map { .string($0) } ?? .null),
        ])
    }
}
