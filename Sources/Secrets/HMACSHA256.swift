import COpenSSL

/// HMAC with SHA-256 (RFC 2104).
public enum HMACSHA256 {
    /// Length of a code in bytes.
    public static let byteCount = 32

    /// The 32 bytes of the authentication code.
    public static func code(_ message: some Collection<UInt8>, key: some Collection<UInt8>) -> [UInt8] {
        var stream = Stream(key: key)
        stream.update(message)
        return stream.finish()
    }

    /// Whether the code belongs to the message, compared in constant time.
    public static func isValid(
        _ code: some Collection<UInt8>, for message: some Collection<UInt8>, key: some Collection<UInt8>
    ) -> Bool {
        constantTimeEqual(code, self.code(message, key: key))
    }

    /// HMAC over pieces, so that a header and a large body need not be joined.
    public struct Stream: ~Copyable {
        private let state: OpaquePointer

        /// A code over nothing so far.
        public init(key: some Collection<UInt8>) {
            state = withBytes(key) { parley_hmac_start($0.baseAddress, $0.count) }
        }

        deinit { parley_hmac_free(state) }

        /// Adds the next piece.
        public mutating func update(_ bytes: some Collection<UInt8>) {
            withBytes(bytes) { parley_hmac_update(state, $0.baseAddress, $0.count) }
        }

        /// The code over all pieces; ends the stream.
        public consuming func finish() -> [UInt8] {
            filled(byteCount) { parley_hmac_finish(state, $0) }
        }
    }
}

/// HKDF with SHA-256 (RFC 5869): several keys out of one secret.
public enum HKDFSHA256 {
    /// The most bytes that one derivation gives (255 blocks).
    public static let maximumByteCount = 255 * 32

    /// A key for one purpose. `count` is between 1 and `maximumByteCount`, and is clamped to that.
    public static func derive(
        from secret: some Collection<UInt8>, salt: some Collection<UInt8> = [],
        info: some Collection<UInt8>, count: Int = 32
    ) -> [UInt8] {
        let length = min(max(count, 1), maximumByteCount)
        return withBytes(secret) { secret in
            withBytes(salt) { salt in
                withBytes(info) { info in
                    filled(length) {
                        parley_hkdf(
                            secret.baseAddress, secret.count, salt.baseAddress, salt.count, info.baseAddress,
                            info.count, $0, length)
                    }
                }
            }
        }
    }
}
