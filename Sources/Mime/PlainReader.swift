import CGMime
import Reading

/// The fallback for what GMime gives up on, or what is nested so deep that nothing honest can be in it: reads
/// headers, splits multiparts, decodes, and is content with anything.
struct PlainReader {
    private let bytes: [UInt8]
    private let limits: ParseLimits
    private(set) var notes: [ParseNote] = []
    private var parts = 0

    init(_ bytes: [UInt8], limits: ParseLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The root part.
    mutating func root() -> MimePart { part(in: 0..<bytes.count, depth: 0) }

    private mutating func part(in range: Range<Int>, depth: Int) -> MimePart {
        let reader = HeaderReader(bytes, in: range, limits: limits)
        let part = MimePart()
        let type = ParameterValue(value("Content-Type", reader.headers))
        let names = type.value.split(separator: "/", maxSplits: 1)
        if names.count == 2 { (part.type, part.subtype) = (String(names[0]), String(names[1])) }
        part.charset = type.parameters["charset"]
        let disposition = ParameterValue(value("Content-Disposition", reader.headers))
        part.disposition = disposition.value.isEmpty ? nil : disposition.value
        part.filename = (disposition.parameters["filename"] ?? type.parameters["name"]).map {
            HeaderDecoding.text(Array($0.utf8))
        }
        let body = reader.bodyStart..<range.upperBound
        if part.type == "multipart", let boundary = type.parameters["boundary"], !boundary.isEmpty {
            part.content = .multipart(children(boundary, body, depth))
            if !part.children.isEmpty { return part }
        }
        if part.type == "multipart" { (part.type, part.subtype) = ("text", "plain") }
        let encoding = String(decoding: value("Content-Transfer-Encoding", reader.headers), as: UTF8.self)
        part.content = .leaf(decoded(body, encoding.lowercased().filter { $0 != " " && $0 != "\t" }))
        return part
    }

    private mutating func children(_ boundary: String, _ body: Range<Int>, _ depth: Int) -> [MimePart] {
        guard depth < limits.depth else {
            if !notes.contains(.tooDeep) { notes.append(.tooDeep) }
            return []
        }
        let mark = Array("--\(boundary)".utf8)
        var result: [MimePart] = []
        var next = Self.boundary(mark, in: bytes, body)
        while let current = next, !current.isLast {
            parts += 1
            guard parts <= limits.parts else {
                if !notes.contains(.tooManyParts) { notes.append(.tooManyParts) }
                break
            }
            let rest = current.next..<body.upperBound
            next = Self.boundary(mark, in: bytes, rest)
            result.append(
                part(
                    in: rest.lowerBound..<max(rest.lowerBound, next?.bodyEnd ?? rest.upperBound),
                    depth: depth + 1))
        }
        return result
    }

    private func value(_ name: String, _ headers: [RawHeader]) -> [UInt8] {
        headers.first { Header($0.name, "").isNamed(name) }?.value ?? []
    }

    private func decoded(_ range: Range<Int>, _ encoding: String) -> [UInt8] {
        guard ["base64", "quoted-printable", "x-uuencode", "uuencode", "x-uue"].contains(encoding) else {
            return Array(bytes[range])
        }
        return Array(unsafeUninitializedCapacity: cgm_decoded_bound(range.count)) { output, count in
            bytes.withUnsafeBufferPointer { input in
                guard let from = input.baseAddress, let to = output.baseAddress else { return }
                count = cgm_decode(encoding, from + range.lowerBound, range.count, to)
            }
        }
    }

    /// A line that begins with the boundary.
    struct BoundaryLine {
        /// The end of what stands before: the line break belongs to the boundary (RFC 2046, 5.1.1).
        let bodyEnd: Int
        /// The start of the line after it.
        let next: Int
        /// Whether it ends the multipart.
        let isLast: Bool
    }

    static func boundary(_ mark: [UInt8], in bytes: [UInt8], _ range: Range<Int>) -> BoundaryLine? {
        var line = range.lowerBound
        while line < range.upperBound {
            let end = bytes[line..<range.upperBound].firstIndex(of: 0x0A) ?? range.upperBound
            if end - line >= mark.count, bytes[line] == 0x2D,
                bytes[line..<(line + mark.count)].elementsEqual(mark)
            {
                let tail = bytes[(line + mark.count)..<end]
                let rest = tail.drop { $0 == 0x2D }
                if rest.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
                    var bodyEnd = line
                    if bodyEnd > range.lowerBound { bodyEnd -= 1 }
                    if bodyEnd > range.lowerBound, bytes[bodyEnd - 1] == 0x0D { bodyEnd -= 1 }
                    return BoundaryLine(
                        bodyEnd: bodyEnd, next: min(end + 1, range.upperBound),
                        isLast: tail.count - rest.count >= 2)
                }
            }
            line = end + 1
        }
        return nil
    }
}

/// A header value with parameters: `text/plain; charset="utf-8"`.
struct ParameterValue {
    /// Lower case.
    private(set) var value = ""
    /// Names in lower case.
    private(set) var parameters: [String: String] = [:]

    /// Reads at most 50 parameters.
    init(_ raw: [UInt8]) {
        var pieces: [[UInt8]] = [[]]
        var isQuoted = false
        for byte in raw where pieces.count <= 50 {
            if byte == 0x22 {
                isQuoted.toggle()
            } else if byte == 0x3B && !isQuoted {
                pieces.append([])
            } else {
                pieces[pieces.count - 1].append(byte)
            }
        }
        let texts = pieces.map { Self.trimmed(String(decoding: $0, as: UTF8.self)) }
        value = texts[0].lowercased()
        for text in texts.dropFirst() {
            guard let equals = text.firstIndex(of: "=") else { continue }
            let name = Self.trimmed(String(text[..<equals])).lowercased()
            if parameters[name] == nil {
                parameters[name] = Self.trimmed(String(text[text.index(after: equals)...]))
            }
        }
    }

    private static func trimmed(_ text: String) -> String {
        let isSpace: (Character) -> Bool = {
            $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" || $0 == "\r\n"
        }
        var rest = text[...]
        while let first = rest.first, isSpace(first) { rest.removeFirst() }
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return String(rest)
    }
}
