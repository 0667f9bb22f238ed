extension Filters {
    static let sequences: [Filter] = [
        Filter("length") { (renderer, value, _) throws(Fault) in .int(try renderer.length(value)) },
        Filter("count") { (renderer, value, _) throws(Fault) in .int(try renderer.length(value)) },
        Filter("list") { (renderer, value, _) throws(Fault) in
            .list(List(mutable: try renderer.iterate(value)))
        },
        Filter("first") { (renderer, value, _) throws(Fault) in
            if case .object(let object) = value, case .generator(let generator) = object.kind {
                return generator.next() ?? .missing("No first item, sequence was empty.")
            }
            return try renderer.iterate(value).first ?? .missing("No first item, sequence was empty.")
        },
        Filter("last") { (renderer, value, _) throws(Fault) in
            if case .object(let object) = value, case .generator(let generator) = object.kind {
                throw .runtime("'\(generator.name)' object is not reversible")
            }
            if case .undefined(let missing) = value {
                if renderer.isStrict, !missing.isLenient { throw .undefined(missing) }
                return .missing("No last item, sequence was empty.")
            }
            guard renderer.isIterable(value) else {
                throw .runtime("'\(value.typeName)' object is not reversible")
            }
            // Backwards a text is walked by its items, which are safe when it is.
            if value.isMarkup, let last = value.text?.scalars.last { return .markup(Text(scalars: [last])) }
            return try renderer.iterate(value).last ?? .missing("No last item, sequence was empty.")
        },
        Filter("random") { (renderer, value, _) throws(Fault) in
            if case .dict = value { throw .runtime("a dictionary has no items by number") }
            let items = try renderer.iterate(value)
            if items.isEmpty { return .missing("No random item, sequence was empty.") }
            return items[renderer.random.next(below: items.count)]
        },
        Filter("reverse") { (renderer, value, _) throws(Fault) in
            if let text = value.text {
                return renderer.like(value, Text(scalars: text.scalars.reversed()))
            }
            guard renderer.isIterable(value) else { throw .runtime("argument must be iterable") }
            return renderer.generator(try renderer.iterate(value).reversed(), "list_reverseiterator")
        },
        Filter("join", ["d", "attribute"]) { (renderer, value, arguments) throws(Fault) in
            try renderer.join(value, arguments)
        },
        Filter("batch", ["linecount", "fill_with"], required: 1) {
            (renderer, value, arguments) throws(Fault) in
            try renderer.batch(value, arguments)
        },
        Filter("slice", ["slices", "fill_with"], required: 1) { (renderer, value, arguments) throws(Fault) in
            try renderer.slices(value, arguments)
        },
        Filter("items") { (renderer, value, _) throws(Fault) in
            if case .undefined = value { return renderer.generator([]) }
            guard case .dict = value else { throw .runtime("Can only get item pairs from a mapping.") }
            return renderer.generator(try renderer.pairs(of: value).map { .tuple([$0, $1]) })
        },
        Filter("dictsort", ["case_sensitive", "by", "reverse"]) {
            (renderer, value, arguments) throws(Fault) in
            let by = arguments.given(1)?.text?.string ?? "key"
            guard by == "key" || by == "value" else {
                throw .runtime("You can only sort by either \"key\" or \"value\"")
            }
            if case .undefined(let missing) = value { throw .undefined(missing) }
            guard case .dict = value else {
                throw .runtime("'\(value.typeName)' object has no attribute 'items'")
            }
            let isSensitive = try renderer.flag(arguments, 0)
            let pairs = try renderer.pairs(of: value).map { key, value in
                (renderer.folded(by == "key" ? key : value, isSensitive), Value.tuple([key, value]))
            }
            return .list(
                List(mutable: try renderer.sorted(pairs, descending: try renderer.flag(arguments, 2))))
        },
        Filter("sort", ["reverse", "case_sensitive", "attribute"]) {
            (renderer, value, arguments) throws(Fault) in
            // Python's `sort` wants a number or a boolean here, while the other flags are only asked for truth.
            if let reverse = arguments.given(0) { _ = try renderer.integer(reverse) }
            let isSensitive = try renderer.flag(arguments, 1)
            var keyed: [(Value, Value)] = []
            let paths = try renderer.paths(arguments.some(2))
            for item in try renderer.iterate(value) {
                var keys: [Value] = []
                for path in paths {
                    keys.append(renderer.folded(try renderer.follow(path, item), isSensitive))
                }
                keyed.append((keys.count == 1 ? keys[0] : .list(keys), item))
            }
            return .list(
                List(
                    mutable: try renderer.sorted(
                        keyed, descending: try renderer.flag(arguments, 0),
                        missingAreEqual: !renderer.isStrict)))
        },
        Filter("unique", ["case_sensitive", "attribute"]) { (renderer, value, arguments) throws(Fault) in
            let isSensitive = try renderer.flag(arguments, 0)
            let path = try renderer.path(arguments.some(1))
            var seen: Set<Value> = []
            var kept: [Value] = []
            for item in try renderer.iterate(value) {
                try renderer.step()
                let key = renderer.folded(try renderer.follow(path, item), isSensitive)
                if seen.insert(try renderer.hashable(key)).inserted { kept.append(item) }
            }
            return renderer.generator(kept)
        },
        Filter("min", ["case_sensitive", "attribute"]) { (renderer, value, arguments) throws(Fault) in
            try renderer.extreme(value, arguments, sign: "<") { $0 < 0 }
        },
        Filter("max", ["case_sensitive", "attribute"]) { (renderer, value, arguments) throws(Fault) in
            try renderer.extreme(value, arguments, sign: ">") { $0 > 0 }
        },
        Filter("sum", ["attribute", "start"]) { (renderer, value, arguments) throws(Fault) in
            var total = arguments.given(1) ?? 0
            if total.text != nil { throw .runtime("sum() can't sum strings [use ''.join(seq) instead]") }
            let path = try renderer.path(arguments.some(0))
            for item in try renderer.iterate(value) {
                try renderer.step()
                total = try renderer.arithmetic(.add, total, try renderer.follow(path, item))
            }
            return total
        },
        Filter("groupby", ["attribute", "default", "case_sensitive"], required: 1) {
            (renderer, value, arguments) throws(Fault) in try renderer.group(value, arguments)
        },
    ]
}

extension Renderer {
    func generator(_ items: [Value], _ name: String = "generator") -> Value {
        .object(Object(.generator(Generator(items, name: name))))
    }

    /// Text in lower case unless case matters.
    func folded(_ value: Value, _ isSensitive: Bool) -> Value {
        if isSensitive { return value }
        guard let text = value.text else { return value }
        return .string(Methods.lower(text))
    }

    /// Stable, as in Python, also when the order is reversed.
    ///
    /// - Parameter missingAreEqual: nothing decides between two keys that are missing, as when Python compares
    ///   the lists that the `sort` filter makes of its keys.
    mutating func sorted(
        _ pairs: [(key: Value, item: Value)], descending: Bool, missingAreEqual: Bool = false
    ) throws(Fault) -> [Value] {
        try work(pairs.count << 6)
        var failure: Fault?
        var numbered = Array(pairs.enumerated())
        // The standard sort is stable in practice; the position makes it so by promise.
        numbered.sort { left, right in
            guard failure == nil else { return false }
            do throws(Fault) {
                if missingAreEqual, left.element.key.isUndefined, right.element.key.isUndefined {
                    return left.offset < right.offset
                }
                let order = try self.order(left.element.key, right.element.key) ?? 0
                if order != 0 { return descending ? order > 0 : order < 0 }
                return left.offset < right.offset
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
        return numbered.map(\.element.item)
    }

    // MARK: Attribute paths

    /// `"a.b.0"` as what is looked up one after the other.
    func path(_ attribute: Value?) throws(Fault) -> [Value] {
        guard let attribute else { return [] }
        guard let text = attribute.text else { return [attribute] }
        return Methods.split(text, ".", limit: -1, fromRight: false).map { part in
            let isNumber = !part.isEmpty && part.bytes.allSatisfy(\.isDigit)
            return isNumber ? Int(part.string).map { .int($0) } ?? .string(part) : .string(part)
        }
    }

    func paths(_ attribute: Value?) throws(Fault) -> [[Value]] {
        guard let attribute, let text = attribute.text else { return [try path(attribute)] }
        var paths: [[Value]] = []
        for part in Methods.split(text, ",", limit: -1, fromRight: false) {
            paths.append(try path(.string(part)))
        }
        return paths
    }

    mutating func follow(_ path: [Value], _ item: Value, default fallback: Value? = nil) throws(Fault)
        -> Value
    {
        var item = item
        for part in path {
            item = try self.item(part, of: item)
            if let fallback, item.isUndefined { item = fallback }
        }
        return item
    }

    // MARK: Bodies

    fileprivate mutating func join(_ value: Value, _ arguments: [Value?]) throws(Fault) -> Value {
        let separator = arguments.given(0) ?? ""
        let path = try path(arguments.some(1))
        var items = try iterate(value)
        if !path.isEmpty {
            for index in items.indices { items[index] = try follow(path, items[index]) }
        }
        var isMarkup = false
        if autoescape { isMarkup = separator.isMarkup || items.contains(where: \.isMarkup) }
        let between = try text(of: separator)
        let betweenBytes = isMarkup ? separator.escapedBytes(between) : between.bytes
        var bytes: [UInt8] = []
        for (position, item) in items.enumerated() {
            try step()
            if position > 0 { bytes += betweenBytes }
            let text = try text(of: item)
            bytes += isMarkup ? item.escapedBytes(text) : text.bytes
            if bytes.count > limits.stringBytes { try willMake(bytes: bytes.count) }
        }
        try willMake(bytes: bytes.count)
        return isMarkup ? .markup(Text(valid: bytes)) : .text(bytes)
    }

    fileprivate func batch(_ value: Value, _ arguments: [Value?]) throws(Fault) -> Value {
        let size = try integer(arguments, 0, 0)
        let items = try iterate(value)
        var batches: [Value] = []
        var current: [Value] = []
        for item in items {
            if current.count == size {
                batches.append(.list(List(mutable: current)))
                current = []
            }
            current.append(item)
        }
        if !current.isEmpty {
            if let fill = arguments.some(1), current.count < size {
                try checkLength(size)
                current += [Value](repeating: fill, count: size - current.count)
            }
            batches.append(.list(List(mutable: current)))
        }
        return generator(batches)
    }

    fileprivate func slices(_ value: Value, _ arguments: [Value?]) throws(Fault) -> Value {
        let items = try iterate(value)
        let count = try integer(arguments, 0, 0)
        if count == 0 { throw .runtime("integer division or modulo by zero") }
        try checkLength(max(0, count))
        var slices: [Value] = []
        var start = 0
        for position in 0..<max(0, count) {
            let size = items.count / count + (position < items.count % count ? 1 : 0)
            var slice = Array(items[start..<start + size])
            if let fill = arguments.some(1), position >= items.count % count { slice.append(fill) }
            slices.append(.list(List(mutable: slice)))
            start += size
        }
        return generator(slices)
    }

    fileprivate mutating func extreme(
        _ value: Value, _ arguments: [Value?], sign: String, _ isBetter: (Int) -> Bool
    ) throws(Fault) -> Value {
        let isSensitive = try flag(arguments, 0)
        let path = try path(arguments.some(1))
        var best: (key: Value, item: Value)?
        for item in try iterate(value) {
            try step()
            let key = folded(try follow(path, item), isSensitive)
            guard let known = best else {
                best = (key, item)
                continue
            }
            if let order = try order(key, known.key, sign: sign), isBetter(order) { best = (key, item) }
        }
        return best?.item ?? .missing("No aggregated item, sequence was empty.")
    }

    fileprivate mutating func group(_ value: Value, _ arguments: [Value?]) throws(Fault) -> Value {
        let path = try path(arguments.some(0))
        let fallback = arguments.some(1)
        let isSensitive = try flag(arguments, 2)
        var keyed: [(Value, Value)] = []
        for item in try iterate(value) {
            try step()
            let key = folded(try follow(path, item, default: fallback), isSensitive)
            keyed.append((key, .tuple([key, item])))
        }
        var groups: [(key: Value, items: [Value])] = []
        for pair in try sorted(keyed, descending: false) {
            guard case .tuple(let list) = pair else { continue }
            let (key, item) = (list.items[0], list.items[1])
            if let last = groups.last, last.key == key {
                groups[groups.count - 1].items.append(item)
            } else {
                groups.append((key, [item]))
            }
        }
        var result: [Value] = []
        for group in groups {
            // The name of a group is that of its first member, in its own letters.
            let key = isSensitive ? group.key : try follow(path, group.items[0], default: fallback)
            result.append(.tuple(List([key, .list(List(mutable: group.items))], isGroup: true)))
        }
        return .list(List(mutable: result))
    }
}
