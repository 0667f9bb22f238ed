/// A filter: its input, then the arguments by its own parameter names. A class, so that applying one copies one
/// reference instead of all that it consists of.
final class Filter: Sendable {
    typealias Body = @Sendable (inout Renderer, Value, [Value?]) throws(Fault) -> Value
    typealias OpenBody = @Sendable (inout Renderer, Value, Call) throws(Fault) -> Value

    let name: String
    let parameters: [Text]
    let required: Int
    let body: Body?
    /// For the few filters that take any arguments.
    let open: OpenBody?

    init(_ name: String, _ parameters: [Text] = [], required: Int = 0, _ body: @escaping Body) {
        self.name = name
        self.parameters = parameters
        self.required = required
        self.body = body
        open = nil
    }

    init(open name: String, _ body: @escaping OpenBody) {
        self.name = name
        parameters = []
        required = 0
        self.body = nil
        open = body
    }
}

enum Filters {
    static let all: [Filter] = texts + sequences + selections + figures + markups + business
    static let names: [String] = all.map(\.name)
    /// The numbers of all of them.
    static let numbers = Names(names)
}

extension Renderer {
    mutating func filter(_ node: Node) throws(Fault) -> Value {
        let input = try evaluate(node.a)
        let filter = Filters.all[Int(node.b)]
        if node.c < 0 {
            at = node.at
            return try apply(filter, to: input, Call())
        }
        let arguments = try arguments(node.c)
        at = node.at
        return try apply(filter, to: input, arguments)
    }

    mutating func apply(_ filter: Filter, to input: Value, _ arguments: Call) throws(Fault) -> Value {
        try work(input.size)
        if let open = filter.open { return try open(&self, input, arguments) }
        guard let body = filter.body else { return input }
        if arguments.positional.isEmpty, arguments.keywords.isEmpty, filter.required == 0 {
            return try body(&self, input, [])
        }
        return try body(
            &self, input,
            try arguments.bound(to: filter.parameters, of: filter.name, required: filter.required))
    }

    mutating func test(_ node: Node) throws(Fault) -> Bool {
        let input = try evaluate(node.a)
        let arguments = try arguments(node.c)
        at = node.at
        return try Tests.all[Int(node.b)].apply(&self, input, arguments)
    }
}

extension [Value?] {
    /// An argument that was given, even if it is none.
    func given(_ position: Int) -> Value? { position < count ? self[position] : nil }

    /// An argument that was given and is not none.
    func some(_ position: Int) -> Value? {
        guard let value = given(position) else { return nil }
        if case .none = value { return nil }
        return value
    }
}

extension Renderer {
    func flag(_ arguments: [Value?], _ position: Int, _ fallback: Bool = false) throws(Fault) -> Bool {
        try arguments.given(position).map { value throws(Fault) in try truth(value) } ?? fallback
    }

    func integer(_ arguments: [Value?], _ position: Int, _ fallback: Int) throws(Fault) -> Int {
        guard let value = arguments.given(position) else { return fallback }
        if case .undefined(let missing) = value { throw .undefined(missing) }
        return try integer(value)
    }

    func integer(_ value: Value) throws(Fault) -> Int {
        if case .big = value { throw .limit("a number of more than 64 bits") }
        guard let number = value.index else {
            throw Fault.type("'\(value.typeName)' object cannot be interpreted as an integer", value)
        }
        return number
    }
}
