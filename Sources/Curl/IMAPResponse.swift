/// A value in an answer of an IMAP server (RFC 9051, section 9).
enum IMAPValue: Equatable {
    case atom(String)
    /// A quoted string or a literal.
    case text([UInt8])
    case list([IMAPValue])
    case none
    /// A literal that was longer than wanted and has been read past; its length in bytes.
    case oversize(Int)

    var number: UInt32? { if case .atom(let atom) = self { UInt32(atom) } else { nil } }

    var bytes: [UInt8]? {
        switch self {
        case .atom(let atom): Array(atom.utf8)
        case .text(let bytes): bytes
        default: nil
        }
    }

    var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
}

/// One answer: what it is tagged with, and its values up to the text for people.
struct IMAPResponse: Equatable {
    /// `*`, `+`, or the tag of a command.
    let tag: String
    let values: [IMAPValue]

    /// Whether its first words are these.
    func begins(with word: String) -> Bool { values.first == .atom(word) }
}

/// Reads answers off a stream.
struct IMAPReader {
    private let stream: IMAPStream
    private let server: String
    /// Literals above this many bytes are read past.
    let longestLiteral: Int

    /// Values in one answer, and lists within lists.
    private static let mostValues = 2_000_000
    private static let deepestList = 64
    /// Bytes that an answer may announce at most before the connection is given up.
    private static let absurdLiteral = 1 << 32

    private var line: [UInt8] = []
    private var position = 0
    private var count = 0

    init(_ stream: IMAPStream, server: String, longestLiteral: Int) {
        self.stream = stream
        self.server = server
        self.longestLiteral = longestLiteral
    }

    /// The next answer; nil if none has come after so many seconds.
    mutating func next(within seconds: Int? = nil) throws(CurlError) -> IMAPResponse? {
        guard let first = try stream.line(within: seconds) else { return nil }
        line = first
        position = 0
        count = 0
        let tag = word()
        skipSpace()
        guard tag != "+" else { return IMAPResponse(tag: tag, values: []) }
        var values: [IMAPValue] = []
        let start = position
        let status = word().uppercased()
        if Self.statuses.contains(status) {
            // What follows is a code in brackets and a text for people, which obey no grammar together.
            skipSpace()
            values = [.atom(status), .text(Array(line[position...]))]
        } else {
            position = start
            values = try sequence(depth: 0)
        }
        return IMAPResponse(tag: tag, values: values)
    }

    private static let statuses: Set<String> = ["OK", "NO", "BAD", "BYE", "PREAUTH"]

    private mutating func skipSpace() {
        while position < line.count, line[position] == 0x20 { position += 1 }
    }

    /// Up to the next space; text in brackets belongs to it, spaces and all.
    private mutating func word() -> String {
        let start = position
        var brackets = 0
        while position < line.count {
            let byte = line[position]
            if byte == 0x5B { brackets += 1 }
            if byte == 0x5D, brackets > 0 { brackets -= 1 }
            if brackets == 0, byte == 0x20 || byte == 0x28 || byte == 0x29 { break }
            position += 1
        }
        return String(decoding: line[start..<position], as: UTF8.self)
    }

    /// Values up to the end of the line, or up to the bracket that closes the list.
    private mutating func sequence(depth: Int) throws(CurlError) -> [IMAPValue] {
        guard depth <= Self.deepestList else { throw violation("lists within lists within lists") }
        var values: [IMAPValue] = []
        while true {
            skipSpace()
            guard position < line.count else {
                if depth > 0 { throw violation("a list without an end") }
                return values
            }
            count += 1
            guard count <= Self.mostValues else { throw violation("more than \(Self.mostValues) values") }
            switch line[position] {
            case 0x29:
                guard depth > 0 else { throw violation("a bracket that closes nothing") }
                position += 1
                return values
            case 0x28:
                position += 1
                values.append(.list(try sequence(depth: depth + 1)))
            case 0x22: values.append(.text(try quoted()))
            case 0x7B: values.append(try literal())
            default:
                let word = word()
                values.append(word.uppercased() == "NIL" ? .none : .atom(word))
            }
        }
    }

    private mutating func quoted() throws(CurlError) -> [UInt8] {
        var text: [UInt8] = []
        position += 1
        while position < line.count, line[position] != 0x22 {
            if line[position] == 0x5C { position += 1 }
            guard position < line.count else { break }
            text.append(line[position])
            position += 1
        }
        guard position < line.count else { throw violation("a string without an end") }
        position += 1
        return text
    }

    /// `{n}` at the end of a line: the next n bytes, and then the line goes on.
    private mutating func literal() throws(CurlError) -> IMAPValue {
        let digits = line[(position + 1)...].prefix { $0 != 0x7D }
        guard let length = Int(String(decoding: digits, as: UTF8.self)), length >= 0,
            length <= Self.absurdLiteral,
            position + digits.count + 2 == line.count
        else { throw violation("a literal without a length") }
        let value: IMAPValue
        if length <= longestLiteral {
            value = .text(try stream.literal(length))
        } else {
            try stream.skip(length)
            value = .oversize(length)
        }
        guard let rest = try stream.line() else { throw violation("nothing after a literal") }
        line = rest
        position = 0
        return value
    }

    private func violation(_ reason: String) -> CurlError {
        .protocolViolation(server: server, reason: reason)
    }
}
