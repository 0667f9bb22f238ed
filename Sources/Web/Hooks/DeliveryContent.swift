import Desk
import Hooks
import Negotiation
import Secrets

// From what a provider's delivery says to what is stored of it.

extension InboundDelivery {
    /// The events of a verified delivery to an endpoint.
    init(_ verified: Verified, body: [UInt8], to endpoint: InboundEndpoint, at clock: Desk.Clock) {
        let events = verified.decode()
        let now = clock.now()
        self.init(
            organizationID: endpoint.organizationID, endpointID: endpoint.id, source: endpoint.provider,
            events: events.map { event in
                NewInboundEvent(event, body: events.count == 1 ? body : nil, id: clock.newID())
            }, receivedAt: now)
        if let token = verified.singleUse {
            let lifetime = 2 * (verified.provider.tolerance ?? 86_400)
            self.token = InboundToken(
                text: token.token, digest: token.digest, expiresAt: now.advanced(bySeconds: lifetime))
        }
    }
}

extension NewInboundEvent {
    /// - Parameter body: the delivery's, where it holds this event alone.
    fileprivate init(_ event: HookEvent, body: [UInt8]?, id: InboundEventID) {
        var (content, raw) = (InboundContent(event.content), body)
        if case .mail(let mail) = event.content {
            raw = mail.raw
            if mail.raw.count > Arrival.largestRaw {
                (content, raw) = (.unreadable("The message has \(mail.raw.count) bytes."), nil)
            }
        } else if let body, body.count > Arrival.largestRaw {
            raw = nil
        }
        self.init(
            id: id, externalID: event.externalID, type: event.type,
            createdAt: event.createdAt.map { Instant(microseconds: $0) }, payload: event.payload,
            content: content, raw: raw)
    }
}

extension InboundContent {
    fileprivate init(_ content: HookEvent.Content) {
        switch content {
        case .mail(let mail): self = .mail(envelopeTo: mail.envelopeTo)
        case .outcome(let outcome): self = .outcome(InboundOutcome(outcome))
        case .mailbox(let change): self = Self.change(change.place)
        case .subscription(let change):
            self = .subscription(
                InboundSubscription(
                    customer: change.customer, status: change.status, prices: change.prices,
                    metadata: change.metadata))
        case .confirmTopic(let topic, let address): self = .topic(topic, address: address)
        case .notice: self = .notice
        case .quarantine(let reason): self = .unreadable(reason)
        }
    }

    private static func change(_ place: MailboxChange.Place) -> InboundContent {
        switch place {
        case .gmail(let address, _): .mailbox(address: address)
        case .graph, .graphSubscription(_, "missed"): .mailbox(address: nil)
        // That a subscription ends is for whoever made it.
        case .graphSubscription: .notice
        }
    }
}

extension InboundOutcome {
    fileprivate init(_ outcome: MailOutcome) {
        self.init(
            Kind(outcome.kind), isPermanent: outcome.isPermanent,
            messageID: outcome.messageID.map { String($0.dropFirst($0.hasPrefix("<") ? 1 : 0)) }
                .map { String($0.dropLast($0.hasSuffix(">") ? 1 : 0)) })
        recipient = outcome.recipient
        providerMessageID = outcome.providerMessageID
        statusCode = outcome.statusCode
        diagnostic = outcome.diagnostic
    }
}

extension InboundOutcome.Kind {
    fileprivate init(_ kind: MailOutcome.Kind) {
        self =
            switch kind {
            case .accepted: .accepted
            case .delivered: .delivered
            case .deferred: .deferred
            case .bounced: .bounced
            case .rejected: .rejected
            case .complained: .complained
            case .unsubscribed: .unsubscribed
            case .opened: .opened
            case .clicked: .clicked
            }
    }
}

/// Headers of a delivery that are kept with its events: what names or times it, and nothing that opens anything.
enum KeptHeaders {
    private static let kept: Set<String> = [
        "content-type", "webhook-id", "webhook-timestamp", "x-amz-sns-message-type", "x-amz-sns-message-id",
        "x-amz-sns-topic-arn", "x-twilio-email-event-webhook-timestamp", "x-mailgun-version",
    ]
    /// Bytes of one value.
    private static let longest = 500

    static func json(_ headers: [HookRequest.Field]) -> String {
        var members: [(String, StrictJSON?)] = []
        for header in headers {
            let name = header.name.lowercased()
            guard kept.contains(name), !members.contains(where: { $0.0 == name }) else { continue }
            let value = String(decoding: header.value.utf8.prefix(longest), as: UTF8.self)
            members.append((name, .string(value)))
        }
        return StrictJSON.object(of: members).text(replacingNUL: true)
    }
}
