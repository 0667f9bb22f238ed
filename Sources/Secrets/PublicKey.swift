import COpenSSL

/// Somebody else's public key, with which their signatures are verified.
public struct PublicKey: Sendable {
    /// The kinds that are supported.
    public enum Kind: Sendable, Equatable {
        /// RSA of at least 2,048 bits, PKCS #1 v1.5.
        case rsa
        /// ECDSA on P-256.
        case p256
        case ed25519
    }

    /// What is hashed before it is signed.
    public enum Digest: Sendable {
        /// Only where a provider still signs this way (SNS, version 1).
        case sha1
        case sha256
        /// Ed25519 takes the message itself.
        case none
    }

    /// The least and the most bits of an RSA key; verifying a huge one would take seconds.
    public static let rsaBits = 2048...8192
    /// The longest DER or PEM that is looked at, in bytes.
    public static let maximumLength = 16_384

    /// Which kind of key this is.
    public let kind: Kind
    private let handle: KeyHandle

    private init(
        _ key: OpaquePointer?, _ source: String, rsaBits: ClosedRange<Int> = Self.rsaBits
    ) throws(SecretsError) {
        guard let key else { throw .publicKeyRefused("these bytes are not \(source)") }
        handle = KeyHandle(key)
        switch parley_key_kind(key) {
        case Int32(PARLEY_KEY_RSA.rawValue):
            let bits = Int(parley_key_bits(key))
            guard rsaBits.contains(bits) else { throw .publicKeyRefused("RSA of \(bits) bits") }
            kind = .rsa
        case Int32(PARLEY_KEY_P256.rawValue): kind = .p256
        case Int32(PARLEY_KEY_ED25519.rawValue): kind = .ed25519
        default: throw .publicKeyRefused("neither RSA, P-256 nor Ed25519")
        }
    }

    /// A key from SubjectPublicKeyInfo in DER (RFC 5280, 4.1.2.7).
    public init(spki der: [UInt8]) throws(SecretsError) {
        let usable = der.count <= Self.maximumLength && !der.isEmpty
        try self.init(
            usable ? der.withUnsafeBufferPointer { parley_key_from_spki($0.baseAddress, $0.count) } : nil,
            "a SubjectPublicKeyInfo")
    }

    /// A key from its SubjectPublicKeyInfo in base64, with or without the PEM lines around it.
    public init(spkiText text: String) throws(SecretsError) {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }
        let base64 = lines.joined().filter { !$0.isWhitespace }
        guard text.utf8.count <= Self.maximumLength, let der = Base64.standard.decode(base64) else {
            throw .publicKeyRefused("it is not base64")
        }
        try self.init(spki: der)
    }

    /// An RSA key from modulus and exponent, big-endian.
    public init(rsaModulus modulus: [UInt8], exponent: [UInt8]) throws(SecretsError) {
        let usable = !modulus.isEmpty && !exponent.isEmpty && modulus.count <= 1024 && exponent.count <= 8
        let key =
            usable
            ? modulus.withUnsafeBufferPointer { n in
                exponent.withUnsafeBufferPointer { e in
                    parley_key_from_rsa(n.baseAddress, n.count, e.baseAddress, e.count)
                }
            } : nil
        try self.init(key, "an RSA key")
    }

    /// An RSA key from SubjectPublicKeyInfo or RSAPublicKey in DER: DKIM records hold either (RFC 6376, 3.6.1).
    ///
    /// - Parameter bits: the least and the most bits that it may have, in place of ``rsaBits``.
    public init(rsaDER der: [UInt8], bits: ClosedRange<Int>) throws(SecretsError) {
        let usable = der.count <= Self.maximumLength && !der.isEmpty
        let key =
            usable ? parley_key_from_spki(der, der.count) ?? parley_key_from_rsa_der(der, der.count) : nil
        try self.init(key, "an RSA key", rsaBits: bits)
        guard kind == .rsa else { throw .publicKeyRefused("it is no RSA key") }
    }

    /// An Ed25519 key from its 32 bytes (RFC 8032).
    public init(ed25519 bytes: [UInt8]) throws(SecretsError) {
        try self.init(bytes.count == 32 ? parley_key_from_ed25519(bytes) : nil, "an Ed25519 key")
    }

    /// The key of a certificate.
    init(certificate pem: [UInt8], notBefore: inout Int64, notAfter: inout Int64) throws(SecretsError) {
        let usable = pem.count <= Self.maximumLength && !pem.isEmpty
        try self.init(
            usable ? parley_key_from_certificate(pem, pem.count, &notBefore, &notAfter) : nil,
            "a certificate in PEM")
    }

    /// Whether the signature over the message is good. RSA is PKCS #1 v1.5; ECDSA signatures are DER.
    ///
    /// A digest that does not suit the kind of key is `false`.
    public func verify(
        _ signature: [UInt8], of message: some Collection<UInt8>, digest: Digest
    ) -> Bool {
        withBytes(message) { message in
            parley_key_verify(
                handle.key, digest.code, signature, signature.count, message.baseAddress, message.count)
                == 1
        }
    }
}

extension PublicKey.Digest {
    /// What the shim calls it.
    var code: Int32 {
        switch self {
        case .none: Int32(PARLEY_DIGEST_NONE.rawValue)
        case .sha1: Int32(PARLEY_DIGEST_SHA1.rawValue)
        case .sha256: Int32(PARLEY_DIGEST_SHA256.rawValue)
        }
    }
}

/// Frees a key when the last copy of the value that holds it is gone.
final class KeyHandle: Sendable {
    // `nonisolated(unsafe)`: never changed after it was made, and libcrypto lets any number of threads use
    // one EVP_PKEY.
    nonisolated(unsafe) let key: OpaquePointer

    init(_ key: OpaquePointer) { self.key = key }

    deinit { parley_key_free(key) }
}

/// An X.509 certificate, as far as a signature check needs it: whose chain was not verified here, so it must come
/// from a place that vouches for it (HTTPS from the provider's own host).
public struct Certificate: Sendable {
    /// The key it certifies.
    public let key: PublicKey
    /// The first and the last second (since 1970) at which it is valid.
    public let validity: ClosedRange<Int64>

    /// The first certificate in a PEM text. Throws `publicKeyRefused`.
    public init(pem: [UInt8]) throws(SecretsError) {
        var notBefore: Int64 = 0
        var notAfter: Int64 = 0
        key = try PublicKey(certificate: pem, notBefore: &notBefore, notAfter: &notAfter)
        guard notBefore <= notAfter else {
            throw .publicKeyRefused("a certificate that ends before it begins")
        }
        validity = notBefore...notAfter
    }
}
