import Synchronization

/// Requests to cancel what a connection is doing, addressed to one piece of work, so that a late request cannot hit the
/// next one.
final class Interrupts: Sendable {
    /// One piece of work.
    struct Ticket: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct State {
        var last: UInt64 = 0
        var requested: Set<Ticket> = []
    }

    private let state = Mutex(State())
    private let wakeup: Wakeup

    init(_ wakeup: Wakeup) { self.wakeup = wakeup }

    func ticket() -> Ticket {
        state.withLock {
            $0.last += 1
            return Ticket(number: $0.last)
        }
    }

    /// Asks that the work be stopped, from any thread.
    func request(_ ticket: Ticket) {
        state.withLock { _ = $0.requested.insert(ticket) }
        wakeup.signal()
    }

    func isRequested(_ ticket: Ticket?) -> Bool {
        guard let ticket else { return false }
        return state.withLock { $0.requested.contains(ticket) }
    }

    /// The work is over, no request for it can come any more.
    func retire(_ ticket: Ticket) { state.withLock { _ = $0.requested.remove(ticket) } }
}
