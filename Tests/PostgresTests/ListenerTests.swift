import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct ListenerTests {
    /// A listener that is already listening.
    private func listening(_ channels: [Channel]) async throws -> (
        Listener, AsyncStream<Listener.Event>.Iterator
    ) {
        let listener = try Listener(try await TestServer.shared.configuration(), channels: channels)
        var events = listener.events.makeAsyncIterator()
        #expect(await events.next() == .listening)
        return (listener, events)
    }

    /// The next event that is no notification of another test.
    private func next(
        _ events: inout AsyncStream<Listener.Event>.Iterator, _ isWanted: (Listener.Event) -> Bool
    ) async -> Listener.Event? {
        while let event = await events.next() { if isWanted(event) { return event } }
        return nil
    }

    private func isNotified(_ payload: String) -> (Listener.Event) -> Bool {
        { event in
            guard case .notification(let notification) = event else { return false }
            return notification.payload == payload
        }
    }

    @Test("what is notified on any of the channels arrives")
    func arrives() async throws {
        var (listener, events) = try await listening(["jobs", "odd \"name\""])
        let pool = try await testPool()
        try await pool.script(
            "SELECT pg_notify('jobs', 'arrives 1'); SELECT pg_notify('odd \"name\"', 'arrives ü')")
        #expect(await next(&events, isNotified("arrives 1")) != nil)
        guard case .notification(let second) = await next(&events, isNotified("arrives ü")) else { return }
        #expect(second.channel == "odd \"name\"")
        listener.stop()
        #expect(await next(&events) { _ in true } == nil)
    }

    @Test("after a lost connection it listens again, and says that something may be missing")
    func reconnects() async throws {
        var configuration = try await TestServer.shared.configuration()
        configuration.applicationName = freshName("l")
        let listener = try Listener(configuration, channels: ["jobs"])
        var events = listener.events.makeAsyncIterator()
        #expect(await events.next() == .listening)
        let pool = try await testPool()
        let name = configuration.applicationName
        _ = try await pool.text(
            "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity WHERE application_name = '\(name)'"
        )
        let lost = await next(&events) { if case .lost = $0 { true } else { false } }
        #expect(lost != nil)
        #expect(await next(&events) { $0 == .listening } == .listening)
        try await pool.script("SELECT pg_notify('jobs', 'reconnects')")
        #expect(await next(&events, isNotified("reconnects")) != nil)
        listener.stop()
    }

    @Test("when notifications come faster than they are taken, the listener says so")
    func overflow() async throws {
        var (listener, events) = try await listening(["flood"])
        let pool = try await testPool()
        let count = 2 * Listener.bufferLimit
        try await pool.script(
            "SELECT pg_notify('flood', 'overflow ' || n) FROM generate_series(1, \(count)) n")
        // Taken only after the buffer has overflowed, however late the listener's thread gets its turn.
        #expect(try await eventually { listener.isOverflowing })
        var taken = 0
        let event = await next(&events) { event in
            if case .notification(let notification) = event, notification.payload.hasPrefix("overflow ") {
                taken += 1
            }
            return event == .overflowed
        }
        #expect(event == .overflowed)
        #expect(taken < count)
        try await pool.script("SELECT pg_notify('flood', 'overflow over')")
        #expect(await next(&events, isNotified("overflow over")) != nil)
        listener.stop()
    }

    @Test("a listener that cannot connect keeps trying and says why")
    func unreachable() async throws {
        let listener = try Listener(try Configuration("host=/nowhere dbname=x"), channels: ["jobs"])
        var events = listener.events.makeAsyncIterator()
        for _ in 0..<2 {
            guard case .lost(.unreachable) = await events.next() else {
                Issue.record("not said")
                return
            }
        }
        listener.stop()
    }
}
