import Desk
import Foundation
import Negotiation
import Synchronization
import Testing

@testable import Mail

@Suite("Receiving by Gmail")
struct GmailInboxTests {
    /// What was stored, by Gmail's ids as the database does it.
    private final class Store: Sendable {
        struct Interrupted: Error {}
        let found = Mutex<(ids: [String], threads: [String: String], cursor: GmailCursor?)>(([], [:], nil))
        let interruption = Mutex<Int?>(nil)

        var ids: [String] { found.withLock { $0.ids } }
        var cursor: GmailCursor? { found.withLock { $0.cursor } }

        @Sendable func take(_ message: GmailMessage) async throws {
            let id = message.reference.id
            if interruption.withLock({ $0 }) == ids.count { throw Interrupted() }
            found.withLock {
                $0.ids.append(id)
                $0.threads[id] = message.reference.threadID
            }
        }

        @Sendable func move(_ cursor: GmailCursor) async throws { found.withLock { $0.cursor = cursor } }
    }

    private func inbox(_ gmail: GmailFake) -> GmailInbox {
        GmailInbox(gmail.api(), largest: 1_000_000, now: gmail.now) { _ in }
    }

    @Test(
        "what has come since the last time is taken once, with its conversation, and the cursor moves behind it"
    )
    func takes() async throws {
        let gmail = try GmailFake()
        let (inbox, store) = (inbox(gmail), Store())
        try gmail.deliver(GmailFake.letter("old"))
        let start = try await inbox.start()
        let first = try gmail.deliver(GmailFake.letter("one"))
        let second = try gmail.deliver(GmailFake.letter("two"), thread: first)
        let pass = try await inbox.pass(from: start, take: store.take, move: store.move)
        #expect(store.ids == [first, second] && store.cursor == pass.cursor && !pass.hasMore)
        #expect(store.found.withLock { $0.threads[second] } == first)
        let next = try await inbox.pass(from: pass.cursor, take: store.take, move: store.move)
        #expect(store.ids.count == 2 && next.cursor == pass.cursor)
    }

    @Test("a message is handed over as it came in")
    func raw() async throws {
        let gmail = try GmailFake()
        let inbox = inbox(gmail)
        let start = try await inbox.start()
        try gmail.deliver(GmailFake.letter("one"))
        let raw = Mutex<[UInt8]>([])
        _ = try await inbox.pass(from: start) { message in
            raw.withLock { $0 = message.raw }
        } move: { _ in
        }
        #expect(raw.withLock { $0 } == Array(GmailFake.letter("one").utf8))
    }

    @Test("what one has written oneself is not taken, nor what does not come to the inbox")
    func own() async throws {
        let gmail = try GmailFake()
        let (inbox, store) = (inbox(gmail), Store())
        let start = try await inbox.start(since: Instant(seconds: 0))
        for labels in [["SENT"], ["SENT", "INBOX"], ["DRAFT", "INBOX"], ["SPAM"]] {
            try gmail.deliver(GmailFake.letter("own"), labels: labels)
        }
        _ = await GmailOutgoing(gmail.api()) { _ in }.send(
            Array(GmailFake.letter("x", to: "buyer@parley.test").utf8))
        let pass = try await inbox.pass(from: start, take: store.take, move: store.move)
        _ = try await inbox.pass(from: pass.cursor, take: store.take, move: store.move)
        #expect(store.ids.isEmpty)
        let before = try gmail.calls("format=raw").count
        try gmail.deliver(GmailFake.letter("own"), labels: ["SENT", "INBOX"])
        _ = try await inbox.pass(from: #require(store.cursor), take: store.take, move: store.move)
        #expect(try gmail.calls("format=raw").count == before)
    }

    @Test("the first time may begin at an instant: what lay there before is nobody's answer")
    func since() async throws {
        let gmail = try GmailFake()
        let (inbox, store) = (inbox(gmail), Store())
        let now = gmail.now().seconds
        try gmail.deliver(GmailFake.letter("before"), at: now - 7200)
        let wanted = try gmail.deliver(GmailFake.letter("after"), at: now - 1800)
        let start = try await inbox.start(since: Instant(seconds: now - 3600))
        let later = try gmail.deliver(GmailFake.letter("later"))
        let pass = try await inbox.pass(from: start, take: store.take, move: store.move)
        _ = try await inbox.pass(from: pass.cursor, take: store.take, move: store.move)
        #expect(Set(store.ids) == [wanted, later])
    }

    @Test("pages are gone through one after the other, at most so many in one pass, and none twice")
    func pages() async throws {
        let gmail = try GmailFake()
        let (inbox, store) = (inbox(gmail), Store())
        try gmail.steer("page", ["size": 2])
        let start = try await inbox.start()
        let ids = try (0..<25).map { try gmail.deliver(GmailFake.letter("\($0)")) }
        let first = try await inbox.pass(from: start, take: store.take, move: store.move)
        #expect(first.hasMore && store.ids == Array(ids.prefix(2 * GmailInbox.pagesPerPass)))
        let second = try await inbox.pass(from: first.cursor, take: store.take, move: store.move)
        #expect(!second.hasMore && store.ids == ids)
        _ = try await inbox.pass(from: second.cursor, take: store.take, move: store.move)
        #expect(store.ids == ids)
    }

    @Test("a page that was interrupted is repeated, and nothing of it is lost", arguments: [0, 1, 3, 4])
    func interrupted(after count: Int) async throws {
        let gmail = try GmailFake()
        let (inbox, store) = (inbox(gmail), Store())
        try gmail.steer("page", ["size": 3])
        try await store.move(try await inbox.start())
        let ids = try (0..<8).map { try gmail.deliver(GmailFake.letter("\($0)")) }
        store.interruption.withLock { $0 = count }
        await #expect(throws: Store.Interrupted.self) {
            try await inbox.pass(from: #require(store.cursor), take: store.take, move: store.move)
        }
        store.interruption.withLock { $0 = nil }
        _ = try await inbox.pass(from: #require(store.cursor), take: store.take, move: store.move)
        #expect(Set(store.ids) == Set(ids))
        #expect(store.ids.count == ids.count + count % 3)
    }

    @Test("where the history was lost the inbox is gone through, and what is known has the name that it had")
    func historyLost() async throws {
        let gmail = try GmailFake()
        let (inbox, store) = (inbox(gmail), Store())
        let start = try await inbox.start()
        let known = try gmail.deliver(GmailFake.letter("known"))
        let pass = try await inbox.pass(from: start, take: store.take, move: store.move)
        let missed = try (0..<5).map { try gmail.deliver(GmailFake.letter("\($0)")) }
        try gmail.deliver(GmailFake.letter("ancient"), at: gmail.now().seconds - 3 * 86_400)
        try gmail.steer("expire-history")
        try gmail.steer("page", ["size": 2])
        let next = try await inbox.pass(from: pass.cursor, take: store.take, move: store.move)
        #expect(Set(store.ids) == Set([known] + missed) && !next.hasMore)
        #expect(store.ids.filter { $0 == known }.count == 2 && store.ids.count == 7)
        let later = try gmail.deliver(GmailFake.letter("later"))
        _ = try await inbox.pass(from: next.cursor, take: store.take, move: store.move)
        #expect(store.ids.last == later && store.ids.count == 8)
    }

    @Test("the name of a page that is not good any more begins the same again", arguments: [true, false])
    func lostPage(inHistory: Bool) async throws {
        let gmail = try GmailFake()
        let (inbox, store) = (inbox(gmail), Store())
        let start = try await inbox.start(since: inHistory ? nil : Instant(seconds: 0))
        let ids = try (0..<3).map { try gmail.deliver(GmailFake.letter("\($0)")) }
        var cursor = start
        cursor.walk = GmailCursor.Walk(
            since: start.walk?.since, page: "gone", goal: start.historyID, seconds: start.seconds)
        let pass = try await inbox.pass(from: cursor, take: store.take, move: store.move)
        #expect(Set(store.ids) == Set(ids) && pass.cursor.walk == nil)
    }

    @Test("what was deleted before it could be read is passed over")
    func deleted() async throws {
        let gmail = try GmailFake()
        let (inbox, store) = (inbox(gmail), Store())
        let start = try await inbox.start()
        let gone = try gmail.deliver(GmailFake.letter("gone"))
        let there = try gmail.deliver(GmailFake.letter("there"))
        try gmail.steer("delete", ["id": gone])
        _ = try await inbox.pass(from: start, take: store.take, move: store.move)
        #expect(store.ids == [there])
    }

    @Test("a message that is too large is reported and left alone, and those after it are taken")
    func oversized() async throws {
        let gmail = try GmailFake()
        let reports = Mutex<[String]>([])
        let inbox = GmailInbox(gmail.api(), largest: 2000, now: gmail.now) { line in
            reports.withLock { $0.append(line) }
        }
        let store = Store()
        let start = try await inbox.start()
        for size in [2500, 300_000] {
            try gmail.deliver(GmailFake.letter("large") + String(repeating: "x", count: size))
        }
        let small = try gmail.deliver(GmailFake.letter("small"))
        _ = try await inbox.pass(from: start, take: store.take, move: store.move)
        #expect(store.ids == [small] && reports.withLock { $0.count } == 2)
    }

    @Test("an error in the middle leaves the cursor where it was", arguments: [429, 503])
    func errors(status: Int) async throws {
        let gmail = try GmailFake()
        let (inbox, store) = (inbox(gmail), Store())
        let start = try await inbox.start()
        let id = try gmail.deliver(GmailFake.letter("one"))
        try gmail.answer(status, retryAfter: "9", path: "messages/")
        let error = await #expect(throws: MailServiceError.self) {
            try await inbox.pass(from: start, take: store.take, move: store.move)
        }
        #expect(error?.mayPass == true && error?.retryAfterSeconds == 9 && store.cursor == nil)
        _ = try await inbox.pass(from: start, take: store.take, move: store.move)
        #expect(store.ids == [id])
    }

    @Test("a cursor is the same after it was written down")
    func written() async throws {
        let gmail = try GmailFake()
        let start = try await inbox(gmail).start(since: Instant(seconds: 1_700_000_000))
        let again = try JSONDecoder().decode(GmailCursor.self, from: JSONEncoder().encode(start))
        #expect(again == start && start.walk?.since == 1_700_000_000 - GmailInbox.clockDifference)
    }

    // MARK: Watching

    @Test("a topic is told of new messages, and that is asked for again a day after")
    func watches() async throws {
        let gmail = try GmailFake()
        let inbox = inbox(gmail)
        let watch = try #require(try await inbox.watch(nil))
        #expect(abs(watch.expiresAt.seconds - gmail.now().seconds - 7 * 86_400) < 300)
        gmail.ahead.withLock { $0 = 86_000 }
        #expect(try await inbox.watch(watch) == watch)
        gmail.ahead.withLock { $0 = 86_500 }
        _ = try await inbox.watch(watch)
        #expect(try gmail.calls("/watch").count == 2)
    }

    @Test("where nobody listens nothing is told, and a wrong topic is refused in Gmail's words")
    func topics() async throws {
        let gmail = try GmailFake()
        let silent = GmailInbox(gmail.api { $0.watchTopic = nil }, largest: 1, now: gmail.now) { _ in }
        #expect(try await silent.watch(nil) == nil)
        let wrong = GmailInbox(gmail.api { $0.watchTopic = "x" }, largest: 1, now: gmail.now) { _ in }
        let error = await #expect(throws: MailServiceError.self) { try await wrong.watch(nil) }
        #expect(error?.description.contains("Invalid topicName") == true && error?.mayPass == false)
    }
}
