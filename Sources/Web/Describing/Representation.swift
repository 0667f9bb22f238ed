import Desk
import Negotiation
import Secrets

/// How a record looks as JSON: one list of its members, from which both the answers and their description are made,
/// so that the two cannot differ.
struct Representation<Record: Sendable>: Sendable {
    /// One member.
    struct Member: Sendable {
        let name: String
        let schema: Schema
        let value: @Sendable (Record) -> StrictJSON
    }

    /// The name under `components/schemas`.
    let name: String
    let members: [Member]

    init(_ name: String, _ members: [Member]) {
        self.name = name
        self.members = members
    }

    func json(_ record: Record) -> StrictJSON {
        .object(of: members.map { ($0.name, $0.value(record)) })
    }

    var schema: Schema {
        .object(members.map { ($0.name, $0.schema) }, required: members.map(\.name))
    }
}

extension Representation.Member {
    static func id<Target>(_ name: String, _ value: @escaping @Sendable (Record) -> Identifier<Target>)
        -> Self
    {
        Self(name: name, schema: .id) { .string("\(value($0))") }
    }

    static func idOrNull<Target>(
        _ name: String, _ value: @escaping @Sendable (Record) -> Identifier<Target>?
    ) -> Self {
        Self(name: name, schema: Schema.id.orNull) { record in value(record).map { .string("\($0)") } ?? .null
        }
    }

    static func text(_ name: String, _ value: @escaping @Sendable (Record) -> String) -> Self {
        Self(name: name, schema: .text) { .string(value($0)) }
    }

    static func textOrNull(_ name: String, _ value: @escaping @Sendable (Record) -> String?) -> Self {
        Self(name: name, schema: Schema.text.orNull) { record in value(record).map { .string($0) } ?? .null }
    }

    static func oneOf(
        _ name: String, _ values: [String], _ value: @escaping @Sendable (Record) -> String
    ) -> Self {
        Self(name: name, schema: .oneOf(values)) { .string(value($0)) }
    }

    static func money(_ name: String, _ value: @escaping @Sendable (Record) -> Amount) -> Self {
        Self(name: name, schema: .money) { .string("\(value($0))") }
    }

    static func moneyOrNull(_ name: String, _ value: @escaping @Sendable (Record) -> Amount?) -> Self {
        Self(name: name, schema: Schema.money.orNull) { record in
            value(record).map { .string("\($0)") } ?? .null
        }
    }

    static func time(_ name: String, _ value: @escaping @Sendable (Record) -> Instant) -> Self {
        Self(name: name, schema: .time) { .string("\(value($0))") }
    }

    static func timeOrNull(_ name: String, _ value: @escaping @Sendable (Record) -> Instant?) -> Self {
        Self(name: name, schema: Schema.time.orNull) { record in
            value(record).map { .string("\($0)") } ?? .null
        }
    }

    static func whole(_ name: String, _ value: @escaping @Sendable (Record) -> Int) -> Self {
        Self(name: name, schema: .whole) { .number("\(value($0))") }
    }

    static func wholeOrNull(_ name: String, _ value: @escaping @Sendable (Record) -> Int?) -> Self {
        Self(name: name, schema: Schema.whole.orNull) { record in
            value(record).map { .number("\($0)") } ?? .null
        }
    }

    static func truth(_ name: String, _ value: @escaping @Sendable (Record) -> Bool) -> Self {
        Self(name: name, schema: .truth) { .bool(value($0)) }
    }

    static func texts(_ name: String, _ value: @escaping @Sendable (Record) -> [String]) -> Self {
        Self(name: name, schema: .list(of: .text)) { .array(value($0).map { .string($0) }) }
    }

    /// Anything else, with its schema beside it.
    static func other(
        _ name: String, _ schema: Schema, _ value: @escaping @Sendable (Record) -> StrictJSON
    ) -> Self {
        Self(name: name, schema: schema, value: value)
    }
}
