/// The tests of `is`.
struct ValueTest: Sendable {
    typealias Body = @Sendable (inout Renderer, Value, [Value]) throws(Fault) -> Bool
    let name: String
    let parameters: Int
    let body: Body

    init(_ name: String, _ parameters: Int = 0, _ body: @escaping Body) {
        self.name = name
        self.parameters = parameters
        self.body = body
    }

    func apply(_ renderer: inout Renderer, _ value: Value, _ call: Call) throws(Fault) -> Bool {
        var arguments = call.positional
        arguments += call.keywords.map(\.value)
        guard arguments.count == parameters else {
            throw .runtime("test '\(name)' takes \(parameters) argument(s) (\(arguments.count) given)")
        }
        return try body(&renderer, value, arguments)
    }
}

enum Tests {
    static let all: [ValueTest] = kinds + comparisons
    static let names: [String] = all.map(\.name)
    /// The numbers of all of them.
    static let numbers = Names(names)

    private static let kinds: [ValueTest] = [
        ValueTest("defined") { (_, value, _) throws(Fault) in !value.isUndefined },
        ValueTest("undefined") { (_, value, _) throws(Fault) in value.isUndefined },
        ValueTest("none") { (_, value, _) throws(Fault) in if case .none = value { true } else { false } },
        ValueTest("boolean") { (_, value, _) throws(Fault) in if case .bool = value { true } else { false } },
        ValueTest("true") { (_, value, _) throws(Fault) in if case .bool(true) = value { true } else { false }
        },
        ValueTest("false") { (_, value, _) throws(Fault) in
            if case .bool(false) = value { true } else { false }
        },
        ValueTest("integer") { (_, value, _) throws(Fault) in
            switch value {
            case .int, .big: true
            default: false
            }
        },
        ValueTest("float") { (_, value, _) throws(Fault) in if case .float = value { true } else { false } },
        ValueTest("number") { (_, value, _) throws(Fault) in value.number != nil },
        ValueTest("string") { (_, value, _) throws(Fault) in value.text != nil },
        ValueTest("mapping") { (_, value, _) throws(Fault) in if case .dict = value { true } else { false } },
        ValueTest("sequence") { (renderer, value, _) throws(Fault) in renderer.isSequence(value) },
        ValueTest("iterable") { (renderer, value, _) throws(Fault) in
            if case .undefined(let missing) = value, renderer.isStrict { throw .undefined(missing) }
            return renderer.isIterable(value)
        },
        ValueTest("callable") { (_, value, _) throws(Fault) in value.isCallable },
        ValueTest("escaped") { (_, value, _) throws(Fault) in
            if case .object(let object) = value, case .module = object.kind { return true }
            return value.isMarkup
        },
        ValueTest("lower") { (renderer, value, _) throws(Fault) in
            Methods.isCased(try renderer.text(of: value), upper: false)
        },
        ValueTest("upper") { (renderer, value, _) throws(Fault) in
            Methods.isCased(try renderer.text(of: value), upper: true)
        },
        ValueTest("filter") { (_, value, _) throws(Fault) in
            value.text.map { Filters.numbers.find($0) != nil } ?? false
        },
        ValueTest("test") { (_, value, _) throws(Fault) in
            value.text.map { Tests.numbers.find($0) != nil } ?? false
        },
        ValueTest("odd") { (renderer, value, _) throws(Fault) in
            try renderer.equal(try renderer.arithmetic(.modulo, value, 2), 1)
        },
        ValueTest("even") { (renderer, value, _) throws(Fault) in
            try renderer.equal(try renderer.arithmetic(.modulo, value, 2), 0)
        },
        ValueTest("divisibleby", 1) { (renderer, value, arguments) throws(Fault) in
            try renderer.equal(try renderer.arithmetic(.modulo, value, arguments[0]), 0)
        },
        ValueTest("sameas", 1) { (_, value, arguments) throws(Fault) in value.isSame(as: arguments[0]) },
        ValueTest("in", 1) { (renderer, value, arguments) throws(Fault) in
            try renderer.contains(arguments[0], value)
        },
    ]

    private static let comparisons: [ValueTest] = [
        ("==", Comparison.equal), ("eq", .equal), ("equalto", .equal), ("!=", .notEqual), ("ne", .notEqual),
        (">", .greater), ("gt", .greater), ("greaterthan", .greater), (">=", .greaterOrEqual),
        ("ge", .greaterOrEqual), ("<", .less), ("lt", .less), ("lessthan", .less), ("<=", .lessOrEqual),
        ("le", .lessOrEqual),
    ].map { name, comparison in
        ValueTest(name, 1) { (renderer, value, arguments) throws(Fault) in
            try renderer.compare(value, arguments[0], comparison.rawValue)
        }
    }
}

extension Renderer {
    func isSequence(_ value: Value) -> Bool {
        switch value {
        case .string, .markup, .list, .tuple, .dict: return true
        // Its length is nothing, and it can be asked for items, if only to fail.
        case .undefined: return !isStrict
        case .object(let object):
            switch object.kind {
            case .range, .bytes: return true
            default: return false
            }
        default: return false
        }
    }
}

extension Value {
    var isCallable: Bool {
        switch self {
        // Being called is among the things that an undefined value fails at, so it has the method.
        case .undefined: return true
        case .object(let object):
            switch object.kind {
            case .macro, .method, .global, .joiner, .block, .loop: return true
            default: return false
            }
        default: return false
        }
    }

    /// Python's `is`, as far as templates can tell.
    func isSame(as other: Value) -> Bool {
        switch (self, other) {
        case (.none, .none): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.float(let a), .float(let b)): a == b
        case (.string(let a), .string(let b)), (.markup(let a), .markup(let b)): a == b
        case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)): a === b
        case (.dict(let a), .dict(let b)): a === b
        case (.object(let a), .object(let b)): a === b
        case (.undefined(let a), .undefined(let b)): a === b
        default: false
        }
    }
}
