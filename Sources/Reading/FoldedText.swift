/// Text as phrases are looked up in it: lower case, Latin accents dropped, every kind of space one plain
/// space, invisible characters gone. Its UTF-8 bytes, since searching bytes is many times faster than
/// searching characters. Phrases that are compared with it must be written in that form.
struct FoldedText: Equatable, Sendable {
    private(set) var bytes: [UInt8] = []

    init(_ text: some StringProtocol) {
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars { append(scalar) }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        let value = scalar.value
        switch value {
        case 0x41...0x5A: bytes.append(UInt8(value) | 0x20)
        case 0x09, 0x0A, 0x0D: bytes.append(0x20)
        case 0..<0x80: bytes.append(UInt8(value))
        case 0xDF, 0x1E9E: bytes += [0x73, 0x73]
        case 0xC6, 0xE6: bytes += [0x61, 0x65]
        case 0xC0...0x17F where value != 0xD7 && value != 0xF7:
            bytes.append(Self.latinBases[Int(value) - 0xC0])
        case 0x2018, 0x2019, 0x02BC: bytes.append(0x27)
        case 0x201C, 0x201D, 0xAB, 0xBB: bytes.append(0x22)
        case 0x2010...0x2015, 0x2212: bytes.append(0x2D)
        case 0x00AD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0xFEFF, 0xFE00...0xFE0F: break
        case 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: bytes.append(0x20)
        case 0x300...0x36F: break
        case 0xFF01...0xFF5E: append(Unicode.Scalar(value - 0xFEE0) ?? scalar)
        default: bytes += Array(scalar.properties.lowercaseMapping.utf8)
        }
    }

    /// The ASCII letters under the accents, for U+00C0 to U+017F.
    private static let latinBases: [UInt8] = {
        let latin1 = "aaaaaaaceeeeiiiidnooooo*ouuuuyts"
        let runs: [(Character, Int)] = [
            ("a", 6), ("c", 8), ("d", 4), ("e", 10), ("g", 8), ("h", 4), ("i", 12), ("j", 2), ("k", 3),
            ("l", 10),
            ("n", 9), ("o", 8), ("r", 6), ("s", 8), ("t", 6), ("u", 12), ("w", 2), ("y", 3), ("z", 6),
            ("s", 1),
        ]
        let extended = runs.map { String(repeating: $0.0, count: $0.1) }.joined()
        return Array((latin1 + latin1 + extended).utf8)
    }()
}

extension FoldedText {
    var isEmpty: Bool { bytes.isEmpty }
    var count: Int { bytes.count }
    var string: String { String(decoding: bytes, as: UTF8.self) }

    /// Without spaces at both ends.
    var trimmed: FoldedText {
        var copy = self
        guard let first = bytes.firstIndex(where: { $0 != 0x20 }),
            let last = bytes.lastIndex(where: { $0 != 0x20 })
        else {
            copy.bytes = []
            return copy
        }
        copy.bytes = Array(bytes[first...last])
        return copy
    }

    func hasPrefix(_ phrase: StaticPhrase) -> Bool { bytes.starts(with: phrase.bytes) }

    func hasSuffix(_ phrase: StaticPhrase) -> Bool {
        bytes.count >= phrase.bytes.count && bytes.suffix(phrase.bytes.count).elementsEqual(phrase.bytes)
    }

    /// Whether the phrase occurs anywhere.
    func contains(_ phrase: StaticPhrase) -> Bool { firstIndex(of: phrase) != nil }

    /// Whether any of the phrases occurs anywhere.
    func containsAny(of phrases: [StaticPhrase]) -> Bool { phrases.contains { contains($0) } }

    /// Whether the phrase occurs with no letter or digit directly before or after it. Phrases of scripts that
    /// do not separate words match anywhere.
    func containsWord(_ phrase: StaticPhrase) -> Bool {
        var start = 0
        while let index = firstIndex(of: phrase, from: start) {
            let end = index + phrase.bytes.count
            let free =
                !phrase.isLatin
                || (index == 0 || !Self.isWordByte(bytes[index - 1]))
                    && (end == bytes.count || !Self.isWordByte(bytes[end]))
            if free { return true }
            start = index + 1
        }
        return false
    }

    func containsAnyWord(of phrases: [StaticPhrase]) -> Bool { phrases.contains { containsWord($0) } }

    /// The byte offset of the phrase at or after `start`.
    func firstIndex(of phrase: StaticPhrase, from start: Int = 0) -> Int? {
        let needle = phrase.bytes
        guard let head = needle.first, bytes.count >= needle.count else { return nil }
        return bytes.withUnsafeBufferPointer { hay in
            var index = start
            let last = hay.count - needle.count
            while index <= last {
                if hay[index] == head {
                    var offset = 1
                    while offset < needle.count, hay[index + offset] == needle[offset] { offset += 1 }
                    if offset == needle.count { return index }
                }
                index += 1
            }
            return nil
        }
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte >= 0x80
    }
}

/// A phrase to look for, written in folded form.
struct StaticPhrase: ExpressibleByStringLiteral, Sendable, Hashable {
    let bytes: [UInt8]
    /// Whether it begins with an ASCII character, so that word boundaries mean something.
    let isLatin: Bool

    init(stringLiteral text: String) { self.init(text) }

    init(_ text: String) {
        bytes = Array(text.utf8)
        isLatin = (bytes.first ?? 0x80) < 0x80 || Self.isCyrillicOrGreek(text)
    }

    private static func isCyrillicOrGreek(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first else { return false }
        return (0x370...0x52F).contains(first.value)
    }
}
