import Negotiation

/// When a receiver wants to be asked again (RFC 9110, section 10.2.3).
enum RetryAfter {
    /// Seconds from `now`, of a number of seconds or of a date; `nil` for anything else.
    static func seconds(_ text: String, now: Instant) -> Int64? {
        if let seconds = Int64(text) { return seconds >= 0 ? seconds : nil }
        return date(text).map { max(0, $0.seconds - now.seconds) }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// A date in the form that is still made: `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ text: String) -> Instant? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = months.firstIndex(of: String(parts[2])),
            let date = CalendarDay(year: year, month: month + 1, day: day)
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]),
            (0...60).contains(clock[2])
        else { return nil }
        return Instant(seconds: date.daysSinceEpoch * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2])
    }
}
