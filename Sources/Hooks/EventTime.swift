import Secrets

/// Times as the providers write them, in microseconds since 1970.
enum EventTime {
    /// From seconds as a JSON number (Mailgun's has a fraction) or as a string of one.
    static func seconds(_ value: StrictJSON?) -> Int64? {
        guard let text = value?.idText else { return nil }
        if let whole = Int64(text) { return microseconds(whole) }
        guard let fraction = Double(text), fraction.magnitude < 1e11 else { return nil }
        return Int64((fraction * 1_000_000).rounded())
    }

    /// From RFC 3339, any number of digits in the fraction, `Z` or an offset; none counts as UTC.
    static func timestamp(_ value: StrictJSON?) -> Int64? {
        guard let text = value?.string, text.utf8.count <= 40 else { return nil }
        var digits = DigitReader(bytes: Array(text.utf8))
        guard let year = digits.number(4), digits.take("-"), let month = digits.number(2), digits.take("-"),
            let day = digits.number(2), digits.take("T") || digits.take("t") || digits.take(" "),
            let hour = digits.number(2), digits.take(":"), let minute = digits.number(2), digits.take(":"),
            let second = digits.number(2), (1...12).contains(month), (1...31).contains(day), hour < 24,
            minute < 60, second <= 60, let fraction = digits.fraction(), let offset = digits.offset()
        else { return nil }
        let days = daysSinceEpoch(year: year, month: month, day: day)
        return microseconds(days * 86_400 + hour * 3600 + minute * 60 + second - offset).map { $0 + fraction }
    }

    /// The UTC day on which an instant falls, counted from 1970-01-01.
    static func day(_ microseconds: Int64) -> Int64 {
        let (days, rest) = microseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
        return rest < 0 ? days - 1 : days
    }

    private static func microseconds(_ seconds: Int64) -> Int64? {
        seconds.magnitude < 100_000_000_000 ? seconds * 1_000_000 : nil
    }

    /// Days of the proleptic Gregorian calendar, by Hinnant's algorithm.
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

/// Reads a timestamp from its bytes.
private struct DigitReader {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func number(_ count: Int) -> Int64? {
        guard position + count <= bytes.count else { return nil }
        let digits = bytes[position..<position + count]
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        position += count
        return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    /// Microseconds; further digits are cut.
    mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        var (value, weight): (Int64, Int64) = (0, 100_000)
        guard var digit = number(1) else { return nil }
        while true {
            value += digit * weight
            weight /= 10
            guard let next = number(1) else { return value }
            digit = next
        }
    }

    /// Seconds east of UTC; `nil` unless the text ends here.
    mutating func offset() -> Int64? {
        if take("Z") || take("z") || position == bytes.count { return position == bytes.count ? 0 : nil }
        let sign: Int64 = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(2) else { return nil }
        _ = take(":")
        guard let minutes = number(2), position == bytes.count else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
