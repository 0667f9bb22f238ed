/// A Swift string in Python's notation.
func pythonQuoted(_ string: String) -> String {
    var bytes: [UInt8] = []
    bytes.append(quoting: Text(string))
    return String(decoding: bytes, as: UTF8.self)
}

extension [UInt8] {
    /// Appends text with the characters that mean something in HTML replaced.
    mutating func append(escaping text: [UInt8]) {
        text.withUnsafeBufferPointer { buffer in
            var start = 0
            for index in 0..<buffer.count {
                let replacement: StaticString
                switch buffer[index] {
                case 0x26: replacement = "&amp;"
                case 0x3C: replacement = "&lt;"
                case 0x3E: replacement = "&gt;"
                case 0x22: replacement = "&#34;"
                case 0x27: replacement = "&#39;"
                default: continue
                }
                append(contentsOf: UnsafeBufferPointer(rebasing: buffer[start..<index]))
                append(replacement)
                start = index + 1
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: buffer[start..<buffer.count]))
        }
    }

    /// Appends without taking part in the ownership of what is appended.
    @inline(__always)
    mutating func append(from other: [UInt8]) {
        other.withUnsafeBufferPointer { append(contentsOf: $0) }
    }

    /// Appends a part of another, likewise.
    @inline(__always)
    mutating func append(from other: [UInt8], _ range: Range<Int>) {
        other.withUnsafeBufferPointer { append(contentsOf: UnsafeBufferPointer(rebasing: $0[range])) }
    }

    /// Appends a whole number in decimal.
    mutating func append(decimal number: Int) {
        if number >= 0, number < 10 { return append(UInt8(0x30 + number)) }
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        Swift.withUnsafeMutableBytes(of: &digits) { buffer in
            var index = buffer.count
            var rest = number.magnitude
            while rest > 0 {
                index -= 1
                buffer[index] = UInt8(0x30 + rest % 10)
                rest /= 10
            }
            if number < 0 {
                index -= 1
                buffer[index] = 0x2D
            }
            append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[index...]))
        }
    }

    /// Appends Python's `repr` of a string.
    mutating func append(quoting text: Text) {
        let hasSingle = text.bytes.contains(0x27)
        let quote: UInt8 = hasSingle && !text.bytes.contains(0x22) ? 0x22 : 0x27
        append(quote)
        for scalar in text.string.unicodeScalars {
            switch scalar.value {
            case UInt32(quote), 0x5C:
                append(0x5C)
                append(scalar: scalar)
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            case 0x20..<0x7F: append(UInt8(scalar.value))
            default:
                if scalar.value >= 0x80, scalar.isPrintable {
                    append(scalar: scalar)
                } else {
                    append(escape: scalar.value)
                }
            }
        }
        append(quote)
    }

    private mutating func append(escape value: UInt32) {
        let (letter, width) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
        let digits = String(value, radix: 16)
        append("\\" + letter + String(repeating: "0", count: width - digits.count) + digits)
    }
}

extension Renderer {
    /// Writes a value to the output as `{{ }}` does.
    @inline(never)
    mutating func write(_ value: Value) throws(Fault) {
        switch value {
        case .string(let text):
            if autoescape { out.append(escaping: text.bytes) } else { out.append(contentsOf: text.bytes) }
        case .markup(let text): out.append(contentsOf: text.bytes)
        case .bool(let bool): out.append(bool ? "True" : "False")
        case .none: out.append("None")
        case .int(let number): out.append(decimal: number)
        case .float(let number): out.append(pythonDescription(number))
        case .object(let object):
            switch object.kind {
            case .module(let module) where module.body.isMarkup:
                if let text = module.body.text { out.append(contentsOf: text.bytes) }
            default: try writeText(of: value)
            }
        default: try writeText(of: value)
        }
    }

    private mutating func writeText(of value: Value) throws(Fault) {
        let bytes = try text(of: value).bytes
        try work(bytes.count)
        if autoescape { out.append(escaping: bytes) } else { out.append(contentsOf: bytes) }
    }

    /// Writes a value as it is, whatever autoescape says.
    mutating func writePlain(_ value: Value) throws(Fault) {
        guard let text = value.text else {
            throw .runtime("sequence item 0: expected str instance, \(value.typeName) found")
        }
        out.append(contentsOf: text.bytes)
        try checkOutput()
    }

    /// Python's `str`.
    func text(of value: Value) throws(Fault) -> Text {
        switch value {
        case .string(let text), .markup(let text): return text
        case .undefined(let missing):
            if isStrict, !missing.isLenient { throw .undefined(missing) }
            return Text(valid: [])
        case .object(let object):
            switch object.kind {
            case .module(let module): return module.body.text ?? Text(valid: [])
            default: break
            }
        default: break
        }
        var bytes: [UInt8] = []
        try represent(value, into: &bytes, levels: limits.nesting)
        return Text(valid: bytes)
    }

    /// Python's `repr`.
    func representation(of value: Value) throws(Fault) -> String {
        var bytes: [UInt8] = []
        try represent(value, into: &bytes, levels: limits.nesting)
        return String(decoding: bytes, as: UTF8.self)
    }

    func represent(_ value: Value, into bytes: inout [UInt8], levels: Int) throws(Fault) {
        if bytes.count > limits.stringBytes {
            throw .limit("a string of more than \(limits.stringBytes) bytes")
        }
        if levels < 0 { throw .limit("values nested deeper than \(limits.nesting) levels") }
        switch value {
        case .undefined(let missing):
            if isStrict, case .unresolved = missing.reason { throw .undefined(missing) }
            bytes.append("Undefined")
        case .none: bytes.append("None")
        case .bool(let bool): bytes.append(bool ? "True" : "False")
        case .int(let number): bytes.append(decimal: number)
        case .big(let number): bytes.append(number.description)
        case .float(let number): bytes.append(pythonDescription(number))
        case .string(let text): bytes.append(quoting: text)
        case .markup(let text):
            bytes.append("Markup(")
            bytes.append(quoting: text)
            bytes.append(")")
        case .list(let list): try represent(list.items, "[", "]", into: &bytes, levels: levels)
        case .tuple(let list):
            let items = list.items
            try represent(items, "(", items.count == 1 ? ",)" : ")", into: &bytes, levels: levels)
        case .dict(let dict): try represent(dict.table, into: &bytes, levels: levels)
        case .object(let object): try represent(object, into: &bytes, levels: levels)
        }
    }

    private func represent(
        _ items: [Value], _ open: StaticString, _ close: StaticString, into bytes: inout [UInt8], levels: Int
    ) throws(Fault) {
        bytes.append(open)
        for (position, item) in items.enumerated() {
            if position > 0 { bytes.append(", ") }
            try represent(item, into: &bytes, levels: levels - 1)
        }
        bytes.append(close)
    }

    private func represent(_ table: Table, into bytes: inout [UInt8], levels: Int) throws(Fault) {
        bytes.append("{")
        for (position, (key, value)) in zip(table.keys, table.values).enumerated() {
            if position > 0 { bytes.append(", ") }
            try represent(key, into: &bytes, levels: levels - 1)
            bytes.append(": ")
            try represent(value, into: &bytes, levels: levels - 1)
        }
        bytes.append("}")
    }

    private func represent(_ object: Object, into bytes: inout [UInt8], levels: Int) throws(Fault) {
        switch object.kind {
        case .range(let start, let stop, let step):
            bytes.append("range(\(start), \(stop)" + (step == 1 ? ")" : ", \(step))"))
        case .view(let view, let dict):
            bytes.append(view.rawValue + "(")
            try represent(
                try iterate(.object(Object(.view(view, dict)))), "[", "])", into: &bytes, levels: levels)
        case .namespace(let dict):
            bytes.append("<Namespace ")
            try represent(dict.table, into: &bytes, levels: levels - 1)
            bytes.append(">")
        case .macro(let macro): bytes.append("<Macro \(pythonQuoted(macro.name.string))>")
        case .loop(let loop): bytes.append("<LoopContext \(loop.index0 + 1)/\(loop.items.count)>")
        case .module(let module): bytes.append("<TemplateModule \(pythonQuoted(module.name))>")
        case .bytes(let content): bytes.append(bytesLiteral(content))
        case .blocks(let context): bytes.append("<TemplateReference \(pythonQuoted(context.code.name))>")
        case .global(let global):
            switch global {
            case .range, .dict: bytes.append("<class '\(global.rawValue)'>")
            case .lipsum: bytes.append("<function generate_lorem_ipsum>")
            default:
                let name = global.rawValue.prefix(1).uppercased() + global.rawValue.dropFirst()
                bytes.append("<class 'jinja2.utils.\(name)'>")
            }
        // Python prints an address here; nothing is better than a lie.
        case .generator(let generator): bytes.append("<generator object \(generator.name)>")
        default: bytes.append("<\(object.typeName) object>")
        }
    }

    private func bytesLiteral(_ content: [UInt8]) -> String {
        let quote: UInt8 = content.contains(0x27) && !content.contains(0x22) ? 0x22 : 0x27
        var text = "b" + String(UnicodeScalar(quote))
        for byte in content {
            switch byte {
            case quote, 0x5C: text += "\\" + String(UnicodeScalar(byte))
            case 0x0A: text += "\\n"
            case 0x0D: text += "\\r"
            case 0x09: text += "\\t"
            case 0x20..<0x7F: text += String(UnicodeScalar(byte))
            default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return text + String(UnicodeScalar(quote))
    }
}
