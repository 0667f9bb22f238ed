import Negotiation
import Reading

/// Writes headers, folded, encoded, and never more of them than were asked for.
struct HeaderWriter {
    /// Octets of a line at which headers are folded (RFC 5322, 2.1.1).
    static let lineLength = 78
    /// References that are written at most.
    private static let mostReferences = 30

    private(set) var bytes: [UInt8] = []

    mutating func writeAll(of message: OutgoingMessage) throws(MimeError) {
        try write("Date", words: Self.date(message.date).split(separator: " ").map(String.init))
        try write("From", words: Self.mailbox(message.from, field: "From"))
        if !message.to.isEmpty { try write("To", words: Self.mailboxes(message.to, field: "To")) }
        if !message.cc.isEmpty { try write("Cc", words: Self.mailboxes(message.cc, field: "Cc")) }
        if let address = message.replyTo {
            try write("Reply-To", words: Self.mailbox(address, field: "Reply-To"))
        }
        try write("Subject", text: message.subject)
        try write("Message-ID", words: [Self.id(message.messageID)])
        if let id = message.inReplyTo { try write("In-Reply-To", words: [Self.id(id)]) }
        let references = Self.kept(message.references)
        if !references.isEmpty {
            var words: [String] = []
            for id in references { words.append(try Self.id(id)) }
            try write("References", words: words)
        }
        if let value = message.autoSubmitted { try write("Auto-Submitted", words: [value.rawValue]) }
        for header in message.extraHeaders {
            guard Self.isFree(header.name) else { throw .invalidHeaderName(header.name) }
            try write(header.name, text: header.value)
        }
    }

    /// A header of words that are already as they should be; folded between them.
    mutating func write(_ name: String, words: [String]) throws(MimeError) {
        var line = "\(name):"
        for word in words {
            if line.utf8.count + 1 + word.utf8.count > Self.lineLength, line.utf8.count > name.utf8.count + 1
            {
                bytes += Array(line.utf8) + [0x0D, 0x0A]
                line = ""
            }
            line += " " + word
        }
        bytes += Array(line.utf8) + [0x0D, 0x0A]
    }

    /// A header of free text.
    mutating func write(_ name: String, text: String) throws(MimeError) {
        try Self.check(text, field: name)
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !text.contains("=?")
        let fits = words.allSatisfy { $0.utf8.count < Self.lineLength && !$0.isEmpty } || text.isEmpty
        try write(name, words: isPlain && fits ? words : EncodedWord.words(text, after: name.utf8.count + 2))
    }

    private static func check(_ text: String, field: String) throws(MimeError) {
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { throw .controlCharacter(field: field) }
    }

    private static func mailboxes(_ addresses: [Address], field: String) throws(MimeError) -> [String] {
        var words: [String] = []
        for (index, address) in addresses.enumerated() {
            words += try mailbox(address, field: field)
            if index < addresses.count - 1 { words[words.count - 1] += "," }
        }
        return words
    }

    /// `Dana Weber <dana@example.com>`; the name quoted or encoded where it must be.
    private static func mailbox(_ address: Address, field: String) throws(MimeError) -> [String] {
        try check(address.name, field: field)
        guard isAddress(address.address) else { throw .invalidAddress(address.address) }
        if address.name.isEmpty { return [address.address] }
        let name = address.name.utf8
        let bracketed = "<\(address.address)>"
        if !name.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) || address.name.contains("=?") || name.count > 60 {
            return EncodedWord.words(address.name, after: field.utf8.count + 2) + [bracketed]
        }
        let isPhrase = name.allSatisfy { isAtom($0) || $0 == 0x20 } && name.first != 0x20 && name.last != 0x20
        if isPhrase && !address.name.contains("  ") {
            return address.name.split(separator: " ").map(String.init) + [bracketed]
        }
        let quoted = address.name.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        return ["\"\(quoted)\"", bracketed]
    }

    /// An address of dot-atoms (RFC 5322, 3.4.1), at most 254 octets. Characters beyond ASCII stand as they are (RFC 6532),
    /// which only servers with SMTPUTF8 take.
    private static func isAddress(_ address: String) -> Bool {
        let parts = address.utf8.split(separator: 0x40, omittingEmptySubsequences: false)
        guard parts.count == 2, address.utf8.count <= 254, parts[0].count <= 64,
            address.unicodeScalars.allSatisfy({ $0.isASCII || isWord($0) })
        else { return false }
        return parts.allSatisfy { part in
            part.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && $0.allSatisfy(isAtom)
            }
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .decimalNumber:
            true
        default: false
        }
    }

    private static func isAtom(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
        default: Array("!#$%&'*+-/=?^_`{|}~".utf8).contains(byte)
        }
    }

    private static func id(_ id: String) throws(MimeError) -> String {
        let isPrintable = id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3C && $0 != 0x3E }
        guard isPrintable, id.utf8.contains(0x40), id.utf8.count <= 900 else { throw .invalidMessageID(id) }
        return "<\(id)>"
    }

    /// The first and the last ids; the others are left out, as RFC 5322, 3.6.4 leaves open. Ids of others
    /// that could not be written are left out too.
    private static func kept(_ references: [String]) -> [String] {
        let writable = references.filter { (try? id($0)) != nil }
        guard writable.count > mostReferences, let first = writable.first else { return writable }
        return [first] + writable.suffix(mostReferences - 1)
    }

    /// Headers that only the composer, or the servers on the way, may write.
    private static func isFree(_ name: String) -> Bool {
        let lowered = name.lowercased()
        let reserved: Set<String> = [
            "date", "from", "to", "cc", "bcc", "sender", "reply-to", "subject", "message-id", "in-reply-to",
            "references", "auto-submitted",
            "mime-version", "received", "return-path", "delivered-to", "dkim-signature",
            "authentication-results", "thread-index",
        ]
        guard !name.isEmpty, name.utf8.count <= 60,
            name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3A })
        else { return false }
        return !reserved.contains(lowered) && !lowered.hasPrefix("content-") && !lowered.hasPrefix("resent-")
    }

    /// `Sat, 31 Jan 2026 08:00:00 +0000` (RFC 5322, 3.3).
    static func date(_ instant: Instant) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let day = instant.day
        let second = Int(instant.seconds - day.daysSinceEpoch * 86_400)
        let weekday = days[Int(((day.daysSinceEpoch % 7) + 7) % 7)]
        let clock = [second / 3600, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        let month = months[day.month - 1]
        return "\(weekday), \(day.day) \(month) \(day.year) \(clock.joined(separator: ":")) +0000"
    }
}

/// Encoded words (RFC 2047) in UTF-8.
enum EncodedWord {
    /// Octets of one encoded word at most.
    private static let longest = 75

    /// The text as encoded words, none of which tears a character apart. The first leaves room for the
    /// header's name.
    static func words(_ text: String, after used: Int) -> [String] {
        let bytes = Array(text.utf8)
        let plain = bytes.count { isPlain($0) }
        let isQ = plain * 3 >= bytes.count * 2
        var words: [String] = []
        var current = ""
        for character in text {
            let piece = isQ ? quoted(character) : String(character)
            // Octets that fit: encoded for Q, plain for B.
            let room = longest - 12 - (words.isEmpty ? min(used, 40) : 0)
            let capacity = isQ ? room : room / 4 * 3
            if current.utf8.count + piece.utf8.count > capacity, !current.isEmpty {
                words.append(wrapped(current, isQ))
                current = ""
            }
            current += piece
            // A cluster longer than a word, such as a letter under many marks, is cut between its scalars.
            while !isQ, current.utf8.count > 33 {
                let head = scalars(of: current, within: 33)
                words.append(wrapped(String(head), isQ))
                current = String(String.UnicodeScalarView(current.unicodeScalars.dropFirst(head.count)))
            }
        }
        if !current.isEmpty || words.isEmpty { words.append(wrapped(current, isQ)) }
        return words
    }

    private static func scalars(of text: String, within octets: Int) -> String.UnicodeScalarView {
        var head = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            count += String(scalar).utf8.count
            if count > octets { break }
            head.append(scalar)
        }
        return head
    }

    private static func wrapped(_ text: String, _ isQ: Bool) -> String {
        isQ ? "=?utf-8?Q?\(text)?=" : "=?utf-8?B?\(Base64.text(Array(text.utf8)))?="
    }

    private static func quoted(_ character: Character) -> String {
        var result = ""
        for byte in String(character).utf8 {
            if byte == 0x20 {
                result += "_"
            } else if isPlain(byte) {
                result += String(UnicodeScalar(byte))
            } else {
                result += "=" + hex(byte)
            }
        }
        return result
    }

    /// What stands for itself in a Q word, also inside a display name.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == 0x20
            || Array("!*+-/".utf8).contains(byte)
    }

    static func hex(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return "\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
}
