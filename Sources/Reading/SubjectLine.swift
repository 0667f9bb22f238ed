/// A subject taken apart: the marks that mail programs put in front, and what people wrote.
public struct SubjectLine: Hashable, Sendable {
    /// Whether it begins with a mark for a reply (`Re:`, `AW:`, `Antw:`, `回复：` …).
    public let isReply: Bool
    /// Whether it begins with a mark for a forwarded message (`Fwd:`, `WG:`, `TR:` …).
    public let isForward: Bool
    /// What is left, folded: lower case, accents and extra spaces dropped. Equal for two messages of one
    /// thread.
    public let normalised: String

    /// Takes a decoded subject apart. At most 20 marks are taken off.
    public init(_ subject: String) {
        var rest = FoldedText(subject).trimmed.string[...]
        var reply = false
        var forward = false
        for _ in 0..<20 {
            guard let (mark, tail) = Self.mark(at: rest) else { break }
            reply = reply || Self.replyMarks.contains(mark)
            forward = forward || Self.forwardMarks.contains(mark)
            rest = tail
        }
        isReply = reply
        isForward = forward
        normalised = rest.split(separator: " ").joined(separator: " ")
    }

    /// Whether the two speak of different things: neither contains the other and they share less than half of
    /// the words of the shorter one.
    public func isAboutSomethingElse(than other: SubjectLine) -> Bool {
        if normalised.isEmpty || other.normalised.isEmpty { return false }
        if normalised == other.normalised { return false }
        let own = Set(normalised.split(whereSeparator: { !$0.isLetter && !$0.isNumber }))
        let others = Set(other.normalised.split(whereSeparator: { !$0.isLetter && !$0.isNumber }))
        return own.intersection(others).count * 2 < min(own.count, others.count)
    }

    /// A mark such as `re:`, `re[2]:`, `re(3):`, `aw :` or a list's `[external]` at the start.
    private static func mark(at text: Substring) -> (String, Substring)? {
        let text = text.drop { $0 == " " }
        if text.first == "[", let close = text.prefix(41).firstIndex(of: "]") {
            let label = text[text.index(after: text.startIndex)..<close]
            return bracketed.contains(String(label))
                ? (String(label), text[text.index(after: close)...]) : nil
        }
        guard let colon = text.prefix(17).firstIndex(where: { $0 == ":" || $0 == "：" }) else { return nil }
        var word = text[..<colon]
        if let open = word.firstIndex(where: { $0 == "[" || $0 == "(" || $0 == "^" }) { word = word[..<open] }
        let label = String(word.filter { $0 != " " }).trimmingDigits
        guard replyMarks.contains(label) || forwardMarks.contains(label) else { return nil }
        return (label, text[text.index(after: colon)...])
    }

    private static let replyMarks: Set<String> = [
        "re", "aw", "antw", "antwort", "sv", "vs", "res", "rsp", "rif", "r", "ref", "odp", "ynt", "yan",
        "ats", "att",
        "bls", "vá", "va", "vl", "απ", "σχετ", "σχε", "на", "отв", "ответ", "回复", "回覆", "答复", "返信", "답장",
        "회신",
        "re aw", "tr re", "hta", "rv re", "relativo", "svar", "vast", "odg", "ha", "reply", "trả lời", "bal",
        "balas",
        "השב", "תגובה", "رد", "ตอบ", "ตอบกลับ",
    ]
    private static let forwardMarks: Set<String> = [
        "fw", "fwd", "wg", "tr", "rv", "enc", "i", "vb", "vs fwd", "doorst", "pd", "ilt", "tov", "πρθ", "转发",
        "轉寄",
        "転送", "전달", "fs", "továbbítás", "weitergeleitet", "inoltrato", "przek", "пересл", "переслано",
        "הועבר", "إعادة توجيه",
    ]
    private static let bracketed: Set<String> = [
        "external", "extern", "externe", "externo", "ext", "external email", "suspected spam", "spam",
        "caution",
        "external sender",
    ]
}

extension String {
    fileprivate var trimmingDigits: String {
        var copy = self
        while let last = copy.last, last.isASCII, last.isNumber { copy.removeLast() }
        return copy
    }
}
