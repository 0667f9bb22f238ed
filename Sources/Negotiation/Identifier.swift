#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The id of one kind of record: a UUID that cannot be mistaken for the id of another kind.
///
/// New ids are UUIDv7 (RFC 9562), made outside the pure rooms, since they need a clock and randomness.
public struct Identifier<Record>: Hashable, Sendable, CustomStringConvertible {
    /// The bare UUID, as the database stores it.
    public let uuid: UUID

    /// An id around a UUID.
    public init(_ uuid: UUID) { self.uuid = uuid }

    /// Reads the hyphenated form; anything else is `nil`.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 36, let uuid = UUID(uuidString: String(text)) else { return nil }
        self.uuid = uuid
    }

    /// The lower-case hyphenated form, as Postgres and the API write it.
    public var description: String { uuid.uuidString.lowercased() }
}
