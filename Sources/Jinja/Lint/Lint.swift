/// Something that is wrong with a template, or likely to be.
public struct Finding: Sendable, Equatable, CustomStringConvertible {
    public enum Rule: String, Sendable {
        /// It does not compile.
        case syntax
        /// A variable that is not declared.
        case undefinedVariable = "undefined_variable"
        /// What can never be rendered.
        case unreachable
        /// A filter that does not exist.
        case unknownFilter = "unknown_filter"
        /// A test that does not exist.
        case unknownTest = "unknown_test"
        /// An HTML element that is opened and not closed, or the other way round.
        case unbalancedHTML = "unbalanced_html"
    }

    public let rule: Rule
    /// Counted from 1.
    public let line: Int
    public let column: Int
    public let message: String

    public var description: String { "\(line):\(column): \(rule.rawValue): \(message)" }
}

/// Checks templates without rendering them.
public enum Lint {
    /// Findings in the order of their places.
    ///
    /// - Parameter declared: the names that templates will be given; nil if they are not known.
    public static func findings(
        in source: String, name: String, declared: Set<String>?, options: Options = Options()
    ) -> [Finding] {
        do {
            _ = try Environment(options: options).compile(source, name: name)
            return []
        } catch {
            return [
                Finding(rule: .syntax, line: error.line, column: error.column, message: error.message)
            ]
        }
    }
}
