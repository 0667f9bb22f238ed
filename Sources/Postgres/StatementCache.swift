/// Which statements a connection has prepared, under which names; the least recently used goes first.
struct StatementCache {
    /// The same text with other parameter types is another statement for the server.
    struct Key: Hashable {
        let sql: SQL
        let types: [ColumnType]

        init(_ statement: Statement) {
            sql = statement.sql
            types = statement.parameters.map(\.type)
        }
    }

    private struct Entry {
        let name: String
        var lastUse: Int
    }

    /// How many statements one connection keeps prepared, apart from those that the next round trip discards. Each costs the server some tens of kilobytes.
    static let limit = 256

    private var entries: [Key: Entry] = [:]
    private var uses = 0
    private var names = 0

    /// Names that the server still knows and nobody needs.
    private(set) var discarded: [String] = []

    /// The name of a statement that is prepared, if it is.
    mutating func name(of key: Key) -> String? {
        uses += 1
        entries[key]?.lastUse = uses
        return entries[key]?.name
    }

    /// A name for a statement that is about to be prepared.
    mutating func add(_ key: Key) -> String {
        if entries.count >= Self.limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            entries[oldest.key] = nil
            discarded.append(oldest.value.name)
        }
        names += 1
        uses += 1
        let name = "parley_\(names)"
        entries[key] = Entry(name: name, lastUse: uses)
        return name
    }

    /// Preparing it did not succeed.
    mutating func remove(_ key: Key) { entries[key] = nil }

    /// Hands over the names to deallocate.
    mutating func takeDiscarded() -> [String] {
        defer { discarded = [] }
        return discarded
    }

    /// All are gone on the server; names go on counting.
    mutating func removeAll() {
        entries = [:]
        discarded = []
    }
}
