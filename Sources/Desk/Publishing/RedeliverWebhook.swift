import Negotiation

extension Office {
    /// What a receiver was told, newest first.
    public func deliveries(to id: WebhookSubscriptionID, _ page: PageRequest, by caller: Caller) async throws
        -> Page<WebhookDelivery>
    {
        let known = try await subscription(id, by: caller)
        return try await books.subscriptions.deliveries(known.organizationID, id, page)
    }

    /// One delivery with its attempts, oldest first.
    public func delivery(_ id: WebhookDeliveryID, by caller: Caller) async throws
        -> (delivery: WebhookDelivery, attempts: [WebhookAttempt])
    {
        try requireAdministrator(caller, to: "see and change webhook subscriptions")
        guard let delivery = try await books.subscriptions.delivery(caller.organizationID, id) else {
            throw DeskError.notFound("webhook delivery")
        }
        return (delivery, try await books.subscriptions.attempts(caller.organizationID, id))
    }

    /// Sets a delivery on its way again, whatever became of it. The receiver gets the same `webhook-id`, by which it can
    /// tell that it has had it.
    public func redeliver(_ id: WebhookDeliveryID, by caller: Caller) async throws -> WebhookDelivery {
        try requireAdministrator(caller, to: "see and change webhook subscriptions")
        try await settling(caller.organizationID) {
            let delivery = try await delivery(id, by: caller).delivery
            let receiver = try await enabled(delivery.subscriptionID, of: caller.organizationID)
            let now = clock.now()
            return (
                (),
                [
                    .webhook(.redeliver(id, at: now)),
                    enqueueing(.deliverWebhooks(receiver.id), for: caller.organizationID, at: now),
                    subscriptionRecord(
                        receiver, "redelivered", "told \(delivery.type) once more", caller.origin, now),
                ]
            )
        }
        return try await delivery(id, by: caller).delivery
    }

    /// Tells a receiver an event that is none, to try whether it gets there.
    public func testSubscription(_ id: WebhookSubscriptionID, by caller: Caller) async throws
        -> WebhookDelivery
    {
        try requireAdministrator(caller, to: "see and change webhook subscriptions")
        return try await settling(caller.organizationID) {
            let receiver = try await enabled(id, of: caller.organizationID)
            let now = clock.now()
            let event = OutgoingEvent(
                id: clock.newID(), type: OutgoingEvent.testType, at: now,
                facts: [
                    "organization_id": .id(receiver.organizationID), "subscription_id": .id(receiver.id),
                ])
            let delivery = try delivery(of: event, to: receiver.id)
            return (
                delivery,
                [
                    .webhook(.addDelivery(delivery)),
                    enqueueing(.deliverWebhooks(id), for: caller.organizationID, at: now),
                ]
            )
        }
    }

    private func enabled(_ id: WebhookSubscriptionID, of organization: OrganizationID) async throws
        -> WebhookSubscription
    {
        let receiver = try await subscription(id, of: organization)
        guard receiver.isEnabled else {
            throw DeskError.conflict(
                "subscription_disabled", "The subscription is switched off. Switch it on first.")
        }
        return receiver
    }
}
