/// A piece of plain text: a word, a number, or another mark.
struct ScanToken {
    enum Shape { case word, number, mark }

    let shape: Shape
    /// Lower case, accents gone.
    let text: String
    let range: Range<Int>
    /// Whether no space stands before it.
    let isGlued: Bool
    /// Whether all its letters were capitals.
    let isCapital: Bool
    let line: Int
    let startsLine: Bool
}

/// Looks for money in plain text, token by token.
struct MoneyScan {
    private let plain: PlainText
    let tokens: [ScanToken]
    /// Lines that speak of paying, where a duration is a term of payment.
    private let payingLines: Set<Int>

    init(_ plain: PlainText) {
        self.plain = plain
        tokens = Self.tokens(of: plain)
        payingLines = Set(
            tokens.filter { $0.shape == .word && MoneyWords.paying.contains($0.text) }.map(\.line))
    }

    /// The first finding in order of the text, then what shows only over several words.
    func first(ignoringNumbers: Bool = false) -> (AmountFinding.Reason, Range<Int>)? {
        var index = 0
        while index < tokens.count {
            if let count = exemption(at: index), count > 0 {
                index += count
                continue
            }
            if let reason = reason(at: index), !(ignoringNumbers && reason == .number) {
                return (reason, tokens[index].range)
            }
            index += 1
        }
        return commitment() ?? tornWords()
    }

    private func reason(at index: Int) -> AmountFinding.Reason? {
        let token = tokens[index]
        switch token.shape {
        case .number: return .number
        case .mark:
            guard let scalar = token.text.unicodeScalars.first else { return nil }
            if CurrencyNames.isSign(scalar) { return .currency }
            return ["%", "\u{2030}", "\u{2031}", "\u{66A}"].contains(scalar) ? .percent : nil
        case .word:
            return MoneyWords.reason(for: token, next: index + 1 < tokens.count ? tokens[index + 1] : nil)
        }
    }

    private func commitment() -> (AmountFinding.Reason, Range<Int>)? {
        let words = tokens.filter { $0.shape != .mark }
        let text = FoldedText(words.map(\.text).joined(separator: " "))
        guard let phrase = MoneyWords.commitments.first(where: text.containsWord), let first = tokens.first,
            let last = tokens.last,
            let head = phrase.string.split(separator: " ").first
        else { return nil }
        let start = words.first { $0.text == head }?.range.lowerBound ?? first.range.lowerBound
        return (
            .commitment,
            start..<max(start + 1, min(start + phrase.string.unicodeScalars.count, last.range.upperBound))
        )
    }

    /// `t h o u s a n d`, `hun dred`: long number words that appear when spaces and marks are taken out of a
    /// line.
    private func tornWords() -> (AmountFinding.Reason, Range<Int>)? {
        var index = 0
        while index < tokens.count {
            let line = tokens[index...].prefix { $0.line == tokens[index].line }
            let squeezed = FoldedText(line.filter { $0.shape == .word }.map(\.text).joined())
            if squeezed.containsAny(of: MoneyWords.tearable), let last = line.last {
                return (.disguised, tokens[index].range.lowerBound..<last.range.upperBound)
            }
            index += line.count
        }
        return nil
    }

    /// How many tokens from here on are plainly something else than money; `nil` or 0 for none.
    private func exemption(at index: Int) -> Int? {
        let rest = tokens[index...].prefix(12)
        guard let token = rest.first else { return nil }
        if let count = ScanExemptions.address(tokens[index...], plain) ?? ScanExemptions.date(rest)
            ?? ScanExemptions.time(rest)
        {
            return count
        }
        if !payingLines.contains(token.line), let count = ScanExemptions.duration(rest) { return count }
        return ScanExemptions.reference(rest) ?? ScanExemptions.ordinal(rest)
    }

    private static func tokens(of plain: PlainText) -> [ScanToken] {
        var tokens: [ScanToken] = []
        var index = 0
        var line = 0
        var startsLine = true
        var isGlued = false
        let scalars = plain.scalars
        while index < scalars.count {
            let scalar = scalars[index]
            if scalar == " " || scalar == "\n" || scalar == PlainText.hidden {
                if scalar == "\n" { line += 1 }
                startsLine = startsLine && scalar == " " || scalar == "\n"
                isGlued = false
                index += 1
                continue
            }
            let (shape, end) = extent(scalars, from: index)
            let text = String(String.UnicodeScalarView(scalars[index..<end]))
            let isCapital = plain.isCapital[index..<end].allSatisfy { $0 }
            tokens.append(
                ScanToken(
                    shape: shape, text: text, range: index..<end, isGlued: isGlued, isCapital: isCapital,
                    line: line,
                    startsLine: startsLine))
            index = end
            isGlued = true
            startsLine = false
        }
        return tokens
    }

    /// A run of letters; digits with the marks that stand between them; or one other mark.
    private static func extent(_ scalars: [Unicode.Scalar], from start: Int) -> (ScanToken.Shape, Int) {
        var end = start + 1
        if isDigit(scalars[start]) {
            while end < scalars.count {
                let joins =
                    ".,:/-'".unicodeScalars.contains(scalars[end]) && end + 1 < scalars.count
                    && isDigit(scalars[end + 1])
                guard isDigit(scalars[end]) || joins else { break }
                end += 1
            }
            return (.number, end)
        }
        guard isLetter(scalars[start]) else { return (.mark, end) }
        while end < scalars.count, isLetter(scalars[end]) { end += 1 }
        return (.word, end)
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        guard !isDigit(scalar) else { return false }
        if scalar.value < 0x80 { return (0x61...0x7A).contains(scalar.value) }
        return scalar.properties.isAlphabetic
    }
}
