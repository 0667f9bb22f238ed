/// Base64 and base64url (RFC 4648, 4 and 5), strict: no line breaks, no foreign characters.
public struct Base64: Sendable {
    /// With `+` and `/`, padded.
    public static let standard = Base64("+/", padded: true)
    /// With `-` and `_`, padded, as Fernet writes it.
    public static let urlPadded = Base64("-_", padded: true)
    /// With `-` and `_`, without padding, as JOSE writes it (RFC 7515, 2).
    public static let url = Base64("-_", padded: false)

    private static let padding = UInt8(ascii: "=")
    private static let foreign: UInt8 = 0xff

    private let digits: [UInt8]
    private let values: [UInt8]
    private let padded: Bool

    private init(_ lastTwo: String, padded: Bool) {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + lastTwo
        digits = Array(alphabet.utf8)
        var values = [UInt8](repeating: Self.foreign, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        self.values = values
        self.padded = padded
    }

    /// The text of the bytes.
    public func encode(_ bytes: some Collection<UInt8>) -> String {
        let text = withBytes(bytes) { input in
            [UInt8](unsafeUninitializedCapacity: (input.count + 2) / 3 * 4) { output, count in
                count = write(input, to: output)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func write(
        _ input: UnsafeBufferPointer<UInt8>, to output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var count = 0
        func put(_ byte: UInt8) {
            output[count] = byte
            count += 1
        }
        var index = 0
        while index < input.count {
            let rest = input.count - index
            let group =
                UInt32(input[index]) << 16 | (rest > 1 ? UInt32(input[index + 1]) << 8 : 0)
                | (rest > 2 ? UInt32(input[index + 2]) : 0)
            for place in 0..<min(rest, 3) + 1 { put(digits[Int(group >> UInt32(18 - 6 * place) & 63)]) }
            if padded { for _ in 0..<max(0, 3 - rest) { put(Self.padding) } }
            index += 3
        }
        return count
    }

    /// The bytes of the text; `nil` if a character is foreign, the padding is not exactly as this variant wants it,
    /// or (when `canonical`) the unused bits of the last character are not zero: otherwise two texts would mean
    /// the same bytes, and a signed text could be changed without notice.
    public func decode(_ text: some Collection<UInt8>, canonical: Bool = true) -> [UInt8]? {
        withBytes(text) { text in
            var end = text.count
            if padded {
                guard end.isMultiple(of: 4) else { return nil }
                while end > 0, text.count - end < 2, text[end - 1] == Self.padding { end -= 1 }
            }
            guard end % 4 != 1 else { return nil }
            return read(UnsafeBufferPointer(rebasing: text[..<end]), canonical: canonical)
        }
    }

    /// The bytes of the text, as the other `decode` reads it.
    public func decode(_ text: some StringProtocol, canonical: Bool = true) -> [UInt8]? {
        decode(Array(text.utf8), canonical: canonical)
    }

    private func read(_ text: UnsafeBufferPointer<UInt8>, canonical: Bool) -> [UInt8]? {
        var isForeign = false
        var loose: UInt32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4) { output, count in
            values.withUnsafeBufferPointer { values in
                func value(_ index: Int) -> UInt32 {
                    let value = values[Int(text[index])]
                    isForeign = isForeign || value == Self.foreign
                    return UInt32(value & 63)
                }
                var index = 0
                while index + 4 <= text.count {
                    let group =
                        value(index) << 18 | value(index + 1) << 12 | value(index + 2) << 6 | value(index + 3)
                    output[count] = UInt8(truncatingIfNeeded: group >> 16)
                    output[count + 1] = UInt8(truncatingIfNeeded: group >> 8)
                    output[count + 2] = UInt8(truncatingIfNeeded: group)
                    count += 3
                    index += 4
                }
                // Two or three characters are left: 12 bits hold one byte, 18 hold two.
                guard index + 2 <= text.count else { return }
                let group =
                    value(index) << 12 | value(index + 1) << 6
                    | (index + 3 == text.count ? value(index + 2) : 0)
                output[count] = UInt8(truncatingIfNeeded: group >> 10)
                count += 1
                loose = group & 0x3ff
                guard index + 3 == text.count else { return }
                output[count] = UInt8(truncatingIfNeeded: group >> 2)
                count += 1
                loose = group & 3
            }
        }
        return isForeign || (canonical && loose != 0) ? nil : bytes
    }
}
