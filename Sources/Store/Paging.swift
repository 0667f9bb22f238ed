import Desk
import Negotiation
import Postgres

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where a page begins: behind the row with this sort key and id. What clients see of it is opaque.
struct Cursor: Hashable, Sendable {
    let key: String
    let id: UUID

    /// The longest cursor that is looked at, in bytes.
    private static let longest = 4_000
    private static let fault = DeskError.invalid(
        field: "cursor", "use next_cursor of the page before as it is, or leave it out")

    init(_ instant: Instant, _ id: UUID) { self.init(String(instant.microseconds), id) }

    init(_ key: String, _ id: UUID) {
        self.key = key
        self.id = id
    }

    /// Reads what ``text`` wrote.
    init(_ text: String) throws {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let standard = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        guard text.utf8.count <= Self.longest, let bytes = Data(base64Encoded: String(standard) + padding),
            bytes.count > 16, let key = String(validating: bytes.dropFirst(16), as: UTF8.self),
            !key.utf8.contains(0)
        else { throw Self.fault }
        self.key = key
        id = bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    /// Base64url (RFC 4648, section 5) without padding.
    var text: String {
        let octets = withUnsafeBytes(of: id.uuid) { Array($0) }
        let encoded = Data(octets + Array(key.utf8)).base64EncodedString()
        return String(encoded.compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
    }

    /// The key as a number, where it is one.
    func number() throws -> Int64 {
        guard let number = Int64(key) else { throw Self.fault }
        return number
    }
}

extension PageRequest {
    /// Rows of the page, within what is allowed.
    private var rows: Int { min(max(limit, 1), Page<Int>.largestLimit) }

    /// Newest first: before which instant and id the page begins, and how many rows to fetch.
    func newestFirst() throws -> [Parameter] {
        guard let cursor = try cursor.map({ try Cursor($0) }) else {
            return [.timestamp(Self.endOfTime), .uuid(Self.lastID), .int(rows + 1)]
        }
        return [
            .timestamp(min(max(try cursor.number(), 0), Self.endOfTime)), .uuid(cursor.id), .int(rows + 1),
        ]
    }

    /// In the order of a text: behind which text and id the page begins, and how many rows to fetch.
    func alphabetical() throws -> [Parameter] {
        let cursor = try cursor.map { try Cursor($0) }
        return [.text(cursor?.key ?? ""), .uuid(cursor?.id ?? Self.firstID), .int(rows + 1)]
    }

    /// Descending numbers: before which one the page begins, and how many rows to fetch.
    func descending() throws -> [Parameter] {
        [.int64(try cursor.map { try Cursor($0).number() } ?? .max), .int(rows + 1)]
    }

    /// The page made of the rows that were fetched, one more than asked for where there is a next page.
    func page<Item>(_ fetched: Rows, _ decode: (Row) throws -> (Item, Cursor)) throws -> Page<Item> {
        let decoded = try fetched.prefix(rows).map(decode)
        return Page(
            items: decoded.map(\.0), nextCursor: fetched.count > rows ? decoded.last?.1.text : nil)
    }

    /// 9999-12-31, in microseconds since the Unix epoch.
    private static let endOfTime: Int64 = 253_402_214_400_000_000
    private static let firstID = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    private static let lastID = UUID(
        uuid: (255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))
}
