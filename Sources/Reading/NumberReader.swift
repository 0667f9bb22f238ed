import Negotiation

/// A number as it stands in a text.
struct WrittenNumber: Equatable {
    let amount: Amount
    /// Scalar offsets in the text, magnitude and `,-` included.
    let span: Range<Int>
    /// Whether it is a whole number without grouping, magnitude or places: it could count pieces.
    let isPlainInteger: Bool
}

/// Reads numbers the way people of many countries write them: `1,234.50`, `1.234,50`, `1 234,50`, `1'234.50`,
/// `12,50,000`, `10k`, `1.2M`, `12.5 lakh`, `12万8千`, `950,-`.
struct NumberReader {
    /// Most digits and separators of one number; a longer row of digits is no price.
    static let longest = 40

    let scalars: [Unicode.Scalar]
    /// Whether a point with three digits behind it is read as a decimal point, as in English.
    var pointIsDecimal = false

    /// The number that begins at this offset, which must hold a digit; `nil` when it makes no sense.
    func number(at start: Int) -> WrittenNumber? {
        var groups: [[UInt8]] = [[]]
        var separators: [Unicode.Scalar] = []
        var index = start
        while index < scalars.count, index - start < Self.longest {
            if let digit = Self.digit(scalars[index]) {
                groups[groups.count - 1].append(digit)
                index += 1
            } else if let separator = separator(at: index, groups: groups, separators: separators) {
                separators.append(separator)
                groups.append([])
                index += 1
            } else {
                break
            }
        }
        if index < scalars.count, Self.digit(scalars[index]) != nil { return nil }
        guard let (whole, places) = split(groups, separators) else { return nil }
        let text = String(decoding: whole.map { $0 + 0x30 }, as: UTF8.self)
        let fraction = places.isEmpty ? "" : "." + String(decoding: places.map { $0 + 0x30 }, as: UTF8.self)
        guard let amount = Amount(text + fraction) else { return nil }
        return withMagnitude(amount, start, index, isPlain: separators.isEmpty)
    }

    static func digit(_ scalar: Unicode.Scalar) -> UInt8? {
        if scalar.isASCII { return (0x30...0x39).contains(scalar.value) ? UInt8(scalar.value) - 0x30 : nil }
        guard scalar.properties.generalCategory == .decimalNumber, let value = scalar.properties.numericValue
        else { return nil }
        return UInt8(value)
    }

    /// A mark between digits: a space only before exactly three digits.
    private func separator(at index: Int, groups: [[UInt8]], separators: [Unicode.Scalar]) -> Unicode.Scalar?
    {
        guard index + 1 < scalars.count, Self.digit(scalars[index + 1]) != nil else { return nil }
        let run = scalars[(index + 1)...].prefix(4).prefix { Self.digit($0) != nil }.count
        switch scalars[index] {
        case ".", ",", "，", "．":
            return scalars[index] == "，" ? "," : scalars[index] == "．" ? "." : scalars[index]
        case "'", "\u{2019}": return run == 3 ? "'" : nil
        case " ", "\u{A0}", "\u{202F}", "\u{2009}":
            let ownGroups = groups.dropFirst().allSatisfy { $0.count == 3 }
            let onlySpaces = separators.allSatisfy { $0 == " " }
            return run == 3 && onlySpaces && ownGroups && (groups.first?.count ?? 9) <= 3 ? " " : nil
        default: return nil
        }
    }

    /// Tells grouping from decimal marks.
    private func split(_ groups: [[UInt8]], _ separators: [Unicode.Scalar]) -> ([UInt8], [UInt8])? {
        guard let last = separators.last, let tail = groups.last else { return (groups[0], []) }
        let head = Array(groups.dropLast().joined())
        let marksOfKind = separators.count { $0 == last }
        let isGroupingMark = last == " " || last == "'"
        if isGroupingMark || marksOfKind > 1 {
            guard marksOfKind == separators.count, tail.count == 3 else { return nil }
            return (head + tail, [])
        }
        if separators.count > 1 { return (head, tail) }
        let looksGrouped = tail.count == 3 && (1...3).contains(head.count) && head != [0]
        if looksGrouped && !(last == "." && pointIsDecimal) { return (head + tail, []) }
        return (head, tail)
    }

    private func withMagnitude(_ amount: Amount, _ start: Int, _ end: Int, isPlain: Bool) -> WrittenNumber? {
        if let (sum, after) = ideographic(amount, end) {
            return WrittenNumber(amount: sum, span: start..<after, isPlainInteger: false)
        }
        if let (factor, after) = magnitude(at: end), let product = amount.multiplied(by: factor) {
            return WrittenNumber(amount: product, span: start..<after, isPlainInteger: false)
        }
        let dashes = dashes(at: end)
        return WrittenNumber(
            amount: amount, span: start..<(end + dashes), isPlainInteger: isPlain && dashes == 0)
    }

    /// `,-` and `.--` stand for no pence.
    private func dashes(at index: Int) -> Int {
        guard index + 1 < scalars.count, scalars[index] == "," || scalars[index] == "." else { return 0 }
        let count = scalars[(index + 1)...].prefix(3).prefix {
            $0 == "-" || $0 == "\u{2013}" || $0 == "\u{2014}"
        }.count
        return count > 0 ? count + 1 : 0
    }

    private func magnitude(at index: Int) -> (Int, Int)? {
        var start = index
        if start < scalars.count, scalars[start] == " " || scalars[start] == "\u{A0}" { start += 1 }
        let word = scalars[min(start, scalars.count)...].prefix(10).prefix { $0.properties.isAlphabetic }
        let text = String(String.UnicodeScalarView(word))
        let adjacent = start == index
        if let factor = Self.magnitudes[text.lowercased()] { return (factor, start + word.count) }
        if adjacent, let factor = Self.shortMagnitudes[text] { return (factor, start + word.count) }
        return nil
    }

    /// Sums such as 12万8千 or 3億5000万.
    private func ideographic(_ first: Amount, _ end: Int) -> (Amount, Int)? {
        var total = Amount.zero
        var part: Amount? = first
        var index = end
        while index < scalars.count, let factor = Self.ideographs[scalars[index]],
            let value = part?.multiplied(by: factor),
            let sum = total.adding(value)
        {
            total = sum
            index += 1
            part = nil
            let digits = scalars[index...].prefix(8).prefix { Self.digit($0) != nil }
            if let plain = Amount(
                String(decoding: digits.compactMap(Self.digit).map { $0 + 0x30 }, as: UTF8.self))
            {
                let next = index + digits.count
                guard next < scalars.count, Self.ideographs[scalars[next]] != nil else {
                    return total.adding(plain).map { ($0, next) }
                }
                part = plain
                index = next
            }
        }
        return index > end ? (total, index) : nil
    }

    private static let ideographs: [Unicode.Scalar: Int] = [
        "百": 100, "千": 1_000, "万": 10_000, "萬": 10_000, "만": 10_000, "천": 1_000, "亿": 100_000_000,
        "億": 100_000_000, "억": 100_000_000,
    ]
    private static let magnitudes: [String: Int] = [
        "thousand": 1_000, "tsd": 1_000, "tausend": 1_000, "mille": 1_000, "mil": 1_000, "тыс": 1_000,
        "grand": 1_000, "tys": 1_000,
        "million": 1_000_000, "millions": 1_000_000, "mio": 1_000_000, "mn": 1_000_000, "mln": 1_000_000,
        "millionen": 1_000_000,
        "millones": 1_000_000, "млн": 1_000_000, "billion": 1_000_000_000, "bn": 1_000_000_000,
        "lakh": 100_000, "lakhs": 100_000,
        "lac": 100_000, "lacs": 100_000, "crore": 10_000_000, "crores": 10_000_000, "cr": 10_000_000,
        "hundred": 100,
    ]
    private static let shortMagnitudes: [String: Int] = [
        "k": 1_000, "K": 1_000, "M": 1_000_000, "m": 1_000_000, "T": 1_000,
    ]
}
