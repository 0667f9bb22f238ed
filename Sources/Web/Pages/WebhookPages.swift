import Desk
import Hooks
import Hummingbird
import Jinja
import Negotiation

extension PageDesk {
    func addWebhooks(to router: Router<WebContext>, _ book: inout RouteBook) {
        let list = FormPage { try await $0.webhooks() }
        get("/webhooks", knowing: ["cursor", "state"], on: router, &book) { try await $0.webhooks() }
        post("/webhooks", on: router, &book, again: list) { call in
            var draft = InboundEndpointDraft(provider: call.form.filled("provider") ?? "")
            guard Provider(rawValue: draft.provider) != nil else {
                throw Problem.invalid("provider", "choose who delivers")
            }
            draft.name = call.form.filled("name") ?? ""
            draft.secret = call.form.filled("secret")
            draft.publicKey = call.form.filled("public_key")
            draft.audience = call.form.filled("audience")
            draft.settings.origins = call.form.filled("origin").map { [$0] } ?? []
            draft.settings.topic = call.form.filled("topic")
            let made = try await call.office.addInboundEndpoint(draft, by: call.visitor.caller)
            return try await call.webhooks(about: made.endpoint.id, secret: made.secret)
        }
        post("/webhooks/:id/rotate", on: router, &book, again: list) { call in
            let id: InboundEndpointID = try call.id(of: "webhook endpoint")
            let rotated = try await call.office.rotateInboundEndpoint(
                id, secret: call.form.filled("secret"), publicKey: call.form.filled("public_key"),
                overlapHours: Office.overlapHours, by: call.visitor.caller)
            hooks.endpoints.forget(id)
            return try await call.webhooks(about: id, secret: rotated.secret)
        }
        post("/webhooks/:id/test", on: router, &book, again: list) { call in
            let id: InboundEndpointID = try call.id(of: "webhook endpoint")
            let trial = try await call.office.tryInboundEndpoint(id, by: call.visitor.caller)
            return try await call.webhooks(about: id, trial: trial)
        }
        post("/webhooks/:id/remove", on: router, &book, again: list) { call in
            let id: InboundEndpointID = try call.id(of: "webhook endpoint")
            try await call.office.removeInboundEndpoint(id, by: call.visitor.caller)
            hooks.endpoints.forget(id)
            return .redirect(to: "/webhooks?done=webhook-removed")
        }
        post("/webhook-events/:id/replay", on: router, &book, again: list) { call in
            _ = try await call.office.replayInbound(
                [call.id(of: "webhook event")], by: call.visitor.caller)
            return .redirect(to: "/webhooks?done=webhook-replayed")
        }
        post("/webhook-events/replay", on: router, &book, again: list) { call in
            // What stands in quarantine, as the page shows it.
            let waiting = try await call.quarantined().items.filter { $0.endpointID != nil }.map(\.id)
            guard !waiting.isEmpty else {
                throw Problem(409, "nothing_to_replay", "Nothing is in quarantine.")
            }
            _ = try await call.office.replayInbound(waiting, by: call.visitor.caller)
            return .redirect(to: "/webhooks?done=webhook-replayed")
        }
    }
}

extension PageCall {
    fileprivate func quarantined() async throws -> Page<InboundEvent> {
        var filter = InboundFilter()
        filter.state = .quarantined
        return try await books.inbound.events(
            organization, filter, PageRequest(limit: Page<InboundEvent>.largestLimit))
    }

    /// The endpoints and the newest events.
    fileprivate func webhooks(
        about id: InboundEndpointID? = nil, secret: String? = nil, trial: InboundTrial? = nil
    ) async throws -> Response {
        await desk.hooks.refusals.flush(context.logger)
        var filter = InboundFilter()
        filter.state = query["state"].flatMap(InboundEvent.State.init(rawValue:))
        let events = try await books.inbound.events(
            organization, filter, PageRequest(cursor: query["cursor"], limit: PageDesk.rowsOfPage))
        let state = filter.state.map { "&state=\($0.rawValue)" } ?? ""
        let endpoints = try await books.inbound.endpoints(organization)
        return try await page(
            "webhooks.html", section: "webhooks",
            [
                (
                    "endpoints",
                    Value(
                        endpoints.map {
                            endpoint($0, $0.id == id ? secret : nil, $0.id == id ? trial : nil)
                        })
                ),
                ("events", Value(events.items.map(event))),
                (
                    "next",
                    Value(
                        orNone: events.nextCursor.map {
                            "/webhooks?cursor=\(PageDesk.encoded($0))\(state)"
                        })
                ),
                ("state", Value(filter.state?.rawValue ?? "")),
                (
                    "providers",
                    Value(
                        Provider.allCases.map {
                            Value([("value", Value($0.rawValue)), ("label", Value($0.title))])
                        })
                ),
                ("may_administer", Value(visitor.user.role.mayAdminister)),
                ("may_replay", Value(visitor.user.role.mayWrite)),
                (
                    "fields",
                    fields([
                        ("provider", "custom"), ("name", ""), ("public_key", ""), ("audience", ""),
                        ("origin", ""), ("topic", ""),
                    ])
                ),
            ])
    }

    private func endpoint(_ endpoint: InboundEndpoint, _ secret: String?, _ trial: InboundTrial?) -> Value {
        let title = Provider(rawValue: endpoint.provider)?.title ?? endpoint.provider
        let counts = endpoint.counts
        return Value([
            ("link", Value("/webhooks/\(endpoint.id)")),
            ("name", Value(endpoint.name.isEmpty ? title : endpoint.name)), ("provider", Value(title)),
            ("url", Value(office.address(of: endpoint))), ("secret", Value(orNone: secret)),
            ("origins", Value(endpoint.settings.origins.joined(separator: ", "))),
            ("verified", Value(Figures.grouped(counts.verified))),
            ("duplicate", Value(Figures.grouped(counts.duplicate))),
            ("refused", Value(Figures.grouped(counts.refused))),
            ("quarantined", Value(Figures.grouped(counts.quarantined))),
            ("last_event", Figures.time(endpoint.lastEventAt)),
            ("overlap_ends", Figures.time(endpoint.overlapEnds)),
            (
                "trial",
                trial.map {
                    Value([
                        ("detail", Value($0.detail)),
                        (
                            "state",
                            $0.isAccepted
                                ? Figures.badge("Works", .good) : Figures.badge("Fails", .bad)
                        ),
                    ])
                } ?? .none
            ),
        ])
    }

    private func event(_ event: InboundEvent) -> Value {
        let badge =
            switch event.state {
            case .stored: Figures.badge("Waiting", .info, "It is stored and will be processed.")
            case .processed: Figures.badge("Processed", .good)
            case .ignored: Figures.badge("Nothing to do", .neutral)
            case .quarantined: Figures.badge("Quarantine", .attention, "Somebody should look at it.")
            }
        return Value([
            ("link", Value("/webhook-events/\(event.id)")), ("source", Value(event.source)),
            ("type", Value(event.type)), ("external_id", Value(event.externalID)),
            ("received", Figures.time(event.receivedAt)), ("state", badge),
            ("error", Value(orNone: event.error)), ("is_ours", Value(event.endpointID != nil)),
            ("negotiation", Value(orNone: event.negotiationID.map { "/negotiations/\($0)" })),
        ])
    }
}

extension Provider {
    /// As people call it.
    fileprivate var title: String {
        switch self {
        case .custom: "Standard Webhooks"
        case .sendgridEvents: "SendGrid, events"
        case .sendgridInbound: "SendGrid, inbound mail"
        case .mailgun: "Mailgun"
        case .postmark: "Postmark"
        case .ses: "Amazon SES by SNS"
        case .gmail: "Gmail by Pub/Sub"
        case .stripe: "Stripe"
        case .graph: "Microsoft Graph"
        }
    }
}
