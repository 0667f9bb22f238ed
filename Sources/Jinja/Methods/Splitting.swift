extension Methods {
    static func stripped(_ text: Text, _ characters: Text?, left: Bool, right: Bool) -> Text {
        if characters == nil, text.isASCII {
            var (start, end) = (0, text.bytes.count)
            if left { while start < end, text.bytes[start].isSpace { start += 1 } }
            if right { while end > start, text.bytes[end - 1].isSpace { end -= 1 } }
            return end - start == text.bytes.count ? text : Text(valid: Array(text.bytes[start..<end]))
        }
        let scalars = text.scalars
        let set = characters.map { Set($0.scalars) }
        func goes(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? scalar.isPythonSpace }
        var start = 0
        var end = scalars.count
        if left { while start < end, goes(scalars[start]) { start += 1 } }
        if right { while end > start, goes(scalars[end - 1]) { end -= 1 } }
        return start == 0 && end == scalars.count ? text : Text(scalars: scalars[start..<end])
    }

    /// Code points `start` to `end`, as bytes.
    static func slice(_ text: Text, _ start: Int, _ end: Int) -> [UInt8] {
        guard start < end else { return [] }
        if text.isASCII { return Array(text.bytes[start..<min(end, text.bytes.count)]) }
        return Text(scalars: text.scalars[start..<end]).bytes
    }

    static func split(_ text: Text, _ separator: Text, limit: Int, fromRight: Bool) -> [Text] {
        var positions: [Int] = []
        if fromRight {
            // Backwards, so that every letter is looked at only once.
            let (reversed, wanted) = (Array(text.bytes.reversed()), Array(separator.bytes.reversed()))
            var from = 0
            while limit < 0 || positions.count < limit, let found = reversed.find(wanted, from: from) {
                from = found + wanted.count
                positions.append(text.bytes.count - from)
            }
            positions.reverse()
        } else {
            var from = 0
            while limit < 0 || positions.count < limit,
                let found = text.bytes.find(separator.bytes, from: from)
            {
                positions.append(found)
                from = found + separator.bytes.count
            }
        }
        var parts: [Text] = []
        var start = 0
        for position in positions {
            parts.append(Text(valid: Array(text.bytes[start..<position])))
            start = position + separator.bytes.count
        }
        parts.append(Text(valid: Array(text.bytes[start...])))
        return parts
    }

    /// Splits at runs of white space.
    static func words(_ text: Text, limit: Int, fromRight: Bool) -> [Text] {
        var scalars = text.scalars
        if fromRight { scalars.reverse() }
        var words: [Text] = []
        var index = 0
        while true {
            while index < scalars.count, scalars[index].isPythonSpace { index += 1 }
            guard index < scalars.count else { break }
            var end = index
            if limit >= 0, words.count == limit {
                end = scalars.count
                while end > index, scalars[end - 1].isPythonSpace { end -= 1 }
                if !fromRight { end = scalars.count }
                // What is left is kept whole, with the white space at its far end.
                let rest = fromRight ? scalars[index...] : scalars[index..<end]
                words.append(Text(scalars: fromRight ? Array(rest.reversed()) : Array(rest)))
                break
            }
            while end < scalars.count, !scalars[end].isPythonSpace { end += 1 }
            let word = scalars[index..<end]
            words.append(Text(scalars: fromRight ? Array(word.reversed()) : Array(word)))
            index = end
        }
        return fromRight ? words.reversed() : words
    }

    static func lines(_ text: Text, keepEnds: Bool) -> [Text] {
        let scalars = text.scalars
        var lines: [Text] = []
        var start = 0
        var index = 0
        while index < scalars.count {
            guard scalars[index].isPythonLineBreak else {
                index += 1
                continue
            }
            var next = index + 1
            if scalars[index] == "\r", next < scalars.count, scalars[next] == "\n" { next += 1 }
            lines.append(Text(scalars: scalars[start..<(keepEnds ? next : index)]))
            (start, index) = (next, next)
        }
        if start < scalars.count { lines.append(Text(scalars: scalars[start...])) }
        return lines
    }

    // MARK: HTML

    /// Without comments and tags, with runs of white space made one space and entities resolved.
    static func withoutTags(_ text: Text) -> Text {
        var bytes = text.bytes
        bytes = removing(from: bytes, open: Array("<!--".utf8), close: Array("-->".utf8))
        bytes = removing(from: bytes, open: Array("<".utf8), close: Array(">".utf8))
        let words = words(Text(valid: bytes), limit: -1, fromRight: false)
        return unescaped(Text(valid: Array(words.map(\.bytes).joined(separator: [0x20]))))
    }

    private static func removing(from bytes: [UInt8], open: [UInt8], close: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while let start = bytes.find(open, from: index), let end = bytes.find(close, from: start) {
            result += bytes[index..<start]
            index = end + close.count
        }
        return result + bytes[index...]
    }

    /// Resolves character references: numbers, and the names that occur in practice.
    static func unescaped(_ text: Text) -> Text {
        guard text.bytes.contains(0x26) else { return text }
        var result: [UInt8] = []
        var index = 0
        let bytes = text.bytes
        while index < bytes.count {
            guard bytes[index] == 0x26 else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let end = bytes[index...].prefix(34).firstIndex(of: 0x3B)
            if let end, let scalars = reference(Array(bytes[(index + 1)..<end])) {
                for scalar in scalars { result.append(scalar: scalar) }
                index = end + 1
            } else {
                result.append(0x26)
                index += 1
            }
        }
        return Text(valid: result)
    }

    private static func reference(_ name: [UInt8]) -> [Unicode.Scalar]? {
        let string = String(decoding: name, as: UTF8.self)
        if name.first == 0x23 {
            let isHex = name.count > 1 && name[1] | 0x20 == 0x78
            let digits = string.dropFirst(isHex ? 2 : 1)
            guard let value = UInt32(digits, radix: isHex ? 16 : 10) else { return nil }
            return [Unicode.Scalar(value == 0 ? 0xFFFD : value) ?? "\u{FFFD}"]
        }
        return entities[string].map { Array($0.unicodeScalars) }
    }

    private static let entities: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "copy": "©",
        "reg": "®",
        "trade": "™", "hellip": "…", "mdash": "—", "ndash": "–", "lsquo": "‘", "rsquo": "’", "ldquo": "“",
        "rdquo": "”", "laquo": "«", "raquo": "»", "bull": "•", "middot": "·", "euro": "€", "pound": "£",
        "yen": "¥", "cent": "¢", "sect": "§", "para": "¶", "deg": "°", "plusmn": "±", "times": "×",
        "divide": "÷", "frac12": "½", "frac14": "¼", "frac34": "¾", "sup2": "²", "sup3": "³", "micro": "µ",
        "auml": "ä", "ouml": "ö", "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß",
        "eacute": "é", "egrave": "è", "agrave": "à", "ccedil": "ç", "ntilde": "ñ", "aring": "å",
        "oslash": "ø",
        "aelig": "æ", "larr": "←", "rarr": "→", "uarr": "↑", "darr": "↓", "shy": "\u{AD}", "zwnj": "\u{200C}",
        "zwj": "\u{200D}", "lrm": "\u{200E}", "rlm": "\u{200F}", "ensp": "\u{2002}", "emsp": "\u{2003}",
        "thinsp": "\u{2009}",
    ]
}

extension Renderer {
    /// Python's `str.replace`.
    mutating func replaced(_ text: Text, _ old: Text, _ new: Text, limit: Int) throws(Fault) -> Text {
        try work(text.bytes.count)
        var bytes: [UInt8] = []
        var left = limit
        if old.isEmpty {
            for scalar in text.scalars {
                if left != 0 { bytes += new.bytes }
                left -= left == 0 ? 0 : 1
                bytes.append(scalar: scalar)
                try willMake(bytes: bytes.count)
            }
            return Text(valid: left != 0 ? bytes + new.bytes : bytes)
        }
        var from = 0
        while left != 0, let found = text.bytes.find(old.bytes, from: from) {
            bytes += text.bytes[from..<found]
            bytes += new.bytes
            from = found + old.bytes.count
            left -= 1
            if bytes.count > limits.stringBytes { try willMake(bytes: bytes.count) }
        }
        bytes += text.bytes[from...]
        try willMake(bytes: bytes.count)
        return Text(valid: bytes)
    }
}
