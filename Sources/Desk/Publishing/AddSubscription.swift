import Negotiation

/// A subscription as somebody describes it.
public struct SubscriptionDraft: Sendable {
    public var url: String
    /// May be empty.
    public var description: String
    /// The types of events, by their names.
    public var events: [String]

    public init(url: String, description: String, events: [String]) {
        self.url = url
        self.description = description
        self.events = events
    }
}

/// A subscription, and a secret that is shown this once.
public struct SubscriptionWithSecret: Sendable {
    public let subscription: WebhookSubscription
    /// `whsec_…`
    public let secret: String
}

extension Office {
    /// The most subscriptions of one organization.
    static let mostSubscriptions = 20

    /// Adds a subscription. What happens from then on is told to it.
    public func addSubscription(_ draft: SubscriptionDraft, by caller: Caller) async throws
        -> SubscriptionWithSecret
    {
        try requireAdministrator(caller, to: "see and change webhook subscriptions")
        let (url, description, events) = try checked(draft)
        let organization = caller.organizationID
        let secret = try courier.newSecret()
        let sealed = try courier.seal(secret)
        return try await settling(organization) {
            guard try await books.subscriptions.list(organization).count < Self.mostSubscriptions else {
                throw DeskError.conflict(
                    "too_many_subscriptions",
                    "An organization has at most \(Self.mostSubscriptions) subscriptions.")
            }
            let now = clock.now()
            let subscription = WebhookSubscription(
                id: clock.newID(), organizationID: organization, url: url, description: description,
                events: events, condition: .enabled, failingSince: nil, previousSecretUntil: nil,
                createdAt: now)
            return (
                SubscriptionWithSecret(subscription: subscription, secret: secret),
                [
                    .webhook(.add(subscription, sealed: sealed)),
                    subscriptionRecord(subscription, "created", "added", caller.origin, now),
                ]
            )
        }
    }

    /// What somebody has described, where all of it makes sense.
    func checked(_ draft: SubscriptionDraft) throws -> (String, String, Set<EventType>) {
        if let objection = courier.objection(draft.url) {
            throw DeskError.invalid(field: "url", objection)
        }
        let description =
            draft.description.isEmpty ? "" : try Field.text(draft.description, "description", longest: 255)
        guard !draft.events.isEmpty else {
            throw DeskError.invalid(field: "events", "must name one type of event at least")
        }
        var events: Set<EventType> = []
        for name in draft.events {
            guard let type = EventType(rawValue: name) else {
                let known = EventType.allCases.map(\.rawValue).joined(separator: ", ")
                throw DeskError.invalid(
                    field: "events", "must be some of \(known); “\(name.prefix(100))” is none")
            }
            events.insert(type)
        }
        return (draft.url, description, events)
    }

    func subscription(_ id: WebhookSubscriptionID, of organization: OrganizationID) async throws
        -> WebhookSubscription
    {
        guard let subscription = try await books.subscriptions.find(organization, id) else {
            throw DeskError.notFound("webhook subscription")
        }
        return subscription
    }

    func subscriptionRecord(
        _ subscription: WebhookSubscription, _ what: String, _ words: String, _ origin: Origin, _ now: Instant
    ) -> Change {
        .audit(
            AuditEntry(
                action: "webhook_subscription.\(what)", entityType: "webhook_subscription",
                entityID: subscription.id.uuid, description: "Webhooks to \(subscription.title) \(words)",
                origin: origin, at: now))
    }
}
