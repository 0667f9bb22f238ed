import Desk
import Negotiation

/// Receives what comes to one mailbox of Gmail, through the same door as everything else, until the mailbox is switched
/// off or the task is cancelled.
public struct GmailReader: Sendable {
    private let organization: OrganizationID
    private let id: MailboxID
    private let office: Office
    private let services: MailServices
    private let report: @Sendable (String) -> Void

    /// Seconds between two looks.
    private static let pollSeconds: Int64 = 20
    /// Seconds until the next try after an error, longer from one to the next.
    private static let pauses: [Int64] = [2, 5, 10, 30, 60, 120, 300]

    /// - Parameter report: takes one line about what could not be received.
    public init(
        _ mailbox: MailboxID, of organization: OrganizationID, office: Office, services: MailServices,
        report: @escaping @Sendable (String) -> Void
    ) {
        id = mailbox
        self.organization = organization
        self.office = office
        self.services = services
        self.report = report
    }

    /// Reads the mailbox again and again. After an error it waits, as long as Gmail says, longer from one to the next.
    public func run() async {
        var failures = 0
        while !Task.isCancelled {
            do {
                guard let mailbox = try await office.books.mailboxes.find(organization, id),
                    mailbox.condition != .disabled, case .gmail(let settings) = mailbox.connection
                else { return }
                try await session(mailbox, settings) { failures = 0 }
            } catch is CancellationError {
                return
            } catch {
                failures += 1
                await note(error, failures)
                let asked = (error as? MailServiceError)?.retryAfterSeconds.map(Int64.init) ?? 0
                let pause = max(asked, Self.pauses[min(failures, Self.pauses.count) - 1])
                try? await Task.sleep(for: .seconds(pause))
            }
        }
    }

    /// Says that the mailbox fails: at once where somebody has to mend it, at the second time where it may pass.
    private func note(_ error: any Error, _ failures: Int) async {
        report("mailbox \(id) cannot be read: \(error)")
        guard let error = error as? MailServiceError, failures > 1 || !error.mayPass else { return }
        do {
            guard let mailbox = try await office.books.mailboxes.find(organization, id) else { return }
            try await office.noteCondition(of: mailbox, .receiving, failure: error.description)
        } catch {
            report("that mailbox \(id) fails could not be put on record: \(error)")
        }
    }

    /// Passes over the mailbox until it is described differently.
    private func session(_ mailbox: Mailbox, _ settings: GmailSettings, works: () -> Void) async throws {
        let secrets = try await office.mailboxSecrets(mailbox)
        let inbox = GmailInbox(
            services.gmail(mailbox, settings, secrets), largest: Arrival.largestRaw, now: office.clock.now
        ) { words in
            report("\(mailbox.name): \(words) It was left alone.")
            try await office.announceOversize(words, in: mailbox)
        }
        var cursor: GmailCursor
        if case .gmail(let known)? = mailbox.cursor {
            cursor = known
        } else {
            cursor = try await inbox.start(since: mailbox.createdAt)
            try await move(to: cursor)
        }
        while !Task.isCancelled {
            let pass = try await inbox.pass(
                from: cursor, take: { try await take($0) }, move: { try await move(to: $0) })
            cursor = pass.cursor
            try await office.noteCondition(of: mailbox, .receiving, failure: nil)
            works()
            if !pass.hasMore { try await Task.sleep(for: .seconds(Self.pollSeconds)) }
            let current = try await office.books.mailboxes.find(organization, id)
            guard let current, current.connection == mailbox.connection, current.condition != .disabled else {
                return
            }
        }
    }

    private func take(_ message: GmailMessage) async throws {
        try await office.take(
            message.raw, source: "gmail:\(id)", externalID: message.reference.id, mailbox: id,
            providerThread: message.reference.threadID, for: organization)
    }

    private func move(to cursor: GmailCursor) async throws {
        try await office.books.commit(
            organization, [.moveMailboxCursor(id, .gmail(cursor), at: office.clock.now())])
    }
}
