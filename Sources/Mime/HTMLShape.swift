/// What makes a page hard for libxml2, told and mended without understanding the page.
enum HTMLShape {
    /// The most attributes that one tag could have.
    ///
    /// Where tags begin depends on comments, scripts and quotes, by which a page could hide one; so every `<` before a
    /// letter is taken for the start of a tag. Backwards that takes one pass: for each state of a reader, how many
    /// attributes it would still meet before the tag ends.
    static func mostAttributes(_ bytes: [UInt8]) -> Int {
        var ahead = AttributesAhead()
        var most = 0
        var next: UInt8 = 0
        for byte in bytes.reversed() {
            if byte == 0x3C, isLetter(next) { most = max(most, ahead.element) }
            ahead.prepend(byte)
            next = byte
        }
        return most
    }

    /// The page without the tags inside `most` others. Of a block a paragraph is left.
    static func flattened(_ bytes: [UInt8], most: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var open = 0
        var index = 0
        while index < bytes.count {
            defer { index += 1 }
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            let isEnd = next == 0x2F
            let start = index + (isEnd ? 2 : 1)
            guard bytes[index] == 0x3C, isEnd || isLetter(next), !HTMLTree.isVoid(bytes, start) else {
                result.append(bytes[index])
                continue
            }
            if !isEnd { open += 1 }
            if open > most {
                if HTMLElements.blocks.contains(name(bytes, start)) { result += Array("<p>".utf8) }
                index = bytes[index...].firstIndex(of: 0x3E) ?? bytes.count
            } else {
                result.append(bytes[index])
            }
            if isEnd { open = max(0, open - 1) }
        }
        return result
    }

    private static func name(_ bytes: [UInt8], _ start: Int) -> String {
        let characters = bytes[start...].prefix(10).prefix { isLetter($0) || (0x30...0x39).contains($0) }
        return String(decoding: characters, as: UTF8.self).lowercased()
    }

    fileprivate static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}

/// How many attributes libxml2 would still read before the tag ends, by where in the tag it is.
private struct AttributesAhead {
    /// In the element's name.
    private(set) var element = 0
    private var between = 0
    private var name = 0
    private var afterName = 0
    private var equals = 0
    private var bare = 0
    private var doubleQuoted = 0
    private var singleQuoted = 0
    /// In what is no attribute, up to the next space.
    private var bogus = 0

    /// Puts a byte before what was read.
    mutating func prepend(_ byte: UInt8) {
        let after = self
        if byte == 0x3E {
            (element, between, name, afterName, equals, bare, bogus) = (0, 0, 0, 0, 0, 0, 0)
            return
        }
        let isSpace = byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
        let startsName = HTMLShape.isLetter(byte) || byte == 0x5F || byte == 0x3A || byte == 0x2E
        let isInName = startsName || byte == 0x2D || (0x30...0x39).contains(byte)
        // libxml2 cuts long names, so an element's name may go on as an attribute's.
        let afterElement = byte == 0x3D ? max(after.equals, after.bogus) : after.bogus
        element = isInName ? after.element : isSpace ? after.between : afterElement
        between = isSpace ? after.between : startsName ? after.name + 1 : after.bogus
        let afterEquals = byte == 0x3D ? after.equals : after.bogus
        name = isInName ? after.name : isSpace ? after.afterName : afterEquals
        afterName = isSpace ? after.afterName : startsName ? after.name + 1 : afterEquals
        let isQuote = byte == 0x22 || byte == 0x27
        equals =
            isSpace
            ? after.equals : !isQuote ? after.bare : byte == 0x22 ? after.doubleQuoted : after.singleQuoted
        bare = isSpace ? after.between : after.bare
        doubleQuoted = byte == 0x22 ? after.between : after.doubleQuoted
        singleQuoted = byte == 0x27 ? after.between : after.singleQuoted
        bogus = isSpace ? after.between : after.bogus
    }
}
