#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension Renderer {
    mutating func arithmetic(_ operation: Operation, _ left: Value, _ right: Value) throws(Fault) -> Value {
        if case .int(let a) = left, case .int(let b) = right {
            switch operation {
            case .add:
                let (sum, overflow) = a.addingReportingOverflow(b)
                if !overflow { return .int(sum) }
            case .subtract:
                let (difference, overflow) = a.subtractingReportingOverflow(b)
                if !overflow { return .int(difference) }
            case .multiply:
                let (product, overflow) = a.multipliedReportingOverflow(by: b)
                if !overflow { return .int(product) }
            default: break
            }
        }
        if case .undefined(let missing) = left { throw .undefined(missing) }
        if operation == .modulo, left.text != nil { return try Formatting.apply(left, right, &self) }
        if case .undefined(let missing) = right { throw .undefined(missing) }
        if let a = left.number, let b = right.number { return try numbers(operation, a, b) }
        switch operation {
        case .add: return try join(left, right)
        case .multiply: return try repeated(left, right)
        default: throw unsupported(operation, left, right)
        }
    }

    private func unsupported(_ operation: Operation, _ left: Value, _ right: Value) -> Fault {
        let sign: String =
            switch operation {
            case .add: "+"
            case .subtract: "-"
            case .multiply: "*"
            case .divide: "/"
            case .floorDivide: "//"
            case .modulo: "%"
            default: "** or pow()"
            }
        return .runtime("unsupported operand type(s) for \(sign): '\(left.typeName)' and '\(right.typeName)'")
    }

    func sign(_ value: Value, isNegative: Bool) throws(Fault) -> Value {
        if case .undefined(let missing) = value { throw .undefined(missing) }
        guard let number = value.number else {
            throw .runtime("bad operand type for unary \(isNegative ? "-" : "+"): '\(value.typeName)'")
        }
        switch number {
        case .int(let value): return isNegative ? (BigInteger(value).negated).value : .int(value)
        case .big(let value): return isNegative ? value.negated.value : .big(value)
        case .float(let value): return .float(isNegative ? -value : value)
        }
    }

    // MARK: Text and sequences

    private mutating func join(_ left: Value, _ right: Value) throws(Fault) -> Value {
        switch (left, right) {
        case (.string(let a), .string(let b)):
            try willMake(bytes: a.bytes.count + b.bytes.count)
            return .text(a.bytes + b.bytes)
        case (.markup, .string), (.string, .markup), (.markup, .markup):
            guard let a = left.text, let b = right.text else { return left }
            try willMake(bytes: (a.bytes.count + b.bytes.count))
            return .markup(Text(valid: left.escapedBytes(a) + right.escapedBytes(b)))
        case (.list(let a), .list(let b)):
            try checkLength(a.count + b.count)
            try work((a.count + b.count) << 6)
            return .list(List(mutable: a.items + b.items))
        case (.tuple(let a), .tuple(let b)):
            try checkLength(a.count + b.count)
            try work((a.count + b.count) << 6)
            return .tuple(a.items + b.items)
        default:
            if left.text != nil {
                throw .runtime("can only concatenate str (not \"\(right.typeName)\") to str")
            }
            if case .list = left {
                throw .runtime("can only concatenate list (not \"\(right.typeName)\") to list")
            }
            throw unsupported(.add, left, right)
        }
    }

    private mutating func repeated(_ left: Value, _ right: Value) throws(Fault) -> Value {
        let (sequence, factor) = left.number == nil ? (left, right) : (right, left)
        guard let times = factor.index else {
            if case .big = factor { throw .limit("a repetition of more than 64 bits") }
            if factor.number == nil, sequence.number == nil {
                throw .runtime("can't multiply sequence by non-int of type '\(factor.typeName)'")
            }
            if sequence.text != nil {
                throw .runtime("can't multiply sequence by non-int of type '\(factor.typeName)'")
            }
            throw unsupported(.multiply, left, right)
        }
        let count = max(0, times)
        switch sequence {
        case .string(let text), .markup(let text):
            let (bytes, overflow) = text.bytes.count.multipliedReportingOverflow(by: count)
            try willMake(bytes: overflow ? .max : bytes)
            var result: [UInt8] = []
            result.reserveCapacity(bytes)
            if !text.isEmpty { for _ in 0..<count { result.append(contentsOf: text.bytes) } }
            return sequence.isMarkup ? .markup(Text(valid: result)) : .text(result)
        case .list(let list), .tuple(let list):
            let (length, overflow) = list.count.multipliedReportingOverflow(by: count)
            try checkLength(overflow ? .max : length)
            try work(length << 6)
            let items = list.items
            var result: [Value] = []
            result.reserveCapacity(length)
            if !items.isEmpty { for _ in 0..<count { result.append(contentsOf: items) } }
            if case .list = sequence { return .list(List(mutable: result)) }
            return .tuple(result)
        default: throw unsupported(.multiply, left, right)
        }
    }

    // MARK: Numbers

    private mutating func numbers(_ operation: Operation, _ left: Number, _ right: Number) throws(Fault)
        -> Value
    {
        if operation == .divide { return try divide(left, right) }
        if operation == .power { return try power(left, right) }
        if case .float = left { return try floats(operation, left.double, right.double) }
        if case .float = right { return try floats(operation, left.double, right.double) }
        guard let a = left.integer, let b = right.integer else { return .none }
        switch operation {
        case .add: return try bounded(a + b)
        case .subtract: return try bounded(a + b.negated)
        case .multiply:
            try checkBits(a.bits + b.bits)
            try work(a.limbs.count * b.limbs.count)
            return (a * b).value
        default:
            if b.limbs.isEmpty { throw .runtime("integer division or modulo by zero") }
            if case .int(let a) = left, case .int(let b) = right, b != -1 {
                let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
                let adjusts = remainder != 0 && (remainder < 0) != (b < 0)
                if operation == .floorDivide { return .int(adjusts ? quotient - 1 : quotient) }
                return .int(adjusts ? remainder + b : remainder)
            }
            // Division goes bit by bit: a step for every eighth of a limb times a limb.
            try work(a.limbs.count * b.limbs.count << 9)
            let (quotient, remainder) = a.floorDivided(by: b)
            return operation == .floorDivide ? quotient.value : remainder.value
        }
    }

    private func checkBits(_ bits: Int) throws(Fault) {
        if bits > BigInteger.maximumBits {
            throw .limit("a number of more than \(BigInteger.maximumBits) bits")
        }
    }

    private func bounded(_ value: BigInteger) throws(Fault) -> Value {
        try checkBits(value.bits)
        return value.value
    }

    private func floats(_ operation: Operation, _ left: Double, _ right: Double) throws(Fault) -> Value {
        switch operation {
        case .add: return .float(left + right)
        case .subtract: return .float(left - right)
        case .multiply: return .float(left * right)
        default:
            if right == 0 {
                throw .runtime(operation == .modulo ? "float modulo" : "float floor division by zero")
            }
            var rest = left.truncatingRemainder(dividingBy: right)
            var quotient = (left - rest) / right
            if rest != 0 {
                if (right < 0) != (rest < 0) {
                    rest += right
                    quotient -= 1
                }
            } else {
                rest = right < 0 ? -0.0 : 0.0
            }
            if operation == .modulo { return .float(rest) }
            if quotient == 0 { return .float((left / right).sign == .minus ? -0.0 : 0.0) }
            var whole = quotient.rounded(.down)
            if quotient - whole > 0.5 { whole += 1 }
            return .float(whole)
        }
    }

    private mutating func divide(_ left: Number, _ right: Number) throws(Fault) -> Value {
        if right.double == 0 {
            if case .float = left { throw .runtime("float division by zero") }
            if case .float = right { throw .runtime("float division by zero") }
            throw .runtime("division by zero")
        }
        if let a = left.integer, let b = right.integer, max(a.bits, b.bits) > 53 {
            try work((a.limbs.count + 3) * (b.limbs.count + 3) << 9)
            return try divide(a, b)
        }
        let quotient = left.double / right.double
        if quotient.isNaN || quotient.isInfinite, left.integer != nil, right.integer != nil {
            throw .runtime("integer division result too large for a float")
        }
        return .float(quotient)
    }

    /// Whole numbers beyond what a fraction holds exactly are divided first and rounded once.
    private func divide(_ left: BigInteger, _ right: BigInteger) throws(Fault) -> Value {
        let shift = 66 - (left.bits - right.bits)
        let dividend = Magnitude.shifted(left.limbs, by: max(0, shift))
        let divisor = Magnitude.shifted(right.limbs, by: max(0, -shift))
        var (quotient, remainder) = Magnitude.divided(dividend, by: divisor)
        if !BigInteger(isNegative: false, limbs: remainder).limbs.isEmpty, !quotient.isEmpty {
            quotient[0] |= 1
        }
        let whole = BigInteger(isNegative: left.isNegative != right.isNegative, limbs: quotient).double
        let result = Double(sign: .plus, exponent: -shift, significand: whole)
        guard result.isFinite else { throw .runtime("integer division result too large for a float") }
        return .float(result)
    }

    private mutating func power(_ left: Number, _ right: Number) throws(Fault) -> Value {
        if case .int(let exponent) = right, exponent >= 0, let base = left.integer {
            if base.limbs.isEmpty || base.limbs == [1] {
                let isNegative = base.isNegative && exponent % 2 == 1
                return .int(exponent == 0 ? 1 : base.limbs.isEmpty ? 0 : isNegative ? -1 : 1)
            }
            let (bits, overflow) = max(1, base.bits - 1).multipliedReportingOverflow(by: exponent)
            try checkBits(overflow ? .max : bits)
            var result = BigInteger(1)
            var factor = base
            var rest = exponent
            while rest > 0 {
                if rest & 1 == 1 { result = result * factor }
                rest >>= 1
                if rest > 0 { factor = factor * factor }
            }
            return result.value
        }
        if case .big = right, left.integer != nil { throw .limit("an exponent of more than 64 bits") }
        let (base, exponent) = (left.double, right.double)
        if base == 0, exponent < 0 { throw .runtime("0.0 cannot be raised to a negative power") }
        if base < 0, exponent != exponent.rounded(), exponent.isFinite {
            throw .runtime("complex numbers are not supported")
        }
        let result = pow(base, exponent)
        if result.isInfinite, base.isFinite, exponent.isFinite {
            throw .runtime("(34, 'Numerical result out of range')")
        }
        return .float(result)
    }
}

extension Value {
    /// The bytes of a text as they go into safe text.
    func escapedBytes(_ text: Text) -> [UInt8] {
        if isMarkup { return text.bytes }
        var bytes: [UInt8] = []
        bytes.append(escaping: text.bytes)
        return bytes
    }
}
