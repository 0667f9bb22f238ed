extension Renderer {
    /// Python's `textwrap.wrap` line by line.
    mutating func wordwrap(_ value: Value, _ arguments: [Value?]) throws(Fault) -> Value {
        if case .undefined(let missing) = value { throw .undefined(missing) }
        guard let text = value.text else {
            throw .runtime("'\(value.typeName)' object has no attribute 'splitlines'")
        }
        let width = try integer(arguments, 0, 79)
        let breaksWords = try flag(arguments, 1, true)
        let separator = try arguments.some(2).map { value throws(Fault) in try self.text(of: value) } ?? "\n"
        let breaksHyphens = try flag(arguments, 3, true)
        let lines = Methods.lines(text, keepEnds: false)
        var bytes: [UInt8] = []
        for (position, line) in lines.enumerated() {
            if position > 0 { bytes += separator.bytes }
            if width <= 0, !line.isEmpty { throw .runtime("invalid width \(width) (must be > 0)") }
            let wrapped = WordWrap(width: width, breaksWords: breaksWords, breaksHyphens: breaksHyphens)
                .lines(
                    of: line)
            for (position, part) in wrapped.enumerated() {
                if position > 0 { bytes += separator.bytes }
                bytes += part.bytes
                if bytes.count > limits.stringBytes { try willMake(bytes: bytes.count) }
            }
        }
        try work(bytes.count)
        return .text(bytes)
    }
}

/// `textwrap.TextWrapper` with `expand_tabs` and `replace_whitespace` off.
struct WordWrap {
    let width: Int
    let breaksWords: Bool
    let breaksHyphens: Bool

    private typealias Chunk = ArraySlice<Unicode.Scalar>

    func lines(of text: Text) -> [Text] {
        var chunks = Array(chunks(of: text.scalars).reversed())
        var lines: [Text] = []
        while !chunks.isEmpty {
            var line: [Chunk] = []
            var length = 0
            if !lines.isEmpty, isBlank(chunks[chunks.count - 1]) { chunks.removeLast() }
            while let chunk = chunks.last, length + chunk.count <= width {
                line.append(chunk)
                length += chunk.count
                chunks.removeLast()
            }
            if let chunk = chunks.last, chunk.count > width {
                breakLong(&chunks, &line, length)
            }
            if let last = line.last, isBlank(last) { line.removeLast() }
            if !line.isEmpty { lines.append(Text(scalars: line.joined())) }
        }
        return lines
    }

    private func breakLong(_ chunks: inout [Chunk], _ line: inout [Chunk], _ length: Int) {
        let room = width < 1 ? 1 : width - length
        guard let chunk = chunks.last else { return }
        if breaksWords {
            var end = room
            if breaksHyphens, chunk.count > room {
                // The last hyphen that fits, unless only hyphens stand before it.
                let head = chunk.prefix(room)
                if let hyphen = head.lastIndex(of: "-"), hyphen > chunk.startIndex,
                    chunk[..<hyphen].contains(where: { $0 != "-" })
                {
                    end = hyphen - chunk.startIndex + 1
                }
            }
            line.append(chunk.prefix(end))
            chunks[chunks.count - 1] = chunk.dropFirst(end)
            if chunks[chunks.count - 1].isEmpty { chunks.removeLast() }
        } else if line.isEmpty {
            line.append(chunk)
            chunks.removeLast()
        }
    }

    /// White space that `strip` takes and nothing else.
    private func isBlank(_ chunk: Chunk) -> Bool { chunk.allSatisfy(\.isPythonSpace) }

    private func isWhite(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x20: true
        default: false
        }
    }

    private func chunks(of scalars: [Unicode.Scalar]) -> [Chunk] {
        var chunks: [Chunk] = []
        var index = 0
        while index < scalars.count {
            var end = index
            let white = isWhite(scalars[index])
            while end < scalars.count, isWhite(scalars[end]) == white { end += 1 }
            if white || !breaksHyphens {
                chunks.append(scalars[index..<end])
            } else {
                hyphenated(scalars[index..<end], into: &chunks)
            }
            index = end
        }
        return chunks
    }

    /// A word is cut after a hyphen between letters, and around a dash of two or more hyphens.
    private func hyphenated(_ word: Chunk, into chunks: inout [Chunk]) {
        var start = word.startIndex
        var index = start
        func isWordPart(_ position: Int) -> Bool {
            guard word.indices.contains(position) else { return false }
            let scalar = word[position]
            return scalar.isWordPart || "!\"'&.,?".unicodeScalars.contains(scalar)
        }
        func isLetter(_ position: Int) -> Bool {
            guard word.indices.contains(position) else { return false }
            let scalar = word[position]
            return scalar.isWordPart && !scalar.isPythonDecimal
        }
        while index < word.endIndex {
            guard word[index] == "-" else {
                index += 1
                continue
            }
            var end = index
            while end < word.endIndex, word[end] == "-" { end += 1 }
            if end - index >= 2 {
                // A dash stands alone when words surround it.
                if isWordPart(index - 1), end < word.endIndex, word[end].isWordPart {
                    if start < index { chunks.append(word[start..<index]) }
                    chunks.append(word[index..<end])
                    start = end
                }
                index = end
            } else {
                let cuts =
                    (isLetter(index - 1)
                        && (isLetter(index - 2) || index - 1 > start && word[index - 2] == "-"
                            || index - 1 == start && false))
                    && isLetter(index + 1)
                    && (isLetter(index + 2) || word.indices.contains(index + 2) && word[index + 2] == "-")
                if cuts {
                    chunks.append(word[start...index])
                    start = index + 1
                }
                index = end
            }
        }
        if start < word.endIndex { chunks.append(word[start...]) }
    }
}
