/// Reads one JSON text by recursive descent; the depth is bounded by the limits.
struct StrictJSONReader {
    let bytes: [UInt8]
    let limits: StrictJSON.Limits
    private var position = 0
    private var depth = 0
    private var values = 0

    init(bytes: [UInt8], limits: StrictJSON.Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func readText() throws(SecretsError) -> StrictJSON {
        let value = try readValue()
        skipSpace()
        guard position == bytes.count else { throw fault(.syntax) }
        return value
    }

    private mutating func readValue() throws(SecretsError) -> StrictJSON {
        values += 1
        guard values <= limits.values else { throw fault(.tooManyValues) }
        skipSpace()
        switch peek() {
        case UInt8(ascii: "{"): return .object(try readObject())
        case UInt8(ascii: "["): return .array(try readArray())
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        default: return .number(try readNumber())
        }
    }

    private mutating func readObject() throws(SecretsError) -> StrictJSON.Object {
        try enter()
        var members: [StrictJSON.Object.Member] = []
        var names = Set<[UInt8]>()
        if !take("}") {
            repeat {
                guard members.count < limits.members else { throw fault(.tooManyValues) }
                skipSpace()
                guard peek() == UInt8(ascii: "\"") else { throw fault(.syntax) }
                let name = try readString()
                guard names.insert(Array(name.utf8)).inserted else { throw fault(.duplicateName(name)) }
                guard take(":") else { throw fault(.syntax) }
                members.append(.init(name: name, value: try readValue()))
            } while take(",")
            guard take("}") else { throw fault(.syntax) }
        }
        depth -= 1
        return .init(members: members)
    }

    private mutating func readArray() throws(SecretsError) -> [StrictJSON] {
        try enter()
        var elements: [StrictJSON] = []
        if !take("]") {
            repeat { elements.append(try readValue()) } while take(",")
            guard take("]") else { throw fault(.syntax) }
        }
        depth -= 1
        return elements
    }

    private mutating func enter() throws(SecretsError) {
        depth += 1
        guard depth <= limits.depth else { throw fault(.tooDeep) }
        position += 1
    }

    private mutating func readWord(_ word: String, _ value: StrictJSON) throws(SecretsError) -> StrictJSON {
        guard bytes[position...].starts(with: word.utf8) else { throw fault(.syntax) }
        position += word.utf8.count
        return value
    }

    private mutating func readNumber() throws(SecretsError) -> String {
        let start = position
        if peek() == UInt8(ascii: "-") { position += 1 }
        if peek() == UInt8(ascii: "0") { position += 1 } else { try readDigits() }
        if peek() == UInt8(ascii: ".") {
            position += 1
            try readDigits()
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            try readDigits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func readDigits() throws(SecretsError) {
        let start = position
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw fault(.syntax) }
    }

    private mutating func readString() throws(SecretsError) -> String {
        position += 1
        let start = position
        var hasEscape = false
        while true {
            position = endOfPlainText(from: position)
            guard let byte = peek(), byte != UInt8(ascii: "\"") else { break }
            guard byte == UInt8(ascii: "\\") else { throw fault(.syntax) }
            hasEscape = true
            position += 2
        }
        guard position < bytes.count else {
            position = bytes.count
            throw fault(.syntax)
        }
        let text = hasEscape ? try unescaped(start..<position)[...] : bytes[start..<position]
        guard let string = String(validating: text, as: UTF8.self) else { throw fault(.invalidUTF8) }
        position += 1
        return string
    }

    /// Where text ends that needs no attention: at a quote, a backslash, a control character or the end. Most bytes
    /// of a delivery are such text, so this loop decides the speed.
    private func endOfPlainText(from start: Int) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var index = start
            while index < bytes.count {
                let byte = bytes[index]
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
                index += 1
            }
            return index
        }
    }

    private func unescaped(_ range: Range<Int>) throws(SecretsError) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            let escape = bytes[index]
            index += 1
            if escape == UInt8(ascii: "u") {
                let scalar = try readScalar(at: &index, within: range)
                text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            } else {
                guard let plain = Self.escapes[escape] else { throw fault(.syntax) }
                text.append(plain)
            }
        }
        return text
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5c, UInt8(ascii: "/"): 0x2f, UInt8(ascii: "b"): 0x08,
        UInt8(ascii: "f"): 0x0c, UInt8(ascii: "n"): 0x0a, UInt8(ascii: "r"): 0x0d, UInt8(ascii: "t"): 0x09,
    ]

    /// The character of a `\u` escape or of a pair of them; `index` stands behind the `u` and is moved on.
    private func readScalar(at index: inout Int, within range: Range<Int>) throws(SecretsError)
        -> Unicode.Scalar
    {
        guard let first = unit(at: index, within: range) else { throw fault(.syntax) }
        index += 4
        if let scalar = Unicode.Scalar(first) { return scalar }
        if first < 0xdc00, index + 6 <= range.upperBound, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u"), let second = unit(at: index + 2, within: range),
            (0xdc00...0xdfff).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00))
        {
            index += 6
            return scalar
        }
        guard limits.replacesLoneSurrogates else { throw fault(.loneSurrogate) }
        return "\u{fffd}"
    }

    private func unit(at index: Int, within range: Range<Int>) -> UInt16? {
        guard index + 4 <= range.upperBound else { return nil }
        var unit: UInt16 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Hex.value(of: byte) else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            position += 1
        }
    }

    /// Takes a mark behind any white space.
    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek() == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    private func fault(_ fault: JSONFault) -> SecretsError { .jsonRefused(offset: position, fault) }
}
