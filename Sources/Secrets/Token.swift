/// A secret that is handed out once and stored only as its digest: links, refresh tokens, API keys.
public struct Token: Sendable, Equatable {
    /// Length of the random part in bytes (256 bits).
    public static let byteCount = 32

    /// What is handed out: an optional prefix that tells people what it is, and 43 characters of base64url.
    public let text: String

    /// Makes a new one. The prefix is not secret (`pk_live_`), and may be looked for in leaked files.
    public static func make(prefix: String = "") throws(SecretsError) -> Token {
        Token(text: prefix + Base64.url.encode(try randomBytes(byteCount)))
    }

    /// A token somebody presented.
    public init(text: String) { self.text = text }

    /// What is stored: SHA-256 of the whole text, 32 bytes. A slow hash is not needed for 256 random bits.
    public var digest: [UInt8] { SHA256.digest(text) }

    /// The digest as 64 hex digits.
    public var hexDigest: String { Hex.encode(digest) }

    /// Whether this is the token whose digest was stored, compared in constant time.
    public func matches(digest stored: some Collection<UInt8>) -> Bool { constantTimeEqual(digest, stored) }

    public static func == (left: Token, right: Token) -> Bool { constantTimeEqual(left.text, right.text) }
}

extension Token: CustomStringConvertible, CustomDebugStringConvertible {
    /// Never the secret, so that it cannot slip into a log.
    public var description: String { "Token(…)" }
    /// Never the secret.
    public var debugDescription: String { description }
}
