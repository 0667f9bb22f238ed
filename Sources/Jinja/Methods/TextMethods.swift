/// The methods of `str`, and of safe text, which escapes what is put into it.
struct TextMethods {
    let text: Text
    let isMarkup: Bool
    let call: Call

    func run(_ method: String, _ renderer: inout Renderer) throws(Fault) -> Value {
        if method.hasPrefix("is") { return .bool(Methods.test(method, text)) }
        switch method {
        case "upper": return wrapped(Methods.upper(text))
        case "lower": return wrapped(Methods.lower(text))
        case "casefold": return wrapped(Methods.folded(text))
        case "capitalize": return wrapped(Methods.capitalized(text))
        case "title": return wrapped(Methods.titled(text))
        case "swapcase": return wrapped(Methods.swapped(text))
        case "strip", "lstrip", "rstrip":
            let characters = call.positional.first.flatMap(\.text)
            return wrapped(
                Methods.stripped(
                    text, characters, left: method != "rstrip", right: method != "lstrip"))
        case "split", "rsplit": return try split(fromRight: method == "rsplit", &renderer)
        case "splitlines":
            let keeps = try (call.positional.first ?? call.keywords.first?.value).map { value throws(Fault) in
                try renderer.truth(value)
            }
            return list(Methods.lines(text, keepEnds: keeps ?? false))
        case "join": return try joined(&renderer)
        case "replace": return try replaced(&renderer)
        case "startswith", "endswith": return try affixed(method, &renderer)
        case "find", "rfind", "index", "rindex", "count": return try found(method, &renderer)
        case "zfill", "center", "ljust", "rjust": return try padded(method, &renderer)
        case "format", "format_map":
            var call = call
            if method == "format_map", let mapping = call.positional.first {
                call = Call(
                    keywords: try renderer.pairs(of: mapping).compactMap { key, value in
                        key.text.map { ($0, value) }
                    })
            }
            return try StringFormat(text, isMarkup: isMarkup).run(call, &renderer)
        case "partition", "rpartition": return try partitioned(fromRight: method == "rpartition", &renderer)
        case "expandtabs": return try expanded(&renderer)
        case "encode":
            let encoding = call.positional.first ?? call.keywords.first { $0.name == "encoding" }?.value
            let name = encoding?.text?.string.lowercased() ?? "utf-8"
            guard ["utf-8", "utf8", "utf_8"].contains(name) || (name == "ascii" && text.isASCII) else {
                throw .runtime("unknown encoding: \(name)")
            }
            return .object(Object(.bytes(text.bytes)))
        case "removeprefix", "removesuffix":
            let affix = try argument(0, method, &renderer)
            if method == "removeprefix", text.bytes.starts(with: affix.bytes) {
                return wrapped(Text(valid: Array(text.bytes.dropFirst(affix.bytes.count))))
            }
            if method == "removesuffix", text.bytes.reversed().starts(with: affix.bytes.reversed()) {
                return wrapped(Text(valid: Array(text.bytes.dropLast(affix.bytes.count))))
            }
            return wrapped(text)
        case "striptags": return .string(Methods.withoutTags(text))
        case "unescape": return .string(Methods.unescaped(text))
        default: throw .runtime("'str' object has no attribute '\(method)'")
        }
    }

    private func wrapped(_ text: Text) -> Value { isMarkup ? .markup(text) : .string(text) }
    private func list(_ texts: [Text]) -> Value { .list(List(mutable: texts.map(wrapped))) }

    private func argument(_ position: Int, _ method: String, _ renderer: inout Renderer) throws(Fault) -> Text
    {
        guard position < call.positional.count else {
            throw .runtime("\(method)() takes at least \(position + 1) argument (\(position) given)")
        }
        let value = call.positional[position]
        if case .undefined(let missing) = value { throw .undefined(missing) }
        guard let text = value.text else {
            throw .runtime("\(method)() argument must be str, not \(value.typeName)")
        }
        return text
    }

    private func split(fromRight: Bool, _ renderer: inout Renderer) throws(Fault) -> Value {
        let bound = try call.bound(to: ["sep", "maxsplit"], of: "split", required: 0)
        let limit = try bound[1].map { value throws(Fault) in try renderer.integer(value) } ?? -1
        guard let separator = bound.some(0) else {
            return list(Methods.words(text, limit: limit, fromRight: fromRight))
        }
        guard let separator = separator.text else {
            throw .runtime("must be str or None, not \(separator.typeName)")
        }
        if separator.isEmpty { throw .runtime("empty separator") }
        return list(Methods.split(text, separator, limit: limit, fromRight: fromRight))
    }

    private func joined(_ renderer: inout Renderer) throws(Fault) -> Value {
        guard let sequence = call.positional.first else {
            throw .runtime("str.join() takes exactly one argument (0 given)")
        }
        guard renderer.isIterable(sequence) else { throw .runtime("can only join an iterable") }
        var bytes: [UInt8] = []
        for (position, item) in try renderer.iterate(sequence).enumerated() {
            if position > 0 { bytes += text.bytes }
            guard let part = item.text else {
                if isMarkup {
                    bytes.append(escaping: try renderer.text(of: item).bytes)
                    continue
                }
                throw .runtime("sequence item \(position): expected str instance, \(item.typeName) found")
            }
            if isMarkup { bytes += item.escapedBytes(part) } else { bytes += part.bytes }
            try renderer.willMake(bytes: bytes.count)
        }
        return wrapped(Text(valid: bytes))
    }

    private func replaced(_ renderer: inout Renderer) throws(Fault) -> Value {
        let old = try argument(0, "replace", &renderer)
        let new = isMarkup ? try renderer.text(of: call.positional[1]) : try argument(1, "replace", &renderer)
        let limit = try renderer.integer(call.positional.map { $0 }, 2, -1)
        guard isMarkup else {
            return .string(try renderer.replaced(text, old, new, limit: limit))
        }
        return .markup(
            try renderer.replaced(
                text, old, Text(valid: call.positional[1].escapedBytes(new)), limit: limit))
    }

    private func affixed(_ method: String, _ renderer: inout Renderer) throws(Fault) -> Value {
        guard let first = call.positional.first else {
            throw .runtime("\(method)() takes at least 1 argument (0 given)")
        }
        let (start, end) = try bounds(&renderer)
        guard start <= text.count, start <= end else { return false }
        let slice = Methods.slice(text, start, end)
        var affixes = [first]
        if case .tuple(let list) = first { affixes = list.items }
        for affix in affixes {
            guard let affix = affix.text else {
                throw .runtime(
                    "\(method) first arg must be str or a tuple of str, not \(affix.typeName)")
            }
            let matches =
                method == "startswith"
                ? slice.starts(with: affix.bytes)
                : slice.count >= affix.bytes.count
                    && slice.suffix(affix.bytes.count).elementsEqual(affix.bytes)
            if matches { return true }
        }
        return false
    }

    /// The optional second and third argument, in code points.
    private func bounds(_ renderer: inout Renderer) throws(Fault) -> (Int, Int) {
        let count = text.count
        let arguments = call.positional.map { Optional($0) }
        func clamped(_ position: Int, _ fallback: Int) throws(Fault) -> Int {
            guard let value = arguments.some(position) else { return fallback }
            let index = try renderer.integer(value)
            return index < 0 ? max(0, index + count) : index
        }
        return (try clamped(1, 0), min(count, try clamped(2, count)))
    }

    private func found(_ method: String, _ renderer: inout Renderer) throws(Fault) -> Value {
        let wanted = try argument(0, method, &renderer)
        let (start, end) = try bounds(&renderer)
        try renderer.work(text.bytes.count)
        let slice = start <= end ? Methods.slice(text, start, end) : []
        if method == "count" {
            if start > end { return 0 }
            if wanted.isEmpty { return .int(end - start + 1) }
            return .int(Methods.split(Text(valid: slice), wanted, limit: -1, fromRight: false).count - 1)
        }
        var position: Int?
        if start <= end {
            if method.hasPrefix("r") {
                // Backwards, so that every letter is looked at only once.
                let found = Array(slice.reversed()).find(wanted.bytes.reversed(), from: 0)
                position = found.map { slice.count - $0 - wanted.bytes.count }
            } else {
                position = slice.find(wanted.bytes, from: 0)
            }
        }
        guard let position else {
            if method.hasSuffix("index") { throw .runtime("substring not found") }
            return -1
        }
        return .int(start + Text(valid: Array(slice[..<position])).count)
    }

    private func padded(_ method: String, _ renderer: inout Renderer) throws(Fault) -> Value {
        guard let first = call.positional.first else {
            throw .runtime("\(method) expected at least 1 argument, got 0")
        }
        let width = try renderer.integer(first)
        let missing = max(0, width - text.count)
        try renderer.willMake(bytes: text.bytes.count + missing)
        if method == "zfill" {
            let isSigned = text.bytes.first == Byte.minus || text.bytes.first == Byte.plus
            let sign = text.bytes.prefix(isSigned ? 1 : 0)
            let zeros = [UInt8](repeating: 0x30, count: missing)
            return wrapped(Text(valid: Array(sign) + zeros + text.bytes.dropFirst(sign.count)))
        }
        let fill = call.positional.count > 1 ? try argument(1, method, &renderer) : " "
        guard fill.count == 1 else { throw .runtime("The fill character must be exactly one character long") }
        let filler =
            isMarkup && call.positional.count > 1 ? call.positional[1].escapedBytes(fill) : fill.bytes
        try renderer.willMake(bytes: text.bytes.count + missing * filler.count)
        // As in Python, the odd one goes to the left when the width is odd.
        let left =
            switch method {
            case "ljust": 0
            case "rjust": missing
            default: missing / 2 + (missing & width & 1)
            }
        var bytes: [UInt8] = []
        for _ in 0..<left { bytes += filler }
        bytes += text.bytes
        for _ in 0..<(missing - left) { bytes += filler }
        return wrapped(Text(valid: bytes))
    }

    private func partitioned(fromRight: Bool, _ renderer: inout Renderer) throws(Fault) -> Value {
        let separator = try argument(0, "partition", &renderer)
        if separator.isEmpty { throw .runtime("empty separator") }
        let parts = Methods.split(text, separator, limit: 1, fromRight: fromRight)
        if parts.count == 2 { return .tuple([wrapped(parts[0]), wrapped(separator), wrapped(parts[1])]) }
        let empty = wrapped(Text(valid: []))
        return .tuple(fromRight ? [empty, empty, wrapped(text)] : [wrapped(text), empty, empty])
    }

    private func expanded(_ renderer: inout Renderer) throws(Fault) -> Value {
        let bound = try call.bound(to: ["tabsize"], of: "expandtabs", required: 0)
        let size = try bound[0].map { value throws(Fault) in try renderer.integer(value) } ?? 8
        let (width, overflow) = text.bytes.count.multipliedReportingOverflow(by: max(1, size))
        try renderer.willMake(bytes: overflow ? .max : width)
        var column = 0
        var result: [Unicode.Scalar] = []
        for scalar in text.scalars {
            if scalar == "\t" {
                let spaces = size > 0 ? size - column % size : 0
                result += [Unicode.Scalar](repeating: " ", count: spaces)
                column += spaces
            } else {
                result.append(scalar)
                column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
            }
        }
        return wrapped(Text(scalars: result))
    }
}
