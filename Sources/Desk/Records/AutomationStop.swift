import Negotiation

/// Why nothing in a negotiation happens by itself any more, until a person lifts it.
public struct AutomationStop: Hashable, Sendable {
    public let id: AutomationStopID
    public let negotiationID: NegotiationID
    /// The message that gave rise to it.
    public let messageID: MessageID?
    /// For people, one sentence.
    public let reason: String
    public let stoppedAt: Instant

    public init(
        id: AutomationStopID, negotiationID: NegotiationID, messageID: MessageID?, reason: String,
        stoppedAt: Instant
    ) {
        self.id = id
        self.negotiationID = negotiationID
        self.messageID = messageID
        self.reason = reason
        self.stoppedAt = stoppedAt
    }
}
