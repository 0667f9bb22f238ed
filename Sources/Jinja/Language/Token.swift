enum TokenKind: UInt8 {
    case data, variableBegin, variableEnd, blockBegin, blockEnd
    case name, string, integer, float
    case add, sub, div, floordiv, mul, mod, pow, tilde
    case lbracket, rbracket, lparen, rparen, lbrace, rbrace
    case eq, ne, gt, gteq, lt, lteq, assign, dot, colon, pipe, comma, semicolon
    case eof

    /// As Jinja2 names it in messages.
    var description: String {
        switch self {
        case .data: "template data / text"
        case .variableBegin: "begin of print statement"
        case .variableEnd: "end of print statement"
        case .blockBegin: "begin of statement block"
        case .blockEnd: "end of statement block"
        case .name: "name"
        case .string: "string"
        case .integer: "integer"
        case .float: "float"
        case .add: "+"
        case .sub: "-"
        case .div: "/"
        case .floordiv: "//"
        case .mul: "*"
        case .mod: "%"
        case .pow: "**"
        case .tilde: "~"
        case .lbracket: "["
        case .rbracket: "]"
        case .lparen: "("
        case .rparen: ")"
        case .lbrace: "{"
        case .rbrace: "}"
        case .eq: "=="
        case .ne: "!="
        case .gt: ">"
        case .gteq: ">="
        case .lt: "<"
        case .lteq: "<="
        case .assign: "="
        case .dot: "."
        case .colon: ":"
        case .pipe: "|"
        case .comma: ","
        case .semicolon: ";"
        case .eof: "end of template"
        }
    }
}

struct Token {
    var kind: TokenKind
    var start: UInt32
    var end: UInt32
}

/// What ends a lexing or parsing, with its place.
struct SyntaxFault: Error {
    var fault: Fault
    var at: Int

    init(_ message: String, at: Int, kind: TemplateError.Kind = .syntax) {
        fault = Fault(kind: kind, message: message)
        self.at = at
    }
}
