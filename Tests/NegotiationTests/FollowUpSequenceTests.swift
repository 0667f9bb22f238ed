import Negotiation
import Testing

/// How vendors who do not answer are reminded.
@Suite struct FollowUpSequenceTests {
    private func hours(holidays: HolidayCalendar = .none) throws -> BusinessHours {
        let hours = BusinessHours(
            weekdays: Weekday.mondayToFriday, opens: try time("09:00"), closes: try time("17:00"),
            zone: try ZoneFiles.rules("Europe/Berlin"), holidays: holidays)
        return try #require(hours)
    }

    /// Three reminders after 3, 5 and 5 working days; the last email went out on Wednesday 2026-07-01 at 10:30.
    private func next(
        sent: Int = 0, last: String = "2026-07-01T08:30:00Z", now: String = "2026-07-01T09:00:00Z",
        parked: String? = nil, expires: String? = nil
    ) throws -> NextFollowUp {
        let sequence = try #require(
            FollowUpSequence(afterWorkingDays: [3, 5], mostReminders: 3, lastAnnouncesDeadline: true))
        let plan = FollowUpPlan(
            sequence, hours: try hours(), lastSentAt: try instant(last), sent: sent,
            parkedUntil: try parked.map { try day($0) }, expiresAt: try expires.map { try instant($0) })
        return plan.next(now: try instant(now))
    }

    private func due(_ number: Int, _ moment: String, deadline: Bool = false) throws -> NextFollowUp {
        .due(FollowUp(number: number, dueAt: try instant(moment), announcesDeadline: deadline))
    }

    @Test("each reminder waits its working days, counted from the last email")
    func inTurn() throws {
        #expect(try next() == due(1, "2026-07-06T08:30:00Z"))
        #expect(try next(sent: 1) == due(2, "2026-07-08T08:30:00Z"))
        #expect(try next(sent: 2) == due(3, "2026-07-08T08:30:00Z"))
        #expect(try next(sent: -4) == due(1, "2026-07-06T08:30:00Z"))
    }

    @Test("after the last there is none", arguments: [3, 4, Int.max])
    func done(sent: Int) throws { #expect(try next(sent: sent) == .never(.done)) }

    @Test("one that was missed is due at the next moment of business, and only that one")
    func missed() throws {
        // Within business hours it is due now.
        #expect(try next(now: "2026-08-12T09:00:00Z") == due(1, "2026-08-12T09:00:00Z"))
        // On a Saturday it is due on Monday.
        #expect(try next(now: "2026-08-15T09:00:00Z") == due(1, "2026-08-17T07:00:00Z"))
        // The one after it waits its full time from when that one really went out.
        #expect(
            try next(sent: 1, last: "2026-08-17T07:00:05Z", now: "2026-08-17T07:00:06Z")
                == due(2, "2026-08-24T07:00:05Z"))
    }

    @Test("while somebody is away nothing is sent, and not before the office opens on the day of return")
    func parked() throws {
        #expect(try next(parked: "2026-07-20") == due(1, "2026-07-20T07:00:00Z"))
        #expect(try next(parked: "2026-07-18") == due(1, "2026-07-20T07:00:00Z"))
        #expect(try next(parked: "2026-07-02") == due(1, "2026-07-06T08:30:00Z"))
        #expect(try next(now: "2026-07-21T10:00:00Z", parked: "2026-07-20") == due(1, "2026-07-21T10:00:00Z"))
    }

    @Test(
        "none is sent at or after the expiry",
        arguments: ["2026-07-06T08:30:00Z", "2026-07-06T08:29:59Z", "2026-01-01T00:00:00Z"])
    func expires(moment: String) throws { #expect(try next(expires: moment) == .never(.expiresFirst)) }

    @Test("a return after the expiry, or a delay beyond it, is too late as well")
    func tooLate() throws {
        #expect(try next(parked: "2026-07-20", expires: "2026-07-15T00:00:00Z") == .never(.expiresFirst))
        #expect(
            try next(now: "2026-07-14T16:00:00Z", expires: "2026-07-15T00:00:00Z") == .never(.expiresFirst))
    }

    @Test("the last reminder announces the deadline: the last of all, or the last before the expiry")
    func deadline() throws {
        #expect(try next(expires: "2026-12-01T00:00:00Z") == due(1, "2026-07-06T08:30:00Z"))
        #expect(
            try next(sent: 2, expires: "2026-12-01T00:00:00Z")
                == due(3, "2026-07-08T08:30:00Z", deadline: true))
        #expect(
            try next(expires: "2026-07-13T08:30:00Z") == due(1, "2026-07-06T08:30:00Z", deadline: true))
        #expect(try next(expires: "2026-07-13T08:30:01Z") == due(1, "2026-07-06T08:30:00Z"))
        #expect(try next(sent: 2) == due(3, "2026-07-08T08:30:00Z"))
    }

    @Test("where nobody works there is nothing to send")
    func noHours() throws {
        let start = try day("2026-07-01")
        let always = HolidayCalendar(days: Set((0...500).map { start.adding(days: $0) }))
        let plan = FollowUpPlan(
            try #require(FollowUpSequence(afterWorkingDays: [1])), hours: try hours(holidays: always),
            lastSentAt: try instant("2026-07-01T08:30:00Z"), sent: 0)
        #expect(plan.next(now: try instant("2026-07-02T08:30:00Z")) == .never(.noBusinessHours))
    }

    @Test("a sequence over months never sends two within its waiting time, whenever somebody looks")
    func noBurst() throws {
        var (last, sent, moments) = (try instant("2026-07-01T08:30:00Z"), 0, [Instant]())
        var now = last
        for step in 0..<400 {
            // Somebody looks every seven hours, but for a week in the middle.
            now = now.advanced(byHours: step == 20 ? 24 * 21 : 7)
            let plan = FollowUpPlan(
                try #require(FollowUpSequence(afterWorkingDays: [2], mostReminders: 6)), hours: try hours(),
                lastSentAt: last, sent: sent)
            guard case .due(let followUp) = plan.next(now: now), followUp.dueAt <= now else { continue }
            (last, sent) = (now, sent + 1)
            moments.append(now)
        }
        #expect(moments.count == 6)
        for (earlier, later) in zip(moments, moments.dropFirst()) {
            #expect(later.seconds - earlier.seconds > 40 * 3600)
        }
    }

    @Test(
        "nothing leaves before the vendor is back, by the vendor's own clock, nor outside of business hours")
    func earliest() throws {
        let sequence = try #require(FollowUpSequence(afterWorkingDays: [1]))
        let plan = FollowUpPlan(
            sequence, hours: try hours(), lastSentAt: try instant("2026-07-01T08:30:00Z"), sent: 0,
            parkedUntil: try day("2026-07-06"))
        #expect(try plan.earliest(from: instant("2026-07-02T08:30:00Z")) == instant("2026-07-06T07:00:00Z"))
        #expect(try plan.earliest(from: instant("2026-07-06T15:00:00Z")) == instant("2026-07-07T07:00:00Z"))
        #expect(try plan.isParked(at: instant("2026-07-06T06:59:59Z")))
        #expect(try !plan.isParked(at: instant("2026-07-06T07:00:00Z")))
    }

    @Test("figures out of range are no sequence")
    func impossible() {
        for days in [[], [0], [61], [3, -1], Array(repeating: 1, count: 11)] {
            #expect(FollowUpSequence(afterWorkingDays: days) == nil)
        }
        #expect(FollowUpSequence(afterWorkingDays: [1], mostReminders: 0) == nil)
        #expect(FollowUpSequence(afterWorkingDays: [1], mostReminders: 11) == nil)
        let sequence = FollowUpSequence(afterWorkingDays: [3, 5], mostReminders: 4)
        #expect((0...5).map { sequence?.workingDays(before: $0) } == [nil, 3, 5, 5, 5, nil])
    }

    @Test("every reason has a sentence", arguments: NoFollowUp.allCases)
    func sentences(reason: NoFollowUp) { #expect(reason.explanation.hasSuffix(".")) }
}
