import Jinja
import Negotiation

/// How figures, times and states look to people.
enum Figures {
    /// `1,040.00`: the digits of the whole part in groups of three.
    static func grouped(_ amount: Amount) -> String {
        let text = "\(amount)"
        let parts = text.split(separator: ".", maxSplits: 1)
        let isNegative = text.hasPrefix("-")
        let whole = grouped(digits: isNegative ? parts[0].dropFirst() : parts[0])
        return (isNegative ? "−" : "") + whole + (parts.count > 1 ? "." + parts[1] : "")
    }

    static func grouped(_ number: Int) -> String { grouped(digits: Substring(String(number))) }

    private static func grouped(digits: Substring) -> String {
        var result = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return result
    }

    /// `USD 1,040.00` in its two parts; none where there is no amount.
    static func money(_ amount: Amount?, _ currency: Currency) -> Value {
        guard let amount else { return .none }
        return Value([("currency", Value(currency.code)), ("amount", Value(grouped(amount)))])
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `23 Nov 2026, 08:05 UTC`
    static func text(_ instant: Instant) -> String {
        let clock = "\(instant)".split(separator: "T").last.map { String($0.prefix(5)) } ?? ""
        return "\(text(instant.day)), \(clock) UTC"
    }

    static func text(_ day: CalendarDay) -> String { "\(day.day) \(months[day.month - 1]) \(day.year)" }

    /// A time for machines and for people; none where there is none.
    static func time(_ instant: Instant?) -> Value {
        guard let instant else { return .none }
        return Value([("iso", Value("\(instant)")), ("text", Value(text(instant)))])
    }

    /// A state: its label, how it is coloured, and a sentence about what it means.
    static func badge(_ label: String, _ tone: Tone, _ hint: String = "") -> Value {
        Value([("label", Value(label)), ("tone", Value(tone.rawValue)), ("hint", Value(hint))])
    }

    /// How a state is coloured; never the only sign of it.
    enum Tone: String { case neutral, info, attention, good, bad }
}

extension Value {
    /// Text or nothing.
    init(orNone text: String?) { self = text.map { Value($0) } ?? .none }
}
