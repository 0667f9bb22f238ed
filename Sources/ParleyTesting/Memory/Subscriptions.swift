import Desk
import Negotiation

/// A subscription with what its port does not show.
struct SubscriptionRow: Sendable {
    var subscription: WebhookSubscription
    var sealed: SealedWebhookSecrets
    var isRemoved = false
}

extension InMemoryBooks {
    var subscriptions: SubscriptionBook {
        SubscriptionBook(
            list: { organization in
                self.read(organization) { rows in
                    rows.subscriptions.filter { !$0.isRemoved }.map(\.subscription)
                        .inOrder(of: \.createdAt, \.id.uuid)
                }
            },
            find: { organization, id in self.read(organization) { $0.subscription(id)?.subscription } },
            sealedSecrets: { organization, id in
                self.read(organization) { $0.subscription(id)?.sealed }
            },
            due: { organization, receiver, now, most in
                self.read(organization) { rows in
                    let due = rows.deliveries.filter {
                        $0.subscriptionID == receiver && $0.state == .due && $0.nextAttemptAt <= now
                    }
                    return Array(due.inOrder(of: \.nextAttemptAt, \.id.uuid).prefix(most))
                }
            },
            deliveries: { organization, receiver, page in
                try self.read(organization) { rows in
                    try page.descending(rows.deliveries.filter { $0.subscriptionID == receiver }) {
                        Place($0.createdAt.microseconds, $0.id.uuid)
                    }
                }
            },
            delivery: { organization, id in
                self.read(organization) { $0.deliveries.first { $0.id == id } }
            },
            attempts: { organization, id in
                self.read(organization) { rows in
                    rows.webhookAttempts.filter { $0.delivery == id }.map(\.attempt)
                        .suffix(SubscriptionBook.mostAttempts)
                }
            })
    }
}

extension TenantRows {
    fileprivate func subscription(_ id: WebhookSubscriptionID) -> SubscriptionRow? {
        subscriptions.first { $0.subscription.id == id && !$0.isRemoved }
    }
}

extension Writing {
    mutating func makeWebhook(_ change: WebhookChange) throws {
        switch change {
        case .add(let subscription, let sealed):
            try own(subscription.organizationID)
            try exists(rows.organization != nil, "webhook_subscriptions_organization_id_fkey")
            rows.subscriptions.append(
                SubscriptionRow(
                    subscription: subscription, sealed: SealedWebhookSecrets(current: sealed, previous: nil)))
        case .describe(let id, let url, let description, let events, _):
            revise(id) { row in
                row.subscription = row.subscription.copy(url: url, description: description, events: events)
            }
        case .rotate(let id, let sealed, let until, _):
            revise(id) { row in
                row.sealed = SealedWebhookSecrets(current: sealed, previous: row.sealed.current)
                row.subscription = row.subscription.copy(previousSecretUntil: .some(until))
            }
        case .endRotation(let id, let now):
            let isOver = rows.subscriptions.contains {
                $0.subscription.id == id && $0.subscription.previousSecretUntil.map { $0 <= now } ?? false
            }
            guard isOver else { return }
            revise(id) { row in
                row.sealed = SealedWebhookSecrets(current: row.sealed.current, previous: nil)
                row.subscription = row.subscription.copy(previousSecretUntil: .some(nil))
            }
        case .setCondition(let id, let condition, _):
            let isOther = rows.subscriptions.contains {
                $0.subscription.id == id && $0.subscription.isEnabled != (condition == .enabled)
            }
            guard isOther else { return touched(false) }
            revise(id) { $0.subscription = $0.subscription.copy(condition: condition) }
        case .setFailing(let id, let since):
            let isNews =
                since == nil
                || rows.subscriptions.contains {
                    $0.subscription.id == id && $0.subscription.failingSince == nil
                }
            guard isNews else { return touched(false) }
            revise(id) { $0.subscription = $0.subscription.copy(failingSince: .some(since)) }
        case .remove(let id, _): revise(id) { $0.isRemoved = true }
        case .addDelivery, .settle, .redeliver, .promiseRound, .forget: try makeDelivery(change)
        }
    }

    private mutating func revise(_ id: WebhookSubscriptionID, _ edit: (inout SubscriptionRow) -> Void) {
        let place = rows.subscriptions.firstIndex { $0.subscription.id == id && !$0.isRemoved }
        guard let place else { return touched(false) }
        edit(&rows.subscriptions[place])
    }

    // MARK: Deliveries

    private mutating func makeDelivery(_ change: WebhookChange) throws {
        switch change {
        case .addDelivery(let delivery):
            try exists(
                rows.subscriptions.contains { $0.subscription.id == delivery.subscriptionID },
                "webhook_deliveries_organization_id_subscription_id_fkey")
            let isThere = rows.deliveries.contains {
                $0.subscriptionID == delivery.subscriptionID && $0.eventID == delivery.eventID
            }
            try unique(!isThere, "webhook_deliveries_organization_id_subscription_id_event_id_key")
            rows.deliveries.append(delivery)
        case .settle(let id, let attempt, let fate):
            let place = rows.deliveries.firstIndex { $0.id == id && $0.attempts == attempt.number - 1 }
            guard let place else { return touched(false) }
            rows.deliveries[place] = rows.deliveries[place].after(attempt, fate)
            rows.webhookAttempts.append((id, attempt))
        case .redeliver(let id, let now):
            guard let place = rows.deliveries.firstIndex(where: { $0.id == id }) else {
                return touched(false)
            }
            rows.deliveries[place] = rows.deliveries[place].copy(state: .due, tries: 0, nextAttemptAt: now)
        case .promiseRound(let receiver, let job): try promiseRound(of: receiver, job)
        case .forget(let receiver, let before):
            let old = Set(
                rows.deliveries.filter {
                    $0.subscriptionID == receiver && $0.state != .due && $0.createdAt < before
                }.map(\.id))
            rows.deliveries.removeAll { old.contains($0.id) }
            rows.webhookAttempts.removeAll { old.contains($0.delivery) }
        default: break
        }
    }

    private mutating func promiseRound(of receiver: WebhookSubscriptionID, _ job: Job) throws {
        let isEnabled = rows.subscriptions.contains {
            $0.subscription.id == receiver && !$0.isRemoved && $0.subscription.isEnabled
        }
        let due = rows.deliveries.filter { $0.subscriptionID == receiver && $0.state == .due }
        guard isEnabled, let first = due.map(\.nextAttemptAt).min() else { return }
        try enqueue(
            Job(
                id: job.id, organizationID: job.organizationID, work: job.work, runAt: max(first, job.runAt)))
    }
}

extension WebhookSubscription {
    fileprivate func copy(
        url: String? = nil, description: String? = nil, events: Set<EventType>? = nil,
        condition: Condition? = nil, failingSince: Instant?? = nil, previousSecretUntil: Instant?? = nil
    ) -> WebhookSubscription {
        WebhookSubscription(
            id: id, organizationID: organizationID, url: url ?? self.url,
            description: description ?? self.description, events: events ?? self.events,
            condition: condition ?? self.condition, failingSince: failingSince ?? self.failingSince,
            previousSecretUntil: previousSecretUntil ?? self.previousSecretUntil, createdAt: createdAt)
    }
}

extension WebhookDelivery {
    fileprivate func after(_ attempt: WebhookAttempt, _ fate: DeliveryFate) -> WebhookDelivery {
        let (state, next): (State, Instant) =
            switch fate {
            case .delivered: (.delivered, nextAttemptAt)
            case .again(let instant): (.due, instant)
            case .dead: (.dead, nextAttemptAt)
            }
        return WebhookDelivery(
            id: id, subscriptionID: subscriptionID, eventID: eventID, type: type, payload: payload,
            state: state, attempts: attempt.number, tries: tries + 1, nextAttemptAt: next,
            lastStatus: attempt.status, lastError: attempt.error, createdAt: createdAt)
    }

    fileprivate func copy(state: State, tries: Int, nextAttemptAt: Instant) -> WebhookDelivery {
        WebhookDelivery(
            id: id, subscriptionID: subscriptionID, eventID: eventID, type: type, payload: payload,
            state: state, attempts: attempts, tries: tries, nextAttemptAt: nextAttemptAt,
            lastStatus: lastStatus, lastError: lastError, createdAt: createdAt)
    }
}
