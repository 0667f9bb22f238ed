/// Python's `str.format`.
struct StringFormat {
    let scalars: [Unicode.Scalar]
    let isMarkup: Bool

    init(_ text: Text, isMarkup: Bool) {
        scalars = text.scalars
        self.isMarkup = isMarkup
    }

    func run(_ call: Call, _ renderer: inout Renderer) throws(Fault) -> Value {
        var automatic = 0
        let bytes = try format(scalars[...], call, &automatic, levels: 2, &renderer)
        return isMarkup ? .markup(Text(valid: bytes)) : .text(bytes)
    }

    private func format(
        _ scalars: ArraySlice<Unicode.Scalar>, _ call: Call, _ automatic: inout Int, levels: Int,
        _ renderer: inout Renderer
    ) throws(Fault) -> [UInt8] {
        if levels <= 0 { throw .runtime("Max string recursion exceeded") }
        var bytes: [UInt8] = []
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            let next: Unicode.Scalar? = index + 1 < scalars.endIndex ? scalars[index + 1] : nil
            index += 1
            if scalar == "{" || scalar == "}" {
                if next == scalar {
                    bytes.append(scalar: scalar)
                    index += 1
                    continue
                }
                if scalar == "}" { throw .runtime("Single '}' encountered in format string") }
                if next == nil { throw .runtime("Single '{' encountered in format string") }
                var depth = 1
                let start = index
                while index < scalars.endIndex, depth > 0 {
                    if scalars[index] == "{" { depth += 1 }
                    if scalars[index] == "}" { depth -= 1 }
                    index += 1
                }
                guard depth == 0 else { throw .runtime("expected '}' before end of string") }
                bytes += try field(scalars[start..<(index - 1)], call, &automatic, levels: levels, &renderer)
                try renderer.willMake(bytes: bytes.count)
            } else {
                bytes.append(scalar: scalar)
            }
        }
        return bytes
    }

    private func field(
        _ field: ArraySlice<Unicode.Scalar>, _ call: Call, _ automatic: inout Int, levels: Int,
        _ renderer: inout Renderer
    ) throws(Fault) -> [UInt8] {
        var nameEnd = field.startIndex
        var inBrackets = false
        while nameEnd < field.endIndex {
            if field[nameEnd] == "[" { inBrackets = true }
            if field[nameEnd] == "]" { inBrackets = false }
            if !inBrackets, field[nameEnd] == ":" || field[nameEnd] == "!" { break }
            nameEnd += 1
        }
        var value = try lookup(field[..<nameEnd], call, &automatic, &renderer)
        var rest = field[nameEnd...]
        var conversion: Unicode.Scalar?
        if rest.first == "!" {
            conversion = rest.dropFirst().first
            rest = rest.dropFirst(2)
        }
        var spec: [UInt8] = []
        if rest.first == ":" {
            spec = try format(rest.dropFirst(), call, &automatic, levels: levels - 1, &renderer)
        }
        switch conversion {
        case "s": value = .string(try renderer.text(of: value))
        case "r", "a": value = .text(try renderer.representation(of: value))
        case nil: break
        default: throw .runtime("Unknown conversion specifier")
        }
        if isMarkup, let text = value.text, value.isMarkup, spec.isEmpty { return text.bytes }
        let formatted = try FormatSpec(Text(valid: spec)).apply(value, &renderer)
        if isMarkup, !value.isMarkup {
            var escaped: [UInt8] = []
            escaped.append(escaping: formatted)
            return escaped
        }
        return formatted
    }

    private func lookup(
        _ name: ArraySlice<Unicode.Scalar>, _ call: Call, _ automatic: inout Int, _ renderer: inout Renderer
    ) throws(Fault) -> Value {
        let first = name.prefix { $0 != "." && $0 != "[" }
        var value: Value
        if first.isEmpty || first.allSatisfy({ ("0"..."9").contains($0) }) {
            let position = first.isEmpty ? automatic : Int(Text(scalars: first).string) ?? .max
            if first.isEmpty { automatic += 1 }
            guard position < call.positional.count else {
                throw .runtime("Replacement index \(position) out of range for positional args tuple")
            }
            value = call.positional[position]
        } else {
            let key = Text(scalars: first)
            guard let found = call.keywords.first(where: { $0.name == key }) else {
                throw .runtime(pythonQuoted(key.string))
            }
            value = found.value
        }
        var rest = name.dropFirst(first.count)
        while let opening = rest.first {
            rest = rest.dropFirst()
            if opening == "." {
                let part = rest.prefix { $0 != "." && $0 != "[" }
                rest = rest.dropFirst(part.count)
                // As in Python's formatting: members only, not what is stored.
                let found = try renderer.attribute(Text(scalars: part), of: value)
                if case .dict = value {
                    throw .runtime("'dict' object has no attribute '\(Text(scalars: part).string)'")
                }
                if case .undefined(let missing) = found { throw .runtime(missing.message) }
                value = found
            } else {
                let part = rest.prefix { $0 != "]" }
                rest = rest.dropFirst(part.count + 1)
                let text = Text(scalars: part)
                let key: Value = Int(text.string).map { .int($0) } ?? .string(text)
                let found = try renderer.item(key, of: value)
                if case .undefined = found { throw .runtime(try renderer.representation(of: key)) }
                value = found
            }
        }
        return value
    }
}

/// Python's format specification: `[[fill]align][sign][#][0][width][,][.precision][type]`.
struct FormatSpec {
    private var fill: Unicode.Scalar = " "
    private var align: Unicode.Scalar?
    private var sign: Unicode.Scalar = "-"
    private var isAlternate = false
    private var width = 0
    private var separator: String?
    private var precision: Int?
    private var kind: Unicode.Scalar?

    init(_ text: Text) throws(Fault) {
        var rest = text.scalars[...]
        let aligns: Set<Unicode.Scalar> = ["<", ">", "=", "^"]
        if let second = rest.dropFirst().first, aligns.contains(second) {
            fill = rest.first ?? " "
            align = second
            rest = rest.dropFirst(2)
        } else if let first = rest.first, aligns.contains(first) {
            align = first
            rest = rest.dropFirst()
        }
        if let first = rest.first, first == "+" || first == "-" || first == " " {
            sign = first
            rest = rest.dropFirst()
        }
        if rest.first == "#" {
            isAlternate = true
            rest = rest.dropFirst()
        }
        if rest.first == "0" {
            if align == nil { (fill, align) = ("0", "=") }
            rest = rest.dropFirst()
        }
        width = try Self.digits(&rest) ?? 0
        if let first = rest.first, first == "," || first == "_" {
            separator = String(first)
            rest = rest.dropFirst()
        }
        if rest.first == "." {
            rest = rest.dropFirst()
            guard let digits = try Self.digits(&rest) else {
                throw .runtime("Format specifier missing precision")
            }
            precision = digits
        }
        kind = rest.popFirst()
        if !rest.isEmpty { throw .runtime("Invalid format specifier") }
    }

    private static func digits(_ rest: inout ArraySlice<Unicode.Scalar>) throws(Fault) -> Int? {
        let digits = rest.prefix { ("0"..."9").contains($0) }
        if digits.isEmpty { return nil }
        rest = rest.dropFirst(digits.count)
        guard let value = Int(Text(scalars: digits).string), value < Int(Int32.max) else {
            throw .runtime("Too many decimal digits in format string")
        }
        return value
    }

    func apply(_ value: Value, _ renderer: inout Renderer) throws(Fault) -> [UInt8] {
        try renderer.willMake(bytes: max(width, precision ?? 0))
        switch value {
        case .int, .big, .float: return try number(value, renderer)
        case .bool: if kind != nil { return try number(value, renderer) }
        default: break
        }
        var text = try renderer.text(of: value)
        if let kind, kind != "s" {
            throw .runtime("Unknown format code '\(kind)' for object of type '\(value.typeName)'")
        }
        if let precision, precision < text.count { text = Text(scalars: text.scalars.prefix(precision)) }
        return pad("", text.bytes, align ?? "<")
    }

    private func number(_ value: Value, _ renderer: Renderer) throws(Fault) -> [UInt8] {
        guard let number = value.number else { return [] }
        let kind = kind ?? (number.integer == nil ? (precision == nil ? "r" : "g") : "d")
        var isNegative = (Number.compare(number, .int(0)) ?? 0) < 0
        var prefix = ""
        var body: String
        switch kind {
        case "d", "b", "o", "x", "X", "c":
            guard let integer = number.integer else {
                throw .runtime("Unknown format code '\(kind)' for object of type 'float'")
            }
            if precision != nil { throw .runtime("Precision not allowed in integer format specifier") }
            let base = kind == "b" ? 2 : kind == "o" ? 8 : kind == "x" || kind == "X" ? 16 : 10
            body = BigInteger(isNegative: false, limbs: integer.limbs).digits(
                base: base, uppercase: kind == "X")
            if isAlternate, base != 10 { prefix = "0\(kind)" }
            if kind == "c" {
                guard let scalar = integer.small.flatMap({ UInt32(exactly: $0) }).flatMap(Unicode.Scalar.init)
                else {
                    throw .runtime("%c arg not in range(0x110000)")
                }
                return pad("", Text(scalars: [scalar]).bytes, align ?? "<")
            }
        case "r":
            body = pythonDescription(number.double.magnitude)
            isNegative = number.double.sign == .minus && !number.double.isNaN
        case "%":
            body = floatBody(number.double.magnitude * 100, 0x66, precision: precision) + "%"
            isNegative = number.double.sign == .minus
        case "e", "E", "f", "F", "g", "G", "n":
            let letter = kind == "n" ? 0x67 : UInt8(kind.value)
            body = floatBody(number.double.magnitude, letter, precision: precision, isAlternate: isAlternate)
            isNegative = number.double.sign == .minus
            if self.kind == nil, !body.contains("."), !body.contains("e"), number.double.isFinite {
                body += ".0"
            }
        default: throw .runtime("Unknown format code '\(kind)' for object of type '\(value.typeName)'")
        }
        if let separator { body = grouped(body, separator) }
        let mark = isNegative ? "-" : sign == "-" ? "" : String(sign)
        return pad(mark + prefix, Array(body.utf8), align ?? ">")
    }

    private func grouped(_ body: String, _ separator: String) -> String {
        let digits = body.prefix { $0.isNumber }
        let size = kind == "x" || kind == "X" || kind == "b" || kind == "o" ? 4 : 3
        var result = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position) % size == 0 { result += separator }
            result.append(digit)
        }
        return result + body.dropFirst(digits.count)
    }

    private func pad(_ sign: String, _ body: [UInt8], _ align: Unicode.Scalar) -> [UInt8] {
        let missing = max(0, width - Text(valid: body).count - sign.utf8.count)
        let filler = Text(scalars: [fill]).bytes
        func filling(_ count: Int) -> [UInt8] { Array([[UInt8]](repeating: filler, count: count).joined()) }
        let mark = Array(sign.utf8)
        switch align {
        case "<": return mark + body + filling(missing)
        case "=": return mark + filling(missing) + body
        case "^": return filling(missing / 2) + mark + body + filling(missing - missing / 2)
        default: return filling(missing) + mark + body
        }
    }
}
