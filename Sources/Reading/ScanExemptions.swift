/// What looks like a number and is plainly none of money. Each answers how many tokens it takes, or `nil`.
enum ScanExemptions {
    typealias Tokens = ArraySlice<ScanToken>

    private static func token(_ tokens: Tokens, _ offset: Int) -> ScanToken? {
        let index = tokens.startIndex + offset
        return index < tokens.endIndex ? tokens[index] : nil
    }

    /// Whether something follows directly that makes a number of money of what stands before.
    private static func isFree(_ tokens: Tokens, after count: Int) -> Bool {
        guard let next = token(tokens, count), next.isGlued else { return true }
        return next.shape == .mark && ![",", "'", "%", "$", "€", "£"].contains(next.text) || next.text == ","
    }

    /// A web or mail address without a currency in it.
    static func address(_ tokens: Tokens, _ plain: PlainText) -> Int? {
        guard let first = tokens.first, !first.isGlued, first.shape == .word || first.text == "<" else {
            return nil
        }
        var end = first.range.lowerBound
        while end < plain.scalars.count, plain.scalars[end] != " ", plain.scalars[end] != "\n",
            end - first.range.lowerBound < 2_000
        { end += 1 }
        let text = String(String.UnicodeScalarView(plain.scalars[first.range.lowerBound..<end]))
        let at = text.firstIndex(of: "@")
        let isMail = at.map { text[$0...].contains(".") && text.count { $0 == "@" } == 1 } ?? false
        guard isMail || text.hasPrefix("http") && text.contains("://") || text.hasPrefix("www.") else {
            return nil
        }
        guard !text.unicodeScalars.contains(where: CurrencyNames.isSign) else { return nil }
        let words = text.split(whereSeparator: { !$0.isLetter })
        if words.contains(where: { MoneyWords.isCurrency(String($0), isCapital: false) }) { return nil }
        return tokens.prefix { $0.range.lowerBound < end }.count
    }

    /// `2026-03-12`, `12.03.2026`, `12 March 2026`, `12. März`, `March 12th, 2026`, `March 2026`,
    /// `2026年3月12日`.
    static func date(_ tokens: Tokens) -> Int? {
        guard let first = tokens.first else { return nil }
        if first.shape == .number {
            if !first.isGlued, isNumericDate(first.text), isFree(tokens, after: 1) { return 1 }
            if let count = ideographicDate(tokens) { return count }
            guard !first.isGlued, isDay(first.text) else { return nil }
            var count = 1
            if let next = token(tokens, count), next.isGlued,
                MoneyWords.ordinals.contains(next.text) || next.text == "."
            {
                count += 1
            }
            if let next = token(tokens, count), ["of", "de", "do", "di", "da"].contains(next.text) {
                count += 1
            }
            guard let month = token(tokens, count), MoneyWords.months.contains(month.text) else { return nil }
            return withYear(tokens, count + 1)
        }
        guard first.shape == .word, !first.isGlued, MoneyWords.months.contains(first.text) else { return nil }
        var count = 1
        if let next = token(tokens, count), next.text == "." { count += 1 }
        guard let number = token(tokens, count), number.shape == .number else { return nil }
        if isYear(number.text) { return isFree(tokens, after: count + 1) ? count + 1 : nil }
        guard isDay(number.text) else { return nil }
        count += 1
        if let next = token(tokens, count), next.isGlued, MoneyWords.ordinals.contains(next.text) {
            count += 1
        }
        return isFree(tokens, after: count) ? withYear(tokens, count) : nil
    }

    private static func withYear(_ tokens: Tokens, _ count: Int) -> Int {
        var end = count
        while let mark = token(tokens, end), [",", ".", "de", "of", "del"].contains(mark.text),
            end < count + 2
        { end += 1 }
        if let year = token(tokens, end), isYear(year.text), isFree(tokens, after: end + 1) { return end + 1 }
        return count
    }

    private static func ideographicDate(_ tokens: Tokens) -> Int? {
        var count = 0
        for units in [["年", "년"], ["月", "월"], ["日", "号", "號", "일"]] {
            guard let number = token(tokens, count), number.shape == .number, number.text.count <= 4,
                let unit = token(tokens, count + 1), units.contains(where: unit.text.hasPrefix)
            else { continue }
            count += 2
        }
        return count >= 4 ? count : nil
    }

    private static func isNumericDate(_ text: String) -> Bool {
        for separator in ["-", ".", "/"] as [Character] {
            let parts = text.split(separator: separator, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isYearFirst = isYear(String(parts[0]))
            guard isYearFirst || isYear(String(parts[2])) else { return false }
            let rest = (isYearFirst ? parts[1...2] : parts[0...1]).compactMap { Int($0) }
            return rest.count == 2 && rest.allSatisfy { (1...31).contains($0) } && rest.contains { $0 <= 12 }
        }
        return false
    }

    private static func isDay(_ text: String) -> Bool {
        text.count <= 2 && Int(text).map { (1...31).contains($0) } ?? false
    }

    private static func isYear(_ text: String) -> Bool {
        text.count == 4 && Int(text).map { (1990...2099).contains($0) } ?? false
    }

    /// `14:30`, `2 pm`, `14 Uhr`, `14h30`.
    static func time(_ tokens: Tokens) -> Int? {
        guard let first = tokens.first, first.shape == .number else { return nil }
        let parts = first.text.split(separator: ":").map { Int($0) }
        if first.text.contains(":") {
            let isTime =
                (2...3).contains(parts.count) && first.text.count <= 8 && parts.allSatisfy { $0 != nil }
            guard isTime, let hour = parts[0], hour < 24, parts.dropFirst().allSatisfy({ ($0 ?? 99) < 60 })
            else { return nil }
            return isFree(tokens, after: 1) ? 1 : nil
        }
        guard first.text.count <= 2, let hour = Int(first.text), hour < 24, let next = token(tokens, 1) else {
            return nil
        }
        if next.text == "h", next.isGlued, let minutes = token(tokens, 2), minutes.isGlued,
            minutes.text.count == 2
        {
            return (Int(minutes.text) ?? 99) < 60 ? 3 : nil
        }
        if ["am", "pm", "uhr", "oclock"].contains(next.text) { return 2 }
        let dotted =
            ["a", "p"].contains(next.text) && token(tokens, 2)?.text == "." && token(tokens, 3)?.text == "m"
        return dotted ? 4 : nil
    }

    /// `14 days`, `3-5 business days`, `2-week`, `two weeks`, `24/7`.
    static func duration(_ tokens: Tokens) -> Int? {
        guard let first = tokens.first, !first.isGlued || first.shape == .word else { return nil }
        if first.text == "24/7" { return 1 }
        let isCount =
            first.shape == .number && first.text.count <= 7
            && first.text.allSatisfy { $0.isNumber || $0 == "-" }
        guard isCount || first.shape == .word && MoneyWords.isNumberWord(first.text) else { return nil }
        var count = 1
        while count <= 5, let next = token(tokens, count) {
            if next.shape == .word, MoneyWords.timeUnits.contains(next.text) || startsWithTimeUnit(next) {
                return count + 1
            }
            let isFiller =
                next.shape == .word
                && (MoneyWords.durationFillers.contains(next.text) || MoneyWords.isNumberWord(next.text))
            let isRange = next.text == "-" || next.shape == .number && next.text.count <= 3
            guard isFiller || isRange else { return nil }
            count += 1
        }
        return nil
    }

    /// Scripts that do not separate words: 14天内.
    private static func startsWithTimeUnit(_ token: ScanToken) -> Bool {
        token.isGlued && MoneyWords.gluedTimeUnits.contains(where: token.text.hasPrefix)
    }

    /// `RFQ-2026-0012`, `GS324T`, `Q3`: capitals directly before a number, which are no currency and no word
    /// of price.
    static func reference(_ tokens: Tokens) -> Int? {
        guard let first = tokens.first, first.shape == .word, first.isCapital, !first.isGlued else {
            return nil
        }
        var count = 1
        if first.text == "q", let next = token(tokens, 1), next.isGlued,
            ["1", "2", "3", "4"].contains(next.text)
        {
            return isFree(tokens, after: 2) ? 2 : nil
        }
        guard (2...8).contains(first.text.count), !MoneyWords.couldPrecedeAPrice(first.text) else {
            return nil
        }
        if let next = token(tokens, 1), next.isGlued, next.text == "-" || next.text == "_" { count += 1 }
        guard let number = token(tokens, count), number.isGlued, number.shape == .number,
            !number.text.contains(where: { ".,'".contains($0) })
        else { return nil }
        count += 1
        while count < 8, let next = token(tokens, count), next.isGlued {
            let isCode =
                next.shape == .word && next.isCapital && !MoneyWords.isCurrency(next.text, isCapital: true)
                || next.text == "-"
            if next.shape == .mark && next.text != "-" { return isFree(tokens, after: count) ? count : nil }
            guard isCode || next.shape == .number else { return nil }
            count += 1
        }
        return count
    }

    /// `1st`, and the number of an item of a list at the start of its line.
    static func ordinal(_ tokens: Tokens) -> Int? {
        guard let first = tokens.first, first.shape == .number, !first.isGlued, isDay(first.text),
            let next = token(tokens, 1)
        else {
            return nil
        }
        if next.isGlued, MoneyWords.ordinals.contains(next.text) { return 2 }
        let isItem = first.startsLine && next.isGlued && [".", ")"].contains(next.text)
        guard isItem, let word = token(tokens, 2), !word.isGlued, word.shape == .word, word.line == first.line
        else { return nil }
        return 2
    }
}
