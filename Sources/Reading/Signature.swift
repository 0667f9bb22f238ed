/// Finds signatures, mobile footers and disclaimers among the written lines.
enum Signature {
    /// Filled lines a signature may have below its first one.
    private static let mostLines = 25
    /// Lines, blank ones among them, from a signature's first line to the end.
    private static let mostSpan = 150

    /// Marks the signature at the end of every run of written lines.
    static func mark(_ roles: inout [LineRole], _ lines: [ReplyLine], senderName: SenderName) {
        var start = 0
        while start < lines.count {
            guard roles[start] == .written else {
                start += 1
                continue
            }
            var end = start
            while end < lines.count, roles[end] == .written { end += 1 }
            for index in signatureLines(lines, start..<end, senderName) { roles[index] = .signature }
            start = end
        }
    }

    private static func signatureLines(_ lines: [ReplyLine], _ run: Range<Int>, _ name: SenderName) -> [Int] {
        var footers: [Int] = []
        for index in run where !lines[index].isBlank {
            let line = lines[index].folded
            if isDelimiter(lines[index]) { return footers + Array(index..<run.upperBound) }
            if line.count <= 160, isMobileFooter(line) {
                let rest = lines[(index + 1)..<run.upperBound].prefix(mostSpan).count { !$0.isBlank }
                if rest <= 8 { return footers + Array(index..<run.upperBound) }
                footers.append(index)
            }
            if isDisclaimer(lines, index, run) { return footers + Array(index..<run.upperBound) }
            if isSigned(lines, index, run, name) {
                return footers + upToPostscript(lines, index..<run.upperBound)
            }
        }
        return footers
    }

    /// `-- ` (RFC 3676, 4.3) and what people make of it: a line of dashes or underscores alone.
    private static func isDelimiter(_ line: ReplyLine) -> Bool {
        let bytes = line.folded.bytes
        guard (1...3).contains(bytes.count) else { return false }
        if bytes == [0x2D] { return line.text.hasPrefix("\u{2014}") }
        return bytes.count >= 2 && bytes.allSatisfy { $0 == 0x2D }
            || bytes.count >= 2 && bytes.allSatisfy { $0 == 0x5F }
    }

    private static func isMobileFooter(_ line: FoldedText) -> Bool {
        SignaturePhrases.footers.contains { line.hasPrefix($0) }
            || SignaturePhrases.footerTails.contains { line.hasSuffix($0) && line.count <= 80 }
    }

    private static func isDisclaimer(_ lines: [ReplyLine], _ index: Int, _ run: Range<Int>) -> Bool {
        let line = lines[index].folded
        guard SignaturePhrases.disclaimers.contains(where: line.hasPrefix) else { return false }
        return index > run.lowerBound && (lines[index - 1].isBlank || isRule(lines[index - 1].folded))
    }

    private static func isRule(_ line: FoldedText) -> Bool {
        line.count >= 3 && line.bytes.allSatisfy { [0x2D, 0x5F, 0x2A, 0x3D, 0x20, 0x7E].contains($0) }
    }

    /// Whether the sender takes leave on this line: a closing formula or the own name, with nothing below but
    /// what looks like a contact block.
    private static func isSigned(_ lines: [ReplyLine], _ index: Int, _ run: Range<Int>, _ name: SenderName)
        -> Bool
    {
        let line = lines[index].folded
        guard line.count <= 90, run.upperBound - index <= mostSpan else { return false }
        let below = upToPostscript(lines, index + 1..<run.upperBound).filter { !lines[$0].isBlank }.map {
            lines[$0]
        }
        guard below.count <= mostLines else { return false }
        if let formula = ClosingFormula(line) {
            guard let first = below.first else { return index > run.lowerBound || formula.isStrong }
            let opens = formula.hasName || looksLikeName(first.folded) || name.isSigned(on: first.folded)
            return opens && looksLikeContact(below)
        }
        guard
            name.isSigned(on: line)
                || index > run.lowerBound && isRule(line) && below.contains(where: isContact)
        else {
            return false
        }
        return looksLikeContact(below)
    }

    /// A few words without a figure or the end of a sentence.
    private static func looksLikeName(_ line: FoldedText) -> Bool {
        let words = line.bytes.split(separator: 0x20).count
        guard words <= 6, line.count <= 60, let last = line.bytes.last else { return false }
        if line.bytes.contains(where: { (0x30...0x39).contains($0) || $0 == 0x24 }) { return isContact(line) }
        return last != 0x3F && last != 0x21 && (last != 0x2E || words <= 3)
    }

    /// Short lines, or a disclaimer from some line on.
    private static func looksLikeContact(_ lines: [ReplyLine]) -> Bool {
        for line in lines {
            if SignaturePhrases.disclaimers.contains(where: line.folded.hasPrefix) || isDelimiter(line) {
                return true
            }
            let isShort = line.folded.count <= 120 && line.wordCount <= 12
            if !isShort && !isContact(line) { return false }
        }
        return true
    }

    private static func isContact(_ line: ReplyLine) -> Bool { isContact(line.folded) }

    private static func isContact(_ line: FoldedText) -> Bool {
        line.bytes.contains(0x40) || line.containsAny(of: SignaturePhrases.contactMarks)
    }

    /// A postscript below the name is written text again.
    private static func upToPostscript(_ lines: [ReplyLine], _ range: Range<Int>) -> [Int] {
        let end = range.first { SignaturePhrases.postscripts.contains(where: lines[$0].folded.hasPrefix) }
        return Array(range.lowerBound..<(end ?? range.upperBound))
    }
}

/// A line such as "Best regards," or "Viele Grüße, Dana".
struct ClosingFormula {
    /// Whether a name follows on the same line.
    let hasName: Bool
    /// Whether nobody writes it but to close: "Best regards", as against "Thanks".
    let isStrong: Bool

    init?(_ line: FoldedText) {
        let strong = SignaturePhrases.closings.first { Self.begins(line, $0) }
        guard let phrase = strong ?? SignaturePhrases.weakClosings.first(where: { Self.begins(line, $0) })
        else { return nil }
        var rest = line.bytes.dropFirst(phrase.bytes.count)
        while let byte = rest.first, [0x2C, 0x2E, 0x21, 0x2D, 0x20, 0x3A].contains(byte) {
            rest = rest.dropFirst()
        }
        let text = FoldedText(String(decoding: rest, as: UTF8.self))
        isStrong = strong != nil
        hasName = !text.isEmpty
        if text.isEmpty { return }
        let words = text.bytes.split(separator: 0x20).count
        let separated =
            line.bytes.dropFirst(phrase.bytes.count).first.map { [0x2C, 0x2E, 0x21, 0x2D].contains($0) }
            ?? false
        guard words <= (isStrong || separated ? 4 : 2),
            !text.bytes.contains(where: { (0x30...0x39).contains($0) })
        else {
            return nil
        }
        if text.containsAnyWord(of: SignaturePhrases.notNames) || !separated && !isStrong { return nil }
    }

    private static func begins(_ line: FoldedText, _ phrase: StaticPhrase) -> Bool {
        guard line.hasPrefix(phrase) else { return false }
        guard phrase.isLatin, line.count > phrase.bytes.count else { return true }
        return !FoldedText.isWordByte(line.bytes[phrase.bytes.count])
    }
}

/// The forms under which a sender may sign: full name, first name, initials.
struct SenderName {
    private let forms: Set<String>

    init(_ displayName: String) {
        let folded = FoldedText(displayName).string
        let words = folded.split(whereSeparator: { " ,.\"()".contains($0) }).map(String.init)
        var forms: Set<String> = []
        if let first = words.first, first.count >= 3, words.count <= 4 { forms.insert(first) }
        if words.count >= 2, words.count <= 4, let last = words.last {
            forms.insert(words.joined(separator: " "))
            forms.insert(words.reversed().joined(separator: " "))
            if folded.contains(","), last.count >= 3 { forms.insert(last) }
        }
        self.forms = forms
    }

    /// Whether the line is the sender's name and nothing else.
    func isSigned(on line: FoldedText) -> Bool {
        guard line.count <= 60, !forms.isEmpty else { return false }
        let words = line.string.split(whereSeparator: { " ,.-/~*\"".contains($0) }).joined(separator: " ")
        return forms.contains(words)
    }
}
