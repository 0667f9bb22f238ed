/// The tokens of an RTF document, one after another (RTF 1.9.1, "Basic Entities"). Any octets give tokens.
struct RTFTokens {
    enum Token: Equatable {
        case open
        case close
        /// A control word and its number.
        case word(String, Int?)
        /// A backslash and what is neither letter nor digits in hexadecimal.
        case symbol(UInt8)
        /// An octet of text, written as it is or as `\'hh`.
        case text(UInt8)
    }

    /// Letters of a control word ("Control Word").
    private static let longestWord = 32
    /// Digits of its number.
    private static let mostDigits = 10

    private let octets: [UInt8]
    private var index = 0

    init(_ octets: [UInt8]) { self.octets = octets }

    /// The next token; `nil` at the end. Line ends and NUL are none.
    mutating func next() -> Token? {
        while index < octets.count {
            let octet = octets[index]
            index += 1
            switch octet {
            case UInt8(ascii: "{"): return .open
            case UInt8(ascii: "}"): return .close
            case UInt8(ascii: "\\"): return control()
            case 0x0A, 0x0D, 0: continue
            default: return .text(octet)
            }
        }
        return nil
    }

    private mutating func control() -> Token? {
        guard index < octets.count else { return nil }
        if Self.isLetter(octets[index]) { return word() }
        let symbol = octets[index]
        index += 1
        guard symbol == UInt8(ascii: "'") else { return .symbol(symbol) }
        guard index + 1 < octets.count, let high = EncodedText.digit(octets[index]),
            let low = EncodedText.digit(octets[index + 1])
        else { return .symbol(symbol) }
        index += 2
        return .text(high << 4 | low)
    }

    private mutating func word() -> Token {
        let name = take(Self.longestWord, while: Self.isLetter)
        var number: Int?
        let isNegative = index + 1 < octets.count && octets[index] == UInt8(ascii: "-")
        if isNegative && Self.isDigit(octets[index + 1]) { index += 1 }
        let digits = take(Self.mostDigits, while: Self.isDigit)
        if !digits.isEmpty {
            let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            number = isNegative ? -value : value
        }
        // One space belongs to the word.
        if index < octets.count, octets[index] == 0x20 { index += 1 }
        let word = String(decoding: name, as: UTF8.self)
        if word == "bin", let number, number > 0 { index += min(number, octets.count - index) }
        return .word(word, number)
    }

    private mutating func take(_ most: Int, while belongs: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let taken = octets[index...].prefix(most).prefix(while: belongs)
        index = taken.endIndex
        return taken
    }

    private static func isLetter(_ octet: UInt8) -> Bool { (0x61...0x7A).contains(octet | 0x20) }

    private static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }
}
