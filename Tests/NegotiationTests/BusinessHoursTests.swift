import Negotiation
import Testing

/// When people work.
@Suite struct BusinessHoursTests {
    private func hours(
        _ zone: String = "Europe/Berlin", _ weekdays: Set<Weekday> = Weekday.mondayToFriday,
        from opens: String = "09:00", to closes: String = "17:00", holidays: String...
    ) throws -> BusinessHours {
        let hours = BusinessHours(
            weekdays: weekdays, opens: try time(opens), closes: try time(closes),
            zone: try ZoneFiles.rules(zone),
            holidays: HolidayCalendar(days: Set(try holidays.map { try day($0) })))
        return try #require(hours)
    }

    @Test("what is spread lies within the hours, evenly, and the same number gives the same moment")
    func spread() throws {
        let hours = try hours()
        // Saturday; business begins on Monday at 7:00 UTC.
        let (now, monday) = (try instant("2026-07-04T12:00:00Z"), try instant("2026-07-06T07:00:00Z"))
        let moments = (0..<3600).compactMap { hours.spread(from: now, by: $0 &* 7_919, over: 3600) }
        #expect(moments.count == 3600 && moments.allSatisfy { $0 >= monday })
        #expect(moments.allSatisfy { $0 < monday.advanced(byHours: 1) })
        #expect(Set(moments).count == 3600)
        #expect(
            hours.spread(from: now, by: .max, over: 3600) == hours.spread(from: now, by: .max, over: 3600))
        // What would fall behind the end of a day goes to the next.
        let evening = try instant("2026-07-06T14:59:00Z")
        #expect(try hours.spread(from: evening, by: 120, over: 3600) == instant("2026-07-07T07:00:00Z"))
        #expect(hours.spread(from: now, by: 5, over: 0) == monday)
    }

    @Test(
        "the next moment of business is now within the hours, else the next opening",
        arguments: [
            // A Wednesday in summer, two hours ahead of UTC.
            ("2026-07-01T06:59:59Z", "2026-07-01T07:00:00Z"),
            ("2026-07-01T07:00:00Z", "2026-07-01T07:00:00Z"),
            ("2026-07-01T14:59:59Z", "2026-07-01T14:59:59Z"),
            ("2026-07-01T15:00:00Z", "2026-07-02T07:00:00Z"),
            // From Friday evening to Monday.
            ("2026-07-03T15:00:00Z", "2026-07-06T07:00:00Z"),
            // Over the change to summer time: one hour earlier by UTC.
            ("2026-03-27T16:00:00Z", "2026-03-30T07:00:00Z"),
            ("2026-03-26T16:00:00Z", "2026-03-27T08:00:00Z"),
            // A holiday on Thursday.
            ("2026-12-23T16:00:00Z", "2026-12-28T08:00:00Z"),
        ])
    func next(from: String, to: String) throws {
        let hours = try hours(holidays: "2026-12-24", "2026-12-25")
        #expect(hours.next(after: try instant(from)) == (try instant(to)))
    }

    @Test(
        "working days keep the time of day on the clock, moved into the hours",
        arguments: [
            ("2026-07-01T08:30:00Z", 1, "2026-07-02T08:30:00Z"),
            ("2026-07-01T08:30:00Z", 3, "2026-07-06T08:30:00Z"),
            ("2026-07-01T03:00:00Z", 1, "2026-07-02T07:00:00Z"),
            ("2026-07-01T20:00:00Z", 1, "2026-07-02T14:59:00Z"),
            // Sent on a Saturday: the first working day is Monday.
            ("2026-07-04T08:30:00Z", 1, "2026-07-06T08:30:00Z"),
            // Over both changes of the clock, 10:30 stays 10:30.
            ("2026-03-27T09:30:00Z", 1, "2026-03-30T08:30:00Z"),
            ("2026-10-23T08:30:00Z", 1, "2026-10-26T09:30:00Z"),
            // Over holidays and the new year.
            ("2026-12-23T09:30:00Z", 1, "2026-12-28T09:30:00Z"),
            ("2026-12-23T09:30:00Z", 5, "2027-01-04T09:30:00Z"),
            ("2026-07-01T20:00:00Z", 0, "2026-07-02T07:00:00Z"),
        ])
    func adding(from: String, count: Int, to: String) throws {
        let hours = try hours(holidays: "2026-12-24", "2026-12-25", "2027-01-01")
        #expect(hours.adding(workingDays: count, to: try instant(from)) == (try instant(to)))
    }

    @Test("the day is that of the place, not of UTC")
    func place() throws {
        let kolkata = try hours("Asia/Kolkata")
        // Thursday 01:30 there, still Wednesday in UTC.
        let sent = try instant("2026-07-01T20:00:00Z")
        #expect(kolkata.adding(workingDays: 1, to: sent) == (try instant("2026-07-03T03:30:00Z")))
        #expect(kolkata.next(after: sent) == (try instant("2026-07-02T03:30:00Z")))
        let newYork = try hours("America/New_York")
        #expect(newYork.next(after: sent) == sent)
    }

    @Test("a week may run from Sunday to Thursday")
    func sunday() throws {
        let riyadh = try hours("Asia/Riyadh", Weekday.sundayToThursday)
        let thursday = try instant("2026-07-02T10:00:00Z")
        #expect(riyadh.adding(workingDays: 1, to: thursday) == (try instant("2026-07-05T10:00:00Z")))
        #expect(
            riyadh.next(after: try instant("2026-07-03T10:00:00Z")) == (try instant("2026-07-05T06:00:00Z")))
    }

    @Test("a day that a zone skipped is no working day")
    func apia() throws {
        // 2011-12-29 was a Thursday; the Friday after it did not happen.
        let sent = try instant("2011-12-29T20:00:00Z")
        let apia = try hours("Pacific/Apia")
        #expect(apia.hours(on: try day("2011-12-30")) == nil)
        #expect(apia.adding(workingDays: 1, to: sent) == (try instant("2012-01-01T20:00:00Z")))
    }

    @Test("hours that the clock skips are no hours, and half an hour less is half an hour less")
    func gap() throws {
        #expect(
            try hours("Europe/Berlin", [.sunday], from: "02:00", to: "03:00").hours(on: day("2026-03-29"))
                == nil)
        let howe = try hours("Australia/Lord_Howe", [.sunday], from: "00:00", to: "24:00")
        let spring = try #require(howe.hours(on: try day("2026-10-04")))
        let autumn = try #require(howe.hours(on: try day("2026-04-05")))
        #expect(spring.upperBound.seconds - spring.lowerBound.seconds == 84_600)
        #expect(autumn.upperBound.seconds - autumn.lowerBound.seconds == 88_200)
    }

    @Test("hours shorter than a minute have a last minute of their own")
    func short() throws {
        let opens = try #require(TimeOfDay(seconds: 32_400))
        let closes = try #require(TimeOfDay(seconds: 32_430))
        let brief = try #require(
            BusinessHours(weekdays: Weekday.mondayToFriday, opens: opens, closes: closes, zone: .utc))
        #expect(
            brief.adding(workingDays: 1, to: try instant("2026-07-01T20:00:00Z"))
                == (try instant("2026-07-02T09:00:00Z")))
    }

    @Test("where nobody ever works, nothing is found, and the search ends")
    func never() throws {
        let start = try day("2026-01-01")
        let always = HolidayCalendar(days: Set((0...500).map { start.adding(days: $0) }))
        let never = BusinessHours(
            weekdays: Weekday.mondayToFriday, opens: try time("09:00"), closes: try time("17:00"), zone: .utc,
            holidays: always)
        let hours = try #require(never)
        let moment = try instant("2026-01-02T10:00:00Z")
        #expect(hours.next(after: moment) == nil && hours.adding(workingDays: 1, to: moment) == nil)
        #expect(try self.hours().adding(workingDays: 300, to: moment) == nil)
        #expect(try self.hours().adding(workingDays: -1, to: moment) == nil)
    }

    @Test("hours without a day, or that close before they open, are none")
    func impossible() throws {
        let (nine, five) = (try time("09:00"), try time("17:00"))
        #expect(BusinessHours(weekdays: [], opens: nine, closes: five, zone: .utc) == nil)
        #expect(BusinessHours(weekdays: [.monday], opens: five, closes: nine, zone: .utc) == nil)
        #expect(BusinessHours(weekdays: [.monday], opens: nine, closes: nine, zone: .utc) == nil)
    }
}
