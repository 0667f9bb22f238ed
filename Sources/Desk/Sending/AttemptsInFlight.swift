import Synchronization

/// The attempts that this very process is making now. One that is on record in this process's name and not among them
/// was broken off, for instance because the database was away when its result should have been written.
public final class AttemptsInFlight: Sendable {
    private let ids = Mutex<Set<SendAttemptID>>([])

    /// None.
    public init() {}

    func insert(_ id: SendAttemptID) { ids.withLock { _ = $0.insert(id) } }
    func remove(_ id: SendAttemptID) { ids.withLock { _ = $0.remove(id) } }
    func contains(_ id: SendAttemptID) -> Bool { ids.withLock { $0.contains(id) } }
}
