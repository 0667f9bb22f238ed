/// Arithmetic on unsigned numbers of any size: base 2^32, least significant limb first.
enum Magnitude {
    static func compare(_ left: [UInt32], _ right: [UInt32]) -> Int {
        if left.count != right.count { return left.count < right.count ? -1 : 1 }
        for index in left.indices.reversed() where left[index] != right[index] {
            return left[index] < right[index] ? -1 : 1
        }
        return 0
    }

    static func sum(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var carry: UInt64 = 0
        for index in 0..<max(left.count, right.count) {
            let total =
                carry + UInt64(index < left.count ? left[index] : 0)
                + UInt64(index < right.count ? right[index] : 0)
            result.append(UInt32(truncatingIfNeeded: total))
            carry = total >> 32
        }
        if carry > 0 { result.append(UInt32(carry)) }
        return result
    }

    /// `left` must not be the smaller one.
    static func difference(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var borrow: Int64 = 0
        for index in left.indices {
            var rest = Int64(left[index]) - borrow - Int64(index < right.count ? right[index] : 0)
            borrow = rest < 0 ? 1 : 0
            if rest < 0 { rest += 1 << 32 }
            result.append(UInt32(truncatingIfNeeded: rest))
        }
        while result.last == 0 { result.removeLast() }
        return result
    }

    static func product(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        guard !left.isEmpty, !right.isEmpty else { return [] }
        var result = [UInt32](repeating: 0, count: left.count + right.count)
        for i in left.indices {
            var carry: UInt64 = 0
            for j in right.indices {
                let total = UInt64(left[i]) * UInt64(right[j]) + UInt64(result[i + j]) + carry
                result[i + j] = UInt32(truncatingIfNeeded: total)
                carry = total >> 32
            }
            result[i + right.count] = UInt32(carry)
        }
        return result
    }

    static func multiplyAdd(_ magnitude: inout [UInt32], _ factor: UInt32, _ addend: UInt32) {
        var carry = UInt64(addend)
        for index in magnitude.indices {
            let total = UInt64(magnitude[index]) * UInt64(factor) + carry
            magnitude[index] = UInt32(truncatingIfNeeded: total)
            carry = total >> 32
        }
        if carry > 0 { magnitude.append(UInt32(carry)) }
    }

    /// Divides in place and gives the remainder.
    static func divide(_ magnitude: inout [UInt32], by divisor: UInt32) -> UInt32 {
        var remainder: UInt64 = 0
        for index in magnitude.indices.reversed() {
            let part = remainder << 32 | UInt64(magnitude[index])
            magnitude[index] = UInt32(part / UInt64(divisor))
            remainder = part % UInt64(divisor)
        }
        while magnitude.last == 0 { magnitude.removeLast() }
        return UInt32(remainder)
    }

    /// Schoolbook division bit by bit; sizes are bounded by `BigInteger.maximumBits`.
    static func divided(_ left: [UInt32], by right: [UInt32]) -> (quotient: [UInt32], remainder: [UInt32]) {
        if compare(left, right) < 0 { return ([], left) }
        if right.count == 1 {
            var quotient = left
            let remainder = divide(&quotient, by: right[0])
            return (quotient, remainder == 0 ? [] : [remainder])
        }
        var quotient = [UInt32](repeating: 0, count: left.count)
        var remainder: [UInt32] = []
        for bit in stride(from: left.count * 32 - 1, through: 0, by: -1) {
            remainder = shifted(remainder, by: 1)
            if left[bit / 32] >> UInt32(bit % 32) & 1 == 1 {
                if remainder.isEmpty { remainder = [1] } else { remainder[0] |= 1 }
            }
            if compare(remainder, right) >= 0 {
                remainder = difference(remainder, right)
                quotient[bit / 32] |= 1 << UInt32(bit % 32)
            }
        }
        while quotient.last == 0 { quotient.removeLast() }
        return (quotient, remainder)
    }

    static func shifted(_ magnitude: [UInt32], by bits: Int) -> [UInt32] {
        guard magnitude.contains(where: { $0 != 0 }) else { return [] }
        var result = [UInt32](repeating: 0, count: bits / 32)
        let shift = UInt64(bits % 32)
        var carry: UInt64 = 0
        for limb in magnitude {
            let part = UInt64(limb) << shift | carry
            result.append(UInt32(truncatingIfNeeded: part))
            carry = part >> 32
        }
        if carry > 0 { result.append(UInt32(carry)) }
        while result.last == 0 { result.removeLast() }
        return result
    }
}
