/// When people at a place work: on which days of the week, between which hours, and not on holidays.
public struct BusinessHours: Hashable, Sendable {
    /// The days of the week on which people work.
    public let weekdays: Set<Weekday>
    /// When they begin.
    public let opens: TimeOfDay
    /// When they stop; this moment itself is no longer within the hours.
    public let closes: TimeOfDay
    /// Where the place is.
    public let zone: TimeZoneRules
    /// The days on which they do not work.
    public let holidays: HolidayCalendar

    /// Business hours; `nil` unless there is a day to work on and it opens before it closes.
    public init?(
        weekdays: Set<Weekday>, opens: TimeOfDay, closes: TimeOfDay, zone: TimeZoneRules,
        holidays: HolidayCalendar = .none
    ) {
        guard !weekdays.isEmpty, opens < closes else { return nil }
        self.weekdays = weekdays
        self.opens = opens
        self.closes = closes
        self.zone = zone
        self.holidays = holidays
    }

    /// How many days are looked at before there are no business hours to be found.
    public static let horizonDays = 400

    /// The hours on one day: from opening, up to but not including closing. `nil` when nobody works, when the zone
    /// skipped the day (as Samoa did in 2011), or when clocks skipped all of its hours.
    public func hours(on day: CalendarDay) -> Range<Instant>? {
        guard weekdays.contains(day.weekday), !holidays.isHoliday(day) else { return nil }
        let (start, end) = (zone.instant(of: LocalTime(day, opens)), zone.instant(of: LocalTime(day, closes)))
        guard start < end, zone.local(start).day == day else { return nil }
        return start..<end
    }

    /// The first moment within business hours from an instant on, which may be the instant itself; `nil` when there is
    /// none within ``horizonDays``.
    public func next(after instant: Instant) -> Instant? {
        let today = zone.local(instant).day
        for distance in 0...Self.horizonDays {
            if let hours = hours(on: today.adding(days: distance)), instant < hours.upperBound {
                return max(instant, hours.lowerBound)
            }
        }
        return nil
    }

    /// The same time of day so many working days later, moved into the hours of that day: what comes before opening to
    /// opening, what comes after closing to the last minute. The day of the instant is not counted. With 0 days it is
    /// ``next(after:)``; `nil` for fewer, or when ``horizonDays`` have not enough working days.
    public func adding(workingDays count: Int, to instant: Instant) -> Instant? {
        guard count >= 0 else { return nil }
        if count == 0 { return next(after: instant) }
        let start = zone.local(instant)
        var left = count
        for distance in 1...Self.horizonDays {
            let day = start.day.adding(days: distance)
            guard let hours = hours(on: day) else { continue }
            left -= 1
            guard left == 0 else { continue }
            let lastMinute = max(hours.lowerBound, hours.upperBound.advanced(bySeconds: -60))
            return min(max(zone.instant(of: LocalTime(day, start.time)), hours.lowerBound), lastMinute)
        }
        return nil
    }

    /// A moment of business up to `seconds` after the first one from an instant on: the same for the same number, and
    /// spread evenly over all numbers. So what was missed together does not go out together.
    public func spread(from instant: Instant, by number: UInt64, over seconds: Int64) -> Instant? {
        guard seconds > 0, let first = next(after: instant) else { return next(after: instant) }
        return next(after: first.advanced(bySeconds: Int64(number % UInt64(seconds))))
    }
}
