import Curl
import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The calls of Gmail's interface that Parley makes
/// (https://developers.google.com/workspace/gmail/api/reference/rest), for one mailbox and one after the
/// other. All throw ``MailServiceError``.
public struct GmailAPI: Sendable {
    let account: GmailAccount
    let tokens: OAuthTokens
    let client: HTTPClient

    /// Messages, or changes, of one page; Gmail gives at most 500.
    static let pageSize = 100
    /// Bytes of an answer that is no message.
    static let largestAnswer = 4 << 20
    /// Seconds for a message to go or come, all in all, and without anything happening.
    private static let messageLimits = HTTPLimits(silentSeconds: 120, totalSeconds: 600)

    /// - Parameters:
    ///   - tokens: where access tokens are kept, for any number of mailboxes.
    ///   - trust: whose certificates are believed.
    public init(
        _ account: GmailAccount, tokens: OAuthTokens, trust: ServerAddress.Trust = .system
    ) {
        self.account = account
        self.tokens = tokens
        client = HTTPClient(trust: trust)
    }

    /// Whose mailbox it is, and how far its history goes (`users.getProfile`).
    public func profile() async throws(MailServiceError) -> GmailProfile {
        let answer: GmailProfile.Answer = try await ask("profile")
        return GmailProfile(address: answer.emailAddress, historyID: answer.historyId.value)
    }

    /// Messages that a search finds, newest first (`users.messages.list`).
    ///
    /// - Parameters:
    ///   - search: as people write it into Gmail's search field.
    ///   - label: which the messages have; spam and deleted messages are among them.
    public func messages(
        _ search: String, label: String? = nil, page: String? = nil
    ) async throws(MailServiceError) -> GmailPage {
        var query = [("q", search), ("maxResults", "\(Self.pageSize)")]
        if let label { query += [("labelIds", label), ("includeSpamTrash", "true")] }
        if let page { query.append(("pageToken", page)) }
        return GmailPage(try await ask("messages", query))
    }

    /// A message as it came in (`users.messages.get`). Throws ``MailServiceError/oversized(largest:)`` beside
    /// the others.
    ///
    /// - Parameter largest: bytes.
    public func message(_ id: String, largest: Int) async throws(MailServiceError) -> GmailMessage {
        var limits = Self.messageLimits
        limits.largestBody = largest / 3 * 4 + 65_536
        let answer: GmailMessage.Answer
        do {
            answer = try await ask("messages/\(FormText.encoded(id))", [("format", "raw")], limits)
        } catch .oversized {
            throw .oversized(largest: largest)
        }
        guard let raw = answer.raw else { throw .misunderstood("message \(id) came without its text") }
        guard raw.count <= largest else { throw .oversized(largest: largest) }
        return GmailMessage(reference: answer.reference, raw: raw)
    }

    /// What was added with a label since a point of the history (`users.history.list`). A refusal with 404
    /// says that so old a history is not kept any more.
    public func history(
        since historyID: UInt64, label: String, page: String? = nil
    ) async throws(MailServiceError) -> GmailHistory {
        var query = [
            ("startHistoryId", "\(historyID)"), ("historyTypes", "messageAdded"), ("labelId", label),
            ("maxResults", "\(Self.pageSize)"),
        ]
        if let page { query.append(("pageToken", page)) }
        return GmailHistory(try await ask("history", query))
    }

    /// Has a topic of Pub/Sub told of what comes to the inbox, for seven days (`users.watch`).
    public func watch(topic: String, label: String) async throws(MailServiceError) -> GmailWatch {
        struct Wish: Encodable {
            let topicName: String
            let labelIds: [String]
            let labelFilterBehavior = "INCLUDE"
        }
        let response = try await exchange(
            .post, "watch", body: Self.json(Wish(topicName: topic, labelIds: [label])))
        let answer: GmailWatch.Answer = try Self.read(response)
        return GmailWatch(
            historyID: answer.historyId.value,
            expiresAt: Instant(seconds: Int64(answer.expiration.value / 1000)))
    }

    /// Sends a message to whom its headers name (`users.messages.send`), and says where its copy lies; `nil`
    /// where Gmail has taken it and said so in a way that cannot be read.
    ///
    /// - Parameter thread: the conversation that it belongs to.
    public func send(_ raw: [UInt8], thread: String?) async throws(MailServiceError) -> GmailReference? {
        struct Letter: Encodable {
            let raw: String
            let threadId: String?
        }
        let response = try await exchange(
            .post, "messages/send", body: Self.json(Letter(raw: Base64URL.encode(raw), threadId: thread)),
            limits: Self.messageLimits, opensConnection: true)
        return try? Self.read(response)
    }

    // MARK: Exchanges

    private func ask<Answer: Decodable>(
        _ path: String, _ query: [(String, String)] = [],
        _ limits: HTTPLimits = HTTPLimits(largestBody: largestAnswer)
    ) async throws(MailServiceError) -> Answer {
        let query = query.isEmpty ? "" : "?" + FormText.encoded(query.map { (name: $0.0, value: $0.1) })
        return try Self.read(try await exchange(.get, path + query, limits: limits))
    }

    /// Asks with an access token, and once more with a new one where that is not accepted any more.
    private func exchange(
        _ method: HTTPRequest.Method, _ path: String, body: [UInt8] = [], limits: HTTPLimits = HTTPLimits(),
        opensConnection: Bool = false
    ) async throws(MailServiceError) -> HTTPResponse {
        let first = try await attempt(method, path, body, limits, opensConnection)
        guard first.response.status == 401 else { return try Self.accepted(first.response) }
        await tokens.discard(first.token, of: account.grant)
        return try Self.accepted(try await attempt(method, path, body, limits, opensConnection).response)
    }

    private func attempt(
        _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8], _ limits: HTTPLimits,
        _ opensConnection: Bool
    ) async throws(MailServiceError) -> (token: String, response: HTTPResponse) {
        let token = try await tokens.accessToken(for: account.grant)
        do {
            var headers = [try HTTPHeader("Authorization", "Bearer \(token)")]
            if !body.isEmpty { headers.append(try HTTPHeader("Content-Type", "application/json")) }
            var request = try HTTPRequest(
                method, "\(account.apiURL)/gmail/v1/users/me/\(path)", headers: headers, body: body)
            request.limits = limits
            request.opensConnection = opensConnection
            return (token, try await client.exchange(request))
        } catch {
            throw .transfer(error)
        }
    }

    private static func accepted(_ response: HTTPResponse) throws(MailServiceError) -> HTTPResponse {
        guard (200..<300).contains(response.status) else { throw .refused(GmailRefusal(response)) }
        return response
    }

    private static func read<Answer: Decodable>(
        _ response: HTTPResponse
    ) throws(MailServiceError) -> Answer {
        guard !response.isCut else { throw .oversized(largest: response.body.count) }
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(response.body))
        } catch {
            throw .misunderstood("\(error)")
        }
    }

    private static func json(_ value: some Encodable) throws(MailServiceError) -> [UInt8] {
        do {
            return Array(try JSONEncoder().encode(value))
        } catch {
            throw .misunderstood("\(error)")
        }
    }
}
