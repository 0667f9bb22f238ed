/// Reads numbers and runs of octets one after another, the least significant octet first ([MS-OXTNEF], 2.1.3).
/// Whatever would end beyond the octets is `nil`, and then nothing is consumed.
struct TNEFCursor {
    /// What has not been read yet.
    private(set) var rest: ArraySlice<UInt8>

    init(_ octets: ArraySlice<UInt8>) { rest = octets }

    /// That many octets.
    mutating func octets(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= rest.count else { return nil }
        let taken = rest.prefix(count)
        rest = rest.dropFirst(count)
        return taken
    }

    /// That many octets and, where they are there, those that fill up the last group of four.
    mutating func paddedOctets(_ count: Int) -> ArraySlice<UInt8>? {
        guard let taken = octets(count) else { return nil }
        rest = rest.dropFirst((4 - count % 4) % 4)
        return taken
    }

    /// A number of one octet.
    mutating func byte() -> Int? { number(ofOctets: 1) }

    /// A number of two octets.
    mutating func word() -> Int? { number(ofOctets: 2) }

    /// A number of four octets, never negative.
    mutating func long() -> Int? { number(ofOctets: 4) }

    private mutating func number(ofOctets count: Int) -> Int? {
        octets(count)?.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
