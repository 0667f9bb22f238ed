/// Reads the bytes of a TZif file (RFC 8536 and, for version 4, RFC 9636).
struct TZifReader {
    private let bytes: [UInt8]
    private var position = 0

    /// The largest file that is looked at, in bytes. The largest of the time zone database has less than 4 KiB.
    static let largestFile = 65_536

    /// The zone; `nil` for what is damaged, too large, or counts leap seconds, which `timestamptz` does not.
    static func read(_ bytes: [UInt8]) -> TimeZoneRules? {
        guard bytes.count <= largestFile else { return nil }
        var reader = TZifReader(bytes: bytes)
        return reader.zone()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func zone() -> TimeZoneRules? {
        guard let first = header() else { return nil }
        if first.version == 0 {
            guard let block = block(first, wide: false), position == bytes.count else { return nil }
            return TimeZoneRules(firstOffset: block.firstOffset, listed: block.changes, recurring: nil)
        }
        // From version 2 on everything stands a second time with 64 bits, and only that counts (section 3).
        position += first.size(wide: false)
        guard let second = header(), second.version == first.version, let block = block(second, wide: true),
            let footer = footer(), position == bytes.count
        else { return nil }
        guard !footer.isEmpty else {
            return TimeZoneRules(firstOffset: block.firstOffset, listed: block.changes, recurring: nil)
        }
        guard let recurring = PosixZoneReader.read(footer) else { return nil }
        return TimeZoneRules(firstOffset: block.firstOffset, listed: block.changes, recurring: recurring)
    }

    /// The six counts of a header (section 3.1).
    private struct Header {
        let version: UInt8
        let utIndicators, standardIndicators, leapSeconds, changes, types, designations: Int

        /// The size of the block that follows, in bytes.
        func size(wide: Bool) -> Int {
            let time = wide ? 8 : 4
            return changes * (time + 1) + types * 6 + designations + leapSeconds * (time + 4)
                + standardIndicators + utIndicators
        }
    }

    private mutating func header() -> Header? {
        guard position + 44 <= bytes.count, bytes[position..<position + 4].elementsEqual("TZif".utf8) else {
            return nil
        }
        let version = bytes[position + 4]
        position += 20
        let counts = (0..<6).map { _ in Int(integer(bytes: 4) & 0xFFFF_FFFF) }
        let header = Header(
            version: version, utIndicators: counts[0], standardIndicators: counts[1], leapSeconds: counts[2],
            changes: counts[3], types: counts[4], designations: counts[5])
        guard version == 0 || (UInt8(ascii: "2")...UInt8(ascii: "4")).contains(version),
            // No count can exceed the file, so that sizes below do not overflow.
            counts.allSatisfy({ $0 <= Self.largestFile }), (1...256).contains(header.types),
            [0, header.types].contains(header.utIndicators),
            [0, header.types].contains(header.standardIndicators),
            header.designations > 0, header.leapSeconds == 0,
            position + header.size(wide: false) <= bytes.count
        else { return nil }
        return header
    }

    private mutating func block(_ header: Header, wide: Bool) -> (firstOffset: Int, changes: [OffsetChange])?
    {
        let end = position + header.size(wide: wide)
        guard end <= bytes.count else { return nil }
        let times = (0..<header.changes).map { _ in integer(bytes: wide ? 8 : 4) }
        let kinds = (0..<header.changes).map { _ in Int(integer(bytes: 1) & 0xFF) }
        var offsets: [Int] = []
        for _ in 0..<header.types {
            let offset = Int(integer(bytes: 4))
            let (isSaving, designation) = (integer(bytes: 1), Int(integer(bytes: 1) & 0xFF))
            guard OffsetChange.offsets.contains(offset), (0...1).contains(isSaving),
                designation < header.designations
            else { return nil }
            offsets.append(offset)
        }
        guard kinds.allSatisfy({ $0 < offsets.count }), zip(times, times.dropFirst()).allSatisfy({ $0 < $1 })
        else { return nil }
        position = end
        return (offsets[0], zip(times, kinds).map { OffsetChange(at: $0, offset: offsets[$1]) })
    }

    /// What stands between two line feeds at the end (section 3.3).
    private mutating func footer() -> ArraySlice<UInt8>? {
        guard position + 2 <= bytes.count, bytes[position] == 0x0A, bytes.last == 0x0A else { return nil }
        let text = bytes[(position + 1)..<(bytes.count - 1)]
        position = bytes.count
        return text.contains(0x0A) ? nil : text
    }

    /// A signed big-endian integer. Whoever asks has made sure that the bytes are there.
    private mutating func integer(bytes count: Int) -> Int64 {
        var value: Int64 = Int8(bitPattern: bytes[position]) < 0 ? -1 : 0
        for byte in bytes[position..<position + count] { value = value << 8 | Int64(byte) }
        position += count
        return value
    }
}

extension TimeZoneRules {
    /// Reads the bytes of a TZif file, version 1 to 4, such as those below `/usr/share/zoneinfo`. `nil` for what is
    /// damaged, larger than 64 KiB, or counts leap seconds.
    public init?(tzif bytes: [UInt8]) {
        guard let zone = TZifReader.read(bytes) else { return nil }
        self = zone
    }

    /// Reads a POSIX `TZ` string such as `EST5EDT,M3.2.0,M11.1.0`; `nil` for anything else.
    public init?(posix text: String) {
        guard let recurring = PosixZoneReader.read(text.utf8) else { return nil }
        self.init(firstOffset: recurring.standard, listed: [], recurring: recurring)
    }
}
