/// Labels of internationalised domain names in their two forms (RFC 3492): `bücher` and `bcher-kva`, here
/// without the prefix `xn--`.
enum Punycode {
    /// Most characters of a label that is decoded or encoded (RFC 1035, 2.3.4).
    static let mostCharacters = 63
    private static let (base, tMin, tMax, skew, damp) = (36, 1, 26, 38, 700)
    private static let (initialBias, initialScalar) = (72, 128)
    /// Beyond it no Unicode scalar can come out any more, and no sum overflows.
    private static let largest = 0x7FFF_FFFF

    /// The Unicode form of an encoded label; `nil` when it is not well-formed.
    static func decode(_ label: some StringProtocol) -> String? {
        let bytes = Array(label.utf8)
        guard bytes.count <= mostCharacters, bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        let delimiter = bytes.lastIndex(of: 0x2D)
        var scalars = bytes[..<(delimiter ?? 0)].map { Unicode.Scalar($0) }
        var rest = bytes[(delimiter.map { $0 + 1 } ?? 0)...]
        var (scalar, place, bias) = (initialScalar, 0, initialBias)
        while !rest.isEmpty {
            let before = place
            guard let step = integer(&rest, bias: bias), step <= largest - place else { return nil }
            place += step
            let count = scalars.count + 1
            bias = adapted(place - before, count: count, isFirst: before == 0)
            guard place / count <= largest - scalar else { return nil }
            scalar += place / count
            place %= count
            guard scalar >= 0x80, let value = UInt32(exactly: scalar).flatMap(Unicode.Scalar.init) else {
                return nil
            }
            scalars.insert(value, at: place)
            place += 1
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// One integer of variable length (RFC 3492, 3.3), taken off the front.
    private static func integer(_ rest: inout ArraySlice<UInt8>, bias: Int) -> Int? {
        var (value, weight, k) = (0, 1, base)
        while let byte = rest.popFirst() {
            guard let digit = digit(byte), digit <= (largest - value) / weight else { return nil }
            value += digit * weight
            let t = threshold(k, bias)
            if digit < t { return value }
            guard weight <= largest / (base - t) else { return nil }
            weight *= base - t
            k += base
        }
        return nil
    }

    /// The encoded form of a label; `nil` when it is too long.
    static func encode(_ label: some StringProtocol) -> String? {
        let scalars = label.unicodeScalars.map { Int($0.value) }
        guard scalars.count <= mostCharacters else { return nil }
        var output = scalars.filter { $0 < 0x80 }.map { UInt8($0) }
        let basic = output.count
        if basic > 0 { output.append(0x2D) }
        var (scalar, delta, bias, handled) = (initialScalar, 0, initialBias, basic)
        while handled < scalars.count {
            guard let next = scalars.filter({ $0 >= scalar }).min() else { return nil }
            delta += (next - scalar) * (handled + 1)
            scalar = next
            for value in scalars {
                if value < scalar { delta += 1 }
                guard value == scalar else { continue }
                append(delta, to: &output, bias: bias)
                bias = adapted(delta, count: handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            scalar += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func append(_ delta: Int, to output: inout [UInt8], bias: Int) {
        var (rest, k) = (delta, base)
        while rest >= threshold(k, bias) {
            let t = threshold(k, bias)
            output.append(letter(t + (rest - t) % (base - t)))
            rest = (rest - t) / (base - t)
            k += base
        }
        output.append(letter(rest))
    }

    private static func threshold(_ k: Int, _ bias: Int) -> Int { min(max(k - bias, tMin), tMax) }

    /// The next bias (RFC 3492, 3.4).
    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var k = 0
        while delta > (base - tMin) * tMax / 2 {
            delta /= base - tMin
            k += base
        }
        return k + (base - tMin + 1) * delta / (delta + skew)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x61...0x7A: Int(byte) - 0x61
        case 0x41...0x5A: Int(byte) - 0x41
        case 0x30...0x39: Int(byte) - 0x30 + 26
        default: nil
        }
    }

    private static func letter(_ digit: Int) -> UInt8 { UInt8(digit < 26 ? digit + 0x61 : digit - 26 + 0x30) }
}
