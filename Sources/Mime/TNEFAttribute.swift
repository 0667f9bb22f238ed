/// One attribute of a TNEF stream ([MS-OXTNEF], 2.1.3.1).
struct TNEFAttribute {
    /// What the attribute says: the lower half of its identifier. The upper half, its type, follows from this and is
    /// written wrong by some senders.
    enum Name: Int {
        case body = 0x800C
        case attachmentData = 0x800F
        case attachmentTitle = 0x8010
        /// The first attribute of each attachment.
        case attachmentRendering = 0x9002
        case messageProperties = 0x9003
        case attachmentProperties = 0x9005
        case codePage = 0x9007
    }

    /// `nil` for what is of no interest.
    let name: Name?
    let octets: ArraySlice<UInt8>
}

/// The attributes of a TNEF stream, one after another.
struct TNEFAttributes {
    /// The first four octets of every stream.
    static let signature: [UInt8] = [0x78, 0x9F, 0x3E, 0x22]
    /// More than a thousand attachments need.
    private static let mostAttributes = 20_000
    /// Octets before the value: level, identifier and length.
    private static let head = 9

    private var cursor: TNEFCursor
    private(set) var count = 0
    /// Whether there were more than are read.
    private(set) var isCut = false
    /// Whether something does not fit: an attribute ends beyond the stream, or something else stands in its place.
    private(set) var isDamaged = false

    /// `nil` for what is no TNEF stream at all.
    init?(_ octets: ArraySlice<UInt8>) {
        guard octets.starts(with: Self.signature) else { return nil }
        cursor = TNEFCursor(octets.dropFirst(Self.signature.count))
        // The key, which the attachments of a message could be told by.
        guard cursor.word() != nil else { return nil }
    }

    /// The next attribute; `nil` at the end and where reading on makes no sense. The checksum is not compared:
    /// some senders compute it wrong, and what is damaged shows elsewhere.
    mutating func next() -> TNEFAttribute? {
        guard !isDamaged, !isCut, !cursor.rest.isEmpty, !isFiller(cursor.rest) else { return nil }
        guard count < Self.mostAttributes else {
            isCut = true
            return nil
        }
        guard let level = cursor.byte(), level == 1 || level == 2, let identifier = cursor.long(),
            let length = cursor.long(), let octets = cursor.octets(length)
        else {
            isDamaged = true
            return nil
        }
        count += 1
        // The checksum, which some senders leave out behind the last attribute.
        _ = cursor.word() ?? cursor.byte()
        return TNEFAttribute(name: TNEFAttribute.Name(rawValue: identifier & 0xFFFF), octets: octets)
    }

    /// Transports leave line ends and zeros behind the last attribute, which always begins with 1 or 2.
    private func isFiller(_ rest: ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first, first != 1, first != 2 else { return false }
        return rest.count < Self.head || rest.allSatisfy { $0 == 0 }
    }
}
