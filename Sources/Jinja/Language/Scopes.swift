/// The scopes of a template while it is parsed, and where in the end each variable lies.
///
/// Follows Jinja2's rules of visibility: a name belongs to the innermost scope that assigns it, a scope is
/// fully known before the scopes within it are looked at, and names that no scope assigns come from the
/// context.
struct Scopes {
    struct Symbol {
        let name: Int32
        let scope: Int32
        var isStored = false
        var isParameter = false
        /// Looked up in the context when it was not assigned before it was first read.
        var startsInContext = false
        var place = Place(slot: -1, hops: -1)
        var isCaptured = false
        /// The symbol of an outer scope that this one really is.
        var target: Int32 = -1
        /// The outer symbol whose value this one begins with.
        var alias: Int32 = -1
    }

    struct Scope {
        let parent: Int32
        let function: Int32
        var symbols: [Int32] = []
        /// The symbols by name, once there are too many to look through.
        var index: [Int32: Int32] = [:]
        /// Up to this many symbols are looked through.
        static let scanned = 32
        var isLoop = false
        /// Depth of `if` at this point of the scope.
        var branches = 0
    }

    var symbols: [Symbol] = []
    var scopes: [Scope] = []

    mutating func open(parent: Int32, function: Int32) -> Int32 {
        scopes.append(Scope(parent: parent, function: function))
        return Int32(scopes.count - 1)
    }

    func find(_ name: Int32, in scope: Int32) -> Int32? {
        if !scopes[Int(scope)].index.isEmpty { return scopes[Int(scope)].index[name] }
        for symbol in scopes[Int(scope)].symbols where symbols[Int(symbol)].name == name { return symbol }
        return nil
    }

    private mutating func add(_ name: Int32, to scope: Int32) -> Int32 {
        symbols.append(Symbol(name: name, scope: scope))
        let symbol = Int32(symbols.count - 1)
        scopes[Int(scope)].symbols.append(symbol)
        let count = scopes[Int(scope)].symbols.count
        if count > Scope.scanned {
            scopes[Int(scope)].index[name] = symbol
        } else if count == Scope.scanned {
            for known in scopes[Int(scope)].symbols {
                scopes[Int(scope)].index[symbols[Int(known)].name] = known
            }
        }
        return symbol
    }

    mutating func load(_ name: Int32, in scope: Int32) -> Int32 {
        if let symbol = find(name, in: scope) { return symbol }
        let symbol = add(name, to: scope)
        symbols[Int(symbol)].startsInContext = true
        return symbol
    }

    mutating func store(_ name: Int32, in scope: Int32) -> Int32 {
        if let symbol = find(name, in: scope) {
            symbols[Int(symbol)].isStored = true
            return symbol
        }
        let symbol = add(name, to: scope)
        symbols[Int(symbol)].isStored = true
        // One branch may assign it and another not: then it may still come from the context.
        symbols[Int(symbol)].startsInContext = scopes[Int(scope)].branches > 0
        return symbol
    }

    mutating func declareParameter(_ name: Int32, in scope: Int32) -> Int32 {
        let symbol = find(name, in: scope) ?? add(name, to: scope)
        symbols[Int(symbol)].isParameter = true
        symbols[Int(symbol)].isStored = true
        return symbol
    }

    // MARK: Settling

    /// Decides where every variable lies and rewrites the nodes accordingly.
    mutating func settle(_ parts: inout Assembly) {
        link(parts)
        place(&parts)
        for index in parts.nodes.indices { rewrite(&parts.nodes[index], functions: parts.functions) }
    }

    private func outer(_ name: Int32, of scope: Int32) -> Int32? {
        var parent = scopes[Int(scope)].parent
        while parent >= 0 {
            if let symbol = find(name, in: parent) {
                let target = symbols[Int(symbol)].target
                return target >= 0 ? target : symbol
            }
            parent = scopes[Int(parent)].parent
        }
        return nil
    }

    private mutating func link(_ parts: Assembly) {
        // Outer scopes are opened before inner ones, so their symbols are settled first.
        for scope in scopes.indices {
            for symbol in scopes[scope].symbols {
                let entry = symbols[Int(symbol)]
                if entry.isParameter { continue }
                guard let outer = outer(entry.name, of: Int32(scope)) else { continue }
                if entry.isStored {
                    symbols[Int(symbol)].alias = outer
                } else {
                    symbols[Int(symbol)].target = outer
                }
                if scopes[Int(symbols[Int(outer)].scope)].function != scopes[scope].function {
                    symbols[Int(outer)].isCaptured = true
                }
            }
        }
    }

    private mutating func place(_ parts: inout Assembly) {
        // A name that comes from the context is looked up once per call of a function, wherever it is used.
        var shared = [(function: Int32, slot: Int32)](repeating: (-1, -1), count: parts.names.texts.count)
        for index in symbols.indices where symbols[index].target < 0 {
            let function = Int(scopes[Int(symbols[index].scope)].function)
            let isFree = !symbols[index].isStored && !symbols[index].isCaptured
            let name = Int(symbols[index].name)
            if isFree, shared[name].function == Int32(function) {
                symbols[index].place = Place(slot: shared[name].slot, hops: -1)
            } else if symbols[index].isCaptured {
                symbols[index].place = Place(slot: parts.functions[function].cells, hops: 0)
                parts.functions[function].cells += 1
            } else {
                symbols[index].place = Place(slot: parts.functions[function].slots, hops: -1)
                if isFree { shared[name] = (Int32(function), parts.functions[function].slots) }
                parts.functions[function].slots += 1
            }
        }
    }

    /// Where a symbol lies, seen from a scope.
    func place(of symbol: Int32, from scope: Int32, functions: [Function]) -> Place {
        let target = symbols[Int(symbol)].target >= 0 ? symbols[Int(symbol)].target : symbol
        var place = symbols[Int(target)].place
        guard place.hops >= 0 else { return place }
        let home = scopes[Int(symbols[Int(target)].scope)].function
        var function = scopes[Int(scope)].function
        while function != home, function >= 0 {
            // Functions without shared variables leave no trace at run time.
            if functions[Int(function)].cells > 0 { place.hops += 1 }
            function = functions[Int(function)].parent
        }
        return place
    }

    private func rewrite(_ node: inout Node, functions: [Function]) {
        guard node.operation == .name || node.operation == .store, node.a >= 0 else { return }
        let place = place(of: node.a, from: symbols[Int(node.a)].scope, functions: functions)
        let isStore = node.operation == .store
        if !isStore {
            // Marked for the checks that do not render: a name that nothing here assigns.
            let target = symbols[Int(node.a)].target >= 0 ? symbols[Int(node.a)].target : node.a
            node.flag = symbols[Int(target)].isStored ? 0 : 1
        }
        node.a = place.slot
        if place.hops < 0 {
            node.operation = isStore ? .store : .local
        } else {
            node.operation = isStore ? .storeCell : .cell
            node.c = place.hops
        }
    }

    /// What entering a scope has to do to its variables. A function begins with everything unresolved.
    func resets(of scope: Int32, isRepeated: Bool, functions: [Function]) -> [Reset] {
        var resets: [Reset] = []
        for symbol in scopes[Int(scope)].symbols {
            let entry = symbols[Int(symbol)]
            guard entry.isStored, !entry.isParameter else { continue }
            let target = place(of: symbol, from: scope, functions: functions)
            if entry.alias >= 0 {
                let source = place(of: entry.alias, from: scope, functions: functions)
                resets.append(Reset(kind: .alias, target: target, source: source))
            } else if !entry.startsInContext {
                resets.append(Reset(kind: .unassigned, target: target, source: target))
            } else if isRepeated {
                resets.append(Reset(kind: .unresolved, target: target, source: target))
            }
        }
        return resets
    }

    /// Every variable that a scope and those around it assign, the innermost of equal names first.
    func locals(from scope: Int32, names: [Text], functions: [Function]) -> [Local] {
        var seen: Set<Int32> = []
        var locals: [Local] = []
        var current = scope
        while current >= 0 {
            for symbol in scopes[Int(current)].symbols {
                let entry = symbols[Int(symbol)]
                guard entry.isStored, seen.insert(entry.name).inserted else { continue }
                let place = place(of: symbol, from: scope, functions: functions)
                locals.append(Local(name: names[Int(entry.name)], place: place))
            }
            current = scopes[Int(current)].parent
        }
        return locals
    }
}
