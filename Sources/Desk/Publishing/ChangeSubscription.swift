import Negotiation

extension Office {
    /// How long the secret before a new one signs besides, in hours.
    public static let rotationHours = 24

    /// The subscriptions of an organization, oldest first.
    public func subscriptions(by caller: Caller) async throws -> [WebhookSubscription] {
        try requireAdministrator(caller, to: "see and change webhook subscriptions")
        return try await books.subscriptions.list(caller.organizationID)
    }

    /// One subscription.
    public func subscription(_ id: WebhookSubscriptionID, by caller: Caller) async throws
        -> WebhookSubscription
    {
        try requireAdministrator(caller, to: "see and change webhook subscriptions")
        return try await subscription(id, of: caller.organizationID)
    }

    /// Describes a subscription anew. What is on its way goes to the new address.
    public func describeSubscription(
        _ id: WebhookSubscriptionID, by caller: Caller, _ edit: (inout SubscriptionDraft) -> Void
    ) async throws -> WebhookSubscription {
        try await changing(id, "changed", "described anew", by: caller) { known, now in
            var draft = SubscriptionDraft(
                url: known.url, description: known.description, events: known.events.map(\.rawValue).sorted())
            edit(&draft)
            let (url, description, events) = try checked(draft)
            return [
                .webhook(.describe(id, url: url, description: description, events: events, at: now))
            ]
        }
    }

    /// Switches a subscription off, or on again: then what had waited is brought.
    public func switchSubscription(_ id: WebhookSubscriptionID, on: Bool, by caller: Caller) async throws
        -> WebhookSubscription
    {
        let words = on ? ("enabled", "switched on") : ("disabled", "switched off")
        return try await changing(id, words.0, words.1, by: caller) { known, now in
            guard known.isEnabled != on else { return [] }
            let condition: WebhookSubscription.Condition =
                on ? .enabled : .disabled("\(caller.user.fullName) switched it off.")
            let round = enqueueing(.deliverWebhooks(id), for: known.organizationID, at: now)
            return [.webhook(.setCondition(id, condition, at: now))] + (on ? [round] : [])
        }
    }

    /// Gives a subscription a new secret. For ``rotationHours`` the old one signs besides, so that the receiver can change
    /// over at any moment between.
    public func rotateSecret(of id: WebhookSubscriptionID, by caller: Caller) async throws
        -> SubscriptionWithSecret
    {
        let secret = try courier.newSecret()
        let sealed = try courier.seal(secret)
        let changed = try await changing(id, "secret_rotated", "signed with a new secret", by: caller) {
            _, now in
            let until = now.advanced(byHours: Self.rotationHours)
            return [.webhook(.rotate(id, sealed: sealed, previousUntil: until, at: now))]
        }
        return SubscriptionWithSecret(subscription: changed, secret: secret)
    }

    /// Removes a subscription: nothing is told to it any more, what waits included.
    public func removeSubscription(_ id: WebhookSubscriptionID, by caller: Caller) async throws {
        try requireAdministrator(caller, to: "see and change webhook subscriptions")
        try await settling(caller.organizationID) {
            let known = try await subscription(id, of: caller.organizationID)
            let now = clock.now()
            return (
                (),
                [
                    .webhook(.remove(id, at: now)),
                    subscriptionRecord(known, "removed", "removed", caller.origin, now),
                ]
            )
        }
    }

    private func changing(
        _ id: WebhookSubscriptionID, _ what: String, _ words: String, by caller: Caller,
        _ change: (WebhookSubscription, Instant) throws -> [Change]
    ) async throws -> WebhookSubscription {
        try requireAdministrator(caller, to: "see and change webhook subscriptions")
        try await settling(caller.organizationID) {
            let known = try await subscription(id, of: caller.organizationID)
            let now = clock.now()
            let changes = try change(known, now)
            let record = subscriptionRecord(known, what, words, caller.origin, now)
            return ((), changes.isEmpty ? [] : changes + [record])
        }
        return try await subscription(id, of: caller.organizationID)
    }
}
