/// A time of day on a wall clock, in whole seconds. 24:00 is the end of the day.
public struct TimeOfDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Seconds since midnight, 0 to 86,400.
    public let seconds: Int

    /// A time of day from seconds since midnight; `nil` outside 0 to 86,400.
    public init?(seconds: Int) {
        guard (0...Self.longestDay).contains(seconds) else { return nil }
        self.seconds = seconds
    }

    /// A time of day; `nil` unless the hour is 0 to 23 and the minute 0 to 59, or it is 24:00.
    public init?(hour: Int, minute: Int = 0) {
        guard (0...24).contains(hour), (0...59).contains(minute) else { return nil }
        self.init(seconds: hour * 3600 + minute * 60)
    }

    /// Reads `08:30`: two digits each; anything else is `nil`.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(Self.isDigit) }),
            let hour = Int(parts[0]), let minute = Int(parts[1])
        else { return nil }
        self.init(hour: hour, minute: minute)
    }

    public static func < (left: TimeOfDay, right: TimeOfDay) -> Bool { left.seconds < right.seconds }

    /// `08:30`, with seconds where there are any.
    public var description: String {
        let parts = [seconds / 3600, seconds / 60 % 60] + (seconds % 60 == 0 ? [] : [seconds % 60])
        return parts.map(Instant.twoDigits).joined(separator: ":")
    }

    private static let longestDay = 86_400
    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// What a calendar and a clock on the wall show together, whichever the place.
public struct LocalTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The day on the calendar.
    public let day: CalendarDay
    /// The time on the clock.
    public let time: TimeOfDay

    /// A time on a day.
    public init(_ day: CalendarDay, _ time: TimeOfDay) {
        self.day = day
        self.time = time
    }

    /// What calendar and clock show at an instant where they are so many seconds ahead of UTC.
    public init(of instant: Instant, offset: Int) {
        let shown = instant.seconds &+ Int64(offset)
        let days = shown.quotientRoundedDown(by: 86_400)
        day = CalendarDay(daysSinceEpoch: days)
        time = TimeOfDay(secondInDay: Int(shown - days * 86_400))
    }

    public static func < (left: LocalTime, right: LocalTime) -> Bool {
        (left.day, left.time) < (right.day, right.time)
    }

    /// `2026-01-31 08:30`.
    public var description: String { "\(day) \(time)" }

    /// Seconds since 1970-01-01T00:00 on the same wall clock, within what an instant can hold.
    var secondsSinceEpoch: Int64 {
        max(-Self.furthestDay, min(day.daysSinceEpoch, Self.furthestDay)) * 86_400 + Int64(time.seconds)
    }

    /// Days from the epoch that microseconds in 64 bits can count.
    private static let furthestDay: Int64 = 106_000_000
}

extension TimeOfDay {
    /// A remainder of whole days, which is always in range.
    fileprivate init(secondInDay seconds: Int) { self.seconds = seconds }
}
