/// The methods of Python's types that templates may call.
enum Methods {
    private static let text: Set<Text> = [
        "upper", "lower", "capitalize", "title", "swapcase", "casefold", "strip", "lstrip", "rstrip", "split",
        "rsplit", "splitlines", "join", "replace", "startswith", "endswith", "find", "rfind", "index",
        "rindex",
        "count", "isalpha", "isdigit", "isnumeric", "isdecimal", "isalnum", "isspace", "islower", "isupper",
        "istitle", "isascii", "isidentifier", "isprintable", "zfill", "center", "ljust", "rjust", "format",
        "format_map", "partition", "rpartition", "expandtabs", "encode", "removeprefix", "removesuffix",
    ]
    private static let markup: Set<Text> = ["striptags", "unescape"]
    private static let list: Set<Text> = [
        "append", "extend", "insert", "remove", "pop", "clear", "index", "count", "sort", "reverse", "copy",
    ]
    private static let tuple: Set<Text> = ["index", "count"]
    private static let dict = Names([
        "keys", "values", "items", "get", "pop", "popitem", "setdefault", "update", "clear", "copy",
        "fromkeys",
    ])
    private static let whole: Set<Text> = ["bit_length", "bit_count", "conjugate", "as_integer_ratio"]
    private static let float: Set<Text> = ["is_integer", "conjugate"]
    private static let cycler: Set<Text> = ["next", "reset"]
    private static let loop: Set<Text> = ["cycle", "changed"]
    private static let bytes: Set<Text> = ["decode", "hex"]

    /// Names that may mean a method of a dictionary rather than one of its keys.
    static func isOfDict(_ name: Text) -> Bool { dict.find(name) != nil }

    static func has(_ name: Text, _ owner: Value) -> Bool {
        switch owner {
        case .string: text.contains(name)
        case .markup: text.contains(name) || markup.contains(name)
        case .list: list.contains(name)
        case .tuple: tuple.contains(name)
        case .dict: dict.find(name) != nil
        case .int, .big, .bool: whole.contains(name)
        case .float: float.contains(name)
        case .object(let object):
            switch object.kind {
            case .cycler: cycler.contains(name)
            case .loop: loop.contains(name)
            case .range: tuple.contains(name)
            case .bytes: bytes.contains(name)
            default: false
            }
        case .none, .undefined: false
        }
    }

    static func call(
        _ name: Text, of owner: Value, _ call: Call, _ renderer: inout Renderer
    ) throws(Fault) -> Value {
        let method = name.string
        try renderer.work(owner.size)
        try Signature.of(name, owner)?.check(call, name)
        switch owner {
        case .string(let text), .markup(let text):
            return try TextMethods(text: text, isMarkup: owner.isMarkup, call: call).run(method, &renderer)
        case .list(let list): return try self.list(method, list, call, &renderer)
        case .tuple(let list): return try search(method, list.items, call, &renderer)
        case .dict(let dict): return try self.dict(method, dict, call, &renderer)
        case .int, .big, .bool, .float: return try number(method, owner)
        case .object(let object): return try self.object(method, object, call, &renderer)
        case .none, .undefined: throw .runtime("'\(owner.typeName)' object has no attribute '\(method)'")
        }
    }

    private static func number(_ method: String, _ owner: Value) throws(Fault) -> Value {
        switch (method, owner) {
        case ("bit_length", _): return .int(owner.number?.integer?.bits ?? 0)
        case ("bit_count", _):
            return .int(owner.number?.integer?.limbs.reduce(0) { $0 + $1.nonzeroBitCount } ?? 0)
        case ("is_integer", .float(let value)): return .bool(value == value.rounded())
        case ("conjugate", .bool(let value)): return .int(value ? 1 : 0)
        case ("conjugate", _): return owner
        case ("as_integer_ratio", _): return .tuple([owner.number?.integer?.value ?? owner, .int(1)])
        default: throw .runtime("'\(method)' is not supported")
        }
    }

    private static func object(
        _ method: String, _ object: Object, _ call: Call, _ renderer: inout Renderer
    ) throws(Fault) -> Value {
        switch object.kind {
        case .cycler(let cycler):
            if method == "next" { return cycler.next() }
            cycler.reset()
            return .none
        case .loop(let loop):
            if method == "changed" { return .bool(loop.changed(call.positional)) }
            if call.positional.isEmpty { throw .runtime("no items for cycling given") }
            return call.positional[loop.index0 % call.positional.count]
        case .bytes(let bytes):
            if method == "hex" {
                return .text(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
            }
            return .text(String(decoding: bytes, as: UTF8.self))
        default: return try search(method, try renderer.iterate(.object(object)), call, &renderer)
        }
    }

    /// `index` and `count`.
    private static func search(
        _ method: String, _ items: [Value], _ call: Call, _ renderer: inout Renderer
    ) throws(Fault) -> Value {
        guard let wanted = call.positional.first else {
            throw .runtime("\(method)() takes at least 1 argument (0 given)")
        }
        try renderer.work(items.count << 3)
        if method == "count" { return .int(items.reduce(0) { $1 == wanted ? $0 + 1 : $0 }) }
        func bound(_ position: Int, _ fallback: Int) throws(Fault) -> Int {
            guard position < call.positional.count else { return fallback }
            let index = try renderer.integer(call.positional[position])
            return index < 0 ? max(0, index + items.count) : min(index, items.count)
        }
        let start = try bound(1, 0)
        let end = max(start, try bound(2, items.count))
        guard let position = items[start..<end].firstIndex(of: wanted) else {
            throw .runtime("\(try renderer.representation(of: wanted)) is not in list")
        }
        return .int(position)
    }

    // MARK: Lists

    private static func list(
        _ method: String, _ list: List, _ call: Call, _ renderer: inout Renderer
    ) throws(Fault) -> Value {
        switch method {
        case "index", "count": return try search(method, list.items, call, &renderer)
        case "copy": return .list(List(mutable: list.items))
        default: break
        }
        guard !list.isFrozen else { throw frozen("list", method) }
        if method != "append" { try renderer.work(list.count << 4) }
        let argument = call.positional.first
        switch method {
        case "append", "extend", "insert", "remove":
            guard let argument else {
                throw .runtime("list.\(method)() takes exactly one argument (0 given)")
            }
            try add(method, argument, to: list, call, &renderer)
        case "pop":
            let position = try argument.map { value throws(Fault) in try renderer.integer(value) } ?? -1
            let count = list.count
            let index = position < 0 ? position + count : position
            guard index >= 0, index < count else {
                throw .runtime(count == 0 ? "pop from empty list" : "pop index out of range")
            }
            return list.change { $0.remove(at: index) }
        case "clear": list.change { $0.removeAll() }
        case "reverse": list.change { $0.reverse() }
        case "sort":
            if let key = call.keywords.first(where: { $0.name == "key" })?.value, key != .none {
                throw .runtime("'\(key.typeName)' object is not callable")
            }
            let reverse = call.keywords.first { $0.name == "reverse" }?.value ?? false
            let sorted = try renderer.sorted(
                list.items.map { ($0, $0) }, descending: try renderer.truth(reverse))
            list.change { $0 = sorted }
        default: throw .runtime("'list' object has no attribute '\(method)'")
        }
        return .none
    }

    private static func add(
        _ method: String, _ argument: Value, to list: List, _ call: Call, _ renderer: inout Renderer
    ) throws(Fault) {
        try renderer.step()
        try renderer.checkDepth(argument)
        renderer.cleanup.lists.append(list)
        switch method {
        case "append":
            list.change { $0.append(argument) }
        case "extend":
            let items = try renderer.iterate(argument)
            try renderer.work(items.count << 3)
            try renderer.checkLength(list.count + items.count)
            list.change { $0.append(contentsOf: items) }
        case "insert":
            guard call.positional.count == 2 else {
                throw .runtime("insert expected 2 arguments, got \(call.positional.count)")
            }
            let position = try renderer.integer(argument)
            let item = call.positional[1]
            try renderer.checkDepth(item)
            list.change { items in
                let index = position < 0 ? max(0, position + items.count) : min(position, items.count)
                items.insert(item, at: index)
            }
        default:
            guard let index = list.items.firstIndex(of: argument) else {
                throw .runtime("list.remove(x): x not in list")
            }
            _ = list.change { $0.remove(at: index) }
        }
        try renderer.checkLength(list.count)
    }

    static func frozen(_ kind: String, _ method: String) -> Fault {
        .runtime("this \(kind) belongs to another template's context and cannot be changed by '\(method)'")
    }

    // MARK: Dictionaries

    private static func dict(
        _ method: String, _ dict: Dict, _ call: Call, _ renderer: inout Renderer
    ) throws(Fault) -> Value {
        switch method {
        case "keys": return .object(Object(.view(.keys, dict)))
        case "values": return .object(Object(.view(.values, dict)))
        case "items": return .object(Object(.view(.items, dict)))
        case "copy": return .dict(Dict(mutable: dict.table))
        case "get":
            let bound = try call.bound(to: ["key", "default"], of: "get", required: 1)
            return dict[try renderer.hashable(bound[0] ?? .none)] ?? bound[1] ?? .none
        case "fromkeys":
            var table = Table()
            let filling = call.positional.count > 1 ? call.positional[1] : .none
            for key in try renderer.iterate(call.positional.first ?? .none) {
                table.set(try renderer.hashable(key), filling)
            }
            try renderer.work(table.count << 6)
            let made = Value.dict(Dict(mutable: table))
            try renderer.checkDepth(made)
            return made
        default: break
        }
        if method == "setdefault", let key = call.positional.first,
            let value = dict[try renderer.hashable(key)]
        {
            return value
        }
        guard !dict.isFrozen else { throw frozen("dictionary", method) }
        // Taking a key out moves those behind it and makes a new index.
        if method.hasPrefix("pop") { try renderer.work(dict.count << 7) }
        try renderer.step()
        switch method {
        case "clear": dict.change { $0.removeAll() }
        case "popitem":
            guard let (key, value) = dict.change({ $0.removeLast() }) else {
                throw .runtime("'popitem(): dictionary is empty'")
            }
            return .tuple([key, value])
        case "pop":
            let bound = try call.bound(to: ["key", "default"], of: "pop", required: 1)
            // Python does not look at the key when there is nothing to find.
            if dict.count == 0, let fallback = bound[1] { return fallback }
            let key = try renderer.hashable(bound[0] ?? .none)
            if let value = dict.change({ $0.remove(key) }) { return value }
            guard let fallback = bound[1] else { throw .runtime(try renderer.representation(of: key)) }
            return fallback
        case "setdefault":
            let bound = try call.bound(to: ["key", "default"], of: "setdefault", required: 1)
            let value = bound[1] ?? .none
            try set([(bound[0] ?? .none, value)], in: dict, &renderer)
            return value
        default:
            var pairs: [(Value, Value)] = []
            if case .undefined(let missing)? = call.positional.first { throw .undefined(missing) }
            if call.positional.count > 1 {
                throw .runtime("update expected at most 1 argument, got \(call.positional.count)")
            }
            if let other = call.positional.first { pairs = try renderer.pairs(of: other) }
            pairs += call.keywords.map { (.string($0.name), $0.value) }
            try set(pairs, in: dict, &renderer)
        }
        return .none
    }

    private static func set(
        _ pairs: [(Value, Value)], in dict: Dict, _ renderer: inout Renderer
    ) throws(Fault) {
        renderer.cleanup.dicts.append(dict)
        for (key, value) in pairs {
            try renderer.checkDepth(value)
            let key = try renderer.hashable(key)
            dict.change { $0.set(key, value) }
        }
        try renderer.work(pairs.count << 3)
        try renderer.checkLength(dict.count)
    }
}

/// The methods that change what they belong to.
enum Mutation {
    private static let names = Names([
        "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "popitem", "setdefault",
        "update",
    ])
    static func isMutating(_ name: Text) -> Bool { names.find(name) != nil }
}

extension Renderer {
    /// The pairs of a dictionary, or of a sequence of pairs.
    func pairs(of value: Value) throws(Fault) -> [(Value, Value)] {
        if case .dict(let dict) = value {
            let table = dict.table
            return Array(zip(table.keys, table.values))
        }
        var pairs: [(Value, Value)] = []
        for (position, item) in try iterate(value).enumerated() {
            guard isIterable(item) else {
                throw .runtime("cannot convert dictionary update sequence element #\(position) to a sequence")
            }
            let parts = try iterate(item)
            guard parts.count == 2 else {
                throw .runtime(
                    "dictionary update sequence element #\(position) has length \(parts.count); 2 is required"
                )
            }
            pairs.append((parts[0], parts[1]))
        }
        return pairs
    }
}
