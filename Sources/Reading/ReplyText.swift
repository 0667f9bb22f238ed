/// What the sender of a message newly wrote, apart from history, signature and footers.
public struct ReplyText: Equatable, Sendable {
    /// How sure the extraction is.
    public enum Confidence: String, Sendable {
        case high
        /// Nothing was left after the quotes and the signature were taken away, so everything was kept.
        case low
    }

    /// The written lines in order, also those between quoted ones.
    public let text: String
    /// Closing formula, name, contact block, disclaimer and mobile footer.
    public let signature: String
    public let confidence: Confidence

    /// Extracts the reply from a message's text.
    public init(of message: Message) {
        self.init(text: message.text, quotedLines: message.quotedLines, senderName: message.from?.name ?? "")
    }

    /// Extracts the reply from a text. `quotedLines` are line numbers known to be history, and `senderName`
    /// is the display name under which the sender may sign. Time grows linearly with the text: every
    /// look-ahead is bounded.
    public init(text: String, quotedLines: [Range<Int>] = [], senderName: String = "") {
        let lines = ReplyLines(text, quoted: quotedLines).lines
        var roles = History.roles(of: lines)
        Signature.mark(&roles, lines, senderName: SenderName(senderName))
        let written = Self.join(lines, where: { roles[$0] == .written })
        signature = Self.join(lines, where: { roles[$0] == .signature })
        if written.isEmpty && !lines.isEmpty {
            self.text = Self.join(lines, where: { roles[$0] != .signature })
            confidence = .low
        } else {
            self.text = written
            confidence = .high
        }
    }

    /// The chosen lines; blank ones at the ends are dropped, and where lines were taken out between two
    /// others one blank line is left.
    private static func join(_ lines: [ReplyLine], where isChosen: (Int) -> Bool) -> String {
        var result: [Substring] = []
        var previous: Int?
        for index in lines.indices where isChosen(index) {
            let isGap = previous.map { $0 != index - 1 } ?? false
            if isGap, !(result.last?.isEmpty ?? true) { result.append("") }
            let line = lines[index].isBlank ? "" : lines[index].text.trimmedAtEnd
            if !(line.isEmpty && (result.isEmpty || isGap && result.last?.isEmpty == true)) {
                result.append(line)
            }
            previous = index
        }
        while result.last?.isEmpty == true { result.removeLast() }
        return result.joined(separator: "\n")
    }
}

/// What a line is part of.
enum LineRole: Equatable {
    case written, history, signature
}

extension Substring {
    /// Without spaces at the end.
    var trimmedAtEnd: Substring {
        var copy = self
        while let last = copy.unicodeScalars.last, last == " " || last == "\t" || last == "\u{A0}" {
            copy.unicodeScalars.removeLast()
        }
        return copy
    }
}
