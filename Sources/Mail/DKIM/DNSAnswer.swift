/// The TXT records of a DNS message (RFC 1035, 4.1 and 3.3.14).
struct DNSAnswer: Sendable, Equatable {
    /// Records of a message that are looked at.
    private static let mostRecords = 64
    private static let (textType, internetClass) = (16, 1)

    /// The text of each record, its strings joined without anything between them (RFC 6376, 3.6.2.2).
    let texts: [String]
    /// Seconds for which this is true.
    let lifetime: Int64

    /// The answer that there is nothing.
    static func nothing(for seconds: Int64) -> DNSAnswer { DNSAnswer(texts: [], lifetime: seconds) }

    init(texts: [String], lifetime: Int64) { (self.texts, self.lifetime) = (texts, lifetime) }

    /// Reads a message that answers one question; `nil` when it is damaged.
    init?(message: [UInt8]) {
        var reader = DNSReader(message)
        guard reader.skip(4), let questions = reader.number(2), let answers = reader.number(2),
            reader.skip(4),
            questions <= 1, answers <= Self.mostRecords
        else { return nil }
        for _ in 0..<questions { guard reader.skipName(), reader.skip(4) else { return nil } }
        var texts: [String] = []
        var lifetime: Int?
        for _ in 0..<answers {
            guard reader.skipName(), let type = reader.number(2), let family = reader.number(2),
                let seconds = reader.number(4), let length = reader.number(2), let data = reader.take(length)
            else { return nil }
            // A time with the topmost bit set is none (RFC 2181, 8).
            lifetime = min(lifetime ?? .max, seconds > Int(Int32.max) ? 0 : seconds)
            guard type == Self.textType, family == Self.internetClass else { continue }
            guard let text = Self.text(data) else { return nil }
            texts.append(text)
        }
        self.init(texts: texts, lifetime: Int64(lifetime ?? 0))
    }

    private static func text(_ data: ArraySlice<UInt8>) -> String? {
        var reader = DNSReader(data)
        var bytes: [UInt8] = []
        while !reader.isAtEnd {
            guard let length = reader.number(1), let part = reader.take(length) else { return nil }
            bytes += part
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Reads forward through a DNS message, never beyond its end.
private struct DNSReader {
    private let bytes: ArraySlice<UInt8>
    private var place: Int

    init(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes)[...]
        place = 0
    }

    var isAtEnd: Bool { place == bytes.count }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= bytes.count - place else { return nil }
        defer { place += count }
        return bytes[place..<(place + count)]
    }

    mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    /// Big-endian.
    mutating func number(_ count: Int) -> Int? { take(count)?.reduce(0) { $0 << 8 | Int($1) } }

    /// A name ends with an empty label, or with a pointer to the rest of it (RFC 1035, 4.1.4), which nobody
    /// here follows.
    mutating func skipName() -> Bool {
        while let length = number(1) {
            switch length {
            case 0: return true
            case 0xc0...: return skip(1)
            case 0x40...: return false
            default: guard skip(length) else { return false }
            }
        }
        return false
    }
}
