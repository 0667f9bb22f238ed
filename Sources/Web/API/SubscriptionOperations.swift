import Desk
import Negotiation
import Secrets

/// What other systems are told, by webhooks as Standard Webhooks 1.0.0 has them; administrators only.
enum SubscriptionOperations {
    static let all = [
        list, add, get, change, remove, enable, disable, rotate, test, deliveries, delivery, redeliver,
    ]

    private static let group = "Webhooks to other systems"
    private static let types = EventType.allCases.map(\.rawValue)
    private static let path = "/v1/webhook-subscriptions"

    private static let list = Operation(
        method: .get, path: path, name: "listWebhookSubscriptions", group: group,
        summary: "Subscriptions, oldest first", parameters: [.cursor, .limit],
        success: .list(of: "WebhookSubscription")
    ) { call in
        let all = try await call.office.subscriptions(by: call.caller)
        return .ok(try all.page(call.page()).json(Shapes.subscription))
    }

    private static let add = Operation(
        method: .post, path: path, name: "addWebhookSubscription", group: group,
        summary: "Subscribes to events; the answer holds the secret, which is shown this once",
        body: BodyShape([
            .required("url", .text, "Where events are posted to, by https."),
            .required("events", .manyOf(types), "One at least."),
            .optional("description", .text, "As your people call it."),
        ]), success: .created("WebhookSubscriptionWithSecret")
    ) { call in
        let draft = SubscriptionDraft(
            url: try call.body.needed("url", call.body.text("url")),
            description: call.body.text("description") ?? "", events: call.body.texts("events") ?? [])
        return answer(try await call.office.addSubscription(draft, by: call.caller), status: 201)
    }

    private static let get = Operation(
        method: .get, path: "\(path)/{id}", name: "getWebhookSubscription", group: group,
        summary: "One subscription", success: .one("WebhookSubscription")
    ) { call in
        .ok(Shapes.subscription.json(try await call.office.subscription(id(of: call), by: call.caller)))
    }

    private static let change = Operation(
        method: .patch, path: "\(path)/{id}", name: "changeWebhookSubscription", group: group,
        summary: "Changes what is named; what is on its way goes to the new address",
        body: BodyShape([
            .optional("url", .text), .optional("events", .manyOf(types), "All of them anew."),
            .optional("description", .text),
        ]), success: .one("WebhookSubscription")
    ) { call in
        let body = call.body
        let changed = try await call.office.describeSubscription(id(of: call), by: call.caller) { draft in
            if let url = body.text("url") { draft.url = url }
            if let events = body.texts("events") { draft.events = events }
            if let description = body.text("description") { draft.description = description }
        }
        return .ok(Shapes.subscription.json(changed))
    }

    private static let remove = Operation(
        method: .delete, path: "\(path)/{id}", name: "removeWebhookSubscription", group: group,
        summary: "Removes a subscription; nothing is told to it any more", success: .nothing
    ) { call in
        try await call.office.removeSubscription(id(of: call), by: call.caller)
        return .nothing
    }

    private static let enable = Operation(
        method: .post, path: "\(path)/{id}/enable", name: "enableWebhookSubscription", group: group,
        summary: "Switches a subscription on again; what had waited is brought", body: .empty,
        success: .one("WebhookSubscription")
    ) { call in
        .ok(
            Shapes.subscription.json(
                try await call.office.switchSubscription(id(of: call), on: true, by: call.caller)))
    }

    private static let disable = Operation(
        method: .post, path: "\(path)/{id}/disable", name: "disableWebhookSubscription", group: group,
        summary: "Switches a subscription off: what waits, waits on, and what happens meanwhile is not told",
        body: .empty, success: .one("WebhookSubscription")
    ) { call in
        .ok(
            Shapes.subscription.json(
                try await call.office.switchSubscription(id(of: call), on: false, by: call.caller)))
    }

    private static let rotate = Operation(
        method: .post, path: "\(path)/{id}/rotate-secret", name: "rotateWebhookSecret", group: group,
        summary: "Makes a new secret, which is shown this once; for \(Office.rotationHours) hours both sign",
        body: .empty, success: .one("WebhookSubscriptionWithSecret")
    ) { call in
        answer(try await call.office.rotateSecret(of: id(of: call), by: call.caller), status: 200)
    }

    private static let test = Operation(
        method: .post, path: "\(path)/{id}/test", name: "testWebhookSubscription", group: group,
        summary: "Sends an event of type \(OutgoingEvent.testType) on its way", body: .empty,
        success: .created("WebhookDelivery")
    ) { call in
        .created(
            Shapes.delivery.json(try await call.office.testSubscription(id(of: call), by: call.caller)))
    }

    private static let deliveries = Operation(
        method: .get, path: "\(path)/{id}/deliveries", name: "listWebhookDeliveries", group: group,
        summary: "What a receiver was told in the last 30 days, newest first",
        parameters: [.cursor, .limit], success: .list(of: "WebhookDelivery")
    ) { call in
        .ok(
            try await call.office.deliveries(to: id(of: call), call.page(), by: call.caller).json(
                Shapes.delivery))
    }

    private static let delivery = Operation(
        method: .get, path: "/v1/webhook-deliveries/{id}", name: "getWebhookDelivery", group: group,
        summary: "One event on its way to one receiver, with every attempt",
        success: .one("WebhookDeliveryWithAttempts")
    ) { call in
        let found = try await call.office.delivery(call.id(of: "webhook delivery"), by: call.caller)
        return .ok(Shapes.deliveryWithAttempts.json(found))
    }

    private static let redeliver = Operation(
        method: .post, path: "/v1/webhook-deliveries/{id}/redeliver", name: "redeliverWebhook", group: group,
        summary: "Sets an event on its way again, under the same webhook-id", body: .empty,
        success: .one("WebhookDelivery")
    ) { call in
        .ok(
            Shapes.delivery.json(
                try await call.office.redeliver(call.id(of: "webhook delivery"), by: call.caller)))
    }

    private static func id(of call: APICall) throws(Problem) -> WebhookSubscriptionID {
        try call.id(of: "webhook subscription")
    }

    /// The secret is shown once: a repetition of the request is answered without it.
    private static func answer(_ made: SubscriptionWithSecret, status: Int) -> APIAnswer {
        var answer = APIAnswer(
            status: status, json: Shapes.subscriptionWithSecret.json((made.subscription, made.secret)))
        answer.repeated = Shapes.subscriptionWithSecret.json((made.subscription, nil))
        return answer
    }
}

extension Shapes {
    static let subscription = Representation<WebhookSubscription>("WebhookSubscription", members { $0 })

    static let subscriptionWithSecret = Representation<(WebhookSubscription, String?)>(
        "WebhookSubscriptionWithSecret",
        members { $0.0 } + [
            .other(
                "secret",
                Schema.text.orNull.described("whsec_…; null where the request is repeated.")
            ) { $0.1.map { .string($0) } ?? .null }
        ])

    private static func members<Record: Sendable>(
        _ subscription: @escaping @Sendable (Record) -> WebhookSubscription
    ) -> [Representation<Record>.Member] {
        [
            .id("id") { subscription($0).id }, .text("url") { subscription($0).url },
            .text("description") { subscription($0).description },
            .other("events", .list(of: .oneOf(EventType.allCases.map(\.rawValue)))) { record in
                .array(subscription(record).events.map(\.rawValue).sorted().map { .string($0) })
            },
            .oneOf("state", ["enabled", "disabled"]) {
                subscription($0).isEnabled ? "enabled" : "disabled"
            },
            .textOrNull("state_reason") {
                if case .disabled(let reason) = subscription($0).condition { reason } else { nil }
            },
            .timeOrNull("failing_since") { subscription($0).failingSince },
            .timeOrNull("previous_secret_until") { subscription($0).previousSecretUntil },
            .time("created_at") { subscription($0).createdAt },
        ]
    }

    static let delivery = Representation<WebhookDelivery>("WebhookDelivery", members { $0 })

    static let deliveryWithAttempts = Representation<(delivery: WebhookDelivery, attempts: [WebhookAttempt])>(
        "WebhookDeliveryWithAttempts",
        members { $0.delivery } + [
            .text("payload") { $0.delivery.payload },
            .other("log", .list(of: attempt.schema)) { .array($0.attempts.map(attempt.json)) },
        ])

    private static func members<Record: Sendable>(
        _ delivery: @escaping @Sendable (Record) -> WebhookDelivery
    ) -> [Representation<Record>.Member] {
        [
            .id("id") { delivery($0).id }, .id("subscription_id") { delivery($0).subscriptionID },
            .id("webhook_id") { delivery($0).eventID }, .text("type") { delivery($0).type },
            .oneOf("state", WebhookDelivery.State.allCases.map(\.rawValue)) { delivery($0).state.rawValue },
            .whole("attempts") { delivery($0).attempts },
            .timeOrNull("next_attempt_at") {
                delivery($0).state == .due ? delivery($0).nextAttemptAt : nil
            },
            .wholeOrNull("last_status") { delivery($0).lastStatus },
            .textOrNull("last_error") { delivery($0).lastError },
            .time("created_at") { delivery($0).createdAt },
        ]
    }

    private static let attempt = Representation<WebhookAttempt>(
        "WebhookAttempt",
        [
            .whole("number") { $0.number }, .time("started_at") { $0.startedAt },
            .whole("milliseconds") { $0.milliseconds }, .wholeOrNull("status") { $0.status },
            .text("answer") { $0.answer }, .textOrNull("error") { $0.error },
        ])
}
