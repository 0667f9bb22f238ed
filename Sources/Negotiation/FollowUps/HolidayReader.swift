/// Collects the days of a calendar's events, line by line.
struct HolidayReader {
    private let zone: TimeZoneRules
    private var components: [String] = []
    private var event: HolidayEvent?
    private var events = 0
    private var days: Set<CalendarDay> = []
    private var lastLine = 1
    /// How many days may still be looked at, whether they turn out to be holidays or not: what bounds the work.
    private var budget = 2_000_000

    init(zone: TimeZoneRules) { self.zone = zone }

    mutating func take(_ line: CalendarLine) throws(HolidayCalendarError) {
        lastLine = line.number
        switch line.name {
        case "BEGIN": try begin(line)
        case "END": try end(line)
        // What stands inside an event but in a component of its own, such as an alarm, says nothing about days.
        default:
            guard !components.isEmpty else { throw HolidayCalendarError(line: line.number, .unbalanced) }
            if components.last == "VEVENT" { try event?.take(line, zone: zone) }
        }
    }

    func finish() throws(HolidayCalendarError) -> Set<CalendarDay> {
        guard components.isEmpty, lastLine > 1 else {
            throw HolidayCalendarError(line: lastLine, .unbalanced)
        }
        return days
    }

    private mutating func begin(_ line: CalendarLine) throws(HolidayCalendarError) {
        let component = line.value.uppercased()
        guard components.isEmpty == (component == "VCALENDAR"), components.count < 8,
            component != "VEVENT" || components.count == 1
        else { throw HolidayCalendarError(line: line.number, .unbalanced) }
        components.append(component)
        guard component == "VEVENT" else { return }
        events += 1
        guard events <= HolidayCalendar.mostEvents else {
            throw HolidayCalendarError(line: line.number, .tooManyEvents)
        }
        event = HolidayEvent(line: line.number)
    }

    private mutating func end(_ line: CalendarLine) throws(HolidayCalendarError) {
        guard components.popLast() == line.value.uppercased() else {
            throw HolidayCalendarError(line: line.number, .unbalanced)
        }
        guard components.count == 1, let event else { return }
        self.event = nil
        for day in try event.days(budget: &budget) where HolidayCalendar.years.contains(day.year) {
            days.insert(day)
        }
        guard days.count <= HolidayCalendar.mostDays else {
            throw HolidayCalendarError(line: line.number, .tooManyDays)
        }
    }
}

/// One event, as far as it says which days it touches.
struct HolidayEvent {
    private let line: Int
    private var start: LocalTime?
    private var end: LocalTime?
    private var length: Int?
    private var rules: [YearlyRule] = []
    private var added: Set<CalendarDay> = []
    private var excepted: Set<CalendarDay> = []
    private var isCancelled = false

    /// An event that begins on a line of the text.
    init(line: Int) { self.line = line }

    mutating func take(_ line: CalendarLine, zone: TimeZoneRules) throws(HolidayCalendarError) {
        switch line.name {
        case "DTSTART": start = try line.moments(in: zone).first
        case "DTEND": end = try line.moments(in: zone).first
        case "DURATION": length = try line.wholeDays()
        case "RRULE": rules.append(try YearlyRule(line, zone: zone))
        case "RDATE": added.formUnion(try line.moments(in: zone).map(\.day))
        case "EXDATE": excepted.formUnion(try line.moments(in: zone).map(\.day))
        case "STATUS": isCancelled = line.value.uppercased() == "CANCELLED"
        case "RECURRENCE-ID", "EXRULE": throw HolidayCalendarError(line: line.number, .property(line.name))
        default: break
        }
    }

    /// Every day that it touches. Each day that is looked at is taken off the budget.
    func days(budget: inout Int) throws(HolidayCalendarError) -> Set<CalendarDay> {
        if isCancelled { return [] }
        guard let start else { throw HolidayCalendarError(line: line, .noStart) }
        let length = try length(from: start)
        var starts = added.union([start.day])
        for rule in rules { starts.formUnion(try rule.days(from: start.day, budget: &budget)) }
        starts.subtract(excepted)
        budget -= starts.count * length
        guard budget >= 0 else { throw HolidayCalendarError(line: line, .tooManyDays) }
        return Set(starts.flatMap { first in (0..<length).map { first.adding(days: $0) } })
    }

    /// How many days it touches. The end is exclusive; some programs repeat the day of the start for a single day.
    private func length(from start: LocalTime) throws(HolidayCalendarError) -> Int {
        guard let end else { return length ?? 1 }
        let last = end.time.seconds == 0 && end.day > start.day ? end.day.adding(days: -1) : end.day
        let length = Int(last.daysSinceEpoch - start.day.daysSinceEpoch) + 1
        guard end >= start, length <= HolidayCalendar.longestEvent else {
            throw HolidayCalendarError(line: line, .length)
        }
        return length
    }
}
