import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Office {
    /// After how long a follow-up that waits for approval or for being sent is looked at again, in hours.
    static let reviewHours = 24

    /// What follows from an email that has left: its follow-up is settled, and the next one is planned where the vendor
    /// has to answer. Planning is a job of its own, so that nothing about calendars can keep a sent email from being
    /// recorded as sent.
    func followingUp(after email: EmailRecord, in negotiation: NegotiationRecord, at now: Instant) -> [Change]
    {
        let settled: [Change] = email.kind == .followUp ? [.settleFollowUp(email.id)] : []
        guard negotiation.status == .sent else { return settled }
        return settled + [enqueueing(.planFollowUp(negotiation.id), for: negotiation.organizationID, at: now)]
    }

    /// What follows when the last check has kept a follow-up from leaving.
    func replanning(_ email: EmailRecord, of negotiation: NegotiationRecord, at now: Instant) -> [Change] {
        [
            .unwriteFollowUp(email.id),
            enqueueing(.planFollowUp(negotiation.id), for: negotiation.organizationID, at: now),
        ]
    }

    /// Decides which follow-up of a negotiation comes next. At most one waits at a time: however long nobody looked, at
    /// most one is due, and the one after it waits its full time from then on.
    func planFollowUp(of id: NegotiationID, job: Job) async throws {
        try await settling(job.organizationID) {
            let now = clock.now()
            let done = Change.finishJob(job.id, worker: settings.worker, at: now)
            guard let negotiation = try await books.negotiations.find(job.organizationID, id) else {
                return ((), [done])
            }
            return ((), [done] + (try await planning(negotiation, at: now)))
        }
    }

    /// The changes that bring what is planned in line with the negotiation as it is.
    private func planning(_ negotiation: NegotiationRecord, at now: Instant) async throws -> [Change] {
        let organization = negotiation.organizationID
        let rows = try await books.followUps.ofNegotiation(organization, negotiation.id)
        var leftOut = rows.filter { $0.status == .skipped }
        var waiting = rows.last { $0.status == .waiting }
        var changes: [Change] = []
        if let written = waiting, let emailID = written.emailID {
            let email = try await books.emails.find(organization, emailID)
            if email?.status.isUnderWay ?? false {
                let later = now.advanced(byHours: Self.reviewHours)
                return [enqueueing(.planFollowUp(negotiation.id), for: organization, at: later)]
            }
            let reason = email?.statusReason ?? "It was not sent."
            changes.append(.endFollowUp(written, .skipped, reason: reason))
            leftOut.append(written)
            waiting = nil
        }
        let outlook = try await outlook(of: negotiation, leftOut: leftOut, at: now)
        guard case .due(let next) = outlook.next, let plan = outlook.plan else {
            guard case .never(let reason) = outlook.next, let waiting else { return changes }
            return changes + [.endFollowUp(waiting, .cancelled, reason: reason)]
        }
        if let waiting, waiting.number == next.number {
            let due = Self.due(next, of: plan, as: waiting.id)
            guard due != waiting.dueAt else { return changes }
            return changes + [
                .moveFollowUp(waiting, to: due),
                enqueueing(.followUp(waiting.id), for: organization, at: due),
            ]
        }
        if let waiting { changes.append(.endFollowUp(waiting, .cancelled, reason: "It was planned anew.")) }
        let id: FollowUpID = clock.newID()
        let due = Self.due(next, of: plan, as: id)
        let planned = PlannedFollowUp(
            id: id, negotiationID: negotiation.id, number: next.number, dueAt: due, createdAt: now)
        return changes + [.addFollowUp(planned), enqueueing(.followUp(id), for: organization, at: due)]
    }

    /// When a follow-up leaves: as planned, or, where that moment was missed, some time within the next hour of business.
    private static func due(_ next: FollowUp, of plan: FollowUpPlan, as id: FollowUpID) -> Instant {
        guard case .due(let planned) = plan.next(now: plan.lastSentAt),
            next.dueAt > planned.dueAt.advanced(bySeconds: followUpGrace)
        else { return next.dueAt }
        return plan.hours.spread(from: next.dueAt, by: id.number, over: followUpSpread) ?? next.dueAt
    }
}

extension Identifier {
    /// A number that is as good as random from one id to the next (FNV-1a).
    var number: UInt64 {
        withUnsafeBytes(of: uuid.uuid) { bytes in
            bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        }
    }
}
