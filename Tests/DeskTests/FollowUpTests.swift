import Desk
import Negotiation
import ParleyTesting
import Testing

/// Reminders to vendors who do not answer: when they come, and when they do not. The clock starts on Friday 2027-01-15
/// at 8:00 UTC.
@Suite struct FollowUpTests {
    @Test("a silent vendor is reminded after three working days and again after five, then never more")
    func sequence() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        #expect(try await office.waiting(id)?.dueAt == time("2027-01-20T09:00:00Z"))
        try await office.workUntil("2027-01-20T08:59:59Z")
        #expect(office.post.deliveries.count == 1)
        try await office.workUntil("2027-01-20T09:00:10Z")
        #expect(office.post.deliveries.count == 2)
        #expect(try await office.negotiation(id).status == .sent)
        try await office.workUntil("2027-01-27T09:00:20Z")
        #expect(office.post.deliveries.count == 3)
        try await office.workUntil("2027-04-01T09:00:00Z")
        #expect(office.post.deliveries.count == 3)
        #expect(try await office.followUps(id).map(\.status) == [.sent, .sent])
        #expect(try await office.followUps(id).map(\.number) == [1, 2])
    }

    @Test(
        "a reminder says that a machine wrote it, goes into the thread, and needs no approval without money")
    func headers() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.workUntil("2027-01-20T09:00:10Z")
        let (first, reminder) = (office.post.deliveries[0], office.post.deliveries[1])
        #expect(reminder.text.contains("Auto-Submitted: auto-generated\n"))
        #expect(reminder.text.contains("In-Reply-To: <\(first.messageID)>\n"))
        #expect(reminder.text.contains("Subject: Re: Request: Hexagon bolt\n"))
        #expect(reminder.text.contains("We wrote to you on Jan 15, 2027"))
        #expect(office.post.letters.isEmpty)
        #expect(try await office.email(reminder.emailID).createdBy == nil)
        #expect(try await office.messages(id).map(\.direction) == [.outbound, .outbound])
    }

    @Test("a reminder that mentions money waits for approval as any other email")
    func money() async throws {
        let office = try await makeTestOffice()
        office.templates.set("follow_up", subject: "Reminder", body: "Our offer of EUR 8.00 still stands.")
        let id = try await office.openedNegotiation()
        try await office.workUntil("2027-01-20T09:00:10Z")
        #expect(office.post.deliveries.count == 1)
        #expect(try await office.negotiation(id).status == .pendingApproval)
        let request = try await office.pendingRequest()
        #expect(await refusal { try await office.decide(.approve, on: request, by: office.ada) } != nil)
        try await office.approve()
        try await office.work()
        #expect(office.post.deliveries.count == 2)
        #expect(try await office.followUps(id).map(\.status) == [.sent, .waiting])
    }

    @Test("a reminder that somebody refuses is left out, and the next one waits its time from then on")
    func refused() async throws {
        let office = try await makeTestOffice()
        office.templates.set("follow_up", subject: "Reminder", body: "Our offer of EUR 8.00 still stands.")
        let id = try await office.openedNegotiation()
        try await office.workUntil("2027-01-20T09:00:10Z")
        try await office.decide(.reject, on: try await office.pendingRequest())
        try await office.workUntil("2027-01-21T09:00:20Z")
        #expect(try await office.followUps(id).map(\.status) == [.skipped, .waiting])
        #expect(try await office.waiting(id)?.number == 2)
        #expect(try await office.waiting(id)?.dueAt == time("2027-01-27T09:00:00Z"))
    }

    @Test("any answer stops the reminders in the transaction that records it")
    func answered() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.vendorSays("We are looking into it.")
        let row = try #require(try await office.followUps(id).first)
        #expect(row.status == .cancelled && row.reason == "The vendor has answered.")
        #expect(try await office.negotiation(id).followUps.nextAt == nil)
        try await office.workUntil("2027-04-01T09:00:00Z")
        #expect(office.post.deliveries.count == 1)
    }

    @Test("after another email of ours the counting begins anew, with the first reminder")
    func afterAnswer() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.workUntil("2027-01-20T09:00:10Z")
        try await office.vendorSays("EUR 9.80 per unit.")
        _ = try await office.write(.counter, "9.00", in: id)
        try await office.approve()
        try await office.work()
        let waiting = try #require(try await office.waiting(id))
        #expect(waiting.number == 1)
        #expect(try waiting.dueAt.day == time("2027-01-25T00:00:00Z").day)
    }

    @Test("an answer that comes while a reminder waits for approval or for being sent takes it back")
    func crossing() async throws {
        let office = try await makeTestOffice()
        office.templates.set("follow_up", subject: "Reminder", body: "Our offer of EUR 8.00 still stands.")
        let id = try await office.openedNegotiation()
        try await office.workUntil("2027-01-20T09:00:10Z")
        let email = try #require(try await office.waiting(id)?.emailID)
        try await office.approve()
        // The answer is read before anybody has sent the reminder.
        let mail = VendorMail(
            answering: office.post.deliveries[0], from: "sales@bolts.example", messageID: "a@bolts.example",
            text: "EUR 9.80 per unit.")
        try await office.arrives(mail)
        let arrival = try #require(office.memory.arrivals(of: office.organization.id).first?.arrival)
        let job = try #require(
            office.memory.queue(of: office.organization.id).first { $0.work == .readArrival(arrival.id) })
        // As another process would: it claims both, and the answer is faster.
        let claimed = try await office.books.jobs.claim(
            "worker-1", office.clock.now, office.clock.now.advanced(bySeconds: 120), 20)
        #expect(claimed.contains { $0.id == job.id })
        try await office.books.jobs.postpone(
            try #require(claimed.first { $0.work == .sendEmail(email) }),
            Postponement(worker: "worker-1", until: office.clock.now.advanced(bySeconds: 60), reason: "later")
        )
        for other in claimed where other.work != .sendEmail(email) {
            try await office.books.jobs.postpone(
                other, Postponement(worker: "worker-1", until: office.clock.now, reason: "now"))
        }
        try await office.work()
        #expect(try await office.email(email).status == .cancelled)
        office.clock.advance(bySeconds: 120)
        try await office.work()
        #expect(office.post.deliveries.count == 1)
        #expect(try await office.negotiation(id).status == .vendorReplied)
    }

    @Test("an answer that is not on record until the last check keeps the reminder from leaving")
    func lastCheck() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let life = AtClaim(office.memory.books) { claimed in
            // Between the claim and the last check somebody at the vendor is heard of.
            guard var record = try await office.books.negotiations.find(office.organization.id, id) else {
                return
            }
            record.lastVendorResponseAt = office.clock.now
            try await office.books.commit(office.organization.id, [.updateNegotiation(record)])
        }
        var process = office.process("worker-1")
        process.office.books = life.books
        process.clock.set(try time("2027-01-20T09:00:10Z"))
        try await process.work()
        #expect(office.post.attempts == 1)
        let statuses = try await office.books.emails.ofNegotiation(office.organization.id, id).map(\.status)
        #expect(statuses == [.sent, .cancelled])
    }

    @Test("a cancelled or closed negotiation is not followed up")
    func closed() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        try await office.office.cancel(id, reason: nil, by: office.caller(office.ada))
        #expect(try await office.followUps(id).map(\.status) == [.cancelled])
        try await office.workUntil("2027-04-01T09:00:00Z")
        #expect(office.post.deliveries.count == 1)
    }

    @Test(
        "the last reminder names the deadline, and none comes after it; the negotiation expires and says so")
    func deadline() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation(expiresAt: try time("2027-01-29T23:59:59Z"))
        try await office.workUntil("2027-01-20T09:00:10Z")
        #expect(!office.post.deliveries[1].text.contains("last time"))
        try await office.workUntil("2027-01-27T09:00:20Z")
        #expect(office.post.deliveries[2].text.contains("we wait until Jan 29, 2027"))
        try await office.workUntil("2027-01-30T00:00:10Z")
        #expect(try await office.negotiation(id).status == .expired)
        #expect(try await office.notices().contains("The negotiation with Bolts Ltd has expired"))
        #expect(office.post.deliveries.count == 3)
    }

    @Test("where the deadline leaves time for one reminder only, that one names it")
    func shortDeadline() async throws {
        let office = try await makeTestOffice()
        _ = try await office.openedNegotiation(expiresAt: try time("2027-01-22T12:00:00Z"))
        try await office.workUntil("2027-01-20T09:00:10Z")
        // The deadline falls into the day, so the day before is the last whole one.
        #expect(office.post.deliveries[1].text.contains("we wait until Jan 21, 2027"))
    }

    @Test("a stop of what is automatic stops the reminders; once lifted they are planned anew")
    func stopped() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let record = try await office.negotiation(id)
        let stop = AutomationStop(
            id: office.clock.clock.newID(), negotiationID: id, messageID: nil, reason: "Look at it.",
            stoppedAt: office.clock.now)
        try await office.books.commit(
            office.organization.id, [.stopAutomation(stop), .updateNegotiation(record)])
        try await office.workUntil("2027-01-21T09:00:10Z")
        #expect(office.post.deliveries.count == 1)
        #expect(try await office.followUps(id).map(\.status) == [.cancelled])
        try await office.office.resumeAutomation(in: id, by: office.caller(office.max))
        try await office.work()
        let waiting = try #require(try await office.waiting(id))
        #expect(waiting.dueAt >= office.clock.now)
        #expect(waiting.dueAt < office.clock.now.advanced(byHours: 2))
        try await office.workUntil("2027-01-21T12:00:00Z")
        #expect(office.post.deliveries.count == 2)
    }

    @Test("a template that leaves a placeholder or names the limit writes nothing, and the job says so")
    func lint() async throws {
        for body in ["We can go up to 9.50, we admit.", "Dear {{ '{{' }} name }},"] {
            let office = try await makeTestOffice()
            office.templates.set("follow_up", subject: "Reminder", body: body)
            _ = try await office.openedNegotiation()
            try await office.workUntil("2027-01-20T09:00:10Z")
            #expect(office.post.deliveries.count == 1 && office.post.letters.isEmpty)
            let failed = office.memory.queue(of: office.organization.id).first { $0.lastError != nil }
            #expect(failed?.lastError?.contains("follow_up.j2") ?? false)
        }
    }

    @Test("a negotiation sees so many reminders and no more, however often its vendor falls silent")
    func cap() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let ada = office.caller(office.ada)
        let most = AutomaticMailLimits().mostInNegotiation
        for _ in 0..<most {
            _ = try await office.office.followUpNow(in: id, by: ada)
            try await office.work()
            office.clock.advance(byHours: 24)
        }
        #expect(
            await conflict { _ = try await office.office.followUpNow(in: id, by: ada) }
                == "too_many_follow_ups")
        #expect(office.post.deliveries.count == 1 + most)
    }
}

/// Books that let something happen right after an email was claimed.
private struct AtClaim: Sendable {
    var books: Books

    init(_ books: Books, _ then: @escaping @Sendable (EmailID) async throws -> Void) {
        self.books = books
        self.books.commit = { organization, changes in
            try await books.commit(organization, changes)
            for case .claimEmail(let id, worker: _, leaseUntil: _, at: _) in changes { try await then(id) }
        }
    }
}

extension TestOffice {
    func followUps(_ id: NegotiationID) async throws -> [PlannedFollowUp] {
        try await books.followUps.ofNegotiation(organization.id, id)
    }

    func waiting(_ id: NegotiationID) async throws -> PlannedFollowUp? {
        try await followUps(id).last { $0.status == .waiting }
    }

    /// Works through everything that becomes due until then, at the moment at which it does.
    func workUntil(_ text: String) async throws {
        let end = try time(text)
        for _ in 0..<10_000 {
            try await work()
            guard let due = try await books.jobs.nextDue(), due < end else { break }
            if due > clock.now { clock.set(due) }
        }
        if clock.now < end { clock.set(end) }
        try await work()
    }
}

func time(_ text: String) throws -> Instant { try #require(Instant(text), "\(text) is no time") }
