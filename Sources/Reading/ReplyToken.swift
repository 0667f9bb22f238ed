/// The unguessable word in a Reply-To address that tells to which negotiation an answer belongs.
///
/// 26 characters of `a`–`z` and `2`–`7` (base32 of 128 bits, RFC 4648, lower case), since mail servers change
/// the case of local parts. In an address it stands behind the mailbox's own local part:
/// `purchasing+r-<token>@example.com` (subaddressing, RFC 5233). It is found again at the end of a local
/// part, also where a forwarder put something before it (`prvs=1234=purchasing+r-<token>@example.com`).
public struct ReplyToken: Hashable, Sendable, CustomStringConvertible {
    /// Characters in a token.
    public static let length = 26
    /// Random octets a token is made from.
    public static let randomOctets = 16
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
    private static let marker = "r-"
    private static let separators: Set<Character> = ["+", "-", "=", "_"]

    /// The token itself, lower case.
    public let description: String

    /// Reads a token in either case; anything but 26 letters of the alphabet is `nil`.
    public init?(_ text: some StringProtocol) {
        let lowered = text.lowercased()
        guard lowered.utf8.count == Self.length, lowered.utf8.allSatisfy(Self.alphabet.contains) else {
            return nil
        }
        description = lowered
    }

    /// A new token from 16 random octets; `nil` for any other number of them.
    public init?(random octets: [UInt8]) {
        guard octets.count == Self.randomOctets else { return nil }
        var text: [UInt8] = []
        var buffer = 0
        var bits = 0
        for octet in octets + [0] where text.count < Self.length {
            buffer = (buffer << 8 | Int(octet)) & 0xFFFF
            bits += 8
            while bits >= 5, text.count < Self.length {
                bits -= 5
                text.append(Self.alphabet[buffer >> bits & 31])
            }
        }
        description = String(decoding: text, as: UTF8.self)
    }

    /// The address to which answers should go: the mailbox's own with the token in it. `nil` for an address
    /// without `@`, or whose local part would exceed the 64 octets of RFC 5321, 4.5.3.1.1.
    public func address(at mailbox: String) -> String? {
        guard let at = mailbox.lastIndex(of: "@"), at != mailbox.startIndex else { return nil }
        let local = "\(mailbox[..<at])+\(Self.marker)\(description)"
        return local.utf8.count <= 64 ? local + mailbox[at...] : nil
    }

    /// The token in an address, if there is one.
    public init?(inAddress address: String) {
        guard let at = address.lastIndex(of: "@") else { return nil }
        let local = address[..<at].lowercased()
        guard local.count >= Self.length + Self.marker.count else { return nil }
        let head = local.dropLast(Self.length)
        guard head.hasSuffix(Self.marker) else { return nil }
        let before = head.dropLast(Self.marker.count).last
        guard before.map(Self.separators.contains) ?? true else { return nil }
        self.init(local.suffix(Self.length))
    }
}
