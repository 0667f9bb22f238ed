import Negotiation
import Reading

extension Office {
    /// An automatic answer that names the day of somebody's return parks the follow-ups until then; a person's answer
    /// ends that.
    func parking(
        by reader: ArrivalReader, _ event: NegotiationEvent?, in negotiation: NegotiationRecord,
        at now: Instant
    ) -> [Change] {
        switch event {
        case .vendorReplied where negotiation.followUps.parkedUntil != nil:
            return [.parkFollowUps(negotiation.id, until: nil)]
        case .autoReplyReceived where !negotiation.status.isClosed:
            let sentOn = (reader.message.date ?? reader.arrival.receivedAt).day
            let words = OutOfOffice(
                subject: reader.message.subject, text: reader.understanding.replyText.text, sentOn: sentOn)
            guard let day = words?.returnDay, day > now.day else { return [] }
            return [
                .parkFollowUps(negotiation.id, until: day),
                timeline(
                    negotiation, "follow_up.parked", "The vendor is away; reminders wait until \(day).", now),
                enqueueing(.planFollowUp(negotiation.id), for: negotiation.organizationID, at: now),
            ]
        default: return []
        }
    }
}
