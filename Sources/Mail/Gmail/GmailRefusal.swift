import Curl
import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A no of Gmail's interface (https://developers.google.com/workspace/gmail/api/guides/handle-errors).
public struct GmailRefusal: Hashable, Sendable, CustomStringConvertible {
    /// The status of HTTP, 300 to 599.
    public let status: Int
    /// One word, `rateLimitExceeded` for example; empty where there is none.
    public let reason: String
    /// For people.
    public let message: String
    /// Seconds that are to pass before the next try, where the server says so.
    public let retryAfterSeconds: Int?

    /// Seconds of a pause that are believed.
    private static let longestPause = 86_400
    /// Characters of a message that are kept.
    private static let longestMessage = 500

    /// Reasons of a 403 that are a matter of time.
    private static let limits: Set<String> = [
        "rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "quotaExceeded",
        "RESOURCE_EXHAUSTED",
    ]

    public var description: String {
        let name = reason.isEmpty ? "\(status)" : "\(status) \(reason)"
        let pause = retryAfterSeconds.map { " It may be tried again in \($0) s." } ?? ""
        return "Gmail refused: \(name): \(message)\(pause)"
    }

    /// Whether too much was asked for in too short a time.
    public var isRateLimit: Bool { status == 429 || status == 403 && Self.limits.contains(reason) }

    /// Whether the account may not do this at all: no sign-in, no permission, no mailbox.
    public var concernsAccount: Bool {
        status == 401 || status == 403 && !isRateLimit || status == 400 && reason == "failedPrecondition"
    }

    /// Whether it may be another answer later.
    public var mayPass: Bool { isRateLimit || status == 408 || status >= 500 }

    // MARK: Reading

    private struct Answer: Decodable {
        struct Failure: Decodable {
            struct Cause: Decodable { let reason: String? }
            let message: String?
            let status: String?
            let errors: [Cause]?
        }
        let error: Failure
    }

    init(_ response: HTTPResponse) {
        let failure = (try? JSONDecoder().decode(Answer.self, from: Data(response.body)))?.error
        status = response.status
        reason = failure?.errors?.first?.reason ?? failure?.status ?? ""
        message = String((failure?.message ?? "without a word").prefix(Self.longestMessage))
        retryAfterSeconds = response.header("retry-after").flatMap {
            Self.pause($0, from: response.header("date") ?? "")
        }
    }

    /// `Retry-After` (RFC 9110, section 10.2.3): seconds, or an instant that the server's own clock is
    /// compared with.
    private static func pause(_ text: String, from date: String) -> Int? {
        if let seconds = Int(text) { return seconds < 0 ? nil : min(seconds, longestPause) }
        guard let end = instant(text), let now = instant(date) else { return nil }
        return min(max(0, Int(clamping: end.seconds - now.seconds)), longestPause)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
    private static func instant(_ text: String) -> Instant? {
        let months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(separator: " ")
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: parts[2])
        else { return nil }
        return Instant("\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])T\(parts[4])Z")
    }
}
