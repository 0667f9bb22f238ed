import Desk
import Negotiation
import Synchronization

/// Books in which something else happens right before the first commit with a certain change, as in a race that one
/// side loses by a hair.
final class InterruptedBooks: Sendable {
    private let inner: Books
    private let isMoment: @Sendable (Change) -> Bool
    private let action: Mutex<(@Sendable () async throws -> Void)?> = Mutex(nil)

    init(_ inner: Books, before isMoment: @escaping @Sendable (Change) -> Bool) {
        self.inner = inner
        self.isMoment = isMoment
    }

    func meanwhile(_ action: @escaping @Sendable () async throws -> Void) {
        self.action.withLock { $0 = action }
    }

    var books: Books {
        var books = inner
        books.commit = { organization, changes in
            if changes.contains(where: self.isMoment) { try await self.action.withLock { $0.take() }?() }
            try await self.inner.commit(organization, changes)
        }
        return books
    }
}
