/// A number of the smallest unit as decimal text: 12345 with scale 2 is `123.45`.
func decimalText(_ scaled: Int64, scale: Int) -> String {
    let digits = String(scaled.magnitude)
    let sign = scaled < 0 ? "-" : ""
    guard scale > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    return sign + padded.dropLast(scale) + "." + padded.suffix(scale)
}

/// Whether text is an optional minus, digits, and optionally a point and digits.
func isPlainDecimal(_ text: String) -> Bool {
    let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
    let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
        !part.isEmpty && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}

/// The binary form of `numeric` (`numeric_send`): groups of four decimal digits, the weight of the first in powers of
/// 10,000, a sign, and the number of decimal places shown.
struct DecimalFormat {
    private let groups: [Int]
    private let weight: Int
    private let isNegative: Bool
    private let places: Int

    enum Fault: Error {
        case notFinite
        case malformed
        case tooLarge
        case tooPrecise(places: Int)
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(Fault) {
        guard bytes.count >= 8 else { throw .malformed }
        let words = (0..<bytes.count / 2).map { Int(bytes[2 * $0]) << 8 | Int(bytes[2 * $0 + 1]) }
        guard bytes.count == 8 + 2 * words[0] else { throw .malformed }
        weight = Int(Int16(truncatingIfNeeded: words[1]))
        switch words[2] {
        case 0: isNegative = false
        case 0x4000: isNegative = true
        default: throw .notFinite  // 0xC000 NaN, 0xD000 and 0xF000 infinities
        }
        places = words[3] & 0x3FFF
        groups = Array(words[4...])
    }

    /// The group that counts multiples of 10,000 to the power of `power`.
    private func group(_ power: Int) -> Int {
        let index = weight - power
        return groups.indices.contains(index) ? groups[index] : 0
    }

    /// The value as a whole number of units of 10 to the power of `-scale`; no digit is ever dropped.
    func scaled(_ scale: Int) throws(Fault) -> Int64 {
        // The server strips leading zeros, so this is 10 to the power of 20 at least.
        guard groups.isEmpty || weight < 5 else { throw .tooLarge }
        var value: Int64 = 0
        let lowest = -((scale + 3) / 4)
        for power in stride(from: max(weight, 0), through: lowest, by: -1) {
            // The last group may reach further right than the scale: its superfluous digits must be zeros.
            let superfluous = power == lowest ? -4 * lowest - scale : 0
            let divisor = powerOfTen(superfluous)
            guard group(power) % divisor == 0 else { throw .tooPrecise(places: places) }
            let (shifted, over) = value.multipliedReportingOverflow(by: Int64(10_000 / divisor))
            let digits = Int64(group(power) / divisor)
            let (next, overNext) =
                isNegative
                ? shifted.subtractingReportingOverflow(digits) : shifted.addingReportingOverflow(digits)
            guard !over, !overNext else { throw .tooLarge }
            value = next
        }
        let finest = weight - groups.count + 1
        if finest < lowest, (finest..<lowest).contains(where: { group($0) != 0 }) {
            throw .tooPrecise(places: places)
        }
        return value
    }

    /// Exact decimal text with as many places as the server keeps.
    var text: String {
        var whole = ""
        for power in stride(from: max(weight, 0), through: 0, by: -1) {
            whole += whole.isEmpty ? String(group(power)) : fourDigits(group(power))
            if whole == "0" && power > 0 { whole = "" }
        }
        guard places > 0 else { return (isNegative ? "-" : "") + whole }
        var fraction = ""
        for power in 1...((places + 3) / 4) { fraction += fourDigits(group(-power)) }
        return (isNegative ? "-" : "") + whole + "." + fraction.prefix(places)
    }
}

private func fourDigits(_ group: Int) -> String {
    let digits = String(group)
    return String(repeating: "0", count: 4 - digits.count) + digits
}

private func powerOfTen(_ exponent: Int) -> Int { [1, 10, 100, 1_000][exponent] }
