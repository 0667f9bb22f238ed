/// A finite number as decimal digits: `0.d₁d₂… × 10^exponent`, exact or shortest.
struct Decimals {
    var digits: [UInt8]
    /// Where the decimal point stands, counted from before the first digit.
    var point: Int
    var isNegative: Bool

    /// The fewest digits that still give the same number.
    init(shortest value: Double) {
        isNegative = value.sign == .minus
        digits = []
        point = 0
        var exponent = 0
        var seenPoint = false
        let text = Array(value.magnitude.description.utf8)
        for (index, byte) in text.enumerated() {
            switch byte {
            case 0x2E: seenPoint = true
            case 0x65:
                exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
            case 0x30...0x39:
                if index > 0, text[..<index].contains(0x65) { continue }
                digits.append(byte - 0x30)
                if !seenPoint { point += 1 }
            default: break
            }
        }
        point += exponent
        normalize()
    }

    /// All digits of the number, which a binary fraction has only finitely many of.
    init(exact value: Double) {
        isNegative = value.sign == .minus
        let magnitude = value.magnitude
        guard magnitude > 0 else {
            (digits, point) = ([0], 1)
            return
        }
        let significand = magnitude.significandBitPattern | (magnitude.isNormal ? 1 << 52 : 0)
        let shift = (magnitude.isNormal ? Int(magnitude.exponent) : -1022) - 52
        var limbs = [UInt32(truncatingIfNeeded: significand), UInt32(truncatingIfNeeded: significand >> 32)]
        var scale = 0
        if shift >= 0 {
            limbs = Magnitude.shifted(limbs, by: shift)
        } else {
            // Times 5^n over 10^n instead of over 2^n.
            for _ in 0..<(-shift) { Magnitude.multiplyAdd(&limbs, 5, 0) }
            scale = -shift
        }
        let text = BigInteger(isNegative: false, limbs: limbs).description
        digits = text.utf8.map { $0 - 0x30 }
        point = digits.count - scale
        normalize()
    }

    /// A number written in decimal, such as `-12.50` or `1e3`.
    init?(_ text: [UInt8]) {
        digits = []
        point = 0
        isNegative = false
        var index = 0
        if let sign = text.first, sign == Byte.minus || sign == Byte.plus {
            isNegative = sign == Byte.minus
            index = 1
        }
        var seenPoint = false
        var exponent = 0
        var count = 0
        while index < text.count {
            let byte = text[index]
            if byte.isDigit {
                digits.append(byte - 0x30)
                count += 1
                if !seenPoint { point += 1 }
            } else if byte == 0x2E, !seenPoint {
                seenPoint = true
            } else if byte | 0x20 == 0x65, count > 0,
                let parsed = Int(String(decoding: text[(index + 1)...], as: UTF8.self)), abs(parsed) < 1_000
            {
                exponent = parsed
                break
            } else {
                return nil
            }
            index += 1
        }
        guard count > 0 else { return nil }
        point += exponent
        normalize()
    }

    private mutating func normalize() {
        let zeros = digits.prefix { $0 == 0 }.count
        if zeros == digits.count {
            (digits, point) = ([0], 1)
            return
        }
        digits.removeFirst(zeros)
        point -= zeros
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
    }

    var isZero: Bool { digits == [0] }

    enum Rounding { case halfEven, halfUp }

    /// Keeps `places` digits after the point.
    mutating func round(places: Int, _ rounding: Rounding = .halfEven) {
        let kept = point + places
        if kept >= digits.count { return }
        if kept < 0 {
            (digits, point) = ([0], 1)
            return
        }
        let next = digits[kept]
        let rest = digits[(kept + 1)...].contains { $0 > 0 }
        var roundsUp = next > 5 || (next == 5 && (rest || rounding == .halfUp))
        if next == 5, !rest, rounding == .halfEven { roundsUp = kept > 0 && digits[kept - 1] % 2 == 1 }
        digits.removeSubrange(kept...)
        if roundsUp {
            var index = kept - 1
            while index >= 0, digits[index] == 9 {
                digits[index] = 0
                index -= 1
            }
            if index >= 0 {
                digits[index] += 1
            } else {
                digits.insert(1, at: 0)
                point += 1
            }
        }
        if digits.isEmpty { (digits, point) = ([0], 1) }
        normalize()
    }

    /// Digits before the point, and exactly `places` after it.
    func parts(places: Int) -> (whole: [UInt8], fraction: [UInt8]) {
        var whole: [UInt8] = []
        var fraction: [UInt8] = []
        for position in 0..<max(0, point) {
            whole.append(0x30 + (position < digits.count ? digits[position] : 0))
        }
        if whole.isEmpty || isZero { whole = [0x30] }
        for place in 0..<places {
            let position = point + place
            fraction.append(
                0x30 + (position >= 0 && position < digits.count && !isZero ? digits[position] : 0))
        }
        return (whole, fraction)
    }

    /// As `%.{places}f` writes it, without the sign.
    func fixed(places: Int) -> String {
        var rounded = self
        rounded.round(places: places)
        let (whole, fraction) = rounded.parts(places: places)
        return String(decoding: whole, as: UTF8.self)
            + (places > 0 ? "." + String(decoding: fraction, as: UTF8.self) : "")
    }

    /// As `%.{places}e` writes it, without the sign.
    func scientific(places: Int, letter: String = "e") -> String {
        var rounded = self
        rounded.round(places: places + 1 - point)
        let exponent = rounded.isZero ? 0 : rounded.point - 1
        var text = String(rounded.digits[0])
        if places > 0 {
            text += "."
            for place in 1...places {
                text += String(place < rounded.digits.count ? rounded.digits[place] : 0)
            }
        }
        let magnitude = String(abs(exponent))
        return text + letter + (exponent < 0 ? "-" : "+") + (magnitude.count < 2 ? "0" : "") + magnitude
    }
}

extension [UInt8] {
    /// Appends the digits of `%.{places}f` for numbers of everyday size, exactly; for the others it appends nothing and
    /// says so.
    mutating func append(fixed value: Double, places: Int) -> Bool {
        guard let (whole, fraction) = fixedParts(value, places: places) else { return false }
        append(decimal: whole)
        guard places > 0 else { return true }
        append(0x2E)
        var unit = 1
        for _ in 1..<places { unit *= 10 }
        while unit > 0 {
            append(UInt8(0x30 + fraction / unit % 10))
            unit /= 10
        }
        return true
    }
}

/// What stands before and after the point of a number rounded to so many places.
private func fixedParts(_ value: Double, places: Int) -> (whole: Int, fraction: Int)? {
    let magnitude = value.magnitude
    guard magnitude < 9e15, (0...12).contains(places), magnitude >= 1e-9 else { return nil }
    let shift = 52 - Int(magnitude.exponent)
    guard shift >= 0, shift < 100 else { return nil }
    var scale: UInt64 = 1
    for _ in 0..<places { scale *= 10 }
    // A whole number over a power of two: what is left tells exactly how to round.
    let product = UInt128(magnitude.significandBitPattern | 1 << 52) * UInt128(scale)
    var quotient = product >> UInt128(shift)
    let rest = product & ((UInt128(1) << UInt128(shift)) - 1)
    let half = shift == 0 ? 0 : UInt128(1) << UInt128(shift - 1)
    if shift > 0, rest > half || (rest == half && quotient & 1 == 1) { quotient += 1 }
    guard let digits = UInt64(exactly: quotient) else { return nil }
    let (whole, fraction) = digits.quotientAndRemainder(dividingBy: scale)
    return (Int(whole), Int(fraction))
}

/// Python's `repr` of a float.
func pythonDescription(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let decimals = Decimals(shortest: value)
    let sign = decimals.isNegative ? "-" : ""
    let exponent = decimals.isZero ? 0 : decimals.point - 1
    if exponent < -4 || exponent >= 16 {
        return sign + decimals.scientific(places: decimals.digits.count - 1)
    }
    return sign + decimals.fixed(places: max(1, decimals.digits.count - decimals.point))
}
