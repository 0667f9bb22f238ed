/// What a delivery report says in words, where no field says it.
struct BounceProse {
    /// Lines that are read of the text; reports are short and the returned message follows.
    static let mostLines = 120

    private(set) var recipient: String?
    private(set) var status: String?
    private(set) var action: Bounce.Action?
    private(set) var originalMessageID: String?
    private(set) var diagnostic: String?

    init(of message: Message) {
        let lines = message.text.split(separator: "\n", maxSplits: Self.mostLines).prefix(Self.mostLines)
        let folded = lines.map { FoldedText($0).trimmed }
        let own = Set(([message.from?.comparable] + message.to.map(\.comparable)).compactMap { $0 })
        for (line, text) in zip(lines, folded) {
            if text.contains("message-id:"), originalMessageID == nil {
                originalMessageID = MessageIDs.read(line).first
            }
            if status == nil { status = Self.enhancedStatus(in: text) }
            let names = Self.addresses(in: String(line)).filter {
                !own.contains($0.lowercased()) && !Self.isServer($0) && !text.contains("message-id")
            }
            if diagnostic == nil, text.containsAny(of: Self.failures) || Self.hasReplyCode(text) {
                diagnostic = String(line.prefix(500))
            }
            let isOther = text.hasPrefix("to:") || text.containsAny(of: Self.otherParties)
            if recipient == nil, !isOther, let name = names.first { recipient = name }
        }
        action = Self.action(subject: FoldedText(message.subject), lines: folded, status: status)
    }

    private static func action(subject: FoldedText, lines: [FoldedText], status: String?) -> Bounce.Action? {
        let all = [subject] + lines
        if all.contains(where: { $0.containsAny(of: delays) }) { return .delayed }
        if subject.containsAny(of: ["relay", "relayed"]) { return .relayed }
        if all.contains(where: { $0.containsAny(of: successes) }) { return .delivered }
        if status?.first == "4", all.contains(where: { $0.containsAny(of: ["will be retried", "retry"]) }) {
            return .delayed
        }
        return .failed
    }

    /// A code like `5.1.1` that stands alone: class 2, 4 or 5, subject and detail of one to three digits.
    static func enhancedStatus(in text: FoldedText) -> String? {
        let bytes = text.bytes
        for start in bytes.indices where [0x32, 0x34, 0x35].contains(bytes[start]) {
            if start > 0, bytes[start - 1] == 0x2E || FoldedText.isWordByte(bytes[start - 1]) { continue }
            var end = start + 1
            var groups = 0
            while groups < 2, end < bytes.count, bytes[end] == 0x2E {
                let digits = bytes[(end + 1)...].prefix(4).prefix { (0x30...0x39).contains($0) }
                guard (1...3).contains(digits.count) else { break }
                end += 1 + digits.count
                groups += 1
            }
            let free =
                end == bytes.count
                || !(bytes[end] == 0x2E && end + 1 < bytes.count && FoldedText.isWordByte(bytes[end + 1]))
            if groups == 2, free, end == bytes.count || !FoldedText.isWordByte(bytes[end]) {
                return String(decoding: bytes[start..<end], as: UTF8.self)
            }
        }
        return nil
    }

    /// An SMTP reply code of failure at the start of a line or after a colon or space.
    private static func hasReplyCode(_ text: FoldedText) -> Bool {
        text.bytes.split(whereSeparator: { !FoldedText.isWordByte($0) }).contains { word in
            word.count == 3 && (word.first == 0x35 || word.first == 0x34)
                && word.allSatisfy { (0x30...0x39).contains($0) }
        }
    }

    /// The addresses in a text, in order; a local part, `@`, and a domain with a dot.
    static func addresses(in text: String) -> [String] {
        guard text.utf8.contains(0x40) else { return [] }
        return text.utf8.split(whereSeparator: separators.contains).compactMap { word in
            guard word.contains(0x40) else { return nil }
            var word = Substring(word).drop { ".=".contains($0) }
            // X.400 names the address as SMTP=dana@example.com.
            if word.lowercased().hasPrefix("smtp=") { word = word.dropFirst(5) }
            guard let at = word.lastIndex(of: "@"), at != word.startIndex else { return nil }
            var domain = word[word.index(after: at)...]
            while let last = domain.last, !last.isLetter, !last.isNumber { domain = domain.dropLast() }
            guard domain.contains("."),
                domain.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" })
            else {
                return nil
            }
            return String(word[..<at]) + "@" + domain
        }
    }

    /// What stands around addresses.
    private static let separators = Set(" \t\r\n<>()[]{},;:\"'|*".utf8)

    private static func isServer(_ address: String) -> Bool {
        let folded = FoldedText(address)
        return folded.hasPrefix("mailer-daemon@") || folded.hasPrefix("postmaster@")
            || folded.hasPrefix("abuse@")
    }

    private static let failures: [StaticPhrase] = [
        "user unknown", "unknown user", "no such user", "does not exist", "mailbox unavailable",
        "mailbox full",
        "over quota", "quota exceeded", "address rejected", "host unknown", "host not found",
        "domain not found",
        "not found", "relay access denied", "access denied", "unrouteable", "undeliverable", "rejected",
    ]
    /// Lines that name somebody else than the recipient.
    private static let otherParties: [StaticPhrase] = [
        "from:", "reply-to:", "mail from", "sender:", "errors-to:", "contact ",
    ]
    private static let delays: [StaticPhrase] = [
        "delayed", "is still being retried", "will be retried", "will retry", "will keep trying",
        "will continue to try",
        "not yet been delivered", "has not been delivered yet", "could not send message for past",
        "do not need to resend",
        "you do not need to", "this is a warning message only", "warning message only",
        "delivery attempts will continue",
        "verzogert", "retardee", "retardado", "temporarily", "temporary problem", "has been deferred",
    ]
    private static let successes: [StaticPhrase] = [
        "successfully delivered", "was delivered to", "has been delivered", "erfolgreich zugestellt",
        "your message was successfully",
    ]
}
