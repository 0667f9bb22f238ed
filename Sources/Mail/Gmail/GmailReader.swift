import Desk
import Negotiation

/// Receives what comes to one mailbox of Gmail, through the same door as everything else, until the mailbox is switched
/// off or the task is cancelled.
public struct GmailReader: Sendable {
    private let reading: MailboxReading
    private let services: MailServices

    /// Seconds between two looks.
    private static let pollSeconds: Int64 = 20

    /// - Parameter report: takes one line about what could not be received.
    public init(
        _ mailbox: MailboxID, of organization: OrganizationID, office: Office, services: MailServices,
        report: @escaping @Sendable (String) -> Void
    ) {
        reading = MailboxReading(organization: organization, id: mailbox, office: office, report: report)
        self.services = services
    }

    /// Reads the mailbox again and again. After an error it waits, as long as Gmail says, longer from one to the next.
    public func run() async {
        await reading.run(
            while: { $0.servers == nil },
            session: { mailbox, works in
                guard case .gmail(let settings) = mailbox.connection else { return }
                try await session(mailbox, settings, works: works)
            })
    }

    /// Passes over the mailbox until it is described differently.
    private func session(_ mailbox: Mailbox, _ settings: GmailSettings, works: () -> Void) async throws {
        let secrets = try await reading.office.mailboxSecrets(mailbox)
        let topic = try await reading.office.gmailTopic(of: mailbox.organizationID)
        let inbox = GmailInbox(
            services.gmail(mailbox, settings, secrets, topic: topic), largest: Arrival.largestRaw,
            now: reading.office.clock.now
        ) { words in
            try await reading.leave(words, in: mailbox)
        }
        var cursor: GmailCursor
        if case .gmail(let known)? = mailbox.cursor {
            cursor = known
        } else {
            cursor = try await inbox.start(since: mailbox.createdAt)
            try await reading.move(to: .gmail(cursor))
        }
        var watch: GmailWatch?
        while !Task.isCancelled {
            watch = await renewed(watch, by: inbox, of: mailbox)
            let pass = try await inbox.pass(
                from: cursor, take: { try await take($0, mailbox) },
                move: { try await reading.move(to: .gmail($0)) })
            cursor = pass.cursor
            works()
            guard try await reading.stands(mailbox),
                try await reading.office.gmailTopic(of: mailbox.organizationID) == topic
            else { return }
            guard !pass.hasMore else { continue }
            await services.bells.wait(at: mailbox.id, atMost: .seconds(Self.pollSeconds))
        }
    }

    /// That Gmail tells a topic of new messages only makes them come sooner: without it, they are looked for.
    private func renewed(_ watch: GmailWatch?, by inbox: GmailInbox, of mailbox: Mailbox) async -> GmailWatch?
    {
        do {
            return try await inbox.watch(watch)
        } catch {
            reading.report("\(mailbox.name): Gmail tells no topic of new messages: \(error)")
            return watch
        }
    }

    private func take(_ message: GmailMessage, _ mailbox: Mailbox) async throws {
        try await reading.office.take(
            message.raw, source: "gmail:\(mailbox.id)", externalID: message.reference.id, mailbox: mailbox.id,
            providerThread: message.reference.threadID, for: mailbox.organizationID)
    }
}
