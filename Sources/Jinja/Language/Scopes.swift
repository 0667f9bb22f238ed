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
        var place = Place.context
        /// How often it is read, also to begin an inner symbol with; once in what is repeated counts as twice.
        var reads: Int32 = 0
        var isCaptured = false
        /// The symbol of an outer scope that this one really is.
        var target: Int32 = -1
        /// The outer symbol whose value this one begins with.
        var alias: Int32 = -1
        /// The symbol of the same scope that was added after this one.
        var next: Int32 = -1
    }

    struct Scope {
        let parent: Int32
        let function: Int32
        /// Its symbols are a chain from the first to the last.
        var first: Int32 = -1
        var last: Int32 = -1
        var count = 0
        /// The symbols by name, once there are too many to look through.
        var index: [Int32: Int32] = [:]
        /// Up to this many symbols are looked through.
        static let scanned = 32
        var isLoop = false
        /// Whether what stands in it may run several times for one call of its function.
        var isRepeated = false
        /// Depth of `if` at this point of the scope.
        var branches = 0
    }

    var symbols: [Symbol] = []
    var scopes: [Scope] = []

    /// Room for the scopes of a template of that many tokens.
    mutating func reserveCapacity(_ tokens: Int) {
        symbols.reserveCapacity(tokens / 8 + 12)
        scopes.reserveCapacity(tokens / 32 + 2)
    }

    /// The symbols of a scope, in the order in which they were added, with their numbers.
    func symbols(of scope: Int32) -> some Sequence<(Int32, Symbol)> {
        sequence(state: scopes[Int(scope)].first) { number in
            guard number >= 0 else { return nil }
            defer { number = symbols[Int(number)].next }
            return (number, symbols[Int(number)])
        }
    }

    mutating func open(parent: Int32, function: Int32) -> Int32 {
        var scope = Scope(parent: parent, function: function)
        if parent >= 0, scopes[Int(parent)].function == function {
            scope.isRepeated = scopes[Int(parent)].isRepeated
        }
        scopes.append(scope)
        return Int32(scopes.count - 1)
    }

    func find(_ name: Int32, in scope: Int32) -> Int32? {
        if scopes[Int(scope)].count >= Scope.scanned { return scopes[Int(scope)].index[name] }
        var symbol = scopes[Int(scope)].first
        while symbol >= 0, symbols[Int(symbol)].name != name { symbol = symbols[Int(symbol)].next }
        return symbol >= 0 ? symbol : nil
    }

    private mutating func add(_ name: Int32, to scope: Int32) -> Int32 {
        symbols.append(Symbol(name: name, scope: scope))
        let symbol = Int32(symbols.count - 1)
        let last = scopes[Int(scope)].last
        if last >= 0 { symbols[Int(last)].next = symbol } else { scopes[Int(scope)].first = symbol }
        scopes[Int(scope)].last = symbol
        scopes[Int(scope)].count += 1
        if scopes[Int(scope)].count > Scope.scanned {
            scopes[Int(scope)].index[name] = symbol
        } else if scopes[Int(scope)].count == Scope.scanned {
            for (known, entry) in symbols(of: scope) { scopes[Int(scope)].index[entry.name] = known }
        }
        return symbol
    }

    mutating func load(_ name: Int32, in scope: Int32) -> Int32 {
        if let symbol = find(name, in: scope) {
            symbols[Int(symbol)].reads += 1
            return symbol
        }
        let symbol = add(name, to: scope)
        symbols[Int(symbol)].startsInContext = true
        symbols[Int(symbol)].reads = scopes[Int(scope)].isRepeated ? 2 : 1
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
        link()
        place(&parts)
        for index in parts.nodes.indices {
            switch parts.nodes[index].operation {
            case .name, .store: rewrite(&parts.nodes[index], functions: parts.functions)
            default: continue
            }
        }
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

    private mutating func link() {
        // Outer scopes are opened before inner ones, so their symbols are settled first.
        for scope in scopes.indices {
            var next = scopes[scope].first
            while next >= 0 {
                let symbol = next
                let entry = symbols[Int(symbol)]
                next = entry.next
                if entry.isParameter { continue }
                guard let outer = outer(entry.name, of: Int32(scope)) else { continue }
                if entry.isStored {
                    symbols[Int(symbol)].alias = outer
                    symbols[Int(outer)].reads += 1 + entry.reads
                } else {
                    symbols[Int(symbol)].target = outer
                    symbols[Int(outer)].reads += entry.reads
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
            if isFree, symbols[index].reads == 1 {
                // Read once, it is looked up where it is read.
                symbols[index].place = .context
            } else if isFree, shared[name].function == Int32(function) {
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
        guard node.a >= 0 else { return }
        let place = place(of: node.a, from: symbols[Int(node.a)].scope, functions: functions)
        let isStore = node.operation == .store
        if !isStore {
            // Marked for the checks that do not render: a name that nothing here assigns.
            let target = symbols[Int(node.a)].target >= 0 ? symbols[Int(node.a)].target : node.a
            node.flag = symbols[Int(target)].isStored ? 0 : 1
        }
        node.a = place.slot
        if place.slot < 0 {
            node.operation = .free
        } else if place.hops < 0 {
            node.operation = isStore ? .store : .local
        } else {
            node.operation = isStore ? .storeCell : .cell
            node.c = place.hops
        }
    }

    /// What entering a scope has to do to its variables. A function begins with everything unresolved.
    func addResets(of scope: Int32, isRepeated: Bool, functions: [Function], to resets: inout [Reset]) {
        for (symbol, entry) in symbols(of: scope) {
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
    }

    /// Every variable that a scope and those around it assign, the innermost of equal names first.
    func locals(from scope: Int32, names: [Text], functions: [Function]) -> [Local] {
        var seen: Set<Int32> = []
        var locals: [Local] = []
        var current = scope
        while current >= 0 {
            for (symbol, entry) in symbols(of: current) {
                guard entry.isStored, seen.insert(entry.name).inserted else { continue }
                let place = place(of: symbol, from: scope, functions: functions)
                locals.append(Local(name: names[Int(entry.name)], place: place))
            }
            current = scopes[Int(current)].parent
        }
        return locals
    }
}
