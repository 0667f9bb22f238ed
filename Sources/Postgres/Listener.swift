import Synchronization

/// What `NOTIFY` sent.
public struct Notification: Sendable, Hashable {
    /// The channel's name.
    public let channel: String
    /// The payload, at most 8,000 bytes, often empty.
    public let payload: String
    /// The server process that sent it.
    public let process: Int32
}

/// A connection of its own that listens on channels, for as long as it is wanted, through restarts of the server.
///
/// Notifications only say "look now": what counts stands in tables. After ``Event/listening`` and ``Event/overflowed``
/// something may have been missed, so look there.
public final class Listener: Sendable {
    /// What there is to know.
    public enum Event: Sendable, Hashable {
        /// From here on nothing is missed; earlier notifications may have been.
        case listening
        /// Something was notified.
        case notification(Notification)
        /// Events came faster than they were taken; some are gone, of any kind.
        case overflowed
        /// The connection broke or could not be made; it is tried again.
        case lost(PostgresError)
    }

    /// Events for a single consumer. Ends after ``stop()``.
    public let events: AsyncStream<Event>
    private let ear: Ear

    /// How many events may wait to be taken.
    public static let bufferLimit = 1_000

    /// Begins to listen.
    public init(_ configuration: Configuration, channels: [Channel]) throws(PostgresError) {
        let (events, continuation) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingOldest(Self.bufferLimit))
        let ear = try Ear(configuration, channels, continuation)
        self.events = events
        self.ear = ear
        continuation.onTermination = { [weak ear] _ in ear?.stop() }
        guard startThread({ ear.work() }) else {
            throw .unreachable(server: configuration.server, reason: "no thread to listen on")
        }
    }

    deinit { ear.stop() }

    /// Ends listening and ``events``.
    public func stop() { ear.stop() }

    /// Whether events are gone and ``Event/overflowed`` has not been said yet, for want of room.
    var isOverflowing: Bool { ear.isOverflowing }
}

/// What runs on the listener's thread.
private final class Ear: Sendable {
    private let configuration: Configuration
    private let channels: [Channel]
    private let continuation: AsyncStream<Listener.Event>.Continuation
    private let wakeup: Wakeup
    private let isStopped = Mutex(false)
    private let hasOverflowed = Mutex(false)

    /// Between two attempts to connect.
    private static let shortestPause: Duration = .milliseconds(50)
    private static let longestPause: Duration = .seconds(5)
    /// How often a full buffer is tried again.
    private static let overflowPause: Duration = .milliseconds(100)

    init(
        _ configuration: Configuration, _ channels: [Channel],
        _ continuation: AsyncStream<Listener.Event>.Continuation
    ) throws(PostgresError) {
        self.configuration = configuration
        self.channels = channels
        self.continuation = continuation
        wakeup = try Wakeup()
    }

    func stop() {
        isStopped.withLock { $0 = true }
        wakeup.signal()
    }

    var isOverflowing: Bool { hasOverflowed.withLock { $0 } }

    private var mustStop: Bool { isStopped.withLock { $0 } }

    func work() {
        var pause = Self.shortestPause
        while !mustStop {
            do {
                try listen { pause = Self.shortestPause }
            } catch {
                yield(.lost(error as? PostgresError ?? .connectionLost(reason: "\(error)")))
                wakeup.wait(atMost: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
        continuation.finish()
    }

    private func listen(_ connected: () -> Void) throws {
        let wire = try Wire(configuration, wakeup: wakeup, interrupts: Interrupts(wakeup))
        _ = try wire.simple(channels.map { "LISTEN \($0.quoted)" }.joined(separator: "; "))
        connected()
        yield(.listening)
        while !mustStop {
            for notification in try wire.notifications(within: isOverflowing ? Self.overflowPause : nil) {
                yield(.notification(notification))
            }
            tellOverflow()
        }
    }

    private func yield(_ event: Listener.Event) {
        tellOverflow()
        if case .dropped = continuation.yield(event) { hasOverflowed.withLock { $0 = true } }
    }

    /// Says that something is missing as soon as there is room to say so.
    private func tellOverflow() {
        guard isOverflowing else { return }
        if case .enqueued = continuation.yield(.overflowed) { hasOverflowed.withLock { $0 = false } }
    }
}
