extension Parser {
    /// Statements up to one of the given tags, whose name is then the current token.
    mutating func statements(until ends: [StaticString]) throws(SyntaxFault) -> Body {
        var body: [Int32] = []
        body.reserveCapacity(16)
        if !ends.isEmpty { awaitedTags.append(ends) }
        defer { if !ends.isEmpty { awaitedTags.removeLast() } }
        let flag: UInt8 = isGuarded ? 1 : 0
        loop: while true {
            let token = current
            switch token.kind {
            case .data:
                next()
                let end = Int32(token.end)
                body.append(try add(.text, Int32(token.start), end, flag: flag, at: token))
            case .variableBegin:
                next()
                let value = try tuple()
                body.append(try add(.output, value, flag: flag, height: above(value), at: token))
                try expect(.variableEnd)
            case .blockBegin:
                next()
                if ends.contains(where: { isName($0) }) { break loop }
                try statement(into: &body)
                try expect(.blockEnd)
            default:
                if !ends.isEmpty { throw unexpectedEnd(nil, at: token) }
                break loop
            }
        }
        return Body(first: list(body), count: Int32(body.count))
    }

    /// The body of a tag: from the end of the tag up to one of `ends`.
    mutating func block(until ends: StaticString...) throws(SyntaxFault) -> Body {
        _ = skip(.colon)
        try expect(.blockEnd)
        return try statements(until: ends)
    }

    private mutating func statement(into body: inout [Int32]) throws(SyntaxFault) {
        let token = current
        guard token.kind == .name else { throw failure("tag name expected", at: token) }
        depth += 1
        defer { depth -= 1 }
        if depth > options.limits.nesting {
            throw SyntaxFault(
                "nested deeper than \(options.limits.nesting) levels", at: Int(token.start), kind: .limit)
        }
        openTags.append(token)
        defer { openTags.removeLast() }
        switch Tag(bytes(token)) {
        case .for: body.append(try parseFor())
        case .if: body.append(try parseIf())
        case .set: body.append(try parseSet())
        case .block: body.append(try parseBlock())
        case .extends: body.append(try parseExtends())
        case .print: body += try parsePrint()
        case .macro: body.append(try parseMacro())
        case .include: body.append(try parseInclude())
        case .from: body.append(try parseFrom())
        case .import: body.append(try parseImport())
        case .with: body.append(try parseWith())
        case .autoescape: body.append(try parseAutoescape())
        case .call: body.append(try parseCallBlock())
        case .filter: body.append(try parseFilterBlock())
        case .do:
            next()
            let value = try tuple()
            body.append(try add(.evaluate, value, height: above(value), at: token))
        case .break:
            try checkLoop(token)
            next()
            body.append(try add(.breakLoop, at: token))
        case .continue:
            try checkLoop(token)
            next()
            body.append(try add(.continueLoop, at: token))
        case nil:
            openTags.removeLast()
            defer { openTags.append(token) }
            throw unexpectedEnd(string(token), at: token)
        }
    }

    private func checkLoop(_ token: Token) throws(SyntaxFault) {
        if loopDepth == 0 { throw failure("'\(string(token))' outside of a loop", at: token) }
    }

    private func unexpectedEnd(_ tag: String?, at token: Token) -> SyntaxFault {
        var message =
            tag.map { "Encountered unknown tag \(pythonQuoted($0))." } ?? "Unexpected end of template."
        if let awaited = awaitedTags.last {
            let wanted = awaited.map { pythonQuoted("\($0)") }.joined(separator: " or ")
            if let tag, awaitedTags.contains(where: { $0.contains { "\($0)" == tag } }) {
                message +=
                    " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking"
                    + " for \(wanted)."
            } else {
                message += " Jinja was looking for the following tags: \(wanted)."
            }
        }
        if let open = openTags.last {
            message += " The innermost block that needs to be closed is \(pythonQuoted(string(open)))."
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
        var pairs: [Int32] = []
        var otherwise: Int32 = -1
        let saved = isSoft
        isSoft = true
        defer { isSoft = saved }
        while true {
            let test = try tuple(conditional: false)
            scopes.scopes[Int(scope)].branches += 1
            let branch = try block(until: "elif", "else", "endif")
            pairs.append(test)
            pairs.append(body(branch, scope: -1))
            scopes.scopes[Int(scope)].branches -= 1
            let end = next()
            if isName(end, "elif") { continue }
            if isName(end, "else") {
                scopes.scopes[Int(scope)].branches += 1
                otherwise = body(try block(until: "endif"), scope: -1)
                scopes.scopes[Int(scope)].branches -= 1
                next()
            }
            break
        }
        let tests = stride(from: 0, to: pairs.count, by: 2).map { pairs[$0] }
        return try add(
            .branch, list(pairs), Int32(pairs.count / 2), otherwise, height: above(tests), at: token)
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
            let otherwise = try parser.block(until: "endfor")
            parser.next()
            loop.otherwise = Body(first: parser.body(otherwise, scope: parser.scope))
        }
        loopDepth += 1
    }

    /// The test sees the target in a scope of its own.
    private mutating func loopTest(_ loop: inout Loop, target: Int, test: Int) throws(SyntaxFault) {
        try inner { parser throws(SyntaxFault) in
            loop.testTarget = try parser.target(from: target, end: "in")
            parser.index = test + 1
            try parser.declare(loop.testTarget, asParameter: true)
            loop.test = try parser.expression()
        }
    }

    private mutating func loopBody(_ loop: inout Loop, target start: Int, header: Int) throws(SyntaxFault) {
        scopes.scopes[Int(scope)].isLoop = true
        loop.target = try target(from: start, end: "in")
        index = header
        try declare(loop.target, asParameter: true)
        let statements = try block(until: "endfor", "else")
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
            let content = try parser.block(until: "endset")
            return parser.body(content, scope: parser.scope)
        }
        isGuarded = saved
        next()
        return try add(.assignBlock, target, content, filters, height: above(filters), at: token)
    }

    private mutating func parseWith() throws(SyntaxFault) -> Int32 {
        let token = next()
        var targets: [Int32] = []
        var values: [Int32] = []
        while current.kind != .blockEnd {
            if !targets.isEmpty { try expect(.comma) }
            targets.append(try target())
            try expect(.assign)
            values.append(try expression())
        }
        let content = try inner { parser throws(SyntaxFault) in
            for target in targets { try parser.declare(target, asParameter: true) }
            let content = try parser.block(until: "endwith")
            return parser.body(content, scope: parser.scope)
        }
        next()
        let pairs = zip(targets, values).flatMap { [$0, $1] }
        return try add(
            .with, list(pairs), Int32(targets.count), content, height: above(values), at: token)
    }

    private mutating func parsePrint() throws(SyntaxFault) -> [Int32] {
        next()
        var outputs: [Int32] = []
        while current.kind != .blockEnd {
            if !outputs.isEmpty { try expect(.comma) }
            let token = current
            let value = try expression()
            outputs.append(
                try add(.output, value, flag: isGuarded ? 1 : 0, height: above(value), at: token))
        }
        return outputs
    }

    private mutating func parseAutoescape() throws(SyntaxFault) -> Int32 {
        let token = next()
        return try inner { parser throws(SyntaxFault) in
            let value = try parser.expression()
            let content = try parser.block(until: "endautoescape")
            parser.next()
            let body = parser.body(content, scope: parser.scope)
            return try parser.add(.autoescape, value, body, height: parser.above(value), at: token)
        }
    }

    private mutating func parseFilterBlock() throws(SyntaxFault) -> Int32 {
        let token = next()
        let filters = try filterChain(try filter(try add(.collected, at: token)))
        let content = try inner { parser throws(SyntaxFault) in
            let content = try parser.block(until: "endfilter")
            return parser.body(content, scope: parser.scope)
        }
        next()
        return try add(.filterBlock, content, filters, height: above(filters), at: token)
    }
}
