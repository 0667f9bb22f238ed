import Reading

/// Writes the parts of a message.
struct BodyWriter {
    /// A part: its headers, each with CR LF, and its encoded body.
    struct Part {
        var headers: [UInt8]
        var body: [UInt8]
    }

    /// Octets of a line of text that is sent as it is.
    private static let longestPlainLine = 78

    private let seed: String
    private var boundaries = 0

    init(seed: String) { self.seed = seed }

    mutating func part(for message: OutgoingMessage) throws(MimeError) -> Part {
        var part = try text(message.text, subtype: "plain")
        if let html = message.html {
            let page = try text(html, subtype: "html")
            part = try multipart("alternative", [part, page])
        }
        guard !message.attachments.isEmpty else { return part }
        var parts = [part]
        for attachment in message.attachments { parts.append(try self.attachment(attachment)) }
        return try multipart("mixed", parts)
    }

    /// Text goes as it is where it is ASCII that no server on the way would change, otherwise
    /// quoted-printable.
    private func text(_ text: String, subtype: String) throws(MimeError) -> Part {
        let lines = Self.lines(text)
        let isASCII = lines.allSatisfy { $0.allSatisfy { $0 == 0x09 || $0 >= 0x20 && $0 < 0x7F } }
        let isSafe =
            isASCII
            && lines.allSatisfy { line in
                line.count <= Self.longestPlainLine && line.last != 0x20 && line.last != 0x09
                    && !line.starts(with: Array("From ".utf8))
                    && !line.starts(with: [0x2D, 0x2D, 0x3D])
            }
        var headers = HeaderWriter()
        try headers.write(
            "Content-Type", words: ["text/\(subtype);", "charset=\(isASCII ? "us-ascii" : "utf-8")"])
        try headers.write("Content-Transfer-Encoding", words: [isSafe ? "7bit" : "quoted-printable"])
        var body: [UInt8] = []
        for line in lines { body += (isSafe ? line : QuotedPrintable.line(line)) + [0x0D, 0x0A] }
        return Part(headers: headers.bytes, body: body)
    }

    /// The lines without their ends; blank ones at the end are dropped.
    private static func lines(_ text: String) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == 0x0D || byte == 0x0A && previous != 0x0D {
                lines.append([])
            } else if byte != 0x0A {
                lines[lines.count - 1].append(byte)
            }
            previous = byte
        }
        while lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private func attachment(_ attachment: OutgoingAttachment) throws(MimeError) -> Part {
        let type = attachment.contentType.lowercased()
        let names = type.split(separator: "/", omittingEmptySubsequences: false)
        let isToken =
            names.count == 2
            && names.allSatisfy { name in
                !name.isEmpty
                    && name.utf8.allSatisfy {
                        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
                            || Array(".+-_".utf8).contains($0)
                    }
            }
        guard isToken, names.first != "multipart", names.first != "message" else {
            throw .invalidContentType(attachment.contentType)
        }
        if attachment.filename.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw .controlCharacter(field: "filename")
        }
        let name = Filename.parameters(attachment.filename)
        var headers = HeaderWriter()
        try headers.write("Content-Type", words: [type])
        try headers.write("Content-Transfer-Encoding", words: ["base64"])
        try headers.write("Content-Disposition", words: ["attachment" + (name.isEmpty ? "" : ";")] + name)
        return Part(headers: headers.bytes, body: Base64.lines(attachment.content))
    }

    private mutating func multipart(_ subtype: String, _ parts: [Part]) throws(MimeError) -> Part {
        var boundary = ""
        repeat {
            boundaries += 1
            boundary = "=_\(seededDigits("\(seed)#\(boundaries)"))_\(boundaries)"
        } while parts.contains { Self.contains($0.body, boundary) } && boundaries < 1_000
        var headers = HeaderWriter()
        try headers.write("Content-Type", words: ["multipart/\(subtype);", "boundary=\"\(boundary)\""])
        var body: [UInt8] = []
        for part in parts {
            body += Array("--\(boundary)\r\n".utf8) + part.headers + [0x0D, 0x0A] + part.body + [0x0D, 0x0A]
        }
        body += Array("--\(boundary)--\r\n".utf8)
        return Part(headers: headers.bytes, body: body)
    }

    /// Whether a line begins with the boundary. Plain lines never begin with `--=`, but nested parts do.
    private static func contains(_ body: [UInt8], _ boundary: String) -> Bool {
        PlainReader.boundary(Array("--\(boundary)".utf8), in: body, 0..<body.count) != nil
    }
}

/// Quoted-printable (RFC 2045, 6.7).
enum QuotedPrintable {
    /// Octets of an encoded line, the soft break among them.
    private static let longest = 76

    static func line(_ line: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var column = 0
        for (index, byte) in line.enumerated() {
            let isLast = index == line.count - 1
            let isSpaceAtEnd = isLast && (byte == 0x20 || byte == 0x09)
            // "From " is changed by some servers, a lone point by others.
            let isRisky =
                index == 0
                && (byte == 0x46 && line.starts(with: Array("From ".utf8)) || byte == 0x2E
                    || byte == 0x2D && line.starts(with: [0x2D, 0x2D]))
            let isPlain =
                (byte >= 0x20 && byte < 0x7F || byte == 0x09) && byte != 0x3D && !isSpaceAtEnd && !isRisky
            let piece = isPlain ? [byte] : Array("=\(EncodedWord.hex(byte))".utf8)
            // A character of several octets is not torn over two lines, for those who read the source.
            let follows =
                byte & 0xC0 == 0xC0
                ? line[(index + 1)...].prefix(3).prefix { $0 & 0xC0 == 0x80 }.count * 3 : 0
            if column + piece.count + follows > longest - (isLast ? 0 : 1) {
                result += [0x3D, 0x0D, 0x0A]
                column = 0
            }
            result += piece
            column += piece.count
        }
        return result
    }
}

/// Base64 (RFC 2045, 6.8).
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Lines of 76 octets, each with CR LF.
    static func lines(_ octets: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(octets.count / 57 * 78 + 80)
        var start = 0
        while start < octets.count {
            let end = min(start + 57, octets.count)
            append(octets[start..<end], to: &result)
            result += [0x0D, 0x0A]
            start = end
        }
        return result
    }

    static func text(_ octets: [UInt8]) -> String {
        var result: [UInt8] = []
        append(octets[...], to: &result)
        return String(decoding: result, as: UTF8.self)
    }

    private static func append(_ octets: ArraySlice<UInt8>, to result: inout [UInt8]) {
        var index = octets.startIndex
        while index < octets.endIndex {
            let rest = octets.endIndex - index
            let group =
                Int(octets[index]) << 16 | (rest > 1 ? Int(octets[index + 1]) << 8 : 0)
                | (rest > 2 ? Int(octets[index + 2]) : 0)
            result.append(alphabet[group >> 18])
            result.append(alphabet[group >> 12 & 63])
            result.append(rest > 1 ? alphabet[group >> 6 & 63] : 0x3D)
            result.append(rest > 2 ? alphabet[group & 63] : 0x3D)
            index += 3
        }
    }
}

/// A file name as parameters of Content-Disposition: quoted where it is plain, otherwise in pieces (RFC
/// 2231).
enum Filename {
    static func parameters(_ name: String) -> [String] {
        let bytes = Array(name.utf8)
        if bytes.isEmpty { return [] }
        let isPlain = bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
        if isPlain && bytes.count <= 60 { return ["filename=\"\(name)\""] }
        var pieces: [String] = [""]
        for byte in bytes {
            let isToken =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == 0x2E || byte == 0x2D || byte == 0x5F
            let piece = isToken ? String(UnicodeScalar(byte)) : "%" + EncodedWord.hex(byte)
            if pieces[pieces.count - 1].utf8.count + piece.utf8.count > 50 { pieces.append("") }
            pieces[pieces.count - 1] += piece
        }
        if pieces.count == 1 { return ["filename*=utf-8''\(pieces[0])"] }
        return pieces.enumerated().map { index, piece in
            "filename*\(index)*=\(index == 0 ? "utf-8''" : "")\(piece)"
                + (index < pieces.count - 1 ? ";" : "")
        }
    }
}
