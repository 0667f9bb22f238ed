/// How an environment reads and renders templates.
public struct Options: Sendable {
    /// When `&`, `<`, `>` and quotes are escaped in what is printed.
    public enum Autoescape: Sendable {
        case off, on
        /// On for names that end in `.html`, `.htm` or `.xml`, also before a final `.j2` or `.jinja`.
        case byExtension

        func applies(to name: String) -> Bool {
            switch self {
            case .off: return false
            case .on: return true
            case .byExtension:
                var rest = name[...]
                while let dot = rest.utf8.lastIndex(of: UInt8(ascii: ".")) {
                    switch rest[dot...].lowercased() {
                    case ".html", ".htm", ".xml": return true
                    // What only says that it is a template stands after what says of what kind, once.
                    case ".j2", ".jinja", ".jinja2": if rest.endIndex < name.endIndex { return false }
                    default: return false
                    }
                    rest = rest[..<dot]
                }
                return false
            }
        }
    }

    /// What a name without a value does.
    public enum UndefinedBehaviour: Sendable {
        /// Prints as nothing, fails when something is asked of it.
        case `default`
        /// Fails whenever it is used other than in `is defined` and `default`.
        case strict
    }

    public var autoescape: Autoescape
    /// The first line break after a block tag goes.
    public var trimBlocks: Bool
    /// White space before a block tag that begins its line goes.
    public var lstripBlocks: Bool
    public var keepTrailingNewline: Bool
    public var undefined: UndefinedBehaviour
    public var limits: Limits

    public init(
        autoescape: Autoescape = .byExtension, trimBlocks: Bool = false, lstripBlocks: Bool = false,
        keepTrailingNewline: Bool = false, undefined: UndefinedBehaviour = .default, limits: Limits = Limits()
    ) {
        self.autoescape = autoescape
        self.trimBlocks = trimBlocks
        self.lstripBlocks = lstripBlocks
        self.keepTrailingNewline = keepTrailingNewline
        self.undefined = undefined
        self.limits = limits
    }
}

/// What a template may use up before it is stopped with an error of kind `limit`.
public struct Limits: Sendable {
    /// Bytes of source of one template.
    public var sourceBytes = 1 << 20
    /// Levels of nesting in an expression or of blocks in each other.
    public var nesting = 150
    /// Steps of one render: nodes evaluated, items walked, and one for each 64 bytes of text made.
    public var instructions = 10_000_000
    /// Macros, includes, blocks and recursive loops within each other.
    public var recursion = 200
    /// Bytes of stack that one render may use, a backstop for the limits above.
    public var stackBytes = 1 << 20
    /// Turns of one loop, and items of one range or list.
    public var loopLength = 1_000_000
    /// Bytes of output of one render.
    public var outputBytes = 32 << 20
    /// Bytes of one string that a template makes, by repetition or otherwise.
    public var stringBytes = 8 << 20
    /// Compiled templates that an environment keeps.
    public var cachedTemplates = 1_000

    public init() {}
}

/// Where templates come from: a name to its source, or nil if there is none.
public struct Loader: Sendable {
    let load: @Sendable (String) throws -> String?

    public init(_ load: @escaping @Sendable (String) throws -> String?) { self.load = load }

    /// Templates held in memory.
    public static func dictionary(_ sources: [String: String]) -> Loader { Loader { sources[$0] } }
    /// No templates.
    public static var empty: Loader { Loader { _ in nil } }
}
