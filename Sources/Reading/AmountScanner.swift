/// Why a text counts as speaking of money.
public struct AmountFinding: Equatable, Sendable {
    /// What was found; the raw values are shown to approvers.
    public enum Reason: String, Sendable {
        /// A number that is not plainly a date, a time, a duration or a reference.
        case number
        case currency
        case numberWord = "number_word"
        case percent
        /// Words that settle a price without naming it: "we accept your offer", "half the price".
        case commitment
        /// Letters of several scripts in one word, or words torn apart: nobody writes so by accident.
        case disguised
    }

    public let reason: Reason
    /// The words as they stand in the text.
    public let text: String
    /// Their place, in Unicode scalars.
    public let span: Range<Int>
}

/// Decides whether a text speaks of money; for the approval gate, so in doubt it does.
///
/// Every digit of every script counts, and so do number words of some twenty languages, currency signs, codes
/// and names, percent, and words that settle a price. The text is first made plain: invisible characters,
/// combining marks and accents go, full-width, mathematical, circled and superscript characters become plain
/// ones, so that full-width `９５０`, `𝟗𝟓𝟎`, `⑨⑤⓪` and a `nine hundred` with soft hyphens in it are seen.
///
/// These alone are no money: a full date (`2026-03-12`, `12.03.2026`, `12 March`, `March 12th, 2026`,
/// `2026年3月12日`), a time of day (`14:30`, `2 pm`), a duration (`14 days`, `3-5 business days`, `two weeks`)
/// unless its line speaks of paying, an ordinal (`1st`), `24/7`, a quarter (`Q3`), the number of a list's
/// item, a reference whose prefix is two capital letters or more (`RFQ-2026-0012`, `GS324T`), an address of
/// the web or of mail, and the exact phrases that the caller vouches for, such as the product's title.
public enum AmountScanner {
    /// Most Unicode scalars that are scanned; a longer text counts as money without a look.
    public static let mostScalars = 200_000

    /// Whether the text speaks of money.
    public static func mentionsMoney(_ text: String, except known: [String] = []) -> Bool {
        firstFinding(in: text, except: known) != nil
    }

    /// The first thing in the text that makes it speak of money; `nil` when it does not.
    ///
    /// `known` are phrases that the caller vouches for (the product's title, the negotiation's reference); an
    /// entry counts only if it has a letter and speaks of no currency itself.
    public static func firstFinding(in text: String, except known: [String] = []) -> AmountFinding? {
        let scalars = text.unicodeScalars
        guard scalars.count <= mostScalars else {
            return AmountFinding(reason: .number, text: String(text.prefix(40)), span: 0..<mostScalars)
        }
        var plain = PlainText(text)
        for phrase in known where isTrustworthy(phrase) { plain.hide(PlainText(phrase)) }
        let scan = MoneyScan(plain)
        guard let (reason, range) = scan.first() else { return nil }
        let span = plain.origins[range.lowerBound]..<(plain.origins[range.upperBound - 1] + 1)
        let start = scalars.index(scalars.startIndex, offsetBy: span.lowerBound)
        let end = scalars.index(start, offsetBy: span.count)
        return AmountFinding(reason: reason, text: String(scalars[start..<end]), span: span)
    }

    private static func isTrustworthy(_ phrase: String) -> Bool {
        let plain = PlainText(phrase)
        guard plain.scalars.count >= 3, plain.scalars.contains(where: { $0.properties.isAlphabetic }) else {
            return false
        }
        switch MoneyScan(plain).first(ignoringNumbers: true)?.0 {
        case nil: return true
        default: return false
        }
    }
}

/// A text with everything taken out of it that only changes its looks. Beside each scalar stands where it
/// came from.
struct PlainText {
    private(set) var scalars: [Unicode.Scalar] = []
    private(set) var origins: [Int] = []
    private(set) var isCapital: [Bool] = []
    /// Stands for a phrase that the caller vouched for.
    static let hidden: Unicode.Scalar = "\u{1}"

    init(_ text: String) {
        for (offset, scalar) in text.unicodeScalars.enumerated() {
            for plain in Self.plain(scalar) {
                scalars.append(plain)
                origins.append(offset)
                isCapital.append(scalar.properties.isUppercase)
            }
        }
    }

    /// Takes every occurrence of the phrase out, where no letter or digit touches it.
    mutating func hide(_ phrase: PlainText) {
        let needle = phrase.scalars
        guard let head = needle.first, needle.count <= scalars.count else { return }
        var index = 0
        while index + needle.count <= scalars.count {
            let end = index + needle.count
            if scalars[index] == head, scalars[index..<end].elementsEqual(needle), isEdge(index - 1),
                isEdge(end)
            {
                for place in index..<end { scalars[place] = Self.hidden }
                index = end
            } else {
                index += 1
            }
        }
    }

    private func isEdge(_ index: Int) -> Bool {
        guard scalars.indices.contains(index) else { return true }
        return !scalars[index].properties.isAlphabetic && NumberReader.digit(scalars[index]) == nil
            && !CurrencyNames.isSign(scalars[index])
    }

    /// What a scalar looks like: nothing, one plain scalar, or two.
    private static func plain(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        let value = scalar.value
        if value < 0x80 {
            if (0x41...0x5A).contains(value) { return [Unicode.Scalar(UInt8(value) | 0x20)] }
            if value == 0x09 || value == 0x0D { return [" "] }
            return value == 0x0A || value >= 0x20 && value != 0x7F ? [scalar] : []
        }
        switch value {
        case 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800: return []
        case 0x2028, 0x2029, 0x85: return ["\n"]
        case 0xFF01...0xFF5E: return Unicode.Scalar(value - 0xFEE0).map(plain) ?? []
        case 0x1D400...0x1D6A3: return [Unicode.Scalar(UInt8((value - 0x1D400) % 26) + 0x61)]
        case 0x24B6...0x24E9: return [Unicode.Scalar(UInt8((value - 0x24B6) % 26) + 0x61)]
        case 0x1F130...0x1F169, 0x1F170...0x1F189:
            return [Unicode.Scalar(UInt8((value - 0x1F130) % 32 % 26) + 0x61)]
        default: break
        }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .format, .nonspacingMark, .enclosingMark, .control, .surrogate, .unassigned: return []
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: return [" "]
        case .decimalNumber, .otherNumber, .letterNumber:
            guard let number = properties.numericValue else { return ["1"] }
            return [Unicode.Scalar(UInt8(Int(min(max(number, 0), 1_000_000)) % 10) + 0x30)]
        case .dashPunctuation: return ["-"]
        default: return Array(FoldedText(String(scalar)).string.unicodeScalars)
        }
    }
}
