import Synchronization

/// A list or tuple. Shared by reference, as in Python: `append` is seen through every name.
public final class List: Sendable {
    private let fixed: [Value]
    private let cell: Mutex<[Value]?>
    /// Lists that came with the context never change: they may be in use by other renders.
    let isFrozen: Bool
    /// How deep its items lay within each other when it was made.
    let depth: Int

    /// A pair of `groupby`, whose parts also have names.
    let isGroup: Bool

    /// A list that will never change.
    init(_ items: [Value], isGroup: Bool = false) {
        fixed = items
        self.isGroup = isGroup
        cell = Mutex(nil)
        isFrozen = true
        depth = 1 + items.deepest
    }

    /// A list that the template which made it may change.
    init(mutable items: [Value]) {
        fixed = []
        isGroup = false
        cell = Mutex(items)
        isFrozen = false
        depth = 1 + items.deepest
    }

    var items: [Value] { isFrozen ? fixed : cell.withLock { $0 ?? [] } }
    var count: Int { isFrozen ? fixed.count : cell.withLock { $0?.count ?? 0 } }

    /// Changes the items in place; only for a list that is not frozen.
    func change<Result: Sendable>(_ body: (inout [Value]) -> Result) -> Result {
        cell.withLock { items in
            var taken = items ?? []
            items = nil
            defer { items = taken }
            return body(&taken)
        }
    }
}

/// A dictionary that keeps the order of insertion. Shared by reference, as in Python.
public final class Dict: Sendable {
    private let fixed: Table
    private let cell: Mutex<Table?>
    let isFrozen: Bool
    let depth: Int

    init(_ table: Table) {
        fixed = table
        cell = Mutex(nil)
        isFrozen = true
        depth = 1 + table.values.deepest
    }

    init(mutable table: Table) {
        fixed = Table()
        cell = Mutex(table)
        isFrozen = false
        depth = 1 + table.values.deepest
    }

    var table: Table { isFrozen ? fixed : cell.withLock { $0 ?? Table() } }
    var count: Int { isFrozen ? fixed.count : cell.withLock { $0?.count ?? 0 } }

    @inline(__always)
    subscript(key: Text) -> Value? {
        if isFrozen { return fixed[key] }
        return cell.withLock { $0?[key] }
    }

    subscript(key: Value) -> Value? {
        if isFrozen { return fixed[key] }
        return cell.withLock { $0?[key] }
    }

    func change<Result: Sendable>(_ body: (inout Table) -> Result) -> Result {
        cell.withLock { table in
            var taken = table ?? Table()
            table = nil
            defer { table = taken }
            return body(&taken)
        }
    }
}

extension [Value] {
    var deepest: Int {
        var deepest = 0
        for item in self {
            switch item {
            case .list, .tuple, .dict, .object: deepest = Swift.max(deepest, item.depth)
            default: break
            }
        }
        return deepest
    }
}

extension Value {
    /// What a dictionary has under that key. Not inlined, as it then takes no part in the ownership of the dictionary.
    @inline(never)
    func entry(_ key: Text) -> Value? {
        if case .dict(let dict) = self { dict[key] } else { nil }
    }
}
