/// Python's `%` operator on strings.
enum Formatting {
    static func apply(_ format: Value, _ arguments: Value, _ renderer: inout Renderer) throws(Fault) -> Value
    {
        var mapping: Dict?
        var usesAll = true
        switch arguments {
        case .tuple(let list): return try apply(format, tuple: list.items, &renderer)
        // What Python could look a key up in need not be used up.
        case .dict(let dict): (mapping, usesAll) = (dict, false)
        case .list, .undefined: usesAll = false
        case .object(let object): if case .range = object.kind { usesAll = false }
        default: break
        }
        return try apply(format, items: [arguments], mapping: mapping, usesAll: usesAll, &renderer)
    }

    /// With the items of a tuple, each of which has to be used.
    static func apply(_ format: Value, tuple items: [Value], _ renderer: inout Renderer) throws(Fault)
        -> Value
    {
        try apply(format, items: items, mapping: nil, usesAll: true, &renderer)
    }

    private static func apply(
        _ format: Value, items: [Value], mapping: Dict?, usesAll: Bool, _ renderer: inout Renderer
    ) throws(Fault) -> Value {
        guard let text = format.text else { return format }
        if usesAll, items.count == 1, let price = price(text.bytes, items[0]) {
            return format.isMarkup ? .markup(Text(valid: price)) : .text(price)
        }
        var run = Run(
            bytes: text.bytes, isMarkup: format.isMarkup, items: items, mapping: mapping, usesAll: usesAll)
        try run.format(&renderer)
        return format.isMarkup ? .markup(Text(valid: run.result)) : .text(run.result)
    }

    /// A number by `%.2f` and the like, which is what most formats are: its digits go where they belong at once.
    private static func price(_ format: [UInt8], _ value: Value) -> [UInt8]? {
        guard format.count == 4, format[0] == 0x25, format[1] == 0x2E, format[2].isDigit, format[3] == 0x66,
            let number = value.number?.double, number > 0
        else { return nil }
        var digits: [UInt8] = []
        digits.reserveCapacity(24)
        return digits.append(fixed: number, places: Int(format[2] - 0x30)) ? digits : nil
    }

    private struct Run {
        let bytes: [UInt8]
        let isMarkup: Bool
        let items: [Value]
        /// Where `%(name)s` looks.
        let mapping: Dict?
        /// Whether an item that is left over is an error.
        let usesAll: Bool
        var used = 0
        var position = 0
        var result: [UInt8] = []

        init(bytes: [UInt8], isMarkup: Bool, items: [Value], mapping: Dict?, usesAll: Bool) {
            self.bytes = bytes
            self.isMarkup = isMarkup
            self.items = items
            self.mapping = mapping
            self.usesAll = usesAll
            result.reserveCapacity(bytes.count + 16)
        }

        mutating func next() throws(Fault) -> Value {
            guard used < items.count else { throw .runtime("not enough arguments for format string") }
            used += 1
            return items[used - 1]
        }

        mutating func format(_ renderer: inout Renderer) throws(Fault) {
            while position < bytes.count {
                guard bytes[position] == 0x25 else {
                    result.append(bytes[position])
                    position += 1
                    continue
                }
                position += 1
                try directive(&renderer)
                try renderer.willMake(bytes: result.count)
            }
            if usesAll, used < items.count {
                throw .runtime("not all arguments converted during string formatting")
            }
        }

        private mutating func directive(_ renderer: inout Renderer) throws(Fault) {
            var value: Value?
            if position < bytes.count, bytes[position] == 0x28 { value = try mapped(&renderer) }
            let start = position
            var spec = Spec()
            flags: while position < bytes.count {
                switch bytes[position] {
                case 0x2D: spec.isLeft = true
                case 0x2B: spec.sign = "+"
                case 0x20: if spec.sign == "" { spec.sign = " " }
                case 0x23: spec.isAlternate = true
                case 0x30: spec.isZeroPadded = true
                default: break flags
                }
                position += 1
            }
            spec.width = try size(&renderer) ?? 0
            if spec.width < 0 {
                spec.isLeft = true
                spec.width = -max(spec.width, -Int.max)
            }
            if position < bytes.count, bytes[position] == 0x2E {
                position += 1
                spec.precision = max(0, try size(&renderer) ?? 0)
            }
            while position < bytes.count, bytes[position].isLengthModifier { position += 1 }
            guard position < bytes.count else { throw .runtime("incomplete format") }
            let kind = bytes[position]
            position += 1
            if kind == 0x25, start == position - 1 {
                result.append(0x25)
                return
            }
            try renderer.willMake(bytes: max(spec.width, spec.precision ?? 0))
            let argument: Value
            if let value { argument = value } else { argument = try next() }
            if case .undefined(let missing) = argument, kind != 0x73, kind != 0x72, kind != 0x61 {
                throw .undefined(missing)
            }
            try append(spec.converted(argument, kind, isMarkup: isMarkup, at: position - 1, renderer), spec)
        }

        private mutating func mapped(_ renderer: inout Renderer) throws(Fault) -> Value {
            var depth = 1
            let start = position + 1
            position += 1
            while position < bytes.count, depth > 0 {
                if bytes[position] == 0x28 { depth += 1 }
                if bytes[position] == 0x29 { depth -= 1 }
                position += 1
            }
            guard depth == 0 else { throw .runtime("incomplete format key") }
            guard let mapping else { throw .runtime("format requires a mapping") }
            let key = Text(valid: Array(bytes[start..<(position - 1)]))
            guard let value = mapping[key] else { throw .runtime(pythonQuoted(key.string)) }
            return value
        }

        private mutating func size(_ renderer: inout Renderer) throws(Fault) -> Int? {
            guard position < bytes.count else { return nil }
            if bytes[position] == 0x2A {
                position += 1
                // Safe text wraps what it is given, and a wrapped number is none.
                guard !isMarkup, let size = try next().index else { throw .runtime("* wants int") }
                return size
            }
            var size: Int?
            while position < bytes.count, bytes[position].isDigit {
                let (tens, overflow) = (size ?? 0).multipliedReportingOverflow(by: 10)
                if overflow || tens > Int(Int32.max) { throw .runtime("width too big") }
                size = tens + Int(bytes[position] - 0x30)
                position += 1
            }
            return size
        }

        private mutating func append(_ converted: (sign: String, body: [UInt8]), _ spec: Spec) throws(Fault) {
            guard spec.width > 0 else {
                result.append(contentsOf: converted.sign.utf8)
                return result.append(contentsOf: converted.body)
            }
            let length = Text(valid: converted.body).count + converted.sign.utf8.count
            let padding = max(0, spec.width - length)
            if spec.isLeft {
                result +=
                    Array(converted.sign.utf8) + converted.body + [UInt8](repeating: 0x20, count: padding)
            } else if spec.isZeroPadded, spec.isNumber {
                result +=
                    Array(converted.sign.utf8) + [UInt8](repeating: 0x30, count: padding) + converted.body
            } else {
                result +=
                    [UInt8](repeating: 0x20, count: padding) + Array(converted.sign.utf8) + converted.body
            }
        }
    }

    /// One directive, and what it makes of its argument.
    private struct Spec {
        var isLeft = false
        var sign = ""
        var isAlternate = false
        var isZeroPadded = false
        var isNumber = false
        var width = 0
        var precision: Int?

        mutating func converted(
            _ value: Value, _ kind: UInt8, isMarkup: Bool, at position: Int, _ renderer: Renderer
        ) throws(Fault) -> (sign: String, body: [UInt8]) {
            switch kind {
            case 0x73, 0x72, 0x61:
                var text =
                    kind == 0x73
                    ? try renderer.text(of: value) : Text(try renderer.representation(of: value))
                if kind == 0x61 { text = Text(asciiOnly(text.string)) }
                if isMarkup {
                    text = Text(
                        valid: kind == 0x73 ? value.escapedBytes(text) : Value.none.escapedBytes(text))
                }
                if let precision, precision < text.count {
                    text = Text(scalars: text.scalars.prefix(precision))
                }
                return ("", text.bytes)
            case 0x63 where !isMarkup:
                if let text = value.text {
                    guard text.count == 1 else { throw .runtime("%c requires int or char") }
                    return ("", text.bytes)
                }
                guard let number = value.index,
                    let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init)
                else { throw .runtime("%c requires int or char") }
                return ("", Text(scalars: [scalar]).bytes)
            case 0x64, 0x69, 0x75: return try whole(value, String(UnicodeScalar(kind)))
            case 0x6F, 0x78, 0x58: return try based(value, kind)
            case 0x65, 0x45, 0x66, 0x46, 0x67, 0x47:
                guard let number = value.number?.double else {
                    throw .runtime("must be real number, not \(value.typeName)")
                }
                isNumber = true
                let sign = number.sign == .minus && !number.isNaN ? "-" : sign
                var digits: [UInt8] = []
                if kind | 0x20 == 0x66, !isAlternate, digits.append(fixed: number, places: precision ?? 6) {
                    return (sign, digits)
                }
                return (
                    sign, Array(floatBody(number, kind, precision: precision, isAlternate: isAlternate).utf8)
                )
            default:
                let character = String(UnicodeScalar(kind))
                throw .runtime(
                    "unsupported format character '\(character)' (0x\(String(kind, radix: 16))) at index"
                        + " \(position)")
            }
        }

        private mutating func whole(_ value: Value, _ kind: String) throws(Fault) -> (String, [UInt8]) {
            let integer: BigInteger
            switch value.number {
            case .float(let number)?:
                guard number.isFinite else {
                    throw .runtime("cannot convert float \(number.isNaN ? "NaN" : "infinity") to integer")
                }
                integer = BigInteger(truncating: number)
            case nil: throw .runtime("%\(kind) format: a real number is required, not \(value.typeName)")
            case let number?: integer = number.integer ?? BigInteger(0)
            }
            isNumber = true
            return padded(integer, digits: BigInteger(isNegative: false, limbs: integer.limbs).description)
        }

        private mutating func based(_ value: Value, _ kind: UInt8) throws(Fault) -> (String, [UInt8]) {
            guard let integer = value.number?.integer else {
                throw .runtime(
                    "%\(String(UnicodeScalar(kind))) format: an integer is required, not \(value.typeName)")
            }
            isNumber = true
            let magnitude = BigInteger(isNegative: false, limbs: integer.limbs)
            let digits = magnitude.digits(base: kind == 0x6F ? 8 : 16, uppercase: kind == 0x58)
            var (sign, body) = padded(integer, digits: digits)
            if isAlternate { sign += kind == 0x6F ? "0o" : kind == 0x78 ? "0x" : "0X" }
            return (sign, body)
        }

        private func padded(_ integer: BigInteger, digits: String) -> (String, [UInt8]) {
            let zeros = max(0, (precision ?? 0) - digits.utf8.count)
            let body = [UInt8](repeating: 0x30, count: zeros) + Array(digits.utf8)
            return (integer.isNegative ? "-" : sign, body)
        }
    }
}

extension UInt8 {
    /// `h`, `l` and `L`, which C has and Python passes over.
    fileprivate var isLengthModifier: Bool { self == 0x68 || self == 0x6C || self == 0x4C }
}

/// The digits of `%e`, `%f` and `%g`, without a sign.
func floatBody(_ number: Double, _ kind: UInt8, precision: Int?, isAlternate: Bool = false) -> String {
    let isUpper = kind < 0x60
    if !number.isFinite {
        let word = number.isNaN ? "nan" : "inf"
        return isUpper ? word.uppercased() : word
    }
    if isAlternate, precision == 0, kind | 0x20 != 0x67 {
        // The point stays although nothing follows it.
        let plain = floatBody(number, kind, precision: 0)
        let mark = plain.firstIndex { $0 == "e" || $0 == "E" } ?? plain.endIndex
        return plain[..<mark] + "." + plain[mark...]
    }
    var digits: [UInt8] = []
    if kind | 0x20 == 0x66, digits.append(fixed: number, places: precision ?? 6) {
        return String(decoding: digits, as: UTF8.self)
    }
    let decimals = Decimals(exact: number)
    let letter = isUpper ? "E" : "e"
    switch kind | 0x20 {
    case 0x66: return decimals.fixed(places: precision ?? 6)
    case 0x65: return decimals.scientific(places: precision ?? 6, letter: letter)
    default:
        let significant = max(1, precision ?? 6)
        var rounded = decimals
        rounded.round(places: significant - rounded.point)
        let exponent = rounded.isZero ? 0 : rounded.point - 1
        var text: String
        if exponent < -4 || exponent >= significant {
            text = decimals.scientific(places: significant - 1, letter: letter)
            guard let mark = text.firstIndex(of: Character(letter)) else { return text }
            if isAlternate { return significant > 1 ? text : text[..<mark] + "." + text[mark...] }
            var head = String(text[..<mark])
            if head.contains(".") {
                while head.hasSuffix("0") { head.removeLast() }
                if head.hasSuffix(".") { head.removeLast() }
            }
            return head + text[mark...]
        }
        text = decimals.fixed(places: max(0, significant - 1 - exponent))
        if isAlternate, !text.contains(".") { text += "." }
        if !isAlternate, text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text
    }
}
