/// Finds words that announce other bank details: what pays, and beside it in one sentence that it is
/// another.
struct ChangeReader {
    /// Bytes between the two; a Chinese or Japanese character has three.
    private static let reach = 60
    /// Words between a change and what it changes.
    private static let mostWords = 4
    /// Bytes between the two in scripts that do not part words with blanks.
    private static let nearBytes = 30
    /// Scalars of a line from which on it was broken because it was full.
    private static let fullLine = 40
    /// Bytes that a negation can take.
    private static let negationReach = 24

    private let text: BankText

    init(_ text: BankText) { self.text = text }

    /// The announcements from left to right, in plain scalars; those that overlap are one.
    var announcements: [Range<Int>] {
        let found = ChangePhrases.languages.flatMap(announcements(in:)).sorted {
            $0.lowerBound < $1.lowerBound
        }
        var merged: [Range<Int>] = []
        for range in found {
            if let last = merged.last, last.overlaps(range) {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged.map { text.place(ofByte: $0.lowerBound)..<text.place(ofByte: $0.upperBound) }
    }

    private func announcements(in language: ChangePhrases) -> [Range<Int>] {
        let beside = language.nouns.flatMap { noun in
            text.words(noun).compactMap { change(before: $0, language) ?? change(after: $0, language) }
        }
        let whole = language.whole.flatMap { text.words($0) }.filter {
            !isNegated($0, language) && !BankPhrases.isHoliday(text, after: $0)
        }
        return beside + whole
    }

    /// From the word for a change to the noun: `new bank details`.
    private func change(before noun: Range<Int>, _ language: ChangePhrases) -> Range<Int>? {
        let window = max(0, noun.lowerBound - Self.reach)..<noun.lowerBound
        for phrase in language.before {
            for word in text.words(phrase, in: window).reversed() {
                let between = word.upperBound..<noun.lowerBound
                let isAboutIt = !text.slice(between).containsAnyWord(of: ChangePhrases.somethingElse)
                if isOneThought(between), isAboutIt, !isNegated(word, language) {
                    return word.lowerBound..<noun.upperBound
                }
            }
        }
        return nil
    }

    /// From the noun to the word for a change: `bank details have changed`.
    private func change(after noun: Range<Int>, _ language: ChangePhrases) -> Range<Int>? {
        let window = noun.upperBound..<min(text.folded.count, noun.upperBound + Self.reach)
        for phrase in language.after {
            for word in text.words(phrase, in: window) {
                let between = noun.upperBound..<word.lowerBound
                if isOneThought(between), !isNegated(word, language) {
                    return noun.lowerBound..<word.upperBound
                }
            }
        }
        return nil
    }

    /// Whether both are parts of one thought: in one sentence, and only few words apart.
    private func isOneThought(_ between: Range<Int>) -> Bool {
        guard !endsSentence(between) else { return false }
        let bytes = text.folded.bytes[between]
        let isNear = bytes.allSatisfy { $0 < 0x80 } || between.count <= Self.nearBytes
        return isNear && bytes.split(separator: 0x20).count <= Self.mostWords
    }

    /// A point ends a sentence before a capital letter, so that `acct. details` stay together. The end of a
    /// short line does, as in an address (`Neue Straße 5`, then `Bankverbindung`), unless nothing else
    /// stands between.
    private func endsSentence(_ bytes: Range<Int>) -> Bool {
        let scalars = text.plain.scalars
        let range = text.place(ofByte: bytes.lowerBound)..<text.place(ofByte: bytes.upperBound)
        let isBlank = scalars[range].allSatisfy { $0 == " " || $0 == "\n" }
        return range.contains { index in
            switch scalars[index] {
            case "!", "?", ";", ":", "。", "；", "？", "！", "：": return true
            case "\n": return !isBlank && isShortLine(endingAt: index)
            case ".":
                let next = scalars[(index + 1)...].firstIndex { $0 != " " && $0 != "\n" }
                return next.map { $0 > index + 1 && text.plain.isCapital[$0] } ?? true
            default: return false
            }
        }
    }

    private func isShortLine(endingAt index: Int) -> Bool {
        let line = text.plain.scalars[..<index].suffix(Self.fullLine)
        return line.count < Self.fullLine || line.contains("\n")
    }

    private func isNegated(_ word: Range<Int>, _ language: ChangePhrases) -> Bool {
        let sentence = max(0, word.lowerBound - Self.reach)..<word.lowerBound
        if !endsSentence(sentence), text.slice(sentence).containsAnyWord(of: language.warnings) {
            return true
        }
        let before = text.slice(max(0, word.lowerBound - Self.negationReach)..<word.lowerBound).trimmed
        let after = text.slice(word.upperBound..<min(text.folded.count, word.upperBound + Self.negationReach))
        return language.negations.contains { before.hasSuffix($0) && isWord($0, endOf: before) }
            || language.negationsAfter.contains { after.trimmed.hasPrefix($0) }
    }

    private func isWord(_ phrase: StaticPhrase, endOf text: FoldedText) -> Bool {
        guard phrase.isLatin, text.count > phrase.bytes.count, phrase.bytes.first != nil else { return true }
        let previous = text.bytes[text.count - phrase.bytes.count - 1]
        return !FoldedText.isWordByte(previous) || phrase == "n't"
    }
}
