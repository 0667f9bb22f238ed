/// Where events may be brought: to the public internet, and to the networks that an operator has named.
///
/// People of an organization choose where to; without this rule they could have this machine talk to whatever it
/// can reach and they cannot: its own services, the neighbours in its network, the cloud's metadata.
public struct AddressPolicy: Hashable, Sendable {
    /// Networks that an operator has let in although they are not public.
    public let allowed: [NetworkRange]

    /// A policy with the networks that are let in besides the public internet.
    public init(allowing allowed: [NetworkRange] = []) { self.allowed = allowed }

    /// The most networks that are named.
    public static let mostRanges = 64

    /// Reads networks separated by commas, such as `10.1.0.0/16,fd00::/8`; `nil` when one of them is none, or when
    /// there are too many.
    public init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: true)
        let ranges = parts.map { NetworkRange($0.filter { !$0.isWhitespace }) }
        let known = ranges.compactMap(\.self)
        guard known.count == ranges.count, known.count <= Self.mostRanges else { return nil }
        allowed = known
    }

    /// What an address is to the policy.
    public enum Verdict: Hashable, Sendable {
        /// Anybody can reach it.
        case open
        /// An operator has named its network.
        case allowed
        /// Nothing may be brought there; why.
        case closed(String)
    }

    /// What an address is: 4 octets of IPv4 or 16 of IPv6.
    public func verdict(on octets: [UInt8]) -> Verdict {
        let four = Self.embedded(in: octets)
        if allowed.contains(where: { $0.contains(octets) || four.map($0.contains) ?? false }) {
            return .allowed
        }
        if let four {
            return Self.special4.first { $0.range.contains(four) }.map { .closed($0.name) } ?? .open
        }
        guard octets.count == 16 else { return .closed("no address") }
        if let special = Self.special6.first(where: { $0.range.contains(octets) }) {
            return .closed(special.name)
        }
        return Self.global6.contains(octets) ? .open : .closed("not of the public internet")
    }

    /// The address of IPv4 that an address is or stands for: `::ffff:0:0/96` (mapped) and `64:ff9b::/96` (NAT64, RFC
    /// 6052), by which a network without IPv4 reaches it.
    private static func embedded(in octets: [UInt8]) -> [UInt8]? {
        if octets.count == 4 { return octets }
        guard octets.count == 16 else { return nil }
        let head = Array(octets.prefix(12))
        let zeros = [UInt8](repeating: 0, count: 10)
        let isMapped = head == zeros + [0xFF, 0xFF]
        let isTranslated = head == [0, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8)
        return isMapped || isTranslated ? Array(octets.suffix(4)) : nil
    }

    /// Blocks of IPv4 that are not of the public internet (IANA's registry of special-purpose addresses, RFC 6890).
    private static let special4: [(range: NetworkRange, name: String)] = [
        (NetworkRange([0, 0, 0, 0], 8), "“this network”"),
        (NetworkRange([10, 0, 0, 0], 8), "private"),
        (NetworkRange([100, 64, 0, 0], 10), "shared by customers of a provider"),
        (NetworkRange([127, 0, 0, 0], 8), "this machine itself"),
        (NetworkRange([169, 254, 0, 0], 16), "of the local link"),
        (NetworkRange([172, 16, 0, 0], 12), "private"),
        (NetworkRange([192, 0, 0, 0], 24), "reserved for protocols"),
        (NetworkRange([192, 0, 2, 0], 24), "for documentation"),
        (NetworkRange([192, 88, 99, 0], 24), "of 6to4 relays"),
        (NetworkRange([192, 168, 0, 0], 16), "private"),
        (NetworkRange([198, 18, 0, 0], 15), "for benchmarks"),
        (NetworkRange([198, 51, 100, 0], 24), "for documentation"),
        (NetworkRange([203, 0, 113, 0], 24), "for documentation"),
        (NetworkRange([224, 0, 0, 0], 4), "multicast"),
        (NetworkRange([240, 0, 0, 0], 4), "reserved"),
    ]

    /// The part of IPv6 that is given out (RFC 4291, section 2.4) …
    private static let global6 = NetworkRange([0x20] + [UInt8](repeating: 0, count: 15), 3)

    /// … and blocks that have a name, within it and outside.
    private static let special6: [(range: NetworkRange, name: String)] = [
        (six([0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01], 48), "of a local translator"),
        (six([0x01, 0x00], 64), "where everything is discarded"),
        (six([0x20, 0x01], 23), "reserved for protocols"),
        (six([0x20, 0x01, 0x0D, 0xB8], 32), "for documentation"),
        (six([0x20, 0x02], 16), "of 6to4"),
        (six([0x3F, 0xFF], 20), "for documentation"),
        (six([0xFC], 7), "private"),
        (six([0xFE, 0x80], 10), "of the local link"),
        (six([0xFE, 0xC0], 10), "of a site"),
        (six([0xFF], 8), "multicast"),
    ]

    private static func six(_ head: [UInt8], _ bits: Int) -> NetworkRange {
        NetworkRange(head + [UInt8](repeating: 0, count: 16 - head.count), bits)
    }
}
