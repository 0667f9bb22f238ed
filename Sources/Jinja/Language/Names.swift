/// Names by number, so that scopes compare numbers.
struct Names {
    private(set) var texts: [Text] = []
    /// Numbers by hash with open addressing, -1 where none.
    private var table = [Int32](repeating: -1, count: 64)

    init() {}

    /// Names that are known beforehand, numbered in that order; none stands there twice.
    init(_ names: [String]) {
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
            let number = place(of: UnsafeRawBufferPointer(rebasing: source[range])).number
            return number >= 0 ? Int(number) : nil
        }
    }

    func find(_ name: Text) -> Int? { find(name.bytes.indices, in: name.bytes) }

    /// Where in the table a name is or belongs, and its number or -1.
    private func place(of name: UnsafeRawBufferPointer) -> (position: Int, number: Int32) {
        var position = Int(truncatingIfNeeded: name.quickHash) & (table.count - 1)
        while table[position] >= 0, !texts[Int(table[position])].bytes.equals(name) {
            position = (position + 1) & (table.count - 1)
        }
        return (position, table[position])
    }

    private mutating func number(of name: UnsafeRawBufferPointer) -> Int32 {
        let (position, known) = place(of: name)
        if known >= 0 { return known }
        texts.append(Text(valid: Array(name)))
        table[position] = Int32(texts.count - 1)
        if texts.count * 2 > table.count { grow() }
        return Int32(texts.count - 1)
    }

    private mutating func grow() {
        table = [Int32](repeating: -1, count: table.count * 2)
        for (number, text) in texts.enumerated() {
            var position = Int(truncatingIfNeeded: text.bytes.quickHash) & (table.count - 1)
            while table[position] >= 0 { position = (position + 1) & (table.count - 1) }
            table[position] = Int32(number)
        }
    }
}
