/// How a zone's clocks change year after year: the rule of a POSIX `TZ` string such as `CET-1CEST,M3.5.0,M10.5.0/3`,
/// with the extensions of RFC 8536, 3.3.1 (hours from -167 to 167).
struct RecurringOffset: Hashable, Sendable {
    /// Seconds east of UTC outside daylight-saving time.
    let standard: Int
    /// Daylight-saving time, where there is any.
    let saving: Saving?

    struct Saving: Hashable, Sendable {
        /// Seconds east of UTC.
        let offset: Int
        /// When it begins, by the clocks of standard time.
        let begins: YearDay
        /// When it ends, by the clocks of daylight-saving time.
        let ends: YearDay
    }

    /// A day of every year and a time on it, which may lie days before or after.
    struct YearDay: Hashable, Sendable {
        let day: Day
        /// Seconds after midnight.
        let time: Int

        enum Day: Hashable, Sendable {
            /// `Jn`: 1 to 365, February 29 is never counted.
            case withoutLeapDay(Int)
            /// `n`: 0 to 365, February 29 is counted.
            case withLeapDay(Int)
            /// `Mm.w.d`: a weekday (0 is Sunday) in a week of a month, where week 5 is the last.
            case weekday(month: Int, week: Int, day: Int)
        }
    }

    func offset(at second: Int64) -> Int {
        guard saving != nil else { return standard }
        let year = LocalTime(of: Instant(seconds: second), offset: standard).day.year
        return changes(around: year).last { $0.at <= second }?.offset ?? standard
    }

    /// The changes of a year and of those before and after it, in ascending order.
    func changes(around year: Int) -> [OffsetChange] {
        guard let saving else { return [] }
        let changes = (year - 1...year + 1).flatMap { year in
            [
                OffsetChange(at: saving.ends.seconds(in: year) - Int64(saving.offset), offset: standard),
                OffsetChange(at: saving.begins.seconds(in: year) - Int64(standard), offset: saving.offset),
            ]
        }
        // Where one year's end and the next year's beginning coincide, it is summer all year: the beginning
        // comes last.
        return changes.sorted {
            $0.at == $1.at ? $0.offset == standard && $1.offset != standard : $0.at < $1.at
        }
    }
}

extension RecurringOffset.YearDay {
    /// Seconds since the Unix epoch on a clock at UTC.
    fileprivate func seconds(in year: Int) -> Int64 {
        Self.daysSinceEpoch(of: day, in: year) * 86_400 + Int64(time)
    }

    private static func daysSinceEpoch(of day: Day, in year: Int) -> Int64 {
        let start = CalendarDay.daysSinceEpoch(firstOf: 1, in: year)
        switch day {
        case .withLeapDay(let count): return start + Int64(count)
        case .withoutLeapDay(let count):
            let isAfterLeapDay = count > 59 && CalendarDay.days(in: 2, of: year) == 29
            return start + Int64(isAfterLeapDay ? count : count - 1)
        case .weekday(let month, let week, let day):
            let first = CalendarDay.daysSinceEpoch(firstOf: month, in: year)
            let weekday = CalendarDay(daysSinceEpoch: first).weekday.rawValue % 7
            let earliest = (day - weekday + 7) % 7 + (week - 1) * 7
            return first + Int64(earliest < CalendarDay.days(in: month, of: year) ? earliest : earliest - 7)
        }
    }
}

extension CalendarDay {
    /// The first of a month, which is 1 to 12, in any year.
    fileprivate static func daysSinceEpoch(firstOf month: Int, in year: Int) -> Int64 {
        CalendarDay(firstOf: month, in: year).daysSinceEpoch
    }

    private init(firstOf month: Int, in year: Int) { (self.year, self.month, day) = (year, month, 1) }
}
