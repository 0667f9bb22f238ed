extension Parser {
    // MARK: Macros

    private mutating func signature(_ opened: Int32) throws(SyntaxFault) {
        try expect(.lparen)
        var parameters: [Function.Parameter] = []
        while current.kind != .rparen {
            if !parameters.isEmpty { try expect(.comma) }
            let token = try expect(.name)
            let name = name(token)
            if parameters.contains(where: { $0.name == parts.names.texts[Int(name)] }) {
                throw failure("duplicate argument '\(string(token))' in macro definition", at: token)
            }
            let symbol = scopes.declareParameter(name, in: scope)
            var parameter = Function.Parameter(name: parts.names.texts[Int(name)], symbol: symbol)
            if skip(.assign) {
                parameter.defaultValue = try expression()
            } else if parameters.last.map({ $0.defaultValue >= 0 }) ?? false {
                throw failure("non-default argument follows default argument", at: current)
            }
            parameters.append(parameter)
        }
        try expect(.rparen)
        parts.functions[Int(opened)].parameters = parameters
    }

    /// A macro may say `caller` in its signature only with a default.
    private func checkCaller(_ opened: Int32, at token: Token) throws(SyntaxFault) {
        for parameter in parts.functions[Int(opened)].parameters
        where parameter.name == "caller" && parameter.defaultValue < 0 {
            throw failure(
                "When defining macros or call blocks the special \"caller\" argument must be omitted or be given"
                    + " a default.", at: token)
        }
    }

    mutating func parseMacro() throws(SyntaxFault) -> Int32 {
        let token = next()
        guard current.kind == .name else { throw failureExpectingName() }
        let name = next()
        let target = try store(name, exports: 1)
        let text = Text(valid: Array(bytes(name)))
        let number = try innerFunction(.macro, name: text) { parser, opened throws(SyntaxFault) in
            try parser.signature(opened)
            try parser.checkCaller(opened, at: token)
            parser.parts.functions[Int(opened)].body = try parser.block(until: .endmacro)
            parser.next()
            return opened
        }
        return try add(.macro, number, target, at: token)
    }

    func failureExpectingName() -> SyntaxFault {
        failure("expected token 'name', got '\(describe(current))'", at: current)
    }

    mutating func parseCallBlock() throws(SyntaxFault) -> Int32 {
        let token = next()
        let outer = (scope, function, isGuarded)
        var callNode: Int32 = -1
        let number = try innerFunction(.macro, name: "caller") { parser, opened throws(SyntaxFault) in
            if parser.current.kind == .lparen { try parser.signature(opened) }
            // The call itself stands outside of the scope that its body has.
            let own = (parser.scope, parser.function, parser.isGuarded)
            (parser.scope, parser.function, parser.isGuarded) = outer
            callNode = try parser.expression()
            (parser.scope, parser.function, parser.isGuarded) = own
            let operation = parser.parts.nodes[Int(callNode)].operation
            guard operation == .call || operation == .methodCall else {
                throw parser.failure("expected call", at: token)
            }
            parser.parts.functions[Int(opened)].body = try parser.block(until: .endcall)
            parser.next()
            return opened
        }
        return try add(.callBlock, number, callNode, height: above(callNode), at: token)
    }

    // MARK: Inheritance

    mutating func parseBlock() throws(SyntaxFault) -> Int32 {
        let token = next()
        let nameToken = try expect(.name)
        let name = Text(valid: Array(bytes(nameToken)))
        var site = BlockSite(name: name, function: -1, isScoped: false, isRequired: false, scope: scope)
        site.isScoped = skip("scoped")
        site.isRequired = skip("required")
        if current.kind == .sub {
            throw failure(
                "Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an"
                    + " underscore instead.", at: current)
        }
        if parts.blocks[name] != nil {
            throw failure("block \(pythonQuoted(name.string)) defined twice", at: token)
        }
        if site.isScoped { declareLoops() }
        parts.blocks[name] = Int32(parts.functions.count)
        let savedDepth = loopDepth
        site.function = try innerFunction(.block, name: name, isDetached: true) {
            parser, opened throws(SyntaxFault) in
            parser.parts.functions[Int(opened)].body = try parser.block(until: .endblock)
            return opened
        }
        loopDepth = savedDepth
        next()
        if site.isRequired { try checkRequired(site.function, at: token) }
        if current.kind == .name, bytes(current).elementsEqual(name.bytes) { next() }
        parts.blockSites.append(site)
        return try add(.block, Int32(parts.blockSites.count - 1), flag: scope == 0 ? 1 : 0, at: token)
    }

    /// A scoped block sees `loop` even if the loop around it does not mention it.
    private mutating func declareLoops() {
        let name = parts.names.number(of: "loop")
        var current = scope
        while current >= 0 {
            if scopes.scopes[Int(current)].isLoop { _ = scopes.declareParameter(name, in: current) }
            current = scopes.scopes[Int(current)].parent
        }
    }

    private func checkRequired(_ function: Int32, at token: Token) throws(SyntaxFault) {
        let body = parts.functions[Int(function)].body
        for position in 0..<body.count {
            let node = parts.nodes[Int(parts.lists[Int(body.first + position)])]
            let isBlank =
                node.operation == .text
                && parts.source[Int(node.a)..<Int(node.b)].allSatisfy(\.isSpace)
            if !isBlank {
                throw failure("Required blocks can only contain comments or whitespace", at: token)
            }
        }
    }

    mutating func parseExtends() throws(SyntaxFault) -> Int32 {
        let token = next()
        guard scope == 0 else { throw failure("cannot use extend from a non top-level scope", at: token) }
        parts.hasExtends = true
        let template = try expression()
        return try add(.extends, template, height: above(template), at: token)
    }

    // MARK: Other templates

    private mutating func contextChoice(_ inclusion: inout Inclusion) {
        guard isWord(current, among: "with", "without"), isName(peek(), "context") else { return }
        inclusion.withContext = isName("with")
        next()
        next()
    }

    mutating func parseInclude() throws(SyntaxFault) -> Int32 {
        let token = next()
        var inclusion = Inclusion(template: try frozen(try expression()), scope: scope)
        if isName("ignore"), isName(peek(), "missing") {
            next()
            next()
            inclusion.ignoresMissing = true
        }
        inclusion.withContext = true
        contextChoice(&inclusion)
        parts.inclusions.append(inclusion)
        return try add(
            .include, Int32(parts.inclusions.count - 1), height: above(inclusion.template), at: token)
    }

    mutating func parseImport() throws(SyntaxFault) -> Int32 {
        let token = next()
        var inclusion = Inclusion(template: try expression(), scope: scope)
        try expect("as")
        let name = try expect(.name)
        inclusion.targets = [try store(name, exports: 2)]
        contextChoice(&inclusion)
        parts.inclusions.append(inclusion)
        return try add(
            .importModule, Int32(parts.inclusions.count - 1), height: above(inclusion.template), at: token)
    }

    mutating func parseFrom() throws(SyntaxFault) -> Int32 {
        let token = next()
        var inclusion = Inclusion(template: try expression(), scope: scope)
        try expect("import")
        while true {
            if !inclusion.names.isEmpty { try expect(.comma) }
            guard current.kind == .name else { throw failureExpectingName() }
            let before = index
            contextChoice(&inclusion)
            if index != before { break }
            let name = next()
            if parts.source[Int(name.start)] == 0x5F {
                throw failure("names starting with an underline can not be imported", at: name)
            }
            inclusion.names.append(Text(valid: Array(bytes(name))))
            let alias = skip("as") ? try expect(.name) : name
            inclusion.targets.append(try store(alias, exports: 2))
            let after = index
            contextChoice(&inclusion)
            if index != after || current.kind != .comma { break }
        }
        parts.inclusions.append(inclusion)
        return try add(
            .importNames, Int32(parts.inclusions.count - 1), height: above(inclusion.template), at: token)
    }

    // MARK: The end

    /// Settles the scopes and fills in everything that waited for it.
    mutating func finish() {
        scopes.settle(&parts)
        for (body, scope, isRepeated) in pendingBodies where scope >= 0 {
            parts.bodies[Int(body)].resets = resets(of: scope, isRepeated: isRepeated)
        }
        for index in parts.functions.indices { finish(function: index) }
        for index in parts.loops.indices where parts.loops[index].variableSymbol >= 0 {
            let symbol = parts.loops[index].variableSymbol
            parts.loops[index].variable = scopes.symbols[Int(symbol)].place
        }
        for index in parts.blockSites.indices where parts.blockSites[index].isScoped {
            parts.blockSites[index].locals = locals(from: parts.blockSites[index].scope)
        }
        for index in parts.inclusions.indices where parts.inclusions[index].withContext {
            parts.inclusions[index].locals = locals(from: parts.inclusions[index].scope)
        }
    }

    private func locals(from scope: Int32) -> [Local] {
        scopes.locals(from: scope, names: parts.names.texts, functions: parts.functions)
    }

    private mutating func resets(of scope: Int32, isRepeated: Bool) -> Range<Int32> {
        let first = Int32(parts.resets.count)
        scopes.addResets(
            of: scope, isRepeated: isRepeated, functions: parts.functions, to: &parts.resets)
        return first..<Int32(parts.resets.count)
    }

    private mutating func finish(function index: Int) {
        let scope = parts.functions[index].scope
        let kind = parts.functions[index].kind
        if kind != .loop {
            parts.functions[index].body.resets = resets(of: scope, isRepeated: false)
        }
        for position in parts.functions[index].parameters.indices {
            let symbol = parts.functions[index].parameters[position].symbol
            parts.functions[index].parameters[position].place = scopes.symbols[Int(symbol)].place
        }
        func place(_ word: Special) -> Place? {
            // Only a few names are parameters without standing in the signature.
            guard let name = parts.names.find(word), let symbol = scopes.find(name, in: scope),
                scopes.symbols[Int(symbol)].isParameter,
                !parts.functions[index].parameters.contains(where: { $0.symbol == symbol })
            else { return nil }
            return scopes.symbols[Int(symbol)].place
        }
        switch kind {
        case .macro:
            parts.functions[index].caller = place(.caller)
            parts.functions[index].varargs = place(.varargs)
            parts.functions[index].kwargs = place(.kwargs)
            parts.functions[index].catchesCaller =
                parts.functions[index].caller != nil
                || parts.functions[index].parameters.contains { $0.name == "caller" }
        case .root: parts.functions[index].selfPlace = place(.itself)
        case .block:
            parts.functions[index].selfPlace = place(.itself)
            parts.functions[index].superPlace = place(.parent)
        case .loop: break
        }
    }
}
