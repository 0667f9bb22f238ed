import Negotiation

extension Office {
    /// The one door for whatever arrives: stores the raw bytes and promises to read them. Once this returns, the
    /// provider may be told 2xx and the mailbox cursor may move. The same thing arriving again changes nothing.
    ///
    /// - Parameters:
    ///   - mailbox: the mailbox that it was read from.
    ///   - providerThread: what the provider calls the conversation.
    public func take(
        _ raw: [UInt8], source: String, externalID: String, mailbox: MailboxID? = nil,
        providerThread: String? = nil, for organization: OrganizationID
    ) async throws {
        let (_, arriving) = try arriving(
            raw, source: source, externalID: externalID, mailbox: mailbox, providerThread: providerThread,
            for: organization)
        try await commit(organization, [arriving])
    }

    /// What is to be written so that something arrives.
    func arriving(
        _ raw: [UInt8], source: String, externalID: String, mailbox: MailboxID? = nil,
        providerThread: String? = nil, for organization: OrganizationID
    ) throws -> (arrival: Arrival, change: Change) {
        guard raw.count <= Arrival.largestRaw else {
            throw DeskError.invalid(
                field: "raw", "the message has \(raw.count) bytes; at most \(Arrival.largestRaw) are taken")
        }
        let arrival = Arrival(
            id: clock.newID(), source: source, externalID: externalID, raw: raw, receivedAt: clock.now(),
            mailboxID: mailbox, providerThreadID: providerThread)
        return (arrival, .addArrival(arrival, unlessKnown: readingJob(arrival, organization)))
    }

    private func readingJob(_ arrival: Arrival, _ organization: OrganizationID) -> Job {
        Job(
            id: clock.newID(), organizationID: organization, work: .readArrival(arrival.id),
            runAt: arrival.receivedAt)
    }
}
