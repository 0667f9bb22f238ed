/// A day of the week, numbered as in ISO 8601: Monday is 1, Sunday is 7.
public enum Weekday: Int, Sendable, CaseIterable, Codable {
    case monday = 1
    case tuesday, wednesday, thursday, friday, saturday, sunday

    /// Monday to Friday.
    public static let mondayToFriday: Set<Weekday> = [.monday, .tuesday, .wednesday, .thursday, .friday]
    /// Sunday to Thursday, as in much of the Arab world.
    public static let sundayToThursday: Set<Weekday> = [.sunday, .monday, .tuesday, .wednesday, .thursday]

    /// The weekday that a day of the calendar is.
    public init(_ day: CalendarDay) {
        // 1970-01-01 was a Thursday. The remainder is never negative, so a case always answers to it.
        let sinceMonday = day.daysSinceEpoch + 3
        let position = Int(sinceMonday - sinceMonday.quotientRoundedDown(by: 7) * 7)
        self = Self.allCases[position]
    }
}

extension CalendarDay: Comparable {
    public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// What day of the week it is.
    public var weekday: Weekday { Weekday(self) }

    /// The day so many days later, or earlier where the number is negative; at most ten thousand years away.
    public func adding(days: Int) -> CalendarDay {
        let step = max(-Self.longestStep, min(days, Self.longestStep))
        return CalendarDay(daysSinceEpoch: daysSinceEpoch + Int64(step))
    }

    private static let longestStep = 3_652_425

    /// How many days a month has; `nil` unless the month is 1 to 12.
    public static func length(ofMonth month: Int, in year: Int) -> Int? {
        (1...12).contains(month) ? days(in: month, of: year) : nil
    }
}
