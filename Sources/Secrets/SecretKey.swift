/// `SECRET_KEY`: signs access tokens, and gives every other purpose a key of its own.
public struct SecretKey: Sendable {
    /// The least length in bytes of UTF-8 (RFC 7518, 3.2: at least as long as the digest).
    public static let minimumLength = 32

    let bytes: [UInt8]

    /// The key from the configuration's text, taken as it stands. Throws `secretKeyTooShort`.
    public init(_ text: String) throws(SecretsError) {
        guard text.utf8.count >= Self.minimumLength else {
            throw .secretKeyTooShort(bytes: text.utf8.count, minimum: Self.minimumLength)
        }
        bytes = Array(text.utf8)
    }

    /// Makes a new key, as text.
    public static func generate() throws(SecretsError) -> String { Base64.url.encode(try randomBytes(32)) }

    /// What a derived key is for. A value signed for one purpose is worth nothing for another.
    public struct Purpose: Sendable, Equatable {
        /// Forms of the pages.
        public static let csrf = Purpose("csrf")
        /// Cookies that hold a session.
        public static let session = Purpose("session")
        /// Positions in lists (`next_cursor`).
        public static let cursor = Purpose("cursor")

        /// The name that goes into the derivation; changing it voids what was signed.
        public let name: String

        /// A purpose of that name.
        public init(_ name: String) { self.name = name }
    }

    /// The 32 bytes for a purpose, by HKDF (RFC 5869).
    public func derived(for purpose: Purpose) -> [UInt8] {
        HKDFSHA256.derive(from: bytes, salt: "parley".utf8, info: "parley/v1/\(purpose.name)".utf8)
    }
}
