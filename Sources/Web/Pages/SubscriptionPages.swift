import Desk
import Hummingbird
import Jinja
import Negotiation

extension PageDesk {
    func addSubscriptions(to router: Router<WebContext>, _ book: inout RouteBook) {
        let list = FormPage { try await $0.subscriptions() }
        let one = FormPage { try await $0.subscription() }
        get("/subscriptions", on: router, &book) { try await $0.subscriptions() }
        get("/subscriptions/:id", knowing: ["cursor"], on: router, &book) { try await $0.subscription() }
        post("/subscriptions", on: router, &book, again: list) { call in
            try await call.secret(call.office.addSubscription(call.draft(), by: call.visitor.caller))
        }
        post("/subscriptions/:id", on: router, &book, again: one) { call in
            let draft = call.draft()
            _ = try await call.office.describeSubscription(call.subscriptionID(), by: call.visitor.caller) {
                $0 = draft
            }
            return try call.back("changed")
        }
        post("/subscriptions/:id/rotate-secret", on: router, &book, again: one) { call in
            try await call.secret(
                call.office.rotateSecret(of: call.subscriptionID(), by: call.visitor.caller))
        }
        post("/subscriptions/:id/test", on: router, &book, again: one) { call in
            _ = try await call.office.testSubscription(call.subscriptionID(), by: call.visitor.caller)
            return try call.back("tested")
        }
        post("/subscriptions/:id/remove", on: router, &book, again: one) { call in
            try await call.office.removeSubscription(call.subscriptionID(), by: call.visitor.caller)
            return .redirect(to: "/subscriptions?done=subscription-removed")
        }
        for (word, on) in [("enable", true), ("disable", false)] {
            post("/subscriptions/:id/\(word)", on: router, &book, again: one) { call in
                _ = try await call.office.switchSubscription(
                    call.subscriptionID(), on: on, by: call.visitor.caller)
                return try call.back("\(word)d")
            }
        }
        addDeliveries(to: router, &book)
    }

    private func addDeliveries(to router: Router<WebContext>, _ book: inout RouteBook) {
        let one = FormPage { try await $0.delivery() }
        get("/webhook-deliveries/:id", on: router, &book) { try await $0.delivery() }
        post("/webhook-deliveries/:id/redeliver", on: router, &book, again: one) { call in
            let delivery = try await call.office.redeliver(
                call.id(of: "webhook delivery"), by: call.visitor.caller)
            return .redirect(to: "/webhook-deliveries/\(delivery.id)?done=redelivered")
        }
    }
}

extension PageCall {
    fileprivate func subscriptionID() throws(Problem) -> WebhookSubscriptionID {
        try id(of: "webhook subscription")
    }

    fileprivate func back(_ done: String) throws(Problem) -> Response {
        .redirect(to: "/subscriptions/\(try subscriptionID())?done=subscription-\(done)")
    }

    /// What was typed, as a subscription. Each type of event is a box of its own.
    fileprivate func draft() -> SubscriptionDraft {
        SubscriptionDraft(
            url: form.filled("url") ?? "", description: form.filled("description") ?? "",
            events: EventType.allCases.map(\.rawValue).filter { form["events.\($0)"] != nil })
    }

    fileprivate func subscriptions() async throws -> Response {
        let rows = try await office.subscriptions(by: visitor.caller).map(row)
        return try await page(
            "subscriptions.html", section: "subscriptions",
            [
                ("rows", Value(rows)), ("fields", fields([("url", ""), ("description", "")])),
                ("events", boxes([])),
            ]
        )
    }

    fileprivate func subscription() async throws -> Response {
        let known = try await office.subscription(subscriptionID(), by: visitor.caller)
        let page = try await office.deliveries(
            to: known.id, PageRequest(cursor: query["cursor"], limit: PageDesk.rowsOfPage),
            by: visitor.caller)
        let next = page.nextCursor.map { "/subscriptions/\(known.id)?cursor=\(PageDesk.encoded($0))" }
        return try await self.page(
            "subscription.html", section: "subscriptions",
            [
                ("row", row(known)), ("deliveries", Value(page.items.map(deliveryValue))),
                ("next", Value(orNone: next)), ("events", boxes(known.events)),
                ("fields", fields([("url", known.url), ("description", known.description)])),
                ("rotation_hours", Value(Office.rotationHours)),
            ])
    }

    /// The only page that ever shows a secret.
    fileprivate func secret(_ made: SubscriptionWithSecret) async throws -> Response {
        try await page(
            "subscription_secret.html", section: "subscriptions",
            [
                ("row", row(made.subscription)), ("secret", Value(made.secret)),
                ("rotation_hours", Value(Office.rotationHours)),
            ])
    }

    fileprivate func delivery() async throws -> Response {
        let (delivery, attempts) = try await office.delivery(
            id(of: "webhook delivery"), by: visitor.caller)
        let receiver = try await books.subscriptions.find(organization, delivery.subscriptionID)
        let log = attempts.map { attempt in
            Value([
                ("number", Value(attempt.number)), ("when", Figures.time(attempt.startedAt)),
                ("milliseconds", Value(Figures.grouped(attempt.milliseconds))),
                ("status", Value(orNone: attempt.status.map { "\($0)" })),
                ("error", Value(orNone: attempt.error)), ("answer", Value(attempt.answer)),
            ])
        }
        return try await page(
            "webhook_delivery.html", section: "subscriptions",
            [
                ("delivery", deliveryValue(delivery)), ("attempts", Value(log)),
                ("payload", Value(delivery.payload)), ("webhook_id", Value("\(delivery.eventID)")),
                ("receiver", Value(receiver?.title ?? "a subscription that was removed")),
                ("receiver_link", Value(orNone: receiver.map { "/subscriptions/\($0.id)" })),
                ("may_redeliver", Value(receiver?.isEnabled ?? false)),
            ])
    }

    private func row(_ subscription: WebhookSubscription) -> Value {
        Value([
            ("link", Value("/subscriptions/\(subscription.id)")), ("title", Value(subscription.title)),
            ("url", Value(subscription.url)), ("state", subscription.badge),
            ("is_enabled", Value(subscription.isEnabled)), ("reason", Value(orNone: subscription.reason)),
            ("events", Value(subscription.events.map(\.rawValue).sorted().joined(separator: ", "))),
            ("failing_since", Figures.time(subscription.failingSince)),
            ("previous_secret_until", Figures.time(rotation(of: subscription))),
            ("created", Figures.time(subscription.createdAt)),
        ])
    }

    private func rotation(of subscription: WebhookSubscription) -> Instant? {
        subscription.previousSecretUntil.flatMap { $0 > office.clock.now() ? $0 : nil }
    }

    private func deliveryValue(_ delivery: WebhookDelivery) -> Value {
        Value([
            ("link", Value("/webhook-deliveries/\(delivery.id)")), ("type", Value(delivery.type)),
            ("state", delivery.badge), ("attempts", Value(delivery.attempts)),
            ("error", Value(orNone: delivery.lastError)),
            ("status", Value(orNone: delivery.lastStatus.map { "\($0)" })),
            ("created", Figures.time(delivery.createdAt)),
            ("next", Figures.time(delivery.state == .due ? delivery.nextAttemptAt : nil)),
        ])
    }

    /// A box for each type of event, ticked as it was sent, or as it is.
    private func boxes(_ chosen: Set<EventType>) -> Value {
        let isTyped = form["url"] != nil
        return Value(
            EventType.allCases.map { type in
                let isTicked = isTyped ? form["events.\(type.rawValue)"] != nil : chosen.contains(type)
                return Value([
                    ("name", Value(type.rawValue)), ("words", Value(type.words)),
                    ("is_ticked", Value(isTicked)),
                ])
            })
    }
}

extension WebhookSubscription {
    fileprivate var badge: Value {
        guard isEnabled else { return Figures.badge("Switched off", .neutral) }
        return failingSince == nil
            ? Figures.badge("On", .good) : Figures.badge("Events do not arrive", .bad)
    }

    fileprivate var reason: String? { if case .disabled(let reason) = condition { reason } else { nil } }
}

extension WebhookDelivery {
    fileprivate var badge: Value {
        switch state {
        case .due: Figures.badge(attempts == 0 ? "On its way" : "To be tried again", .info)
        case .delivered: Figures.badge("Delivered", .good)
        case .dead: Figures.badge("Given up on", .bad)
        }
    }
}

extension EventType {
    /// What it means, for people.
    fileprivate var words: String {
        switch self {
        case .negotiationCreated: "A negotiation was put on record"
        case .negotiationStatusChanged: "A negotiation has another status"
        case .negotiationVendorReplied: "A vendor has written"
        case .messageUnmatched: "Mail came that belongs to no negotiation for certain"
        case .approvalRequested: "An email waits for approval"
        case .approvalDecided: "An email was approved or rejected"
        case .approvalLapsed: "A request for approval ended without a decision"
        case .emailSent: "An email was sent"
        case .emailFailed: "An email was refused by the mail server"
        case .emailUncertain: "Nobody knows whether an email was sent"
        case .purchaseOrderCreated: "A purchase order was made"
        case .purchaseOrderSent: "A purchase order was sent to the vendor"
        }
    }
}
