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
            switch field.kind {
            case .object(let inner):
                _ = try ReadBody(member.value, as: inner, at: path + field.name + ".")
            case .objects(let inner, _):
                for (place, item) in (member.value.array ?? []).enumerated() {
                    _ = try ReadBody(item, as: inner, at: path + "\(field.name)[\(place)].")
                }
            default: break
            }
            if case .objects(let inner, _) = field.kind, let list = member.value.array {
                for (position, element) in list.enumerated() {
                    _ = try ReadBody(element, as: inner, at: "\(path)\(field.name)[\(position)].")
                }
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
    func wholes(_ name: String) -> [Int]? {
        members[name]?.array?.compactMap { $0.integer.flatMap { Int(exactly: $0) } }
    }
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

    /// A list of objects, each of which was held against its shape already.
    func objects(_ name: String, as shape: BodyShape) throws(Problem) -> [ReadBody]? {
        guard let items = members[name]?.array else { return nil }
        var bodies: [ReadBody] = []
        for (place, item) in items.enumerated() {
            bodies.append(try ReadBody(item, as: shape, at: path + "\(name)[\(place)]."))
        }
        return bodies
    }

    /// A list of ids.
    func ids<Record>(_ name: String) -> [Identifier<Record>]? {
        members[name]?.array?.compactMap { $0.string.flatMap { Identifier($0) } }
    }

    /// A whole number that the shape promises, within a range.
    func whole(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int {
        try needed(name, optionalWhole(name, in: range))
    }

    /// A whole number within a range, where there is one.
    func optionalWhole(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let number = whole(name) else { return nil }
        guard range.contains(number) else {
            throw .invalid(path + name, "must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
    /// A refusal of a member's value.
    func invalid(_ name: String, _ rule: String) -> Problem { .invalid(path + name, rule) }

    /// A value that the shape promises.
    func needed<Value>(_ name: String, _ value: Value?) throws(Problem) -> Value {
        guard let value else { throw .invalid(path + name, "is missing") }
        return value
    }
}
