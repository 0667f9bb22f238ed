import Negotiation

/// The id of a subscription to events.
public typealias WebhookSubscriptionID = Identifier<WebhookSubscription>
/// The id of an event that is brought to a receiver.
public typealias WebhookDeliveryID = Identifier<WebhookDelivery>

/// What another system wants to be told, and where.
public struct WebhookSubscription: Hashable, Sendable {
    public let id: WebhookSubscriptionID
    public let organizationID: OrganizationID
    public let url: String
    /// What people call it; may be empty.
    public let description: String
    public let events: Set<EventType>
    public let condition: Condition
    /// Since when events have been given up on; `nil` again once one has arrived.
    public let failingSince: Instant?
    /// Until when the secret before this one signs besides; `nil` where there is none.
    public let previousSecretUntil: Instant?
    public let createdAt: Instant

    /// Whether events are brought.
    public enum Condition: Hashable, Sendable {
        case enabled
        /// What waits, waits on; what happens meanwhile is not told. Why.
        case disabled(String)
    }

    public init(
        id: WebhookSubscriptionID, organizationID: OrganizationID, url: String, description: String,
        events: Set<EventType>, condition: Condition, failingSince: Instant?, previousSecretUntil: Instant?,
        createdAt: Instant
    ) {
        self.id = id
        self.organizationID = organizationID
        self.url = url
        self.description = description
        self.events = events
        self.condition = condition
        self.failingSince = failingSince
        self.previousSecretUntil = previousSecretUntil
        self.createdAt = createdAt
    }

    /// Whether events are brought.
    public var isEnabled: Bool { condition == .enabled }

    /// What it is called in messages: as people call it, or by scheme and host. The rest of an address may be a secret.
    public var title: String {
        guard description.isEmpty, let mark = url.firstRange(of: "://") else {
            return description.isEmpty ? url : description
        }
        return String(url[..<mark.upperBound] + url[mark.upperBound...].prefix { $0 != "/" && $0 != "?" })
    }
}

/// The secrets of a subscription as they are stored.
public struct SealedWebhookSecrets: Hashable, Sendable {
    public let current: String
    /// The one before it, which signs besides until ``WebhookSubscription/previousSecretUntil``.
    public let previous: String?

    public init(current: String, previous: String?) {
        self.current = current
        self.previous = previous
    }
}

/// An event on its way to one receiver, and what became of it.
public struct WebhookDelivery: Hashable, Sendable {
    public let id: WebhookDeliveryID
    public let subscriptionID: WebhookSubscriptionID
    /// The same for every receiver of the event and for every attempt: `webhook-id`.
    public let eventID: EventID
    /// The type of the event; ``OutgoingEvent/testType`` for a trial.
    public let type: String
    /// The body, byte for byte the same in every attempt.
    public let payload: String
    public let state: State
    /// Attempts so far.
    public let attempts: Int
    /// Attempts since it was last set on its way; the schedule counts these.
    public let tries: Int
    /// When it is tried next; kept while it is due.
    public let nextAttemptAt: Instant
    /// The status of the last answer; `nil` where there was none.
    public let lastStatus: Int?
    /// Why the last attempt failed; `nil` where it did not.
    public let lastError: String?
    public let createdAt: Instant

    /// How far it has come.
    public enum State: String, Sendable, CaseIterable {
        /// It will be tried, or tried again.
        case due
        case delivered
        /// It was given up on; a person can set it on its way again.
        case dead
    }

    public init(
        id: WebhookDeliveryID, subscriptionID: WebhookSubscriptionID, eventID: EventID, type: String,
        payload: String, state: State = .due, attempts: Int = 0, tries: Int = 0, nextAttemptAt: Instant,
        lastStatus: Int? = nil, lastError: String? = nil, createdAt: Instant
    ) {
        self.id = id
        self.subscriptionID = subscriptionID
        self.eventID = eventID
        self.type = type
        self.payload = payload
        self.state = state
        self.attempts = attempts
        self.tries = tries
        self.nextAttemptAt = nextAttemptAt
        self.lastStatus = lastStatus
        self.lastError = lastError
        self.createdAt = createdAt
    }
}

/// One attempt to bring an event to its receiver.
public struct WebhookAttempt: Hashable, Sendable {
    /// From 1 within its delivery.
    public let number: Int
    public let startedAt: Instant
    /// How long it took.
    public let milliseconds: Int
    /// The status of the answer; `nil` where there was none.
    public let status: Int?
    /// The beginning of the answer's body as text, at most ``longestAnswer`` bytes of it.
    public let answer: String
    /// Why it failed; `nil` where it did not.
    public let error: String?

    /// How much of an answer is kept, in bytes.
    public static let longestAnswer = 2048

    public init(
        number: Int, startedAt: Instant, milliseconds: Int, status: Int?, answer: String, error: String?
    ) {
        self.number = number
        self.startedAt = startedAt
        self.milliseconds = milliseconds
        self.status = status
        self.answer = answer
        self.error = error
    }
}
