extension Value: Hashable {
    /// Beyond this many levels values count as different rather than the stack as endless.
    static let comparedLevels = 400
    /// Beyond this many values too: a few lists within each other may stand for endlessly many.
    static let comparedValues = 2_000_000
    /// As many values of a tuple count for its hash.
    private static let hashedValues = 500

    public static func == (left: Value, right: Value) -> Bool {
        var budget = comparedValues
        return equal(left, right, levels: comparedLevels, &budget)
    }

    static func equal(_ left: Value, _ right: Value, levels: Int, _ budget: inout Int) -> Bool {
        switch (left, right) {
        case (.string(let a), .string(let b)), (.string(let a), .markup(let b)),
            (.markup(let a), .string(let b)), (.markup(let a), .markup(let b)):
            return a == b
        case (.int(let a), .int(let b)): return a == b
        case (.none, .none), (.undefined, .undefined): return true
        case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
            if a === b { return true }
            let (first, second) = (a.items, b.items)
            budget -= 1 + first.count
            guard first.count == second.count, levels > 0, budget >= 0 else { return false }
            for index in first.indices {
                if !equal(first[index], second[index], levels: levels - 1, &budget) { return false }
            }
            return true
        case (.dict(let a), .dict(let b)):
            if a === b { return true }
            let (first, second) = (a.table, b.table)
            budget -= 1 + first.count
            guard first.count == second.count, levels > 0, budget >= 0 else { return false }
            for (key, value) in zip(first.keys, first.values) {
                guard let other = second[key], equal(value, other, levels: levels - 1, &budget) else {
                    return false
                }
            }
            return true
        case (.object(let a), .object(let b)): return a.isEqual(b)
        default:
            guard let a = left.number, let b = right.number else { return false }
            return Number.compare(a, b) == 0
        }
    }

    public func hash(into hasher: inout Hasher) {
        var budget = Self.hashedValues
        hash(into: &hasher, levels: Self.comparedLevels, &budget)
    }

    private func hash(into hasher: inout Hasher, levels: Int, _ budget: inout Int) {
        switch self {
        case .string(let text), .markup(let text): hasher.combine(text.bytes)
        case .bool(let bool): hasher.combine(bool ? 1 : 0)
        case .int(let number): hasher.combine(number)
        case .float(let number):
            if let whole = Int(exactly: number) { hasher.combine(whole) } else { hasher.combine(number) }
        case .big(let number): hasher.combine(number.double)
        case .tuple(let list):
            let items = list.items
            hasher.combine(items.count)
            for item in items {
                budget -= 1
                if levels <= 0 || budget <= 0 { break }
                item.hash(into: &hasher, levels: levels - 1, &budget)
            }
        case .none: hasher.combine(0x6E)
        case .undefined, .list, .dict, .object: hasher.combine(0x6F)
        }
    }
}

extension Object {
    func isEqual(_ other: Object) -> Bool {
        if self === other { return true }
        switch (kind, other.kind) {
        case (.range(let a, let b, let c), .range(let d, let e, let f)):
            let (one, two) = (rangeCount(a, b, c), rangeCount(d, e, f))
            return one == two && (one == 0 || (a == d && (one == 1 || c == f)))
        case (.bytes(let a), .bytes(let b)): return a == b
        case (.global(let a), .global(let b)): return a == b
        case (.view(let a, let b), .view(let c, let d)):
            return a == c && a != .values && b.table.keys == d.table.keys
        default: return false
        }
    }
}

/// How many numbers a range has, without overflow at its far ends.
func rangeCount(_ start: Int, _ stop: Int, _ step: Int) -> Int {
    guard step != 0, step > 0 ? start < stop : start > stop else { return 0 }
    let (low, high) = step > 0 ? (start, stop) : (stop, start)
    let distance = UInt(bitPattern: high) &- UInt(bitPattern: low)
    return Int(clamping: (distance - 1) / step.magnitude + 1)
}

/// The numbers of Python, for comparison and arithmetic.
enum Number {
    case int(Int)
    case big(BigInteger)
    case float(Double)

    var double: Double {
        switch self {
        case .int(let value): Double(value)
        case .big(let value): value.double
        case .float(let value): value
        }
    }

    var integer: BigInteger? {
        switch self {
        case .int(let value): BigInteger(value)
        case .big(let value): value
        case .float: nil
        }
    }

    /// -1, 0 or 1; nil if either is not a number.
    static func compare(_ left: Number, _ right: Number) -> Int? {
        switch (left, right) {
        case (.int(let a), .int(let b)): return a < b ? -1 : a == b ? 0 : 1
        case (.float(let a), .float(let b)): return a < b ? -1 : a == b ? 0 : a > b ? 1 : nil
        case (_, .float(let b)):
            guard b.isFinite else { return b.isNaN ? nil : b > 0 ? -1 : 1 }
            guard let a = left.integer else { return nil }
            let whole = BigInteger.compare(a, BigInteger(truncating: b))
            let rest = b - b.rounded(.towardZero)
            return whole != 0 ? whole : rest > 0 ? -1 : rest < 0 ? 1 : 0
        case (.float, _): return compare(right, left).map { -$0 }
        default:
            guard let a = left.integer, let b = right.integer else { return nil }
            return BigInteger.compare(a, b)
        }
    }
}

extension Value {
    /// The value as a number, as Python's arithmetic sees it: `true` is 1.
    var number: Number? {
        switch self {
        case .int(let value): .int(value)
        case .big(let value): .big(value)
        case .float(let value): .float(value)
        case .bool(let value): .int(value ? 1 : 0)
        default: nil
        }
    }

    var isMarkup: Bool { if case .markup = self { true } else { false } }

    /// A number usable as an index.
    var index: Int? {
        switch self {
        case .int(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }
}
