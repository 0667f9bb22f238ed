import Negotiation
import Testing

/// Public holidays out of calendar files.
@Suite struct HolidayCalendarTests {
    /// The days of a calendar with one event of these lines, in order.
    private func days(_ lines: String..., until last: String = "2200-12-31") throws -> [String] {
        let text = (["BEGIN:VCALENDAR", "BEGIN:VEVENT"] + lines + ["END:VEVENT", "END:VCALENDAR"])
            .joined(separator: "\r\n")
        let last = try day(last)
        return try HolidayCalendar(iCalendar: text).days.filter { $0 <= last }.sorted().map(\.description)
    }

    private func problem(_ lines: String...) -> HolidayCalendarError? {
        let event = ["BEGIN:VCALENDAR", "BEGIN:VEVENT"] + lines + ["END:VEVENT", "END:VCALENDAR"]
        return problem(of: event.joined(separator: "\n"))
    }

    private func problem(of text: String) -> HolidayCalendarError? {
        do {
            _ = try HolidayCalendar(iCalendar: text)
            return nil
        } catch { return error }
    }

    @Test("a calendar as programs export it is read: folded lines, alarms, zones, other components")
    func exported() throws {
        let text = """
            \u{FEFF}BEGIN:VCALENDAR\r
            VERSION:2.0\r
            PRODID:-//Example//Holidays 2026//EN\r
            BEGIN:VTIMEZONE\r
            TZID:Europe/Berlin\r
            BEGIN:STANDARD\r
            DTSTART:19701025T030000\r
            RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r
            TZOFFSETFROM:+0200\r
            TZOFFSETTO:+0100\r
            END:STANDARD\r
            END:VTIMEZONE\r
            BEGIN:VEVENT\r
            UID:1@example\r
            DTSTART;VAL\r
             UE=DATE:2026\r
            \t1225\r
            DTEND;VALUE=DATE:20261227\r
            SUMMARY;LANGUAGE="de:DE;x":Weihnachten: zwei Tage\\, immer\r
            BEGIN:VALARM\r
            TRIGGER:-PT30M\r
            DURATION:PT5M\r
            END:VALARM\r
            END:VEVENT\r
            BEGIN:VEVENT\r
            STATUS:CANCELLED\r
            DTSTART;VALUE=DATE:20261111\r
            END:VEVENT\r
            BEGIN:VTODO\r
            DTSTART;VALUE=DATE:20261010\r
            END:VTODO\r
            END:VCALENDAR\r

            """
        let calendar = try HolidayCalendar(iCalendar: text)
        #expect(calendar.days.sorted().map(\.description) == ["2026-12-25", "2026-12-26"])
        let (last, after) = (try day("2026-12-26"), try day("2026-12-27"))
        #expect(calendar.isHoliday(last) && !calendar.isHoliday(after))
    }

    @Test("an event without an end is one day, and so is one that ends on the day it begins")
    func oneDay() throws {
        #expect(try days("DTSTART;VALUE=DATE:20260101") == ["2026-01-01"])
        #expect(try days("DTSTART;VALUE=DATE:20260101", "DTEND;VALUE=DATE:20260101") == ["2026-01-01"])
        #expect(try days("DTSTART:20260101", "DURATION:P2D") == ["2026-01-01", "2026-01-02"])
        #expect(try days("DTSTART:20260101", "DURATION:P1W").count == 7)
    }

    @Test("of an event with times each day counts that it touches")
    func times() throws {
        #expect(
            try days("DTSTART;TZID=Europe/Berlin:20261224T120000", "DTEND;TZID=Europe/Berlin:20261225T000000")
                == ["2026-12-24"])
        #expect(
            try days("DTSTART:20261224T120000", "DTEND:20261225T000100") == ["2026-12-24", "2026-12-25"])
    }

    @Test("a time in UTC belongs to the day that it is where the holiday is kept")
    func zone() throws {
        let text =
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261224T230000Z\nDTEND:20261225T230000Z\nEND:VEVENT\nEND:VCALENDAR"
        let berlin = try HolidayCalendar(iCalendar: text, zone: try ZoneFiles.rules("Europe/Berlin"))
        #expect(berlin.days.map(\.description) == ["2026-12-25"])
        #expect(try HolidayCalendar(iCalendar: text).days.count == 2)
    }

    @Test(
        "yearly rules name their days",
        arguments: [
            ("20240229", "FREQ=YEARLY", "2028-12-31", ["2024-02-29", "2028-02-29"]),
            ("20240101", "FREQ=YEARLY;COUNT=3", "2200-12-31", ["2024-01-01", "2025-01-01", "2026-01-01"]),
            (
                "20240101", "FREQ=YEARLY;INTERVAL=2;UNTIL=20280101", "2200-12-31",
                ["2024-01-01", "2026-01-01", "2028-01-01"]
            ),
            ("20240101", "FREQ=YEARLY;UNTIL=20251231T230000Z", "2200-12-31", ["2024-01-01", "2025-01-01"]),
            // Thanksgiving.
            (
                "20241128", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2026-12-31",
                ["2024-11-28", "2025-11-27", "2026-11-26"]
            ),
            // Memorial Day.
            (
                "20240527", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;WKST=SU", "2026-12-31",
                ["2024-05-27", "2025-05-26", "2026-05-25"]
            ),
            // Victoria Day: the Monday before May 25.
            (
                "20240520", "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=18,19,20,21,22,23,24;BYDAY=MO", "2026-12-31",
                ["2024-05-20", "2025-05-19", "2026-05-18"]
            ),
            (
                "20240131", "FREQ=YEARLY;BYMONTH=1,2;BYMONTHDAY=-1", "2025-12-31",
                ["2024-01-31", "2024-02-29", "2025-01-31", "2025-02-28"]
            ),
            (
                "20240115", "FREQ=YEARLY;BYMONTH=1,7", "2025-01-31",
                ["2024-01-15", "2024-07-15", "2025-01-15"]
            ),
            // Without a month a position counts within the year.
            (
                "20240513", "FREQ=YEARLY;BYDAY=20MO;COUNT=3", "2200-12-31",
                ["2024-05-13", "2025-05-19", "2026-05-18"]
            ),
            ("20241230", "FREQ=YEARLY;BYDAY=-1MO;COUNT=2", "2200-12-31", ["2024-12-30", "2025-12-29"]),
        ] as [(String, String, String, [String])])
    func rules(start: String, rule: String, last: String, expected: [String]) throws {
        #expect(try days("DTSTART;VALUE=DATE:\(start)", "RRULE:\(rule)", until: last) == expected)
    }

    @Test("a rule without an end is followed to 2200, and a repeated event keeps its length")
    func endless() throws {
        let found = try days(
            "DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261227",
            "RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25")
        #expect(found.count == 350 && found.last == "2200-12-26")
    }

    @Test("exceptions are left out, additions are put in")
    func exceptions() throws {
        let found = try days(
            "DTSTART;VALUE=DATE:20240101", "RRULE:FREQ=YEARLY;COUNT=4", "EXDATE;VALUE=DATE:20250101,20260101",
            "RDATE;VALUE=DATE:20240704")
        #expect(found == ["2024-01-01", "2024-07-04", "2027-01-01"])
    }

    @Test(
        "what is wrong is told with its line",
        arguments: [
            ("", 1, .unbalanced), ("hello", 1, .unreadable), ("X:1", 1, .unbalanced),
            ("BEGIN:VEVENT\nEND:VEVENT", 1, .unbalanced), ("BEGIN:VCALENDAR", 1, .unbalanced),
            ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR", 3, .unbalanced),
            ("BEGIN:VCALENDAR\nBEGIN:VCALENDAR", 2, .unbalanced),
            ("BEGIN:VCALENDAR\nEND:VCALENDAR\nX:1", 3, .unbalanced),
            ("BEGIN:VCALENDAR\n\nA;B:c\nEND:VCALENDAR", 3, .unreadable),
        ] as [(String, Int, HolidayCalendarError.Problem)])
    func broken(text: String, line: Int, what: HolidayCalendarError.Problem) {
        let found = problem(of: text)
        #expect(found?.line == line && found?.problem == what)
    }

    @Test(
        "what an event cannot mean is told with the line of the property",
        arguments: [
            ("DTSTART:20260230", 3, .date("20260230")), ("DTSTART:2026-12-25", 3, .date("2026-12-25")),
            ("DTSTART:20261225T250000", 3, .date("20261225T250000")),
            ("DTSTART:20261225Z", 3, .date("20261225Z")),
            ("SUMMARY:nothing", 2, .noStart), ("DTSTART:20261225\nDTEND:20261224", 2, .length),
            ("DTSTART:20261225\nDTEND:20281225", 2, .length),
            ("DTSTART:20261225\nDURATION:PT24H", 4, .property("DURATION")),
            ("DTSTART:20261225\nRECURRENCE-ID:20261225", 4, .property("RECURRENCE-ID")),
            ("DTSTART:20261225\nRRULE:FREQ=WEEKLY", 4, .rule("FREQ=WEEKLY")),
            ("DTSTART:20261225\nRRULE:COUNT=2", 4, .rule("FREQ")),
            ("DTSTART:20261225\nRRULE:FREQ=YEARLY;BYSETPOS=1", 4, .rule("BYSETPOS=1")),
            ("DTSTART:20261225\nRRULE:FREQ=YEARLY;BYDAY=MX", 4, .rule("BYDAY=MX")),
            ("DTSTART:20261225\nRRULE:FREQ=YEARLY;BYMONTH=13", 4, .rule("BYMONTH=13")),
            ("DTSTART:20261225\nRRULE:FREQ=YEARLY;INTERVAL=0", 4, .rule("INTERVAL=0")),
            ("DTSTART:20261225\nRRULE:FREQ=YEARLY;UNTIL=x", 4, .rule("UNTIL=X")),
        ] as [(String, Int, HolidayCalendarError.Problem)])
    func senseless(lines: String, line: Int, what: HolidayCalendarError.Problem) {
        let found = problem(lines)
        #expect(found?.line == line && found?.problem == what)
        #expect(found?.description.hasPrefix("Line \(line): ") ?? false)
    }

    @Test("a text, its events, its days and the work that they make are limited", .timeLimit(.minutes(1)))
    func limits() {
        let huge = String(repeating: "X:1\n", count: HolidayCalendar.largestText / 4 + 1)
        #expect(problem(of: huge)?.problem == .tooLarge)
        let event = "BEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT\n"
        let many = String(repeating: event, count: HolidayCalendar.mostEvents + 1)
        #expect(problem(of: "BEGIN:VCALENDAR\n\(many)END:VCALENDAR")?.problem == .tooManyEvents)
        #expect(
            problem("DTSTART:19000101", "DTEND:19010101", "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU")?
                .problem == .tooManyDays)
        #expect(
            problem("DTSTART:19000101", "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU")?.problem
                == .tooManyDays)
        let fruitless =
            "BEGIN:VEVENT\nDTSTART:19000101\nRRULE:FREQ=YEARLY;BYMONTHDAY=31;BYDAY=53MO\nEND:VEVENT\n"
        let work = String(repeating: fruitless, count: 4_000)
        #expect(problem(of: "BEGIN:VCALENDAR\n\(work)END:VCALENDAR")?.problem == .tooManyDays)
    }

    @Test("two calendars are joined")
    func joined() throws {
        let (christmas, newYear) = (try day("2026-12-25"), try day("2026-01-01"))
        let both = HolidayCalendar(days: [christmas]).joined(with: HolidayCalendar(days: [newYear]))
        #expect(both.isHoliday(christmas) && both.isHoliday(newYear) && HolidayCalendar.none.days.isEmpty)
    }
}
