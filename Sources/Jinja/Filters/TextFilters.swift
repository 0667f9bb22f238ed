extension Filters {
    static let texts: [Filter] = [
        Filter("upper") { (renderer, value, _) throws(Fault) in
            renderer.like(value, Methods.upper(try renderer.text(of: value)))
        },
        Filter("lower") { (renderer, value, _) throws(Fault) in
            renderer.like(value, Methods.lower(try renderer.text(of: value)))
        },
        Filter("capitalize") { (renderer, value, _) throws(Fault) in
            renderer.like(value, Methods.capitalized(try renderer.text(of: value)))
        },
        Filter("title") { (renderer, value, _) throws(Fault) in
            .string(titled(try renderer.text(of: value)))
        },
        Filter("trim", ["chars"]) { (renderer, value, arguments) throws(Fault) in
            var characters: Text?
            if let given = arguments.some(0) {
                guard let text = given.text else {
                    throw .runtime("strip arg must be None or str")
                }
                characters = text
            }
            return renderer.like(
                value, Methods.stripped(try renderer.text(of: value), characters, left: true, right: true))
        },
        Filter("center", ["width"]) { (renderer, value, arguments) throws(Fault) in
            let width = try renderer.integer(arguments, 0, 80)
            let text = try renderer.text(of: value)
            return try TextMethods(
                text: text, isMarkup: value.isMarkup, call: Call(positional: [.int(width)])
            ).run(
                "center", &renderer)
        },
        Filter("replace", ["old", "new", "count"], required: 2) {
            (renderer, value, arguments) throws(Fault) in
            try renderer.replace(value, arguments)
        },
        Filter("string") { (renderer, value, _) throws(Fault) in
            if value.text != nil { return value }
            return .string(try renderer.text(of: value))
        },
        Filter("wordcount") { (renderer, value, _) throws(Fault) in
            var count = 0
            var isInside = false
            for scalar in try renderer.text(of: value).scalars {
                let isPart = scalar.isWordPart
                if isPart, !isInside { count += 1 }
                isInside = isPart
            }
            return .int(count)
        },
        Filter("truncate", ["length", "killwords", "end", "leeway"]) {
            (renderer, value, arguments) throws(Fault) in
            try renderer.truncate(value, arguments)
        },
        Filter("wordwrap", ["width", "break_long_words", "wrapstring", "break_on_hyphens"]) {
            (renderer, value, arguments) throws(Fault) in try renderer.wordwrap(value, arguments)
        },
        Filter("indent", ["width", "first", "blank"]) { (renderer, value, arguments) throws(Fault) in
            try renderer.indent(value, arguments)
        },
        Filter(open: "format") { (renderer, value, call) throws(Fault) in
            if !call.positional.isEmpty, !call.keywords.isEmpty {
                throw .runtime("can't handle positional and keyword arguments at the same time")
            }
            let format = value.text != nil ? value : .string(try renderer.text(of: value))
            guard !call.keywords.isEmpty else {
                return try Formatting.apply(format, tuple: call.positional, &renderer)
            }
            var table = Table()
            for (name, value) in call.keywords { table.set(.string(name), value) }
            return try Formatting.apply(format, .dict(Dict(table)), &renderer)
        },
        Filter("urlencode") { (renderer, value, _) throws(Fault) in try renderer.urlencode(value) },
    ]

    /// Words begin after white space and after `-`, `(`, `{`, `[` and `<`.
    private static func titled(_ text: Text) -> Text {
        if text.isASCII {
            var isStart = true
            return Text(
                valid: text.bytes.map { byte in
                    if byte.isSpace || [0x2D, 0x28, 0x7B, 0x5B, 0x3C].contains(byte) {
                        isStart = true
                        return byte
                    }
                    defer { isStart = false }
                    if isStart { return byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte }
                    return byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte
                })
        }
        var result = ""
        var word: [Unicode.Scalar] = []
        func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
            scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar)
        }
        func flush() {
            guard let first = word.first else { return }
            result += first.properties.uppercaseMapping
            result += Methods.lower(Text(scalars: word.dropFirst())).string
            word.removeAll()
        }
        for scalar in text.scalars {
            if isSeparator(scalar) {
                flush()
                result.unicodeScalars.append(scalar)
            } else {
                word.append(scalar)
            }
        }
        flush()
        return Text(result)
    }
}

extension Renderer {
    /// Text of the same kind as `value`: what was safe stays safe.
    func like(_ value: Value, _ text: Text) -> Value { value.isMarkup ? .markup(text) : .string(text) }

    fileprivate mutating func replace(_ value: Value, _ arguments: [Value?]) throws(Fault) -> Value {
        let old = arguments[0] ?? .none
        let new = arguments[1] ?? .none
        var limit = -1
        if let count = arguments.some(2) { limit = try integer(count) }
        let text = try text(of: value)
        let (from, to) = (try self.text(of: old), try self.text(of: new))
        guard autoescape else { return .string(try replaced(text, from, to, limit: limit)) }
        var subject: Value = like(value, text)
        if old.isMarkup || (new.isMarkup && !value.isMarkup) {
            subject = .markup(Text(valid: subject.escapedBytes(text)))
        }
        guard subject.isMarkup, let safe = subject.text else {
            return .string(try replaced(text, from, to, limit: limit))
        }
        return .markup(
            try replaced(
                safe, from, Text(valid: new.escapedBytes(to)), limit: limit))
    }

    fileprivate func truncate(_ value: Value, _ arguments: [Value?]) throws(Fault) -> Value {
        let length = try integer(arguments, 0, 255)
        let killsWords = try flag(arguments, 1)
        let end: Value = arguments.given(2) ?? "..."
        let leeway = try arguments.some(3).map { value throws(Fault) in try integer(value) } ?? 5
        let endText = try text(of: end)
        if length < endText.count {
            throw .runtime("expected length >= \(endText.count), got \(length)")
        }
        if leeway < 0 { throw .runtime("expected leeway >= 0, got \(leeway)") }
        guard let text = value.text else {
            let count = try self.length(value)
            if count <= length.addingReportingOverflow(leeway).partialValue { return value }
            throw .runtime("'\(value.typeName)' object cannot be truncated")
        }
        let scalars = text.scalars
        let (limit, overflow) = length.addingReportingOverflow(leeway)
        if overflow || scalars.count <= limit { return value }
        var kept = scalars[..<max(0, length - endText.count)]
        if !killsWords, let space = kept.lastIndex(of: " ") { kept = kept[..<space] }
        let start = like(value, Text(scalars: kept))
        if start.isMarkup || end.isMarkup {
            return .markup(
                Text(valid: start.escapedBytes(Text(scalars: kept)) + end.escapedBytes(endText)))
        }
        return .text(Text(scalars: kept).bytes + endText.bytes)
    }

    fileprivate mutating func indent(_ value: Value, _ arguments: [Value?]) throws(Fault) -> Value {
        let width = arguments.given(0) ?? 4
        if case .undefined(let missing) = value { throw .undefined(missing) }
        guard let text = value.text else {
            throw .runtime("unsupported operand type(s) for +=: '\(value.typeName)' and 'str'")
        }
        var indention: [UInt8]
        if let given = width.text {
            indention = given.bytes
        } else {
            if case .undefined(let missing) = width { throw .undefined(missing) }
            let count = max(0, try integer(width))
            try willMake(bytes: count)
            indention = [UInt8](repeating: 0x20, count: count)
        }
        let isFirst = try flag(arguments, 1)
        let isBlank = try flag(arguments, 2)
        let lines = Methods.lines(Text(valid: text.bytes + [0x0A]), keepEnds: false)
        let (size, overflow) = indention.count.multipliedReportingOverflow(by: lines.count + 1)
        try willMake(bytes: overflow ? .max : size + text.bytes.count)
        var bytes: [UInt8] = isFirst ? indention : []
        for (position, line) in lines.enumerated() {
            if position > 0 {
                bytes.append(0x0A)
                if isBlank || !line.isEmpty { bytes += indention }
            }
            bytes += line.bytes
        }
        return like(value, Text(valid: bytes))
    }

    fileprivate func urlencode(_ value: Value) throws(Fault) -> Value {
        if value.text != nil || !isIterable(value) {
            var bytes: [UInt8] = []
            bytes.append(percentEncoding: try text(of: value).bytes, keepsSlash: true)
            return .text(bytes)
        }
        var bytes: [UInt8] = []
        var items: [(Value, Value)] = []
        if case .dict = value {
            items = try pairs(of: value)
        } else {
            for item in try iterate(value) {
                let parts = try iterate(item)
                guard parts.count == 2 else {
                    throw .runtime("not enough values to unpack (expected 2, got \(parts.count))")
                }
                items.append((parts[0], parts[1]))
            }
        }
        for (position, (key, value)) in items.enumerated() {
            if position > 0 { bytes.append(0x26) }
            bytes.append(percentEncoding: try text(of: key).bytes, keepsSlash: false)
            bytes.append(0x3D)
            bytes.append(percentEncoding: try text(of: value).bytes, keepsSlash: false)
        }
        return .text(bytes)
    }
}

extension [UInt8] {
    /// In a query a space is `+` and a slash is encoded; in a path it is the other way round.
    fileprivate mutating func append(percentEncoding text: [UInt8], keepsSlash: Bool) {
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text {
            switch byte {
            case 0x2D, 0x2E, 0x5F, 0x7E: append(byte)
            case 0x2F where keepsSlash: append(byte)
            case 0x20 where !keepsSlash: append(0x2B)
            case _ where byte.isLetter || byte.isDigit: append(byte)
            default:
                append(0x25)
                append(digits[Int(byte >> 4)])
                append(digits[Int(byte & 15)])
            }
        }
    }
}
