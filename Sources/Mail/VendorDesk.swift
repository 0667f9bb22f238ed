import Desk
import Mime
import Negotiation
import Reading

/// The vendor's side of the sandbox: what vendors got, and a way to answer as one.
public struct VendorDesk: Sendable {
    private let mailbox: SandboxMailbox
    private let clock: Clock

    /// The newest files of either Maildir that are looked at.
    private static let mostFiles = 500

    /// A desk over both Maildirs.
    public init(_ mailbox: SandboxMailbox, clock: Clock) {
        self.mailbox = mailbox
        self.clock = clock
    }

    /// What an organization wrote to vendors, newest first, each with the answers that have been dropped into the inbox.
    ///
    /// - Parameter limit: the most letters.
    public func letters(
        of organization: Organization, limit: Int
    ) -> [(letter: Reading.Message, answers: [Reading.Message])] {
        let domain = SandboxAddress.domain(slug: organization.slug, id: organization.id)
        let answers = Dictionary(grouping: messages(in: mailbox.inbox, where: { _ in true }), by: \.inReplyTo)
        let letters = messages(in: mailbox.outbox) { !$0.contains(SandboxMailbox.staffMark) }
        return letters.filter { $0.from?.domain == domain }
            .sorted { ($0.date?.microseconds ?? 0) > ($1.date?.microseconds ?? 0) }.prefix(limit)
            .map { letter in (letter, letter.messageID.flatMap { answers[$0] } ?? []) }
    }

    /// Answers a letter as its recipient would, from a mail program that quotes what it answers.
    ///
    /// - Throws: ``Desk/DeskError`` when there is no such letter or the answer cannot be written, ``MailError``.
    public func answer(_ messageID: String, text: String, from organization: Organization) throws {
        let found = letters(of: organization, limit: Self.mostFiles).first {
            $0.letter.messageID == messageID
        }
        guard let letter = found?.letter, let vendor = letter.to.first else {
            throw DeskError.notFound("letter")
        }
        let id = clock.newUUID().uuidString.lowercased()
        let quoted = letter.text.split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }
        let isReply = letter.subject.lowercased().hasPrefix("re:")
        let attribution =
            "On \(letter.date.map { "\($0.day)" } ?? "that day"), \(letter.from?.name ?? "you") wrote:"
        var reply = OutgoingMessage(
            messageID: "\(id)@\(vendor.domain)", date: clock.now(), from: vendor,
            to: [letter.replyTo.first ?? letter.from].compactMap { $0 },
            subject: isReply ? letter.subject : "Re: \(letter.subject)",
            text: ([text, "", attribution] + quoted + [""]).joined(separator: "\n"), boundarySeed: id)
        reply.inReplyTo = messageID
        reply.references = letter.references + [messageID]
        do {
            try mailbox.inbox.deliver(try Mime.compose(reply), as: "\(id).vendor")
        } catch let error as MimeError {
            throw DeskError.unwritable("\(error)")
        }
    }

    private func messages(in maildir: Maildir, where isWanted: (String) -> Bool) -> [Reading.Message] {
        maildir.all().filter(isWanted).suffix(Self.mostFiles).compactMap { maildir.read($0) }.map {
            Mime.parse($0)
        }
    }
}
