import Negotiation

extension Office {
    /// Tells the administrators of a message that is too long to be taken in. It stays in the mailbox.
    ///
    /// - Parameter words: which message it is, and how long, for a person who looks for it there.
    public func announceOversize(_ words: String, in mailbox: Mailbox) async throws {
        let now = clock.now()
        let people = try await books.people.usersWithRole(mailbox.organizationID, [.orgAdmin])
        let told = people.flatMap {
            notifying(
                $0.id, type: "system_alert", title: "A message in \(mailbox.name) is too long to be read",
                message:
                    "\(words) At most \(Arrival.largestRaw >> 20) MiB are taken. Read it in the mailbox itself.",
                about: nil, at: now)
        }
        try await commit(
            mailbox.organizationID,
            [mailboxRecord(mailbox, "oversize", "holds a message that is too long: \(words)", .parley, now)]
                + told)
    }
}
