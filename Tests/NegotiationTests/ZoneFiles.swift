import Foundation
import Negotiation
import Testing

/// The time zone database of this machine, and zones built by hand.
enum ZoneFiles {
    static let folder = "/usr/share/zoneinfo"

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
    }

    static func rules(_ name: String) throws -> TimeZoneRules {
        try #require(TimeZoneRules(tzif: try bytes(name)), "\(name) cannot be read")
    }

    /// A TZif file of version 2: an empty first block, then types, changes and the footer as given.
    static func made(
        offsets: [Int32] = [0], changes: [(at: Int64, type: UInt8)] = [], footer: String = "",
        version: Unicode.Scalar = "2"
    ) -> [UInt8] {
        var bytes = header(version, changes: 0, types: 1) + [0, 0, 0, 0, 0, 0, 0]
        bytes += header(version, changes: UInt32(changes.count), types: UInt32(offsets.count))
        bytes += changes.flatMap { big($0.at) } + changes.map(\.type)
        bytes += offsets.flatMap { big($0) + [0, 0] } + [0]
        return bytes + Array("\n\(footer)\n".utf8)
    }

    /// A TZif file of version 1 with a fixed offset.
    static func madeOfVersion1(offset: Int32) -> [UInt8] {
        header("\0", changes: 0, types: 1) + big(offset) + [0, 0, 0]
    }

    private static func header(_ version: Unicode.Scalar, changes: UInt32, types: UInt32) -> [UInt8] {
        Array("TZif".utf8) + [UInt8(ascii: version)] + Array(repeating: 0, count: 15)
            + [0, 0, 0, changes, types, 1].flatMap { big($0) }
    }

    private static func big(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}

func instant(_ text: String) throws -> Instant { try #require(Instant(text), "\(text) is no time") }

/// `2026-12-25`.
func day(_ text: String) throws -> CalendarDay {
    let parts = text.split(separator: "-").compactMap { Int($0) }
    try #require(parts.count == 3)
    return try #require(CalendarDay(year: parts[0], month: parts[1], day: parts[2]), "\(text) is no day")
}

/// `08:30`.
func time(_ text: String) throws -> TimeOfDay { try #require(TimeOfDay(text), "\(text) is no time of day") }

/// `2026-12-25 08:30`.
func local(_ text: String) throws -> LocalTime {
    let parts = text.split(separator: " ")
    try #require(parts.count == 2)
    return LocalTime(try day(String(parts[0])), try time(String(parts[1])))
}
