import COpenSSL

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
    /// Length of a digest in bytes.
    public static let byteCount = 32

    /// The 32 bytes of the digest.
    public static func digest(_ bytes: some Collection<UInt8>) -> [UInt8] {
        withBytes(bytes) { input in
            filled(byteCount) { parley_sha256_digest(input.baseAddress, input.count, $0) }
        }
    }

    /// The digest of a text's UTF-8.
    public static func digest(_ text: String) -> [UInt8] { digest(text.utf8) }

    /// The digest as 64 lower-case hex digits.
    public static func hex(_ bytes: some Collection<UInt8>) -> String { Hex.encode(digest(bytes)) }

    /// SHA-256 over pieces that are not in memory at once.
    public struct Stream: ~Copyable {
        private let state: OpaquePointer

        /// A digest of nothing so far.
        public init() { state = parley_sha256_start() }

        deinit { parley_sha256_free(state) }

        /// Adds the next piece.
        public mutating func update(_ bytes: some Collection<UInt8>) {
            withBytes(bytes) { parley_sha256_update(state, $0.baseAddress, $0.count) }
        }

        /// The digest of all pieces; ends the stream.
        public consuming func finish() -> [UInt8] {
            filled(byteCount) { parley_sha256_finish(state, $0) }
        }
    }
}
