extension Parser {
    mutating func postfix(_ node: Int32) throws(SyntaxFault) -> Int32 {
        var node = try loaded(node)
        while true {
            switch current.kind {
            case .dot: node = try attribute(of: node)
            case .lbracket: node = try subscripted(node)
            case .lparen: node = try call(node)
            default: return node
            }
        }
    }

    mutating func filterChain(_ node: Int32) throws(SyntaxFault) -> Int32 {
        var node = node
        while true {
            switch current.kind {
            case .pipe:
                next()
                node = try filter(node)
            case .lparen: node = try call(node)
            case .name where isName("is"): node = try test(node)
            default: return node
            }
        }
    }

    /// A bare name that is read, not assigned.
    private mutating func loaded(_ node: Int32) throws(SyntaxFault) -> Int32 {
        guard parts.nodes[Int(node)].operation == .name, parts.nodes[Int(node)].a < 0 else { return node }
        let entry = parts.nodes[Int(node)]
        parts.nodes[Int(node)].a = symbol(forLoading: entry.b)
        return node
    }

    mutating func load(_ token: Token) throws(SyntaxFault) -> Int32 {
        let name = self.name(token)
        return try add(.name, symbol(forLoading: name), name, at: token)
    }

    private mutating func attribute(of node: Int32) throws(SyntaxFault) -> Int32 {
        let dot = next()
        let token = next()
        if token.kind == .name {
            let name = self.name(token)
            let text = parts.names.texts[Int(name)]
            if Mutation.isMutating(text) { parts.mutates = true }
            let flag: UInt8 = Methods.isOfDict(text) ? 1 : 0
            // The members of `loop` are known here already.
            let isLoop = parts.nodes[Int(node)].operation == .name && isName(tokens[index - 3], "loop")
            let member = isLoop ? LoopState.Member(name: string(token))?.rawValue ?? -1 : -1
            return try add(.attribute, node, name, member, flag: flag, height: above(node), at: token)
        }
        guard token.kind == .integer else { throw failure("expected name or number", at: token) }
        let item = try constant(try integer(token), at: token)
        return try add(.item, node, item, height: above(node), at: dot)
    }

    private mutating func subscripted(_ node: Int32) throws(SyntaxFault) -> Int32 {
        let bracket = next()
        let first = operands.count
        var slices = false
        while current.kind != .rbracket {
            if operands.count > first { try expect(.comma) }
            let start: Int32 = current.kind == .colon ? -1 : try expression()
            if current.kind == .colon {
                slices = true
                operands.append(try slice(of: node, from: start, at: bracket))
            } else {
                operands.append(start)
            }
        }
        try expect(.rbracket)
        if operands.count == first + 1 {
            let item = operands.removeLast()
            if slices { return item }
            let entry = parts.nodes[Int(item)]
            if entry.operation == .constant, let text = parts.constants[Int(entry.a)].text,
                Mutation.isMutating(text)
            {
                parts.mutates = true
            }
            return try add(.item, node, item, height: above(node, item), at: bracket)
        }
        if slices { throw failure("a slice must stand alone in a subscript", at: bracket) }
        let key = try add(.tuple, operandsFrom: first, at: bracket)
        return try add(.item, node, key, height: above(node, key), at: bracket)
    }

    private mutating func slice(of node: Int32, from start: Int32, at bracket: Token) throws(SyntaxFault)
        -> Int32
    {
        let first = operands.count
        operands.append(start)
        for _ in 1...2 {
            var bound: Int32 = -1
            if skip(.colon) {
                switch current.kind {
                case .colon, .rbracket, .comma: break
                default: bound = try expression()
                }
            }
            operands.append(bound)
        }
        let height = max(above(operandsFrom: first), above(node))
        return try add(.slice, node, list(operandsFrom: first), height: height, at: bracket)
    }

    // MARK: Calls

    private mutating func call(_ node: Int32) throws(SyntaxFault) -> Int32 {
        let token = current
        let (arguments, height) = try arguments()
        parts.calls.append(arguments)
        let call = Int32(parts.calls.count - 1)
        let entry = parts.nodes[Int(node)]
        if entry.operation == .attribute {
            return try add(
                .methodCall, entry.a, entry.b, call, flag: entry.flag, height: max(height, above(entry.a)),
                at: Token(kind: .name, start: entry.at, end: entry.at))
        }
        return try add(.call, node, -1, call, height: max(height, above(node)), at: token)
    }

    mutating func arguments() throws(SyntaxFault) -> (Arguments, UInt16) {
        let open = try expect(.lparen)
        var arguments = Arguments()
        var height: UInt16 = 0
        var needsComma = false
        var seen: Set<Text> = []
        func invalid() -> SyntaxFault {
            failure("invalid syntax for function call expression", at: open)
        }
        while current.kind != .rparen {
            if needsComma {
                try expect(.comma)
                if current.kind == .rparen { break }
            }
            needsComma = true
            let value: Int32
            if current.kind == .mul {
                guard arguments.star < 0, arguments.doubleStar < 0 else { throw invalid() }
                next()
                value = try expression()
                arguments.star = value
            } else if current.kind == .pow {
                guard arguments.doubleStar < 0 else { throw invalid() }
                next()
                value = try expression()
                arguments.doubleStar = value
            } else if current.kind == .name, peek().kind == .assign {
                guard arguments.doubleStar < 0 else { throw invalid() }
                let name = next()
                next()
                value = try expression()
                let text = Text(valid: Array(bytes(name)))
                if !seen.insert(text).inserted {
                    throw failure("keyword argument repeated: \(text.string)", at: name)
                }
                arguments.keywords.append((text, value))
            } else {
                guard arguments.star < 0, arguments.doubleStar < 0, arguments.keywords.isEmpty else {
                    throw invalid()
                }
                value = try expression()
                arguments.positional.append(value)
            }
            height = max(height, above(value))
        }
        try expect(.rparen)
        return (arguments, height)
    }

    private mutating func callIfAny() throws(SyntaxFault) -> (Int32, UInt16) {
        guard current.kind == .lparen else { return (-1, 0) }
        let (arguments, height) = try arguments()
        if arguments.isEmpty { return (-1, 0) }
        parts.calls.append(arguments)
        return (Int32(parts.calls.count - 1), height)
    }

    // MARK: Filters and tests

    /// The name of a filter or test: its token, its number among those known, and its text if it has none.
    private mutating func dottedName(
        among known: Names
    ) throws(SyntaxFault) -> (token: Token, number: Int?, unknown: String) {
        let token = try expect(.name)
        if current.kind != .dot, let number = known.find(Int(token.start)..<Int(token.end), in: parts.source)
        {
            return (token, number, "")
        }
        var name = Array(bytes(token))
        while skip(.dot) { name += [0x2E] + bytes(try expect(.name)) }
        return (token, known.find(Text(valid: name)), String(decoding: name, as: UTF8.self))
    }

    /// The `|` has been read already.
    mutating func filter(_ input: Int32) throws(SyntaxFault) -> Int32 {
        let (token, number, name) = try dottedName(among: Filters.numbers)
        let (call, height) = try callIfAny()
        let above = max(height, self.above(input))
        guard let number else {
            return try unknown("filter", name, known: Filters.names, input, height: above, at: token)
        }
        return try add(.filter, input, Int32(number), call, height: above, at: token)
    }

    private mutating func unknown(
        _ what: String, _ name: String, known: [String], _ input: Int32, height: UInt16, at token: Token
    ) throws(SyntaxFault) -> Int32 {
        if isSoft {
            let number = parts.names.number(of: name)
            return try add(.unknown, number, input, flag: what == "test" ? 1 : 0, height: height, at: token)
        }
        var failure = failure("No \(what) named \(pythonQuoted(name)).", at: token)
        failure.fault.wanted = name
        failure.fault.known = known
        throw failure
    }

    private mutating func test(_ input: Int32) throws(SyntaxFault) -> Int32 {
        let isToken = next()
        let isNegated = skip("not")
        let (token, number, name) = try dottedName(among: Tests.numbers)
        var call: Int32 = -1
        var height: UInt16 = 0
        switch current.kind {
        case .lparen: (call, height) = try callIfAny()
        case .string, .integer, .float, .lbracket, .lbrace, .name:
            if current.kind == .name, isWord(current, among: "else", "or", "and") { break }
            if isName("is") { throw failure("You cannot chain multiple tests with is", at: current) }
            // As in Jinja2: anything else that is a name is taken for the argument.
            let argument = try nested { parser throws(SyntaxFault) in
                try parser.postfix(parser.primary())
            }
            parts.calls.append(Arguments(positional: [argument]))
            call = Int32(parts.calls.count - 1)
            height = above(argument)
        default: break
        }
        let above = max(height, self.above(input))
        var node: Int32
        if let number {
            node = try add(.test, input, Int32(number), call, height: above, at: token)
        } else {
            node = try unknown("test", name, known: Tests.names, input, height: above, at: token)
        }
        if isNegated { node = try add(.not, node, height: self.above(node), at: isToken) }
        return node
    }

    // MARK: String literals

    /// Python's `unicode-escape`: unknown escapes stay as they are.
    func unescaped(_ token: Token) throws(SyntaxFault) -> [UInt8] {
        let body = parts.source[Int(token.start) + 1..<Int(token.end) - 1]
        guard body.contains(0x5C) else { return Array(body) }
        var result: [UInt8] = []
        var index = body.startIndex
        while index < body.endIndex {
            guard body[index] == 0x5C, index + 1 < body.endIndex else {
                result.append(body[index])
                index += 1
                continue
            }
            let escape = body[index + 1]
            index += 2
            switch escape {
            case 0x0A: break
            case 0x5C, 0x27, 0x22: result.append(escape)
            case 0x61: result.append(7)
            case 0x62: result.append(8)
            case 0x66: result.append(12)
            case 0x6E: result.append(10)
            case 0x72: result.append(13)
            case 0x74: result.append(9)
            case 0x76: result.append(11)
            case 0x30...0x37:
                var value = UInt32(escape - 0x30)
                var length = 1
                while length < 3, index < body.endIndex, (0x30...0x37).contains(body[index]) {
                    value = value * 8 + UInt32(body[index] - 0x30)
                    index += 1
                    length += 1
                }
                result.append(scalar: Unicode.Scalar(value) ?? "\u{FFFD}")
            case 0x78, 0x75, 0x55:
                let wanted = escape == 0x78 ? 2 : escape == 0x75 ? 4 : 8
                let digits = body[index...].prefix(wanted)
                guard digits.count == wanted, digits.allSatisfy({ $0.digitValue < 16 }),
                    let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
                else {
                    throw failure("truncated \\\(String(UnicodeScalar(escape))) escape", at: token)
                }
                guard value < 0x110000 else { throw failure("illegal Unicode character", at: token) }
                result.append(scalar: Unicode.Scalar(value) ?? "\u{FFFD}")
                index += wanted
            default:
                result.append(0x5C)
                result.append(escape)
            }
        }
        return result
    }
}
