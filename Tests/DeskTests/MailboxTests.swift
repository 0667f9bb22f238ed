import Desk
import Negotiation
import ParleyTesting
import Testing

/// Mailboxes: who may add them, what is refused, and who is told when one fails.
@Suite struct MailboxTests {
    private func draft(_ name: String = "Buying") -> MailboxDraft {
        MailboxDraft(
            name: name, address: "buying@acme.example", displayName: "",
            connection: .servers(
                MailServers(
                    outgoing: MailServer(
                        host: "mail.acme.example", port: 465, security: .tls, user: "buying"),
                    incoming: MailServer(host: "mail.acme.example", port: 993, security: .tls, user: "buying")
                )),
            secrets: MailboxSecrets(outgoingPassword: "secret"))
    }

    @Test("an administrator adds a mailbox, and nobody else")
    func adding() async throws {
        let office = try await makeTestOffice()
        let mailbox = try await office.office.addMailbox(draft(), by: office.caller(office.mia))
        #expect(try await office.books.mailboxes.list(office.organization.id) == [mailbox])
        #expect(try await office.office.mailboxSecrets(mailbox) == draft().secrets)
        for user in [office.ada, office.max, office.vic] {
            await #expect(throws: DeskError.self) {
                try await office.office.addMailbox(draft("Other"), by: office.caller(user))
            }
            await #expect(throws: DeskError.self) {
                try await office.office.switchMailbox(mailbox.id, on: false, by: office.caller(user))
            }
            await #expect(throws: DeskError.self) {
                try await office.office.testMailbox(mailbox.id, by: office.caller(user))
            }
        }
    }

    @Test("a second mailbox of the same name, and one mailbox too many, are refused")
    func limits() async throws {
        let office = try await makeTestOffice()
        for number in 0..<20 {
            _ = try await office.office.addMailbox(draft("Buying \(number)"), by: office.caller(office.mia))
            await #expect(throws: DeskError.self) {
                try await office.office.addMailbox(draft("Buying \(number)"), by: office.caller(office.mia))
            }
        }
        await #expect {
            try await office.office.addMailbox(draft("One more"), by: office.caller(office.mia))
        } throws: {
            if case .conflict("too_many_mailboxes", _)? = $0 as? DeskError { true } else { false }
        }
    }

    @Test("administrators are told once that a mailbox fails, and it is on record that it works again")
    func failing() async throws {
        let office = try await makeTestOffice()
        let mailbox = try await office.office.addMailbox(draft(), by: office.caller(office.mia))
        func notes() async throws -> [String] {
            try await office.books.journal.notifications(office.organization.id, office.mia.id, PageRequest())
                .items
                .map(\.title)
        }
        try await office.office.noteCondition(of: mailbox, .receiving, failure: "The server is away.")
        office.clock.set(office.clock.now.advanced(bySeconds: 60))
        try await office.office.noteCondition(of: mailbox, .receiving, failure: "The server is away.")
        try await office.office.noteCondition(of: mailbox, .receiving, failure: "The password is wrong.")
        let found = try await office.books.mailboxes.find(office.organization.id, mailbox.id)
        guard case .failing("The password is wrong.", .receiving, let since)? = found?.condition else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(since < TestClock.start.advanced(bySeconds: 60))
        #expect(try await notes() == ["The mailbox Buying does not work"])
        try await office.office.noteCondition(of: mailbox, .receiving, failure: nil)
        #expect(
            try await office.books.mailboxes.find(office.organization.id, mailbox.id)?.condition == .working)
        try await office.office.noteCondition(of: mailbox, .receiving, failure: "It is away again.")
        #expect(try await notes().count == 2)
    }

    @Test("a mailbox that is switched off stays so, whatever is found out about it")
    func switchedOff() async throws {
        let office = try await makeTestOffice()
        let mailbox = try await office.office.addMailbox(draft(), by: office.caller(office.mia))
        let off = try await office.office.switchMailbox(mailbox.id, on: false, by: office.caller(office.mia))
        #expect(off.condition == .disabled)
        try await office.office.noteCondition(of: mailbox, .receiving, failure: "Away.")
        try await office.office.noteCondition(of: mailbox, .receiving, failure: nil)
        #expect(
            try await office.books.mailboxes.find(office.organization.id, mailbox.id)?.condition == .disabled)
        let on = try await office.office.switchMailbox(mailbox.id, on: true, by: office.caller(office.mia))
        #expect(on.condition == .working)
    }

    @Test("a mailbox that cannot send says so, and reading it well does not hide that")
    func sending() async throws {
        let office = try await makeTestOffice()
        let mailbox = try await office.office.addMailbox(draft(), by: office.caller(office.mia))
        func condition() async throws -> MailboxCondition? {
            try await office.books.mailboxes.find(office.organization.id, mailbox.id)?.condition
        }
        func failure() async throws -> String? {
            if case .failing(let reason, .sending, _)? = try await condition() { reason } else { nil }
        }
        let id = try await office.newNegotiation()
        _ = try await office.write(.open, in: id)
        // The letter to the approvers goes first: it would show that sending works.
        try await office.work()
        try await office.approve()
        office.post.next(.unreachable("mail.acme.example did not accept user and password"))
        try await office.work()
        #expect(try await failure() == "mail.acme.example did not accept user and password")
        try await office.office.noteCondition(of: mailbox, .receiving, failure: nil)
        #expect(try await failure() == "mail.acme.example did not accept user and password")
        office.clock.advance(bySeconds: 60)
        try await office.work()
        #expect(try await office.negotiation(id).status == .sent)
        #expect(try await condition() == .working)
    }

    @Test("a mailbox that signs shows the record to publish, and a key without a selector is refused")
    func signing() async throws {
        let office = try await makeTestOffice()
        var own = draft()
        own.dkimSelector = "parley"
        let mailbox = try await office.office.addMailbox(own, by: office.caller(office.mia))
        #expect(mailbox.servers?.signing?.recordName == "parley._domainkey.acme.example")
        #expect(mailbox.servers?.signing?.record == "v=DKIM1; p=public")
        var wrong = draft("Other")
        for selector in ["", "Parley", "a.b", "a b", String(repeating: "a", count: 64)] {
            wrong.dkimSelector = selector
            let error = await refusal {
                _ = try await office.office.addMailbox(wrong, by: office.caller(office.mia))
            }
            guard case .invalid("dkim.selector", _)? = error else {
                Issue.record("\(selector): \(String(describing: error))")
                continue
            }
        }
        wrong.dkimSelector = nil
        wrong.secrets.signingKey = "key"
        let error = await refusal {
            _ = try await office.office.addMailbox(wrong, by: office.caller(office.mia))
        }
        #expect(error == .invalid(field: "dkim.selector", "is needed with a key"))
    }

    @Test("a mailbox of Gmail needs a client and a grant, and its mail carries the provider's conversation")
    func gmail() async throws {
        let office = try await makeTestOffice()
        var own = draft()
        own.connection = .gmail(GmailSettings(clientID: "client"))
        own.secrets = MailboxSecrets(clientSecret: "secret")
        let error = await refusal {
            _ = try await office.office.addMailbox(own, by: office.caller(office.mia))
        }
        #expect(error == .invalid(field: "gmail.refresh_token", "is needed"))
        own.secrets.refreshToken = "granted"
        let mailbox = try await office.office.addMailbox(own, by: office.caller(office.mia))
        #expect(mailbox.isRead && mailbox.servers == nil && mailbox.authenticationServer == "mx.google.com")
        let id = try await office.openedNegotiation()
        #expect(office.post.deliveries.last?.thread == nil)
        let mail = VendorMail(
            answering: try #require(office.post.deliveries.last), from: "sales@bolts.example",
            messageID: "answer@bolts.example", text: "EUR 9.20 per unit.")
        try await office.office.take(
            mail.raw, source: "gmail", externalID: "1", mailbox: mailbox.id, providerThread: "thread 7",
            for: office.organization.id)
        try await office.work()
        #expect(try await office.messages(id).last?.providerThreadID == "thread 7")
        _ = try await office.write(.accept, in: id)
        try await office.approve()
        try await office.work()
        #expect(office.post.deliveries.last?.thread == "thread 7")
    }

    @Test("a mailbox is described anew, and secrets that are left out stay")
    func describing() async throws {
        let office = try await makeTestOffice()
        let mailbox = try await office.office.addMailbox(draft(), by: office.caller(office.mia))
        try await office.office.noteCondition(of: mailbox, .sending, failure: "The password is wrong.")
        var anew = draft("Purchasing")
        anew.secrets = MailboxSecrets(incomingPassword: "another")
        let described = try await office.office.describeMailbox(
            mailbox.id, as: anew, by: office.caller(office.mia))
        #expect(described.name == "Purchasing" && described.condition == .working)
        #expect(
            try await office.office.mailboxSecrets(described)
                == MailboxSecrets(outgoingPassword: "secret", incomingPassword: "another"))
        #expect(try await office.books.mailboxes.list(office.organization.id) == [described])
        await #expect(throws: DeskError.self) {
            try await office.office.describeMailbox(mailbox.id, as: anew, by: office.caller(office.ada))
        }
    }

    @Test("what an operator describes is added once, changed where it differs, and else left alone")
    func provided() async throws {
        let office = try await makeTestOffice()
        func provide(_ draft: MailboxDraft) async throws -> Bool {
            try await office.office.provideMailbox(draft, for: office.organization.id)
        }
        #expect(try await provide(draft()))
        #expect(try await !provide(draft()))
        var other = draft()
        other.secrets.outgoingPassword = "new"
        #expect(try await provide(other))
        #expect(try await !provide(other))
        other.name = " Buying "
        #expect(try await !provide(other))
        let all = try await office.books.mailboxes.list(office.organization.id)
        #expect(all.map(\.name) == ["Buying"])
        #expect(try await office.office.mailboxSecrets(all[0]).outgoingPassword == "new")
        other.address = "nobody"
        await #expect(throws: DeskError.self) { try await provide(other) }
    }

    @Test("a message that is too long to be taken is told to the administrators")
    func oversize() async throws {
        let office = try await makeTestOffice()
        let mailbox = try await office.office.addMailbox(draft(), by: office.caller(office.mia))
        try await office.office.announceOversize("Message 7 of INBOX has 40000000 bytes.", in: mailbox)
        #expect(try await office.notices(office.mia) == ["A message in Buying is too long to be read"])
        #expect(try await office.notices(office.ada).isEmpty)
    }

    @Test("a test says what it tried, and a mailbox of another organization is not there")
    func testing() async throws {
        let (memory, clock) = (InMemoryBooks(), TestClock())
        let office = try await makeTestOffice(memory: memory, clock: clock)
        let mailbox = try await office.office.addMailbox(draft(), by: office.caller(office.mia))
        let steps = try await office.office.testMailbox(mailbox.id, by: office.caller(office.mia))
        #expect(steps.map(\.title) == ["Sign in to mail.acme.example"])
        let other = try await makeTestOffice(memory: memory, clock: clock, slug: "other")
        await #expect(throws: DeskError.notFound("mailbox")) {
            try await other.office.testMailbox(mailbox.id, by: other.caller(other.mia))
        }
    }
}
