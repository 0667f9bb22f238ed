/// Cuts a template into tokens, on bytes. Follows the state machine of Jinja2's lexer.
struct Lexer: ~Copyable {
    let source: [UInt8]
    let options: Options
    var tokens: [Token] = []
    var position = 0
    /// Whether what was matched last ended a line.
    private var isLineStart = true
    var brackets: [UInt8] = []
    /// Whether an `if` was seen that is no tag.
    private(set) var hasConditionals = false

    init(source: [UInt8], options: Options) {
        self.source = source
        self.options = options
        tokens.reserveCapacity(16 + source.count / 3)
    }

    /// Line breaks become `\n`, and the last one goes unless it is to be kept.
    static func normalized(_ source: [UInt8], keepsTrailingNewline: Bool) -> [UInt8] {
        var result = source
        if source.first(0x0D, from: 0) != nil {
            result.removeAll(keepingCapacity: true)
            var index = 0
            while index < source.count {
                if source[index] == 0x0D {
                    result.append(0x0A)
                    if index + 1 < source.count, source[index + 1] == 0x0A { index += 1 }
                } else {
                    result.append(source[index])
                }
                index += 1
            }
        }
        if !keepsTrailingNewline, result.last == 0x0A { result.removeLast() }
        return result
    }

    mutating func run() throws(SyntaxFault) -> [Token] {
        while position < source.count { try root() }
        tokens.append(
            Token(kind: .eof, start: UInt32(source.count), end: UInt32(source.count)))
        return tokens
    }

    // MARK: Between the tags

    private enum Opening { case block, variable, comment }

    private mutating func root() throws(SyntaxFault) {
        let start = position
        var from = start
        var match: (found: Int, opening: Opening)?
        while match == nil, let found = source.first(0x7B, from: from) {
            match = opening(at: found).map { (found, $0) }
            from = found + 1
        }
        guard let (found, opening) = match else {
            add(.data, start, source.count)
            position = source.count
            return
        }
        var next = found + 2
        let sign = next < source.count ? source[next] : 0
        let isSigned = sign == Byte.minus || sign == Byte.plus
        if isSigned { next += 1 }
        let end = dataEnd(from: start, to: found, sign: isSigned ? sign : 0, strips: opening != .variable)
        if end > start { add(.data, start, end) }
        isLineStart = false
        if opening == .block, let body = rawBody(at: next) {
            position = body
            return try raw(openedAt: found)
        }
        position = next
        switch opening {
        case .comment: try comment(openedAt: found)
        case .block:
            add(.blockBegin, found, next)
            try inside(.blockEnd)
        case .variable:
            add(.variableBegin, found, next)
            try inside(.variableEnd)
        }
    }

    private func opening(at index: Int) -> Opening? {
        guard index + 1 < source.count, source[index] == 0x7B else { return nil }
        switch source[index + 1] {
        case 0x25: return .block
        case 0x7B: return .variable
        case 0x23: return .comment
        default: return nil
        }
    }

    /// Where the data before a tag ends after whitespace control.
    private func dataEnd(from start: Int, to end: Int, sign: UInt8, strips: Bool) -> Int {
        if sign == Byte.minus { return trimmedEnd(from: start, to: end) }
        guard sign != Byte.plus, options.lstripBlocks, strips else { return end }
        var line = end
        while line > start, source[line - 1] != 0x0A { line -= 1 }
        guard line > start || isLineStart else { return end }
        return trimmedEnd(from: line, to: end) == line ? line : end
    }

    private func trimmedEnd(from start: Int, to end: Int) -> Int {
        var end = end
        while end > start {
            if source[end - 1] < 0x80 {
                guard source[end - 1].isSpace else { break }
                end -= 1
            } else {
                var first = end - 1
                while first > start, source[first] & 0xC0 == 0x80 { first -= 1 }
                guard let scalar = scalar(at: first)?.0, scalar.isPythonSpace else { break }
                end = first
            }
        }
        return end
    }

    private mutating func comment(openedAt start: Int) throws(SyntaxFault) {
        var index = position
        while index + 1 < source.count {
            if source[index] == 0x23, source[index + 1] == 0x7D {
                let sign = index > position ? source[index - 1] : 0
                position = index + 2
                closeTag(sign: sign, trims: options.trimBlocks)
                return
            }
            index += 1
        }
        if position == source.count { return }
        throw SyntaxFault("Missing end of comment tag", at: start)
    }

    /// After the end of a tag: `-` takes all whitespace, `trim_blocks` the next line break unless `+`.
    private mutating func closeTag(sign: UInt8, trims: Bool) {
        let end = position
        if sign == Byte.minus {
            skipSpace()
        } else if sign != Byte.plus, trims, position < source.count, source[position] == 0x0A {
            position += 1
        }
        isLineStart = position > end && source[position - 1] == 0x0A
    }

    // MARK: Raw

    /// If a `raw` tag opens here, where its text begins.
    private func rawBody(at index: Int) -> Int? {
        var index = skippingSpace(from: index)
        guard has("raw", at: index) else { return nil }
        index = skippingSpace(from: index + 3)
        if has("-%}", at: index) { return skippingSpace(from: index + 3) }
        return has("%}", at: index) ? index + 2 : nil
    }

    private mutating func raw(openedAt start: Int) throws(SyntaxFault) {
        let text = position
        isLineStart = text > 0 && source[text - 1] == 0x0A
        var index = text
        while index + 1 < source.count {
            guard source[index] == 0x7B, source[index + 1] == 0x25 else {
                index += 1
                continue
            }
            var next = index + 2
            let sign = next < source.count ? source[next] : 0
            if sign == Byte.minus || sign == Byte.plus { next += 1 }
            next = skippingSpace(from: next)
            if has("endraw", at: next) {
                next = skippingSpace(from: next + 6)
                let closing = next < source.count ? source[next] : 0
                let isSigned = closing == Byte.minus || closing == Byte.plus
                if isSigned { next += 1 }
                if has("%}", at: next) {
                    let end = dataEnd(from: text, to: index, sign: sign, strips: true)
                    if end > text { add(.data, text, end) }
                    position = next + 2
                    closeTag(sign: isSigned ? closing : 0, trims: options.trimBlocks)
                    return
                }
            }
            index += 1
        }
        // As in Jinja2: nothing at all after the tag is no text without an end.
        if text == source.count {
            position = text
            return
        }
        throw SyntaxFault("Missing end of raw directive", at: start)
    }

    // MARK: Inside a tag

    private mutating func inside(_ end: TokenKind) throws(SyntaxFault) {
        let second: UInt8 = 0x7D
        let first: UInt8 = end == .blockEnd ? 0x25 : 0x7D
        brackets.removeAll(keepingCapacity: true)
        while true {
            skipSpace()
            guard position < source.count else { return }
            let byte = source[position]
            if brackets.isEmpty, byte == first || byte == Byte.minus || byte == Byte.plus {
                let signed =
                    (byte == Byte.minus || (byte == Byte.plus && end == .blockEnd))
                    && position + 2 < source.count && source[position + 1] == first
                    && source[position + 2] == second
                let plain =
                    byte == first && position + 1 < source.count && source[position + 1] == second
                if signed || plain {
                    let start = position
                    position += signed ? 3 : 2
                    add(end, start, position)
                    closeTag(sign: signed ? byte : 0, trims: end == .blockEnd && options.trimBlocks)
                    return
                }
            }
            try token(byte)
        }
    }

    private mutating func token(_ byte: UInt8) throws(SyntaxFault) {
        let start = position
        if byte.isNameStart {
            let end = source.withUnsafeBufferPointer { bytes in
                var end = start + 1
                while end < bytes.count, bytes[end].isNamePart { end += 1 }
                return end
            }
            if end < source.count, source[end] >= 0x80 { return try unicodeName(from: start) }
            position = end
            if end - start == 2, byte == 0x69, source[start + 1] == 0x66, tokens.last?.kind != .blockBegin {
                hasConditionals = true
            }
            return add(.name, start, end)
        }
        if byte.isDigit { return number(from: start) }
        if byte == 0x22 || byte == 0x27 { return try string(quote: byte) }
        if byte >= 0x80 { return try unicodeName(from: start) }
        try symbol(byte)
    }

    private mutating func unicodeName(from start: Int) throws(SyntaxFault) {
        var isFirst = true
        position = start
        while position < source.count, let (scalar, length) = scalar(at: position) {
            let properties = scalar.properties
            let fits = isFirst ? properties.isXIDStart || scalar == "_" : properties.isXIDContinue
            guard fits else { break }
            isFirst = false
            position += length
        }
        if position == start {
            let character = scalar(at: start).map { String($0.0) } ?? "?"
            throw SyntaxFault("unexpected char \(pythonQuoted(character)) at \(start)", at: start)
        }
        add(.name, start, position)
    }

    private mutating func string(quote: UInt8) throws(SyntaxFault) {
        let start = position
        var index = position + 1
        while index < source.count, source[index] != quote {
            index += source[index] == 0x5C ? 2 : 1
        }
        guard index < source.count else {
            throw SyntaxFault(
                "unexpected char \(pythonQuoted(String(UnicodeScalar(quote)))) at \(start)", at: start)
        }
        position = index + 1
        add(.string, start, position)
    }

    private mutating func number(from start: Int) {
        if source[start] == 0x30, start + 1 < source.count {
            let radix: Int? =
                switch source[start + 1] | 0x20 {
                case 0x78: 16
                case 0x6F: 8
                case 0x62: 2
                default: nil
                }
            if let radix {
                let end = digits(from: start + 2, radix: radix, leadingUnderscore: true)
                if end > start + 2 {
                    position = end
                    return add(.integer, start, end)
                }
            }
        }
        let whole = digits(from: start, radix: 10, leadingUnderscore: false)
        var end = whole
        let afterDot = start > 0 && source[start - 1] == 0x2E
        if !afterDot {
            if end + 1 < source.count, source[end] == 0x2E, source[end + 1].isDigit {
                end = digits(from: end + 1, radix: 10, leadingUnderscore: false)
            }
            if end < source.count, source[end] | 0x20 == 0x65 {
                var exponent = end + 1
                if exponent < source.count, source[exponent] == Byte.plus || source[exponent] == Byte.minus {
                    exponent += 1
                }
                if exponent < source.count, source[exponent].isDigit {
                    end = digits(from: exponent, radix: 10, leadingUnderscore: false)
                }
            }
        }
        if end > whole {
            position = end
            return add(.float, start, end)
        }
        // `0123` is a zero followed by a number, as no integer begins with zero.
        if source[start] == 0x30 {
            end = start + 1
            while end < whole, source[end] == 0x30 || (source[end] == 0x5F && source[end + 1] == 0x30) {
                end += 1
            }
        }
        position = end
        add(.integer, start, end)
    }

    private func digits(from start: Int, radix: Int, leadingUnderscore: Bool) -> Int {
        var index = start
        while index < source.count {
            if source[index].digitValue < radix {
                index += 1
            } else if source[index] == 0x5F, index > start || leadingUnderscore, index + 1 < source.count,
                source[index + 1].digitValue < radix
            {
                index += 2
            } else {
                break
            }
        }
        return index
    }
}
