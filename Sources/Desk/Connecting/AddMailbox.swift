import Negotiation

/// A mailbox as somebody describes it.
public struct MailboxDraft: Sendable {
    public var name: String
    public var address: String
    public var displayName: String
    public var servers: MailServers
    public var secrets: MailboxSecrets

    public init(
        name: String, address: String, displayName: String, servers: MailServers, secrets: MailboxSecrets
    ) {
        self.name = name
        self.address = address
        self.displayName = displayName
        self.servers = servers
        self.secrets = secrets
    }
}

extension Office {
    /// The most mailboxes of one organization.
    static let mostMailboxes = 20

    /// Adds a mailbox. From then on the organization writes from its oldest one that is not switched off, and reads all.
    public func addMailbox(_ draft: MailboxDraft, by caller: Caller) async throws -> Mailbox {
        try requireAdministrator(caller)
        guard VendorAddress.isValid(draft.address) else {
            throw DeskError.invalid(field: "address", "must be one address such as purchasing@example.com")
        }
        let displayName =
            draft.displayName.isEmpty ? "" : try Field.text(draft.displayName, "display_name", longest: 255)
        guard try await books.mailboxes.list(caller.organizationID).count < Self.mostMailboxes else {
            throw DeskError.conflict(
                "too_many_mailboxes", "An organization has at most \(Self.mostMailboxes) mailboxes.")
        }
        let now = clock.now()
        let mailbox = Mailbox(
            id: clock.newID(), organizationID: caller.organizationID,
            name: try Field.text(draft.name, "name", longest: 255),
            address: MailAddress(name: displayName, address: draft.address),
            servers: try Self.checked(draft.servers, draft.secrets), condition: .working, cursor: nil,
            createdAt: now)
        do {
            try await books.commit(
                caller.organizationID,
                [
                    .addMailbox(mailbox, sealed: try secrets.seal(draft.secrets)),
                    record(mailbox, "created", "added, writing as \(draft.address)", caller.origin, now),
                ])
        } catch CommitRefusal.duplicate {
            throw DeskError.conflict("mailbox_exists", "There is a mailbox called “\(mailbox.name)” already.")
        }
        return mailbox
    }

    /// Switches a mailbox off, or on again.
    public func switchMailbox(_ id: MailboxID, on: Bool, by caller: Caller) async throws -> Mailbox {
        try requireAdministrator(caller)
        let mailbox = try await self.mailbox(caller.organizationID, id)
        let now = clock.now()
        try await books.commit(
            caller.organizationID,
            [
                .setMailboxCondition(id, on ? .working : .disabled, at: now),
                record(
                    mailbox, on ? "enabled" : "disabled", on ? "switched on" : "switched off", caller.origin,
                    now),
            ])
        return try await self.mailbox(caller.organizationID, id)
    }

    /// Tries everything that a mailbox is used for, and says what works and what does not.
    public func testMailbox(_ id: MailboxID, by caller: Caller) async throws -> [MailboxProbeStep] {
        try requireAdministrator(caller)
        let mailbox = try await self.mailbox(caller.organizationID, id)
        let steps = await mail.probe(mailbox, try await mailboxSecrets(mailbox))
        let failure = steps.first { !$0.succeeded }
        try await noteCondition(of: mailbox, failure: failure.map { "\($0.title): \($0.detail)" })
        return steps
    }

    /// Writes down that a mailbox works, or what is wrong with it; whoever administers the organization is told once.
    public func noteCondition(of mailbox: Mailbox, failure: String?) async throws {
        guard let known = try await books.mailboxes.find(mailbox.organizationID, mailbox.id) else { return }
        let now = clock.now()
        switch (known.condition, failure) {
        case (.disabled, _), (.working, nil): return
        case (.failing(let reason, let since), .some(let failure)):
            guard reason != failure else { return }
            try await books.commit(
                mailbox.organizationID,
                [.setMailboxCondition(mailbox.id, .failing(failure, since: since), at: now)])
        case (.failing, nil):
            try await books.commit(
                mailbox.organizationID,
                [
                    .setMailboxCondition(mailbox.id, .working, at: now),
                    record(known, "working", "works again", .parley, now),
                ])
        case (.working, .some(let failure)):
            let people = try await books.people.usersWithRole(mailbox.organizationID, [.orgAdmin])
            let told = people.flatMap {
                notifying(
                    $0.id, type: "mailbox_failing", title: "The mailbox \(known.name) does not work",
                    message: failure, about: nil, at: now)
            }
            try await books.commit(
                mailbox.organizationID,
                [
                    .setMailboxCondition(mailbox.id, .failing(failure, since: now), at: now),
                    record(known, "failing", "does not work: \(failure)", .parley, now),
                ] + told)
        }
    }

    /// What opens a mailbox.
    public func mailboxSecrets(_ mailbox: Mailbox) async throws -> MailboxSecrets {
        guard let sealed = try await books.mailboxes.sealedSecrets(mailbox.organizationID, mailbox.id) else {
            return MailboxSecrets()
        }
        return try secrets.unseal(sealed)
    }

    private func mailbox(_ organization: OrganizationID, _ id: MailboxID) async throws -> Mailbox {
        guard let mailbox = try await books.mailboxes.find(organization, id) else {
            throw DeskError.notFound("mailbox")
        }
        return mailbox
    }

    private func requireAdministrator(_ caller: Caller) throws {
        guard caller.user.role.mayAdminister else {
            throw DeskError.forbidden("Only an administrator may change mailboxes.")
        }
    }

    private func record(
        _ mailbox: Mailbox, _ what: String, _ words: String, _ origin: Origin, _ now: Instant
    ) -> Change {
        .audit(
            AuditEntry(
                action: "mailbox.\(what)", entityType: "mailbox", entityID: mailbox.id.uuid,
                description: "Mailbox \(mailbox.name) \(words)", origin: origin, at: now))
    }

    // MARK: Checks

    private static func checked(_ servers: MailServers, _ secrets: MailboxSecrets) throws -> MailServers {
        try check(servers.outgoing, "smtp", password: secrets.outgoingPassword)
        if let incoming = servers.incoming {
            try check(
                incoming, "imap", password: secrets.incomingPassword ?? secrets.outgoingPassword)
            guard incoming.user != nil else {
                throw DeskError.invalid(field: "imap.user", "is needed: nobody reads a mailbox unnamed")
            }
        } else if servers.sentCopy != nil {
            throw DeskError.invalid(field: "sent_copy", "needs an incoming server, which keeps the folder")
        }
        var checked = servers
        checked.inbox = try Field.text(servers.inbox, "inbox", longest: 255)
        checked.sentCopy = try servers.sentCopy.map { try Field.text($0, "sent_copy", longest: 255) }
        return checked
    }

    private static func check(_ server: MailServer, _ field: String, password: String?) throws {
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
            guard password?.isEmpty == false else {
                throw DeskError.invalid(field: "\(field).password", "is needed for the user \(user)")
            }
        }
        if let password {
            _ = try Field.text(password, "\(field).password", longest: 1024)
        }
    }
}
