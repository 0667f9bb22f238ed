import Synchronization

/// What only the engine makes. Each kind has the attributes and the behaviour of its Python counterpart.
public final class Object: Sendable {
    enum Kind: Sendable {
        case range(start: Int, stop: Int, step: Int)
        case generator(Generator)
        /// What `keys`, `values` and `items` of a dictionary give.
        case view(View, Dict)
        case namespace(Dict)
        case cycler(Cycler)
        case joiner(Joiner)
        case macro(Macro)
        case method(owner: Value, name: Text)
        case global(Global)
        case module(Module)
        case loop(LoopState)
        /// `self` of a template, whose attributes are its blocks.
        case blocks(Context)
        /// One block, at a level of inheritance: `super` and `self.name`.
        case block(Context, name: Text, level: Int)
        case bytes([UInt8])
    }

    enum View: String {
        case keys = "dict_keys"
        case values = "dict_values"
        case items = "dict_items"
    }

    let kind: Kind
    let depth: Int

    init(_ kind: Kind) {
        self.kind = kind
        depth =
            switch kind {
            case .generator(let generator): generator.depth
            case .view(_, let dict), .namespace(let dict): dict.depth + 1
            case .cycler(let cycler): 1 + cycler.items.deepest
            case .method(let owner, _): owner.depth + 1
            case .joiner(let joiner): joiner.separator.depth + 1
            case .loop(let loop): 1 + loop.items.deepest
            default: 1
            }
    }

    var typeName: String {
        switch kind {
        case .range: "range"
        case .generator: "generator"
        case .view(let view, _): view.rawValue
        case .namespace: "Namespace"
        case .cycler: "Cycler"
        case .joiner: "Joiner"
        case .macro: "Macro"
        case .method: "builtin_function_or_method"
        case .global(let global): global == .lipsum ? "function" : "type"
        case .module: "TemplateModule"
        case .loop: "LoopContext"
        case .blocks: "TemplateReference"
        case .block: "BlockReference"
        case .bytes: "bytes"
        }
    }
}

/// The functions that every template finds.
enum Global: String, CaseIterable {
    case range, dict, lipsum, cycler, joiner, namespace

    static let table: Table = {
        var table = Table()
        for global in allCases {
            table.set(.string(Text(global.rawValue)), .object(Object(.global(global))))
        }
        return table
    }()
}

/// A sequence that can be walked once.
final class Generator: Sendable {
    private let rest: Mutex<ArraySlice<Value>?>
    let depth: Int
    let name: String

    init(_ items: [Value], name: String = "generator") {
        rest = Mutex(items[...])
        depth = 1 + items.deepest
        self.name = name
    }

    func take() -> [Value] {
        rest.withLock { items in
            defer { items = nil }
            return Array(items ?? [])
        }
    }

    /// The first item, which is then gone.
    func next() -> Value? {
        rest.withLock { items in
            items?.popFirst()
        }
    }

    /// As `in` does it: everything up to the item found is gone.
    func takeUntil(_ isFound: (Value) -> Bool) -> Bool {
        rest.withLock { items in
            guard let all = items, let position = all.firstIndex(where: isFound) else {
                items = nil
                return false
            }
            items = all[(position + 1)...]
            return true
        }
    }
}

final class Cycler: Sendable {
    let items: [Value]
    private let position = Atomic<Int>(0)

    init(_ items: [Value]) { self.items = items }

    var current: Value { items[position.load(ordering: .relaxed)] }
    func reset() { position.store(0, ordering: .relaxed) }

    func next() -> Value {
        let now = position.load(ordering: .relaxed)
        position.store((now + 1) % items.count, ordering: .relaxed)
        return items[now]
    }
}

final class Joiner: Sendable {
    let separator: Value
    private let used = Atomic<Bool>(false)

    init(_ separator: Value) { self.separator = separator }

    func next() -> Value {
        if used.exchange(true, ordering: .relaxed) { return separator }
        return .text("")
    }
}

/// A macro, or the body of a `call` block, with what surrounds it.
final class Macro: Sendable {
    let code: Code
    let function: Int
    let cells: Cells?
    let context: Context
    let autoescape: Bool

    init(code: Code, function: Int, cells: Cells?, context: Context, autoescape: Bool) {
        self.code = code
        self.function = function
        self.cells = cells
        self.context = context
        self.autoescape = autoescape
    }

    var name: Text { code.functions[function].name }
}

/// What `import` gives: the text of a template and the names it exports.
final class Module: Sendable {
    let name: String
    let body: Value
    let exports: Dict

    init(name: String, body: Value, exports: Dict) {
        self.name = name
        self.body = body
        self.exports = exports
    }
}

/// The `loop` variable.
final class LoopState: Sendable {
    let items: [Value]
    let depth0: Int
    /// The recursive loop that it can be called as.
    let recursion: Macro?
    private let position = Atomic<Int>(0)
    private let last: Mutex<[Value]?> = Mutex(nil)

    init(items: [Value], depth0: Int, recursion: Macro?) {
        self.items = items
        self.depth0 = depth0
        self.recursion = recursion
    }

    enum Member: Int32, CaseIterable {
        case index, index0, first, last, length, revindex, revindex0, depth, depth0, previtem, nextitem

        private static let named = Dictionary(uniqueKeysWithValues: allCases.map { ("\($0)", $0) })

        init?(name: String) {
            guard let member = Self.named[name] else { return nil }
            self = member
        }
    }

    subscript(member: Member) -> Value {
        let index = index0
        switch member {
        case .index: return .int(index + 1)
        case .index0: return .int(index)
        case .first: return .bool(index == 0)
        case .last: return .bool(index == items.count - 1)
        case .length: return .int(items.count)
        case .revindex: return .int(items.count - index)
        case .revindex0: return .int(items.count - index - 1)
        case .depth: return .int(depth0 + 1)
        case .depth0: return .int(depth0)
        case .previtem: return index > 0 ? items[index - 1] : .missing("there is no previous item")
        case .nextitem: return index + 1 < items.count ? items[index + 1] : .missing("there is no next item")
        }
    }

    var index0: Int { position.load(ordering: .relaxed) }
    func move(to index: Int) { position.store(index, ordering: .relaxed) }

    func changed(_ values: [Value]) -> Bool {
        last.withLock { last in
            if let known = last, known == values { return false }
            last = values
            return true
        }
    }
}

/// The variables of a function that closures share with it.
final class Cells: Sendable {
    private let values: Mutex<[Value]>
    let parent: Cells?

    init(count: Int, parent: Cells?) {
        values = Mutex(Array(repeating: .undefined(.unresolved), count: count))
        self.parent = parent
    }

    subscript(index: Int) -> Value {
        get { values.withLock { $0[index] } }
        set { values.withLock { $0[index] = newValue } }
    }

    /// Lets go of everything, so that macros and their surroundings do not keep each other.
    func clear() { values.withLock { $0 = [] } }
}
