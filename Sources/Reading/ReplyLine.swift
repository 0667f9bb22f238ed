/// One line of a message's text with what its looks say.
struct ReplyLine {
    /// Longest part of a line that is looked at, in Unicode scalars; the whole line is kept.
    static let mostScalars = 2_000

    let text: Substring
    /// Folded and trimmed, without quote marks.
    let folded: FoldedText
    /// Whether it is marked as quoted: by `>` or by the structure of the HTML.
    let isQuoted: Bool
    /// What the line tells if it is one of a header block: "Sent: Monday".
    let headerLabel: HeaderLabel?

    init(_ text: Substring, isQuoted: Bool, closesLink: Bool = false) {
        var rest = text
        if rest.last == "\r" { rest = rest.dropLast() }
        self.text = rest
        let head = rest.unicodeScalars.prefix(Self.mostScalars)
        let counted = Self.quoteMarks(head)
        // `>>> offer <<<` is decoration, and `>` below a torn `<http…` closes the link.
        let isDecorated = counted.0 > 1 && head.reversed().prefix(2).elementsEqual(["<", "<"])
        let (marks, tail) = isDecorated || closesLink && counted.0 == 1 ? (0, head) : counted
        self.isQuoted = isQuoted || marks > 0
        folded = FoldedText(String(tail)).trimmed
        headerLabel = HeaderBlock.label(of: folded)
    }

    var isBlank: Bool { folded.isEmpty }

    /// Words, as far as spaces separate them.
    var wordCount: Int { folded.bytes.split(separator: 0x20).count }

    /// Whether a `<http…` begins here that is not closed.
    var leavesLinkOpen: Bool {
        guard let open = folded.bytes.lastIndex(of: 0x3C) else { return false }
        return folded.bytes[open...].starts(with: Array("<http".utf8))
            && !folded.bytes[open...].contains(0x3E)
    }

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
            let isQuoted = ranges.first?.contains(index) ?? false
            let closesLink = lines.last.map { !$0.isQuoted && $0.leavesLinkOpen } ?? false
            lines.append(ReplyLine(Substring(piece), isQuoted: isQuoted, closesLink: closesLink))
        }
        self.lines = lines
    }
}
