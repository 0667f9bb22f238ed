/// How much of a message is looked at. What exceeds a limit is left out and noted, never refused.
public struct ParseLimits: Sendable {
    /// Octets of the whole message.
    public var message = 40_000_000
    /// Octets of one block of headers.
    public var headerBlock = 1_000_000
    /// Octets of one header's value.
    public var header = 100_000
    /// Headers of the message.
    public var headers = 2_000
    /// Leaf parts.
    public var parts = 1_000
    /// Multiparts inside one another.
    public var depth = 50
    /// Octets of text or HTML that are decoded, of all parts together.
    public var text = 8_000_000
    /// Octets of HTML that are turned into text or sanitised.
    public var html = 2_000_000
    /// Addresses of one header.
    public var addresses = 2_000

    /// The limits above.
    public static let standard = ParseLimits()

    /// The limits above, to be changed.
    public init() {}
}
