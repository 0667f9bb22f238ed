import Glibc

/// All addresses that begin with the same bits (CIDR, RFC 4632 and RFC 4291, section 2.3).
public struct NetworkRange: Hashable, Sendable {
    /// 4 octets of IPv4 or 16 of IPv6.
    let octets: [UInt8]
    /// How many of the first bits are the same.
    let bits: Int

    /// Reads `10.1.0.0/16`, `fd00::/8`, or one address without a number of bits; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let octets = Self.octets(of: parts[0]) else { return nil }
        let bits = parts.count == 1 ? octets.count * 8 : Int(parts[1]) ?? -1
        guard (0...octets.count * 8).contains(bits) else { return nil }
        (self.octets, self.bits) = (octets, bits)
    }

    /// A range that is written down in this program.
    init(_ octets: [UInt8], _ bits: Int) {
        self.octets = octets
        self.bits = bits
    }

    /// Whether an address of the same kind lies in it.
    public func contains(_ address: [UInt8]) -> Bool {
        guard address.count == octets.count else { return false }
        let (whole, rest) = bits.quotientAndRemainder(dividingBy: 8)
        guard address.prefix(whole) == octets.prefix(whole) else { return false }
        return rest == 0 || (address[whole] ^ octets[whole]) >> (8 - rest) == 0
    }

    /// The octets of an address as people write it: dotted with four numbers, or IPv6. Nothing else, such as the
    /// single number or the octal digits that some resolvers understand.
    static func octets(of text: some StringProtocol) -> [UInt8]? {
        var octets = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, String(text), &octets) == 1 { return Array(octets.prefix(4)) }
        return inet_pton(AF_INET6, String(text), &octets) == 1 ? octets : nil
    }
}
