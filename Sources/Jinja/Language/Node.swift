/// What a node does. Operands `a`, `b`, `c` are indices of other nodes or of a side table of `Code`.
enum Operation: UInt8 {
    // Expressions
    /// a: constant.
    case constant
    /// a: slot, b: name. Before scopes are settled `name` stands in their place, a: symbol, b: name.
    case name, local, cell
    /// b: name, which is looked up in the context.
    case free
    /// a: first in `lists`, b: count.
    case list, tuple, dict, concat
    /// a: target, b: name.
    case attribute
    /// a: slot of the loop variable, b: which member.
    case item
    /// a: target; b: first of three in `lists` (start, stop, step), each -1 if left out.
    case slice
    case not, negate, plus
    case add, subtract, multiply, divide, floorDivide, modulo, power
    /// a, b: operands; `flag`: the comparison.
    case compare
    /// a: first operand, b: first in `lists` of pairs (comparison, operand), c: number of pairs.
    case compareChain
    case and, or
    /// a: test, b: then, c: otherwise or -1.
    case conditional
    /// a: input, b: filter, c: call or -1.
    case filter
    /// a: input, b: test, c: call or -1.
    case test
    /// a: name of an unknown filter or test where it only matters if it is reached; `flag` 1 for tests.
    case unknown
    /// a: callee, c: call.
    case call
    /// a: target, b: name, c: call.
    case methodCall
    /// The text collected by the surrounding filter block.
    case collected

    // Statements
    /// a: first byte, b: past the last.
    case text
    /// a: expression. `flag` 1: not once a parent template is known.
    case output
    /// a: expression.
    case evaluate
    /// a: first in `lists` of pairs (test, body), b: number of pairs, c: body of `else` or -1.
    case branch
    /// a: loop.
    case loop
    case breakLoop, continueLoop
    /// a: target, b: expression.
    case assign
    /// a: target, b: scope body, c: filter expression or -1.
    case assignBlock
    /// Targets. store: a: symbol then slot, b: name; storeCell: a: slot, b: name, c: hops; `flag` 1: export.
    case store, storeCell
    /// a: name node of the namespace, b: name.
    case storeAttribute
    /// a: function, b: target.
    case macro
    /// a: function, b: call expression.
    case callBlock
    /// a: scope body, b: filter expression.
    case filterBlock
    /// a: first in `lists` of pairs (target, value), b: number of pairs, c: scope body.
    case with
    /// a: scope body.
    case scope
    /// a: expression, b: scope body.
    case autoescape
    /// a: block site.
    case block
    case extends
    /// a: inclusion.
    case include, importModule, importNames
}

enum Comparison: UInt8 {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, isIn, isNotIn
}

struct Node {
    var operation: Operation
    var flag: UInt8 = 0
    /// Levels of nodes below, bounded by the parser so that walking down is safe.
    var height: UInt16 = 0
    var a: Int32 = -1
    var b: Int32 = -1
    var c: Int32 = -1
    /// Byte offset in the source, for messages.
    var at: UInt32
}

/// A run of statements in `Code.lists`, and what its scope sets on entry.
struct Body {
    var first: Int32 = 0
    var count: Int32 = 0
    var resets: Range<Int32> = 0..<0
}

/// What happens to a variable of a scope when the scope is entered.
struct Reset {
    enum Kind: UInt8 { case unresolved, unassigned, alias }
    var kind: Kind
    var target: Place
    var source: Place
}

/// Where a variable lies: in the slots of the running function, or in cells that closures share.
struct Place {
    var slot: Int32
    /// -1: a slot; otherwise how many functions outwards.
    var hops: Int32

    /// Nowhere: it is looked up in the context.
    static let context = Place(slot: -1, hops: -1)
}

struct Arguments {
    var positional: [Int32] = []
    var keywords: [(name: Text, value: Int32)] = []
    var star: Int32 = -1
    var doubleStar: Int32 = -1

    var isEmpty: Bool { positional.isEmpty && keywords.isEmpty && star < 0 && doubleStar < 0 }
}

struct Loop {
    var target: Int32 = -1
    var iterable: Int32 = -1
    var test: Int32 = -1
    /// The target as the test's own scope sees it.
    var testTarget: Int32 = -1
    var testResets: Range<Int32> = 0..<0
    var body = Body()
    var otherwise: Body?
    /// The function of a recursive loop, or -1.
    var function: Int32 = -1
    /// Where `loop` lies if the body mentions it.
    var variable: Place?
    var variableSymbol: Int32 = -1
}

/// A piece of a template with slots of its own: the template itself, a block, a macro, a recursive loop.
struct Function {
    enum Kind { case root, block, macro, loop }
    var kind: Kind
    var name: Text
    var parent: Int32
    var body = Body()
    var slots: Int32 = 0
    var cells: Int32 = 0
    var parameters: [Parameter] = []
    var caller: Place?
    var varargs: Place?
    var kwargs: Place?
    var selfPlace: Place?
    var superPlace: Place?
    var catchesCaller = false
    /// Whether it looks at arguments that are not in its signature.
    var takesMore: Bool { caller != nil || varargs != nil || kwargs != nil }
    /// The recursive loop that this is the body of.
    var loop: Int32 = -1
    /// The outermost of its scopes.
    var scope: Int32 = -1

    struct Parameter {
        var name: Text
        var symbol: Int32
        var place = Place(slot: 0, hops: -1)
        var defaultValue: Int32 = -1
    }
}

/// What a call of a function needs first, small enough to be copied for nothing.
struct Frame {
    var slots: Int32
    var cells: Int32
    var selfPlace: Place?
    var resets: Range<Int32>
}

struct BlockSite {
    var name: Text
    var function: Int32
    var isScoped: Bool
    var isRequired: Bool
    var locals: [Local] = []
    var scope: Int32
}

/// A variable that an included template may see.
struct Local {
    var name: Text
    var place: Place
}

struct Inclusion {
    var template: Int32
    var ignoresMissing = false
    var withContext = false
    var locals: [Local] = []
    var scope: Int32
    /// `import … as`: one target. `from … import`: a target per name.
    var targets: [Int32] = []
    var names: [Text] = []
}

/// A compiled template: flat, immutable, with names settled to slots.
final class Code: Sendable {
    let name: String
    let source: [UInt8]
    let nodes: [Node]
    let lists: [Int32]
    let constants: [Value]
    let names: [Text]
    let calls: [Arguments]
    let loops: [Loop]
    let functions: [Function]
    let frames: [Frame]
    let bodies: [Body]
    let resets: [Reset]
    let blockSites: [BlockSite]
    let inclusions: [Inclusion]
    let blocks: [Text: Int32]
    let autoescape: Bool
    let hasExtends: Bool
    /// Whether it may change lists or dictionaries that it was given.
    let mutates: Bool

    init(_ parts: consuming Assembly, name: String, autoescape: Bool) {
        self.name = name
        self.autoescape = autoescape
        source = parts.source
        nodes = parts.nodes
        lists = parts.lists
        constants = parts.constants
        names = parts.names.texts
        calls = parts.calls
        loops = parts.loops
        functions = parts.functions
        frames = parts.functions.map {
            Frame(slots: $0.slots, cells: $0.cells, selfPlace: $0.selfPlace, resets: $0.body.resets)
        }
        bodies = parts.bodies
        resets = parts.resets
        blockSites = parts.blockSites
        inclusions = parts.inclusions
        blocks = parts.blocks
        hasExtends = parts.hasExtends
        mutates = parts.mutates
    }
}

/// The parts of a template while it is put together.
struct Assembly: ~Copyable {
    var source: [UInt8]
    var nodes: [Node] = []
    var lists: [Int32] = []
    var constants: [Value] = []
    var names: Names
    var calls: [Arguments] = []
    var loops: [Loop] = []
    var functions: [Function] = []
    var bodies: [Body] = []
    var resets: [Reset] = []
    var blockSites: [BlockSite] = []
    var inclusions: [Inclusion] = []
    var blocks: [Text: Int32] = [:]
    var hasExtends = false
    var mutates = false
}
