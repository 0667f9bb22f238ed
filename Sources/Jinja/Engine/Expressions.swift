extension Renderer {
    /// The value of a node. The common kinds stand here; the rest is kept out of the hot frame.
    mutating func evaluate(_ index: Int32) throws(Fault) -> Value {
        let node = code.nodes[Int(index)]
        switch node.operation {
        case .constant: return code.constants[Int(node.a)]
        case .free: return context[code.names[Int(node.b)]] ?? absent(code.names[Int(node.b)])
        case .local:
            let value = slots[base &+ Int(node.a)]
            if case .undefined(let missing) = value { return resolved(missing, node) }
            return value
        case .attribute:
            let target = try evaluate(node.a)
            if node.flag == 0, let value = target.entry(code.names[Int(node.b)]) { return value }
            if node.c >= 0, case .object(let object) = target, case .loop(let loop) = object.kind,
                let member = LoopState.Member(rawValue: node.c)
            {
                return loop[member]
            }
            at = node.at
            return try attribute(code.names[Int(node.b)], of: target)
        case .filter:
            try step()
            return try filter(node)
        case .compare:
            let left = try evaluate(node.a)
            let right = try evaluate(node.b)
            at = node.at
            switch left {
            case .int, .bool, .float, .none: if node.flag >= Comparison.isIn.rawValue { try work(right.size) }
            default:
                // Looking for a text in another takes several looks at each letter.
                if node.flag >= Comparison.isIn.rawValue, left.text != nil { try work(right.size << 2) }
                try chargeComparing(left, right)
            }
            return .bool(try compare(left, right, node.flag))
        case .not: return .bool(!(try isTrue(node.a)))
        case .and:
            let left = try evaluate(node.a)
            return try truth(left) ? try evaluate(node.b) : left
        case .or:
            let left = try evaluate(node.a)
            return try truth(left) ? left : try evaluate(node.b)
        case .conditional: return try conditional(node)
        default:
            try step()
            return try evaluateRare(node)
        }
    }

    /// Sequences cost by what is really looked at, which lists within each other hide.
    @inline(never)
    private mutating func chargeComparing(_ left: Value, _ right: Value) throws(Fault) {
        try work(right.size)
        guard left.depth > 1 else { return }
        var budget = Value.comparedValues
        _ = Value.equal(left, right, levels: Value.comparedLevels, &budget)
        try work((Value.comparedValues - budget) << 6)
    }

    @inline(__always)
    mutating func isTrue(_ index: Int32) throws(Fault) -> Bool {
        let value = try evaluate(index)
        if case .bool(let bool) = value { return bool }
        return try truth(value)
    }

    /// A variable that is not there, or has not been looked up yet.
    @inline(never)
    private mutating func resolved(_ missing: Missing, _ node: Node) -> Value {
        let name = code.names[Int(node.b)]
        if missing === Missing.unresolved {
            let value = context[name] ?? absent(name)
            if node.operation == .local {
                slots[base + Int(node.a)] = value
            } else {
                set(Place(slot: node.a, hops: node.c), value)
            }
            return value
        }
        if missing === Missing.unassigned { return .undefined(Missing(.name(name.string))) }
        return .undefined(missing)
    }

    @inline(never)
    private func absent(_ name: Text) -> Value {
        .undefined(Missing(.name(name.string), known: isStrict ? context.names : []))
    }

    private mutating func conditional(_ node: Node) throws(Fault) -> Value {
        if try isTrue(node.a) { return try evaluate(node.b) }
        if node.c >= 0 { return try evaluate(node.c) }
        let hint =
            "the inline if-expression on line \(line(of: node.at)) in \(pythonQuoted(code.name)) evaluated to"
            + " false and no else section was defined."
        return .undefined(Missing(.hint(hint), isLenient: true))
    }

    func line(of offset: UInt32) -> Int {
        1 + code.source[0..<min(Int(offset), code.source.count)].reduce(0) { $1 == 0x0A ? $0 + 1 : $0 }
    }

    @inline(never)
    private mutating func evaluateRare(_ node: Node) throws(Fault) -> Value {
        switch node.operation {
        case .cell:
            let value = get(Place(slot: node.a, hops: node.c))
            if case .undefined(let missing) = value { return resolved(missing, node) }
            return value
        case .item:
            let target = try evaluate(node.a)
            let key = try evaluate(node.b)
            at = node.at
            return try item(key, of: target)
        case .methodCall: return try methodCall(node)
        case .call: return try call(node)
        case .test: return .bool(try test(node))
        case .concat: return try concatenate(node)
        case .list:
            try checkStack()
            let list = List(mutable: try values(node.a, node.b))
            try checkDepth(.list(list))
            return .list(list)
        case .tuple:
            let tuple = Value.tuple(try values(node.a, node.b))
            try checkDepth(tuple)
            return tuple
        case .dict: return try dictionary(node)
        case .slice:
            let target = try evaluate(node.a)
            let bounds = try values(node.b, 3)
            at = node.at
            return try slice(target, bounds)
        case .negate, .plus:
            let operand = try evaluate(node.a)
            at = node.at
            return try sign(operand, isNegative: node.operation == .negate)
        case .compareChain: return .bool(try compareChain(node))
        case .collected: return collected
        case .unknown:
            at = node.at
            let what = node.flag == 1 ? "test" : "filter"
            var fault = Fault.runtime(
                "No \(what) named \(pythonQuoted(code.names[Int(node.a)].string)) found.")
            fault.wanted = code.names[Int(node.a)].string
            fault.known = node.flag == 1 ? Tests.names : Filters.names
            throw fault
        default:
            let left = try evaluate(node.a)
            let right = try evaluate(node.b)
            at = node.at
            return try arithmetic(node.operation, left, right)
        }
    }

    /// The values of a run of nodes; -1 stands for nothing and gives `none`.
    mutating func values(_ first: Int32, _ count: Int32) throws(Fault) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(Int(count))
        for position in 0..<count {
            let node = code.lists[Int(first + position)]
            values.append(node < 0 ? .none : try evaluate(node))
        }
        return values
    }

    private mutating func dictionary(_ node: Node) throws(Fault) -> Value {
        var table = Table(capacity: Int(node.b))
        for pair in 0..<node.b {
            let key = try evaluate(code.lists[Int(node.a + pair * 2)])
            let value = try evaluate(code.lists[Int(node.a + pair * 2 + 1)])
            at = node.at
            table.set(try hashable(key), value)
        }
        let dict = Value.dict(Dict(mutable: table))
        try checkDepth(dict)
        return dict
    }

    private mutating func compareChain(_ node: Node) throws(Fault) -> Bool {
        var left = try evaluate(node.a)
        for pair in 0..<node.c {
            let operation = code.lists[Int(node.b + pair * 2)]
            let right = try evaluate(code.lists[Int(node.b + pair * 2 + 1)])
            at = node.at
            if !(try compare(left, right, UInt8(operation))) { return false }
            left = right
        }
        return true
    }

    private mutating func concatenate(_ node: Node) throws(Fault) -> Value {
        let parts = try values(node.a, node.b)
        at = node.at
        var isMarkup = false
        if autoescape, node.flag == 0 {
            for part in parts { if case .markup = part { isMarkup = true } }
        }
        var bytes: [UInt8] = []
        for part in parts {
            let text = try text(of: part).bytes
            try willMake(bytes: bytes.count + text.count)
            if isMarkup, !part.isMarkup {
                bytes.append(escaping: text)
            } else {
                bytes.append(contentsOf: text)
            }
        }
        return isMarkup ? .markup(Text(valid: bytes)) : .text(bytes)
    }

    // MARK: Calls

    /// The arguments of a call, evaluated.
    mutating func arguments(_ index: Int32) throws(Fault) -> Call {
        guard index >= 0 else { return Call() }
        // Read in place: a copy of the entry would cost more than what is done with it.
        let (code, index) = (code, Int(index))
        var call = Call()
        call.positional.reserveCapacity(code.calls[index].positional.count)
        for position in code.calls[index].positional.indices {
            call.positional.append(try evaluate(code.calls[index].positional[position]))
        }
        for position in code.calls[index].keywords.indices {
            let (name, node) = code.calls[index].keywords[position]
            call.keywords.append((name, try evaluate(node)))
        }
        let (star, doubleStar) = (code.calls[index].star, code.calls[index].doubleStar)
        if star >= 0 { call.positional += try iterate(try evaluate(star)) }
        if doubleStar >= 0 {
            let value = try evaluate(doubleStar)
            guard case .dict(let dict) = value else {
                throw .runtime("argument after ** must be a mapping, not \(value.typeName)")
            }
            let table = dict.table
            for (key, value) in zip(table.keys, table.values) {
                guard let name = key.text else { throw .runtime("keywords must be strings") }
                if call.keywords.contains(where: { $0.name == name }) {
                    throw .runtime("got multiple values for keyword argument '\(name.string)'")
                }
                call.keywords.append((name, value))
            }
        }
        return call
    }

    private mutating func call(_ node: Node) throws(Fault) -> Value {
        let callee = try evaluate(node.a)
        let arguments = try arguments(node.c)
        at = node.at
        return try call(callee, arguments)
    }

    private mutating func methodCall(_ node: Node) throws(Fault) -> Value {
        let target = try evaluate(node.a)
        let name = code.names[Int(node.b)]
        switch target {
        case .object, .undefined: break
        default:
            if Methods.has(name, target) {
                let arguments = try arguments(node.c)
                at = node.at
                return try Methods.call(name, of: target, arguments, &self)
            }
        }
        at = node.at
        let callee = try attribute(name, of: target)
        let arguments = try arguments(node.c)
        at = node.at
        return try call(callee, arguments)
    }

    mutating func call(_ callee: Value, _ arguments: Call) throws(Fault) -> Value {
        switch callee {
        case .undefined(let missing): throw .undefined(missing)
        case .object(let object): return try call(object, arguments)
        default: throw .runtime("'\(callee.typeName)' object is not callable")
        }
    }

    private mutating func call(_ object: Object, _ arguments: Call) throws(Fault) -> Value {
        switch object.kind {
        case .macro(let macro): return try call(macro, arguments)
        case .method(let owner, let name): return try Methods.call(name, of: owner, arguments, &self)
        case .global(let global): return try call(global, arguments)
        case .joiner(let joiner): return joiner.next()
        case .loop(let loop):
            guard let recursion = loop.recursion else {
                throw .runtime("The loop must have the 'recursive' marker to be called recursively.")
            }
            let bound = try arguments.bound(to: ["iterable"], of: "loop")
            let text = try capture { renderer throws(Fault) in
                try renderer.runRecursive(recursion, over: bound[0] ?? .none, depth0: loop.depth0 + 1)
            }
            return autoescape ? .markup(Text(valid: text)) : .text(text)
        case .block(let context, let name, let level):
            let text = try capture { renderer throws(Fault) in
                try renderer.runBlock(name, level: level, context: context)
            }
            return autoescape ? .markup(Text(valid: text)) : .text(text)
        default: throw .runtime("'\(object.typeName)' object is not callable")
        }
    }
}

/// Arguments as they were given.
struct Call {
    var positional: [Value] = []
    var keywords: [(name: Text, value: Value)] = []

    /// Arguments by the names of `parameters`; nil where nothing was given.
    func bound(to parameters: [Text], of function: String, required: Int? = nil) throws(Fault) -> [Value?] {
        if positional.count > parameters.count {
            throw .runtime(
                "\(function)() takes at most \(parameters.count) arguments (\(positional.count) given)")
        }
        var bound: [Value?] = []
        bound.reserveCapacity(parameters.count)
        for value in positional { bound.append(value) }
        while bound.count < parameters.count { bound.append(nil) }
        for (name, value) in keywords {
            guard let position = parameters.firstIndex(of: name) else {
                throw .runtime("\(function)() got an unexpected keyword argument '\(name.string)'")
            }
            if bound[position] != nil {
                throw .runtime("\(function)() got multiple values for argument '\(name.string)'")
            }
            bound[position] = value
        }
        for position in 0..<(required ?? parameters.count) where bound[position] == nil {
            throw .runtime("\(function)() missing required argument: '\(parameters[position].string)'")
        }
        return bound
    }
}
