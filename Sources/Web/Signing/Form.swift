import Hummingbird

/// The fields of a form (`application/x-www-form-urlencoded`, as the URL standard has it). Of a field that comes
/// twice the first counts.
struct Form: Sendable {
    private let fields: [String: String]

    /// The most fields that are looked at.
    private static let mostFields = 250

    init(_ fields: [String: String]) { self.fields = fields }

    /// Reads a body; `nil` when it is not UTF-8 after decoding or has too many fields.
    init?(encoded bytes: [UInt8]) {
        var fields: [String: String] = [:]
        let pairs = bytes.split(separator: UInt8(ascii: "&"), maxSplits: Self.mostFields)
        guard pairs.count <= Self.mostFields else { return nil }
        for pair in pairs {
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(parts[0]), let value = Self.decode(parts.count > 1 ? parts[1] : [])
            else { return nil }
            if fields[name] == nil { fields[name] = value }
        }
        self.fields = fields
    }

    /// The value of a field as it was typed.
    subscript(name: String) -> String? { fields[name] }

    /// What stands behind `prefix.` in the names of fields that are ticked, in order.
    func ticked(_ prefix: String) -> [String] {
        fields.compactMap { name, value in
            name.hasPrefix(prefix + ".") && value == "on" ? String(name.dropFirst(prefix.count + 1)) : nil
        }.sorted()
    }

    /// The value without blanks around it; `nil` when nothing is left.
    func filled(_ name: String) -> String? {
        guard let value = fields[name] else { return nil }
        let trimmed = value.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        return trimmed.isEmpty ? nil : String(trimmed)
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) -> String? {
        var decoded: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%"), index + 2 < bytes.endIndex, let high = digit(bytes[index + 1]),
                let low = digit(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(byte == UInt8(ascii: "+") ? 32 : byte)
                index += 1
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
