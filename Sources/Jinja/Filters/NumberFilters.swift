extension Filters {
    static let figures: [Filter] = [
        Filter("abs") { (renderer, value, _) throws(Fault) in
            guard let number = value.number else {
                throw .runtime("bad operand type for abs(): '\(value.typeName)'")
            }
            return try renderer.sign(value, isNegative: (Number.compare(number, .int(0)) ?? 0) < 0)
        },
        Filter("int", ["default", "base"]) { (renderer, value, arguments) throws(Fault) in
            let fallback = arguments.given(0) ?? 0
            let base = try renderer.integer(arguments, 1, 10)
            return try renderer.wholeNumber(value, base: base, explicitBase: true) ?? fallback
        },
        Filter("float", ["default"]) { (_, value, arguments) throws(Fault) in
            if case .undefined(let missing) = value { throw .undefined(missing) }
            let fallback = arguments.given(0) ?? 0.0
            if let number = value.number {
                let double = number.double
                if double.isInfinite, case .big = number {
                    throw .runtime("int too large to convert to float")
                }
                return .float(double)
            }
            return value.text.flatMap { parseFloat($0) }.map { .float($0) } ?? fallback
        },
        Filter("round", ["precision", "method"]) { (renderer, value, arguments) throws(Fault) in
            try renderer.round(value, arguments)
        },
        Filter("filesizeformat", ["binary"]) { (renderer, value, arguments) throws(Fault) in
            if case .undefined(let missing) = value { throw .undefined(missing) }
            guard let size = value.number?.double ?? value.text.flatMap({ parseFloat($0) }) else {
                if let text = value.text {
                    throw .runtime("could not convert string to float: \(pythonQuoted(text.string))")
                }
                throw .runtime(
                    "float() argument must be a string or a real number, not '\(value.typeName)'")
            }
            return .text(try sized(size, binary: try renderer.flag(arguments, 0)))
        },
    ]

    private static func sized(_ size: Double, binary: Bool) throws(Fault) -> String {
        let base: Double = binary ? 1024 : 1000
        if size == 1 { return "1 Byte" }
        if size.isNaN { return "nan " + (binary ? "YiB" : "YB") }
        if size < base {
            guard size.isFinite else { throw .runtime("cannot convert float infinity to integer") }
            return BigInteger(truncating: size).description + " Bytes"
        }
        let letters = ["k", "M", "G", "T", "P", "E", "Z", "Y"]
        var unit = base
        for (position, letter) in letters.enumerated() {
            unit *= base
            if size < unit || position == letters.count - 1 {
                let amount = base * size / unit
                let number = amount.isFinite ? Decimals(exact: amount).fixed(places: 1) : "inf"
                return "\(number) \(binary ? letter.uppercased() + "iB" : letter + "B")"
            }
        }
        return ""
    }
}

/// Python's `float` of a string.
func parseFloat(_ text: Text) -> Double? {
    let trimmed = Methods.stripped(text, nil, left: true, right: true)
    var digits = trimmed.bytes
    if digits.contains(0x5F) {
        for index in digits.indices where digits[index] == 0x5F {
            guard index > 0, index + 1 < digits.count, digits[index - 1].isDigit, digits[index + 1].isDigit
            else {
                return nil
            }
        }
        digits.removeAll { $0 == 0x5F }
    }
    let string = String(decoding: digits, as: UTF8.self)
    var body = string.lowercased()[...]
    var isNegative = false
    if let first = body.first, first == "+" || first == "-" {
        isNegative = first == "-"
        body = body.dropFirst()
    }
    switch body {
    case "inf", "infinity": return isNegative ? -.infinity : .infinity
    case "nan": return .nan
    default: break
    }
    guard let first = body.utf8.first, first.isDigit || first == 0x2E, !body.contains("x"),
        !body.contains("p")
    else {
        return nil
    }
    guard body.utf8.contains(where: \.isDigit) else { return nil }
    var plain = String(body)
    if plain.hasPrefix(".") { plain = "0" + plain }
    plain = plain.replacingDotBeforeExponent()
    return Double(plain).map { isNegative ? -$0 : $0 }
}

extension String {
    /// `1.` and `1.e5` are numbers for Python; the standard library wants a digit after the point.
    fileprivate func replacingDotBeforeExponent() -> String {
        var result = ""
        var previous: Character = " "
        for character in self {
            if previous == ".", character == "e" { result += "0" }
            result.append(character)
            previous = character
        }
        return previous == "." ? result + "0" : result
    }
}

extension Renderer {
    /// What `int` makes of a value, nil if nothing.
    func wholeNumber(_ value: Value, base: Int, explicitBase: Bool) throws(Fault) -> Value? {
        if case .undefined(let missing) = value { throw .undefined(missing) }
        if let text = value.text {
            if let parsed = parseInteger(text, base: base) {
                if case .big(let number) = parsed, number.bits > BigInteger.maximumBits {
                    throw .limit("a number of more than \(BigInteger.maximumBits) bits")
                }
                return parsed
            }
            guard let parsed = parseFloat(text), parsed.isFinite else { return Optional.none }
            return BigInteger(truncating: parsed).value
        }
        switch value.number {
        case .int(let number)?: return .int(number)
        case .big(let number)?: return .big(number)
        case .float(let number)?:
            // Infinity overflows in Python, where Jinja2 does not expect it.
            if number.isInfinite { throw .runtime("cannot convert float infinity to integer") }
            if number.isNaN { return Optional.none }
            return BigInteger(truncating: number).value
        case nil: return nil
        }
    }

    /// Python's `int` of a string: spaces around, a sign, underscores between digits, a prefix with its base.
    private func parseInteger(_ text: Text, base: Int) -> Value? {
        guard base == 0 || (2...36).contains(base), text.bytes.count <= 5_000 else { return nil }
        var digits = Methods.stripped(text, nil, left: true, right: true).bytes[...]
        var isNegative = false
        if let sign = digits.first, sign == Byte.minus || sign == Byte.plus {
            isNegative = sign == Byte.minus
            digits = digits.dropFirst()
        }
        var radix = base
        if digits.count > 2, digits.first == 0x30 {
            let letter = digits[digits.startIndex + 1] | 0x20
            let prefixed = letter == 0x78 ? 16 : letter == 0x6F ? 8 : letter == 0x62 ? 2 : 0
            if prefixed != 0, base == 0 || base == prefixed {
                radix = prefixed
                digits = digits.dropFirst(2)
                if digits.first == 0x5F { digits = digits.dropFirst() }
            }
        }
        if radix == 0 {
            radix = 10
            if digits.count > 1, digits.first == 0x30, digits.contains(where: { $0 != 0x30 && $0 != 0x5F }) {
                return nil
            }
        }
        var values: [UInt32] = []
        var wasDigit = false
        for byte in digits {
            if byte == 0x5F {
                guard wasDigit else { return nil }
                wasDigit = false
            } else {
                guard byte.digitValue < radix else { return nil }
                values.append(UInt32(byte.digitValue))
                wasDigit = true
            }
        }
        guard wasDigit else { return nil }
        return BigInteger(digits: values, base: UInt32(radix), isNegative: isNegative).value
    }

    mutating func round(_ value: Value, _ arguments: [Value?]) throws(Fault) -> Value {
        let method = arguments.given(1)?.text?.string ?? "common"
        guard ["common", "ceil", "floor"].contains(method) else {
            throw .runtime("method must be common, ceil or floor")
        }
        if case .undefined(let missing) = value, method != "common" { throw .undefined(missing) }
        guard let number = value.number else {
            throw .runtime("type \(value.typeName) doesn't define __round__ method")
        }
        let places = try integer(arguments, 0, 0)
        if method == "common" {
            if case .float(let double) = number { return .float(rounded(double, places)) }
            return try rounded(number, places)
        }
        // As Python does it: scale, round, scale back.
        let power = try arithmetic(.power, 10, .int(places))
        let scaled = try arithmetic(.multiply, value, power)
        var whole = scaled
        if case .float(let double) = scaled {
            guard double.isFinite else {
                throw .runtime("cannot convert float \(double.isNaN ? "NaN" : "infinity") to integer")
            }
            whole = BigInteger(truncating: double.rounded(method == "ceil" ? .up : .down)).value
        }
        return try arithmetic(.divide, whole, power)
    }

    private func rounded(_ value: Double, _ places: Int) -> Double {
        guard value.isFinite, places <= 400 else { return value }
        if places < -400 { return value.sign == .minus ? -0.0 : 0.0 }
        var decimals = Decimals(exact: value)
        decimals.round(places: places)
        let text =
            "0." + String(decoding: decimals.digits.map { $0 + 0x30 }, as: UTF8.self)
            + "e\(decimals.isZero ? 0 : decimals.point)"
        let result = Double(text) ?? value
        return value.sign == .minus ? -result : result
    }

    /// Whole numbers stay whole; negative places round to tens, hundreds, ties to even.
    private mutating func rounded(_ number: Number, _ places: Int) throws(Fault) -> Value {
        guard let whole = number.integer else { return .none }
        if places >= 0 { return whole.value }
        if places < -5_000 { return 0 }
        let unit = try arithmetic(.power, 10, .int(-places))
        guard let step = unit.number?.integer else { return 0 }
        var (quotient, rest) = whole.floorDivided(by: step)
        let order = BigInteger.compare(rest + rest, step)
        let isOdd = (quotient.limbs.first ?? 0) & 1 == 1
        if order > 0 || (order == 0 && isOdd) { quotient = quotient + BigInteger(1) }
        rest = quotient * step
        return rest.value
    }
}
