/// The words around an amount, as far as its sentence goes.
struct Clause {
    /// Scalars looked at on either side.
    static let reach = 120

    let before: FoldedText
    let after: FoldedText

    init(_ scalars: [Unicode.Scalar], around span: Range<Int>, notBefore limit: Int) {
        var start = span.lowerBound
        while start > max(limit, 0), span.lowerBound - start < Self.reach, !Self.ends(scalars, start - 1) {
            start -= 1
        }
        var end = span.upperBound
        while end < scalars.count, end - span.upperBound < Self.reach, !Self.ends(scalars, end) { end += 1 }
        before = FoldedText(String(String.UnicodeScalarView(scalars[start..<span.lowerBound]))).trimmed
        after = FoldedText(String(String.UnicodeScalarView(scalars[span.upperBound..<end])))
    }

    /// Line feeds, semicolons, and points before a space end a clause.
    private static func ends(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        switch scalars[index] {
        case "\n", ";", "!", "?", "。", "；", "？", "！": true
        case ".": index + 1 >= scalars.count || scalars[index + 1] == " " || scalars[index + 1] == "\n"
        default: false
        }
    }

    /// The words before the amount after the last comma, where another subject would have been named.
    private var near: FoldedText {
        guard let comma = before.bytes.lastIndex(of: 0x2C) else { return before }
        let tail = FoldedText(String(decoding: before.bytes[(comma + 1)...], as: UTF8.self))
        return tail.trimmed.isEmpty ? before : tail
    }

    /// The first words after the amount.
    private var next: FoldedText {
        let end = after.bytes.firstIndex(of: 0x2C) ?? after.bytes.count
        return FoldedText(String(decoding: after.bytes[..<min(end, 40)], as: UTF8.self))
    }

    /// Whether the amount is an old price, a discount, freight, tax, a fee or what the buyer asked.
    var isAboutSomethingElse: Bool {
        near.containsAnyWord(of: OfferPhrases.otherBefore)
            || next.containsAnyWord(of: OfferPhrases.otherAfter)
            || before.containsAnyWord(of: OfferPhrases.refusals)
    }

    /// Whether the words name it a price although no currency stands beside.
    var saysPrice: Bool {
        near.containsAnyWord(of: OfferPhrases.prices)
            || OfferPhrases.perUnit.contains { next.trimmed.hasPrefix($0) }
    }

    /// Whether the number counts pieces, days or percent.
    var countsSomething: Bool {
        let word = after.trimmed
        return (OfferPhrases.pieces + OfferPhrases.otherUnits).contains { word.hasPrefix($0) }
            || before.hasSuffix("#")
            || before.hasSuffix("no.") || before.hasSuffix("-")
    }

    var per: ReadOffer.Per? {
        let reach = FoldedText(String(decoding: after.bytes.prefix(30), as: UTF8.self))
        if reach.containsAny(of: OfferPhrases.perUnit) { return .unit }
        if reach.containsAnyWord(of: OfferPhrases.total) || near.containsAnyWord(of: OfferPhrases.total) {
            return .total
        }
        return near.containsAnyWord(of: OfferPhrases.unitBefore) ? .unit : nil
    }

    /// The number of pieces named beside the amount: the nearest before it, else the first behind.
    var quantity: Int? {
        Self.pieces(in: before).last
            ?? Self.pieces(in: FoldedText(String(decoding: after.bytes.prefix(50), as: UTF8.self))).first
    }

    /// Whole numbers followed by a word for pieces.
    private static func pieces(in text: FoldedText) -> [Int] {
        let words = text.string.split(whereSeparator: { " /()@".contains($0) })
        return words.indices.compactMap { index in
            let digits = words[index].prefix { $0.isASCII && $0.isNumber || $0 == "," || $0 == "-" }
            let first = digits.prefix { $0 != "-" }.filter { $0 != "," }
            guard let count = Int(first), (1...100_000_000).contains(count) else { return nil }
            let unit =
                digits.count < words[index].count
                ? words[index].dropFirst(digits.count)
                : index + 1 < words.count ? words[index + 1] : ""
            let plain = FoldedText(unit.filter { $0 != "+" && $0 != "." && $0 != ":" && $0 != "," })
            return OfferPhrases.pieces.contains {
                plain.bytes == $0.bytes || !$0.isLatin && plain.hasPrefix($0)
            } ? count : nil
        }
    }
}
