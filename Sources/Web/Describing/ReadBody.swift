import Desk
import Negotiation
import Secrets

/// The body of a request after it was held against its ``BodyShape``.
struct ReadBody: Sendable {
    private let members: [String: StrictJSON]
    private let path: String

    /// Throws ``Problem`` for an unknown member, a missing one, or a value of another kind; a null stands for a missing
    /// value.
    init(_ json: StrictJSON, as shape: BodyShape, at path: String = "") throws(Problem) {
        guard let object = json.object else {
            throw Problem(400, "not_an_object", "The body must be a JSON object.")
        }
        var members: [String: StrictJSON] = [:]
        for member in object.members {
            guard let field = shape.fields.first(where: { $0.name == member.name }) else {
                let known = shape.fields.map { path + $0.name }.joined(separator: ", ")
                throw Problem(
                    422, "unknown_field",
                    "\(path)\(member.name) is not known here. "
                        + (known.isEmpty ? "Nothing is." : "Known are \(known)."),
                    field: path + member.name)
            }
            if member.value == .null { continue }
            guard field.kind.accepts(member.value) else {
                throw .invalid(path + field.name, field.kind.rule)
            }
            if case .object(let inner) = field.kind {
                _ = try ReadBody(member.value, as: inner, at: path + field.name + ".")
            }
            members[field.name] = member.value
        }
        for field in shape.fields where field.isRequired && members[field.name] == nil {
            throw .invalid(path + field.name, "is missing; it \(field.kind.rule)")
        }
        self.members = members
        self.path = path
    }

    func text(_ name: String) -> String? { members[name]?.string }
    func id<Record>(_ name: String) -> Identifier<Record>? { text(name).flatMap { Identifier($0) } }
    func amount(_ name: String) -> Amount? { members[name]?.amount }
    func currency(_ name: String) -> Currency? { text(name).flatMap { Currency($0) } }
    func time(_ name: String) -> Instant? { text(name).flatMap { Instant($0) } }
    func truth(_ name: String) -> Bool? { members[name]?.bool }
    func whole(_ name: String) -> Int? { members[name]?.integer.flatMap { Int(exactly: $0) } }
    func texts(_ name: String) -> [String]? { members[name]?.array?.compactMap(\.string) }

    /// An object whose values are strings; of a name that comes twice the first counts.
    func textMap(_ name: String) -> [String: String]? {
        guard let members = members[name]?.object?.members else { return nil }
        let pairs = members.compactMap { member in member.value.string.map { (member.name, $0) } }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// A strategy as the text of a JSON object.
    func strategy(_ name: String) -> String? {
        guard let value = members[name] else { return nil }
        return value.object == nil ? StrictJSON.object(of: [("kind", value)]).text() : value.text()
    }

    /// An object within this one, which was held against its shape already.
    func object(_ name: String, as shape: BodyShape) throws(Problem) -> ReadBody? {
        guard let value = members[name] else { return nil }
        return try ReadBody(value, as: shape, at: path + name + ".")
    }

    /// A value that the shape promises.
    func needed<Value>(_ name: String, _ value: Value?) throws(Problem) -> Value {
        guard let value else { throw .invalid(path + name, "is missing") }
        return value
    }
}
