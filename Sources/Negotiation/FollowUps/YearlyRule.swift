/// A rule by which an event repeats every year (RFC 5545, 3.3.10), as far as holidays need it.
struct YearlyRule {
    private let line: Int
    private var interval = 1
    private var count: Int?
    private var until: CalendarDay?
    private var months: Set<Int> = []
    /// 1 to 31, or -1 to -31 from the end of the month.
    private var monthDays: Set<Int> = []
    private var weekdays: [Weekday: Set<Int>] = [:]

    /// Reads `FREQ=YEARLY;BYMONTH=11;BYDAY=4TH`.
    init(_ line: CalendarLine, zone: TimeZoneRules) throws(HolidayCalendarError) {
        self.line = line.number
        var isYearly = false
        for part in line.value.uppercased().split(separator: ";") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if part == "FREQ=YEARLY" {
                isYearly = true
            } else if sides.count != 2 || !take(sides[0], sides[1], zone: zone) {
                throw HolidayCalendarError(line: line.number, .rule(String(part.prefix(40))))
            }
        }
        guard isYearly else { throw HolidayCalendarError(line: line.number, .rule("FREQ")) }
    }

    private mutating func take(_ name: Substring, _ value: Substring, zone: TimeZoneRules) -> Bool {
        switch name {
        case "INTERVAL":
            guard let number = CalendarLine.number(value, in: 1...100) else { return false }
            interval = number
        case "COUNT":
            guard let number = CalendarLine.number(value, in: 1...9999) else { return false }
            count = number
        case "UNTIL":
            guard let moment = CalendarLine.moment(value, in: zone) else { return false }
            until = moment.day
        case "BYMONTH":
            months = Set(value.split(separator: ",").compactMap { CalendarLine.number($0, in: 1...12) })
            return !months.isEmpty && months.count == value.split(separator: ",").count
        case "BYMONTHDAY":
            monthDays = Set(value.split(separator: ",").compactMap { Self.signed($0, upTo: 31) })
            return !monthDays.isEmpty && monthDays.count == value.split(separator: ",").count
        case "BYDAY":
            return !value.isEmpty && value.split(separator: ",").allSatisfy { takeWeekday($0) }
        // The day on which weeks begin makes no difference without rules about weeks.
        case "WKST": return Self.codes[value] != nil
        default: return false
        }
        return true
    }

    /// `TH`, `4TH` or `-1MO`.
    private mutating func takeWeekday(_ text: Substring) -> Bool {
        guard let weekday = Self.codes[text.suffix(2)] else { return false }
        let position = text.dropLast(2)
        guard let number = position.isEmpty ? 0 : Self.signed(position, upTo: 53) else { return false }
        weekdays[weekday, default: []].insert(number)
        return true
    }

    private static func signed(_ text: Substring, upTo most: Int) -> Int? {
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text
        return CalendarLine.number(digits, in: 1...most).map { text.hasPrefix("-") ? -$0 : $0 }
    }

    private static let codes: [Substring: Weekday] = [
        "MO": .monday, "TU": .tuesday, "WE": .wednesday, "TH": .thursday, "FR": .friday, "SA": .saturday,
        "SU": .sunday,
    ]

    /// The days that the rule adds to its first, which counts as one of ``count``. Each day that is looked at is taken
    /// off the budget.
    func days(from start: CalendarDay, budget: inout Int) throws(HolidayCalendarError) -> Set<CalendarDay> {
        var found: Set<CalendarDay> = [start]
        let last = HolidayCalendar.years.upperBound
        guard start.year <= last else { return found }
        for year in stride(from: start.year, through: last, by: interval) {
            let candidates = candidates(in: year, from: start)
            budget -= candidates.count + 1
            guard budget >= 0 else { throw HolidayCalendarError(line: line, .tooManyDays) }
            for day in candidates where day > start && matches(day, from: start) {
                if let until, day > until { return found }
                if let count, found.count >= count { return found }
                found.insert(day)
            }
        }
        return found
    }

    /// The days of a year that can come into question, in order: those of the months named, or all when only the
    /// weekday or the day of the month is named, or the month of the start.
    private func candidates(in year: Int, from start: CalendarDay) -> [CalendarDay] {
        let all = monthDays.isEmpty && weekdays.isEmpty ? [start.month] : Array(1...12)
        return (months.isEmpty ? all : months.sorted()).flatMap { month in
            (1...CalendarDay.days(in: month, of: year)).compactMap {
                CalendarDay(year: year, month: month, day: $0)
            }
        }
    }

    private func matches(_ day: CalendarDay, from start: CalendarDay) -> Bool {
        if monthDays.isEmpty && weekdays.isEmpty { return day.day == start.day }
        let length = CalendarDay.days(in: day.month, of: day.year)
        let isMonthDay = monthDays.contains(day.day) || monthDays.contains(day.day - length - 1)
        guard monthDays.isEmpty || isMonthDay else { return false }
        guard !weekdays.isEmpty else { return true }
        guard let positions = weekdays[day.weekday] else { return false }
        // Within the month where months are named, within the year otherwise.
        let (place, size) = months.isEmpty ? Self.placeInYear(day) : (day.day, length)
        return positions.contains(0) || positions.contains((place - 1) / 7 + 1)
            || positions.contains(-((size - place) / 7 + 1))
    }

    private static func placeInYear(_ day: CalendarDay) -> (place: Int, size: Int) {
        let before = (1..<day.month).reduce(0) { $0 + CalendarDay.days(in: $1, of: day.year) }
        return (before + day.day, CalendarDay.days(in: 2, of: day.year) + 337)
    }
}
