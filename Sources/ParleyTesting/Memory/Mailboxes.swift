import Desk
import Negotiation

extension InMemoryBooks {
    var mailboxes: MailboxBook {
        MailboxBook(
            list: { organization in
                self.read(organization) { $0.mailboxes.map(\.mailbox).inOrder(of: \.createdAt, \.id.uuid) }
            },
            find: { organization, id in
                self.read(organization) { $0.mailboxes.first { $0.mailbox.id == id }?.mailbox }
            },
            sealedSecrets: { organization, id in
                self.read(organization) { $0.mailboxes.first { $0.mailbox.id == id }?.sealed }
            })
    }
}

extension Writing {
    mutating func makeMailbox(_ change: Change) throws {
        switch change {
        case .addMailbox(let mailbox, let sealed):
            try own(mailbox.organizationID)
            try exists(rows.organization != nil, "mailboxes_organization_id_fkey")
            try unique(!rows.mailboxes.contains { $0.mailbox.id == mailbox.id }, "mailboxes_pkey")
            try unique(
                !rows.mailboxes.contains { $0.mailbox.name == mailbox.name },
                "mailboxes_organization_id_name_key")
            rows.mailboxes.append((mailbox.copy(sending: .none), sealed))
        case .resealMailbox(let id, let sealed, let former, _):
            guard
                let place = rows.mailboxes.firstIndex(where: { $0.mailbox.id == id && $0.sealed == former })
            else { return touched(false) }
            rows.mailboxes[place].sealed = sealed
        case .describeMailbox(let mailbox, let sealed, let former, _):
            guard
                let place = rows.mailboxes.firstIndex(where: {
                    $0.mailbox.id == mailbox.id && $0.sealed == former
                })
            else { return touched(false) }
            try unique(
                !rows.mailboxes.contains {
                    $0.mailbox.name == mailbox.name && $0.mailbox.id != mailbox.id
                }, "mailboxes_organization_id_name_key")
            let known = rows.mailboxes[place].mailbox
            let cursor = mailbox.cursor == nil ? nil : known.cursor
            let condition = known.condition == .disabled ? known.condition : .working
            let described = mailbox.copy(condition: condition, cursor: cursor)
            rows.mailboxes[place] = (described.copy(sending: known.sending), sealed)
        case .setMailboxCondition(let id, let condition, _):
            revise(id) { $0.copy(condition: condition, cursor: $0.cursor) }
        case .setSendingRules(let id, let rules, _): revise(id) { $0.copy(sending: rules) }
        case .moveMailboxCursor(let id, let cursor, _):
            revise(id) { $0.copy(condition: $0.condition, cursor: cursor) }
        default: break
        }
    }

    private mutating func revise(_ id: MailboxID, _ change: (Mailbox) -> Mailbox) {
        guard let position = rows.mailboxes.firstIndex(where: { $0.mailbox.id == id }) else {
            return touched(false)
        }
        rows.mailboxes[position].mailbox = change(rows.mailboxes[position].mailbox)
    }
}

extension Mailbox {
    fileprivate func copy(condition: MailboxCondition, cursor: MailboxCursor?) -> Mailbox {
        let copy = Mailbox(
            id: id, organizationID: organizationID, name: name, address: address, connection: connection,
            condition: condition, cursor: cursor, createdAt: createdAt)
        return copy.copy(sending: sending)
    }

    fileprivate func copy(sending rules: SendingRules) -> Mailbox {
        var copy = self
        copy.sending = rules
        return copy
    }
}
