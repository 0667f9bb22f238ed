/// One Authentication-Results header: what a server says of how it checked a message (RFC 8601, 2.2).
///
/// Read as servers write it, not only as the grammar has it: without a server's name (Exchange Online),
/// with comments inside one another, quoted words, `reason=`, versions, and methods that nobody here needs.
public struct AuthenticationResults: Equatable, Sendable {
    /// Octets of one header that are read; what stands behind them counts as damage.
    public static let mostOctets = 100_000

    /// The server that checked, in lower case; `nil` where the header does not name one.
    public let authservID: String?
    /// The results for the methods of ``AuthenticationResult/Method``, in the order of the header, each
    /// once.
    ///
    /// Of a damaged header only what speaks against the sender is left: the sender chooses parts of its
    /// text (the local part in `smtp.mailfrom`), so what cannot be read exactly proves nothing.
    public let results: [AuthenticationResult]
    /// Whether comments or quotes are unbalanced, or the header is too long.
    public let isDamaged: Bool

    /// Reads the unfolded value of a header. Total: whatever cannot be read is left out.
    public init(header value: String) {
        let reader = ClauseReader(value.utf8.prefix(Self.mostOctets))
        isDamaged = reader.isDamaged || value.utf8.count > Self.mostOctets
        var clauses = reader.clauses[...]
        if let first = clauses.first?.first, first.value == nil {
            authservID = first.name.isEmpty ? nil : first.name.lowercased()
            clauses = clauses.dropFirst()
        } else {
            authservID = nil
        }
        let read = clauses.compactMap(AuthenticationResult.init(clause:)).withoutRepeats
        results = isDamaged ? read.filter { $0.outcome != .pass } : read
    }
}

extension AuthenticationResult {
    /// A result of the form `method[/version]=outcome property=value …` (RFC 8601, 2.2); `nil` for other
    /// methods and words.
    fileprivate init?(clause: [ClauseReader.Word]) {
        guard let head = clause.first, let value = head.value,
            let method = Method(rawValue: head.name.prefix { $0 != "/" }.lowercased()),
            let outcome = Self.outcome(value.lowercased())
        else { return nil }
        self.init(method, outcome, domain: Self.domain(of: method, in: clause.dropFirst()))
    }

    private static func outcome(_ word: String) -> Outcome? {
        switch word {
        // RFC 5451 called it so, and some servers still do.
        case "hardfail": .fail
        // Exchange's guess for a domain without a DMARC record is no result.
        case "bestguesspass": Outcome.none
        default: Outcome(rawValue: word)
        }
    }

    /// The domain that a result is about: the first of the method's properties that names one.
    private static func domain(of method: Method, in properties: ArraySlice<ClauseReader.Word>) -> String? {
        let names: [String] =
            switch method {
            case .dkim: ["header.d", "header.i"]
            case .spf: ["smtp.mailfrom", "smtp.mail", "smtp.helo"]
            case .dmarc: ["header.from"]
            case .arc: []
            }
        for name in names {
            let word = properties.first { $0.name.lowercased() == name }
            if let value = word?.value, let domain = domain(in: value) { return domain }
        }
        return nil
    }

    /// The domain of an address, or a domain that stands alone.
    private static func domain(in value: String) -> String? {
        let tail = value.lastIndex(of: "@").map { value[value.index(after: $0)...] } ?? value[...]
        return DomainName(String(tail.filter { $0 != "<" && $0 != ">" }))?.description
    }
}

/// Splits a header into clauses at `;`, and these into words `name` or `name=value`; comments are dropped
/// and quotes taken off.
struct ClauseReader {
    struct Word: Equatable {
        var name: String
        var value: String?
    }

    private(set) var clauses: [[Word]] = [[]]
    /// Whether comments or quotes are unbalanced.
    private(set) var isDamaged = false

    private var name: [UInt8] = []
    private var value: [UInt8]?
    private var depth = 0
    private var quotesInComment = 0
    private var isQuoted = false
    private var isEscaped = false
    /// Whether blanks or a comment stand between the word and what comes next.
    private var hasGap = false

    init(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { read(byte) }
        if depth > 0 || isQuoted { isDamaged = true }
        endWord()
        clauses = clauses.filter { !$0.isEmpty }
    }

    private mutating func read(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
            if depth == 0 { append(byte) }
        } else if byte == UInt8(ascii: "\\"), isQuoted || depth > 0 {
            isEscaped = true
        } else if isQuoted {
            if byte == UInt8(ascii: "\"") { isQuoted = false } else { append(byte) }
        } else if depth > 0 {
            readComment(byte)
        } else {
            readPlain(byte)
        }
    }

    /// A quote that opens inside a comment and closes outside of it is an address that ended the comment.
    private mutating func readComment(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "("): depth += 1
        case UInt8(ascii: ")"):
            depth -= 1
            if depth == 0, !quotesInComment.isMultiple(of: 2) { isDamaged = true }
        case UInt8(ascii: "\""): quotesInComment += 1
        default: break
        }
    }

    private mutating func readPlain(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "("):
            depth = 1
            quotesInComment = 0
            hasGap = true
        case UInt8(ascii: ")"): isDamaged = true
        case UInt8(ascii: "\""):
            startWord()
            isQuoted = true
        case UInt8(ascii: ";"):
            endWord()
            clauses.append([])
        case 0x09, 0x0A, 0x0D, 0x20: hasGap = true
        case UInt8(ascii: "=") where value == nil && !name.isEmpty:
            value = []
            hasGap = false
        default: append(byte)
        }
    }

    private mutating func append(_ byte: UInt8) {
        startWord()
        if value == nil { name.append(byte) } else { value?.append(byte) }
    }

    /// What follows a gap begins a new word, unless it is the value that an `=` before the gap asked for.
    private mutating func startWord() {
        if hasGap, value?.isEmpty != true { endWord() }
        hasGap = false
    }

    private mutating func endWord() {
        if !name.isEmpty || value != nil {
            let word = Word(
                name: String(decoding: name, as: UTF8.self),
                value: value.map { String(decoding: $0, as: UTF8.self) })
            clauses[clauses.count - 1].append(word)
        }
        name = []
        value = nil
        hasGap = false
    }
}
