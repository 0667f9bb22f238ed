/// Why bytes are not JSON, and at which of them it shows.
public struct JSONError: Error, Sendable, CustomStringConvertible {
    public let message: String
    /// Counted from 0.
    public let offset: Int
    public var description: String { "\(message) at byte \(offset)" }
}

extension Value {
    /// Reads JSON (RFC 8259). Keys keep their order, whole numbers stay whole whatever their size.
    public init(json bytes: some Sequence<UInt8>) throws(JSONError) {
        var reader = JSONReader(bytes: Array(bytes))
        self = try reader.document()
    }

    public init(json text: String) throws(JSONError) { try self.init(json: text.utf8) }

    /// The value as JSON on one line, keys in their own order.
    ///
    /// - Throws: a `limit` or `runtime` error for what has no JSON form, such as macros.
    public func json() throws(TemplateError) -> String {
        var writer = JSONWriter(style: .plain, indent: nil, limit: .max)
        do {
            try writer.write(self, levels: 500)
        } catch {
            throw TemplateError(error, template: "", source: [], at: 0)
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

struct JSONReader {
    let bytes: [UInt8]
    private var position = 0
    /// Levels of arrays and objects within each other.
    private static let maximumDepth = 120
    /// The same key of many objects is kept once.
    private var known: [[UInt8]: Value] = [:]

    init(bytes: [UInt8]) {
        self.bytes = bytes.isASCII ? bytes : Array(String(decoding: bytes, as: UTF8.self).utf8)
    }

    mutating func document() throws(JSONError) -> Value {
        let value = try value(depth: 0)
        skipSpace()
        if position < bytes.count { throw failure("extra data") }
        return value
    }

    private func failure(_ message: String) -> JSONError { JSONError(message: message, offset: position) }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }

    private mutating func value(depth: Int) throws(JSONError) -> Value {
        if depth > Self.maximumDepth { throw failure("nested deeper than \(Self.maximumDepth) levels") }
        skipSpace()
        guard position < bytes.count else { throw failure("unexpected end") }
        switch bytes[position] {
        case 0x7B: return try object(depth: depth)
        case 0x5B: return try array(depth: depth)
        case 0x22: return .text(try string())
        case 0x74: return try word("true", .bool(true))
        case 0x66: return try word("false", .bool(false))
        case 0x6E: return try word("null", .none)
        case 0x4E: return try word("NaN", .float(.nan))
        case 0x49: return try word("Infinity", .float(.infinity))
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: Value) throws(JSONError) -> Value {
        guard bytes[position...].starts(with: word.utf8) else { throw failure("unknown word") }
        position += word.utf8.count
        return value
    }

    private mutating func array(depth: Int) throws(JSONError) -> Value {
        position += 1
        var items: [Value] = []
        skipSpace()
        if position < bytes.count, bytes[position] == 0x5D {
            position += 1
            return .list(items)
        }
        while true {
            items.append(try value(depth: depth + 1))
            if try !continues(0x5D) { return .list(items) }
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> Value {
        position += 1
        var table = Table()
        skipSpace()
        if position < bytes.count, bytes[position] == 0x7D {
            position += 1
            return .dict(Dict(table))
        }
        while true {
            skipSpace()
            guard position < bytes.count, bytes[position] == 0x22 else {
                throw failure("a key must be a string")
            }
            let name = try string()
            let key = known[name] ?? .text(name)
            if known.count < 1_000 { known[name] = key }
            skipSpace()
            guard position < bytes.count, bytes[position] == 0x3A else { throw failure("expected ':'") }
            position += 1
            table.set(key, try value(depth: depth + 1))
            if try !continues(0x7D) { return .dict(Dict(table)) }
        }
    }

    /// After an item: true at a comma, false at the end.
    private mutating func continues(_ end: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == end || bytes[position] == 0x2C else {
            throw failure("expected ',' or '\(String(UnicodeScalar(end)))'")
        }
        position += 1
        return bytes[position - 1] == 0x2C
    }

    private mutating func string() throws(JSONError) -> [UInt8] {
        position += 1
        var result: [UInt8] = []
        while position < bytes.count {
            let start = position
            while position < bytes.count, bytes[position] != 0x22, bytes[position] != 0x5C,
                bytes[position] >= 0x20
            {
                position += 1
            }
            result += bytes[start..<position]
            guard position < bytes.count else { break }
            if bytes[position] == 0x22 {
                position += 1
                return result
            }
            if bytes[position] < 0x20 { throw failure("control character in a string") }
            try escape(into: &result)
        }
        throw failure("unterminated string")
    }

    private mutating func escape(into result: inout [UInt8]) throws(JSONError) {
        guard position + 1 < bytes.count else { throw failure("unterminated string") }
        let letter = bytes[position + 1]
        position += 2
        switch letter {
        case 0x22, 0x5C, 0x2F: result.append(letter)
        case 0x62: result.append(8)
        case 0x66: result.append(12)
        case 0x6E: result.append(10)
        case 0x72: result.append(13)
        case 0x74: result.append(9)
        case 0x75:
            var value = try unit()
            if (0xD800..<0xDC00).contains(value), position + 1 < bytes.count, bytes[position] == 0x5C,
                bytes[position + 1] == 0x75
            {
                let saved = position
                position += 2
                let low = try unit()
                if (0xDC00..<0xE000).contains(low) {
                    value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
                } else {
                    position = saved
                }
            }
            result.append(scalar: Unicode.Scalar(value) ?? "\u{FFFD}")
        default: throw failure("unknown escape")
        }
    }

    private mutating func unit() throws(JSONError) -> UInt32 {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ $0.digitValue < 16 }) else {
            throw failure("bad \\u escape")
        }
        position += 4
        return digits.reduce(0) { $0 << 4 | UInt32($1.digitValue) }
    }

    private mutating func number() throws(JSONError) -> Value {
        let start = position
        if position < bytes.count, bytes[position] == Byte.minus { position += 1 }
        if position < bytes.count, bytes[position] == 0x49 { return try word("Infinity", .float(-.infinity)) }
        let digits = position
        while position < bytes.count, bytes[position].isDigit { position += 1 }
        guard position > digits, bytes[digits] != 0x30 || position == digits + 1 else {
            position = start
            throw failure("unexpected character")
        }
        var isWhole = true
        if position + 1 < bytes.count, bytes[position] == 0x2E, bytes[position + 1].isDigit {
            isWhole = false
            position += 1
            while position < bytes.count, bytes[position].isDigit { position += 1 }
        }
        if position < bytes.count, bytes[position] | 0x20 == 0x65 {
            var next = position + 1
            if next < bytes.count, bytes[next] == Byte.plus || bytes[next] == Byte.minus { next += 1 }
            if next < bytes.count, bytes[next].isDigit {
                isWhole = false
                position = next
                while position < bytes.count, bytes[position].isDigit { position += 1 }
            }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard isWhole else { return .float(Double(text) ?? .infinity) }
        if let small = Int(text) { return .int(small) }
        guard position - digits < 5_000 else { throw failure("a number of more than 5000 digits") }
        let values = bytes[digits..<position].map { UInt32($0.digitValue) }
        return BigInteger(digits: values, base: 10, isNegative: bytes[start] == Byte.minus).value
    }
}

struct JSONWriter {
    enum Style {
        case plain
        /// As Jinja2's `tojson`: keys sorted, ASCII only, safe within HTML.
        case html
    }

    let style: Style
    let indent: Text?
    let limit: Int
    var bytes: [UInt8] = []
    private var level = 0

    init(style: Style, indent: Text?, limit: Int) {
        self.style = style
        self.indent = indent
        self.limit = limit
    }

    mutating func write(_ value: Value, levels: Int) throws(Fault) {
        if levels < 0 { throw .limit("values nested too deep for JSON") }
        if bytes.count > limit { throw .limit("a string of more than \(limit) bytes") }
        switch value {
        case .none: bytes.append("null")
        case .bool(let bool): bytes.append(bool ? "true" : "false")
        case .int(let number): bytes.append(decimal: number)
        case .big(let number): bytes.append(number.description)
        case .float(let number):
            bytes.append(
                number.isNaN
                    ? "NaN"
                    : number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : pythonDescription(number))
        case .string(let text), .markup(let text): write(text)
        case .list(let list), .tuple(let list):
            let items = list.items
            try write(items.count, "[", "]", levels) { (writer, index) throws(Fault) in
                try writer.write(items[index], levels: levels - 1)
            }
        case .dict(let dict): try write(dict.table, levels)
        case .undefined, .object:
            throw .runtime("Object of type \(value.typeName) is not JSON serializable")
        }
    }

    private mutating func write(
        _ count: Int, _ open: StaticString, _ close: StaticString, _ levels: Int,
        _ item: (inout JSONWriter, Int) throws(Fault) -> Void
    ) throws(Fault) {
        bytes.append(open)
        level += 1
        for index in 0..<count {
            if index > 0 { bytes.append(indent == nil ? (style == .html ? ", " : ",") : ",") }
            newline()
            try item(&self, index)
        }
        level -= 1
        if count > 0 { newline() }
        bytes.append(close)
    }

    private mutating func newline() {
        guard let indent else { return }
        bytes.append(0x0A)
        for _ in 0..<level { bytes += indent.bytes }
    }

    private mutating func write(_ table: Table, _ levels: Int) throws(Fault) {
        var pairs: [(key: Text, value: Value)] = []
        for (key, value) in zip(table.keys, table.values) {
            switch key {
            case .string(let text), .markup(let text): pairs.append((text, value))
            case .none, .bool, .int, .big, .float:
                var writer = JSONWriter(style: .plain, indent: nil, limit: limit)
                try writer.write(key, levels: 1)
                pairs.append((Text(valid: writer.bytes), value))
            default: throw .runtime("keys must be str, int, float, bool or None, not \(key.typeName)")
            }
        }
        if style == .html {
            let kinds = Set(
                table.keys.map { $0.text != nil ? "str" : $0.number != nil ? "int" : $0.typeName })
            if kinds.count > 1 {
                throw .runtime("'<' not supported between instances of different types of keys")
            }
            if kinds == ["int"] {
                let order = table.keys.indices.sorted { left, right in
                    guard let a = table.keys[left].number, let b = table.keys[right].number else {
                        return false
                    }
                    return (Number.compare(a, b) ?? 0) < 0
                }
                pairs = order.map { pairs[$0] }
            } else {
                pairs.sort { $0.key.bytes.precedes($1.key.bytes) }
            }
        }
        let isPlain = style == .plain
        try write(pairs.count, "{", "}", levels) { (writer, index) throws(Fault) in
            writer.write(pairs[index].key)
            writer.bytes.append(isPlain && writer.indent == nil ? ":" : ": ")
            try writer.write(pairs[index].value, levels: levels - 1)
        }
    }

    private mutating func write(_ text: Text) {
        bytes.append(0x22)
        for scalar in text.string.unicodeScalars {
            switch scalar {
            case "\"": bytes.append("\\\"")
            case "\\": bytes.append("\\\\")
            case "\n": bytes.append("\\n")
            case "\r": bytes.append("\\r")
            case "\t": bytes.append("\\t")
            case "\u{8}": bytes.append("\\b")
            case "\u{C}": bytes.append("\\f")
            case "<", ">", "&", "'":
                if style == .html { append(unit: UInt16(scalar.value)) } else { bytes.append(scalar: scalar) }
            default:
                // Line separators stay out of plain JSON too: many a reader of lines breaks at them.
                let separates = scalar.isPythonLineBreak
                if scalar.value < 0x20 || separates || (style == .html && scalar.value >= 0x7F) {
                    for unit in UTF16.encode(scalar).map({ Array($0) }) ?? [] { append(unit: unit) }
                } else {
                    bytes.append(scalar: scalar)
                }
            }
        }
        bytes.append(0x22)
    }

    private mutating func append(unit: UInt16) {
        let digits = String(unit, radix: 16)
        bytes.append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }
}
