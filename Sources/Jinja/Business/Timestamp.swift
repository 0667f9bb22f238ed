/// A moment, in seconds since 1970-01-01T00:00:00Z. The clock of a render is one, given by the caller.
public struct Timestamp: Sendable, Hashable {
    /// Whole seconds; negative before 1970.
    public let seconds: Int

    public init(seconds: Int) { self.seconds = seconds }
}

/// A date and time of day in the proleptic Gregorian calendar, with its distance to UTC.
struct CalendarTime: Equatable {
    var year: Int
    var month: Int
    var day: Int
    var hour = 0
    var minute = 0
    var second = 0
    /// East of UTC, in seconds; nil when the source does not say.
    var offset: Int?

    /// Years outside of these are refused, so that nothing overflows.
    private static let years = -9_999...9_999

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    init?(secondsUTC: Int, offset: Int) {
        let (local, overflow) = secondsUTC.addingReportingOverflow(offset)
        guard !overflow, abs(local / 86_400) < 3_600_000 else { return nil }
        let day = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        let rest = local - day * 86_400
        self.init(days: day)
        (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
        self.offset = offset
    }

    /// Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private init(days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * part + 2) / 5 + 1
        month = part < 10 ? part + 3 : part - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var days: Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// 0 is Sunday.
    var weekday: Int { ((days + 4) % 7 + 7) % 7 }

    var secondsUTC: Int { days * 86_400 + hour * 3_600 + minute * 60 + second - (offset ?? 0) }

    /// RFC 3339, also with a space for the `T`, without the time or without the distance to UTC.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy(\.isDigit) else { return nil }
            return bytes[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        guard bytes.count >= 10, bytes[4] == Byte.minus, bytes[7] == Byte.minus, let year = number(0..<4),
            let month = number(5..<7), let day = number(8..<10), (1...12).contains(month),
            (1...Self.length(of: month, year)).contains(day)
        else { return nil }
        self.init(year: year, month: month, day: day)
        if bytes.count == 10 { return }
        guard bytes.count >= 16, [0x54, 0x74, 0x20].contains(bytes[10]), bytes[13] == 0x3A,
            let hour = number(11..<13), let minute = number(14..<16), hour < 24, minute < 60
        else { return nil }
        (self.hour, self.minute) = (hour, minute)
        var index = 16
        if index < bytes.count, bytes[index] == 0x3A {
            guard let second = number(17..<19), second < 61 else { return nil }
            self.second = second
            index = 19
            if index < bytes.count, bytes[index] == 0x2E {
                index += 1
                while index < bytes.count, bytes[index].isDigit { index += 1 }
            }
        }
        if index == bytes.count { return }
        switch bytes[index] {
        case 0x5A, 0x7A:
            offset = 0
            if index + 1 != bytes.count { return nil }
        case Byte.plus, Byte.minus:
            guard let hours = number((index + 1)..<(index + 3)) else { return nil }
            let rest = bytes[(index + 3)...].drop { $0 == 0x3A }
            let minutes = rest.isEmpty ? 0 : Int(String(decoding: rest, as: UTF8.self)) ?? -1
            guard hours < 24, (0..<60).contains(minutes) else { return nil }
            offset = (bytes[index] == Byte.minus ? -1 : 1) * (hours * 3_600 + minutes * 60)
        default: return nil
        }
    }

    static func length(of month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
