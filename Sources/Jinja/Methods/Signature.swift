/// What a method of Python's types takes. Checked before the method runs, so that a slip in a template is an
/// error here where it is one there.
struct Signature {
    enum Kind {
        case any, text, textOrNone, integer
        /// A position for `find` and its like: a whole number or none.
        case position
    }

    /// The arguments in their order. Those with a name may also be given by it.
    var parameters: [(name: Text?, kind: Kind)] = []
    var required = 0
    /// Arguments that can only be given by name.
    var keywords: [Text] = []

    private init() {}

    private init(_ required: Int, _ kinds: Kind..., names: [Text] = []) {
        self.required = required
        for (position, kind) in kinds.enumerated() {
            parameters.append((position < names.count ? names[position] : nil, kind))
        }
    }

    private static let nothing = Signature()
    private static let one = Signature(1, .any)

    func check(_ call: Call, _ method: Text) throws(Fault) {
        let name = method.string
        if call.positional.count > parameters.count {
            throw .runtime(
                "\(name)() takes at most \(parameters.count) argument(s) (\(call.positional.count) given)")
        }
        for (position, value) in call.positional.enumerated() {
            try check(value, parameters[position].kind, name)
        }
        var given = call.positional.count
        for (keyword, value) in call.keywords {
            if keywords.contains(keyword) { continue }
            guard let position = parameters.firstIndex(where: { $0.name == keyword }) else {
                throw .runtime("'\(keyword.string)' is an invalid keyword argument for \(name)()")
            }
            if position < call.positional.count {
                throw .runtime("argument for \(name)() given by name ('\(keyword.string)') and position")
            }
            try check(value, parameters[position].kind, name)
            if position < required { given += 1 }
        }
        if given < required {
            throw .runtime("\(name)() takes at least \(required) argument(s) (\(given) given)")
        }
    }

    private func check(_ value: Value, _ kind: Kind, _ method: String) throws(Fault) {
        switch (kind, value) {
        case (.any, _), (.textOrNone, .none), (.position, .none): return
        case (.text, _), (.textOrNone, _):
            if value.text != nil { return }
            throw Fault.type("\(method)() argument must be str, not \(value.typeName)", value)
        case (.integer, _), (.position, _):
            if value.index != nil { return }
            if case .big = value { return }
            throw Fault.type("'\(value.typeName)' object cannot be interpreted as an integer", value)
        }
    }

    // MARK: What the methods take

    static func of(_ method: Text, _ owner: Value) -> Signature? {
        // Whatever it is given may stand in its text.
        if method == "format", owner.text != nil { return nil }
        switch owner {
        case .string: return text[method] ?? nothing
        case .markup:
            return method == "replace" ? Signature(2, .text, .any, .integer) : text[method] ?? nothing
        case .list: return list[method] ?? nothing
        case .tuple: return list[method] ?? nothing
        case .dict: return dict[method]
        case .int, .big, .bool, .float: return nothing
        case .object, .none, .undefined: return nil
        }
    }

    private static let text: [Text: Signature] = [
        "strip": Signature(0, .textOrNone), "lstrip": Signature(0, .textOrNone),
        "rstrip": Signature(0, .textOrNone),
        "split": Signature(0, .textOrNone, .integer, names: ["sep", "maxsplit"]),
        "rsplit": Signature(0, .textOrNone, .integer, names: ["sep", "maxsplit"]),
        "splitlines": Signature(0, .integer, names: ["keepends"]),
        "join": one, "replace": Signature(2, .text, .text, .integer),
        "startswith": Signature(1, .any, .position, .position),
        "endswith": Signature(1, .any, .position, .position),
        "find": Signature(1, .text, .position, .position), "rfind": Signature(1, .text, .position, .position),
        "index": Signature(1, .text, .position, .position),
        "rindex": Signature(1, .text, .position, .position),
        "count": Signature(1, .text, .position, .position),
        "zfill": Signature(1, .integer), "center": Signature(1, .integer, .text),
        "ljust": Signature(1, .integer, .text), "rjust": Signature(1, .integer, .text),
        "format_map": one,
        "partition": Signature(1, .text), "rpartition": Signature(1, .text),
        "expandtabs": Signature(0, .integer, names: ["tabsize"]),
        "encode": Signature(0, .text, .text, names: ["encoding", "errors"]),
        "removeprefix": Signature(1, .text), "removesuffix": Signature(1, .text),
    ]

    private static let list: [Text: Signature] = [
        "append": one, "extend": one, "remove": one, "count": one, "insert": Signature(2, .integer, .any),
        "pop": Signature(0, .integer), "index": Signature(1, .any, .integer, .integer),
        "sort": {
            var sort = Signature()
            sort.keywords = ["key", "reverse"]
            return sort
        }(),
    ]

    private static let dict: [Text: Signature] = [
        "keys": nothing, "values": nothing, "items": nothing, "copy": nothing, "clear": nothing,
        "popitem": nothing, "get": Signature(1, .any, .any), "pop": Signature(1, .any, .any),
        "setdefault": Signature(1, .any, .any), "fromkeys": Signature(1, .any, .any),
    ]
}

extension Fault {
    /// A value of the wrong type; if it is one that is missing, the name it was asked for by is still told.
    static func type(_ message: String, _ value: Value) -> Fault {
        var fault = Fault.runtime(message)
        if case .undefined(let missing) = value {
            fault.message += " (\(missing.message))"
            (fault.wanted, fault.known) = (missing.wanted, missing.known)
        }
        return fault
    }
}
