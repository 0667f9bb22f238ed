import Negotiation

extension Office {
    /// Switches a mailbox off, or on again.
    public func switchMailbox(_ id: MailboxID, on: Bool, by caller: Caller) async throws -> Mailbox {
        try requireAdministrator(caller, to: "change mailboxes")
        let mailbox = try await self.mailbox(caller.organizationID, id)
        let now = clock.now()
        try await commit(
            caller.organizationID,
            [
                .setMailboxCondition(id, on ? .working : .disabled, at: now),
                mailboxRecord(
                    mailbox, on ? "enabled" : "disabled", on ? "switched on" : "switched off", caller.origin,
                    now),
            ])
        return try await self.mailbox(caller.organizationID, id)
    }

    /// Tries everything that a mailbox is used for, and says what works and what does not.
    public func testMailbox(_ id: MailboxID, by caller: Caller) async throws -> [MailboxProbeStep] {
        try requireAdministrator(caller, to: "change mailboxes")
        let mailbox = try await self.mailbox(caller.organizationID, id)
        let steps = await mail.probe(mailbox, try await mailboxSecrets(mailbox))
        guard let failure = steps.first(where: { !$0.succeeded }) else {
            for work in [MailboxWork.sending, .receiving] {
                try await noteCondition(of: mailbox, work, failure: nil)
            }
            return steps
        }
        try await noteCondition(of: mailbox, failure.work, failure: "\(failure.title): \(failure.detail)")
        return steps
    }

    /// Writes down what an attempt to send says of the mailbox that the organization writes from.
    func noteSending(_ result: SendResult, by home: Mailbox?) async throws {
        let failure: String?
        switch result {
        case .accepted: failure = nil
        case .unreachable(let reason): failure = reason
        case .deferred, .refused, .unknown: return
        }
        guard let home, failure != nil || home.condition != .working else { return }
        try await noteCondition(of: home, .sending, failure: failure)
    }

    /// Writes down that half of a mailbox works, or what is wrong with it; whoever administers the organization is told
    /// once. While the other half fails, that stays what is said.
    public func noteCondition(of mailbox: Mailbox, _ work: MailboxWork, failure: String?) async throws {
        guard let known = try await books.mailboxes.find(mailbox.organizationID, mailbox.id) else { return }
        let now = clock.now()
        switch (known.condition, failure) {
        case (.disabled, _), (.working, nil): return
        case (.failing(let reason, let failing, let since), .some(let failure)):
            guard failing == work, reason != failure else { return }
            try await commit(
                mailbox.organizationID,
                [.setMailboxCondition(mailbox.id, .failing(failure, work, since: since), at: now)])
        case (.failing(_, let failing, _), nil):
            guard failing == work else { return }
            try await commit(
                mailbox.organizationID,
                [
                    .setMailboxCondition(mailbox.id, .working, at: now),
                    mailboxRecord(known, "working", "works again", .parley, now),
                ])
        case (.working, .some(let failure)):
            let people = try await books.people.usersWithRole(mailbox.organizationID, [.orgAdmin])
            let told = people.flatMap {
                notifying(
                    $0.id, type: "mailbox_failing", title: "The mailbox \(known.name) does not work",
                    message: failure, about: nil, at: now)
            }
            try await commit(
                mailbox.organizationID,
                [
                    .setMailboxCondition(mailbox.id, .failing(failure, work, since: now), at: now),
                    mailboxRecord(known, "failing", "does not work: \(failure)", .parley, now),
                ] + told)
        }
    }

    /// What opens a mailbox.
    public func mailboxSecrets(_ mailbox: Mailbox) async throws -> MailboxSecrets {
        try await books.mailboxes.secrets(of: mailbox, by: secrets)
    }

    func mailbox(_ organization: OrganizationID, _ id: MailboxID) async throws -> Mailbox {
        guard let mailbox = try await books.mailboxes.find(organization, id) else {
            throw DeskError.notFound("mailbox")
        }
        return mailbox
    }

    func mailboxRecord(
        _ mailbox: Mailbox, _ what: String, _ words: String, _ origin: Origin, _ now: Instant
    ) -> Change {
        .audit(
            AuditEntry(
                action: "mailbox.\(what)", entityType: "mailbox", entityID: mailbox.id.uuid,
                description: "Mailbox \(mailbox.name) \(words)", origin: origin, at: now))
    }
}

extension MailboxBook {
    /// The mailbox that an organization writes from: the oldest that is not switched off.
    public func home(of organization: OrganizationID) async throws -> Mailbox? {
        try await list(organization).first { $0.condition != .disabled }
    }

    /// What opens a mailbox; nothing where nothing is kept.
    public func secrets(of mailbox: Mailbox, by port: SecretsPort) async throws -> MailboxSecrets {
        guard let sealed = try await sealedSecrets(mailbox.organizationID, mailbox.id) else {
            return MailboxSecrets()
        }
        return try port.unseal(sealed)
    }
}
