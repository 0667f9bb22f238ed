import Desk
import Negotiation

/// Receives what comes to a mailbox of Gmail, in passes. What it hands over is named by Gmail's message id:
/// the same message may be handed over again, after an interruption or where the history was lost, and then
/// has the same name.
public struct GmailInbox: Sendable {
    private let api: GmailAPI
    private let largest: Int
    private let now: @Sendable () -> Instant
    private let leave: @Sendable (String) async throws -> Void

    /// The folder that answers come to.
    static let label = "INBOX"
    /// Pages of one pass, each of at most ``GmailAPI/pageSize`` messages or changes.
    static let pagesPerPass = 10
    /// Seconds by which Gmail's clock may differ from ours.
    static let clockDifference: Int64 = 600
    /// Seconds before the last pass from which messages are looked at again where the history was lost.
    static let lookBack: Int64 = 86_400

    /// - Parameters:
    ///   - largest: bytes of a message that is taken; a larger one is reported and left alone.
    ///   - leave: takes one line about a message that is left alone.
    public init(
        _ api: GmailAPI, largest: Int, now: @escaping @Sendable () -> Instant,
        leave: @escaping @Sendable (String) async throws -> Void
    ) {
        self.api = api
        self.largest = largest
        self.now = now
        self.leave = leave
    }

    /// Where to begin with a mailbox that was never read: now, or at an instant, whatever has come since.
    public func start(since: Instant? = nil) async throws(MailServiceError) -> GmailCursor {
        GmailCursor(
            at: try await api.profile().historyID, now: now(),
            lookingBackTo: since.map { max(0, $0.seconds - Self.clockDifference) })
    }

    /// Reads what has come since a cursor, at most ``pagesPerPass`` pages. Where Gmail does not keep the
    /// history from there on, the inbox is gone through instead. Throws ``MailServiceError`` and whatever the
    /// closures throw.
    ///
    /// - Parameters:
    ///   - take: stores a message; once it returns, the cursor may move past it.
    ///   - move: stores the cursor, after every page that was more than nothing.
    public func pass(
        from start: GmailCursor, take: (GmailMessage) async throws -> Void,
        move: (GmailCursor) async throws -> Void
    ) async throws -> GmailPass {
        var cursor = start
        for _ in 0..<Self.pagesPerPass {
            let before = cursor
            var isLast = false
            do {
                isLast = try await !page(&cursor, take)
            } catch let error as MailServiceError {
                cursor = try await recovered(from: error, at: cursor)
            }
            if cursor != before { try await move(cursor) }
            if isLast { return GmailPass(cursor: cursor, hasMore: false) }
        }
        return GmailPass(cursor: cursor, hasMore: true)
    }

    /// Asks Gmail to tell the account's topic of new messages, where it is time to; what is known otherwise.
    public func watch(_ known: GmailWatch?) async throws(MailServiceError) -> GmailWatch? {
        guard let topic = api.account.watchTopic else { return nil }
        if let known, !known.isDue(at: now()) { return known }
        return try await api.watch(topic: topic, label: Self.label)
    }

    // MARK: Pages

    /// Takes the next page and moves the cursor behind it; whether there is another.
    private func page(
        _ cursor: inout GmailCursor, _ take: (GmailMessage) async throws -> Void
    ) async throws -> Bool {
        var walk =
            cursor.walk
            ?? GmailCursor.Walk(since: nil, page: nil, goal: cursor.historyID, seconds: now().seconds)
        let found: GmailPage
        if let since = walk.since {
            found = try await api.messages("in:inbox after:\(since)", page: walk.page)
        } else {
            let history = try await api.history(since: cursor.historyID, label: Self.label, page: walk.page)
            // What happens between the first page and the last may be on none of them.
            if walk.page == nil { walk.goal = history.historyID }
            found = GmailPage(messages: history.added, nextPage: history.nextPage)
        }
        var taken: Set<String> = []
        for message in found.messages where !message.isOwn && taken.insert(message.id).inserted {
            try Task.checkCancellation()
            if let message = try await fetch(message) { try await take(message) }
        }
        cursor.advance(walk, to: found.nextPage)
        return found.nextPage != nil
    }

    /// A message, if there is anything to take.
    private func fetch(_ reference: GmailReference) async throws -> GmailMessage? {
        switch await answer(about: reference) {
        case .success(let message): return message.reference.isOwn ? nil : message
        // Somebody has deleted it meanwhile.
        case .failure(.refused(let refusal)) where refusal.status == 404: return nil
        case .failure(.oversized(let largest)):
            try await leave("Message \(reference.id) has more than \(largest) bytes.")
            return nil
        case .failure(let error): throw error
        }
    }

    private func answer(about reference: GmailReference) async -> Result<GmailMessage, MailServiceError> {
        do {
            return .success(try await api.message(reference.id, largest: largest))
        } catch {
            return .failure(error)
        }
    }

    /// Where to go on after an error that is about the cursor; others are thrown.
    private func recovered(
        from error: MailServiceError, at cursor: GmailCursor
    ) async throws(MailServiceError) -> GmailCursor {
        guard case .refused(let refusal) = error else { throw error }
        let isHistory = cursor.walk?.since == nil
        if refusal.status == 404, isHistory {
            return GmailCursor(
                at: try await api.profile().historyID, now: now(),
                lookingBackTo: max(0, cursor.seconds - Self.lookBack))
        }
        // The name of a page is good for a while only; what it was a page of begins anew.
        if refusal.status == 400, cursor.walk?.page != nil {
            var cursor = cursor
            if isHistory { cursor.walk = nil } else { cursor.walk?.page = nil }
            return cursor
        }
        throw error
    }
}

/// What came of reading a mailbox once.
public struct GmailPass: Hashable, Sendable {
    /// Where to go on.
    public let cursor: GmailCursor
    /// Whether there is more to be read at once.
    public let hasMore: Bool
}
