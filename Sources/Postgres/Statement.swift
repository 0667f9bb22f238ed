/// Text of one SQL statement, fixed when the program is written.
///
/// Only a literal makes one, and interpolation does not compile: values go in as parameters (`$1`). Statements with
/// optional parts are put together with `+`.
public struct SQL: ExpressibleByStringLiteral, Hashable, Sendable {
    /// The text.
    public let text: String

    public init(stringLiteral text: StaticString) { self.text = text.description }

    /// Text that comes from a file of the project itself, such as a migration. Never from outside.
    public init(trusted text: String) { self.text = text }

    /// The two texts in a row, a space between them.
    public static func + (left: SQL, right: SQL) -> SQL { SQL(trusted: left.text + " " + right.text) }
}

/// A statement with its parameters, as a pipeline takes it.
public struct Statement: Sendable {
    /// The text, with `$1`, `$2`, … for the parameters.
    public let sql: SQL
    /// The values, in order; at most 65,535.
    public let parameters: [Parameter]

    /// A statement.
    public init(_ sql: SQL, _ parameters: [Parameter] = []) {
        self.sql = sql
        self.parameters = parameters
    }
}

/// Name of a database role, written in the program, always sent as a quoted identifier.
public struct Role: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The bare name.
    public let name: String

    public init(stringLiteral name: StaticString) { self.name = name.description }

    var quoted: String { quotedIdentifier(name) }
}

/// Name of a notification channel, written in the program.
public struct Channel: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The bare name.
    public let name: String

    public init(stringLiteral name: StaticString) { self.name = name.description }

    var quoted: String { quotedIdentifier(name) }
}

/// An identifier in double quotes, with those inside doubled (section 4.1.1 of the PostgreSQL documentation).
func quotedIdentifier(_ name: String) -> String {
    var quoted = "\""
    for character in name.unicodeScalars {
        if character == "\"" { quoted.unicodeScalars.append(character) }
        quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
}
