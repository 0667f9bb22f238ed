import Negotiation

/// A price that the sender proposes, asks or agrees to.
public struct ReadOffer: Hashable, Sendable {
    /// What the price is for.
    public enum Per: String, Sendable { case unit, total }

    public let amount: Amount
    /// `nil` where the mail names none.
    public let currency: Currency?
    public let per: Per?
    /// Pieces the price is for, or the first number of its step.
    public let quantity: Int?
    /// Where the amount stands in the reply text, in Unicode scalars: digits, magnitude and the currency
    /// beside.
    public let span: Range<Int>

    /// An offer.
    public init(amount: Amount, currency: Currency?, per: Per? = nil, quantity: Int? = nil, span: Range<Int>)
    {
        self.amount = amount
        self.currency = currency
        self.per = per
        self.quantity = quantity
        self.span = span
    }

    /// The amount in its currency, where there is one.
    public var money: Money? { currency.map { Money(amount, $0) } }
}

/// Finds offers in a reply: plain amounts with a currency beside them, and bare numbers that are plainly
/// prices. Prices of something else (old prices, freight, tax, discounts, what we asked) are left out by the
/// words around.
public enum OfferReader {
    /// Most offers read from one message.
    public static let most = 200

    /// The offers in a reply text, in order of their places.
    public static func offers(in text: String) -> [ReadOffer] {
        let reader = PriceReader(text)
        return reader.prices()
    }
}

/// The scalars of a reply, with what is known of the whole of it.
struct PriceReader {
    let scalars: [Unicode.Scalar]
    private let numbers: NumberReader
    /// What a bare `$` means here.
    private let dollar: Currency
    private let yen: Currency?

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        let folded = FoldedText(text)
        let others: [(StaticPhrase, String)] = [
            ("cad", "CAD"), ("aud", "AUD"), ("nzd", "NZD"), ("sgd", "SGD"), ("hkd", "HKD"),
        ]
        let named = others.filter { folded.containsWord($0.0) }.map(\.1)
        dollar = named.count == 1 && !folded.containsWord("usd") ? Currency(named[0]) ?? .usd : .usd
        yen = Currency(folded.containsAny(of: ["元", "人民币", "rmb", "cny", "价", "贵", "们"]) ? "CNY" : "JPY")
        numbers = NumberReader(
            scalars: scalars, pointIsDecimal: folded.containsAny(of: ["$", "£", "usd", "gbp"]))
    }

    /// Numbers that are looked at.
    private static let mostNumbers = 2_000

    func prices() -> [ReadOffer] {
        var found: [ReadOffer] = []
        var index = 0
        var previousEnd = 0
        var examined = 0
        while index < scalars.count, found.count < OfferReader.most, examined < Self.mostNumbers {
            guard NumberReader.digit(scalars[index]) != nil else {
                index += 1
                continue
            }
            guard let number = numbers.number(at: index), !isInsideWord(number.span) else {
                index = endOfWord(index)
                continue
            }
            examined += 1
            if let offer = offer(number, after: previousEnd) {
                found.append(offer)
                previousEnd = offer.span.upperBound
            } else if currencyBefore(number.span.lowerBound) != nil
                || currencyAfter(number.span.upperBound) != nil
            {
                // The words before a price that is no offer say nothing of the next one.
                previousEnd = number.span.upperBound
            }
            index = max(number.span.upperBound, index + 1)
        }
        return found
    }

    private func offer(_ number: WrittenNumber, after previousEnd: Int) -> ReadOffer? {
        guard number.amount > .zero else { return nil }
        let context = Clause(scalars, around: number.span, notBefore: previousEnd)
        guard !context.isAboutSomethingElse else { return nil }
        let before = currencyBefore(number.span.lowerBound)
        let after = before == nil ? currencyAfter(number.span.upperBound) : nil
        guard let named = before ?? after else {
            guard context.saysPrice, !context.countsSomething else { return nil }
            return ReadOffer(
                amount: number.amount, currency: nil, per: context.per, quantity: context.quantity,
                span: number.span)
        }
        let span =
            min(
                named.span.lowerBound, number.span.lowerBound)..<max(
                named.span.upperBound, number.span.upperBound)
        let wide = Clause(scalars, around: span, notBefore: previousEnd)
        guard !wide.isAboutSomethingElse else { return nil }
        return ReadOffer(
            amount: number.amount, currency: named.currency, per: wide.per, quantity: wide.quantity,
            span: span)
    }

    private struct Named {
        let currency: Currency?
        let span: Range<Int>
    }

    private func currencyBefore(_ index: Int) -> Named? {
        var end = index
        while end > 0, index - end < 2, isSpace(scalars[end - 1]) { end -= 1 }
        guard end > 0 else { return nil }
        let last = scalars[end - 1]
        if CurrencyNames.isSign(last), !last.properties.isAlphabetic {
            let letters = scalars[..<(end - 1)].reversed().prefix(4).prefix { $0.properties.isAlphabetic }
                .count
            let prefix = folded((end - 1 - letters)..<(end - 1))
            if last == "$" || last == "\u{FF04}" {
                if letters > 0, let code = CurrencyNames.dollars[prefix] {
                    return Named(currency: Currency(code), span: (end - 1 - letters)..<index)
                }
                return Named(currency: dollar, span: (end - 1)..<index)
            }
            return Named(currency: sign(last), span: (end - 1)..<index)
        }
        var wordEnd = end
        if scalars[wordEnd - 1] == "." || scalars[wordEnd - 1] == ":" { wordEnd -= 1 }
        var start = wordEnd
        while start > 0, wordEnd - start < 12, scalars[start - 1].properties.isAlphabetic { start -= 1 }
        guard let currency = word(start..<wordEnd) else { return nil }
        return Named(currency: currency, span: start..<index)
    }

    private func currencyAfter(_ index: Int) -> Named? {
        var start = index
        while start < scalars.count, start - index < 2, isSpace(scalars[start]) { start += 1 }
        guard start < scalars.count else { return nil }
        let first = scalars[start]
        if CurrencyNames.isSign(first), !first.properties.isAlphabetic {
            return Named(currency: first == "$" ? dollar : sign(first), span: index..<(start + 1))
        }
        var end = start
        while end < scalars.count, end - start < 12, scalars[end].properties.isAlphabetic { end += 1 }
        if end < scalars.count, scalars[end] == "$", let code = CurrencyNames.dollars[folded(start..<end)] {
            return Named(currency: Currency(code), span: index..<(end + 1))
        }
        if let currency = word(start..<end) { return Named(currency: currency, span: index..<end) }
        // Scripts without spaces: 950元/个, 9,500円です.
        for length in [3, 2, 1] where start + length <= end && !first.isASCII && first.value > 0x2E80 {
            if let currency = word(start..<(start + length)) {
                return Named(currency: currency, span: index..<(start + length))
            }
        }
        return nil
    }

    private func sign(_ scalar: Unicode.Scalar) -> Currency? {
        scalar.value == 0xA5 || scalar.value == 0xFFE5 ? yen : CurrencyNames.currency(ofSign: scalar)
    }

    private func word(_ range: Range<Int>) -> Currency? {
        guard !range.isEmpty else { return nil }
        let isCapital = scalars[range].allSatisfy { $0.properties.isUppercase }
        return CurrencyNames.currency(ofWord: folded(range), isCapital: isCapital)
    }

    private func folded(_ range: Range<Int>) -> String {
        FoldedText(String(String.UnicodeScalarView(scalars[range]))).string
    }

    private func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\u{A0}" || scalar == "\u{202F}"
    }

    /// `T14`, `GS324T`, `2026-03-12`: not an amount, although it has digits.
    private func isInsideWord(_ span: Range<Int>) -> Bool {
        if span.lowerBound > 0 {
            let before = scalars[span.lowerBound - 1]
            if before == "-" || before == "/" || before == "#" || before == "_" {
                if span.lowerBound > 1, isWord(scalars[span.lowerBound - 2]) {
                    return before != "-" || !isRange(span)
                }
            } else if before.properties.isAlphabetic, before.value < 0x2E80 {
                let start = (0..<span.lowerBound).reversed().prefix(6).prefix {
                    scalars[$0].properties.isAlphabetic
                }.last
                return start.flatMap { word($0..<span.lowerBound) } == nil
            } else if before == "%"
                || before == "." && span.lowerBound > 1 && isWord(scalars[span.lowerBound - 2])
            {
                return word(max(0, span.lowerBound - 3)..<(span.lowerBound - 1)) == nil
            }
        }
        guard span.upperBound < scalars.count else { return false }
        let after = scalars[span.upperBound]
        if after == "%" || after == "\u{2030}"
            || after == ":" && span.upperBound + 1 < scalars.count
                && NumberReader.digit(scalars[span.upperBound + 1]) != nil
        {
            return true
        }
        return (after == "-" || after == "/") && span.upperBound + 1 < scalars.count
            && NumberReader.digit(scalars[span.upperBound + 1]) != nil && !isRange(span)
    }

    /// Both ends of a range are prices when a currency stands at either end: `$900-950`, `900-950 EUR`.
    private func isRange(_ span: Range<Int>) -> Bool {
        var start = span.lowerBound
        while start > 0, span.lowerBound - start < 16,
            NumberReader.digit(scalars[start - 1]) != nil || "-.,".unicodeScalars.contains(scalars[start - 1])
        {
            start -= 1
        }
        var end = span.upperBound
        while end < scalars.count, end - span.upperBound < 16,
            NumberReader.digit(scalars[end]) != nil || "-.,".unicodeScalars.contains(scalars[end])
        {
            end += 1
        }
        let hyphens = scalars[start..<end].count { $0 == "-" }
        return hyphens == 1 && (currencyBefore(start) != nil || currencyAfter(end) != nil)
    }

    private func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || NumberReader.digit(scalar) != nil
    }

    private func endOfWord(_ index: Int) -> Int {
        var end = index
        while end < scalars.count, isWord(scalars[end]) { end += 1 }
        return max(end, index + 1)
    }
}
