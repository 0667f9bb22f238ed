/// Finds the quoted history among the lines of a message.
enum History {
    /// Lines over which one attribution may be wrapped.
    private static let mostAttributionLines = 4
    /// Lines a header block may take, with long recipient lists wrapped.
    private static let mostHeaderLines = 30

    /// The role of every line as far as history goes: what is not history is `written`.
    static func roles(of lines: [ReplyLine]) -> [LineRole] {
        var roles = lines.map { $0.isQuoted ? LineRole.history : .written }
        var index = 0
        while index < lines.count {
            if roles[index] == .history || lines[index].isBlank {
                index += 1
            } else if startsHistory(lines, at: index) {
                for rest in index..<lines.count { roles[rest] = .history }
                break
            } else if let (end, cutsRest) = attribution(lines, at: index) {
                let last = cutsRest ? lines.count : end
                for line in index..<last { roles[line] = .history }
                index = last
            } else {
                index += 1
            }
        }
        return roles
    }

    /// Whether everything from here on is an older message: a separator line, or the block of header lines
    /// that Outlook and its kind put above it.
    private static func startsHistory(_ lines: [ReplyLine], at index: Int) -> Bool {
        let line = lines[index].folded
        if isSeparator(line) { return true }
        if isRule(line), let next = nextFilled(lines, after: index), next - index <= 3 {
            return HeaderBlock.labels(lines, at: next, most: mostHeaderLines) >= 2
        }
        return HeaderBlock.labels(lines, at: index, most: mostHeaderLines) >= 3
    }

    private static func isSeparator(_ line: FoldedText) -> Bool {
        guard line.count <= 120 else { return false }
        if HistoryPhrases.bareSeparators.contains(where: { line.bytes == $0.bytes }) { return true }
        guard let first = line.bytes.first, [0x2D, 0x5F, 0x3D, 0x2A].contains(first) else { return false }
        let inner = line.bytes.filter { ![0x2D, 0x5F, 0x3D, 0x2A].contains($0) }
        let words = FoldedText(String(decoding: inner, as: UTF8.self)).trimmed
        let isFramed =
            line.hasPrefix("--") || line.hasPrefix("__") || line.hasPrefix("==") || line.hasPrefix("*--")
        if isFramed && HistoryPhrases.separators.contains(where: words.hasPrefix) { return true }
        let isEnclosed = line.hasPrefix("--") && line.hasSuffix("--") && words.count >= 8
        return isEnclosed && words.containsAnyWord(of: HistoryPhrases.attributionVerbs)
    }

    /// A line of dashes, underscores or equals signs, at least five.
    private static func isRule(_ line: FoldedText) -> Bool {
        guard line.count >= 5, let first = line.bytes.first, first == 0x2D || first == 0x5F || first == 0x3D
        else { return false }
        return line.bytes.allSatisfy { $0 == first || $0 == 0x20 }
    }

    private static func nextFilled(_ lines: [ReplyLine], after index: Int) -> Int? {
        lines[(index + 1)...].prefix(10).firstIndex { !$0.isBlank }
    }

    /// The end of an attribution ("On … Dana wrote:") that begins here, and whether all that follows is
    /// history although it is not marked by `>`.
    private static func attribution(_ lines: [ReplyLine], at index: Int) -> (end: Int, cutsRest: Bool)? {
        var joined: [UInt8] = []
        for end in index..<min(index + mostAttributionLines, lines.count) {
            let line = lines[end]
            if line.isQuoted || line.isBlank { return nil }
            if end > index {
                // A line that is an attribution by itself is not the rest of one.
                if Attribution.opens(line.folded), Attribution.strength(of: line.folded) == .certain {
                    return nil
                }
                joined.append(0x20)
            }
            joined += line.folded.bytes
            let text = FoldedText(String(decoding: joined, as: UTF8.self))
            if let strength = Attribution.strength(of: text) {
                let next = nextFilled(lines, after: end)
                if let next, lines[next].isQuoted { return (end + 1, false) }
                if strength == .certain { return (end + 1, true) }
            }
            if end == index && !Attribution.mayStart(line.folded) { return nil }
        }
        return nil
    }
}

/// Recognises the line that names the author of what is quoted below.
enum Attribution {
    enum Strength { case certain, likely }

    /// Longest attribution, in octets of folded text.
    private static let longest = 500

    /// Whether a wrapped attribution may begin with this line.
    static func mayStart(_ line: FoldedText) -> Bool {
        opens(line) || line.bytes.contains(0x40)
            || (line.bytes.first.map { (0x30...0x39).contains($0) } ?? false)
    }

    /// Whether the line begins with a word that opens attributions: "On", "Am", a weekday.
    static func opens(_ line: FoldedText) -> Bool {
        HistoryPhrases.attributionStarts.contains { begins(line, with: $0) }
    }

    /// Whole words only, so that "lor" (Saturday) does not begin "Lorem".
    private static func begins(_ line: FoldedText, with phrase: StaticPhrase) -> Bool {
        guard line.hasPrefix(phrase) else { return false }
        guard phrase.bytes.last != 0x20, line.count > phrase.bytes.count else { return true }
        return !FoldedText.isWordByte(line.bytes[phrase.bytes.count])
    }

    /// `certain` with a verb and a date or an address; `likely`, which counts only above a quoted line, with
    /// less than that.
    static func strength(of text: FoldedText) -> Strength? {
        guard text.count <= longest, let last = text.bytes.last else { return nil }
        let hasAddress = text.bytes.contains(0x40)
        let digits = text.bytes.count { (0x30...0x39).contains($0) }
        let colon = last == 0x3A || text.hasSuffix("：") || text.hasSuffix(": \"")
        guard colon || hasAddress && digits >= 3 else { return nil }
        let verb = HistoryPhrases.attributionVerbs.contains { text.containsWord($0) }
        if colon && verb {
            if hasAddress && digits > 0 || digits >= 3 && mayStart(text) { return .certain }
            return hasAddress && text.hasSuffix(">:") ? .certain : .likely
        }
        if colon && hasAddress && digits >= 3 { return text.hasSuffix(">:") ? .certain : .likely }
        if last == 0x3E && hasAddress && digits >= 4 { return .likely }
        if verb && hasAddress && digits >= 3 && mayStart(text) { return .likely }
        return nil
    }
}

/// Recognises the lines From, Sent, To, Subject above a quoted message.
enum HeaderBlock {
    /// Longest label, in octets of folded text.
    private static let longestLabel = 28

    /// How many different header labels stand together from this line on; 0 unless the first is one and the
    /// author's label is among the first two.
    static func labels(_ lines: [ReplyLine], at start: Int, most: Int) -> Int {
        guard lines[start].headerLabel != nil else { return 0 }
        var seen: Set<HeaderLabel> = []
        var order: [HeaderLabel] = []
        var strays = 0
        for line in lines[start...].prefix(most) {
            if line.isBlank {
                strays += 1
            } else if let label = line.headerLabel {
                strays = 0
                if seen.insert(label).inserted { order.append(label) }
            } else {
                strays += 1
            }
            if strays > 2 { break }
        }
        if order.prefix(2).contains(.author) { return seen.count }
        // Without an author only a date and a recipient's address together are a header block.
        let isAddressed = lines[start...].prefix(2).contains {
            $0.headerLabel == .recipient && $0.folded.bytes.contains(0x40)
        }
        return isAddressed && order.contains(.date) ? seen.count + 1 : 0
    }

    static func label(of line: FoldedText) -> HeaderLabel? {
        guard line.bytes.prefix(longestLabel).contains(where: { $0 == 0x3A || $0 == 0xEF }) else {
            return nil
        }
        let bytes = line.bytes.drop { $0 == 0x2A || $0 == 0x20 || $0 == 0x7C }
        let end = bytes.prefix(longestLabel).firstIndex(of: 0x3A)
        var name = FoldedText(
            String(decoding: end.map { bytes[..<$0] } ?? bytes.prefix(longestLabel), as: UTF8.self))
        if end == nil {
            guard let wide = name.firstIndex(of: "：") else { return nil }
            name = FoldedText(String(decoding: name.bytes[..<wide], as: UTF8.self))
        }
        let word = name.string.filter { $0 != "*" }
        return HistoryPhrases.labels[String(word.drop { $0 == " " }).trimmedTail]
    }
}

/// What a line of a header block tells.
enum HeaderLabel: Hashable { case author, date, recipient, copy, subject, other }

extension StaticPhrase {
    var string: String { String(decoding: bytes, as: UTF8.self) }
}

extension String {
    fileprivate var trimmedTail: String {
        var copy = self
        while copy.last == " " { copy.removeLast() }
        return copy
    }
}
