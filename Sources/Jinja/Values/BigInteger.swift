/// A whole number of any size, so that arithmetic goes on past 64 bits as it does in Python.
///
/// Kept for the rare case: small results go back to `Int`. The size is bounded by `maximumBits`.
public final class BigInteger: Sendable {
    let isNegative: Bool
    /// Base 2^32, least significant first, without leading zeros.
    let limbs: [UInt32]

    /// Larger results are refused as a limit, in bits.
    static let maximumBits = 4_096

    init(isNegative: Bool, limbs: [UInt32]) {
        var trimmed = limbs
        while trimmed.last == 0 { trimmed.removeLast() }
        self.limbs = trimmed
        self.isNegative = isNegative && !trimmed.isEmpty
    }

    convenience init(_ value: Int) {
        let magnitude = value.magnitude
        self.init(
            isNegative: value < 0,
            limbs: [UInt32(truncatingIfNeeded: magnitude), UInt32(truncatingIfNeeded: magnitude >> 32)])
    }

    /// The whole part of a finite number.
    convenience init(truncating value: Double) {
        guard value.magnitude >= 1, value.isFinite else {
            self.init(0)
            return
        }
        let significand = value.magnitude.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
        let shift = Int(value.exponent) - 52
        var magnitude = [
            UInt32(truncatingIfNeeded: significand), UInt32(truncatingIfNeeded: significand >> 32),
        ]
        if shift < 0 {
            let whole = shift <= -64 ? 0 : significand >> UInt64(-shift)
            magnitude = [UInt32(truncatingIfNeeded: whole), UInt32(truncatingIfNeeded: whole >> 32)]
        } else {
            magnitude = Magnitude.shifted(magnitude, by: shift)
        }
        self.init(isNegative: value < 0, limbs: magnitude)
    }

    /// Digits of base 2 to 36; the caller has checked them.
    convenience init(digits: some Sequence<UInt32>, base: UInt32, isNegative: Bool) {
        var magnitude: [UInt32] = []
        for digit in digits { Magnitude.multiplyAdd(&magnitude, base, digit) }
        self.init(isNegative: isNegative, limbs: magnitude)
    }

    var bits: Int { limbs.isEmpty ? 0 : limbs.count * 32 - (limbs.last?.leadingZeroBitCount ?? 0) }

    /// The value as an `Int`, if it fits.
    var small: Int? {
        guard limbs.count <= 2 else { return nil }
        var magnitude: UInt = 0
        for limb in limbs.reversed() { magnitude = magnitude << 32 | UInt(limb) }
        if isNegative {
            return magnitude <= UInt(Int.max) + 1 ? Int(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return Int(exactly: magnitude)
    }

    /// The value as it belongs into a template.
    var value: Value { small.map { .int($0) } ?? .big(self) }

    var negated: BigInteger { BigInteger(isNegative: !isNegative, limbs: limbs) }

    var double: Double {
        // Through decimal digits: the standard library rounds them correctly.
        Double(description) ?? (isNegative ? -Double.infinity : .infinity)
    }

    static func + (left: BigInteger, right: BigInteger) -> BigInteger {
        if left.isNegative == right.isNegative {
            return BigInteger(isNegative: left.isNegative, limbs: Magnitude.sum(left.limbs, right.limbs))
        }
        if Magnitude.compare(left.limbs, right.limbs) >= 0 {
            return BigInteger(
                isNegative: left.isNegative, limbs: Magnitude.difference(left.limbs, right.limbs))
        }
        return BigInteger(isNegative: right.isNegative, limbs: Magnitude.difference(right.limbs, left.limbs))
    }

    static func * (left: BigInteger, right: BigInteger) -> BigInteger {
        BigInteger(
            isNegative: left.isNegative != right.isNegative, limbs: Magnitude.product(left.limbs, right.limbs)
        )
    }

    /// Python's `divmod`: the quotient rounds down, the remainder has the sign of the divisor.
    func floorDivided(by divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger) {
        let (quotient, remainder) = Magnitude.divided(limbs, by: divisor.limbs)
        let whole = BigInteger(isNegative: isNegative != divisor.isNegative, limbs: quotient)
        let rest = BigInteger(isNegative: isNegative, limbs: remainder)
        if rest.limbs.isEmpty || rest.isNegative == divisor.isNegative { return (whole, rest) }
        return (whole + BigInteger(-1), rest + divisor)
    }

    static func compare(_ left: BigInteger, _ right: BigInteger) -> Int {
        if left.isNegative != right.isNegative { return left.isNegative ? -1 : 1 }
        let order = Magnitude.compare(left.limbs, right.limbs)
        return left.isNegative ? -order : order
    }
}

extension BigInteger: CustomStringConvertible {
    public var description: String {
        var rest = limbs
        var groups: [String] = []
        while !rest.isEmpty {
            let remainder = Magnitude.divide(&rest, by: 1_000_000_000)
            let digits = String(remainder)
            groups.append(rest.isEmpty ? digits : String(repeating: "0", count: 9 - digits.count) + digits)
        }
        return groups.isEmpty ? "0" : (isNegative ? "-" : "") + groups.reversed().joined()
    }

    func digits(base: Int, uppercase: Bool = false) -> String {
        // As many digits at a time as one limb holds.
        var (chunk, width) = (UInt32(base), 1)
        while case (let next, let overflow) = chunk.multipliedReportingOverflow(by: UInt32(base)), !overflow {
            (chunk, width) = (next, width + 1)
        }
        var rest = limbs
        var groups: [String] = []
        while !rest.isEmpty {
            let digits = String(Magnitude.divide(&rest, by: chunk), radix: base, uppercase: uppercase)
            let zeros = rest.isEmpty ? 0 : width - digits.utf8.count
            groups.append(String(repeating: "0", count: zeros) + digits)
        }
        return groups.isEmpty ? "0" : (isNegative ? "-" : "") + groups.reversed().joined()
    }
}
