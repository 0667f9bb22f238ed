import Reading

/// The properties of a message or an attachment that are of interest here ([MS-OXTNEF], 2.1.3.4; names and numbers
/// from [MS-OXPROPS]).
struct TNEFProperties {
    /// A property's number.
    enum Name: Int {
        case body = 0x1000
        case compressedRTF = 0x1009
        case html = 0x1013
        case displayName = 0x3001
        /// The octets of an attachment, or the object that it is.
        case attachmentData = 0x3701
        case shortFilename = 0x3704
        case longFilename = 0x3707
        case contentType = 0x370E
        case internetCodePage = 0x3FDE
    }

    /// The types whose values have a length of their own ([MS-OXCDATA], 2.11.1).
    enum Kind {
        static let object = 0x000D
        static let string = 0x001E
        static let unicode = 0x001F
        static let binary = 0x0102
        /// Set where there are several values.
        static let several = 0x1000
    }

    /// The first value of a property.
    struct Value {
        let kind: Int
        let octets: ArraySlice<UInt8>
    }

    /// Properties of one list; Outlook writes about a hundred.
    private static let mostProperties = 20_000
    /// From here on a property is named by a text or by a number of its own.
    private static let firstNamed = 0x8000
    /// Octets of a GUID.
    static let identifier = 16

    private var values: [Name: Value] = [:]
    /// Whether the list could not be read to its end.
    private(set) var isDamaged = false

    /// No properties.
    init() {}

    /// Reads a list as far as it can be read.
    init(_ octets: ArraySlice<UInt8>) {
        var cursor = TNEFCursor(octets)
        guard let count = cursor.long() else {
            isDamaged = true
            return
        }
        for _ in 0..<min(count, Self.mostProperties) {
            guard let kind = cursor.word(), let number = cursor.word(), Self.skipName(of: number, &cursor),
                let value = Self.value(of: kind, &cursor)
            else {
                isDamaged = true
                return
            }
            if let name = Name(rawValue: number), values[name] == nil { values[name] = value }
        }
        isDamaged = count > Self.mostProperties
    }

    /// A property's value, unless it is missing or empty.
    subscript(_ name: Name) -> Value? {
        guard let value = values[name], !value.octets.isEmpty else { return nil }
        return value
    }

    /// A property that is a number of four octets.
    func number(_ name: Name) -> Int? {
        guard let value = values[name] else { return nil }
        var cursor = TNEFCursor(value.octets)
        return cursor.long()
    }

    /// Takes on the properties that were not there yet.
    mutating func merge(_ others: TNEFProperties) {
        values.merge(others.values) { own, _ in own }
        isDamaged = isDamaged || others.isDamaged
    }

    /// The GUID and the text or number of a named property.
    private static func skipName(of number: Int, _ cursor: inout TNEFCursor) -> Bool {
        guard number >= firstNamed else { return true }
        guard cursor.octets(identifier) != nil, let isText = cursor.long() else { return false }
        guard isText != 0 else { return cursor.long() != nil }
        guard let length = cursor.long() else { return false }
        return cursor.paddedOctets(length) != nil
    }

    private static func value(of kind: Int, _ cursor: inout TNEFCursor) -> Value? {
        let single = kind & ~Kind.several
        let isOne = kind & Kind.several == 0
        if let width = width(of: single) {
            guard let count = isOne ? 1 : cursor.long() else { return nil }
            return cursor.paddedOctets(count * width).map { Value(kind: single, octets: $0.prefix(width)) }
        }
        guard [Kind.object, Kind.string, Kind.unicode, Kind.binary].contains(single),
            let count = cursor.long()
        else { return nil }
        var first: ArraySlice<UInt8>?
        // Each value has a length of four octets, so that the loop ends with the octets.
        for _ in 0..<count {
            guard let length = cursor.long(), let octets = cursor.paddedOctets(length) else { return nil }
            if first == nil { first = octets }
        }
        return Value(kind: single, octets: first ?? [])
    }

    /// Octets of a value whose type says how many there are.
    private static func width(of kind: Int) -> Int? {
        switch kind {
        case 0x0000, 0x0001: 0
        case 0x0002, 0x000B: 2
        case 0x0003, 0x0004, 0x000A: 4
        case 0x0005, 0x0006, 0x0007, 0x0014, 0x0040: 8
        case 0x0048: 16
        default: nil
        }
    }
}
