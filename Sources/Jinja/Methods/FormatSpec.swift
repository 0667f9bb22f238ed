/// Python's format specification: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
struct FormatSpec {
    private var fill: Unicode.Scalar = " "
    private var align: Unicode.Scalar?
    private var sign: Unicode.Scalar?
    /// A zero that rounding has made negative loses its sign.
    private var dropsNegativeZero = false
    private var isAlternate = false
    private var isZeroPadded = false
    private var width = 0
    private var separator: Unicode.Scalar?
    private var precision: Int?
    private var kind: Unicode.Scalar?
    private let isEmpty: Bool

    init(_ text: Text) throws(Fault) {
        var rest = text.scalars[...]
        isEmpty = rest.isEmpty
        let aligns: Set<Unicode.Scalar> = ["<", ">", "=", "^"]
        var hasFill = false
        if let second = rest.dropFirst().first, aligns.contains(second) {
            (fill, align, hasFill) = (rest.first ?? " ", second, true)
            rest = rest.dropFirst(2)
        } else if let first = rest.first, aligns.contains(first) {
            align = first
            rest = rest.dropFirst()
        }
        if let first = rest.first, first == "+" || first == "-" || first == " " {
            sign = first
            rest = rest.dropFirst()
        }
        dropsNegativeZero = Self.skip("z", &rest)
        isAlternate = Self.skip("#", &rest)
        if !hasFill, Self.skip("0", &rest) { (fill, isZeroPadded) = ("0", true) }
        width = try Self.digits(&rest) ?? 0
        if let first = rest.first, first == "," || first == "_" {
            separator = first
            rest = rest.dropFirst()
        }
        if Self.skip(".", &rest) {
            guard let digits = try Self.digits(&rest) else {
                throw .runtime("Format specifier missing precision")
            }
            precision = digits
        }
        kind = rest.popFirst()
        if !rest.isEmpty { throw .runtime("Invalid format specifier") }
        if let separator, let kind {
            let allowed = separator == "," ? "deEfFgG%" : "deEfFgG%boxX"
            if !allowed.unicodeScalars.contains(kind) {
                throw .runtime("Cannot specify '\(separator)' with '\(kind)'.")
            }
        }
    }

    private static func skip(_ scalar: Unicode.Scalar, _ rest: inout ArraySlice<Unicode.Scalar>) -> Bool {
        guard rest.first == scalar else { return false }
        rest = rest.dropFirst()
        return true
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
        if isEmpty { return try renderer.text(of: value).bytes }
        guard let number = value.number else { return try text(value) }
        switch number {
        case .float(let double): return try float(double, kind)
        case .int, .big:
            if let kind, "eEfFgG%".unicodeScalars.contains(kind) {
                guard number.double.isFinite else { throw .runtime("int too large to convert to float") }
                return try float(number.double, kind)
            }
            return try whole(number.integer ?? BigInteger(0), value.typeName)
        }
    }

    private func text(_ value: Value) throws(Fault) -> [UInt8] {
        guard var text = value.text else {
            throw .runtime("unsupported format string passed to \(value.typeName).__format__")
        }
        if let kind, kind != "s" { throw unknown("str") }
        if sign != nil { throw .runtime("Sign not allowed in string format specifier") }
        if dropsNegativeZero {
            throw .runtime("Negative zero coercion (z) not allowed in string format specifier")
        }
        if isAlternate { throw .runtime("Alternate form (#) not allowed in string format specifier") }
        if align == "=" { throw .runtime("'=' alignment not allowed in string format specifier") }
        if let separator { throw .runtime("Cannot specify '\(separator)' with 's'.") }
        if let precision, precision < text.count { text = Text(scalars: text.scalars.prefix(precision)) }
        return pad("", text.bytes, align ?? "<")
    }

    private func unknown(_ type: String) -> Fault {
        .runtime("Unknown format code '\(kind.map(String.init) ?? "")' for object of type '\(type)'")
    }

    // MARK: Numbers

    private func whole(_ integer: BigInteger, _ type: String) throws(Fault) -> [UInt8] {
        if precision != nil { throw .runtime("Precision not allowed in integer format specifier") }
        if dropsNegativeZero {
            throw .runtime("Negative zero coercion (z) not allowed in format specifier with integer")
        }
        if kind == "c" {
            if sign != nil { throw .runtime("Sign not allowed with integer format specifier 'c'") }
            if isAlternate { throw .runtime("Alternate form (#) not allowed with integer specifier 'c'") }
            guard let scalar = integer.small.flatMap({ UInt32(exactly: $0) }).flatMap(Unicode.Scalar.init)
            else { throw .runtime("%c arg not in range(0x110000)") }
            return pad("", Text(scalars: [scalar]).bytes, align ?? (isZeroPadded ? "=" : ">"))
        }
        let base: Int
        switch kind {
        case nil, "d", "n": base = 10
        case "b": base = 2
        case "o": base = 8
        case "x", "X": base = 16
        default: throw unknown(type)
        }
        let magnitude = BigInteger(isNegative: false, limbs: integer.limbs)
        let digits = magnitude.digits(base: base, uppercase: kind == "X")
        let prefix = isAlternate && base != 10 ? "0\(kind ?? "d")" : ""
        return number(mark(integer.isNegative) + prefix, digits, group: base == 10 ? 3 : 4)
    }

    private func float(_ value: Double, _ kind: Unicode.Scalar?) throws(Fault) -> [UInt8] {
        let magnitude = value.magnitude
        var body: String
        switch kind {
        case nil where precision == nil:
            body = pythonDescription(magnitude)
            if isAlternate, value.isFinite, !body.contains("."), let mark = body.firstIndex(of: "e") {
                body.insert(".", at: mark)
            }
        case nil: body = short(magnitude)
        case "%":
            let percent = floatBody(magnitude * 100, 0x66, precision: precision, isAlternate: isAlternate)
            body = percent + "%"
        case "e", "E", "f", "F", "g", "G", "n":
            let letter = kind == "n" ? 0x67 : UInt8(kind?.value ?? 0x67)
            body = floatBody(magnitude, letter, precision: precision, isAlternate: isAlternate)
        default: throw unknown("float")
        }
        var isNegative = value.sign == .minus && !value.isNaN
        if dropsNegativeZero, !body.utf8.contains(where: { (0x31...0x39).contains($0) }) {
            isNegative = false
        }
        return number(mark(isNegative), body, group: 3)
    }

    /// Without a type but with a precision: as `g`, with at least one digit after the point.
    private func short(_ magnitude: Double) -> String {
        let significant = max(1, precision ?? 1)
        var body = floatBody(magnitude, 0x67, precision: significant, isAlternate: isAlternate)
        guard magnitude.isFinite else { return body }
        if !body.contains("e") {
            let whole = body.prefix { $0 != "." }
            let isLong = whole.utf8.count >= significant
            if magnitude == 0 ? significant == 1 : isLong && whole != "0" {
                body = floatBody(
                    magnitude, 0x65, precision: significant - 1, isAlternate: isAlternate)
                if !isAlternate, let mark = body.firstIndex(of: "e"), body[..<mark].contains(".") {
                    var head = String(body[..<mark])
                    while head.hasSuffix("0") { head.removeLast() }
                    if head.hasSuffix(".") { head.removeLast() }
                    body = head + body[mark...]
                }
            }
        }
        if !body.contains("."), !body.contains("e") { body += ".0" }
        return body.hasSuffix(".") ? body + "0" : body
    }

    private func mark(_ isNegative: Bool) -> String {
        isNegative ? "-" : sign == "+" ? "+" : sign == " " ? " " : ""
    }

    /// Digits in groups, and zeros before them when those fill the width.
    private func number(_ mark: String, _ body: String, group: Int) -> [UInt8] {
        let align = align ?? (isZeroPadded ? "=" : ">")
        guard let separator else { return pad(mark, Array(body.utf8), align) }
        let isHex = kind == "x" || kind == "X"
        let digits = Array(body.utf8.prefix { $0.isDigit || (isHex && $0.isLetter) })
        let rest = Array(body.utf8.dropFirst(digits.count))
        let fills = fill == "0" && align == "="
        var room = fills ? width - mark.utf8.count - rest.count : 0
        var left = digits.count
        var reversed: [UInt8] = []
        while !digits.isEmpty {
            let length = min(group, max(left, room, 1))
            let taken = min(left, length)
            reversed += digits[(left - taken)..<left].reversed()
            reversed += [UInt8](repeating: 0x30, count: length - taken)
            left -= taken
            room -= length
            if left <= 0, room <= 0 { break }
            room -= 1
            reversed.append(UInt8(separator.value))
        }
        return pad(mark, reversed.reversed() + rest, align)
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

/// Python's `ascii`: whatever is not ASCII is written as an escape.
func asciiOnly(_ representation: String) -> String {
    var result = ""
    for scalar in representation.unicodeScalars {
        if scalar.isASCII {
            result.unicodeScalars.append(scalar)
            continue
        }
        let digits = String(scalar.value, radix: 16)
        let (letter, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
        result += "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
    }
    return result
}
