import Curl
import Desk
import Negotiation

/// Receives what comes to one mailbox, through the same door as everything else, until the mailbox is switched off or the
/// task is cancelled.
public struct IMAPInbox: Sendable {
    private let organization: OrganizationID
    private let id: MailboxID
    private let office: Office
    private let services: MailServices
    private let report: @Sendable (String) -> Void

    /// Messages after which the cursor is moved. What was taken twice counts once.
    private static let messagesPerCursor = 20
    /// Seconds of one wait for new messages.
    private static let idleSeconds = 60
    /// Seconds between two looks where the server does not tell of new messages.
    private static let pollSeconds: Int64 = 20
    /// Seconds by which the server's clock may differ from ours.
    private static let clockDifference: Int64 = 600
    /// Seconds until the next try after an error: doubled from one to the next.
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

    /// Reads the mailbox again and again. After an error it waits, longer from one to the next.
    public func run() async {
        var failures = 0
        while !Task.isCancelled {
            do {
                guard let mailbox = try await office.books.mailboxes.find(organization, id),
                    mailbox.condition != .disabled, let servers = mailbox.servers, servers.incoming != nil
                else { return }
                try await session(mailbox, servers) { failures = 0 }
            } catch is CancellationError {
                return
            } catch {
                failures += 1
                await note(error, failures)
                let pause = Self.pauses[min(failures, Self.pauses.count) - 1]
                try? await Task.sleep(for: .seconds(pause))
            }
        }
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

    /// One connection, until it ends or the mailbox is described differently.
    private func session(_ mailbox: Mailbox, _ servers: MailServers, works: () -> Void) async throws {
        let access = try await services.access(to: mailbox, servers, try await office.mailboxSecrets(mailbox))
        guard let server = access.incoming else { return }
        let connection = imapConnection(to: server)
        do {
            try await connection.open()
        } catch {
            if case .signIn = error { await services.discardToken(of: access) }
            throw error
        }
        let folder = try await connection.select(servers.inbox, readOnly: !servers.marksSeen)
        var cursor = try await start(in: folder, by: connection, mailbox)
        try await office.noteCondition(of: mailbox, .receiving, failure: nil)
        works()
        while !Task.isCancelled {
            cursor = try await takeAll(from: cursor, by: connection, mailbox)
            if await connection.canIdle {
                _ = try await connection.idle(atMost: Self.idleSeconds)
            } else {
                try await Task.sleep(for: .seconds(Self.pollSeconds))
            }
            let current = try await office.books.mailboxes.find(organization, id)
            guard let current, current.connection == mailbox.connection, current.condition != .disabled else {
                break
            }
        }
        await connection.close()
    }

    /// Where to go on reading: where it was left. For the first time, or where the server has given the messages other
    /// numbers, everything is looked at that has come since the mailbox was added; what lay there before is nobody's answer,
    /// and what was taken already counts once.
    private func start(
        in folder: IMAPFolder, by connection: IMAPConnection, _ mailbox: Mailbox
    ) async throws -> FolderCursor {
        if case .folder(let cursor)? = mailbox.cursor, cursor.uidValidity == folder.uidValidity {
            return cursor
        }
        let since = mailbox.createdAt.microseconds / 1_000_000 - Self.clockDifference
        let uid = try await connection.firstUID(since: since)
        let first = FolderCursor(uidValidity: folder.uidValidity, nextUID: uid ?? max(1, folder.uidNext))
        try await move(to: first)
        return first
    }

    private func takeAll(
        from cursor: FolderCursor, by connection: IMAPConnection, _ mailbox: Mailbox
    ) async throws -> FolderCursor {
        var cursor = cursor
        let uids = try await connection.uids(from: cursor.nextUID)
        for first in stride(from: 0, to: uids.count, by: Self.messagesPerCursor) {
            let part = Array(uids[first..<min(first + Self.messagesPerCursor, uids.count)])
            let validity = cursor.uidValidity
            try await connection.fetch(part) { message in try await take(message, validity, mailbox) }
            if mailbox.servers?.marksSeen == true { try await connection.flag(part, "\\Seen") }
            // The last number there can be has none after it.
            if let last = part.last { cursor.nextUID = last == .max ? last : last + 1 }
            try await move(to: cursor)
        }
        return cursor
    }

    private func take(_ message: IMAPMessage, _ validity: UInt32, _ mailbox: Mailbox) async throws {
        switch message.content {
        case .bytes(let raw):
            try await office.take(
                raw, source: "imap:\(id)", externalID: "\(validity):\(message.uid)", mailbox: id,
                for: organization)
        case .oversize(let size):
            let words = "Message \(message.uid) of \(mailbox.servers?.inbox ?? "") has \(size) bytes."
            report("\(mailbox.name): \(words) It was left alone.")
            try await office.announceOversize(words, in: mailbox)
        }
    }

    private func move(to cursor: FolderCursor) async throws {
        try await office.books.commit(
            organization, [.moveMailboxCursor(id, .folder(cursor), at: office.clock.now())])
    }
}
