#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why an access token was refused. All but `expired` mean that somebody tried, or that the key changed.
public enum AccessTokenRefusal: Sendable, Equatable {
    /// Not a token of the form that Parley signs, or too long, or a needed claim is missing.
    case malformed
    /// Signed in another way than HS256, or not at all (`none`), or with a header that asks for more.
    case wrongAlgorithm
    case wrongSignature
    case expired
    /// Issued in the future: a clock is wrong.
    case notYetValid
    /// For another issuer, audience or account than asked for (tokens of identity providers).
    case wrongParty
}

/// What an access token says about its bearer.
public struct AccessClaims: Sendable, Equatable {
    /// The user (`sub`).
    public var subject: UUID
    /// The tenant (`org`).
    public var organization: UUID
    /// The role as it was at sign-in (`role`), for instance `org_admin`.
    public var role: String
    /// Scopes (`scope`, separated by spaces); empty for a person at a browser.
    public var scopes: [String]
    /// The sign-in that this token belongs to (`sid`), so that signing out can end it.
    public var session: UUID?
    /// When it was made (`iat`), in seconds since 1970.
    public var issuedAt: Int64
    /// When it ends (`exp`), in seconds since 1970.
    public var expiresAt: Int64

    /// Claims of a bearer; times in seconds since 1970.
    public init(
        subject: UUID, organization: UUID, role: String, scopes: [String] = [], session: UUID? = nil,
        issuedAt: Int64, expiresAt: Int64
    ) {
        self.subject = subject
        self.organization = organization
        self.role = role
        self.scopes = scopes
        self.session = session
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }
}

/// Signs and verifies access tokens: JSON Web Tokens (RFC 7519) with HS256 and nothing else.
///
/// The algorithm is never taken from the token: a header other than exactly `alg: HS256, typ: JWT` is refused.
public struct AccessTokenSigner: Sendable {
    private static let header = Base64.url.encode(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))

    private let key: [UInt8]

    /// A signer under `SECRET_KEY`, used as it stands, so that others who hold it can verify the tokens.
    public init(_ key: SecretKey) { self.key = key.bytes }

    /// The token of the claims.
    public func sign(_ claims: AccessClaims) -> String {
        let payload = StrictJSON.object(of: [
            ("sub", .string(Self.text(claims.subject))), ("org", .string(Self.text(claims.organization))),
            ("role", .string(claims.role)),
            ("scope", claims.scopes.isEmpty ? nil : .string(claims.scopes.joined(separator: " "))),
            ("sid", claims.session.map { .string(Self.text($0)) }),
            ("iat", .number(String(claims.issuedAt))), ("exp", .number(String(claims.expiresAt))),
        ])
        let signed = Self.header + "." + Base64.url.encode(Array(payload.text().utf8))
        return signed + "." + Base64.url.encode(HMACSHA256.code(signed.utf8, key: key))
    }

    /// What a token says, if it is genuine and in force at `unixSeconds`, give or take `leeway` seconds.
    ///
    /// Throws `accessTokenRefused`. The signature is checked before any claim is looked at.
    public func verify(
        _ token: String, unixSeconds: Int64, leeway: Int64 = 30
    ) throws(SecretsError) -> AccessClaims {
        let parts = try JSONWebToken(token)
        guard parts.header.members.count == 2, parts.header["alg"]?.string == "HS256",
            parts.header["typ"]?.string == "JWT"
        else { throw .accessTokenRefused(.wrongAlgorithm) }
        guard HMACSHA256.isValid(parts.signature, for: parts.signedText, key: key) else {
            throw .accessTokenRefused(.wrongSignature)
        }
        try parts.checkTimes(unixSeconds: unixSeconds, leeway: leeway)
        return try Self.claims(of: parts)
    }

    private static func claims(of token: JSONWebToken) throws(SecretsError) -> AccessClaims {
        guard let subject = token.claims["sub"]?.string.flatMap(UUID.init(uuidString:)),
            let organization = token.claims["org"]?.string.flatMap(UUID.init(uuidString:)),
            let role = token.claims["role"]?.string, let issuedAt = try token.time("iat"),
            let expiresAt = try token.time("exp")
        else { throw .accessTokenRefused(.malformed) }
        let scopes = token.claims["scope"]?.string ?? ""
        return AccessClaims(
            subject: subject, organization: organization, role: role,
            scopes: scopes.split(separator: " ").map(String.init),
            session: token.claims["sid"]?.string.flatMap(UUID.init(uuidString:)), issuedAt: issuedAt,
            expiresAt: expiresAt)
    }

    private static func text(_ uuid: UUID) -> String { uuid.uuidString.lowercased() }
}
