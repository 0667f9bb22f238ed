/// One line of a message's text with what its looks say.
struct ReplyLine {
    /// Longest part of a line that is looked at, in Unicode scalars; the whole line is kept.
    static let mostScalars = 2_000

    let text: Substring
    /// Folded and trimmed, without quote marks.
    let folded: FoldedText
    /// Whether it is marked as quoted: by `>` or by the structure of the HTML.
    let isQuoted: Bool

    init(_ text: Substring, isQuoted: Bool) {
        var rest = text
        if rest.last == "\r" { rest = rest.dropLast() }
        self.text = rest
        let head = rest.unicodeScalars.prefix(Self.mostScalars)
        let (marks, tail) = Self.quoteMarks(head)
        self.isQuoted = isQuoted || marks > 0
        folded = FoldedText(String(tail)).trimmed
    }

    var isBlank: Bool { folded.isEmpty }

    /// Words, as far as spaces separate them.
    var wordCount: Int { folded.bytes.split(separator: 0x20).count }

    var endsWithColon: Bool { folded.bytes.last == 0x3A || folded.hasSuffix("：") }

    /// Counts `>` at the start (at most three spaces before the first), as mail programs write them.
    private static func quoteMarks(_ head: Substring.UnicodeScalarView) -> (Int, Substring.UnicodeScalarView)
    {
        var rest = head
        var marks = 0
        while marks < 100 {
            let trimmed = rest.drop { $0 == " " || $0 == "\t" || $0 == "\u{A0}" }
            guard rest.count - trimmed.count <= 3, trimmed.first == ">" || trimmed.first == "＞" else { break }
            rest = trimmed.dropFirst()
            marks += 1
        }
        return (marks, rest)
    }
}

/// The lines of a message's text.
struct ReplyLines {
    /// Most lines that are looked at; what follows counts as quoted history.
    static let most = 20_000

    let lines: [ReplyLine]

    init(_ text: String, quoted: [Range<Int>]) {
        var lines: [ReplyLine] = []
        var ranges = quoted[...]
        // By scalar, since CR LF is one Character.
        let pieces = text.unicodeScalars.split(
            separator: "\n", maxSplits: Self.most, omittingEmptySubsequences: false)
        for (index, piece) in pieces.prefix(Self.most).enumerated() {
            while let range = ranges.first, range.upperBound <= index { ranges = ranges.dropFirst() }
            lines.append(ReplyLine(Substring(piece), isQuoted: ranges.first?.contains(index) ?? false))
        }
        self.lines = lines
    }
}
