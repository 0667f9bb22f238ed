/// Reads tokens into the flat form. One pass; scopes are settled at the end. Too large to be copied by accident.
struct Parser: ~Copyable {
    let options: Options
    let templateName: String
    let tokens: [Token]
    var index = 0
    var parts: Assembly
    var scopes = Scopes()
    var scope: Int32 = 0
    var function: Int32 = 0
    /// Levels of expression and statement nesting at this point.
    var depth = 0
    /// Within `if` or a conditional expression an unknown filter only fails when it is reached.
    var isSoft = false
    /// Within a loop, for `break` and `continue`.
    var loopDepth = 0
    /// Output of the template itself, which ends once a parent is known.
    var isGuarded = true
    /// The statement that is being read.
    var openTag: Token?
    /// Whether any expression of the template may have an `if` of its own.
    let hasConditionals: Bool
    /// The tags that may end the innermost open body, and those that may end any.
    var awaited = EndTags.none
    var allAwaited = EndTags.none
    /// Nodes read so far of the lists that are still open, the innermost last.
    var operands: [Int32] = []
    var pendingBodies: [(body: Int32, scope: Int32, isRepeated: Bool)] = []

    /// The template that a source is, and whether it has names that were not among the known ones.
    static func compile(
        _ source: [UInt8], name: String, options: Options, autoescape: Bool, known: KnownNames
    ) throws(TemplateError) -> (code: Code, hasNewNames: Bool) {
        guard source.count <= options.limits.sourceBytes else {
            let fault = Fault.limit("the source is longer than \(options.limits.sourceBytes) bytes")
            throw TemplateError(fault, template: name, source: [], at: 0)
        }
        let text = Lexer.normalized(source, keepsTrailingNewline: options.keepTrailingNewline)
        do {
            var lexer = Lexer(source: text, options: options)
            let tokens = try lexer.run()
            var parser = Parser(
                options: options, name: name, source: text, tokens: tokens,
                hasConditionals: lexer.hasConditionals, known: known)
            try parser.template()
            let hasNewNames = parser.parts.names.hasNew
            return (parser.code(autoescape: autoescape), hasNewNames)
        } catch {
            throw TemplateError(error.fault, template: name, source: text, at: error.at)
        }
    }

    private init(
        options: Options, name: String, source: [UInt8], tokens: [Token], hasConditionals: Bool,
        known: KnownNames
    ) {
        self.options = options
        templateName = name
        self.tokens = tokens
        self.hasConditionals = hasConditionals
        parts = Assembly(source: source, names: Names(known: known))
        // Room from the start: growing step by step is what short templates spend most of their time on.
        parts.nodes.reserveCapacity(tokens.count)
        parts.lists.reserveCapacity(tokens.count / 2 + 8)
        parts.constants.reserveCapacity(tokens.count / 8 + 4)
        parts.names.reserveCapacity(tokens.count / 8 + 8)
        scopes.reserveCapacity(tokens.count)
        operands.reserveCapacity(32)
        parts.functions.reserveCapacity(tokens.count / 64 + 1)
        parts.bodies.reserveCapacity(tokens.count / 16 + 1)
        pendingBodies.reserveCapacity(tokens.count / 16 + 1)
    }

    private consuming func code(autoescape: Bool) -> Code {
        Code(parts, name: templateName, autoescape: autoescape)
    }

    private mutating func template() throws(SyntaxFault) {
        _ = openFunction(.root, name: Text(templateName), parent: -1, scopeParent: -1)
        parts.functions[0].body = try statements(until: .none)
        finish()
    }

    // MARK: Tokens
    //
    // What only reads is inlined: called, it would be given a copy of the whole parser.

    @inline(__always)
    var current: Token { tokens[index] }
    @inline(__always)
    func peek(_ offset: Int = 1) -> Token { tokens[min(index + offset, tokens.count - 1)] }

    @discardableResult
    mutating func next() -> Token {
        let token = tokens[index]
        if index + 1 < tokens.count { index += 1 }
        return token
    }

    @inline(__always)
    func bytes(_ token: Token) -> ArraySlice<UInt8> { parts.source[Int(token.start)..<Int(token.end)] }
    func string(_ token: Token) -> String { String(decoding: bytes(token), as: UTF8.self) }

    /// The number of the name that a token is.
    mutating func name(_ token: Token) -> Int32 {
        parts.names.number(of: Int(token.start)..<Int(token.end), in: parts.source)
    }

    @inline(__always)
    func isName(_ token: Token, _ word: StaticString) -> Bool {
        guard token.kind == .name, Int(token.end - token.start) == word.utf8CodeUnitCount else {
            return false
        }
        return parts.source.withUnsafeBufferPointer { source in
            for offset in 0..<word.utf8CodeUnitCount
            where source[Int(token.start) + offset] != word.utf8Start[offset] {
                return false
            }
            return true
        }
    }

    @inline(__always)
    func isName(_ word: StaticString) -> Bool { isName(current, word) }

    mutating func skip(_ word: StaticString) -> Bool {
        guard isName(word) else { return false }
        next()
        return true
    }

    mutating func skip(_ kind: TokenKind) -> Bool {
        guard current.kind == kind else { return false }
        next()
        return true
    }

    @discardableResult
    mutating func expect(_ kind: TokenKind) throws(SyntaxFault) -> Token {
        guard current.kind == kind else { throw expected(kind.description) }
        return next()
    }

    mutating func expect(_ word: StaticString) throws(SyntaxFault) {
        guard skip(word) else { throw expected("\(word)") }
    }

    private func expected(_ what: String) -> SyntaxFault {
        let message =
            current.kind == .eof
            ? "unexpected end of template, expected '\(what)'."
            : "expected token '\(what)', got '\(describe(current))'"
        return SyntaxFault(message, at: Int(current.start))
    }

    func describe(_ token: Token) -> String { token.kind == .name ? string(token) : token.kind.description }

    func failure(_ message: String, at token: Token) -> SyntaxFault {
        SyntaxFault(message, at: Int(token.start))
    }

    // MARK: Nodes

    mutating func add(_ node: Node) throws(SyntaxFault) -> Int32 {
        if Int(node.height) > options.limits.nesting {
            throw SyntaxFault(
                "nested deeper than \(options.limits.nesting) levels", at: Int(node.at), kind: .limit)
        }
        parts.nodes.append(node)
        return Int32(parts.nodes.count - 1)
    }

    mutating func add(
        _ operation: Operation, _ a: Int32 = -1, _ b: Int32 = -1, _ c: Int32 = -1, flag: UInt8 = 0,
        height: UInt16 = 0, at token: Token
    ) throws(SyntaxFault) -> Int32 {
        try add(Node(operation: operation, flag: flag, height: height, a: a, b: b, c: c, at: token.start))
    }

    /// The height of a node over one, two or three others; -1 stands for none.
    @inline(__always)
    func above(_ first: Int32, _ second: Int32 = -1, _ third: Int32 = -1) -> UInt16 {
        func height(_ node: Int32) -> UInt16 { node < 0 ? 0 : parts.nodes[Int(node)].height }
        return max(height(first), height(second), height(third)) + 1
    }

    /// The height of a node over the operands from `first` on, or over every `step`th of them.
    @inline(__always)
    func above(operandsFrom first: Int, step: Int = 1) -> UInt16 {
        var height: UInt16 = 0
        for position in stride(from: first, to: operands.count, by: step) where operands[position] >= 0 {
            height = max(height, parts.nodes[Int(operands[position])].height)
        }
        return height + 1
    }

    /// Moves the operands from `first` on to `lists`, and says where they begin there.
    mutating func list(operandsFrom first: Int) -> Int32 {
        let start = Int32(parts.lists.count)
        for position in first..<operands.count { parts.lists.append(operands[position]) }
        operands.removeLast(operands.count - first)
        return start
    }

    /// A node over the operands from `first` on, which it takes.
    mutating func add(_ operation: Operation, operandsFrom first: Int, at token: Token) throws(SyntaxFault)
        -> Int32
    {
        let (count, height) = (Int32(operands.count - first), above(operandsFrom: first))
        return try add(operation, list(operandsFrom: first), count, height: height, at: token)
    }

    mutating func constant(_ value: Value, at token: Token) throws(SyntaxFault) -> Int32 {
        parts.constants.append(value)
        return try add(.constant, Int32(parts.constants.count - 1), at: token)
    }

    mutating func nested<Result>(_ body: (inout Parser) throws(SyntaxFault) -> Result) throws(SyntaxFault)
        -> Result
    {
        depth += 1
        defer { depth -= 1 }
        if depth > options.limits.nesting {
            throw SyntaxFault(
                "nested deeper than \(options.limits.nesting) levels", at: Int(current.start), kind: .limit)
        }
        return try body(&self)
    }

    // MARK: Scopes and functions

    mutating func openFunction(_ kind: Function.Kind, name: Text, parent: Int32, scopeParent: Int32) -> Int32
    {
        parts.functions.append(Function(kind: kind, name: name, parent: parent))
        function = Int32(parts.functions.count - 1)
        scope = scopes.open(parent: scopeParent, function: function)
        parts.functions[Int(function)].scope = scope
        return function
    }

    /// Parses something in a scope of its own and comes back.
    mutating func inner<Result>(
        _ body: (inout Parser) throws(SyntaxFault) -> Result
    ) throws(SyntaxFault) -> Result {
        let saved = (scope, isSoft)
        scope = scopes.open(parent: scope, function: function)
        isSoft = false
        let result = try body(&self)
        (scope, isSoft) = saved
        return result
    }

    /// Parses something as a function of its own and comes back.
    mutating func innerFunction<Result>(
        _ kind: Function.Kind, name: Text, isDetached: Bool = false,
        _ body: (inout Parser, Int32) throws(SyntaxFault) -> Result
    ) throws(SyntaxFault) -> Result {
        let saved = (scope, function, isSoft, loopDepth, isGuarded)
        let opened = openFunction(
            kind, name: name, parent: isDetached ? -1 : function, scopeParent: isDetached ? -1 : scope)
        isSoft = false
        if kind != .loop {
            loopDepth = 0
            isGuarded = false
        }
        let result = try body(&self, opened)
        (scope, function, isSoft, loopDepth, isGuarded) = saved
        return result
    }

    /// Keeps a body whose resets are known once the scopes are settled.
    mutating func body(_ body: Body, scope: Int32, isRepeated: Bool = false) -> Int32 {
        parts.bodies.append(body)
        pendingBodies.append((Int32(parts.bodies.count - 1), scope, isRepeated))
        return Int32(parts.bodies.count - 1)
    }
}
