import Desk
import Yams

/// A mailbox that `parley.yaml` describes: the same members as the API takes, and the organization's slug.
struct MailboxEntry: Sendable {
    let organization: String
    let draft: MailboxDraft

    /// Entries that are read.
    static let most = 1_000

    /// Reads the list under `mailboxes`.
    static func list(_ node: Node, in file: String) throws(ConfigurationError) -> [MailboxEntry] {
        guard let sequence = node.sequence, sequence.count <= most else {
            throw .invalid("mailboxes", "in \(file) it must be a list of at most \(most) mailboxes")
        }
        var entries: [MailboxEntry] = []
        for (number, entry) in sequence.enumerated() {
            entries.append(try MailboxEntry(YAMLMap(entry, at: "mailboxes[\(number)]", in: file)))
        }
        return entries
    }

    private init(_ map: YAMLMap) throws(ConfigurationError) {
        try map.allow([
            "organization", "name", "address", "display_name", "smtp", "imap", "gmail", "oauth", "inbox",
            "sent_copy", "marks_seen", "auth_server", "dkim", "sending",
        ])
        organization = try map.needed("organization")
        let (smtp, imap) = (try map.map("smtp"), try map.map("imap"))
        let (gmail, oauth, dkim) = (try map.map("gmail"), try map.map("oauth"), try map.map("dkim"))
        try gmail?.allow(["client_id", "client_secret", "refresh_token"])
        try oauth?.allow(["provider", "client_id", "client_secret", "refresh_token"])
        try dkim?.allow(["selector", "private_key"])
        let grant = gmail ?? oauth
        let secrets = MailboxSecrets(
            outgoingPassword: try smtp?.text("password"), incomingPassword: try imap?.text("password"),
            signingKey: try dkim?.text("private_key"), clientSecret: try grant?.text("client_secret"),
            refreshToken: try grant?.text("refresh_token"))
        let connection: MailboxConnection
        if let gmail {
            guard smtp == nil, imap == nil, oauth == nil else {
                throw map.wrong("gmail", "a mailbox of Gmail has no servers")
            }
            connection = .gmail(GmailSettings(clientID: try gmail.needed("client_id")))
        } else {
            guard let smtp else { throw map.wrong("smtp", "say which server takes what is sent, or gmail") }
            var servers = MailServers(
                outgoing: try smtp.server(),
                incoming: try imap.map { imap throws(ConfigurationError) in try imap.server() },
                sentCopy: try map.text("sent_copy"), marksSeen: try map.truth("marks_seen") ?? false,
                authenticationServer: try map.text("auth_server"))
            if let inbox = try map.text("inbox") { servers.inbox = inbox }
            if let oauth {
                guard let provider = MailboxOAuth.Provider(rawValue: try oauth.needed("provider")) else {
                    throw oauth.wrong("provider", "must be google or microsoft")
                }
                servers.oauth = MailboxOAuth(provider: provider, clientID: try oauth.needed("client_id"))
            }
            connection = .servers(servers)
        }
        var draft = MailboxDraft(
            name: try map.needed("name"), address: try map.needed("address"),
            displayName: try map.text("display_name") ?? "", connection: connection, secrets: secrets,
            dkimSelector: try dkim.map { dkim throws(ConfigurationError) in try dkim.needed("selector") })
        draft.sending = try map.map("sending").map { sending throws(ConfigurationError) in
            try sending.sendingRules()
        }
        self.draft = draft
    }
}

/// A map within the settings file; what is wrong in it is told with its place.
struct YAMLMap {
    private let members: Node.Mapping
    private let place: String
    private let file: String

    init(_ node: Node, at place: String, in file: String) throws(ConfigurationError) {
        guard let members = node.mapping else {
            throw .invalid(place, "in \(file) it must be a map of names to values")
        }
        (self.members, self.place, self.file) = (members, place, file)
    }

    /// Refuses members of other names.
    func allow(_ names: [String]) throws(ConfigurationError) {
        for key in members.keys where !names.contains(key.string ?? "") {
            throw .invalid(
                "\(place).\(key.string ?? "?")",
                "in \(file) it is not known; known are \(names.joined(separator: ", "))")
        }
    }

    func wrong(_ name: String, _ why: String) -> ConfigurationError {
        .invalid("\(place).\(name)", "in \(file): \(why)")
    }

    func text(_ name: String) throws(ConfigurationError) -> String? {
        guard let node = members[Node(name)] else { return nil }
        guard let scalar = node.scalar else { throw wrong(name, "it must be a plain value") }
        return scalar.string
    }

    func needed(_ name: String) throws(ConfigurationError) -> String {
        guard let text = try text(name), !text.isEmpty else { throw wrong(name, "it is missing") }
        return text
    }

    func truth(_ name: String) throws(ConfigurationError) -> Bool? {
        guard let text = try text(name) else { return nil }
        guard let truth = Bool(text.lowercased()) else { throw wrong(name, "it must be true or false") }
        return truth
    }

    /// A whole number; `nil` where there is none.
    func whole(_ name: String) throws(ConfigurationError) -> Int? {
        guard let text = try text(name) else { return nil }
        guard let number = Int(text) else { throw wrong(name, "it must be a whole number") }
        return number
    }

    /// A list of plain values.
    func texts(_ name: String) throws(ConfigurationError) -> [String] {
        guard let sequence = members[Node(name)]?.sequence else {
            throw wrong(name, "it must be a list of plain values")
        }
        var texts: [String] = []
        for node in sequence {
            guard let scalar = node.scalar else { throw wrong(name, "it must be a list of plain values") }
            texts.append(scalar.string)
        }
        return texts
    }

    func map(_ name: String) throws(ConfigurationError) -> YAMLMap? {
        guard let node = members[Node(name)] else { return nil }
        return try YAMLMap(node, at: "\(place).\(name)", in: file)
    }

    /// The map as a mail server; its password stands beside it.
    func server() throws(ConfigurationError) -> MailServer {
        try allow(["host", "port", "security", "user", "password"])
        guard let port = Int(try needed("port")) else { throw wrong("port", "it must be a number") }
        guard let security = MailServer.Security(rawValue: try needed("security")) else {
            throw wrong("security", "it must be tls, starttls or none")
        }
        return MailServer(host: try needed("host"), port: port, security: security, user: try text("user"))
    }

    /// The map as what says when a mailbox sends, and how much.
    func sendingRules() throws(ConfigurationError) -> SendingRulesDraft {
        try allow(["window", "per_hour", "per_day"])
        var draft = SendingRulesDraft(perHour: try whole("per_hour"), perDay: try whole("per_day"))
        if let window = try map("window") {
            try window.allow(["days", "from", "until", "time_zone"])
            draft.window = SendingRulesDraft.WindowDraft(
                days: try window.texts("days"), opens: try window.needed("from"),
                closes: try window.needed("until"), zone: try window.needed("time_zone"))
        }
        return draft
    }
}
