extension Parser {
    /// Statements up to one of the given tags, whose name is then the current token.
    mutating func statements(until ends: EndTags) throws(SyntaxFault) -> Body {
        let first = operands.count
        let outer = (awaited, allAwaited)
        awaited = ends
        allAwaited.formUnion(ends)
        defer { (awaited, allAwaited) = outer }
        let flag: UInt8 = isGuarded ? 1 : 0
        loop: while true {
            let token = current
            switch token.kind {
            case .data:
                next()
                let end = Int32(token.end)
                operands.append(try add(.text, Int32(token.start), end, flag: flag, at: token))
            case .variableBegin:
                next()
                let value = try tuple()
                operands.append(try add(.output, value, flag: flag, height: above(value), at: token))
                try expect(.variableEnd)
            case .blockBegin:
                next()
                if !ends.isEmpty, isEnd(current, among: ends) { break loop }
                try statement()
                try expect(.blockEnd)
            default:
                if !ends.isEmpty { throw unexpectedEnd(nil, at: token) }
                break loop
            }
        }
        let count = Int32(operands.count - first)
        return Body(first: list(operandsFrom: first), count: count)
    }

    /// The body of a tag: from the end of the tag up to one of `ends`.
    mutating func block(until ends: EndTags) throws(SyntaxFault) -> Body {
        _ = skip(.colon)
        try expect(.blockEnd)
        return try statements(until: ends)
    }

    @inline(__always)
    private func isEnd(_ token: Token, among ends: EndTags) -> Bool {
        guard token.kind == .name, let end = EndTags(bytes(token)) else { return false }
        return ends.contains(end)
    }

    /// One statement, whose nodes become operands.
    private mutating func statement() throws(SyntaxFault) {
        let token = current
        guard token.kind == .name else { throw failure("tag name expected", at: token) }
        depth += 1
        defer { depth -= 1 }
        if depth > options.limits.nesting {
            throw SyntaxFault(
                "nested deeper than \(options.limits.nesting) levels", at: Int(token.start), kind: .limit)
        }
        let outer = openTag
        openTag = token
        defer { openTag = outer }
        switch Tag(bytes(token)) {
        case .for: operands.append(try parseFor())
        case .if: operands.append(try parseIf())
        case .set: operands.append(try parseSet())
        case .block: operands.append(try parseBlock())
        case .extends: operands.append(try parseExtends())
        case .print: try parsePrint()
        case .macro: operands.append(try parseMacro())
        case .include: operands.append(try parseInclude())
        case .from: operands.append(try parseFrom())
        case .import: operands.append(try parseImport())
        case .with: operands.append(try parseWith())
        case .autoescape: operands.append(try parseAutoescape())
        case .call: operands.append(try parseCallBlock())
        case .filter: operands.append(try parseFilterBlock())
        case .do:
            next()
            let value = try tuple()
            operands.append(try add(.evaluate, value, height: above(value), at: token))
        case .break:
            try checkLoop(token)
            next()
            operands.append(try add(.breakLoop, at: token))
        case .continue:
            try checkLoop(token)
            next()
            operands.append(try add(.continueLoop, at: token))
        case nil:
            openTag = outer
            throw unexpectedEnd(string(token), at: token)
        }
    }

    private func checkLoop(_ token: Token) throws(SyntaxFault) {
        if loopDepth == 0 { throw failure("'\(string(token))' outside of a loop", at: token) }
    }

    private func unexpectedEnd(_ tag: String?, at token: Token) -> SyntaxFault {
        var message =
            tag.map { "Encountered unknown tag \(pythonQuoted($0))." } ?? "Unexpected end of template."
        if !awaited.isEmpty {
            let wanted = awaited.names.map { pythonQuoted($0) }.joined(separator: " or ")
            if let tag, allAwaited.names.contains(tag) {
                message +=
                    " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking"
                    + " for \(wanted)."
            } else {
                message += " Jinja was looking for the following tags: \(wanted)."
            }
        }
        if let openTag {
            message += " The innermost block that needs to be closed is \(pythonQuoted(string(openTag)))."
        }
        var failure = failure(message, at: token)
        failure.fault.wanted = tag
        failure.fault.known = Self.tags
        return failure
    }

    static let tags = [
        "for", "if", "set", "block", "extends", "print", "macro", "include", "from", "import", "with",
        "autoescape",
        "call", "filter", "do", "break", "continue", "raw", "else", "elif", "endfor", "endif", "endset",
        "endblock",
        "endmacro", "endwith", "endautoescape", "endcall", "endfilter", "endraw",
    ]

    // MARK: Branches and loops

    private mutating func parseIf() throws(SyntaxFault) -> Int32 {
        let token = next()
        let first = operands.count
        var otherwise: Int32 = -1
        let saved = isSoft
        isSoft = true
        defer { isSoft = saved }
        while true {
            let test = try tuple(conditional: false)
            scopes.scopes[Int(scope)].branches += 1
            let branch = try block(until: [.elif, .else, .endif])
            operands.append(test)
            operands.append(body(branch, scope: -1))
            scopes.scopes[Int(scope)].branches -= 1
            let end = next()
            if isName(end, "elif") { continue }
            if isName(end, "else") {
                scopes.scopes[Int(scope)].branches += 1
                otherwise = body(try block(until: .endif), scope: -1)
                scopes.scopes[Int(scope)].branches -= 1
                next()
            }
            break
        }
        let (count, height) = (Int32(operands.count - first) / 2, above(operandsFrom: first, step: 2))
        return try add(
            .branch, list(operandsFrom: first), count, otherwise, height: height, at: token)
    }

    private mutating func parseFor() throws(SyntaxFault) -> Int32 {
        let token = next()
        let targetStart = index
        var loop = Loop()
        // Only to get past it: each scope that the target belongs to parses it again.
        let (nodes, lists) = (parts.nodes.count, parts.lists.count)
        _ = try target(end: "in")
        parts.nodes.removeSubrange(nodes...)
        parts.lists.removeSubrange(lists...)
        try expect("in")
        loop.iterable = try frozen(try tuple(conditional: false, end: "recursive"))
        let testStart = index
        if isName("if") { try loopTest(&loop, target: targetStart, test: testStart) }
        let isRecursive = skip("recursive")
        let height = above(loop.iterable, loop.test)
        let header = index
        let outer = scope
        loopDepth += 1
        if isRecursive {
            loop.function = try innerFunction(.loop, name: "loop") { parser, opened throws(SyntaxFault) in
                // The test runs where the loop does, so it is read again as part of its function.
                if loop.test >= 0 { try parser.loopTest(&loop, target: targetStart, test: testStart) }
                try parser.loopBody(&loop, target: targetStart, header: header)
                // It runs as part of the function too, though it does not see the loop's variables.
                parser.scope = outer
                try parser.loopElse(&loop)
                return opened
            }
        } else {
            try inner { parser throws(SyntaxFault) in
                try parser.loopBody(&loop, target: targetStart, header: header)
            }
            try loopElse(&loop)
        }
        loopDepth -= 1
        parts.loops.append(loop)
        let number = Int32(parts.loops.count - 1)
        if loop.function >= 0 { parts.functions[Int(loop.function)].loop = number }
        return try add(.loop, number, height: height, at: token)
    }

    /// From the tag that ends the body to the end of the loop.
    private mutating func loopElse(_ loop: inout Loop) throws(SyntaxFault) {
        guard isName(next(), "else") else { return }
        loopDepth -= 1
        try inner { parser throws(SyntaxFault) in
            let otherwise = try parser.block(until: .endfor)
            parser.next()
            loop.otherwise = Body(first: parser.body(otherwise, scope: parser.scope))
        }
        loopDepth += 1
    }

    /// The test sees the target in a scope of its own.
    private mutating func loopTest(_ loop: inout Loop, target: Int, test: Int) throws(SyntaxFault) {
        try inner { parser throws(SyntaxFault) in
            parser.scopes.scopes[Int(parser.scope)].isRepeated = true
            loop.testTarget = try parser.target(from: target, end: "in")
            parser.index = test + 1
            try parser.declare(loop.testTarget, asParameter: true)
            loop.test = try parser.expression()
        }
    }

    private mutating func loopBody(_ loop: inout Loop, target start: Int, header: Int) throws(SyntaxFault) {
        scopes.scopes[Int(scope)].isLoop = true
        scopes.scopes[Int(scope)].isRepeated = true
        loop.target = try target(from: start, end: "in")
        index = header
        try declare(loop.target, asParameter: true)
        let statements = try block(until: [.endfor, .else])
        loop.body = Body(first: body(statements, scope: scope, isRepeated: true))
        let name = parts.names.number(of: "loop")
        if let symbol = scopes.find(name, in: scope), scopes.symbols[Int(symbol)].isParameter {
            loop.variableSymbol = symbol
        }
    }

    // MARK: Assignment

    private mutating func parseSet() throws(SyntaxFault) -> Int32 {
        let token = next()
        let target = try target(namespaces: true)
        if skip(.assign) {
            let value = try tuple()
            try declare(target, asParameter: false)
            return try add(.assign, target, value, height: above(value), at: token)
        }
        // The body is a scope of its own; the target and the filter belong to this one.
        try declare(target, asParameter: false)
        var filters: Int32 = -1
        if current.kind == .pipe { filters = try filterChain(try add(.collected, at: token)) }
        let saved = isGuarded
        isGuarded = false
        let content = try inner { parser throws(SyntaxFault) in
            let content = try parser.block(until: .endset)
            return parser.body(content, scope: parser.scope)
        }
        isGuarded = saved
        next()
        return try add(.assignBlock, target, content, filters, height: above(filters), at: token)
    }

    private mutating func parseWith() throws(SyntaxFault) -> Int32 {
        let token = next()
        let first = operands.count
        while current.kind != .blockEnd {
            if operands.count > first { try expect(.comma) }
            operands.append(try target())
            try expect(.assign)
            operands.append(try expression())
        }
        let content = try inner { parser throws(SyntaxFault) in
            for position in stride(from: first, to: parser.operands.count, by: 2) {
                try parser.declare(parser.operands[position], asParameter: true)
            }
            let content = try parser.block(until: .endwith)
            return parser.body(content, scope: parser.scope)
        }
        next()
        let (count, height) = (Int32(operands.count - first) / 2, above(operandsFrom: first))
        return try add(.with, list(operandsFrom: first), count, content, height: height, at: token)
    }

    private mutating func parsePrint() throws(SyntaxFault) {
        next()
        let first = operands.count
        while current.kind != .blockEnd {
            if operands.count > first { try expect(.comma) }
            let token = current
            let value = try expression()
            operands.append(
                try add(.output, value, flag: isGuarded ? 1 : 0, height: above(value), at: token))
        }
    }

    private mutating func parseAutoescape() throws(SyntaxFault) -> Int32 {
        let token = next()
        return try inner { parser throws(SyntaxFault) in
            let value = try parser.expression()
            let content = try parser.block(until: .endautoescape)
            parser.next()
            let body = parser.body(content, scope: parser.scope)
            return try parser.add(.autoescape, value, body, height: parser.above(value), at: token)
        }
    }

    private mutating func parseFilterBlock() throws(SyntaxFault) -> Int32 {
        let token = next()
        let filters = try filterChain(try filter(try add(.collected, at: token)))
        let content = try inner { parser throws(SyntaxFault) in
            let content = try parser.block(until: .endfilter)
            return parser.body(content, scope: parser.scope)
        }
        next()
        return try add(.filterBlock, content, filters, height: above(filters), at: token)
    }
}
