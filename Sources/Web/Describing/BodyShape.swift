import Negotiation
import Secrets

/// What the body of a request may hold: read and described from the same list. Unknown members are refused by name.
struct BodyShape: Sendable {
    /// One member.
    struct Field: Sendable {
        let name: String
        let kind: Kind
        let isRequired: Bool
        let note: String
    }

    /// What a member's value may be.
    indirect enum Kind: Sendable {
        case text
        case id
        case money
        case currency
        case time
        case truth
        case whole
        case wholes
        case oneOf([String])
        case manyOf([String])
        case texts
        case textMap
        case object(BodyShape)
        /// A list of objects, at most so many.
        case objects(BodyShape, most: Int)
        /// A list of ids, at most so many.
        case ids(most: Int)
        /// A JSON object that Parley keeps as it is, or the name of a kind, which stands for `{"kind":name}`.
        case strategy
    }

    let fields: [Field]

    init(_ fields: [Field]) { self.fields = fields }

    /// No members at all.
    static let empty = BodyShape([])

    var schema: Schema {
        .object(
            fields.map { ($0.name, $0.isRequired ? $0.schema : $0.schema.orNull) },
            required: fields.filter(\.isRequired).map(\.name))
    }
}

extension BodyShape.Field {
    static func required(_ name: String, _ kind: BodyShape.Kind, _ note: String = "") -> Self {
        Self(name: name, kind: kind, isRequired: true, note: note)
    }

    static func optional(_ name: String, _ kind: BodyShape.Kind, _ note: String = "") -> Self {
        Self(name: name, kind: kind, isRequired: false, note: note)
    }

    var schema: Schema {
        let plain: Schema =
            switch kind {
            case .text: .text
            case .id: .id
            case .money: .moneyInput
            case .currency: .currency
            case .time: .time
            case .truth: .truth
            case .whole: .whole
            case .wholes: .list(of: .whole)
            case .oneOf(let values): .oneOf(values)
            case .manyOf(let values): .list(of: .oneOf(values))
            case .texts: .list(of: .text)
            case .textMap: .textMap
            case .object(let shape): shape.schema
            case .objects(let shape, let most): .list(of: shape.schema, most: most)
            case .ids(let most): .list(of: .id, most: most)
            case .strategy: .strategy
            }
        return plain.described(note)
    }
}

extension BodyShape.Kind {
    /// What a value must be, for somebody who sent another.
    var rule: String {
        switch self {
        case .text: "must be a string"
        case .id: "must be a UUID in its hyphenated form, as a string"
        case .money: "must be an amount such as \"950.00\" or 950, with at most four decimal places"
        case .currency: "must be a currency code of three letters such as \"USD\""
        case .time: "must be a time as RFC 3339 has it, such as \"2026-01-31T08:00:00Z\""
        case .truth: "must be true or false"
        case .whole: "must be a whole number"
        case .wholes: "must be a list of whole numbers"
        case .oneOf(let values): "must be one of \(values.joined(separator: ", "))"
        case .manyOf(let values): "must be a list of some of \(values.joined(separator: ", "))"
        case .texts: "must be a list of strings"
        case .textMap: "must be an object whose values are strings"
        case .object: "must be an object"
        case .objects(_, let most): "must be a list of at most \(most) objects"
        case .ids(let most): "must be a list of at most \(most) UUIDs"
        case .strategy: "must be an object such as {\"kind\":\"auto\"}"
        }
    }

    /// Whether a value is of this kind; objects are looked into by ``ReadBody``.
    func accepts(_ value: StrictJSON) -> Bool {
        switch self {
        case .text: value.string != nil
        case .id: value.string.flatMap { Identifier<BodyShape>($0) } != nil
        case .money: value.amount != nil
        case .currency: value.string.flatMap { Currency($0) } != nil
        case .time: value.string.flatMap { Instant($0) } != nil
        case .truth: value.bool != nil
        case .whole: value.integer.flatMap { Int(exactly: $0) } != nil
        case .wholes: value.array?.allSatisfy { $0.integer.flatMap { Int(exactly: $0) } != nil } ?? false
        case .oneOf(let values): value.string.map(values.contains) ?? false
        case .manyOf(let values):
            value.array?.allSatisfy { $0.string.map(values.contains) ?? false } ?? false
        case .texts: value.array?.allSatisfy { $0.string != nil } ?? false
        case .textMap: value.object?.members.allSatisfy { $0.value.string != nil } ?? false
        case .object: value.object != nil
        case .objects(_, let most):
            value.array.map { $0.count <= most && $0.allSatisfy { $0.object != nil } } ?? false
        case .ids(let most):
            value.array.map { $0.count <= most && $0.allSatisfy(Self.id.accepts) } ?? false
        case .strategy: value.object != nil || value.string != nil
        }
    }
}

extension StrictJSON {
    /// An amount from a string or a number, as written: it never passes through binary fractions.
    var amount: Amount? { idText.flatMap { Amount($0) } }
}
