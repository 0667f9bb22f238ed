import Curl
import Desk
import Negotiation

/// Receives what comes to one mailbox, through the same door as everything else, until the mailbox is switched off or the
/// task is cancelled.
public struct IMAPInbox: Sendable {
    private let reading: MailboxReading
    private let services: MailServices

    /// Messages after which the cursor is moved. What was taken twice counts once.
    private static let messagesPerCursor = 20
    /// Seconds of one wait for new messages.
    private static let idleSeconds = 60
    /// Seconds between two looks where the server does not tell of new messages.
    private static let pollSeconds: Int64 = 20
    /// Seconds by which the server's clock may differ from ours.
    private static let clockDifference: Int64 = 600

    /// - Parameter report: takes one line about what could not be received.
    public init(
        _ mailbox: MailboxID, of organization: OrganizationID, office: Office, services: MailServices,
        report: @escaping @Sendable (String) -> Void
    ) {
        reading = MailboxReading(organization: organization, id: mailbox, office: office, report: report)
        self.services = services
    }

    /// Reads the mailbox again and again. After an error it waits, longer from one to the next.
    public func run() async {
        await reading.run(
            while: { $0.servers?.incoming != nil },
            session: { mailbox, works in
                guard let servers = mailbox.servers else { return }
                try await session(mailbox, servers, works: works)
            })
    }

    /// One connection, until it ends or the mailbox is described differently.
    private func session(_ mailbox: Mailbox, _ servers: MailServers, works: () -> Void) async throws {
        let access = try await services.access(
            to: mailbox, servers, try await reading.office.mailboxSecrets(mailbox))
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
        works()
        while !Task.isCancelled, try await reading.stands(mailbox) {
            cursor = try await takeAll(from: cursor, by: connection, mailbox)
            if await connection.canIdle {
                _ = try await connection.idle(atMost: Self.idleSeconds)
            } else {
                try await Task.sleep(for: .seconds(Self.pollSeconds))
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
        try await reading.move(to: .folder(first))
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
            try await reading.move(to: .folder(cursor))
        }
        return cursor
    }

    private func take(_ message: IMAPMessage, _ validity: UInt32, _ mailbox: Mailbox) async throws {
        switch message.content {
        case .bytes(let raw):
            try await reading.office.take(
                raw, source: "imap:\(mailbox.id)", externalID: "\(validity):\(message.uid)",
                mailbox: mailbox.id,
                for: mailbox.organizationID)
        case .oversize(let size):
            let folder = mailbox.servers?.inbox ?? ""
            try await reading.leave("Message \(message.uid) of \(folder) has \(size) bytes.", in: mailbox)
        }
    }
}
