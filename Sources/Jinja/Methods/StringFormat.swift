/// Python's `str.format`.
struct StringFormat {
    let scalars: [Unicode.Scalar]
    let isMarkup: Bool

    init(_ text: Text, isMarkup: Bool) {
        scalars = text.scalars
        self.isMarkup = isMarkup
    }

    func run(_ call: Call, _ renderer: inout Renderer) throws(Fault) -> Value {
        var automatic = 0
        let bytes = try format(scalars[...], call, &automatic, levels: 2, &renderer)
        return isMarkup ? .markup(Text(valid: bytes)) : .text(bytes)
    }

    private func format(
        _ scalars: ArraySlice<Unicode.Scalar>, _ call: Call, _ automatic: inout Int, levels: Int,
        _ renderer: inout Renderer
    ) throws(Fault) -> [UInt8] {
        if levels <= 0 { throw .runtime("Max string recursion exceeded") }
        var bytes: [UInt8] = []
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            let next: Unicode.Scalar? = index + 1 < scalars.endIndex ? scalars[index + 1] : nil
            index += 1
            if scalar == "{" || scalar == "}" {
                if next == scalar {
                    bytes.append(scalar: scalar)
                    index += 1
                    continue
                }
                if scalar == "}" { throw .runtime("Single '}' encountered in format string") }
                if next == nil { throw .runtime("Single '{' encountered in format string") }
                var depth = 1
                let start = index
                while index < scalars.endIndex, depth > 0 {
                    if scalars[index] == "{" { depth += 1 }
                    if scalars[index] == "}" { depth -= 1 }
                    index += 1
                }
                guard depth == 0 else { throw .runtime("expected '}' before end of string") }
                bytes += try field(scalars[start..<(index - 1)], call, &automatic, levels: levels, &renderer)
                try renderer.willMake(bytes: bytes.count)
            } else {
                bytes.append(scalar: scalar)
            }
        }
        return bytes
    }

    private func field(
        _ field: ArraySlice<Unicode.Scalar>, _ call: Call, _ automatic: inout Int, levels: Int,
        _ renderer: inout Renderer
    ) throws(Fault) -> [UInt8] {
        var nameEnd = field.startIndex
        var inBrackets = false
        while nameEnd < field.endIndex {
            if field[nameEnd] == "[" { inBrackets = true }
            if field[nameEnd] == "]" { inBrackets = false }
            if !inBrackets, field[nameEnd] == ":" || field[nameEnd] == "!" { break }
            nameEnd += 1
        }
        var value = try lookup(field[..<nameEnd], call, &automatic, &renderer)
        var rest = field[nameEnd...]
        var conversion: Unicode.Scalar?
        if rest.first == "!" {
            conversion = rest.dropFirst().first
            rest = rest.dropFirst(2)
            guard conversion != nil else { throw .runtime("unmatched '{' in format spec") }
            guard rest.isEmpty || rest.first == ":" else {
                throw .runtime("expected ':' after conversion specifier")
            }
        }
        var spec: [UInt8] = []
        if rest.first == ":" {
            spec = try format(rest.dropFirst(), call, &automatic, levels: levels - 1, &renderer)
        }
        switch conversion {
        case "s": value = .string(try renderer.text(of: value))
        case "r": value = .text(try renderer.representation(of: value))
        case "a": value = .text(asciiOnly(try renderer.representation(of: value)))
        case nil: break
        default: throw .runtime("Unknown conversion specifier")
        }
        if isMarkup, let text = value.text, value.isMarkup, spec.isEmpty { return text.bytes }
        let formatted = try FormatSpec(Text(valid: spec)).apply(value, &renderer)
        if isMarkup, !value.isMarkup {
            var escaped: [UInt8] = []
            escaped.append(escaping: formatted)
            return escaped
        }
        return formatted
    }

    private func lookup(
        _ name: ArraySlice<Unicode.Scalar>, _ call: Call, _ automatic: inout Int, _ renderer: inout Renderer
    ) throws(Fault) -> Value {
        let first = name.prefix { $0 != "." && $0 != "[" }
        var value: Value
        if first.isEmpty || first.allSatisfy({ ("0"..."9").contains($0) }) {
            // Fields are numbered by all or by none; -1 stands for by all.
            if first.isEmpty ? automatic < 0 : automatic > 0 {
                throw .runtime("cannot mix automatic field numbering and manual field specification")
            }
            let position = first.isEmpty ? automatic : Int(Text(scalars: first).string) ?? .max
            automatic = first.isEmpty ? automatic + 1 : -1
            guard position < call.positional.count else {
                throw .runtime("Replacement index \(position) out of range for positional args tuple")
            }
            value = call.positional[position]
        } else {
            let key = Text(scalars: first)
            guard let found = call.keywords.first(where: { $0.name == key }) else {
                throw .runtime(pythonQuoted(key.string))
            }
            value = found.value
        }
        var rest = name.dropFirst(first.count)
        while let opening = rest.first {
            rest = rest.dropFirst()
            if opening == "." {
                let part = rest.prefix { $0 != "." && $0 != "[" }
                rest = rest.dropFirst(part.count)
                // As in Python's formatting: members only, not what is stored.
                let found = try renderer.attribute(Text(scalars: part), of: value)
                if case .dict = value {
                    throw .runtime("'dict' object has no attribute '\(Text(scalars: part).string)'")
                }
                if case .undefined(let missing) = found { throw .runtime(missing.message) }
                value = found
            } else {
                let part = rest.prefix { $0 != "]" }
                guard part.count < rest.count else { throw .runtime("Missing ']' in format string") }
                if part.isEmpty { throw .runtime("Empty attribute in format string") }
                rest = rest.dropFirst(part.count + 1)
                let text = Text(scalars: part)
                let isNumber = part.allSatisfy { ("0"..."9").contains($0) }
                let key: Value = isNumber ? Int(text.string).map { .int($0) } ?? .string(text) : .string(text)
                if !isNumber {
                    guard case .dict = value else {
                        throw .runtime("'\(value.typeName)' indices must be integers, not 'str'")
                    }
                }
                let found = try renderer.item(key, of: value)
                if case .undefined = found { throw .runtime(try renderer.representation(of: key)) }
                value = found
            }
        }
        return value
    }
}
