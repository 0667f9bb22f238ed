import Secrets

/// The password of an endpoint whose provider does not sign: HTTP Basic (RFC 7617) or a bearer token.
struct SharedPassword: Sendable {
    private let secrets: [String]

    init(_ secrets: [String]) { self.secrets = secrets }

    /// Whether `Authorization` carries a secret: Basic with `user:password` or any user and the password, or Bearer.
    func isGood(_ authorization: String) -> Bool {
        guard let space = authorization.firstIndex(of: " ") else { return false }
        let scheme = authorization[..<space].lowercased()
        let rest = authorization[authorization.index(after: space)...].drop { $0 == " " }
        switch scheme {
        case "bearer": return isSecret(Array(rest.utf8))
        case "basic":
            guard let pair = Base64.standard.decode(rest), let colon = pair.firstIndex(of: UInt8(ascii: ":"))
            else {
                return false
            }
            // Both are always compared, so that the time does not tell which form is stored.
            let (whole, password) = (isSecret(pair), isSecret(Array(pair[(colon + 1)...])))
            return whole || password
        default: return false
        }
    }

    private func isSecret(_ presented: [UInt8]) -> Bool {
        var found = false
        for secret in secrets where constantTimeEqual(presented, secret.utf8) { found = true }
        return found
    }
}
