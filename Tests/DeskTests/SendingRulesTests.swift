import Desk
import Negotiation
import ParleyTesting
import Testing

/// When a mailbox sends, and how much: what has to wait says until when, and nobody looks before that.
@Suite struct SendingRulesTests {
    /// An office that writes from a mailbox with rules. Its clock begins on Friday, 2027-01-15, at 08:00 UTC.
    private func office(_ rules: SendingRulesDraft, vendorLimit: Int? = nil) async throws -> (
        TestOffice, Mailbox
    ) {
        let office = try await makeTestOffice(clock: TestClock(tick: 0))
        let admin = office.caller(office.mia)
        var draft = MailboxDraft(
            name: "Buying", address: "buying@acme.example", displayName: "",
            connection: .servers(
                MailServers(outgoing: MailServer(host: "mail.acme.example", port: 587, security: .starttls))),
            secrets: MailboxSecrets())
        draft.sending = rules
        let mailbox = try await office.office.addMailbox(draft, by: admin)
        if let vendorLimit {
            _ = try await office.office.changeSettings(
                SettingsChange(vendorDailyLimit: vendorLimit), by: admin)
        }
        return (office, mailbox)
    }

    private func window(
        _ days: [String] = ["monday", "tuesday", "wednesday", "thursday", "friday"],
        _ opens: String = "09:00",
        _ closes: String = "17:00", _ zone: String = "UTC"
    ) -> SendingRulesDraft {
        SendingRulesDraft(window: .init(days: days, opens: opens, closes: closes, zone: zone))
    }

    /// An opening email of a new negotiation, approved.
    private func opening(in office: TestOffice) async throws -> EmailID {
        let email = try await office.write(.open, in: try await office.newNegotiation())
        try await office.work()
        let request = try #require(try await office.books.approvals.ofEmail(office.organization.id, email))
        try await office.decide(.approve, on: request)
        return email
    }

    private func utc(_ text: String) -> Instant { Instant(text) ?? TestClock.start }

    @Test("outside its hours a mailbox sends nothing, and the email says until when it waits")
    func hours() async throws {
        let (office, _) = try await office(window())
        let email = try await opening(in: office)
        try await office.work()
        let waiting = try await office.email(email)
        #expect(waiting.status == .approved && waiting.sendsAt == utc("2027-01-15T09:00:00Z"))
        #expect(
            waiting.statusReason
                == "Waits until 2027-01-15T09:00:00Z: Buying sends Monday to Friday, 09:00 to 17:00 (UTC).")
        #expect(office.post.attempts == 0)
        let due = office.memory.queue(of: office.organization.id).filter {
            $0.isOpen && $0.work == .sendEmail(email)
        }
        #expect(due.map(\.runAt) == [waiting.sendsAt], "nobody looks before that")
        // Letters to one's own people are not held up.
        #expect(office.post.letters.count >= 2)
        office.clock.set(utc("2027-01-15T09:00:00Z"))
        try await office.work()
        #expect(try await office.email(email).status == .sent)
    }

    @Test("the hours are those of the mailbox's place, and a weekend is waited over")
    func place() async throws {
        let (office, _) = try await office(window(["monday", "friday"], "08:00", "10:00", "Test/Ahead"))
        let email = try await opening(in: office)
        try await office.work()
        // 08:00 UTC is 10:00 there: the hours are over.
        #expect(try await office.email(email).sendsAt == utc("2027-01-18T06:00:00Z"))
    }

    @Test("more than the limit of an hour wait their turn, and the oldest leaves the hour first")
    func hourly() async throws {
        let (office, mailbox) = try await office(SendingRulesDraft(perHour: 2))
        var emails: [EmailID] = []
        for _ in 0..<3 {
            emails.append(try await opening(in: office))
            try await office.work()
            office.clock.advance(bySeconds: 600)
        }
        #expect(office.post.deliveries.count == 2)
        let waiting = try await office.email(emails[2])
        #expect(waiting.sendsAt == utc("2027-01-15T09:00:00Z"))
        #expect(
            waiting.statusReason
                == "Waits until 2027-01-15T09:00:00Z: Buying has sent the 2 emails that it may send within an hour."
        )
        let attempts = try await office.books.emails.attempts(office.organization.id, emails[0])
        #expect(attempts.map(\.mailboxID) == [mailbox.id])
        office.clock.set(utc("2027-01-15T08:59:59Z"))
        try await office.work()
        #expect(office.post.deliveries.count == 2)
        office.clock.set(utc("2027-01-15T09:00:00Z"))
        try await office.work()
        #expect(office.post.deliveries.count == 3)
    }

    @Test("when the limit of a day lets an email through outside the hours, it waits for the hours as well")
    func dayAndHours() async throws {
        var rules = window()
        rules.perDay = 1
        let (office, _) = try await office(rules)
        office.clock.set(utc("2027-01-15T16:30:00Z"))
        _ = try await opening(in: office)
        try await office.work()
        #expect(office.post.deliveries.count == 1)
        let email = try await opening(in: office)
        try await office.work()
        // A day later it is Saturday.
        #expect(try await office.email(email).sendsAt == utc("2027-01-18T09:00:00Z"))
    }

    @Test("what the server refused for now does not count")
    func refusals() async throws {
        let (office, _) = try await office(SendingRulesDraft(perHour: 1))
        office.post.next(.deferred("451 later"))
        let first = try await opening(in: office)
        try await office.work()
        #expect(try await office.email(first).sendsAt == office.clock.now.advanced(bySeconds: 30))
        let second = try await opening(in: office)
        try await office.work()
        #expect(try await office.email(second).status == .sent)
    }

    @Test("a vendor gets no more than the organization allows a day, from whichever mailbox")
    func vendor() async throws {
        let (office, _) = try await office(SendingRulesDraft(), vendorLimit: 1)
        _ = try await opening(in: office)
        try await office.work()
        let second = try await opening(in: office)
        try await office.work()
        #expect(office.post.deliveries.count == 1)
        #expect(try await office.email(second).sendsAt == utc("2027-01-16T08:00:00Z"))
        office.clock.set(utc("2027-01-16T08:00:00Z"))
        try await office.work()
        #expect(office.post.deliveries.count == 2)
    }

    @Test(
        "workers side by side do not exceed a limit: the count is taken again where the attempt is put on record"
    )
    func parallel() async throws {
        let (office, _) = try await office(SendingRulesDraft(perHour: 1))
        let first = try await opening(in: office)
        var slow = office
        let interrupted = InterruptedBooks(office.books) { change in
            if case .beginAttempt = change { true } else { false }
        }
        let second = try await opening(in: office)
        interrupted.meanwhile { try await office.process("worker-2").work(WorkerSettings(concurrency: 1)) }
        slow.office.books = interrupted.books
        try await slow.work(WorkerSettings(concurrency: 1))
        office.clock.advance(bySeconds: 60)
        try await office.work()
        #expect(office.post.attempts == 1)
        let statuses = [try await office.email(first).status, try await office.email(second).status]
        #expect(Set(statuses) == [.sent, .approved])
    }

    @Test("other rules hold at once for what waits, but what can still be taken back leaves when it was said")
    func changed() async throws {
        let (office, mailbox) = try await office(window())
        let email = try await opening(in: office)
        try await office.work()
        #expect(try await office.email(email).sendsAt != nil)
        _ = try await office.office.changeSettings(
            SettingsChange(undoSeconds: 300), by: office.caller(office.mia))
        let late = try await opening(in: office)
        _ = try await office.office.setSendingRules(
            mailbox.id, SendingRulesDraft(), by: office.caller(office.mia))
        try await office.work()
        #expect(try await office.email(email).status == .sent)
        #expect(try await office.email(late).sendsAt == office.clock.now.advanced(bySeconds: 300))
    }

    @Test("an email that waits for the hours of its mailbox is taken back, or held by an answer")
    func waitingIsRevocable() async throws {
        let (office, _) = try await office(window())
        let email = try await opening(in: office)
        try await office.work()
        try await office.office.withdraw(email, reason: nil, by: office.caller(office.ada))
        office.clock.advance(byHours: 24)
        try await office.work()
        #expect(office.post.attempts == 0)
    }

    @Test("rules that make no sense are refused by name")
    func refused() async throws {
        let (office, mailbox) = try await office(SendingRulesDraft())
        let cases: [(SendingRulesDraft, String)] = [
            (SendingRulesDraft(perHour: 0), "sending.per_hour"),
            (SendingRulesDraft(perDay: 100_001), "sending.per_day"),
            (window([]), "sending.window.days"), (window(["funday"]), "sending.window.days"),
            (window(["monday"], "9"), "sending.window.from"),
            (window(["monday"], "09:00", "25:00"), "sending.window.until"),
            (window(["monday"], "17:00", "09:00"), "sending.window.until"),
            (window(["monday"], "09:00", "17:00", "Nowhere"), "sending.window.time_zone"),
        ]
        for (draft, field) in cases {
            let refused = await refusal {
                _ = try await office.office.setSendingRules(mailbox.id, draft, by: office.caller(office.mia))
            }
            guard case .invalid(field: let named, _)? = refused else {
                Issue.record("\(draft) was taken")
                continue
            }
            #expect(named == field)
        }
        await #expect(throws: DeskError.self) {
            try await office.office.setSendingRules(
                mailbox.id, SendingRulesDraft(perDay: 1), by: office.caller(office.max))
        }
    }

    @Test("a mailbox that is described anew keeps its rules unless others are given")
    func described() async throws {
        let (office, mailbox) = try await office(SendingRulesDraft(perDay: 7))
        var draft = MailboxDraft(
            name: "Buying", address: "buying@acme.example", displayName: "", connection: mailbox.connection,
            secrets: MailboxSecrets())
        let admin = office.caller(office.mia)
        #expect(try await office.office.describeMailbox(mailbox.id, as: draft, by: admin).sending.perDay == 7)
        #expect(try await !office.office.provideMailbox(draft, for: office.organization.id))
        draft.sending = SendingRulesDraft(perHour: 3)
        #expect(try await office.office.provideMailbox(draft, for: office.organization.id))
        let found = try await office.books.mailboxes.find(office.organization.id, mailbox.id)
        #expect(found?.sending == SendingRules(perHour: 3))
        draft.sending = SendingRulesDraft()
        #expect(try await office.office.describeMailbox(mailbox.id, as: draft, by: admin).sending == .none)
    }
}
