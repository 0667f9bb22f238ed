import Desk
import Negotiation

/// The form that describes a mailbox, for a new one and for one that is there.
enum MailboxForm {
    /// What its fields propose: what is known of the mailbox, or what most servers want. Never a secret.
    static func proposals(for mailbox: Mailbox?) -> [(String, String)] {
        let servers = mailbox?.servers
        var client: String?
        if case .gmail(let settings)? = mailbox?.connection { client = settings.clientID }
        return [
            ("name", mailbox?.name ?? ""), ("address", mailbox?.address.address ?? ""),
            ("display_name", mailbox?.address.name ?? ""), ("gmail.client_id", client ?? ""),
            ("oauth.provider", servers?.oauth?.provider.rawValue ?? ""),
            ("oauth.client_id", servers?.oauth?.clientID ?? ""), ("inbox", servers?.inbox ?? "INBOX"),
            ("marks_seen", servers?.marksSeen == true ? "yes" : "no"),
            ("sent_copy", servers?.sentCopy ?? ""), ("auth_server", servers?.authenticationServer ?? ""),
            ("dkim.selector", servers?.signing?.selector ?? ""),
        ] + proposals("smtp", servers?.outgoing, port: 465)
            + proposals("imap", servers?.incoming, port: 993)
    }

    private static func proposals(_ name: String, _ server: MailServer?, port: Int) -> [(String, String)] {
        [
            ("\(name).host", server?.host ?? ""), ("\(name).port", "\(server?.port ?? port)"),
            ("\(name).security", (server?.security ?? .tls).rawValue), ("\(name).user", server?.user ?? ""),
        ]
    }
}

extension PageCall {
    /// What was typed, as a mailbox; passwords are never shown again.
    func mailboxDraft() throws -> MailboxDraft {
        let grant = form.filled("gmail.client_id") == nil ? "oauth" : "gmail"
        return MailboxDraft(
            name: form.filled("name") ?? "", address: form.filled("address") ?? "",
            displayName: form.filled("display_name") ?? "", connection: try connection(),
            secrets: MailboxSecrets(
                outgoingPassword: secret("smtp.password"), incomingPassword: secret("imap.password"),
                clientSecret: secret("\(grant).client_secret"),
                refreshToken: secret("\(grant).refresh_token")),
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
                outgoing: outgoing, incoming: try mailServer("imap"),
                inbox: form.filled("inbox") ?? "INBOX", sentCopy: form.filled("sent_copy"),
                marksSeen: form["marks_seen"] == "yes", authenticationServer: form.filled("auth_server"),
                oauth: try oauth()))
    }

    private func oauth() throws -> MailboxOAuth? {
        guard let provider = form.filled("oauth.provider") else {
            guard form.filled("oauth.client_id") == nil else {
                throw Problem.invalid("oauth.provider", "say who gives the access tokens")
            }
            return nil
        }
        guard let provider = MailboxOAuth.Provider(rawValue: provider) else {
            throw Problem.invalid("oauth.provider", "choose one of the list")
        }
        return MailboxOAuth(provider: provider, clientID: form.filled("oauth.client_id") ?? "")
    }

    private func secret(_ name: String) -> String? { form[name].flatMap { $0.isEmpty ? nil : $0 } }

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
