/// What a provider posted, as it came: nothing decoded, nothing re-serialised.
public struct HookRequest: Sendable {
    /// A header or a query parameter.
    public struct Field: Sendable, Equatable {
        /// The name as it was sent; header names are compared without case.
        public let name: String
        /// The value; of query parameters already percent-decoded.
        public let value: String

        /// A field.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All headers in their order, repeated ones kept.
    public var headers: [Field]
    /// The query's parameters in their order, repeated ones kept.
    public var query: [Field]
    /// The body's bytes.
    public var body: [UInt8]
    /// When the request arrived, in seconds since 1970-01-01T00:00:00Z.
    public var receivedAt: Int64

    /// A request that arrived at `receivedAt` (seconds since 1970).
    public init(headers: [Field], query: [Field] = [], body: [UInt8], receivedAt: Int64) {
        self.headers = headers
        self.query = query
        self.body = body
        self.receivedAt = receivedAt
    }

    /// The value of a header that may be there once, without white space around it.
    ///
    /// Twice is refused: a proxy and this room might otherwise each believe another one.
    func header(_ name: String) throws(HooksError) -> String? {
        let found = headers.filter { Self.isSame($0.name, name) }
        guard found.count <= 1 else { throw .headerRepeated(name) }
        return found.first.map { Self.trimmed($0.value) }
    }

    /// The value of a header without which the request cannot be authentic.
    func neededHeader(_ name: String) throws(HooksError) -> String {
        guard let value = try header(name), !value.isEmpty else { throw .signatureMissing(name) }
        return value
    }

    /// The value of a query parameter that may be there once.
    func parameter(_ name: String) throws(HooksError) -> String? {
        let found = query.filter { $0.name == name }
        guard found.count <= 1 else { throw .unsplittable("query parameter \(name) is repeated") }
        return found.first?.value
    }

    private static func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left.lowercased() == right.lowercased()
    }

    private static func trimmed(_ text: String) -> String {
        var rest = text[...].drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return String(rest)
    }
}
