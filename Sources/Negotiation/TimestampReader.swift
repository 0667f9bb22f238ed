/// Reads an RFC 3339 timestamp from its bytes.
struct TimestampReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: some StringProtocol) { bytes = Array(text.utf8.prefix(41)) }

    /// Microseconds since the Unix epoch; `nil` for anything that RFC 3339 does not allow. A leap second counts
    /// as the first second of the next minute.
    mutating func read() -> Int64? {
        guard bytes.count <= 40 else { return nil }
        guard let year = number(4), take("-"), let month = number(2), take("-"), let dayOfMonth = number(2),
            let day = CalendarDay(year: year, month: month, day: dayOfMonth),
            take("T") || take("t") || take(" "),
            let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60,
            take(":"), let second = number(2), second <= 60,
            let fraction = readFraction(), let offset = readOffset(), position == bytes.count
        else { return nil }
        let seconds = day.daysSinceEpoch * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
        return seconds * 1_000_000 + fraction
    }

    private mutating func readFraction() -> Int64? {
        guard take(".") else { return 0 }
        var value: Int64 = 0
        var places = 0
        while position < bytes.count, let digit = Self.digit(bytes[position]) {
            if places < 6 { value = value * 10 + Int64(digit) }
            places += 1
            position += 1
        }
        guard places > 0 else { return nil }
        for _ in min(places, 6)..<6 { value *= 10 }
        return value
    }

    /// Seconds east of UTC.
    private mutating func readOffset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hours = number(2), hours < 24, take(":"), let minutes = number(2), minutes < 60
        else {
            return nil
        }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func number(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + count] {
            guard let digit = Self.digit(byte) else { return nil }
            value = value * 10 + digit
        }
        position += count
        return value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
    }
}
