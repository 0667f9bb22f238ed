/// A point in time: whole microseconds since 1970-01-01T00:00:00Z, as `timestamptz` stores it.
///
/// The pure rooms never read a clock: an instant always arrives as an argument.
public struct Instant: Hashable, Comparable, Sendable {
    /// Microseconds since the Unix epoch.
    public let microseconds: Int64

    /// An instant from microseconds since the Unix epoch.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// An instant from whole seconds since the Unix epoch.
    public init(seconds: Int64) { microseconds = seconds &* 1_000_000 }

    /// Whole seconds since the Unix epoch, rounded down.
    public var seconds: Int64 { microseconds.quotientRoundedDown(by: 1_000_000) }

    public static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }

    /// This instant moved by a number of seconds.
    public func advanced(bySeconds seconds: Int64) -> Instant {
        Instant(microseconds: microseconds &+ seconds &* 1_000_000)
    }

    /// This instant moved by a number of hours.
    public func advanced(byHours hours: Int) -> Instant { advanced(bySeconds: Int64(hours) * 3600) }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC with microseconds where there are any: `2026-01-31T08:00:00Z`.
    public var description: String {
        let day = CalendarDay(daysSinceEpoch: seconds.quotientRoundedDown(by: 86_400))
        let second = Int(seconds - seconds.quotientRoundedDown(by: 86_400) * 86_400)
        let fraction = microseconds - seconds * 1_000_000
        let clock = [second / 3600, second / 60 % 60, second % 60].map(Self.twoDigits).joined(separator: ":")
        let digits = String(fraction)
        let places = fraction == 0 ? "" : "." + String(repeating: "0", count: 6 - digits.count) + digits
        return "\(day)T\(clock)\(places)Z"
    }

    /// Reads RFC 3339: `2026-01-31T08:00:00Z`, with a fraction or an offset if there is one. Years 1 to 9999.
    public init?(_ text: some StringProtocol) {
        var reader = TimestampReader(text)
        guard let microseconds = reader.read() else { return nil }
        self.init(microseconds: microseconds)
    }

    static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// A day of the Gregorian calendar.
public struct CalendarDay: Hashable, Sendable, CustomStringConvertible {
    /// The year, 1 to 9999 where it was read from text.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, 1 to 31.
    public let day: Int

    /// A day from its parts; `nil` when there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        guard day <= Self.days(in: month, of: year) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// The day that many days after 1970-01-01 (Hinnant's civil-from-days).
    public init(daysSinceEpoch: Int64) {
        let shifted = Int(daysSinceEpoch) + 719_468
        let era = Int(Int64(shifted).quotientRoundedDown(by: 146_097))
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days after 1970-01-01.
    public var daysSinceEpoch: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = Int(Int64(shiftedYear).quotientRoundedDown(by: 400))
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era * 146_097 + dayOfEra - 719_468)
    }

    /// `2026-01-31`.
    public var description: String {
        let digits = String(year)
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return "\(padded)-\(Instant.twoDigits(month))-\(Instant.twoDigits(day))"
    }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}

extension Instant {
    /// The day on which this instant falls in UTC.
    public var day: CalendarDay { CalendarDay(daysSinceEpoch: seconds.quotientRoundedDown(by: 86_400)) }
}

extension Int64 {
    func quotientRoundedDown(by divisor: Int64) -> Int64 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}
