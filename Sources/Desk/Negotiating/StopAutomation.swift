import Negotiation

extension Office {
    /// Stops everything automatic in a negotiation, and tells its owner and the administrators.
    func stopping(
        _ negotiation: NegotiationRecord, because reason: String, message: MessageID, at now: Instant
    ) async throws -> [Change] {
        guard negotiation.automationStop == nil else { return [] }
        let stop = AutomationStop(
            id: clock.newID(), negotiationID: negotiation.id, messageID: message, reason: reason,
            stoppedAt: now)
        let administrators = try await books.people.usersWithRole(negotiation.organizationID, [.orgAdmin])
        let told = Set(administrators.map(\.id) + [negotiation.ownerID])
        return [
            .stopAutomation(stop),
            .cancelFollowUps(negotiation.id, reason: "Nothing happens by itself any more."),
            timeline(negotiation, "automation.stopped", "Nothing happens by itself any more: \(reason)", now),
        ]
            + told.sorted { $0.uuid.uuidString < $1.uuid.uuidString }.flatMap { user in
                notifying(
                    user, type: "system_alert",
                    title: "Check the bank details of \(negotiation.vendorContactName)",
                    message: "\(reason) Call the vendor at a number that you know before you go on.",
                    about: negotiation.id, at: now)
            }
    }

    /// A person has checked, and what is automatic may go on.
    public func resumeAutomation(in id: NegotiationID, by caller: Caller) async throws {
        guard caller.user.role.mayAdminister || caller.user.role == .manager else {
            throw DeskError.forbidden("Only an administrator or a manager may let it go on.")
        }
        try await settling(caller.organizationID) {
            guard let negotiation = try await books.negotiations.find(caller.organizationID, id) else {
                throw DeskError.notFound("negotiation")
            }
            guard let stop = negotiation.automationStop else {
                throw DeskError.conflict("automation_not_stopped", "Nothing is stopped in this negotiation.")
            }
            let now = clock.now()
            return (
                (),
                [
                    .liftAutomationStop(stop.id, by: caller.user.id, at: now),
                    enqueueing(.planFollowUp(id), for: caller.organizationID, at: now),
                    timeline(
                        negotiation, "automation.resumed",
                        "What is automatic may go on: somebody has checked.",
                        now, origin: caller.origin),
                ]
            )
        }
    }
}
