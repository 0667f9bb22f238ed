/// The three parts of a signed JSON Web Token (RFC 7519, JWS compact form of RFC 7515), strictly read.
///
/// Canonical base64url only, no duplicate names, nothing beyond the limits. The signature is *not* verified here.
struct JSONWebToken {
    /// The longest token that is looked at, in bytes.
    static let maximumLength = 8192

    private static let limits = StrictJSON.Limits(bytes: maximumLength, depth: 8, values: 500, members: 100)

    let header: StrictJSON.Object
    let claims: StrictJSON.Object
    let signature: [UInt8]
    /// What was signed: header, dot and claims as they were sent.
    let signedText: [UInt8]

    init(_ text: String) throws(SecretsError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumLength else { throw .accessTokenRefused(.malformed) }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64.url.decode(parts[2]) else {
            throw .accessTokenRefused(.malformed)
        }
        header = try Self.object(parts[0])
        claims = try Self.object(parts[1])
        self.signature = signature
        signedText = Array(bytes[..<(parts[2].startIndex - 1)])
    }

    private static func object(_ part: ArraySlice<UInt8>) throws(SecretsError) -> StrictJSON.Object {
        guard let bytes = Base64.url.decode(part),
            let json = try? StrictJSON(bytes, limits: limits), let object = json.object
        else { throw .accessTokenRefused(.malformed) }
        return object
    }

    /// A time claim in seconds since 1970; a fraction (RFC 7519, 2: NumericDate) is cut. `nil` if it is absent.
    func time(_ name: String) throws(SecretsError) -> Int64? {
        guard let value = claims[name] else { return nil }
        if let seconds = value.integer, seconds >= 0 { return seconds }
        guard let seconds = value.double, seconds >= 0, seconds < 1e15 else {
            throw .accessTokenRefused(.malformed)
        }
        return Int64(seconds)
    }

    /// Fails unless the token is in force: `exp` is there and ahead, `iat` and `nbf` are not in the future.
    func checkTimes(unixSeconds now: Int64, leeway: Int64) throws(SecretsError) {
        guard let expires = try time("exp") else { throw .accessTokenRefused(.malformed) }
        guard now - leeway < expires else { throw .accessTokenRefused(.expired) }
        for name in ["iat", "nbf"] {
            if let start = try time(name), start > now + leeway { throw .accessTokenRefused(.notYetValid) }
        }
    }
}
