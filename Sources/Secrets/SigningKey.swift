import COpenSSL

/// A private key of ours, with which we sign.
public struct SigningKey: Sendable {
    /// What can be made.
    public enum NewKind: Sendable, CaseIterable { case rsa2048, ed25519 }

    /// The least and the most bits of an RSA key that signs: RFC 8301, 3.2 wants 2,048, and no verifier has
    /// to take more than 4,096.
    public static let rsaBits = 2048...4096

    /// The public half, of kind `rsa` or `ed25519`.
    public let publicKey: PublicKey
    /// The public half as the `p=` of a DKIM record has it: base64 of SubjectPublicKeyInfo for RSA (RFC 6376,
    /// 3.6.1), of the 32 bytes for Ed25519 (RFC 8463, 4).
    public let publicText: String
    private let handle: KeyHandle

    /// A key from PEM without a passphrase: PKCS #8 (`PRIVATE KEY`) or PKCS #1 (`RSA PRIVATE KEY`).
    ///
    /// Throws `signingKeyRefused` for anything else, and for keys that are neither RSA nor Ed25519 or too
    /// weak.
    public init(pem: String) throws(SecretsError) {
        let text = Array(pem.utf8)
        let usable = !text.isEmpty && text.count <= PublicKey.maximumLength
        let key = usable ? parley_key_from_private_pem(text, text.count) : nil
        guard let key else { throw .signingKeyRefused("no PEM of a private key without a passphrase") }
        try self.init(KeyHandle(key))
    }

    private init(_ handle: KeyHandle) throws(SecretsError) {
        let spki = Self.written(by: parley_key_spki, handle)
        guard let spki, let key = try? PublicKey(spki: spki), key.kind != .p256 else {
            throw .signingKeyRefused("neither RSA of \(Self.rsaBits.lowerBound) bits or more nor Ed25519")
        }
        let bits = Int(parley_key_bits(handle.key))
        guard key.kind != .rsa || Self.rsaBits.contains(bits) else {
            throw .signingKeyRefused("RSA of \(bits) bits, at most \(Self.rsaBits.upperBound)")
        }
        let raw = key.kind == .rsa ? spki : Self.written(by: parley_key_ed25519_bytes, handle)
        guard let raw else { throw .signingKeyRefused("it has no public half") }
        self.handle = handle
        publicKey = key
        publicText = Base64.standard.encode(raw)
    }

    /// A new key. RSA takes up to a second. Throws `noRandomness`.
    public static func generate(_ kind: NewKind) throws(SecretsError) -> SigningKey {
        let key =
            switch kind {
            case .rsa2048: parley_key_make_rsa(2048)
            case .ed25519: parley_key_make_ed25519()
            }
        guard let key else { throw .noRandomness }
        return try SigningKey(KeyHandle(key))
    }

    /// The key as PKCS #8 in PEM, to be kept secret.
    public func pem() throws(SecretsError) -> String {
        guard var text = Self.written(by: parley_key_private_pem, handle) else {
            throw .signingKeyRefused("it cannot be written")
        }
        defer { parley_wipe(&text, text.count) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The signature over the message: RSA is PKCS #1 v1.5 with SHA-256 (RFC 8017, 8.2), Ed25519 takes the
    /// message itself (RFC 8032, 5.1.6).
    public func sign(_ message: some Collection<UInt8>) throws(SecretsError) -> [UInt8] {
        let digest: PublicKey.Digest = publicKey.kind == .rsa ? .sha256 : .none
        let signature = withBytes(message) { message in
            Self.written(
                by: { parley_key_sign($0, digest.code, message.baseAddress, message.count, $1, $2) }, handle)
        }
        guard let signature else { throw .signingKeyRefused("libcrypto cannot sign with it") }
        return signature
    }

    /// What a function of the shim writes that is told how much room there is; `nil` when it fails.
    private static func written(
        by write: (OpaquePointer, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<Int>) -> Int32,
        _ handle: KeyHandle
    ) -> [UInt8]? {
        var good = false
        let bytes = [UInt8](unsafeUninitializedCapacity: PublicKey.maximumLength) { buffer, count in
            var length = buffer.count
            guard let start = buffer.baseAddress, write(handle.key, start, &length) == 1 else { return }
            (count, good) = (length, true)
        }
        return good ? bytes : nil
    }
}
