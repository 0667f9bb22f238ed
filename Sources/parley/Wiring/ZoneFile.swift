import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The time zone database of this machine: a TZif file for each name (RFC 8536).
enum ZoneFile {
    /// Where systems keep it.
    private static let folder = "/usr/share/zoneinfo"
    /// The largest file that is read, in bytes; those of the database have a few thousand.
    private static let largest = 1 << 16

    /// The rules of a zone by its name, such as `Europe/Berlin`; `nil` for one that the database has not.
    static func rules(named name: String) -> TimeZoneRules? {
        if name == "UTC" { return .utc }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        // Names of the database and nothing that leads out of it.
        guard name.utf8.count <= 100, (1...3).contains(parts.count), parts.allSatisfy(isName),
            let data = FileManager.default.contents(atPath: "\(folder)/\(name)"), data.count <= largest
        else { return nil }
        return TimeZoneRules(tzif: [UInt8](data))
    }

    private static func isName(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, (65...90).contains(first) || (97...122).contains(first) else {
            return false
        }
        return part.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "_+-".utf8.contains(byte)
        }
    }
}
