/// How a run of statements ended.
enum Flow { case onwards, breakLoop, continueLoop }

extension Renderer {
    @inline(__always)
    mutating func run(body index: Int32) throws(Fault) -> Flow {
        let body = code.bodies[Int(index)]
        if !body.resets.isEmpty { reset(body.resets) }
        return try run(body)
    }

    mutating func run(_ body: Body) throws(Fault) -> Flow {
        let code = code
        for position in 0..<body.count {
            let node = code.nodes[Int(code.lists[Int(body.first &+ position)])]
            switch node.operation {
            case .text:
                if node.flag != 0, parent != nil { continue }
                out.append(from: code.source, Int(node.a)..<Int(node.b))
            case .output:
                if node.flag != 0, parent != nil { continue }
                try step()
                try output(node)
                try checkOutput()
            case .branch:
                try step()
                let flow = try branch(node)
                if flow != .onwards { return flow }
            case .assign:
                try step()
                let value = try evaluate(node.b)
                try assign(node.a, value)
            case .breakLoop: return .breakLoop
            case .continueLoop: return .continueLoop
            default:
                let flow = try statement(node)
                if flow != .onwards { return flow }
            }
        }
        return .onwards
    }

    @inline(__always)
    private mutating func output(_ node: Node) throws(Fault) {
        let value = try evaluate(node.a)
        at = node.at
        switch value {
        case .string(let text):
            if autoescape { out.append(escaping: text.bytes) } else { out.append(from: text.bytes) }
        case .markup(let text): out.append(from: text.bytes)
        case .int(let number): out.append(decimal: number)
        case .undefined(let missing):
            if isStrict, !missing.isLenient {
                // The name is what is wrong, not the tag around it.
                at = code.nodes[Int(node.a)].at
                throw .undefined(missing)
            }
        default: try write(value)
        }
    }

    private mutating func branch(_ node: Node) throws(Fault) -> Flow {
        for pair in 0..<node.b {
            let first = Int(node.a &+ pair &* 2)
            if try isTrue(code.lists[first]) { return try run(body: code.lists[first + 1]) }
        }
        return node.c >= 0 ? try run(body: node.c) : .onwards
    }

    /// The statements that are not worth a place in the tight loop.
    @inline(never)
    private mutating func statement(_ node: Node) throws(Fault) -> Flow {
        try step()
        switch node.operation {
        case .loop: try loop(Int(node.a), at: node)
        case .evaluate: _ = try evaluate(node.a)
        case .assignBlock: try assignBlock(node)
        case .macro:
            try assign(node.b, makeMacro(node.a))
        case .callBlock: try callBlock(node)
        case .filterBlock: return try filterBlock(node)
        case .with: return try with(node)
        case .scope: return try run(body: node.a)
        case .autoescape:
            let saved = autoescape
            autoescape = try isTrue(node.a)
            let flow = try run(body: node.b)
            autoescape = saved
            return flow
        case .block: try block(node)
        case .extends: try extends(node)
        case .include: try include(node)
        case .importModule: try importModule(node)
        case .importNames: try importNames(node)
        default: throw .runtime("not a statement")
        }
        return .onwards
    }

    // MARK: Assignment

    mutating func assign(_ target: Int32, _ value: Value) throws(Fault) {
        let node = code.nodes[Int(target)]
        switch node.operation {
        case .store: slots[base + Int(node.a)] = value
        case .storeCell: set(Place(slot: node.a, hops: node.c), value)
        case .storeAttribute:
            let owner = try evaluate(node.a)
            at = node.at
            guard case .object(let object) = owner, case .namespace(let dict) = object.kind else {
                throw .runtime("cannot assign attribute on non-namespace object")
            }
            try checkDepth(value)
            cleanup.dicts.append(dict)
            dict.change { $0.set(.string(code.names[Int(node.b)]), value) }
            return
        case .tuple: return try unpack(value, into: node)
        default: throw .runtime("not a target")
        }
        if node.flag != 0 { context.set(code.names[Int(node.b)], value, exports: node.flag == 1) }
    }

    private mutating func unpack(_ value: Value, into node: Node) throws(Fault) {
        at = node.at
        let items: [Value]
        if case .undefined = value {
            items = try iterate(value)
        } else {
            guard isIterable(value) else {
                throw .runtime("cannot unpack non-iterable \(value.typeName) object")
            }
            items = try iterate(value)
        }
        if items.count < Int(node.b) {
            throw .runtime("not enough values to unpack (expected \(node.b), got \(items.count))")
        }
        if items.count > Int(node.b) { throw .runtime("too many values to unpack (expected \(node.b))") }
        for position in 0..<Int(node.b) { try assign(code.lists[Int(node.a) + position], items[position]) }
    }

    private mutating func assignBlock(_ node: Node) throws(Fault) {
        let content = try capture { renderer throws(Fault) in _ = try renderer.run(body: node.b) }
        try willMake(bytes: content.count)
        var value: Value = autoescape ? .markup(Text(valid: content)) : .text(content)
        if node.c >= 0 {
            let saved = collected
            collected = value
            value = try evaluate(node.c)
            collected = saved
            if autoescape { value = .markup(try self.text(of: value)) }
        }
        try assign(node.a, value)
    }

    private mutating func filterBlock(_ node: Node) throws(Fault) -> Flow {
        let text = try capture { renderer throws(Fault) in _ = try renderer.run(body: node.a) }
        try willMake(bytes: text.count)
        let saved = collected
        collected = autoescape ? .markup(Text(valid: text)) : .text(text)
        let value = try evaluate(node.b)
        collected = saved
        // As in Jinja2, what a filter makes of the block is written as it is.
        try writePlain(value)
        return .onwards
    }

    private mutating func with(_ node: Node) throws(Fault) -> Flow {
        let body = code.bodies[Int(node.c)]
        reset(body.resets)
        for pair in 0..<node.b {
            let first = Int(node.a + pair * 2)
            let value = try evaluate(code.lists[first + 1])
            try assign(code.lists[first], value)
        }
        return try run(body)
    }

    // MARK: Loops

    private mutating func loop(_ index: Int, at node: Node) throws(Fault) {
        let loop = code.loops[index]
        let iterable = try evaluate(loop.iterable)
        at = node.at
        if loop.function >= 0 {
            let recursion = Macro(
                code: code, function: Int(loop.function), cells: cells, context: context,
                autoescape: autoescape)
            return try runRecursive(recursion, over: iterable, depth0: 0)
        }
        try turns(of: loop, over: iterable, depth0: 0, recursion: nil)
    }

    mutating func runRecursive(_ macro: Macro, over iterable: Value, depth0: Int) throws(Fault) {
        try descend { renderer throws(Fault) in
            let loop = macro.code.loops[Int(macro.code.functions[macro.function].loop)]
            try renderer.call(macro.function, of: macro.code, cells: macro.cells, context: macro.context) {
                renderer throws(Fault) in
                try renderer.turns(of: loop, over: iterable, depth0: depth0, recursion: macro)
            }
        }
    }

    private mutating func turns(of loop: Loop, over iterable: Value, depth0: Int, recursion: Macro?)
        throws(Fault)
    {
        var items = try iterate(iterable)
        try checkLength(items.count)
        if loop.test >= 0 { items = try filtered(items, by: loop) }
        guard !items.isEmpty else {
            if let otherwise = loop.otherwise { _ = try run(body: otherwise.first) }
            return
        }
        var state: LoopState?
        if let place = loop.variable {
            let made = LoopState(items: items, depth0: depth0, recursion: recursion)
            set(place, .object(Object(.loop(made))))
            state = made
        }
        let target = code.nodes[Int(loop.target)]
        let body = code.bodies[Int(loop.body.first)]
        for (position, item) in items.enumerated() {
            try step()
            state?.move(to: position)
            if !body.resets.isEmpty { reset(body.resets) }
            if target.operation == .store {
                slots[base &+ Int(target.a)] = item
            } else {
                try assign(loop.target, item)
            }
            if try run(body) == .breakLoop { break }
        }
    }

    private mutating func filtered(_ items: [Value], by loop: Loop) throws(Fault) -> [Value] {
        var kept: [Value] = []
        for item in items {
            try step()
            try assign(loop.testTarget, item)
            if try isTrue(loop.test) { kept.append(item) }
        }
        return kept
    }
}
