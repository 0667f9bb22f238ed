import Desk
import Negotiation
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension BooksContract {
    private static let now = ContractCompany.start

    private static func mailbox(_ name: String, of company: ContractCompany, at seconds: Int64 = 0) -> Mailbox
    {
        let smtp = MailServer(host: "mail.acme.example", port: 465, security: .tls, user: "buying")
        let imap = MailServer(host: "mail.acme.example", port: 143, security: .starttls, user: "buying")
        return Mailbox(
            id: Identifier(UUID()), organizationID: company.id, name: name,
            address: MailAddress(name: "Acme Buying", address: "buying@acme.example"),
            connection: .servers(
                MailServers(
                    outgoing: smtp, incoming: imap, inbox: "Entwürfe", sentCopy: "Sent", marksSeen: true)),
            condition: .working, cursor: nil, createdAt: now.advanced(bySeconds: seconds))
    }

    static let mailboxes: [ContractCase] = [
        ContractCase("mailboxes are read back as they were written, oldest first, and their secrets apart") {
            books in
            let company = try await ContractCompany.found(in: books)
            let (second, first) = (mailbox("Second", of: company, at: 60), mailbox("First", of: company))
            try await company.commit(.addMailbox(second, sealed: "two"), .addMailbox(first, sealed: "one"))
            #expect(try await books.mailboxes.list(company.id) == [first, second])
            #expect(try await books.mailboxes.find(company.id, second.id) == second)
            #expect(try await books.mailboxes.sealedSecrets(company.id, second.id) == "two")
            let other = try await ContractCompany.found(in: books)
            #expect(try await books.mailboxes.list(other.id) == [])
            #expect(try await books.mailboxes.find(other.id, first.id) == nil)
            #expect(try await books.mailboxes.sealedSecrets(other.id, first.id) == nil)
        },
        ContractCase("a mailbox of Gmail is read back as it was written, and how far its history was read") {
            books in
            let company = try await ContractCompany.found(in: books)
            let like = mailbox("Gmail", of: company)
            let mailbox = Mailbox(
                id: like.id, organizationID: company.id, name: like.name, address: like.address,
                connection: .gmail(GmailSettings(clientID: "client")), condition: .working, cursor: nil,
                createdAt: now)
            try await company.commit(.addMailbox(mailbox, sealed: "sealed"))
            #expect(try await books.mailboxes.list(company.id) == [mailbox])
            var cursor = GmailCursor(at: .max, now: now, lookingBackTo: 17)
            cursor.walk?.page = "next"
            try await company.commit(.moveMailboxCursor(mailbox.id, .gmail(cursor), at: now))
            #expect(try await books.mailboxes.find(company.id, mailbox.id)?.cursor == .gmail(cursor))
        },
        ContractCase(
            "a mailbox is described anew, and goes on where it was read unless it lies elsewhere now"
        ) {
            books in
            let company = try await ContractCompany.found(in: books)
            let first = mailbox("First", of: company)
            let cursor = MailboxCursor.folder(FolderCursor(uidValidity: 1, nextUID: 7))
            try await company.commit(.addMailbox(first, sealed: "one"))
            try await company.commit(.addMailbox(mailbox("Second", of: company), sealed: "two"))
            try await company.commit(
                .moveMailboxCursor(first.id, cursor, at: now),
                .setMailboxCondition(first.id, .failing("No.", .sending, since: now), at: now))
            func described(_ name: String, _ cursor: MailboxCursor?) -> Mailbox {
                Mailbox(
                    id: first.id, organizationID: company.id, name: name,
                    address: MailAddress(name: "", address: "other@acme.example"),
                    connection: .gmail(GmailSettings(clientID: "client")), condition: .working,
                    cursor: cursor,
                    createdAt: first.createdAt)
            }
            await expectRefusal("the name of another", \.isDuplicate) {
                try await company.commit(
                    .describeMailbox(described("Second", nil), sealed: "", insteadOf: "one", at: now))
            }
            await expectRefusal("over other secrets than were seen", \.isStale) {
                try await company.commit(
                    .describeMailbox(described("New", nil), sealed: "three", insteadOf: "two", at: now))
            }
            try await company.commit(
                .describeMailbox(described("New", nil), sealed: "three", insteadOf: "one", at: now))
            #expect(try await books.mailboxes.find(company.id, first.id) == described("New", nil))
            #expect(try await books.mailboxes.sealedSecrets(company.id, first.id) == "three")
            let history = MailboxCursor.gmail(GmailCursor(at: 4, now: now))
            try await company.commit(
                .moveMailboxCursor(first.id, history, at: now),
                .setMailboxCondition(first.id, .disabled, at: now),
                .describeMailbox(
                    described("Newer", history), sealed: "four", insteadOf: "three", at: now))
            let found = try await books.mailboxes.find(company.id, first.id)
            #expect(found?.cursor == history && found?.condition == .disabled && found?.name == "Newer")
        },
        ContractCase("what opens a mailbox is sealed anew only over what was seen") { books in
            let company = try await ContractCompany.found(in: books)
            let mailbox = mailbox("Buying", of: company)
            try await company.commit(.addMailbox(mailbox, sealed: "one"))
            try await company.commit(
                .resealMailbox(mailbox.id, sealed: "two", insteadOf: "one", at: now))
            await expectRefusal("again", \.isStale) {
                try await company.commit(
                    .resealMailbox(mailbox.id, sealed: "three", insteadOf: "one", at: now))
            }
            let stranger = try await ContractCompany.found(in: books)
            await expectRefusal("by a stranger", \.isStale) {
                try await stranger.commit(
                    .resealMailbox(mailbox.id, sealed: "three", insteadOf: "two", at: now))
            }
            #expect(try await books.mailboxes.sealedSecrets(company.id, mailbox.id) == "two")
            #expect(try await books.mailboxes.find(company.id, mailbox.id) == mailbox)
        },
        ContractCase("two mailboxes of an organization have two names") { books in
            let company = try await ContractCompany.found(in: books)
            try await company.commit(.addMailbox(mailbox("Buying", of: company), sealed: ""))
            await expectRefusal("the same name", \.isDuplicate) {
                try await company.commit(.addMailbox(mailbox("Buying", of: company), sealed: ""))
            }
        },
        ContractCase("what becomes of a mailbox and how far it was read is kept") { books in
            let company = try await ContractCompany.found(in: books)
            let mailbox = mailbox("Buying", of: company)
            try await company.commit(.addMailbox(mailbox, sealed: ""))
            let cursor = MailboxCursor.folder(FolderCursor(uidValidity: .max, nextUID: 7))
            for condition in [MailboxCondition.failing("No.", .receiving, since: now), .disabled, .working] {
                try await company.commit(
                    .setMailboxCondition(mailbox.id, condition, at: now),
                    .moveMailboxCursor(mailbox.id, cursor, at: now))
                let found = try await books.mailboxes.find(company.id, mailbox.id)
                #expect(found?.condition == condition && found?.cursor == cursor)
            }
            let stranger = try await ContractCompany.found(in: books)
            await expectRefusal("another organization's", { $0 == .stale }) {
                try await stranger.commit(.setMailboxCondition(mailbox.id, .disabled, at: now))
            }
        },
    ]
}
