import Negotiation

extension Office {
    /// Calls a negotiation off. An email that has begun to be sent is not called back; that is said in the answer.
    public func cancel(_ id: NegotiationID, reason: String?, by caller: Caller) async throws {
        try requireWriter(caller)
        let why = try reason.map { try Field.text($0, "reason", longest: 500) } ?? "Called off."
        try await close(
            id, of: caller.organizationID, by: .cancel, action: "negotiation.cancelled", reason: why,
            origin: caller.origin)
    }

    /// Ends a negotiation whose deadline has passed; a no-op when it is over already.
    func expireNegotiation(_ id: NegotiationID, job: Job) async throws {
        guard let negotiation = try await books.negotiations.find(job.organizationID, id),
            let deadline = negotiation.expiresAt, deadline <= clock.now(), !negotiation.status.isClosed
        else { return try await finish(job) }
        try await close(
            id, of: job.organizationID, by: .deadlinePassed, action: "negotiation.expired",
            reason: "The deadline has passed.", origin: .parley, finishing: job)
    }

    private func close(
        _ id: NegotiationID, of organization: OrganizationID, by event: NegotiationEvent, action: String,
        reason: String, origin: Origin, finishing job: Job? = nil
    ) async throws {
        try await settling(organization) {
            guard var negotiation = try await books.negotiations.find(organization, id) else {
                throw DeskError.notFound("negotiation")
            }
            switch negotiation.status.transition(event) {
            case .refused(let refusal): throw DeskError.conflict(refusal.rawValue, refusal.explanation)
            case .to(let status, let effects):
                let now = clock.now()
                let before = negotiation.status
                negotiation.status = status
                negotiation.statusReason = reason
                negotiation.updatedAt = now
                var changes: [Change] = [.updateNegotiation(negotiation)]
                changes += try await self.changes(
                    for: effects, of: negotiation, reason: reason, origin: origin, at: now)
                changes.append(
                    .audit(
                        .negotiation(
                            id, action, reason,
                            changes: ["status": "\(before.rawValue) → \(status.rawValue)"],
                            origin: origin, at: now)))
                if let job { changes.append(.finishJob(job.id, worker: settings.worker, at: now)) }
                return ((), changes)
            }
        }
    }
}
