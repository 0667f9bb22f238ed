import Synchronization

/// The names that a template finds: what it set itself, what an including template passed on, what was
/// given to `render`, and the globals.
final class Context: Sendable {
    struct State {
        var variables = Table()
        /// Names that a module gives to those who import it.
        var exported: Set<Text> = []
        var blocks: [Text: [BlockBody]] = [:]
    }

    struct BlockBody {
        let code: Code
        let function: Int
    }

    private let state: Mutex<State>
    /// Whether a variable was ever set, so that looking one up where none was need not lock.
    private let hasVariables = Atomic(false)
    private let locals: Table
    private let outer: Context?
    let code: Code

    init(code: Code, locals: Table, outer: Context?, blocks: [Text: [BlockBody]]? = nil) {
        self.code = code
        self.locals = locals
        self.outer = outer
        var state = State()
        if let blocks {
            state.blocks = blocks
        } else if !code.blocks.isEmpty {
            state.blocks = code.blocks.mapValues { [BlockBody(code: code, function: Int($0))] }
        }
        self.state = Mutex(state)
    }

    subscript(name: Text) -> Value? {
        if hasVariables.load(ordering: .acquiring), let own = state.withLock({ $0.variables[name] }) {
            return own
        }
        if locals.count > 0, let local = locals[name] { return local }
        if let outer { return outer[name] }
        return Global.table[name]
    }

    func set(_ name: Text, _ value: Value, exports: Bool) {
        hasVariables.store(true, ordering: .releasing)
        state.withLock { state in
            state.variables.set(.string(name), value)
            if exports, name.bytes.first != 0x5F {
                state.exported.insert(name)
            } else {
                state.exported.remove(name)
            }
        }
    }

    var blocks: [Text: [BlockBody]] { state.withLock { $0.blocks } }

    func addBlocks(of parent: Code) {
        state.withLock { state in
            for (name, function) in parent.blocks {
                state.blocks[name, default: []].append(BlockBody(code: parent, function: Int(function)))
            }
        }
    }

    func block(_ name: Text, level: Int) -> BlockBody? {
        state.withLock { state in
            guard let bodies = state.blocks[name], level < bodies.count else { return nil }
            return bodies[level]
        }
    }

    /// The exported names in the order in which they were first set.
    var exports: Table {
        state.withLock { state in
            var table = Table()
            for (key, value) in zip(state.variables.keys, state.variables.values) {
                if let name = key.text, state.exported.contains(name) { table.set(key, value) }
            }
            return table
        }
    }

    /// Every name to be found, for suggestions.
    var names: [String] {
        let own = state.withLock { $0.variables.keys }
        let more = outer?.names ?? Global.allCases.map(\.rawValue)
        return (own + locals.keys).compactMap { $0.text?.string } + more
    }

    func clear() { state.withLock { $0 = State() } }
}
