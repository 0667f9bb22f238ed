extension Renderer {
    // MARK: The template itself

    /// Runs a template from its root, and then the templates that it extends.
    mutating func runRoot(_ code: Code, context: Context) throws(Fault) {
        let saved = parent
        parent = nil
        var next: Code? = code
        while let root = next {
            parent = nil
            try call(0, of: root, cells: nil, context: context) { renderer throws(Fault) in
                renderer.autoescape = root.autoescape
                _ = try renderer.run(root.functions[0].body)
            }
            next = parent
            // A chain of templates that extend each other in a circle ends here.
            if next != nil {
                chain += 1
                if chain > limits.recursion {
                    throw .limit("recursion deeper than \(limits.recursion) levels")
                }
            }
        }
        parent = saved
    }

    mutating func extends(_ node: Node) throws(Fault) {
        if parent != nil { throw .runtime("extended multiple times") }
        let name = try evaluate(node.a)
        at = node.at
        let code = try load(name)
        context.addBlocks(of: code)
        parent = code
    }

    // MARK: Blocks

    mutating func block(_ node: Node) throws(Fault) {
        if node.flag != 0, parent != nil { return }
        let site = code.blockSites[Int(node.a)]
        at = node.at
        if site.isRequired, context.block(site.name, level: 1) == nil {
            throw .runtime("Required block \(pythonQuoted(site.name.string)) not found")
        }
        var target = context
        if site.isScoped {
            target = Context(
                code: code, locals: table(of: site.locals), outer: context, blocks: context.blocks)
            cleanup.contexts.append(target)
        }
        try runBlock(site.name, level: 0, context: target)
    }

    mutating func runBlock(_ name: Text, level: Int, context: Context) throws(Fault) {
        guard let body = context.block(name, level: level) else {
            throw .undefined(Missing(.hint("there is no parent block called \(pythonQuoted(name.string)).")))
        }
        try descend { renderer throws(Fault) in
            let savedParent = renderer.parent
            renderer.parent = nil
            try renderer.call(body.function, of: body.code, cells: nil, context: context) {
                renderer throws(Fault) in
                let function = body.code.functions[body.function]
                renderer.autoescape = body.code.autoescape
                if let place = function.superPlace {
                    renderer.set(place, renderer.superBlock(name, level: level + 1, context: context))
                }
                _ = try renderer.run(function.body)
            }
            renderer.parent = savedParent
        }
    }

    func superBlock(_ name: Text, level: Int, context: Context) -> Value {
        if context.block(name, level: level) == nil {
            return .missing("there is no parent block called \(pythonQuoted(name.string)).")
        }
        return .object(Object(.block(context, name: name, level: level)))
    }

    // MARK: Including and importing

    func table(of locals: [Local]) -> Table {
        var table = Table(capacity: locals.count)
        for local in locals {
            let value = get(local.place)
            if case .undefined(let missing) = value,
                missing === Missing.unassigned || missing === Missing.unresolved
            {
                continue
            }
            table.set(.string(local.name), value)
        }
        return table
    }

    mutating func load(_ name: Value) throws(Fault) -> Code {
        switch name {
        case .string(let text), .markup(let text): return try load(text.string)
        case .undefined(let missing): throw .undefined(missing)
        default: throw .runtime("'\(name.typeName)' object is not the name of a template")
        }
    }

    private mutating func load(_ name: String) throws(Fault) -> Code {
        let code: Code
        do {
            code = try environment.code(named: name)
        } catch {
            if error.kind == .notFound { throw Fault(kind: .notFound, message: error.message) }
            // The error has a place of its own, in the other template.
            located = error
            throw Fault(kind: error.kind, message: error.message)
        }
        if code.mutates, !isThawed {
            needsThawing = true
            throw .runtime("the render begins again")
        }
        return code
    }

    /// One name, or the first of several that exists.
    private mutating func select(_ value: Value) throws(Fault) -> Code {
        let names: [Value]
        switch value {
        case .list(let list), .tuple(let list): names = list.items
        case .string, .markup, .undefined: return try load(value)
        default: names = try iterate(value)
        }
        if names.isEmpty {
            throw Fault(kind: .notFound, message: "Tried to select from an empty list of templates.")
        }
        for name in names {
            do {
                return try load(name)
            } catch  where error.kind == .notFound {
                continue
            }
        }
        var shown: [String] = []
        for name in names { shown.append(try text(of: name).string) }
        throw Fault(
            kind: .notFound,
            message: "none of the templates given were found: \(shown.joined(separator: ", "))")
    }

    private mutating func makeContext(_ code: Code, _ inclusion: Inclusion) -> Context {
        let made =
            inclusion.withContext
            ? Context(code: code, locals: table(of: inclusion.locals), outer: context)
            : Context(code: code, locals: Table(), outer: nil)
        cleanup.contexts.append(made)
        return made
    }

    mutating func include(_ node: Node) throws(Fault) {
        let inclusion = code.inclusions[Int(node.a)]
        let name = try evaluate(inclusion.template)
        at = node.at
        let target: Code
        do {
            target = try select(name)
        } catch {
            if inclusion.ignoresMissing, error.kind == .notFound { return }
            throw error
        }
        let made = makeContext(target, inclusion)
        try descend { renderer throws(Fault) in try renderer.runRoot(target, context: made) }
    }

    private mutating func module(_ inclusion: Inclusion, at node: Node) throws(Fault) -> Module {
        let name = try evaluate(inclusion.template)
        at = node.at
        let target = try load(name)
        if !inclusion.withContext, let known = modules[ObjectIdentifier(target)] { return known }
        let made = makeContext(target, inclusion)
        let text = try descend { renderer throws(Fault) in
            try renderer.capture { renderer throws(Fault) in try renderer.runRoot(target, context: made) }
        }
        let module = Module(
            name: target.name, body: target.autoescape ? .markup(Text(valid: text)) : .text(text),
            exports: Dict(made.exports))
        if !inclusion.withContext { modules[ObjectIdentifier(target)] = module }
        return module
    }

    mutating func importModule(_ node: Node) throws(Fault) {
        let inclusion = code.inclusions[Int(node.a)]
        let module = try module(inclusion, at: node)
        try assign(inclusion.targets[0], .object(Object(.module(module))))
    }

    mutating func importNames(_ node: Node) throws(Fault) {
        let inclusion = code.inclusions[Int(node.a)]
        let module = try module(inclusion, at: node)
        for (name, target) in zip(inclusion.names, inclusion.targets) {
            let value =
                module.exports[name]
                ?? .missing(
                    "the template \(pythonQuoted(module.name)) (imported on line \(line(of: node.at)) in"
                        + " \(pythonQuoted(code.name))) does not export the requested name"
                        + " \(pythonQuoted(name.string))")
            try assign(target, value)
        }
    }
}
