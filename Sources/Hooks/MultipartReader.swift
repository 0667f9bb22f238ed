/// Takes `multipart/form-data` (RFC 7578) apart without copying the values.
///
/// Strict: nothing before the first delimiter but one line end, CRLF at every delimiter, a closing delimiter,
/// and a name for every part; what was cut off on its way is refused.
struct MultipartReader {
    private let body: [UInt8]
    private let search: BytePattern
    private var position = 0

    init(body: [UInt8], boundary: String) {
        self.body = body
        search = BytePattern(Array("\r\n--\(boundary)".utf8))
    }

    mutating func fields() throws(HooksError) -> [FormData.Field] {
        // The first delimiter may stand at the very start, without the line end that belongs to the others.
        let opening = search.bytes.dropFirst(2)
        if body.starts(with: opening) {
            position = opening.count
        } else if body.starts(with: search.bytes) {
            position = search.bytes.count
        } else {
            throw .unsplittable("the form does not begin with its boundary")
        }
        var fields: [FormData.Field] = []
        while try !isClosed() {
            guard fields.count < FormData.maximumFields else {
                throw .unsplittable("the form has too many fields")
            }
            var field = try headers()
            guard let end = search.first(in: body, from: position) else {
                throw .unsplittable("the form ends within a field")
            }
            field.value = body[position..<end]
            position = end + search.bytes.count
            fields.append(field)
        }
        return fields
    }

    /// Whether the delimiter just read was the closing one; moves behind its line.
    private mutating func isClosed() throws(HooksError) -> Bool {
        if body[position...].starts(with: "--".utf8) {
            let epilogue = body[(position + 2)...]
            guard epilogue.allSatisfy({ $0 == 0x0d || $0 == 0x0a || $0 == 0x20 }) else {
                throw .unsplittable("something follows the form's end")
            }
            return true
        }
        while position < body.count, body[position] == 0x20 || body[position] == 0x09 { position += 1 }
        guard body[position...].starts(with: "\r\n".utf8) else {
            throw .unsplittable("the form's boundary is not at the end of its line")
        }
        // The line end stays: it is the first half of the empty line when a part has no headers.
        return false
    }

    /// The headers of a part, up to and with the empty line.
    private mutating func headers() throws(HooksError) -> FormData.Field {
        let window = body[position..<min(body.count, position + FormData.maximumPartHeaders)]
        let separator = BytePattern(Array("\r\n\r\n".utf8))
        guard let end = separator.first(in: body, from: position), end <= window.endIndex else {
            throw .unsplittable("a field's headers do not end")
        }
        var field: FormData.Field?
        var contentType: String?
        let lines = String(decoding: body[position..<end], as: UTF8.self).split(separator: "\r\n")
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else {
                throw .unsplittable("a field's header has no colon")
            }
            let value = String(line[line.index(after: colon)...])
            switch line[..<colon].lowercased() {
            case "content-disposition":
                guard field == nil else { throw .unsplittable("a field has two dispositions") }
                field = try Self.field(disposition: ParameterizedHeader(value))
            case "content-type": contentType = String(value.drop { $0 == " " })
            case "content-transfer-encoding":
                // Obsolete in forms (RFC 7578, 4.7); these say that nothing was encoded.
                guard ["7bit", "8bit", "binary"].contains(value.drop { $0 == " " }.lowercased()) else {
                    throw .unsplittable("a field is encoded for transfer")
                }
            default: break
            }
        }
        guard var field else { throw .unsplittable("a field has no name") }
        field.contentType = contentType
        position = end + 4
        return field
    }

    private static func field(disposition: ParameterizedHeader) throws(HooksError) -> FormData.Field {
        guard disposition.value == "form-data", let name = disposition.parameters["name"] else {
            throw .unsplittable("a field has no name")
        }
        return .init(name: name, fileName: disposition.parameters["filename"], value: [])
    }
}

/// Finds a short byte string in a long one (Horspool's algorithm): delimiters are rare, bodies are long.
struct BytePattern {
    let bytes: [UInt8]
    private let skips: [Int]

    /// A pattern of at least one byte.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var skips = [Int](repeating: bytes.count, count: 256)
        for (index, byte) in bytes.dropLast().enumerated() { skips[Int(byte)] = bytes.count - 1 - index }
        self.skips = skips
    }

    /// Where the pattern begins for the first time at or after `start`.
    func first(in text: [UInt8], from start: Int) -> Int? {
        text.withUnsafeBufferPointer { text in
            let last = bytes.count - 1
            var index = start
            while index + last < text.count {
                let end = text[index + last]
                if end == bytes[last], (0..<last).allSatisfy({ text[index + $0] == bytes[$0] }) {
                    return index
                }
                index += skips[Int(end)]
            }
            return nil
        }
    }
}
