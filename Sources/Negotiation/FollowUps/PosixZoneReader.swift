/// Reads a POSIX `TZ` string as it stands at the end of a TZif file (RFC 8536, 3.3).
struct PosixZoneReader {
    private var rest: Substring.UTF8View

    /// The rule; `nil` for anything that the syntax does not allow, and for daylight-saving time without its days.
    static func read(_ bytes: some Collection<UInt8>) -> RecurringOffset? {
        let text = String(decoding: bytes.prefix(longest + 1), as: UTF8.self)
        guard text.utf8.count <= longest else { return nil }
        var reader = PosixZoneReader(rest: text[...].utf8)
        guard let rule = reader.rule(), reader.rest.isEmpty else { return nil }
        return rule
    }

    /// The longest text that is looked at, in bytes.
    private static let longest = 128

    private mutating func rule() -> RecurringOffset? {
        guard name(), let west = time(hours: 0...24) else { return nil }
        if rest.isEmpty { return RecurringOffset(standard: -west, saving: nil) }
        guard name() else { return nil }
        var saved = 3600 - west
        if rest.first != UInt8(ascii: ",") {
            guard let west = time(hours: 0...24) else { return nil }
            saved = -west
        }
        guard take(","), let begins = yearDay(), take(","), let ends = yearDay() else { return nil }
        return RecurringOffset(
            standard: -west,
            saving: RecurringOffset.Saving(offset: saved, begins: begins, ends: ends))
    }

    /// `CEST` or `<+1030>`.
    private mutating func name() -> Bool {
        if take("<") {
            let length = skip { Self.isLetter($0) || Self.isDigit($0) || $0 == 0x2B || $0 == 0x2D }
            return length >= 3 && take(">")
        }
        return skip(while: Self.isLetter) >= 3
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    private mutating func time(hours range: ClosedRange<Int>) -> Int? {
        let sign = take("-") ? -1 : 1
        if sign == 1 { _ = take("+") }
        guard let hours = number(in: range) else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] where take(":") {
            guard let part = number(in: 0...59) else { return nil }
            seconds += part * unit
        }
        return sign * seconds
    }

    private mutating func yearDay() -> RecurringOffset.YearDay? {
        guard let day = day() else { return nil }
        guard take("/") else { return RecurringOffset.YearDay(day: day, time: 2 * 3600) }
        return time(hours: 0...167).map { RecurringOffset.YearDay(day: day, time: $0) }
    }

    private mutating func day() -> RecurringOffset.YearDay.Day? {
        if take("J") { return number(in: 1...365).map { .withoutLeapDay($0) } }
        guard take("M") else { return number(in: 0...365).map { .withLeapDay($0) } }
        guard let month = number(in: 1...12), take("."), let week = number(in: 1...5), take("."),
            let day = number(in: 0...6)
        else { return nil }
        return .weekday(month: month, week: week, day: day)
    }

    private mutating func number(in range: ClosedRange<Int>) -> Int? {
        var value = 0
        var digits = 0
        while digits < 3, let byte = rest.first, Self.isDigit(byte) {
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            digits += 1
            rest.removeFirst()
        }
        return digits > 0 && range.contains(value) ? value : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// How many bytes were skipped.
    private mutating func skip(while holds: (UInt8) -> Bool) -> Int {
        let before = rest.count
        rest = rest.drop(while: holds)
        return before - rest.count
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
