/// A value as templates see it. The kinds and their rules are Python's, because Jinja's are.
///
/// Equality is what `==` means in a template: `1`, `1.0` and `true` are equal, safe and plain text of the
/// same letters are equal, the order of keys in a dictionary does not matter.
public enum Value: Sendable {
    /// A name, attribute or item that does not exist; says which.
    case undefined(Missing)
    case none
    case bool(Bool)
    case int(Int)
    /// A whole number beyond 64 bits.
    case big(BigInteger)
    case float(Double)
    case string(Text)
    /// Text that is safe to put into HTML as it is.
    case markup(Text)
    case list(List)
    case tuple(List)
    case dict(Dict)
    /// What only the engine makes: ranges, macros, namespaces, loops, modules, generators.
    case object(Object)
}

/// What is known about something that is not there, for the message if it is used.
public final class Missing: Sendable {
    enum Reason: Sendable {
        /// A slot that has not been looked up yet; templates never see it.
        case unresolved
        /// A slot whose name is assigned somewhere in the scope, though not yet.
        case unassigned
        case name(String)
        case attribute(owner: String, name: String)
        /// `owner` is the bare type, `name` is already in Python's notation.
        case element(owner: String, name: String)
        case hint(String)
    }

    let reason: Reason
    /// Names that were there to choose from, for "did you mean".
    let known: [String]
    /// Prints as nothing even where undefined values are errors.
    let isLenient: Bool

    init(_ reason: Reason, known: [String] = [], isLenient: Bool = false) {
        self.reason = reason
        self.isLenient = isLenient
        self.known = known
    }

    static let unresolved = Missing(.unresolved)
    static let unassigned = Missing(.unassigned)

    /// What Jinja2 says when such a value is used.
    var message: String {
        switch reason {
        case .unresolved, .unassigned: "undefined"
        case .name(let name): "\(pythonQuoted(name)) is undefined"
        case .attribute(let owner, let name): "'\(owner)' has no attribute \(pythonQuoted(name))"
        case .element(let owner, let name): "\(owner) has no element \(name)"
        case .hint(let hint): hint
        }
    }

    /// The bare name that was asked for, if there was one.
    var wanted: String? {
        switch reason {
        case .name(let name): name
        case .attribute(_, let name): name
        default: nil
        }
    }
}

extension Value {
    /// Plain text.
    public init(_ string: String) { self = .string(Text(string)) }
    /// A whole number.
    public init(_ integer: Int) { self = .int(integer) }
    /// A binary floating-point number; money is passed as a decimal string instead.
    public init(_ double: Double) { self = .float(double) }
    public init(_ bool: Bool) { self = .bool(bool) }
    /// A list.
    public init(_ items: [Value]) { self = .list(List(items)) }
    /// A dictionary that keeps the order of `pairs`; the last of equal keys wins.
    public init(_ pairs: [(String, Value)]) {
        var table = Table(capacity: pairs.count)
        for (key, value) in pairs { table.set(.string(Text(key)), value) }
        self = .dict(Dict(table))
    }
    /// A dictionary, ordered by key so that output does not depend on hashing.
    public init(_ pairs: [String: Value]) {
        self.init(pairs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
    /// Text that is safe to put into HTML as it is; whoever calls this vouches for it.
    public static func safe(_ html: String) -> Value { .markup(Text(html)) }

    static func text(_ string: String) -> Value { .string(Text(string)) }
    static func text(_ bytes: [UInt8]) -> Value { .string(Text(valid: bytes)) }
    static func list(_ items: [Value]) -> Value { .list(List(items)) }
    static func tuple(_ items: [Value]) -> Value { .tuple(List(items)) }
    static func missing(_ hint: String) -> Value { .undefined(Missing(.hint(hint))) }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self.init(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .float(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: Value...) { self.init(elements) }
    public init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }
    public init(nilLiteral: ()) { self = .none }
}

extension Value {
    var isUndefined: Bool { if case .undefined = self { true } else { false } }

    /// The text of a plain or safe string.
    var text: Text? {
        switch self {
        case .string(let text), .markup(let text): text
        default: nil
        }
    }

    /// Python's name of the type, as its messages use it.
    var typeName: String {
        switch self {
        case .undefined: "Undefined"
        case .none: "NoneType"
        case .bool: "bool"
        case .int, .big: "int"
        case .float: "float"
        case .string: "str"
        case .markup: "Markup"
        case .list: "list"
        case .tuple: "tuple"
        case .dict: "dict"
        case .object(let object): object.typeName
        }
    }

    /// What it costs to look at all of a value: bytes of text, or 64 for each item of a sequence.
    var size: Int {
        switch self {
        case .string(let text), .markup(let text): text.bytes.count
        case .list(let list), .tuple(let list): list.count << 6
        case .dict(let dict): dict.count << 4
        case .object(let object): if case .view(_, let dict) = object.kind { dict.count << 8 } else { 0 }
        default: 0
        }
    }

    /// How deep values lie within each other; bounded, so that nothing that walks a value runs out of stack.
    var depth: Int {
        switch self {
        case .list(let list), .tuple(let list): list.depth
        case .dict(let dict): dict.depth
        case .object(let object): object.depth
        default: 0
        }
    }
}
