import Negotiation

/// A mailbox as somebody describes it.
public struct MailboxDraft: Sendable {
    public var name: String
    public var address: String
    public var displayName: String
    public var connection: MailboxConnection
    public var secrets: MailboxSecrets
    /// Signs what leaves under this selector, with the key in `secrets` or a new one.
    public var dkimSelector: String?
    /// When it sends and how much; `nil` leaves that as it is.
    public var sending: SendingRulesDraft?

    public init(
        name: String, address: String, displayName: String, connection: MailboxConnection,
        secrets: MailboxSecrets,
        dkimSelector: String? = nil
    ) {
        self.dkimSelector = dkimSelector
        self.name = name
        self.address = address
        self.displayName = displayName
        self.connection = connection
        self.secrets = secrets
    }
}

extension Office {
    /// The most mailboxes of one organization.
    static let mostMailboxes = 20

    /// Adds a mailbox. From then on the organization writes from its oldest one that is not switched off, and reads all.
    public func addMailbox(_ draft: MailboxDraft, by caller: Caller) async throws -> Mailbox {
        try requireAdministrator(caller, to: "change mailboxes")
        let organization = caller.organizationID
        return try await settling(organization) {
            let all = try await books.mailboxes.list(organization)
            let name = try Field.text(draft.name, "name", longest: 255)
            guard !all.contains(where: { $0.name == name }) else {
                throw DeskError.conflict("mailbox_exists", "There is a mailbox called “\(name)” already.")
            }
            let (mailbox, secrets) = try newMailbox(draft, in: organization, besides: all.count)
            return (mailbox, try adding(mailbox, secrets, origin: caller.origin))
        }
    }

    /// A mailbox as it is added to an organization that has some already, and what opens it.
    func newMailbox(_ draft: MailboxDraft, in organization: OrganizationID, besides count: Int) throws -> (
        Mailbox, MailboxSecrets
    ) {
        guard count < Self.mostMailboxes else {
            throw DeskError.conflict(
                "too_many_mailboxes", "An organization has at most \(Self.mostMailboxes) mailboxes.")
        }
        let (connection, secrets) = try checkedConnection(of: draft)
        var mailbox = Mailbox(
            id: clock.newID(), organizationID: organization,
            name: try Field.text(draft.name, "name", longest: 255), address: try checkedAddress(of: draft),
            connection: connection, condition: .working, cursor: nil, createdAt: clock.now())
        mailbox.sending = try draft.sending.map(sendingRules) ?? .none
        return (mailbox, secrets)
    }

    func adding(_ mailbox: Mailbox, _ secrets: MailboxSecrets, origin: Origin) throws -> [Change] {
        [
            .addMailbox(mailbox, sealed: try self.secrets.seal(secrets)),
            .setSendingRules(mailbox.id, mailbox.sending, at: mailbox.createdAt),
            mailboxRecord(
                mailbox, "created", "added, writing as \(mailbox.address.address)", origin, clock.now()),
        ]
    }

    func checkedAddress(of draft: MailboxDraft) throws -> MailAddress {
        guard VendorAddress.isValid(draft.address) else {
            throw DeskError.invalid(field: "address", "must be one address such as purchasing@example.com")
        }
        let name =
            draft.displayName.isEmpty ? "" : try Field.text(draft.displayName, "display_name", longest: 255)
        return MailAddress(name: name, address: draft.address)
    }

    /// How a mailbox is reached, and with which secrets.
    func checkedConnection(of draft: MailboxDraft) throws -> (MailboxConnection, MailboxSecrets) {
        var secrets = draft.secrets
        switch draft.connection {
        case .gmail(let settings):
            guard draft.dkimSelector == nil, secrets.signingKey == nil else {
                throw DeskError.invalid(field: "dkim", "is not needed: Gmail signs by itself")
            }
            try Self.check(oauth: settings.clientID, secrets, "gmail")
            return (.gmail(settings), secrets)
        case .servers(let servers):
            var servers = try Self.checked(servers, secrets)
            if let selector = draft.dkimSelector {
                (servers.signing, secrets.signingKey) = try signing(draft, as: selector)
            } else if secrets.signingKey != nil {
                throw DeskError.invalid(field: "dkim.selector", "is needed with a key")
            }
            return (.servers(servers), secrets)
        }
    }

    /// The name and the key that a new mailbox signs with.
    private func signing(_ draft: MailboxDraft, as selector: String) throws -> (MailSigning, String) {
        let domain = VendorAddress.domain(of: draft.address)
        guard selector.count <= 63, !selector.isEmpty,
            selector.utf8.allSatisfy({
                $0 == 0x2D || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
            })
        else {
            throw DeskError.invalid(
                field: "dkim.selector", "must be 1 to 63 small letters, digits and hyphens, such as parley")
        }
        do {
            let key = try secrets.signingKey(draft.secrets.signingKey)
            return (MailSigning(domain: domain, selector: selector, record: key.record), key.pem)
        } catch {
            throw DeskError.invalid(
                field: "dkim.private_key",
                "must be a private key in PEM without a passphrase, RSA of 2048 to 4096 bits or Ed25519: \(error)"
            )
        }
    }

    // MARK: Checks

    private static func checked(_ servers: MailServers, _ secrets: MailboxSecrets) throws -> MailServers {
        if let oauth = servers.oauth { try check(oauth: oauth.clientID, secrets, "oauth") }
        let needsPassword = servers.oauth == nil
        try check(servers.outgoing, "smtp", password: secrets.outgoingPassword, isNeeded: needsPassword)
        if let incoming = servers.incoming {
            try check(
                incoming, "imap", password: secrets.incomingPassword ?? secrets.outgoingPassword,
                isNeeded: needsPassword)
            guard incoming.user != nil else {
                throw DeskError.invalid(field: "imap.user", "is needed: nobody reads a mailbox unnamed")
            }
        } else if servers.sentCopy != nil {
            throw DeskError.invalid(field: "sent_copy", "needs an incoming server, which keeps the folder")
        }
        var checked = servers
        checked.inbox = try Field.text(servers.inbox, "inbox", longest: 255)
        checked.sentCopy = try servers.sentCopy.map { try Field.text($0, "sent_copy", longest: 255) }
        checked.authenticationServer = try servers.authenticationServer.map {
            try Field.text($0, "auth_server", longest: 1000)
        }
        return checked
    }

    private static func check(oauth clientID: String, _ secrets: MailboxSecrets, _ field: String) throws {
        _ = try Field.text(clientID, "\(field).client_id", longest: 1000)
        for (name, value) in [
            ("client_secret", secrets.clientSecret), ("refresh_token", secrets.refreshToken),
        ] {
            guard let value else { throw DeskError.invalid(field: "\(field).\(name)", "is needed") }
            _ = try Field.text(value, "\(field).\(name)", longest: 4000)
        }
    }

    private static func check(
        _ server: MailServer, _ field: String, password: String?, isNeeded: Bool
    ) throws {
        let host = try Field.text(server.host, "\(field).host", longest: 253)
        guard host == server.host, !host.contains(where: { " /?#@[]\\<>%\"".contains($0) }) else {
            throw DeskError.invalid(
                field: "\(field).host", "must be a host's name or address, without anything else")
        }
        guard (1...65535).contains(server.port) else {
            throw DeskError.invalid(field: "\(field).port", "must be between 1 and 65535")
        }
        if let user = server.user {
            _ = try Field.text(user, "\(field).user", longest: 320)
            guard !isNeeded || password?.isEmpty == false else {
                throw DeskError.invalid(field: "\(field).password", "is needed for the user \(user)")
            }
        }
        if let password {
            _ = try Field.text(password, "\(field).password", longest: 1024)
        }
    }
}
