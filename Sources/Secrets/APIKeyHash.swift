/// The stored form of an API key: SHA-256 of the whole key in hex, or bcrypt, which other services write.
public enum APIKeyHash {
    /// What Parley writes: 64 lower-case hex digits.
    public static func make(_ key: String) -> String { SHA256.hex(key.utf8) }

    /// Whether the key belongs to the stored hash of either kind.
    ///
    /// With a bcrypt hash it blocks for as long as its cost demands (see `PasswordHash`); `isSlow` tells beforehand.
    public static func verify(_ key: String, against hash: String) -> Bool {
        if isSlow(hash) { return PasswordHash.verify(key, against: hash) }
        guard hash.utf8.count == 2 * SHA256.byteCount, let stored = Hex.decode(hash) else { return false }
        return constantTimeEqual(SHA256.digest(key), stored)
    }

    /// Whether verifying against this hash blocks the thread.
    public static func isSlow(_ hash: String) -> Bool { hash.hasPrefix("$2") }
}
