import Desk
import Hooks
import Negotiation
import Secrets

/// Addresses at which providers deliver, and what they have delivered.
enum WebhookOperations {
    static let all = [add, list, remove, rotate, test, events, event, replay, replayMany]

    private static let group = "Inbound webhooks"

    private static let add = Operation(
        method: .post, path: "/v1/webhook-endpoints", name: "addWebhookEndpoint", group: group,
        summary: "Makes an address at which a provider may deliver; administrators only",
        body: BodyShape([
            .required("provider", .oneOf(Provider.allCases.map(\.rawValue))),
            .optional("name", .text, "As your people call it."),
            .optional(
                "secret", .text,
                "What the provider signs with, or the password that it sends; where it takes one of ours, one is made if left out. Kept encrypted."
            ),
            .optional("public_key", .text, "What the provider's signatures are verified with."),
            .optional(
                "audience", .text, "gmail: the audience of its tokens; the endpoint's URL if left out."),
            .optional(
                "origins", .texts,
                "Who may send: topic ARNs (ses), the push service account (gmail), subscription ids (graph). The first that sends if left out."
            ),
            .optional("topic_arn", .text, "ses: the same as one of the origins."),
            .optional("service_account", .text, "gmail: the same as one of the origins."),
            .optional("topic", .text, "gmail: the topic that Gmail is asked to tell of new messages."),
            .optional("customer", .text, "stripe: the customer whose subscription counts."),
            .optional(
                "tiers", .textMap,
                "stripe: which tier a price, by its id or lookup key, stands for."),
        ]), success: .created("NewWebhookEndpoint")
    ) { call in
        let body = call.body
        var draft = InboundEndpointDraft(provider: try body.needed("provider", body.text("provider")))
        draft.name = body.text("name") ?? ""
        draft.secret = body.text("secret")
        draft.publicKey = body.text("public_key")
        draft.audience = body.text("audience")
        draft.settings.origins =
            (body.texts("origins") ?? [])
            + [body.text("topic_arn"), body.text("service_account")].compactMap { $0 }
        draft.settings.topic = body.text("topic")
        draft.settings.customer = body.text("customer")
        draft.settings.tiers = body.textMap("tiers") ?? [:]
        let made = try await call.office.addInboundEndpoint(draft, by: call.caller)
        return .created(
            Shapes.newWebhookEndpoint.json(
                OpenedEndpoint(made.endpoint, secret: made.secret, call.office)))
    }

    private static let list = Operation(
        method: .get, path: "/v1/webhook-endpoints", name: "listWebhookEndpoints", group: group,
        summary: "Endpoints with what has come to them, oldest first", parameters: [.cursor, .limit],
        success: .list(of: "WebhookEndpoint")
    ) { call in
        await call.hooks.refusals.flush(call.log)
        let endpoints = try await call.office.books.inbound.endpoints(call.organization)
        let office = call.office
        return .ok(
            try endpoints.map { OpenedEndpoint($0, secret: nil, office) }.page(call.page()).json(
                Shapes.webhookEndpoint))
    }

    private static let remove = Operation(
        method: .delete, path: "/v1/webhook-endpoints/{id}", name: "removeWebhookEndpoint", group: group,
        summary: "Takes an endpoint away; its events stay", success: .nothing
    ) { call in
        let id: InboundEndpointID = try call.id(of: "webhook endpoint")
        try await call.office.removeInboundEndpoint(id, by: call.caller)
        call.hooks.endpoints.forget(id)
        return .nothing
    }

    private static let rotate = Operation(
        method: .post, path: "/v1/webhook-endpoints/{id}/rotate", name: "rotateWebhookEndpoint",
        group: group,
        summary: "Gives an endpoint a new secret or public key; the old one counts as well for a while",
        body: BodyShape([
            .optional("secret", .text, "Made if left out, where the provider takes one of ours."),
            .optional("public_key", .text),
            .optional(
                "overlap_hours", .whole,
                "How long the old one counts: \(Office.overlapHours) if left out, 0 ends it at once, at most \(Office.longestOverlapHours)."
            ),
        ]), success: .one("NewWebhookEndpoint")
    ) { call in
        let id: InboundEndpointID = try call.id(of: "webhook endpoint")
        let rotated = try await call.office.rotateInboundEndpoint(
            id, secret: call.body.text("secret"), publicKey: call.body.text("public_key"),
            overlapHours: call.body.whole("overlap_hours") ?? Office.overlapHours, by: call.caller)
        call.hooks.endpoints.forget(id)
        return .ok(
            Shapes.newWebhookEndpoint.json(
                OpenedEndpoint(rotated.endpoint, secret: rotated.secret, call.office)))
    }

    private static let test = Operation(
        method: .post, path: "/v1/webhook-endpoints/{id}/test", name: "testWebhookEndpoint", group: group,
        summary: "Posts a signed sample to an endpoint by its public address",
        success: .one("WebhookTest")
    ) { call in
        let id: InboundEndpointID = try call.id(of: "webhook endpoint")
        return .ok(
            Shapes.webhookTest.json(try await call.office.tryInboundEndpoint(id, by: call.caller)))
    }

    private static let events = Operation(
        method: .get, path: "/v1/webhook-events", name: "listWebhookEvents", group: group,
        summary: "Events that providers delivered, newest first",
        parameters: [
            .cursor, .limit, .text("source"), .text("event_type"), .text("external_id"),
            Operation.Parameter(
                name: "state", schema: .oneOf(InboundEvent.State.allCases.map(\.rawValue)), note: ""),
            Operation.Parameter(name: "negotiation_id", schema: .id, note: ""),
            Operation.Parameter(
                name: "matched_entity_id", schema: .id, note: "An email's id, for instance."),
        ], success: .list(of: "WebhookEvent")
    ) { call in
        var filter = InboundFilter()
        filter.source = call.query["source"]
        filter.type = call.query["event_type"]
        filter.externalID = call.query["external_id"]
        filter.state = try call.choice("state", of: InboundEvent.State.self)
        filter.negotiationID = try call.queryID("negotiation_id")
        filter.matchedID = try call.queryID("matched_entity_id")
        let page = try await call.office.books.inbound.events(call.organization, filter, call.page())
        return .ok(page.json(Shapes.webhookEvent))
    }

    private static let event = Operation(
        method: .get, path: "/v1/webhook-events/{id}", name: "getWebhookEvent", group: group,
        summary: "One event", success: .one("WebhookEvent")
    ) { call in
        let event = try await call.office.books.inbound.event(
            call.organization, call.id(of: "webhook event"))
        guard let event else { throw Problem.notFound("webhook event") }
        return .ok(Shapes.webhookEvent.json(event))
    }

    private static let replay = Operation(
        method: .post, path: "/v1/webhook-events/{id}/replay", name: "replayWebhookEvent", group: group,
        summary: "Processes an event again, which is safe to repeat", success: .one("WebhookEvent")
    ) { call in
        let id: InboundEventID = try call.id(of: "webhook event")
        let replayed = try await call.office.replayInbound([id], by: call.caller)
        let event = try await call.office.books.inbound.event(call.organization, id)
        return .ok(Shapes.webhookEvent.json(event ?? replayed[0]))
    }

    private static let replayMany = Operation(
        method: .post, path: "/v1/webhook-events/replay", name: "replayWebhookEvents", group: group,
        summary: "Processes events again, all or none",
        body: BodyShape([.required("ids", .texts, "At most \(Office.mostReplays).")]),
        success: .list(of: "WebhookEvent")
    ) { call in
        let ids = try call.body.needed("ids", call.body.texts("ids")).map { text throws(Problem) in
            guard let id = InboundEventID(text) else {
                throw .invalid("ids", "must be UUIDs in their hyphenated form")
            }
            return id
        }
        return .ok(
            try await call.office.replayInbound(ids, by: call.caller).json(Shapes.webhookEvent))
    }
}

extension Operation.Parameter {
    /// Only those with exactly that text.
    fileprivate static func text(_ name: String) -> Operation.Parameter {
        Operation.Parameter(name: name, schema: .text, note: "")
    }
}

extension APICall {
    /// A parameter that is an id.
    func queryID<Record>(_ name: String) throws(Problem) -> Identifier<Record>? {
        guard let text = query[name] else { return nil }
        guard let id = Identifier<Record>(text) else {
            throw .query(name, "must be a UUID in its hyphenated form")
        }
        return id
    }
}
