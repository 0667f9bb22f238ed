import Curl
import Desk
import Negotiation

/// Brings webhooks to other systems by HTTP: one `POST`, no redirect, no proxy, and no connection to an address that
/// the policy closes, whatever the name led to a moment ago.
public struct WebhookCourier: Sendable {
    private let policy: AddressPolicy
    private let trust: ServerAddress.Trust
    private let version: String

    /// Seconds until a receiver has to have answered, as Standard Webhooks recommends (15 to 30).
    static let patience = 15
    /// Seconds until a connection has to be there.
    private static let connectPatience = 10

    /// - Parameters:
    ///   - trust: whose certificates are believed.
    ///   - version: Parley's, for `User-Agent`.
    public init(policy: AddressPolicy, trust: ServerAddress.Trust = .system, version: String) {
        self.policy = policy
        self.trust = trust
        self.version = version
    }

    /// What is wrong with the address of a receiver; `nil` where it may be posted to.
    public func objection(to url: String) -> String? { ReceiverAddress.objection(to: url, policy) }

    /// Posts, and says what came back.
    public func post(_ post: WebhookPost) async -> WebhookOutcome {
        if let objection = objection(to: post.url) { return .failed("The address \(objection).") }
        do {
            let response = try await exchange(request(post))
            return .answered(
                status: response.status, body: SafeText.of(response.body),
                retryAfterSeconds: response.header("retry-after").flatMap {
                    RetryAfter.seconds($0, now: post.at)
                })
        } catch {
            return .failed(error.description)
        }
    }

    private func request(_ post: WebhookPost) throws(CurlError) -> HTTPRequest {
        var headers = [
            try HTTPHeader("Content-Type", "application/json"),
            try HTTPHeader("User-Agent", "Parley/\(version)"),
        ]
        for header in post.headers { headers.append(try HTTPHeader(header.name, header.value)) }
        var request = try HTTPRequest(.post, post.url, headers: headers, body: post.body)
        request.limits = HTTPLimits(
            connectSeconds: Self.connectPatience, silentSeconds: Self.patience, totalSeconds: Self.patience,
            largestBody: WebhookAttempt.longestAnswer)
        request.opensConnection = true
        return request
    }

    /// By a client of its own, so that one receiver waits for no other.
    private func exchange(_ request: HTTPRequest) async throws(CurlError) -> HTTPResponse {
        let isEncrypted = request.server.security == .tls
        let client = HTTPClient(trust: trust) { [policy] peer in
            ReceiverAddress.objection(to: peer.octets, isEncrypted: isEncrypted, policy) == nil
        }
        return try await client.exchange(request)
    }
}

/// What a stranger's server answered, as text that can be stored and shown.
enum SafeText {
    /// UTF-8 with U+FFFD for what is none, and blanks for control characters but line breaks.
    static func of(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let isControl = scalar.value < 32 || (0x7F..<0xA0).contains(scalar.value)
            // Marks of direction could make the text read as another one.
            let turns = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            text.append(scalar == "\n" || scalar == "\t" || !(isControl || turns) ? scalar : " ")
        }
        return String(text)
    }
}
