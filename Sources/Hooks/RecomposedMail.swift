import Secrets

/// A mail put together again from the fields that a provider made of it (RFC 5322, 2045, 2046).
///
/// The same fields always give the same bytes, so that a delivery and its retry are one mail.
struct RecomposedMail {
    /// Text or a file with its type.
    struct Part {
        /// Type and parameters; anything that is not plainly `type/subtype` becomes `application/octet-stream`.
        var contentType: String
        var bytes: ArraySlice<UInt8>
        var fileName: String?
        var contentID: String?
    }

    /// The most headers that are taken over.
    private static let maximumHeaders = 1_000
    /// The longest block of original headers that is read, in bytes.
    private static let maximumHeaderBlock = 1 << 20
    /// Headers that describe a structure which is made anew here.
    private static let structural: Set<String> = [
        "content-type", "content-transfer-encoding", "content-disposition", "content-id", "content-length",
        "mime-version",
    ]

    /// The original headers in their order.
    var headers: [(name: String, value: String)] = []
    /// Alternatives of one text, the plainest first.
    var texts: [Part] = []
    var attachments: [Part] = []

    /// Adds a header unless it is there.
    mutating func addHeader(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty,
            !headers.contains(where: { $0.name.lowercased() == name.lowercased() })
        else { return }
        headers.append((name, value))
    }

    /// The message's bytes.
    func bytes() -> [UInt8] {
        var body: [UInt8] = []
        let alternatives = texts.map(Self.entity)
        var content = alternatives.count == 1 ? alternatives[0] : Self.multipart("alternative", alternatives)
        if !attachments.isEmpty {
            content = Self.multipart("mixed", [content] + attachments.map(Self.entity))
        }
        for (name, value) in headers.prefix(Self.maximumHeaders)
        where !Self.structural.contains(name.lowercased()) {
            guard Self.isName(name) else { continue }
            body += "\(name): \(Self.oneLine(value))\r\n".utf8
        }
        body += "MIME-Version: 1.0\r\n".utf8
        return body + content
    }

    /// Headers of a raw block, folded lines joined (RFC 5322, 2.2.3); only LF and CRLF end a line.
    static func headers(ofBlock text: String) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        for bytes in text.utf8.prefix(maximumHeaderBlock).split(separator: UInt8(ascii: "\n")) {
            var line = Substring(bytes)
            if line.utf8.last == UInt8(ascii: "\r") { line = Substring(line.utf8.dropLast()) }
            if let first = line.utf8.first, first == 0x20 || first == 0x09 {
                guard !headers.isEmpty else { continue }
                headers[headers.count - 1].value += " " + line.drop { $0 == " " || $0 == "\t" }
            } else if let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), headers.count < maximumHeaders
            {
                let value = line[line.utf8.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
                headers.append((String(line[..<colon]), String(value)))
            }
        }
        return headers
    }

    private static func multipart(_ kind: String, _ entities: [[UInt8]]) -> [UInt8] {
        var digest = SHA256.Stream()
        for entity in entities { digest.update(entity) }
        let boundary = "parley-\(kind)-" + Hex.encode(digest.finish().prefix(16))
        var bytes = Array("Content-Type: multipart/\(kind); boundary=\"\(boundary)\"\r\n\r\n".utf8)
        for entity in entities {
            bytes += "--\(boundary)\r\n".utf8
            bytes += entity
            bytes += "\r\n".utf8
        }
        return bytes + Array("--\(boundary)--\r\n".utf8)
    }

    /// Headers, empty line and content of one part.
    private static func entity(_ part: Part) -> [UInt8] {
        let type = isType(part.contentType) ? part.contentType : "application/octet-stream"
        var head = "Content-Type: \(type)\r\n"
        if let fileName = part.fileName {
            head += "Content-Disposition: attachment; filename*=UTF-8''\(percentEncoded(fileName))\r\n"
        }
        if let id = part.contentID, !id.isEmpty,
            id.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != 0x3c && $0 != 0x3e })
        {
            head += "Content-ID: <\(id)>\r\n"
        }
        // RFC 2046, 5.2.1: messages within messages are not encoded.
        if type.lowercased().hasPrefix("message/") {
            return Array("\(head)Content-Transfer-Encoding: 8bit\r\n\r\n".utf8) + part.bytes
        }
        return Array("\(head)Content-Transfer-Encoding: base64\r\n\r\n".utf8)
            + lines(Base64.standard.encode(part.bytes))
    }

    /// Lines of 76 characters (RFC 2045, 6.8).
    private static func lines(_ base64: String) -> [UInt8] {
        let text = Array(base64.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count + text.count / 38 + 2)
        for start in stride(from: 0, to: text.count, by: 76) {
            bytes += text[start..<min(start + 76, text.count)]
            bytes += [0x0d, 0x0a]
        }
        return bytes
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 200
            && name.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x3a }
    }

    /// `type/subtype` with parameters in visible ASCII, on one line.
    private static func isType(_ text: String) -> Bool {
        let value = ParameterizedHeader(text).value
        let halves = value.split(separator: "/", omittingEmptySubsequences: false)
        return halves.count == 2 && !value.hasPrefix("multipart/")
            && text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
            && halves.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 } }
    }

    /// A header's value without line ends and NUL, so that no value can begin another header.
    private static func oneLine(_ value: String) -> String {
        String(
            String.UnicodeScalarView(
                value.unicodeScalars.map { $0 == "\r" || $0 == "\n" || $0 == "\0" ? " " : $0 }))
    }

    /// RFC 2231, 7.
    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || ".-_".utf8.contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte]).uppercased()
        }.joined()
    }
}
