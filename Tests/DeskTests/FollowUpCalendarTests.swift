import Desk
import Negotiation
import ParleyTesting
import Testing

/// Time zones, holidays, absences and stopped processes, by way of the use cases.
@Suite struct FollowUpCalendarTests {
    /// An office whose vendor works in a zone, with an administrator's hand.
    private func office(
        in zone: String, from start: String, opens: String = "09:00", closes: String = "17:00",
        weekdays: Set<Weekday> = Weekday.mondayToFriday, calendar: String? = nil, holidays: String? = nil
    ) async throws -> TestOffice {
        let office = try await makeTestOffice(clock: TestClock(try time(start)))
        let mia = office.caller(office.mia)
        if let calendar, let holidays {
            _ = try await office.office.setHolidays(calendar, iCalendar: holidays, by: mia)
        }
        let (opening, closing) = (try #require(TimeOfDay(opens)), try #require(TimeOfDay(closes)))
        let hours = try #require(
            WorkingHours(
                weekdays: weekdays, opens: opening, closes: closing, zone: zone, calendar: calendar))
        try await office.office.setWorkingHours(hours, of: office.vendor.id, by: mia)
        return office
    }

    /// When the first reminder of a negotiation that is opened right away is due.
    private func due(_ office: TestOffice) async throws -> String {
        let id = try await office.openedNegotiation()
        return "\(try #require(try await office.waiting(id)).dueAt)"
    }

    @Test("the vendor's clocks count: summer time begins or ends on the way and the hour on the wall stays")
    func summerTime() async throws {
        // Thursday 11:00 in Berlin, CET; the reminder is due on Tuesday, CEST.
        #expect(
            try await due(office(in: "Europe/Berlin", from: "2027-03-25T10:00:00Z")).hasPrefix(
                "2027-03-30T09:00:0"))
        // Thursday 10:00 in New York, EDT; Tuesday is EST.
        #expect(
            try await due(office(in: "America/New_York", from: "2027-11-04T14:00:00Z")).hasPrefix(
                "2027-11-09T15:00:0"))
    }

    @Test("what was sent at the vendor's night is followed up when the vendor opens")
    func night() async throws {
        // Friday 8:00 UTC is 3:00 in New York.
        #expect(
            try await due(office(in: "America/New_York", from: "2027-01-15T08:00:00Z")).hasPrefix(
                "2027-01-20T14:00:00"))
    }

    @Test("a working week from Sunday to Thursday is heeded")
    func weekdays() async throws {
        // Wednesday; Thursday, Sunday, Monday.
        #expect(
            try await due(
                office(in: "Asia/Riyadh", from: "2027-01-13T09:00:00Z", weekdays: Weekday.sundayToThursday)
            ).hasPrefix("2027-01-18T09:00:0"))
    }

    @Test("holidays of an iCalendar file are no working days")
    func holidays() async throws {
        let file = """
            BEGIN:VCALENDAR
            BEGIN:VEVENT
            DTSTART;VALUE=DATE:20261225
            RRULE:FREQ=YEARLY
            END:VEVENT
            BEGIN:VEVENT
            DTSTART;VALUE=DATE:20270118
            DTEND;VALUE=DATE:20270120
            END:VEVENT
            END:VCALENDAR
            """
        // Friday; Monday and Tuesday are holidays, so Wednesday, Thursday, Friday.
        #expect(
            try await due(
                office(in: "UTC", from: "2027-01-15T10:00:00Z", calendar: "DE", holidays: file)
            ).hasPrefix("2027-01-22T10:00:0"))
    }

    @Test("a holiday that becomes known later moves the reminder that waits")
    func lateHoliday() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let mia = office.caller(office.mia)
        let file = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270120\nEND:VEVENT\nEND:VCALENDAR\n"
        let summary = try await office.office.setHolidays("XX", iCalendar: file, by: mia)
        #expect(summary.count == 1)
        let standard = WorkingHours.standard
        let hours = WorkingHours(
            weekdays: standard.weekdays, opens: standard.opens, closes: standard.closes, zone: "UTC",
            calendar: "XX")
        try await office.office.setWorkingHours(hours, of: nil, by: mia)
        try await office.workUntil("2027-01-20T18:00:00Z")
        #expect(office.post.deliveries.count == 1)
        #expect(try await office.waiting(id)?.dueAt == time("2027-01-21T09:00:00Z"))
        try await office.workUntil("2027-01-21T09:00:10Z")
        #expect(office.post.deliveries.count == 2)
    }

    @Test("an automatic answer that names the day of return parks the reminders until then")
    func outOfOffice() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        var mail = VendorMail(
            answering: office.post.deliveries[0], from: "sales@bolts.example", messageID: "ooo@bolts.example",
            text: "I am out of the office and will be back on 1 February 2027.")
        mail.subject = "Automatic reply: Request"
        mail.headers.append(("Auto-Submitted", "auto-replied"))
        mail.headers.append(("Date", "2027-01-15T08:20:00Z"))
        try await office.arrives(mail)
        try await office.work()
        #expect(try await office.negotiation(id).status == .sent)
        #expect(try await office.negotiation(id).followUps.parkedUntil?.description == "2027-02-01")
        #expect(try await office.waiting(id)?.dueAt == time("2027-02-01T09:00:00Z"))
        #expect(try await office.actions(id).contains("follow_up.parked"))
        try await office.workUntil("2027-02-01T08:59:59Z")
        #expect(office.post.deliveries.count == 1)
        try await office.workUntil("2027-02-01T09:00:10Z")
        #expect(office.post.deliveries.count == 2)
        // Somebody answers in person: nobody is away any more.
        try await office.vendorSays("Here I am again. EUR 9.80 per unit.")
        #expect(try await office.negotiation(id).followUps.parkedUntil == nil)
    }

    @Test(
        "an absence that becomes known while a reminder waits for approval keeps it from leaving before its end"
    )
    func absenceWhileWaiting() async throws {
        let office = try await makeTestOffice()
        office.templates.set("follow_up", subject: "Reminder", body: "Our offer of EUR 8.00 still stands.")
        let id = try await office.openedNegotiation()
        try await office.workUntil("2027-01-20T09:00:10Z")
        var mail = VendorMail(
            answering: office.post.deliveries[0], from: "sales@bolts.example", messageID: "ooo@bolts.example",
            text: "I am out of the office until 29 January 2027.")
        mail.subject = "Automatic reply: Request"
        mail.headers.append(("Auto-Submitted", "auto-replied"))
        mail.headers.append(("Date", "2027-01-20T09:10:00Z"))
        try await office.arrives(mail)
        try await office.work()
        try await office.approve()
        try await office.work()
        #expect(office.post.deliveries.count == 1)
        #expect(try await office.negotiation(id).status == .sent)
        #expect(try await office.waiting(id)?.dueAt == time("2027-02-01T09:00:00Z"))
        #expect(try await office.waiting(id)?.emailID == nil)
    }

    @Test("a process that was down for weeks sends one reminder for each negotiation, and not all at once")
    func missed() async throws {
        let office = try await makeTestOffice()
        var ids: [NegotiationID] = []
        for _ in 0..<12 {
            ids.append(try await office.openedNegotiation())
            // Each opened in the first minute.
            office.clock.set(TestClock.start)
        }
        #expect(office.post.deliveries.count == 12)
        // Saturday, long after both reminders of each were due.
        office.clock.set(try time("2027-02-13T12:00:00Z"))
        try await office.work()
        #expect(office.post.deliveries.count == 12)
        var dues: [Instant] = []
        for id in ids { dues.append(try #require(try await office.waiting(id)).dueAt) }
        let monday = try time("2027-02-15T09:00:00Z")
        #expect(dues.allSatisfy { $0 >= monday && $0 < monday.advanced(byHours: 1) })
        #expect(Set(dues.map { $0.seconds / 60 }).count > 6)
        // They all go to one address, which gets so many a day; the others come on the days after it.
        try await office.workUntil("2027-02-15T10:01:00Z")
        #expect(office.post.deliveries.count == 12 + AutomaticMailLimits().mostToAddress)
        try await office.workUntil("2027-02-19T10:01:00Z")
        #expect(office.post.deliveries.count == 24)
        // The second one of each waits its full time from then on.
        for id in ids {
            let next = try #require(try await office.waiting(id))
            #expect(try next.number == 2 && next.dueAt >= time("2027-02-22T00:00:00Z"))
        }
    }

    @Test("a process that is killed at any commit sends each reminder exactly once")
    func kills() async throws {
        for last in 1...40 {
            let office = try await makeTestOffice()
            let id = try await office.openedNegotiation()
            office.post.keepsEvidence(true)
            office.clock.set(try time("2027-01-20T09:00:10Z"))
            for moment in [ProcessLife.Moment.before, .after] {
                let life = ProcessLife(endsAt: last, moment)
                let process = office.process("worker-\(last)-\(moment)", life)
                _ = try? await process.work()
                life.end()
                office.memory.workerEnds("worker-\(last)-\(moment)")
                office.clock.advance(bySeconds: 200)
            }
            try await office.books.jobs.releaseJobsOfDeadWorkers(office.clock.now)
            try await office.workUntil("2027-01-20T16:00:00Z")
            #expect(office.post.deliveries.count == 2, "killed at commit \(last)")
            #expect(try await office.followUps(id).map(\.status) == [.sent, .waiting], "at commit \(last)")
        }
    }
}
