import Negotiation

extension Office {
    /// A person says where a message belongs that matched nothing for certain. From then on everything goes as if it had
    /// matched: offers, the state, follow-ups, notifications.
    ///
    /// - Returns: the message as it now stands in the thread.
    public func assignMessage(_ id: MessageID, to negotiationID: NegotiationID, by caller: Caller)
        async throws
        -> ThreadMessage
    {
        try requireWriter(caller)
        let organization = caller.organizationID
        guard let arrivalID = try await books.threads.message(organization, id)?.arrivalID,
            let (arrival, _) = try await books.threads.arrival(organization, arrivalID)
        else { throw DeskError.notFound("message") }
        let reader = try await read(arrival, for: organization)
        return try await settling(organization) {
            guard let shelved = try await books.threads.message(organization, id) else {
                throw DeskError.notFound("message")
            }
            guard shelved.matchState == .unmatched || shelved.matchState == .ambiguous else {
                throw DeskError.conflict("message_assigned", "The message belongs to a negotiation already.")
            }
            try await settleDoubts(in: negotiationID, of: organization, by: reader.keys)
            guard let negotiation = try await books.negotiations.find(organization, negotiationID) else {
                throw DeskError.notFound("negotiation")
            }
            let now = clock.now()
            let message = try await judged(
                reader.threadMessage(
                    id: id, in: negotiationID, reason: "assigned: by \(caller.user.fullName)",
                    state: .assigned), by: reader, in: negotiation)
            return (
                message,
                [.assignMessage(message)]
                    + (try await applying(reader, message, to: negotiation, origin: caller.origin, at: now))
            )
        }
    }
}
