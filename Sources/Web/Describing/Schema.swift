import Secrets

/// A JSON Schema (2020-12, as OpenAPI 3.1 has it) of a value.
struct Schema: Sendable {
    let json: StrictJSON

    private init(_ members: [(String, StrictJSON?)]) { json = .object(of: members) }

    static let text = Schema([("type", .string("string"))])
    static let id = Schema([("type", .string("string")), ("format", .string("uuid"))])
    static let time = Schema([("type", .string("string")), ("format", .string("date-time"))])
    static let truth = Schema([("type", .string("boolean"))])
    static let whole = Schema([("type", .string("integer"))])
    static let anyObject = Schema([("type", .string("object")), ("additionalProperties", .bool(true))])
    /// Any JSON at all.
    static let any = Schema([])
    static let textMap = Schema([
        ("type", .string("object")), ("additionalProperties", .object(of: [("type", .string("string"))])),
    ])
    /// What an automatic strategy is told: an object, or the name of a kind.
    static let strategy = Schema([
        ("type", .array([.string("object"), .string("string")])),
        ("examples", .array([.object(of: [("kind", .string("auto"))])])),
    ])
    /// Money on output: always a decimal string.
    static let money = Schema([
        ("type", .string("string")), ("pattern", .string(#"^-?\d{1,14}\.\d{2,4}$"#)),
        ("examples", .array([.string("950.00")])),
    ])
    /// Money on input: a decimal string or a number, taken exactly as written.
    static let moneyInput = Schema([
        ("type", .array([.string("string"), .string("number")])),
        ("examples", .array([.string("950.00"), .number("950")])),
    ])
    static let currency = Schema([
        ("type", .string("string")), ("pattern", .string("^[A-Za-z]{3}$")),
        ("description", .string("ISO 4217")),
    ])

    static func oneOf(_ values: [String]) -> Schema {
        Schema([("type", .string("string")), ("enum", .array(values.map { .string($0) }))])
    }

    static func list(of element: Schema) -> Schema {
        Schema([("type", .string("array")), ("items", element.json)])
    }

    /// A list of so many elements at most.
    static func list(of element: Schema, most: Int) -> Schema {
        Schema([
            ("type", .string("array")), ("items", element.json), ("maxItems", .number("\(most)")),
        ])
    }

    static func whole(_ range: ClosedRange<Int>) -> Schema {
        Schema([
            ("type", .string("integer")), ("minimum", .number("\(range.lowerBound)")),
            ("maximum", .number("\(range.upperBound)")),
        ])
    }

    /// A schema that stands under `components`.
    static func named(_ name: String) -> Schema {
        Schema([("$ref", .string("#/components/schemas/\(name)"))])
    }

    /// An object with exactly these members.
    static func object(_ members: [(String, Schema)], required: [String]) -> Schema {
        Schema([
            ("type", .string("object")),
            ("properties", .object(of: members.map { ($0.0, $0.1.json) })),
            ("required", required.isEmpty ? nil : .array(required.map { .string($0) })),
            ("additionalProperties", .bool(false)),
        ])
    }

    /// The same or null.
    var orNull: Schema { Schema([("anyOf", .array([json, .object(of: [("type", .string("null"))])]))]) }

    /// The same with a sentence of explanation.
    func described(_ note: String) -> Schema {
        guard !note.isEmpty, case .object(let object) = json else { return self }
        let members: [(String, StrictJSON?)] = object.members.map { ($0.name, $0.value) }
        return Schema(members.filter { $0.0 != "description" } + [("description", .string(note))])
    }
}
