extension Parser {
    /// An expression, with `if … else` unless the surrounding tag uses `if` for itself.
    mutating func expression(conditional: Bool = true) throws(SyntaxFault) -> Int32 {
        depth += 1
        defer { depth -= 1 }
        if depth > options.limits.nesting {
            throw SyntaxFault(
                "nested deeper than \(options.limits.nesting) levels", at: Int(current.start), kind: .limit)
        }
        guard conditional else { return try disjunction() }
        let saved = isSoft
        defer { isSoft = saved }
        if hasConditionals, hasConditionalAhead() { isSoft = true }
        var node = try disjunction()
        while isName("if") {
            let token = next()
            isSoft = true
            let test = try disjunction()
            let otherwise: Int32 = skip("else") ? try expression() : -1
            node = try add(
                .conditional, test, node, otherwise, height: above(test, node, otherwise), at: token)
        }
        return node
    }

    /// Whether an `if` follows in this tag, so that what comes before it may never be evaluated.
    @inline(__always)
    private func hasConditionalAhead() -> Bool {
        var ahead = index
        var open = 0
        while true {
            switch tokens[ahead].kind {
            case .blockEnd, .variableEnd, .eof: return false
            case .lparen, .lbracket, .lbrace: open += 1
            case .rparen, .rbracket, .rbrace:
                open -= 1
                if open < 0 { return false }
            case .comma where open == 0: return false
            case .name where open == 0:
                if isName(tokens[ahead], "if") { return true }
            default: break
            }
            ahead += 1
            // Looking further would make parsing quadratic for the sake of a message.
            if ahead - index > 200 { return false }
        }
    }

    /// Most expressions are one operand, which no operator follows: then the levels in between need not be gone through.
    private mutating func disjunction() throws(SyntaxFault) -> Int32 {
        if isName("not") { return try disjunction(after: nil) }
        let operand = try unary()
        switch current.kind {
        case .variableEnd, .blockEnd, .comma, .rparen, .rbracket, .rbrace, .colon, .assign: return operand
        default: return try disjunction(after: operand)
        }
    }

    /// This level and those below take the first operand where it has been read already.
    private mutating func disjunction(after operand: Int32?) throws(SyntaxFault) -> Int32 {
        var left = try conjunction(after: operand)
        while isName("or") {
            let token = next()
            let right = try conjunction()
            left = try add(.or, left, right, height: above(left, right), at: token)
        }
        return left
    }

    private mutating func conjunction(after operand: Int32? = nil) throws(SyntaxFault) -> Int32 {
        var left = if let operand { try comparison(after: operand) } else { try negation() }
        while isName("and") {
            let token = next()
            let right = try negation()
            left = try add(.and, left, right, height: above(left, right), at: token)
        }
        return left
    }

    private mutating func negation() throws(SyntaxFault) -> Int32 {
        guard isName("not") else { return try comparison() }
        let token = next()
        let operand = try nested { parser throws(SyntaxFault) in try parser.negation() }
        return try add(.not, operand, height: above(operand), at: token)
    }

    private mutating func comparison(after operand: Int32? = nil) throws(SyntaxFault) -> Int32 {
        let first = try sum(after: operand)
        let start = operands.count
        let token = current
        while let operation = comparisonOperator() {
            var operand = try sum()
            if operation == .isIn || operation == .isNotIn { operand = try frozen(operand) }
            operands.append(Int32(operation.rawValue))
            operands.append(operand)
        }
        switch operands.count - start {
        case 0: return first
        case 2:
            let (operand, operation) = (operands.removeLast(), UInt8(operands.removeLast()))
            return try add(
                .compare, first, operand, flag: operation, height: above(first, operand), at: token)
        default:
            let height = max(above(operandsFrom: start + 1, step: 2), above(first))
            let count = Int32(operands.count - start) / 2
            return try add(
                .compareChain, first, list(operandsFrom: start), count, height: height, at: token)
        }
    }

    private mutating func comparisonOperator() -> Comparison? {
        let operation: Comparison
        switch current.kind {
        case .eq: operation = .equal
        case .ne: operation = .notEqual
        case .lt: operation = .less
        case .lteq: operation = .lessOrEqual
        case .gt: operation = .greater
        case .gteq: operation = .greaterOrEqual
        case .name:
            if isName("in") {
                operation = .isIn
            } else if isName("not"), isName(peek(), "in") {
                next()
                operation = .isNotIn
            } else {
                return nil
            }
        default: return nil
        }
        next()
        return operation
    }

    private mutating func sum(after operand: Int32? = nil) throws(SyntaxFault) -> Int32 {
        var left = try concatenation(after: operand)
        while current.kind == .add || current.kind == .sub {
            let token = next()
            let right = try concatenation()
            left = try add(
                token.kind == .add ? .add : .subtract, left, right, height: above(left, right), at: token)
        }
        return left
    }

    private mutating func concatenation(after operand: Int32? = nil) throws(SyntaxFault) -> Int32 {
        let first = try product(after: operand)
        guard current.kind == .tilde else { return first }
        let token = current
        let start = operands.count
        operands.append(first)
        while skip(.tilde) { operands.append(try product()) }
        // Jinja2 folds what is constant before it runs, and safe text is then joined as plain text.
        let isFolded = operands[start...].allSatisfy { isConstant($0) }
        let node = try add(.concat, operandsFrom: start, at: token)
        if isFolded { parts.nodes[Int(node)].flag = 1 }
        return node
    }

    private func isConstant(_ index: Int32) -> Bool {
        let node = parts.nodes[Int(index)]
        switch node.operation {
        case .constant: return true
        case .filter: return node.c < 0 && isConstant(node.a)
        case .concat: return node.flag == 1
        default: return false
        }
    }

    private mutating func product(after operand: Int32? = nil) throws(SyntaxFault) -> Int32 {
        var left = try exponentiation(after: operand)
        while true {
            let operation: Operation
            switch current.kind {
            case .mul: operation = .multiply
            case .div: operation = .divide
            case .floordiv: operation = .floorDivide
            case .mod: operation = .modulo
            default: return left
            }
            let token = next()
            let right = try exponentiation()
            left = try add(operation, left, right, height: above(left, right), at: token)
        }
    }

    private mutating func exponentiation(after operand: Int32? = nil) throws(SyntaxFault) -> Int32 {
        // To the left, unlike Python: Jinja puts every step into parentheses.
        var left = if let operand { operand } else { try unary() }
        while current.kind == .pow {
            let token = next()
            let right = try unary()
            left = try add(.power, left, right, height: above(left, right), at: token)
        }
        return left
    }

    mutating func unary(filters: Bool = true) throws(SyntaxFault) -> Int32 {
        let token = current
        var node: Int32
        switch token.kind {
        case .sub, .add:
            next()
            let operand = try nested { parser throws(SyntaxFault) in try parser.unary(filters: false) }
            node = try add(token.kind == .sub ? .negate : .plus, operand, height: above(operand), at: token)
        default: node = try primary()
        }
        node = try postfix(node)
        return filters ? try filterChain(node) : node
    }

    // MARK: Primaries

    @inline(__always)
    func isWord(_ token: Token, among words: StaticString...) -> Bool { words.contains { isName(token, $0) } }

    mutating func primary(namespaces: Bool = false) throws(SyntaxFault) -> Int32 {
        let token = current
        switch token.kind {
        case .name: return try nameOrConstant(namespaces: namespaces)
        case .string:
            var bytes = try unescaped(next())
            while current.kind == .string { bytes += try unescaped(next()) }
            return try constant(.text(bytes), at: token)
        case .integer:
            next()
            return try constant(try integer(token), at: token)
        case .float:
            next()
            let digits = string(token).filter { $0 != "_" }
            return try constant(.float(Double(digits) ?? .infinity), at: token)
        case .lparen:
            next()
            let node = try tuple(isParenthesised: true)
            try expect(.rparen)
            return node
        case .lbracket: return try listLiteral()
        case .lbrace: return try dictLiteral()
        default: throw failure("unexpected '\(describe(token))'", at: token)
        }
    }

    private mutating func nameOrConstant(namespaces: Bool) throws(SyntaxFault) -> Int32 {
        let token = next()
        switch parts.source[Int(token.start)] | 0x20 {
        case 0x74: if isWord(token, among: "true", "True") { return try constant(true, at: token) }
        case 0x66: if isWord(token, among: "false", "False") { return try constant(false, at: token) }
        case 0x6E: if isWord(token, among: "none", "None") { return try constant(.none, at: token) }
        default: break
        }
        if namespaces, current.kind == .dot {
            next()
            let attribute = try expect(.name)
            let owner = try load(token)
            return try add(.storeAttribute, owner, name(attribute), at: token)
        }
        return try add(.name, -1, name(token), at: token)
    }

    func integer(_ token: Token) throws(SyntaxFault) -> Value {
        let digits = bytes(token).filter { $0 != 0x5F }
        var radix = 10
        var rest = digits[...]
        if digits.count > 2, digits[0] == 0x30 {
            switch digits[1] | 0x20 {
            case 0x78: radix = 16
            case 0x6F: radix = 8
            case 0x62: radix = 2
            default: break
            }
            if radix != 10 { rest = digits.dropFirst(2) }
        }
        if let small = Int(String(decoding: rest, as: UTF8.self), radix: radix) { return .int(small) }
        func tooLarge() -> SyntaxFault {
            SyntaxFault(
                "a number of more than \(BigInteger.maximumBits) bits", at: Int(token.start), kind: .limit)
        }
        guard rest.count <= BigInteger.maximumBits else { throw tooLarge() }
        let values = rest.map { UInt32($0.digitValue) }
        let number = BigInteger(digits: values, base: UInt32(radix), isNegative: false)
        guard number.bits <= BigInteger.maximumBits else { throw tooLarge() }
        return number.value
    }

    /// A tuple, or a single expression when there is no comma.
    mutating func tuple(
        conditional: Bool = true, isParenthesised: Bool = false, end: StaticString? = nil
    ) throws(SyntaxFault) -> Int32 {
        let token = current
        if isTupleEnd(end) {
            if isParenthesised { return try add(.tuple, Int32(parts.lists.count), 0, at: token) }
            throw failure("Expected an expression, got '\(describe(current))'", at: current)
        }
        let first = try expression(conditional: conditional)
        guard current.kind == .comma else { return first }
        let start = operands.count
        operands.append(first)
        while skip(.comma), !isTupleEnd(end) { operands.append(try expression(conditional: conditional)) }
        return try add(.tuple, operandsFrom: start, at: token)
    }

    @inline(__always)
    func isTupleEnd(_ end: StaticString?) -> Bool {
        switch current.kind {
        case .variableEnd, .blockEnd, .rparen: true
        default: end.map { isName($0) } ?? false
        }
    }

    private mutating func listLiteral() throws(SyntaxFault) -> Int32 {
        let token = next()
        let start = operands.count
        while current.kind != .rbracket {
            if operands.count > start { try expect(.comma) }
            if current.kind == .rbracket { break }
            operands.append(try expression())
        }
        try expect(.rbracket)
        return try add(.list, operandsFrom: start, at: token)
    }

    private mutating func dictLiteral() throws(SyntaxFault) -> Int32 {
        let token = next()
        let start = operands.count
        while current.kind != .rbrace {
            if operands.count > start { try expect(.comma) }
            if current.kind == .rbrace { break }
            operands.append(try expression())
            try expect(.colon)
            operands.append(try expression())
        }
        try expect(.rbrace)
        let (count, height) = (Int32(operands.count - start) / 2, above(operandsFrom: start))
        return try add(.dict, list(operandsFrom: start), count, height: height, at: token)
    }

    /// A list of constants that is only looked at need not be made anew each time.
    mutating func frozen(_ node: Int32) throws(SyntaxFault) -> Int32 {
        let entry = parts.nodes[Int(node)]
        guard entry.operation == .list || entry.operation == .tuple else { return node }
        var values: [Value] = []
        for item in 0..<entry.b {
            let child = parts.nodes[Int(parts.lists[Int(entry.a + item)])]
            guard child.operation == .constant else { return node }
            values.append(parts.constants[Int(child.a)])
        }
        parts.constants.append(entry.operation == .list ? .list(values) : .tuple(values))
        parts.nodes[Int(node)] = Node(
            operation: .constant, a: Int32(parts.constants.count - 1), at: entry.at)
        return node
    }
}
