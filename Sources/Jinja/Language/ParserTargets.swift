extension Parser {
    // MARK: Targets of assignment

    /// A name, or names in a tuple or list, or with `namespaces` also `namespace.name`. Not yet declared.
    mutating func target(namespaces: Bool = false, end: StaticString? = nil) throws(SyntaxFault) -> Int32 {
        let token = current
        let first = operands.count
        var isTuple = false
        while true {
            if operands.count > first { try expect(.comma) }
            if isTupleEnd(end) { break }
            operands.append(try targetItem(namespaces: namespaces))
            guard current.kind == .comma else { break }
            isTuple = true
        }
        if !isTuple {
            if operands.count > first { return operands.removeLast() }
            throw failure("Expected an expression, got '\(describe(current))'", at: current)
        }
        let count = Int32(operands.count - first)
        return try add(.tuple, list(operandsFrom: first), count, at: token)
    }

    /// Parses again a target whose tokens begin at `start`: each scope gets nodes of its own.
    mutating func target(from start: Int, end: StaticString) throws(SyntaxFault) -> Int32 {
        index = start
        return try target(end: end)
    }

    private mutating func targetItem(namespaces: Bool) throws(SyntaxFault) -> Int32 {
        let token = current
        if token.kind == .lparen {
            return try nested { parser throws(SyntaxFault) in
                parser.next()
                let inner = try parser.target(namespaces: namespaces)
                try parser.expect(.rparen)
                return inner
            }
        }
        let node = try primary(namespaces: namespaces)
        switch parts.nodes[Int(node)].operation {
        case .name, .storeAttribute, .tuple: return node
        case .constant: throw failure("can't assign to 'const'", at: token)
        default: throw failure("can't assign to '\(parts.nodes[Int(node)].operation)'", at: token)
        }
    }

    /// Makes the names of a target variables of the current scope.
    mutating func declare(_ target: Int32, asParameter: Bool) throws(SyntaxFault) {
        let node = parts.nodes[Int(target)]
        switch node.operation {
        case .tuple:
            for position in 0..<node.b {
                try declare(parts.lists[Int(node.a + position)], asParameter: asParameter)
            }
        case .name:
            if loopDepth > 0 || asParameter, parts.names.special(node.b) == .loop {
                throw SyntaxFault(
                    "Can't assign to special loop variable in for-loop target", at: Int(node.at))
            }
            let symbol =
                asParameter
                ? scopes.declareParameter(node.b, in: scope) : scopes.store(node.b, in: scope)
            parts.nodes[Int(target)].operation = .store
            parts.nodes[Int(target)].a = symbol
            parts.nodes[Int(target)].flag = scope == 0 ? 1 : 0
        default: break
        }
    }

    /// A store into a new or known variable of the current scope.
    mutating func store(_ name: Token, exports: UInt8) throws(SyntaxFault) -> Int32 {
        let number = self.name(name)
        let symbol = scopes.store(number, in: scope)
        return try add(.store, symbol, number, flag: scope == 0 ? exports : 0, at: name)
    }

    // MARK: Reading names

    mutating func symbol(forLoading name: Int32) -> Int32 {
        if let word = parts.names.special(name) { declare(word, name) }
        return scopes.load(name, in: scope)
    }

    private mutating func declare(_ word: Special, _ name: Int32) {
        switch word {
        case .loop:
            var current = scope
            while current >= 0 {
                if let known = scopes.find(name, in: current), scopes.symbols[Int(known)].isStored { return }
                if scopes.scopes[Int(current)].isLoop {
                    _ = scopes.declareParameter(name, in: current)
                    return
                }
                current = scopes.scopes[Int(current)].parent
            }
        case .caller, .varargs, .kwargs:
            var current = function
            while current >= 0 {
                let home = parts.functions[Int(current)].scope
                if parts.functions[Int(current)].kind == .macro {
                    _ = scopes.declareParameter(name, in: home)
                }
                current = parts.functions[Int(current)].parent
            }
        case .itself, .parent:
            var current = function
            while parts.functions[Int(current)].parent >= 0 { current = parts.functions[Int(current)].parent }
            if word == .itself || parts.functions[Int(current)].kind == .block {
                _ = scopes.declareParameter(name, in: parts.functions[Int(current)].scope)
            }
        }
    }
}
