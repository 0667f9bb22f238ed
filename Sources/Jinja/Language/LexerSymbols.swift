extension Lexer {
    mutating func symbol(_ byte: UInt8) throws(SyntaxFault) {
        let start = position
        let next = start + 1 < source.count ? source[start + 1] : 0
        let (kind, length): (TokenKind?, Int) =
            switch (byte, next) {
            case (0x2F, 0x2F): (.floordiv, 2)
            case (0x2A, 0x2A): (.pow, 2)
            case (0x3D, 0x3D): (.eq, 2)
            case (0x21, 0x3D): (.ne, 2)
            case (0x3E, 0x3D): (.gteq, 2)
            case (0x3C, 0x3D): (.lteq, 2)
            default: (single(byte), 1)
            }
        guard let kind else {
            let character = String(UnicodeScalar(byte))
            throw SyntaxFault("unexpected char \(pythonQuoted(character)) at \(start)", at: start)
        }
        switch byte {
        case 0x7B: brackets.append(0x7D)
        case 0x28: brackets.append(0x29)
        case 0x5B: brackets.append(0x5D)
        case 0x7D, 0x29, 0x5D:
            let shown = String(UnicodeScalar(byte))
            guard let expected = brackets.popLast() else {
                throw SyntaxFault("unexpected '\(shown)'", at: start)
            }
            if expected != byte {
                let wanted = String(UnicodeScalar(expected))
                throw SyntaxFault("unexpected '\(shown)', expected '\(wanted)'", at: start)
            }
        default: break
        }
        position += length
        add(kind, start, position)
    }

    func single(_ byte: UInt8) -> TokenKind? {
        switch byte {
        case 0x2B: .add
        case 0x2D: .sub
        case 0x2F: .div
        case 0x2A: .mul
        case 0x25: .mod
        case 0x7E: .tilde
        case 0x5B: .lbracket
        case 0x5D: .rbracket
        case 0x28: .lparen
        case 0x29: .rparen
        case 0x7B: .lbrace
        case 0x7D: .rbrace
        case 0x3E: .gt
        case 0x3C: .lt
        case 0x3D: .assign
        case 0x2E: .dot
        case 0x3A: .colon
        case 0x7C: .pipe
        case 0x2C: .comma
        case 0x3B: .semicolon
        default: nil
        }
    }

    @inline(__always)
    mutating func add(_ kind: TokenKind, _ start: Int, _ end: Int) {
        tokens.append(Token(kind: kind, start: UInt32(start), end: UInt32(end)))
    }

    func has(_ word: StaticString, at index: Int) -> Bool {
        guard index + word.utf8CodeUnitCount <= source.count else { return false }
        for offset in 0..<word.utf8CodeUnitCount where source[index + offset] != word.utf8Start[offset] {
            return false
        }
        return true
    }

    @inline(__always)
    mutating func skipSpace() {
        // Mostly there is one space or none.
        if position < source.count, source[position] == Byte.space { position += 1 }
        guard position < source.count, source[position] <= Byte.space || source[position] >= 0x80 else {
            return
        }
        position = skippingSpace(from: position)
    }

    func skippingSpace(from index: Int) -> Int {
        var index = index
        while index < source.count {
            if source[index] < 0x80 {
                guard source[index].isSpace else { break }
                index += 1
            } else {
                guard let (scalar, length) = scalar(at: index), scalar.isPythonSpace else { break }
                index += length
            }
        }
        return index
    }

    func scalar(at index: Int) -> (Unicode.Scalar, Int)? {
        var iterator = source[index..<min(index + 4, source.count)].makeIterator()
        var decoder = UTF8()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
        return (scalar, UTF8.width(scalar))
    }
}
