#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A string as the engine holds it: UTF-8 bytes, always valid.
///
/// Templates mostly copy text from one place to another, so the bytes are what counts; the code points
/// that Python's rules speak of are looked at only by the operations that need them.
public struct Text: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The UTF-8 bytes.
    public let bytes: [UInt8]

    /// The seed that the standard library drew for the hashes of this process; no output depends on it.
    static let seed = UInt64(truncatingIfNeeded: 0.hashValue)

    /// The text of a Swift string.
    public init(_ string: String) { bytes = Array(string.utf8) }

    public init(stringLiteral value: String) { self.init(value) }

    /// The caller guarantees that `bytes` is valid UTF-8.
    init(valid bytes: [UInt8]) { self.bytes = bytes }

    init(scalars: some Sequence<Unicode.Scalar>) {
        var bytes: [UInt8] = []
        for scalar in scalars { bytes.append(scalar: scalar) }
        self.bytes = bytes
    }

    /// The text as a Swift string.
    public var string: String { String(decoding: bytes, as: UTF8.self) }

    var isEmpty: Bool { bytes.isEmpty }

    /// Whether every byte is one code point.
    var isASCII: Bool { bytes.isASCII }

    /// The number of code points, Python's `len`.
    var count: Int { isASCII ? bytes.count : bytes.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 } }

    /// One code point, counted from the end if `index` is negative.
    func letter(at index: Int) -> Text? {
        let position = index < 0 ? index + count : index
        guard position >= 0, position < bytes.count else { return nil }
        if isASCII { return Text(valid: [bytes[position]]) }
        var seen = -1
        for start in bytes.indices where bytes[start] & 0xC0 != 0x80 {
            seen += 1
            guard seen == position else { continue }
            let end = bytes[(start + 1)...].firstIndex { $0 & 0xC0 != 0x80 } ?? bytes.count
            return Text(valid: Array(bytes[start..<end]))
        }
        return nil
    }

    var scalars: [Unicode.Scalar] {
        if isASCII { return bytes.map { Unicode.Scalar($0) } }
        return Array(string.unicodeScalars)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(bytes.quickHash) }

    public static func == (left: Text, right: Text) -> Bool { left.bytes.equals(right.bytes) }
}

extension [UInt8] {
    var isASCII: Bool {
        withUnsafeBufferPointer { buffer in
            var seen: UInt8 = 0
            for byte in buffer { seen |= byte }
            return seen < 0x80
        }
    }

    /// The first place of a byte from `start` on.
    func first(_ byte: UInt8, from start: Int) -> Int? {
        withUnsafeBytes { bytes in
            guard start < bytes.count, let base = bytes.baseAddress else { return nil }
            return memchr(base + start, Int32(byte), bytes.count - start).map { base.distance(to: $0) }
        }
    }

    /// As `map`, byte for byte, in a loop that compiles to vector instructions.
    @inline(__always)
    func mapped(_ change: (UInt8) -> UInt8) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { result, filled in
            withUnsafeBufferPointer { bytes in
                for index in bytes.indices { result[index] = change(bytes[index]) }
            }
            filled = count
        }
    }

    /// Equality, word for word: names are short, and what is inlined needs no reference counts.
    @inline(__always)
    func equals(_ other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBytes { left in other.withUnsafeBytes { left.equals($0) } }
    }

    @inline(__always)
    func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        return withUnsafeBytes { $0.equals(other) }
    }

    /// A quick hash with a seed of the process, so that keys cannot be made to collide from outside.
    @inline(__always)
    var quickHash: UInt64 { withUnsafeBytes { $0.quickHash } }

    /// Byte order of valid UTF-8 is code point order, which is how Python compares strings.
    func precedes(_ other: [UInt8]) -> Bool {
        let shared = Swift.min(count, other.count)
        for index in 0..<shared where self[index] != other[index] { return self[index] < other[index] }
        return count < other.count
    }

    mutating func append(scalar: Unicode.Scalar) {
        let value = scalar.value
        switch value {
        case 0..<0x80: append(UInt8(value))
        case 0x80..<0x800:
            append(UInt8(0xC0 | value >> 6))
            append(UInt8(0x80 | value & 0x3F))
        case 0x800..<0x10000:
            append(UInt8(0xE0 | value >> 12))
            append(UInt8(0x80 | value >> 6 & 0x3F))
            append(UInt8(0x80 | value & 0x3F))
        default:
            append(UInt8(0xF0 | value >> 18))
            append(UInt8(0x80 | value >> 12 & 0x3F))
            append(UInt8(0x80 | value >> 6 & 0x3F))
            append(UInt8(0x80 | value & 0x3F))
        }
    }

    @inline(__always)
    mutating func append(_ string: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: string.utf8Start, count: string.utf8CodeUnitCount))
    }

    mutating func append(_ string: String) { append(contentsOf: string.utf8) }
}

extension UnsafeRawBufferPointer {
    /// Whether the same bytes lie there, of which there are as many.
    @inline(__always)
    func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        func differ(_ offset: Int) -> Bool {
            loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                != other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        func halvesDiffer(_ offset: Int) -> Bool {
            loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                != other.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        }
        guard count >= 8 else {
            if count >= 4 { return !halvesDiffer(0) && !halvesDiffer(count - 4) }
            for index in 0..<count where self[index] != other[index] { return false }
            return true
        }
        var index = 0
        while index + 8 < count {
            if differ(index) { return false }
            index += 8
        }
        // The last bytes as one word, which may overlap what came before it.
        return !differ(count - 8)
    }

    /// The hash of these bytes, see `[UInt8].quickHash`.
    @inline(__always)
    var quickHash: UInt64 { quickHash(Text.seed) }

    /// The same, for those who keep the seed by them.
    @inline(__always)
    func quickHash(_ seed: UInt64) -> UInt64 {
        func word(_ offset: Int) -> UInt64 { loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        func half(_ offset: Int) -> UInt64 { UInt64(loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
        var hash = seed ^ UInt64(truncatingIfNeeded: count)
        var index = 0
        while index + 8 < count {
            hash = (hash ^ word(index)) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 29
            index += 8
        }
        // The last bytes as one word, which may overlap what came before it.
        let rest: UInt64 =
            switch count {
            case 8...: word(count - 8)
            case 4...7: half(0) | half(count - 4) << 32
            case 1...3:
                UInt64(self[0]) | UInt64(self[count / 2]) << 8 | UInt64(self[count - 1]) << 16
            default: 0
            }
        hash = (hash ^ rest) &* 0x9E37_79B9_7F4A_7C15
        return hash ^ hash >> 32
    }
}
