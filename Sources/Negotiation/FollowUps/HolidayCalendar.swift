/// The days on which nobody works, as a calendar file of public holidays names them.
public struct HolidayCalendar: Hashable, Sendable {
    /// Every holiday, from 1900 to 2200.
    public let days: Set<CalendarDay>

    /// A calendar of the days given.
    public init(days: Set<CalendarDay>) { self.days = days }

    /// No holidays at all.
    public static let none = HolidayCalendar(days: [])

    /// Whether it is a holiday.
    public func isHoliday(_ day: CalendarDay) -> Bool { days.contains(day) }

    /// The holidays of both.
    public func joined(with other: HolidayCalendar) -> HolidayCalendar {
        HolidayCalendar(days: days.union(other.days))
    }

    /// Reads a calendar (RFC 5545). Of every event that is not cancelled, each day that it touches is a holiday.
    ///
    /// Dates count as they are written; only a time in UTC is taken to the day that it is in `zone`. Events may repeat
    /// yearly; a rule that goes on for ever is followed to 2200.
    public init(iCalendar text: some StringProtocol, zone: TimeZoneRules = .utc) throws(HolidayCalendarError)
    {
        guard text.utf8.count <= Self.largestText else { throw HolidayCalendarError(line: 1, .tooLarge) }
        var reader = HolidayReader(zone: zone)
        for line in try CalendarLine.lines(of: Array(text.utf8)) { try reader.take(line) }
        days = try reader.finish()
    }

    /// The largest text that is read, in bytes.
    public static let largestText = 1 << 20
    /// The most events that one text may have.
    public static let mostEvents = 5_000
    /// The most holidays that one text may amount to.
    public static let mostDays = 50_000
    /// The longest event, in days.
    public static let longestEvent = 366
    /// The years that are kept.
    public static let years = 1900...2200
}

/// What is wrong with a calendar, where, and how to mend it.
public struct HolidayCalendarError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line of the text, from 1.
    public let line: Int
    /// What is wrong there.
    public let problem: Problem

    /// The kinds of things that can be wrong.
    public enum Problem: Hashable, Sendable {
        /// The text is larger than ``HolidayCalendar/largestText``.
        case tooLarge
        /// There are more events than ``HolidayCalendar/mostEvents``.
        case tooManyEvents
        /// The events amount to more days than ``HolidayCalendar/mostDays``.
        case tooManyDays
        /// There is no `BEGIN:VCALENDAR`, or something begins or ends where it must not.
        case unbalanced
        /// A line is no `NAME;PARAMETER=VALUE:VALUE`.
        case unreadable
        /// A date or time cannot be read.
        case date(String)
        /// An event has no `DTSTART`.
        case noStart
        /// An event ends before it begins, or is longer than ``HolidayCalendar/longestEvent``.
        case length
        /// A rule for repetition is not among those that are understood.
        case rule(String)
        /// A property would change which days are meant, and is not understood.
        case property(String)
    }

    init(line: Int, _ problem: Problem) {
        self.line = line
        self.problem = problem
    }

    /// The line, what is wrong, and how to mend it.
    public var description: String { "Line \(line): \(explanation)" }

    private var explanation: String {
        switch problem {
        case .tooLarge:
            "The calendar is larger than 1 MiB. Leave out what is no holiday, or the years that are over."
        case .tooManyEvents: "There are more than 5,000 events. Leave out the years that are over."
        case .tooManyDays: "The events amount to more than 50,000 days. Let rules end with UNTIL or COUNT."
        case .unbalanced:
            "BEGIN and END do not match. A calendar is complete from BEGIN:VCALENDAR to END:VCALENDAR."
        case .unreadable:
            "This is no line of a calendar. Write NAME:VALUE; what continues begins with a blank."
        case .date(let text): "“\(text)” is no date. Write a day as 20261225, a time as 20261225T090000."
        case .noStart: "The event has no day. Add a line such as DTSTART;VALUE=DATE:20261225."
        case .length:
            "The event ends before it begins or lasts more than a year. DTEND is the day after the last one."
        case .rule(let part):
            "“\(part)” is not understood here. Use FREQ=YEARLY with INTERVAL, COUNT, UNTIL, BYMONTH, "
                + "BYMONTHDAY and BYDAY, or write each day as an event of its own."
        case .property(let name): "\(name) is not understood here. Write each day as an event of its own."
        }
    }
}
