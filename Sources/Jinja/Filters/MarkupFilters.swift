extension Filters {
    static let markups: [Filter] = [
        Filter("escape") { (renderer, value, _) throws(Fault) in try renderer.escaped(value) },
        Filter("e") { (renderer, value, _) throws(Fault) in try renderer.escaped(value) },
        Filter("forceescape") { (renderer, value, _) throws(Fault) in
            var bytes: [UInt8] = []
            bytes.append(escaping: try renderer.text(of: value).bytes)
            return .markup(Text(valid: bytes))
        },
        Filter("safe") { (renderer, value, _) throws(Fault) in .markup(try renderer.text(of: value)) },
        Filter("striptags") { (renderer, value, _) throws(Fault) in
            .string(Methods.withoutTags(try renderer.text(of: value)))
        },
        Filter("xmlattr", ["autospace"]) { (renderer, value, arguments) throws(Fault) in
            try renderer.xmlAttributes(value, arguments)
        },
        Filter("tojson", ["indent"]) { (renderer, value, arguments) throws(Fault) in
            var indent: Text?
            if let given = arguments.some(0) {
                if let text = given.text {
                    indent = text
                } else {
                    let count = max(0, try renderer.integer(given))
                    try renderer.willMake(bytes: count)
                    indent = Text(valid: [UInt8](repeating: 0x20, count: count))
                }
            }
            var writer = JSONWriter(style: .html, indent: indent, limit: renderer.limits.stringBytes)
            try writer.write(value, levels: renderer.limits.nesting)
            return .markup(Text(valid: writer.bytes))
        },
        Filter("pprint") { (renderer, value, _) throws(Fault) in
            var printer = PrettyPrinter(renderer: renderer)
            try printer.format(value, indent: 0, allowance: 0, levels: renderer.limits.nesting)
            return .text(printer.bytes)
        },
        Filter("urlize", ["trim_url_limit", "nofollow", "target", "rel", "extra_schemes"]) {
            (renderer, value, arguments) throws(Fault) in try renderer.urlize(value, arguments)
        },
    ]
}

extension Renderer {
    func escaped(_ value: Value) throws(Fault) -> Value {
        if value.isMarkup { return value }
        if case .object(let object) = value, case .module(let module) = object.kind { return module.body }
        var bytes: [UInt8] = []
        bytes.append(escaping: try text(of: value).bytes)
        return .markup(Text(valid: bytes))
    }

    fileprivate func xmlAttributes(_ value: Value, _ arguments: [Value?]) throws(Fault) -> Value {
        if case .undefined(let missing) = value { throw .undefined(missing) }
        guard case .dict = value else {
            throw .runtime("'\(value.typeName)' object has no attribute 'items'")
        }
        var bytes: [UInt8] = []
        for (key, value) in try pairs(of: value) {
            switch value {
            case .none, .undefined: continue
            default: break
            }
            let name = try text(of: key)
            if key.text == nil {
                throw .runtime("expected string or bytes-like object, got '\(key.typeName)'")
            }
            // White space as ASCII has it, which is narrower than Python's for text.
            let isInvalid = name.bytes.contains {
                $0 == 0x20 || ($0 >= 9 && $0 <= 13) || $0 == 0x2F || $0 == 0x3E || $0 == 0x3D
            }
            if isInvalid {
                throw .runtime("Invalid character in attribute name: \(pythonQuoted(name.string))")
            }
            if !bytes.isEmpty { bytes.append(0x20) }
            bytes += key.escapedBytes(name)
            bytes.append("=\"")
            bytes += value.escapedBytes(try text(of: value))
            bytes.append("\"")
        }
        if !bytes.isEmpty, try flag(arguments, 0, true) { bytes.insert(0x20, at: 0) }
        return autoescape ? .markup(Text(valid: bytes)) : .text(bytes)
    }
}

/// Python's `pprint.pformat` at a width of 80.
struct PrettyPrinter {
    let renderer: Renderer
    var bytes: [UInt8] = []
    /// Values that may still be looked at: each level looks at those below again.
    private var budget = 200_000

    init(renderer: Renderer) { self.renderer = renderer }

    mutating func format(_ value: Value, indent: Int, allowance: Int, levels: Int) throws(Fault) {
        let flat = try flat(value)
        guard Text(flat).count > 80 - indent - allowance, levels > 0 else {
            bytes.append(flat)
            return
        }
        switch value {
        case .list(let list): try format(list.items, "[", "]", indent, allowance, levels)
        case .tuple(let list):
            let items = list.items
            try format(items, "(", items.count == 1 ? ",)" : ")", indent, allowance, levels)
        case .dict(let dict):
            bytes.append("{")
            let table = dict.table
            let pairs = try sorted(Array(zip(table.keys, table.values)))
            for (position, (key, value)) in pairs.enumerated() {
                let name = try self.flat(key)
                if position > 0 { bytes.append(",\n" + String(repeating: " ", count: indent + 1)) }
                bytes.append(name + ": ")
                let isLast = position == pairs.count - 1
                try format(
                    value, indent: indent + Text(name).count + 3, allowance: isLast ? allowance + 1 : 1,
                    levels: levels - 1)
            }
            bytes.append("}")
        case .string(let text):
            format(text, indent: indent, allowance: allowance, isTop: levels == renderer.limits.nesting)
        default: bytes.append(flat)
        }
    }

    private mutating func format(
        _ items: [Value], _ open: StaticString, _ close: StaticString, _ indent: Int, _ allowance: Int,
        _ levels: Int
    ) throws(Fault) {
        bytes.append(open)
        for (position, item) in items.enumerated() {
            if position > 0 { bytes.append(",\n" + String(repeating: " ", count: indent + 1)) }
            let isLast = position == items.count - 1
            try format(
                item, indent: indent + 1, allowance: isLast ? allowance + close.utf8CodeUnitCount : 1,
                levels: levels - 1)
        }
        bytes.append(close)
    }

    /// Long text is broken between words into several literals.
    private mutating func format(_ text: Text, indent: Int, allowance: Int, isTop: Bool) {
        let indent = isTop ? indent + 1 : indent
        let allowance = isTop ? allowance + 1 : allowance
        var chunks: [String] = []
        let lines = Methods.lines(text, keepEnds: true)
        for (position, line) in lines.enumerated() {
            let whole = pythonQuoted(line.string)
            let isLastLine = position == lines.count - 1
            let width = 80 - indent - (isLastLine ? allowance : 0)
            if Text(whole).count <= width {
                chunks.append(whole)
                continue
            }
            var current = ""
            let parts = words(line)
            for (index, part) in parts.enumerated() {
                let candidate = current + part
                let limit = 80 - indent - (isLastLine && index == parts.count - 1 ? allowance : 0)
                if Text(pythonQuoted(candidate)).count > limit {
                    if !current.isEmpty { chunks.append(pythonQuoted(current)) }
                    current = part
                } else {
                    current = candidate
                }
            }
            if !current.isEmpty { chunks.append(pythonQuoted(current)) }
        }
        if chunks.count == 1 {
            bytes.append(chunks[0])
            return
        }
        if isTop { bytes.append("(") }
        bytes.append(chunks.joined(separator: "\n" + String(repeating: " ", count: indent)))
        if isTop { bytes.append(")") }
    }

    /// Words with the white space after them.
    private func words(_ text: Text) -> [String] {
        var words: [String] = []
        var current = ""
        var sawSpace = false
        for scalar in text.scalars {
            if sawSpace, !scalar.isPythonSpace {
                words.append(current)
                current = ""
                sawSpace = false
            }
            current.unicodeScalars.append(scalar)
            if scalar.isPythonSpace { sawSpace = true }
        }
        return current.isEmpty ? words : words + [current]
    }

    /// On one line, with dictionaries in the order of their keys.
    private mutating func flat(_ value: Value) throws(Fault) -> String {
        let copy = try ordered(value, levels: renderer.limits.nesting)
        return try renderer.representation(of: copy)
    }

    private mutating func ordered(_ value: Value, levels: Int) throws(Fault) -> Value {
        budget -= 1
        guard levels > 0, budget > 0 else { throw .limit("values nested too deep to print") }
        switch value {
        case .list(let list):
            var items: [Value] = []
            for item in list.items { items.append(try ordered(item, levels: levels - 1)) }
            return .list(items)
        case .tuple(let list):
            var items: [Value] = []
            for item in list.items { items.append(try ordered(item, levels: levels - 1)) }
            return .tuple(items)
        case .dict(let dict):
            let source = dict.table
            var table = Table()
            for (key, value) in try sorted(Array(zip(source.keys, source.values))) {
                table.set(key, try ordered(value, levels: levels - 1))
            }
            return .dict(Dict(table))
        default: return value
        }
    }

    private func sorted(_ pairs: [(Value, Value)]) throws(Fault) -> [(Value, Value)] {
        pairs.enumerated().sorted { left, right in
            let order: Int
            do {
                order = try renderer.order(left.element.0, right.element.0) ?? 0
            } catch {
                // Keys that do not compare are ordered by the name of their type.
                let (a, b) = (left.element.0.typeName, right.element.0.typeName)
                order = a < b ? -1 : a == b ? 0 : 1
            }
            return order != 0 ? order < 0 : left.offset < right.offset
        }.map(\.element)
    }
}
