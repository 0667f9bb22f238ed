/// Signs small values that travel through a browser: readable by all, changed by none, with an end.
///
/// A signed value is `value ‖ end (8 bytes) ‖ HMAC-SHA256 (32)` in base64url.
public struct ValueSigner: Sendable {
    /// The most bytes that are signed; a cookie has no room for more.
    public static let maximumValue = 2048

    private let key: [UInt8]

    /// A signer whose values are good for one purpose only.
    public init(_ key: SecretKey, for purpose: SecretKey.Purpose) { self.key = key.derived(for: purpose) }

    /// The value with its end (seconds since 1970) and signature.
    public func sign(_ value: [UInt8], expiresAt: Int64) -> String {
        var signed = value
        for shift in stride(from: 56, through: 0, by: -8) {
            signed.append(UInt8(truncatingIfNeeded: expiresAt >> Int64(shift)))
        }
        return Base64.url.encode(signed + HMACSHA256.code(signed, key: key))
    }

    /// The value, if it was signed for this purpose and has not ended at `unixSeconds`. Throws `signedValueRefused`.
    public func verify(_ text: String, unixSeconds: Int64) throws(SecretsError) -> [UInt8] {
        guard text.utf8.count <= (Self.maximumValue + 40) * 4 / 3 + 4, let bytes = Base64.url.decode(text),
            bytes.count >= 40
        else { throw .signedValueRefused }
        let signed = bytes[..<(bytes.count - 32)]
        guard HMACSHA256.isValid(bytes[signed.endIndex...], for: signed, key: key) else {
            throw .signedValueRefused
        }
        let expiry = Int64(bitPattern: signed.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        guard unixSeconds < expiry else { throw .signedValueRefused }
        return Array(signed.dropLast(8))
    }
}

/// Tokens against cross-site request forgery: bound to a session, different in every page.
///
/// A token is `random (16 bytes) ‖ HMAC-SHA256(session ‖ random)` in base64url; it needs no storage and ends with
/// its session.
public struct CSRFTokens: Sendable {
    private let key: [UInt8]

    /// Tokens under a key derived for that purpose alone.
    public init(_ key: SecretKey) { self.key = key.derived(for: .csrf) }

    /// A token for the forms of a session (any bytes that name it, such as the digest of its cookie).
    public func make(session: [UInt8]) throws(SecretsError) -> String {
        let random = try randomBytes(16)
        return Base64.url.encode(random + code(session, random[...]))
    }

    /// Whether the token was made for that session.
    public func isValid(_ token: String, session: [UInt8]) -> Bool {
        guard token.utf8.count == 64, let bytes = Base64.url.decode(token), bytes.count == 48 else {
            return false
        }
        return constantTimeEqual(bytes[16...], code(session, bytes[..<16]))
    }

    private func code(_ session: [UInt8], _ random: ArraySlice<UInt8>) -> [UInt8] {
        var stream = HMACSHA256.Stream(key: key)
        stream.update(session)
        stream.update(random)
        return stream.finish()
    }
}
