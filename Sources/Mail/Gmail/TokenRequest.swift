import Curl
import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What is shown to servers in place of a password.
struct AccessToken: Sendable {
    let text: String
    var expiresAt: Instant
    /// What the next one is asked for with.
    let refreshToken: String
    /// What has to be kept yet.
    var unkept: Renewal?

    /// A refresh token that took the place of another.
    struct Renewal: Equatable, Sendable {
        let used: String
        let renewed: String
    }
}

/// Asks for an access token by a refresh token (RFC 6749, section 6).
struct TokenRequest: Sendable {
    let grant: OAuthGrant
    let refreshToken: String
    let trust: ServerAddress.Trust

    /// Seconds that a token is good for where the server does not say.
    private static let silentLifetime: Int64 = 600
    /// Seconds that no token is good for longer than.
    private static let longestLifetime: Int64 = 86_400
    /// Characters of a reason that are kept.
    private static let longestReason = 500
    /// Bytes of the answer.
    private static let largestAnswer = 65_536

    /// Answers to the question (RFC 6749, sections 5.1 and 5.2).
    private struct Granted: Decodable {
        let accessToken: String
        let tokenType: String
        let expiresIn: WholeNumber?
        let refreshToken: String?
    }

    private struct Refused: Decodable {
        let error: String
        let errorDescription: String?
    }

    func token(at now: Instant) async throws(MailServiceError) -> AccessToken {
        let response: HTTPResponse
        do {
            // A client of its own: a server that is slow must not keep other people waiting.
            response = try await HTTPClient(trust: trust).exchange(request())
        } catch {
            throw .noToken(error.description, mayPass: error.mayPass)
        }
        guard response.status == 200 else { throw refusal(response) }
        guard let answer = read(Granted.self, from: response), answer.tokenType.lowercased() == "bearer"
        else {
            throw .noToken("\(grant.tokenURL) gave an answer without a token to bear", mayPass: false)
        }
        let seconds = answer.expiresIn.flatMap { Int64(exactly: $0.value) } ?? Self.silentLifetime
        let current = answer.refreshToken ?? refreshToken
        return AccessToken(
            text: answer.accessToken,
            expiresAt: now.advanced(bySeconds: min(seconds, Self.longestLifetime)),
            refreshToken: current,
            unkept: current == refreshToken ? nil : .init(used: refreshToken, renewed: current))
    }

    private func request() throws(CurlError) -> HTTPRequest {
        var fields = [
            ("grant_type", "refresh_token"), ("client_id", grant.clientID),
            ("client_secret", grant.clientSecret), ("refresh_token", refreshToken),
        ]
        if let scope = grant.scope { fields.append(("scope", scope)) }
        var request = try HTTPRequest(
            .post, grant.tokenURL,
            headers: [
                HTTPHeader("Content-Type", "application/x-www-form-urlencoded"),
                HTTPHeader("Accept", "application/json"),
            ],
            body: Array(FormText.encoded(fields).utf8))
        request.limits.largestBody = Self.largestAnswer
        return request
    }

    private func refusal(_ response: HTTPResponse) -> MailServiceError {
        let refused = read(Refused.self, from: response)
        let reason = refused.map {
            [$0.error, $0.errorDescription].compactMap(\.self).joined(separator: ": ")
        }
        let words = reason.map { String($0.prefix(Self.longestReason)) } ?? "status \(response.status)"
        if refused?.error == "invalid_grant" { return .revoked(words) }
        let mayPass = response.status >= 500 || [408, 429].contains(response.status)
        return .noToken("\(grant.tokenURL) gave no access token: \(words)", mayPass: mayPass)
    }

    private func read<Answer: Decodable>(_ type: Answer.Type, from response: HTTPResponse) -> Answer? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(type, from: Data(response.body))
    }
}
