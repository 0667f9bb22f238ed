extension Renderer {
    mutating func call(_ global: Global, _ arguments: Call) throws(Fault) -> Value {
        switch global {
        case .range:
            guard arguments.keywords.isEmpty, (1...3).contains(arguments.positional.count) else {
                throw .runtime("range expected 1 to 3 arguments, got \(arguments.positional.count)")
            }
            var bounds: [Int] = []
            for value in arguments.positional { bounds.append(try integer(value)) }
            if bounds.count == 1 { return .object(Object(.range(start: 0, stop: bounds[0], step: 1))) }
            let step = bounds.count == 3 ? bounds[2] : 1
            if step == 0 { throw .runtime("range() arg 3 must not be zero") }
            return .object(Object(.range(start: bounds[0], stop: bounds[1], step: step)))
        case .dict: return .dict(Dict(mutable: try table(arguments, "dict")))
        case .namespace:
            let dict = Dict(mutable: try table(arguments, "namespace"))
            try checkDepth(.dict(dict))
            return .object(Object(.namespace(dict)))
        case .cycler:
            if arguments.positional.isEmpty { throw .runtime("at least one item has to be provided") }
            return .object(Object(.cycler(Cycler(arguments.positional))))
        case .joiner:
            let bound = try arguments.bound(to: ["sep"], of: "joiner", required: 0)
            return .object(Object(.joiner(Joiner(bound[0] ?? ", "))))
        case .lipsum: return try lipsum(arguments)
        }
    }

    private func table(_ arguments: Call, _ name: String) throws(Fault) -> Table {
        if arguments.positional.count > 1 {
            throw .runtime("\(name) expected at most 1 argument, got \(arguments.positional.count)")
        }
        var table = Table()
        if let first = arguments.positional.first {
            if case .undefined(let missing) = first, isStrict, !missing.isLenient {
                throw .undefined(missing)
            }
            for (key, value) in try pairs(of: first) { table.set(try hashable(key), value) }
        }
        for (name, value) in arguments.keywords { table.set(.string(name), value) }
        return table
    }

    private mutating func lipsum(_ arguments: Call) throws(Fault) -> Value {
        let bound = try arguments.bound(to: ["n", "html", "min", "max"], of: "lipsum", required: 0)
        let count = try integer(bound, 0, 5)
        let isHTML = try flag(bound, 1, true)
        let shortest = try integer(bound, 2, 20)
        let longest = try integer(bound, 3, 100)
        let most = 1 << 40
        guard abs(max(shortest, -Int.max)) < most, abs(max(longest, -Int.max)) < most else {
            throw .limit("a paragraph of too many words")
        }
        if shortest >= longest { throw .runtime("empty range for randrange()") }
        var paragraphs: [UInt8] = []
        for position in 0..<max(0, count) {
            let words = shortest + random.next(below: longest - shortest)
            try willMake(
                bytes: paragraphs.count + max(0, words).multipliedReportingOverflow(by: 12).partialValue)
            if position > 0 { paragraphs.append(isHTML ? "\n" : "\n\n") }
            if isHTML { paragraphs.append("<p>") }
            paragraphs += paragraph(words: words)
            if isHTML { paragraphs.append("</p>") }
        }
        return isHTML ? .markup(Text(valid: paragraphs)) : .text(paragraphs)
    }

    private mutating func paragraph(words: Int) -> [UInt8] {
        var text = ""
        var startsSentence = true
        var sinceComma = 0
        var sinceStop = 0
        for position in 0..<max(0, words) {
            var word = Self.latin[random.next(below: Self.latin.count)]
            if startsSentence { word = word.prefix(1).uppercased() + word.dropFirst() }
            startsSentence = false
            if position > 0 { text += " " }
            text += word
            sinceComma += 1
            sinceStop += 1
            if position == words - 1 { break }
            if sinceStop > 10 + random.next(below: 10) {
                text += "."
                (startsSentence, sinceStop, sinceComma) = (true, 0, 0)
            } else if sinceComma > 3 + random.next(below: 5) {
                text += ","
                sinceComma = 0
            }
        }
        return Array((text + ".").utf8)
    }

    private static let latin = """
        a ac accumsan ad adipiscing aenean aliquam amet ante aptent arcu at auctor bibendum blandit commodo
        condimentum congue consectetuer consequat conubia convallis cras cubilia curabitur cursus dapibus diam
        dictum dignissim dolor donec dui duis egestas eget eleifend elementum elit enim erat eros est et etiam
        eu euismod facilisis fames faucibus felis fermentum feugiat fringilla fusce gravida habitant hendrerit
        iaculis id imperdiet in integer ipsum justo lacinia lacus laoreet lectus leo libero ligula lobortis
        lorem luctus maecenas magna magnis malesuada massa mattis mauris metus mi molestie mollis montes morbi
        nam natoque nec neque netus nibh nisi nisl non nulla nunc odio orci ornare parturient pede pharetra
        phasellus porta porttitor posuere potenti praesent pretium primis proin pulvinar purus quam quis
        quisque rhoncus ridiculus risus rutrum sagittis sapien scelerisque sed sem semper senectus sit sociis
        sodales sollicitudin suscipit suspendisse taciti tellus tempor tempus tincidunt torquent tortor
        tristique turpis ultrices ultricies urna ut varius vel velit venenatis vestibulum vitae viverra
        volutpat vulputate
        """.split(whereSeparator: \.isWhitespace).map(String.init)
}

/// Chance that a seed decides: the same render gives the same text.
struct Randomness {
    private var state: UInt64

    init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

    /// A number from 0 up to but not including `bound`.
    mutating func next(below bound: Int) -> Int {
        // SplitMix64 (Steele, Lea and Flood 2014).
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return bound > 0 ? Int(mixed % UInt64(bound)) : 0
    }
}
