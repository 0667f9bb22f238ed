/// The keys of an identity provider: a JSON Web Key Set (RFC 7517), of which only RSA keys for signatures count.
public struct KeySet: Sendable {
    /// The most keys that are read.
    public static let maximumKeys = 100

    private let keys: [String: PublicKey]

    /// Reads `{"keys":[{"kty":"RSA","kid":…,"n":…,"e":…}]}`; keys of other kinds or for other uses are passed over.
    ///
    /// Throws `jsonRefused` or `publicKeyRefused`.
    public init(json: [UInt8]) throws(SecretsError) {
        guard let entries = try StrictJSON(json)["keys"]?.array, entries.count <= Self.maximumKeys else {
            throw .publicKeyRefused("it is not a JSON Web Key Set")
        }
        var keys: [String: PublicKey] = [:]
        for entry in entries where Self.isForSignatures(entry) {
            guard let id = entry["kid"]?.string,
                let n = entry["n"]?.string.flatMap({ Base64.url.decode($0) }),
                let e = entry["e"]?.string.flatMap({ Base64.url.decode($0) })
            else { continue }
            guard keys[id] == nil else { throw .publicKeyRefused("two keys are named \(id)") }
            keys[id] = try PublicKey(rsaModulus: n, exponent: e)
        }
        self.keys = keys
    }

    private static func isForSignatures(_ entry: StrictJSON) -> Bool {
        guard entry["kty"]?.string == "RSA" else { return false }
        return (entry["use"]?.string ?? "sig") == "sig" && (entry["alg"]?.string ?? "RS256") == "RS256"
    }

    /// The key of that name.
    public subscript(id: String) -> PublicKey? { keys[id] }
}

/// What an identity provider says in a token, after its signature and times were found good.
public struct IdentityClaims: Sendable {
    /// Who issued it (`iss`).
    public let issuer: String
    /// For whom (`aud`); always one.
    public let audience: String
    /// The account's address (`email`), if the issuer vouches for it (`email_verified`).
    public let verifiedEmail: String?
}

/// Verifies OpenID Connect tokens signed with RS256 and nothing else (OpenID Connect Core 1.0, 3.1.3.7).
public struct IdentityTokenVerifier: Sendable {
    /// The issuers that count.
    public var issuers: Set<String>
    /// The audience that must be named.
    public var audience: String
    /// Seconds by which clocks may differ.
    public var leeway: Int64

    /// A verifier of one audience's tokens.
    public init(issuers: Set<String>, audience: String, leeway: Int64 = 60) {
        self.issuers = issuers
        self.audience = audience
        self.leeway = leeway
    }

    /// The name (`kid`) of the key that a token says it was signed with, so that the key set can be fetched again
    /// when it is new; `nil` if the text is no RS256 token. Proves nothing.
    public static func keyID(of token: String) -> String? {
        guard let parts = try? JSONWebToken(token), parts.header["alg"]?.string == "RS256" else { return nil }
        return parts.header["kid"]?.string
    }

    /// What a token says, if a key of the set signed it, and issuer, audience and times are right.
    ///
    /// Throws `accessTokenRefused`.
    public func verify(
        _ token: String, keys: KeySet, unixSeconds: Int64
    ) throws(SecretsError) -> IdentityClaims {
        let parts = try JSONWebToken(token)
        guard parts.header["alg"]?.string == "RS256", parts.header["crit"] == nil,
            parts.header["typ"]?.string ?? "JWT" == "JWT", let id = parts.header["kid"]?.string
        else { throw .accessTokenRefused(.wrongAlgorithm) }
        guard let key = keys[id], key.kind == .rsa,
            key.verify(parts.signature, of: parts.signedText, digest: .sha256)
        else { throw .accessTokenRefused(.wrongSignature) }
        guard try parts.time("iat") != nil else { throw .accessTokenRefused(.malformed) }
        try parts.checkTimes(unixSeconds: unixSeconds, leeway: leeway)
        guard let issuer = parts.claims["iss"]?.string, issuers.contains(issuer),
            parts.claims["aud"]?.string == audience
        else { throw .accessTokenRefused(.wrongParty) }
        let isVerified = parts.claims["email_verified"]?.bool == true
        return IdentityClaims(
            issuer: issuer, audience: audience,
            verifiedEmail: isVerified ? parts.claims["email"]?.string : nil)
    }
}
