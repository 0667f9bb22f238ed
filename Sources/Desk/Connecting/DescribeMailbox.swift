import Negotiation

extension Office {
    /// Describes a mailbox anew. Secrets that are left out stay as they are; what was read stays read, unless the mailbox
    /// now lies elsewhere.
    public func describeMailbox(_ id: MailboxID, as draft: MailboxDraft, by caller: Caller) async throws
        -> Mailbox
    {
        try requireAdministrator(caller, to: "change mailboxes")
        return try await settling(caller.organizationID) {
            let known = try await mailbox(caller.organizationID, id)
            let (mailbox, secrets, former) = try await described(known, as: draft)
            let rules = try await setting(mailbox.sending, of: known, origin: caller.origin)
            return (
                mailbox, try describing(mailbox, secrets, insteadOf: former, origin: caller.origin) + rules
            )
        }
    }

    /// Sees to it that an organization has a mailbox of that name as an operator describes it.
    ///
    /// - Returns: whether anything had to be changed.
    public func provideMailbox(_ draft: MailboxDraft, for organization: OrganizationID) async throws -> Bool {
        try await settling(organization) {
            let all = try await books.mailboxes.list(organization)
            let name = try Field.text(draft.name, "name", longest: 255)
            guard let known = all.first(where: { $0.name == name }) else {
                let (mailbox, secrets) = try newMailbox(draft, in: organization, besides: all.count)
                return (true, try adding(mailbox, secrets, origin: .parley))
            }
            let (mailbox, secrets, former) = try await described(known, as: draft)
            let before = try former.map { try self.secrets.unseal($0) }
            let isSame =
                mailbox.connection == known.connection && mailbox.address == known.address
                && secrets == before
            let rules = try await setting(mailbox.sending, of: known, origin: .parley)
            let described =
                isSame ? [] : try describing(mailbox, secrets, insteadOf: former, origin: .parley)
            return (!isSame || !rules.isEmpty, described + rules)
        }
    }

    /// The mailbox as it is described now, what opens it, and what opened it so far, sealed.
    private func described(_ known: Mailbox, as draft: MailboxDraft) async throws -> (
        Mailbox, MailboxSecrets, former: String?
    ) {
        var draft = draft
        let former = try await books.mailboxes.sealedSecrets(known.organizationID, known.id)
        let before = try former.map { try self.secrets.unseal($0) } ?? MailboxSecrets()
        draft.secrets = draft.secrets.completed(by: before, signs: draft.dkimSelector != nil)
        let (connection, secrets) = try checkedConnection(of: draft)
        var mailbox = Mailbox(
            id: known.id, organizationID: known.organizationID,
            name: try Field.text(draft.name, "name", longest: 255), address: try checkedAddress(of: draft),
            connection: connection, condition: known.condition == .disabled ? .disabled : .working,
            cursor: connection.isRead(as: known.connection) ? known.cursor : nil, createdAt: known.createdAt)
        mailbox.sending = try draft.sending.map(sendingRules) ?? known.sending
        return (mailbox, secrets, former)
    }

    private func describing(
        _ mailbox: Mailbox, _ secrets: MailboxSecrets, insteadOf former: String?, origin: Origin
    ) throws -> [Change] {
        [
            .describeMailbox(
                mailbox, sealed: try self.secrets.seal(secrets), insteadOf: former, at: clock.now()),
            mailboxRecord(mailbox, "changed", "described anew", origin, clock.now()),
        ]
    }
}

extension MailboxSecrets {
    /// With what is left out taken from before.
    fileprivate func completed(by before: MailboxSecrets, signs: Bool) -> MailboxSecrets {
        var completed = MailboxSecrets(
            outgoingPassword: outgoingPassword ?? before.outgoingPassword,
            incomingPassword: incomingPassword ?? before.incomingPassword,
            signingKey: signs ? signingKey ?? before.signingKey : signingKey,
            clientSecret: clientSecret ?? before.clientSecret,
            refreshToken: refreshToken ?? before.refreshToken)
        // A token that is given again, as a file does at every start, is still the one that was renewed.
        let isGivenAgain = completed.refreshToken == before.refreshToken
        completed.renewedRefreshToken = isGivenAgain ? before.renewedRefreshToken : nil
        return completed
    }
}

extension MailboxConnection {
    /// Whether the same folder of the same user on the same server is read.
    fileprivate func isRead(as other: MailboxConnection) -> Bool {
        switch (self, other) {
        case (.gmail, .gmail): true
        case (.servers(let left), .servers(let right)):
            left.incoming?.host == right.incoming?.host && left.incoming?.user == right.incoming?.user
                && left.inbox == right.inbox
        default: false
        }
    }
}
