import Secrets

/// Which changes on the way a signature survives (RFC 6376, 3.4).
enum Canonicalization: String, Sendable, CaseIterable {
    /// None.
    case simple
    /// Those of white space, of folding, and of case in the names of header fields.
    case relaxed

    /// Adds the form of a header field that is signed, without a line end (RFC 6376, 3.4.1 and 3.4.2).
    func append(_ field: HeaderField, to output: inout [UInt8]) {
        switch self {
        case .simple:
            let start = output.count
            output += field.label
            output.append(UInt8(ascii: ":"))
            for byte in field.value {
                if byte == .lineFeed, output.last != .carriageReturn { output.append(.carriageReturn) }
                output.append(byte)
            }
            if output[start...].suffix(2) == [.carriageReturn, .lineFeed] { output.removeLast(2) }
        case .relaxed:
            output += field.name.utf8
            output.append(UInt8(ascii: ":"))
            let value = field.value.trimmed
            for (place, byte) in value.enumerated() {
                // A line end is folding only; a bare carriage return is text.
                if byte == .lineFeed { continue }
                if byte == .carriageReturn, place + 1 < value.count, value[place + 1] == .lineFeed {
                    continue
                }
                if !byte.isBlank {
                    output.append(byte)
                } else if output.last != .space {
                    output.append(.space)
                }
            }
        }
    }
}

/// The form of a body that is signed, made piece by piece (RFC 6376, 3.4.3 and 3.4.4). A bare LF is a line
/// end.
struct CanonicalBody {
    private let form: Canonicalization
    private var output: [UInt8] = []
    private var isEmpty = true
    /// Whether the line has text so far.
    private var hasText = false
    /// Empty lines, which count only when text follows in the body.
    private var emptyLines = 0
    /// White space, which counts only when text follows in the line.
    private var hasGap = false
    /// A carriage return, which is text unless a line feed follows.
    private var hasReturn = false

    init(_ form: Canonicalization) { self.form = form }

    /// What is certain of the form after the next piece.
    mutating func update(_ piece: ArraySlice<UInt8>) -> [UInt8] {
        output.removeAll(keepingCapacity: true)
        for byte in piece {
            if hasReturn, byte != .lineFeed { put(.carriageReturn) }
            hasReturn = byte == .carriageReturn
            if byte == .lineFeed {
                endLine()
            } else if form == .relaxed, byte.isBlank {
                hasGap = true
            } else if !hasReturn {
                put(byte)
            }
        }
        return output
    }

    /// The rest of the form: a last line gets a line end where it has none, and what is empty stays empty or,
    /// in the simple form, is one line end.
    mutating func finish() -> [UInt8] {
        output = []
        if hasReturn { put(.carriageReturn) }
        if hasText { endLine() }
        if isEmpty, form == .simple { output += [.carriageReturn, .lineFeed] }
        return output
    }

    private mutating func put(_ byte: UInt8) {
        for _ in 0..<emptyLines { output += [.carriageReturn, .lineFeed] }
        emptyLines = 0
        if hasGap { output.append(.space) }
        hasGap = false
        hasText = true
        isEmpty = false
        output.append(byte)
    }

    private mutating func endLine() {
        if hasText { output += [.carriageReturn, .lineFeed] } else { emptyLines += 1 }
        hasText = false
        hasGap = false
    }
}

/// The digest of a body's form, or of as much of it as the signature covers.
struct BodyDigest {
    /// Bytes that are digested at once.
    private static let pieceSize = 65_536

    /// SHA-256, 32 bytes.
    let bytes: [UInt8]
    /// Octets of the whole form.
    let count: Int

    init(_ body: ArraySlice<UInt8>, _ form: Canonicalization, upTo limit: Int? = nil) {
        var digest = SHA256.Stream()
        var (count, place) = (0, body.startIndex)
        var canonical = CanonicalBody(form)
        var isEnded = false
        while !isEnded {
            let end = min(place + Self.pieceSize, body.endIndex)
            isEnded = place == end
            let piece = isEnded ? canonical.finish() : canonical.update(body[place..<end])
            digest.update(piece.prefix(max(0, (limit ?? .max) - count)))
            count += piece.count
            place = end
        }
        bytes = digest.finish()
        self.count = count
    }
}
