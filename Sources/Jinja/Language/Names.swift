/// Names by number, so that scopes compare numbers.
struct Names: Sendable {
    /// Names whose texts need not be made again.
    private let known: KnownNames?
    /// Whether there is a name that was not known.
    private(set) var hasNew = false
    private(set) var texts: [Text] = []
    /// Numbers by hash with open addressing, -1 where none.
    private var table = [Int32](repeating: -1, count: 64)
    /// The numbers of the words with a meaning of their own that were seen.
    private var specials: [(word: Special, number: Int32)] = []
    private let seed = Text.seed

    init(known: KnownNames? = nil) { self.known = known }

    /// Names that are known beforehand, numbered in that order; none stands there twice.
    init(_ names: [String]) {
        known = nil
        for name in names { _ = number(of: name) }
    }

    mutating func reserveCapacity(_ count: Int) { texts.reserveCapacity(count) }

    /// The number of the name that stands at `range` of `source`, a new one if it has none yet.
    mutating func number(of range: Range<Int>, in source: [UInt8]) -> Int32 {
        source.withUnsafeBytes { number(of: UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    mutating func number(of name: String) -> Int32 { number(of: 0..<name.utf8.count, in: Array(name.utf8)) }

    /// The number of the name that stands at `range` of `source`, if it has one.
    func find(_ range: Range<Int>, in source: [UInt8]) -> Int? {
        source.withUnsafeBytes { source in
            let name = UnsafeRawBufferPointer(rebasing: source[range])
            let number = place(of: name, hash: name.quickHash(seed)).number
            return number >= 0 ? Int(number) : nil
        }
    }

    /// The number of a word with a meaning of its own, if it was seen.
    func find(_ word: Special) -> Int32? {
        for special in specials where special.word == word { return special.number }
        return nil
    }

    /// The meaning of its own that a name has.
    @inline(__always)
    func special(_ number: Int32) -> Special? {
        for special in specials where special.number == number { return special.word }
        return nil
    }

    func find(_ name: Text) -> Int? { find(name.bytes.indices, in: name.bytes) }

    /// Where in the table a name of that hash is or belongs, and its number or -1.
    private func place(of name: UnsafeRawBufferPointer, hash: UInt64) -> (position: Int, number: Int32) {
        var position = Int(truncatingIfNeeded: hash) & (table.count - 1)
        while table[position] >= 0, !texts[Int(table[position])].bytes.equals(name) {
            position = (position + 1) & (table.count - 1)
        }
        return (position, table[position])
    }

    private mutating func number(of name: UnsafeRawBufferPointer) -> Int32 {
        let hash = name.quickHash(seed)
        let (position, number) = place(of: name, hash: hash)
        if number >= 0 { return number }
        let new = Int32(texts.count)
        texts.append(text(of: name, hash: hash))
        table[position] = new
        if let word = Special(name) { specials.append((word, new)) }
        if texts.count * 2 > table.count { grow() }
        return new
    }

    private mutating func text(of name: UnsafeRawBufferPointer, hash: UInt64) -> Text {
        if let known {
            let number = known.names.place(of: name, hash: hash).number
            if number >= 0 { return known.names.texts[Int(number)] }
        }
        hasNew = true
        return Text(valid: Array(name))
    }

    private mutating func grow() {
        table = [Int32](repeating: -1, count: table.count * 2)
        for (number, text) in texts.enumerated() {
            let hash = text.bytes.withUnsafeBytes { $0.quickHash(seed) }
            var position = Int(truncatingIfNeeded: hash) & (table.count - 1)
            while table[position] >= 0 { position = (position + 1) & (table.count - 1) }
            table[position] = Int32(number)
        }
    }
}

/// Names of the templates of an environment, which share their texts.
final class KnownNames: Sendable {
    let names: Names
    /// Up to this many of up to this many bytes are kept, so that templates cannot fill the memory with names that
    /// are used once.
    static let most = 1_000
    static let longest = 64

    init(_ names: Names = Names()) { self.names = names }

    /// These and others, as long as there is room.
    func adding(_ texts: [Text]) -> KnownNames {
        var names = names
        for text in texts where names.texts.count < Self.most && text.bytes.count <= Self.longest {
            _ = names.number(of: text.bytes.indices, in: text.bytes)
        }
        return names.texts.count > self.names.texts.count ? KnownNames(names) : self
    }
}

/// The names that have a meaning without being assigned.
enum Special {
    case loop, caller, varargs, kwargs, itself, parent

    var word: StaticString {
        switch self {
        case .loop: "loop"
        case .caller: "caller"
        case .varargs: "varargs"
        case .kwargs: "kwargs"
        case .itself: "self"
        case .parent: "super"
        }
    }

    @inline(__always)
    init?(_ name: UnsafeRawBufferPointer) {
        guard name.count >= 4, name.count <= 7 else { return nil }
        let known: Special
        switch name[0] {
        case 0x6C: known = .loop
        case 0x63: known = .caller
        case 0x76: known = .varargs
        case 0x6B: known = .kwargs
        case 0x73: known = name.count == 4 ? .itself : .parent
        default: return nil
        }
        guard name.count == known.word.utf8CodeUnitCount, name.equals(known.word.bytes) else { return nil }
        self = known
    }
}
