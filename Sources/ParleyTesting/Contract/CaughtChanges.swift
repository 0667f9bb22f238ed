import Desk
import Synchronization

/// Keeps what a use case would commit, and stops it there.
final class CaughtChanges: Sendable {
    struct Stop: Error {}

    private let kept = Mutex<[Change]>([])

    var changes: [Change] { kept.withLock { $0 } }

    func keep(_ changes: [Change]) throws {
        kept.withLock { $0 = changes }
        throw Stop()
    }
}
