import Desk
import Hooks
import Negotiation
import Secrets

/// An endpoint as callers see it.
struct OpenedEndpoint: Sendable {
    let endpoint: InboundEndpoint
    /// Where it was made just now.
    let secret: String?
    let url: String

    init(_ endpoint: InboundEndpoint, secret: String?, _ office: Office) {
        self.endpoint = endpoint
        self.secret = secret
        url = office.address(of: endpoint)
    }
}

extension Shapes {
    static let webhookEndpoint = Representation<OpenedEndpoint>("WebhookEndpoint", endpointMembers)

    static let newWebhookEndpoint = Representation<OpenedEndpoint>(
        "NewWebhookEndpoint",
        endpointMembers + [
            .other(
                "secret", Schema.text.orNull.described("Shown this once, where Parley has made it.")
            ) { $0.secret.map { .string($0) } ?? .null }
        ])

    private static let endpointMembers: [Representation<OpenedEndpoint>.Member] = [
        .id("id") { $0.endpoint.id }, .text("url") { $0.url },
        .oneOf("provider", Provider.allCases.map(\.rawValue)) { $0.endpoint.provider },
        .text("name") { $0.endpoint.name },
        .whole("secrets") { $0.endpoint.sealedSecrets.count },
        .texts("public_keys") { $0.endpoint.publicKeys },
        .timeOrNull("overlap_ends") { $0.endpoint.overlapEnds },
        .textOrNull("audience") { $0.endpoint.audience },
        .texts("origins") { $0.endpoint.settings.origins },
        .textOrNull("topic") { $0.endpoint.settings.topic },
        .textOrNull("customer") { $0.endpoint.settings.customer },
        .other("tiers", .anyObject) { opened in
            .object(
                of: opened.endpoint.settings.tiers.sorted { $0.key < $1.key }.map {
                    ($0.key, .string($0.value))
                }
            )
        },
        .whole("verified_count") { $0.endpoint.counts.verified },
        .whole("duplicate_count") { $0.endpoint.counts.duplicate },
        .whole("refused_count") { $0.endpoint.counts.refused },
        .whole("quarantined_count") { $0.endpoint.counts.quarantined },
        .timeOrNull("last_event_at") { $0.endpoint.lastEventAt },
        .time("created_at") { $0.endpoint.createdAt },
    ]

    static let webhookTest = Representation<InboundTrial>(
        "WebhookTest",
        [
            .truth("succeeded") { $0.isAccepted }, .wholeOrNull("status") { $0.status },
            .text("detail") { $0.detail },
        ])

    static let webhookEvent = Representation<InboundEvent>(
        "WebhookEvent",
        [
            .id("id") { $0.id }, .idOrNull("endpoint_id") { $0.endpointID }, .text("source") { $0.source },
            .text("event_type") { $0.type }, .text("external_id") { $0.externalID },
            .oneOf("state", InboundEvent.State.allCases.map(\.rawValue)) { $0.state.rawValue },
            .truth("processed") { $0.state == .processed || $0.state == .ignored },
            .timeOrNull("processed_at") { $0.processedAt },
            .whole("processing_attempts") { $0.attempts }, .textOrNull("processing_error") { $0.error },
            .idOrNull("negotiation_id") { $0.negotiationID },
            .textOrNull("matched_entity_type") { $0.matched?.type },
            .idOrNull("matched_entity_id") { $0.matched?.id },
            .other("payload", Schema.any) { event in
                (try? StrictJSON(Array(event.payload.utf8), limits: .storedPayload)) ?? .null
            },
            .time("received_at") { $0.receivedAt }, .timeOrNull("event_created_at") { $0.createdAt },
        ])
}

extension StrictJSON.Limits {
    /// For what the database gives back: a delivery was held against narrower ones before.
    fileprivate static let storedPayload = StrictJSON.Limits(
        bytes: 48 << 20, depth: 64, values: 1_000_000, members: 10_000, replacesLoneSurrogates: true)
}
