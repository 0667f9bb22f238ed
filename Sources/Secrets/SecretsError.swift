/// What can go wrong in this room. None of it is mended by trying again, except `noRandomness`.
public enum SecretsError: Error, Equatable, Sendable {
    /// The libcrypto that was loaded lacks an algorithm (a configuration without the default provider).
    case algorithmMissing
    /// The operating system gave no randomness.
    case noRandomness
    /// A key of the ring is not a Fernet key; `position` counts from 1.
    case notAFernetKey(position: Int, of: Int)
    /// The text is no Fernet token, was changed, or was made with a key that is not in the ring.
    case fernetTokenRefused
    /// The token is older than the caller allows, or lies in the future.
    case fernetTokenExpired
    /// More bytes than one token may carry.
    case plaintextTooLong(bytes: Int, maximum: Int)
    /// bcrypt looks at the first 72 bytes only, so a longer password is refused when it is set.
    case passwordTooLong(bytes: Int, maximum: Int)
    /// A password with a NUL byte, or an empty one.
    case passwordUnusable
    /// A bcrypt cost outside of 4…16.
    case passwordCostUnusable(Int)
    /// `SECRET_KEY` is shorter than HS256 needs (RFC 7518, 3.2).
    case secretKeyTooShort(bytes: Int, minimum: Int)
    /// The bytes are no public key of a kind that is supported here, or one too weak.
    case publicKeyRefused(String)
    /// The PEM holds no private key that we could sign with, or one too weak; or libcrypto cannot sign with it.
    case signingKeyRefused(String)
    /// An access token was refused.
    case accessTokenRefused(AccessTokenRefusal)
    /// A JSON text is none, or beyond the limits; the offset is in bytes.
    case jsonRefused(offset: Int, JSONFault)
    /// A signed value was refused: changed, out of date, or made for another purpose.
    case signedValueRefused

    /// Whether the same call may succeed later.
    public var isWorthRetrying: Bool { self == .noRandomness }
}

extension SecretsError: CustomStringConvertible {
    /// One line for an operator, which says how to mend it. Holds no secret.
    public var description: String {
        switch self {
        case .algorithmMissing:
            "libcrypto does not offer SHA-256, HMAC, HKDF and AES-128-CBC: check OPENSSL_CONF"
        case .noRandomness: "the system gave no random bytes"
        case .notAFernetKey(let position, let count):
            """
            ENCRYPTION_KEY\(count > 1 ? " (key \(position) of \(count))" : "") is not a Fernet key: \
            32 bytes in base64url, make one with \(Self.keyRecipe)
            """
        case .fernetTokenRefused:
            "a stored secret cannot be decrypted: it was changed, or ENCRYPTION_KEY lacks the key that made it"
        case .fernetTokenExpired: "a Fernet token is out of date"
        case .plaintextTooLong(let bytes, let maximum):
            "\(bytes) bytes are too many to encrypt, at most \(maximum)"
        case .passwordTooLong(let bytes, let maximum):
            "the password has \(bytes) bytes in UTF-8, at most \(maximum) are possible"
        case .passwordUnusable: "the password is empty or has a NUL character"
        case .passwordCostUnusable(let cost): "bcrypt cost \(cost) is outside of 4 to 16"
        case .secretKeyTooShort(let bytes, let minimum):
            """
            SECRET_KEY has \(bytes) bytes, at least \(minimum) are needed: make one with \(Self.keyRecipe)
            """
        case .publicKeyRefused(let reason): "not a usable public key: \(reason)"
        case .signingKeyRefused(let reason): "not a usable signing key: \(reason)"
        case .accessTokenRefused(let refusal): "the access token was refused: \(refusal)"
        case .jsonRefused(let offset, let fault): "not acceptable as JSON at byte \(offset): \(fault)"
        case .signedValueRefused: "a signed value was changed or is out of date"
        }
    }

    private static let keyRecipe = "`openssl rand -base64 32 | tr '+/' '-_'`"
}
