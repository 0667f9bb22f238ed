extension Renderer {
    /// Whether a value counts as true.
    func truth(_ value: Value) throws(Fault) -> Bool {
        switch value {
        case .undefined(let missing):
            if isStrict, !missing.isLenient { throw .undefined(missing) }
            return false
        case .none: return false
        case .bool(let bool): return bool
        case .int(let number): return number != 0
        case .big: return true
        case .float(let number): return number != 0
        case .string(let text), .markup(let text): return !text.isEmpty
        case .list(let list), .tuple(let list): return list.count > 0
        case .dict(let dict): return dict.count > 0
        case .object(let object):
            switch object.kind {
            case .range(let start, let stop, let step): return rangeCount(start, stop, step) > 0
            case .view(_, let dict): return dict.count > 0
            case .bytes(let bytes): return !bytes.isEmpty
            default: return true
            }
        }
    }

    func compare(_ left: Value, _ right: Value, _ operation: UInt8) throws(Fault) -> Bool {
        switch Comparison(rawValue: operation) ?? .equal {
        case .equal: return try equal(left, right)
        case .notEqual: return !(try equal(left, right))
        case .less: return try ordered(left, right, "<") { $0 < 0 }
        case .lessOrEqual: return try ordered(left, right, "<=") { $0 <= 0 }
        case .greater: return try ordered(left, right, ">") { $0 > 0 }
        case .greaterOrEqual: return try ordered(left, right, ">=") { $0 >= 0 }
        case .isIn: return try contains(right, left)
        case .isNotIn: return !(try contains(right, left))
        }
    }

    func equal(_ left: Value, _ right: Value) throws(Fault) -> Bool {
        if isStrict {
            if case .undefined(let missing) = left, !missing.isLenient { throw .undefined(missing) }
            if case .undefined(let missing) = right, !missing.isLenient { throw .undefined(missing) }
        }
        var budget = Value.comparedValues
        let isEqual = Value.equal(left, right, levels: Value.comparedLevels, &budget)
        if budget < 0 { throw .limit("more than \(Value.comparedValues) values to compare") }
        return isEqual
    }

    private func ordered(
        _ left: Value, _ right: Value, _ sign: String, _ holds: (Int) -> Bool
    ) throws(Fault) -> Bool {
        // Only a number that is none compares as neither.
        guard let order = try order(left, right, sign: sign) else { return false }
        return holds(order)
    }

    /// -1, 0 or 1, nil when a number is not one; fails where Python refuses to compare.
    func order(_ left: Value, _ right: Value, sign: String = "<", levels: Int = 200) throws(Fault) -> Int? {
        switch (left, right) {
        case (.string(let a), .string(let b)), (.string(let a), .markup(let b)),
            (.markup(let a), .string(let b)), (.markup(let a), .markup(let b)):
            return a == b ? 0 : a.bytes.precedes(b.bytes) ? -1 : 1
        case (.undefined(let missing), _), (_, .undefined(let missing)): throw .undefined(missing)
        case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
            guard levels > 0 else { throw .limit("values nested too deep to compare") }
            let (first, second) = (a.items, b.items)
            for (one, two) in zip(first, second) where !(try equal(one, two)) {
                return try order(one, two, sign: sign, levels: levels - 1)
            }
            return first.count < second.count ? -1 : first.count == second.count ? 0 : 1
        default:
            if let a = left.number, let b = right.number { return Number.compare(a, b) }
            throw .runtime(
                "'\(sign)' not supported between instances of '\(left.typeName)' and '\(right.typeName)'")
        }
    }

    /// Python's `in`.
    func contains(_ container: Value, _ item: Value) throws(Fault) -> Bool {
        switch container {
        case .string(let text), .markup(let text):
            guard let wanted = item.text else {
                throw .runtime("'in <string>' requires string as left operand, not \(item.typeName)")
            }
            return text.bytes.find(wanted.bytes, from: 0) != nil
        case .list(let list), .tuple(let list):
            for element in list.items where try equal(element, item) { return true }
            return false
        case .dict(let dict): return dict[try hashable(item)] != nil
        case .undefined(let missing):
            if isStrict, !missing.isLenient { throw .undefined(missing) }
            return false
        case .object(let object):
            switch object.kind {
            case .range(let start, let stop, let step):
                guard let number = item.number else { return false }
                guard case .int(let value)? = wholeNumber(number) else { return false }
                guard step > 0 ? value >= start && value < stop : value <= start && value > stop else {
                    return false
                }
                return (UInt(bitPattern: value) &- UInt(bitPattern: start)).isSpaced(step, isUp: step > 0)
            case .generator(let generator): return generator.takeUntil { $0 == item }
            case .view(.keys, let dict): return dict[try hashable(item)] != nil
            case .view, .loop: return try iterate(container).contains(item)
            default: throw .runtime("argument of type '\(object.typeName)' is not iterable")
            }
        default: throw .runtime("argument of type '\(container.typeName)' is not iterable")
        }
    }

    private func wholeNumber(_ number: Number) -> Number? {
        if case .float(let value) = number { return Int(exactly: value).map { .int($0) } }
        return number
    }

    /// The value, if it may be the key of a dictionary.
    func hashable(_ value: Value) throws(Fault) -> Value {
        var budget = 1_000
        try checkHashable(value, &budget)
        return value
    }

    /// Looks at so many values and takes the rest for good: their hash stops there as well.
    private func checkHashable(_ value: Value, _ budget: inout Int) throws(Fault) {
        budget -= 1
        switch value {
        case .list, .dict: throw .runtime("unhashable type: '\(value.typeName)'")
        case .tuple(let list):
            for item in list.items where budget > 0 { try checkHashable(item, &budget) }
        case .undefined(let missing):
            if isStrict, !missing.isLenient { throw .undefined(missing) }
        default: break
        }
    }

    // MARK: Sequences

    func isIterable(_ value: Value) -> Bool {
        switch value {
        case .string, .markup, .list, .tuple, .dict, .undefined: return true
        case .object(let object):
            switch object.kind {
            case .range, .generator, .view, .loop, .bytes: return true
            default: return false
            }
        default: return false
        }
    }

    /// The items that a `for` over the value would walk.
    func iterate(_ value: Value) throws(Fault) -> [Value] {
        switch value {
        case .list(let list), .tuple(let list): return list.items
        case .string(let text), .markup(let text):
            try checkLength(text.bytes.count)
            if text.isASCII { return text.bytes.map { .string(Text(valid: [$0])) } }
            return text.scalars.map { .string(Text(scalars: [$0])) }
        case .dict(let dict): return dict.table.keys
        case .undefined(let missing):
            if isStrict, !missing.isLenient { throw .undefined(missing) }
            return []
        case .object(let object): return try iterate(object)
        default: throw .runtime("'\(value.typeName)' object is not iterable")
        }
    }

    private func iterate(_ object: Object) throws(Fault) -> [Value] {
        switch object.kind {
        case .range(let start, let stop, let step):
            let count = rangeCount(start, stop, step)
            try checkLength(count)
            // The product alone may be too large; the sum lies within the range again.
            return (0..<count).map { .int(start &+ $0 &* step) }
        case .generator(let generator): return generator.take()
        case .view(let view, let dict):
            let table = dict.table
            switch view {
            case .keys: return table.keys
            case .values: return table.values
            case .items: return zip(table.keys, table.values).map { .tuple([$0, $1]) }
            }
        case .bytes(let bytes): return bytes.map { .int(Int($0)) }
        case .loop(let loop):
            // Walking the loop itself takes what is left of it.
            return loop.items.dropFirst(loop.index0 + 1).map { .tuple([$0, .object(object)]) }
        default: throw .runtime("'\(object.typeName)' object is not iterable")
        }
    }

    /// Python's `len`.
    func length(_ value: Value) throws(Fault) -> Int {
        switch value {
        case .string(let text), .markup(let text): return text.count
        case .list(let list), .tuple(let list): return list.count
        case .dict(let dict): return dict.count
        case .undefined(let missing):
            if isStrict, !missing.isLenient { throw .undefined(missing) }
            return 0
        case .object(let object):
            switch object.kind {
            case .range(let start, let stop, let step): return rangeCount(start, stop, step)
            case .view(_, let dict): return dict.count
            case .bytes(let bytes): return bytes.count
            case .loop(let loop): return loop.items.count
            default: break
            }
        default: break
        }
        throw .runtime("object of type '\(value.typeName)' has no len()")
    }
}

extension UInt {
    /// Whether a distance is a whole number of steps.
    fileprivate func isSpaced(_ step: Int, isUp: Bool) -> Bool {
        (isUp ? self : 0 &- self) % step.magnitude == 0
    }
}

extension [UInt8] {
    /// Where `other` first occurs at or after `start`.
    func find(_ other: [UInt8], from start: Int) -> Int? {
        guard let first = other.first else { return start <= count ? start : nil }
        guard count >= other.count else { return nil }
        if other.count > 8 { return findLong(other, from: start) }
        var index = start
        let last = count - other.count
        while index <= last {
            if self[index] == first {
                var matched = 1
                while matched < other.count, self[index + matched] == other[matched] { matched += 1 }
                if matched == other.count { return index }
            }
            index += 1
        }
        return nil
    }

    /// In time that grows with the sum of the lengths (Knuth, Morris and Pratt 1977).
    private func findLong(_ other: [UInt8], from start: Int) -> Int? {
        if count - start == other.count { return self[start...].elementsEqual(other) ? start : nil }
        return withUnsafeBufferPointer { text in
            other.withUnsafeBufferPointer { wanted in
                var border = [Int32](repeating: 0, count: wanted.count)
                return border.withUnsafeMutableBufferPointer { border in
                    Self.search(text, wanted, border, from: start)
                }
            }
        }
    }

    private static func search(
        _ text: UnsafeBufferPointer<UInt8>, _ wanted: UnsafeBufferPointer<UInt8>,
        _ border: UnsafeMutableBufferPointer<Int32>, from start: Int
    ) -> Int? {
        var matched = 0
        for index in 1..<wanted.count {
            while matched > 0, wanted[index] != wanted[matched] { matched = Int(border[matched - 1]) }
            if wanted[index] == wanted[matched] { matched += 1 }
            border[index] = Int32(truncatingIfNeeded: matched)
        }
        matched = 0
        var index = start
        while index < text.count {
            while matched > 0, text[index] != wanted[matched] { matched = Int(border[matched - 1]) }
            if text[index] == wanted[matched] { matched += 1 }
            index += 1
            if matched == wanted.count { return index - matched }
        }
        return nil
    }
}
