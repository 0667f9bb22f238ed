import Negotiation

/// What other systems want to be told, and what they have been told; the port to the store.
public struct SubscriptionBook: Sendable {
    /// Oldest first, without those that were removed; at most a few for each organization.
    public var list: @Sendable (OrganizationID) async throws -> [WebhookSubscription]
    public var find: @Sendable (OrganizationID, WebhookSubscriptionID) async throws -> WebhookSubscription?
    public var sealedSecrets:
        @Sendable (OrganizationID, WebhookSubscriptionID) async throws -> SealedWebhookSecrets?
    /// What is due for a receiver at an instant, what has waited longest first, at most so many.
    public var due:
        @Sendable (OrganizationID, WebhookSubscriptionID, Instant, Int) async throws -> [WebhookDelivery]
    /// Newest first.
    public var deliveries:
        @Sendable (OrganizationID, WebhookSubscriptionID, PageRequest) async throws -> Page<WebhookDelivery>
    public var delivery: @Sendable (OrganizationID, WebhookDeliveryID) async throws -> WebhookDelivery?
    /// The newest ``mostAttempts``, oldest first.
    public var attempts: @Sendable (OrganizationID, WebhookDeliveryID) async throws -> [WebhookAttempt]

    /// Attempts that are read back of one delivery.
    public static let mostAttempts = 50

    public init(
        list: @escaping @Sendable (OrganizationID) async throws -> [WebhookSubscription],
        find:
            @escaping @Sendable (OrganizationID, WebhookSubscriptionID) async throws ->
            WebhookSubscription?,
        sealedSecrets:
            @escaping @Sendable (OrganizationID, WebhookSubscriptionID) async throws ->
            SealedWebhookSecrets?,
        due:
            @escaping @Sendable (OrganizationID, WebhookSubscriptionID, Instant, Int) async throws ->
            [WebhookDelivery],
        deliveries:
            @escaping @Sendable (OrganizationID, WebhookSubscriptionID, PageRequest) async throws ->
            Page<WebhookDelivery>,
        delivery: @escaping @Sendable (OrganizationID, WebhookDeliveryID) async throws -> WebhookDelivery?,
        attempts: @escaping @Sendable (OrganizationID, WebhookDeliveryID) async throws -> [WebhookAttempt]
    ) {
        self.list = list
        self.find = find
        self.sealedSecrets = sealedSecrets
        self.due = due
        self.deliveries = deliveries
        self.delivery = delivery
        self.attempts = attempts
    }
}

/// One write about what other systems are told; part of a ``Change``.
public enum WebhookChange: Sendable {
    /// A new subscription with its secret, sealed.
    case add(WebhookSubscription, sealed: String)
    case describe(
        WebhookSubscriptionID, url: String, description: String, events: Set<EventType>, at: Instant)
    /// A new secret; the one that it replaces signs besides until then.
    case rotate(WebhookSubscriptionID, sealed: String, previousUntil: Instant, at: Instant)
    /// Forgets the secret before the present one, if its time is over at the instant.
    case endRotation(WebhookSubscriptionID, at: Instant)
    /// Switches a subscription off that is on, or on that is off: of several who do so only the first does.
    case setCondition(WebhookSubscriptionID, WebhookSubscription.Condition, at: Instant)
    /// Notes that events are given up on, if that is news, or with `nil` that one has arrived.
    case setFailing(WebhookSubscriptionID, since: Instant?)
    /// Takes it out of every list, and its secrets away. What was told stays on record for a while.
    case remove(WebhookSubscriptionID, at: Instant)

    case addDelivery(WebhookDelivery)
    /// Writes an attempt and what is to become of the delivery, if it is the attempt after the last one on record.
    case settle(WebhookDeliveryID, WebhookAttempt, DeliveryFate)
    /// Sets a delivery on its way again, from the beginning of the schedule.
    case redeliver(WebhookDeliveryID, at: Instant)
    /// Promises the next round of a receiver that is enabled, if something is still due for it: this job, at the instant
    /// at which the first of it is, but not before its own. It comes after everything else in a commit, and sees what
    /// others have committed by then, so that nothing is left without a job.
    case promiseRound(WebhookSubscriptionID, Job)
    /// Deletes what is over and older, some at a time.
    case forget(WebhookSubscriptionID, before: Instant)
}

/// What is to become of a delivery after an attempt.
public enum DeliveryFate: Hashable, Sendable {
    case delivered
    case again(at: Instant)
    case dead
}
