extension Renderer {
    /// `target.name`: what the type itself has comes before what is stored in it.
    mutating func attribute(_ name: Text, of target: Value) throws(Fault) -> Value {
        if case .undefined(let missing) = target { throw .undefined(missing) }
        if let own = own(name, of: target) { return own }
        if case .dict(let dict) = target, let value = dict[name] { return value }
        return missing(name, of: target)
    }

    private func missing(_ name: Text, of target: Value) -> Value {
        var known: [String] = []
        switch target {
        case .dict(let dict): known = dict.table.keys.compactMap { $0.text?.string }
        case .object(let object):
            if case .module(let module) = object.kind {
                known = module.exports.table.keys.compactMap { $0.text?.string }
            }
        default: break
        }
        let owner =
            switch target {
            case .none: "None"
            case .object(let object):
                if case .module = object.kind {
                    "jinja2.environment.TemplateModule object"
                } else {
                    "\(ownerPrefix(object))\(object.typeName) object"
                }
            case .markup: "markupsafe.Markup object"
            default: "\(target.typeName) object"
            }
        return .undefined(Missing(.attribute(owner: owner, name: name.string), known: known))
    }

    private func ownerPrefix(_ object: Object) -> String {
        switch object.kind {
        case .macro, .loop, .blocks, .block: "jinja2.runtime."
        case .namespace, .cycler, .joiner: "jinja2.utils."
        default: ""
        }
    }

    /// What the type has by this name: methods, and the members of what the engine made.
    private func own(_ name: Text, of target: Value) -> Value? {
        switch target {
        case .object(let object): return member(name, of: object, target)
        case .tuple(let list) where list.isGroup:
            if name == "grouper" { return list.items.first }
            if name == "list" { return list.items.last }
        case .int, .big, .float, .bool:
            if name == "real" { return value(ofNumber: target) }
            if name == "imag" { if case .float = target { return .float(0) } else { return .int(0) } }
            if name == "numerator" || name == "denominator", target.number?.integer != nil {
                return name == "numerator" ? value(ofNumber: target) : .int(1)
            }
        default: break
        }
        return method(name, of: target)
    }

    private func member(_ name: Text, of object: Object, _ value: Value) -> Value? {
        switch object.kind {
        case .namespace(let dict): return dict[name]
        case .module(let module): return module.exports[name]
        case .cycler(let cycler):
            if name == "current" { return cycler.current }
        case .macro(let macro): return member(name, of: macro)
        case .loop(let loop): return member(name, of: loop) ?? method(name, of: value)
        case .range(let start, let stop, let step):
            switch name.string {
            case "start": return .int(start)
            case "stop": return .int(stop)
            case "step": return .int(step)
            default: break
            }
        case .blocks(let context):
            return context.block(name, level: 0).map { _ in
                .object(Object(.block(context, name: name, level: 0)))
            }
        case .block(let context, let block, let level):
            if name == "super" { return superBlock(block, level: level + 1, context: context) }
        default: break
        }
        return method(name, of: value)
    }

    private func value(ofNumber number: Value) -> Value {
        if case .bool(let bool) = number { return .int(bool ? 1 : 0) }
        return number
    }

    private func method(_ name: Text, of value: Value) -> Value? {
        guard Methods.has(name, value) else { return Optional.none }
        return .object(Object(.method(owner: value, name: name)))
    }

    private func member(_ name: Text, of macro: Macro) -> Value? {
        let function = macro.code.functions[macro.function]
        switch name.string {
        case "name": return .string(macro.name)
        case "arguments": return .tuple(function.parameters.map { .string($0.name) })
        case "catch_kwargs": return .bool(function.kwargs != nil)
        case "catch_varargs": return .bool(function.varargs != nil)
        case "caller": return .bool(function.catchesCaller)
        default: return Optional.none
        }
    }

    private func member(_ name: Text, of loop: LoopState) -> Value? {
        guard let member = LoopState.Member(name: name.string) else { return Optional.none }
        return loop[member]
    }

    /// `target[key]`: what is stored comes before what the type itself has.
    mutating func item(_ key: Value, of target: Value) throws(Fault) -> Value {
        switch target {
        case .undefined(let missing): throw .undefined(missing)
        case .dict(let dict):
            if case .undefined(let missing) = key, isStrict, !missing.isLenient { throw .undefined(missing) }
            switch key {
            case .list, .dict: break
            case .string(let text): if let value = dict[text] { return value }
            default: if let value = dict[key] { return value }
            }
        case .list(let list), .tuple(let list):
            if let index = key.index {
                let items = list.items
                let position = index < 0 ? index + items.count : index
                if items.indices.contains(position) { return items[position] }
            }
        case .string(let text), .markup(let text):
            if let index = key.index {
                try work(text.bytes.count << 4)
                if let letter = text.letter(at: index) {
                    return target.isMarkup ? .markup(letter) : .string(letter)
                }
            }
        case .object(let object):
            if let value = item(key, of: object) { return value }
        default: break
        }
        if let name = key.text {
            if let own = own(name, of: target) { return own }
            return missing(name, of: target)
        }
        var owner = target.typeName + " object"
        if case .none = target { owner = "None" }
        return .undefined(Missing(.element(owner: owner, name: try representation(of: key))))
    }

    private func item(_ key: Value, of object: Object) -> Value? {
        switch object.kind {
        case .range(let start, let stop, let step):
            guard let index = key.index else { return Optional.none }
            let count = rangeCount(start, stop, step)
            let position = index < 0 ? index + count : index
            guard position >= 0, position < count else { return Optional.none }
            return .int(start &+ position &* step)
        case .blocks(let context):
            guard let name = key.text, context.block(name, level: 0) != nil else { return Optional.none }
            return .object(Object(.block(context, name: name, level: 0)))
        case .bytes(let bytes):
            guard let index = key.index else { return Optional.none }
            let position = index < 0 ? index + bytes.count : index
            guard bytes.indices.contains(position) else { return Optional.none }
            return .int(Int(bytes[position]))
        default: return Optional.none
        }
    }

    // MARK: Slices

    mutating func slice(_ target: Value, _ bounds: [Value]) throws(Fault) -> Value {
        try work(target.size)
        var limits: [Int?] = []
        for bound in bounds {
            switch bound {
            case .none: limits.append(nil)
            case .undefined(let missing): throw .undefined(missing)
            case .big(let number): limits.append(number.isNegative ? Int.min : Int.max)
            default:
                guard let index = bound.index else {
                    throw .runtime("slice indices must be integers or None or have an __index__ method")
                }
                limits.append(index)
            }
        }
        if limits[2] == 0 { throw .runtime("slice step cannot be zero") }
        switch target {
        case .undefined(let missing): throw .undefined(missing)
        case .string(let text), .markup(let text):
            let scalars = text.scalars
            let result = Text(scalars: indices(limits, scalars.count).map { scalars[$0] })
            return target.isMarkup ? .markup(result) : .string(result)
        case .list(let list):
            let items = list.items
            return .list(List(mutable: indices(limits, items.count).map { items[$0] }))
        case .tuple(let list):
            let items = list.items
            return .tuple(indices(limits, items.count).map { items[$0] })
        case .object(let object):
            if case .range(let start, let stop, let step) = object.kind {
                let (first, last, stride) = clamped(limits, rangeCount(start, stop, step))
                return .object(
                    Object(
                        .range(
                            start: start &+ first &* step, stop: start &+ last &* step, step: step &* stride))
                )
            }
        default: break
        }
        throw .runtime("'\(target.typeName)' object is not subscriptable")
    }

    /// Python's `slice.indices`.
    private func clamped(_ limits: [Int?], _ count: Int) -> (Int, Int, Int) {
        let step = max(-Int.max, limits[2] ?? 1)
        func clamp(_ value: Int, low: Int, high: Int) -> Int {
            let index = value < 0 ? value + count : value
            return index < 0 ? low : min(index, high)
        }
        if step > 0 {
            return (
                limits[0].map { clamp($0, low: 0, high: count) } ?? 0,
                limits[1].map { clamp($0, low: 0, high: count) } ?? count, step
            )
        }
        return (
            limits[0].map { clamp($0, low: -1, high: count - 1) } ?? count - 1,
            limits[1].map { clamp($0, low: -1, high: count - 1) } ?? -1, step
        )
    }

    private func indices(_ limits: [Int?], _ count: Int) -> [Int] {
        let (start, stop, step) = clamped(limits, count)
        return Array(stride(from: start, to: stop, by: step))
    }
}
