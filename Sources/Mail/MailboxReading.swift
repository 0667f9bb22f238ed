import Curl
import Desk
import Negotiation

/// Reads one mailbox again and again, until it is switched off, or reached another way, or the task is cancelled: what all
/// ways of reading have in common.
struct MailboxReading: Sendable {
    let organization: OrganizationID
    let id: MailboxID
    let office: Office
    let report: @Sendable (String) -> Void

    /// Seconds until the next try after an error, longer from one to the next.
    private static let pauses: [Int64] = [2, 5, 10, 30, 60, 120, 300]

    /// Runs one session after the other. After an error it waits, at least as long as the server asks for.
    ///
    /// - Parameters:
    ///   - isReached: whether a mailbox is reached in the way of these sessions.
    ///   - session: reads until the mailbox is not what it was, and calls back when it works.
    func run(
        while isReached: (Mailbox) -> Bool, session: (Mailbox, _ works: () -> Void) async throws -> Void
    ) async {
        var failures = 0
        while !Task.isCancelled {
            do {
                guard let mailbox = try await office.books.mailboxes.find(organization, id),
                    mailbox.condition != .disabled, isReached(mailbox)
                else { return }
                try await session(mailbox) { failures = 0 }
            } catch is CancellationError {
                return
            } catch {
                // What ends a conversation that nobody waits for any more is nobody's fault.
                if Task.isCancelled { return }
                failures += 1
                await note(error, failures)
                let asked = (error as? MailServiceError)?.retryAfterSeconds.map(Int64.init) ?? 0
                let pause = max(asked, Self.pauses[min(failures, Self.pauses.count) - 1])
                try? await Task.sleep(for: .seconds(pause))
            }
        }
    }

    /// Whether the mailbox is still what a session was begun with. What failed before works again with that session.
    func stands(_ mailbox: Mailbox) async throws -> Bool {
        guard let current = try await office.books.mailboxes.find(organization, id),
            current.connection == mailbox.connection, current.condition != .disabled
        else { return false }
        if current.condition != .working {
            try await office.noteCondition(of: current, .receiving, failure: nil)
        }
        return true
    }

    func move(to cursor: MailboxCursor) async throws {
        try await office.books.commit(
            organization, [.moveMailboxCursor(id, cursor, at: office.clock.now())])
    }

    /// Tells of a message that is too long and stays where it is.
    func leave(_ words: String, in mailbox: Mailbox) async throws {
        report("\(mailbox.name): \(words) It was left alone.")
        try await office.announceOversize(words, in: mailbox)
    }

    /// Says that the mailbox fails: at once where somebody has to mend it, at the second time where it may pass.
    private func note(_ error: any Error, _ failures: Int) async {
        report("mailbox \(id) cannot be read: \(error)")
        let (words, mayPass): (String, Bool)
        switch error {
        case let error as CurlError: (words, mayPass) = (error.description, error.mayPass)
        case let error as MailServiceError: (words, mayPass) = (error.description, error.mayPass)
        default: return
        }
        guard failures > 1 || !mayPass else { return }
        do {
            guard let mailbox = try await office.books.mailboxes.find(organization, id) else { return }
            try await office.noteCondition(of: mailbox, .receiving, failure: words)
        } catch {
            report("that mailbox \(id) fails could not be put on record: \(error)")
        }
    }
}
