import Secrets

/// A delivery that was found authentic. Only `Endpoint.verify` makes one, so nothing unverified is ever decoded.
public struct Verified: Sendable {
    /// Who sent it.
    public let provider: Provider
    /// The topic, service account or subscription that it came from, for providers that have such: to be stored in
    /// the endpoint's `origins` if that is empty.
    public let origin: String?
    /// A token that may be used once; see `SingleUse`.
    public let singleUse: SingleUse?
    let payload: Payload

    /// What was verified, taken apart as far as that took.
    enum Payload: Sendable {
        case standard(id: String, body: [UInt8])
        case sendgridEvents(body: [UInt8])
        case sendgridInbound(contentType: String, body: [UInt8])
        case mailgunEvent(StrictJSON)
        case mailgunRoute(FormData)
        case postmark(body: [UInt8])
        case topic(SNSMessage)
        case gmail(body: [UInt8])
        case stripe(body: [UInt8])
        case graph([StrictJSON])
    }

    init(_ provider: Provider, _ payload: Payload, origin: String? = nil, singleUse: SingleUse? = nil) {
        self.provider = provider
        self.payload = payload
        self.origin = origin
        self.singleUse = singleUse
    }

    /// The events in it, in their order. Never fails: what nobody can read becomes an event in quarantine, because
    /// a refusal would make the provider send it again and again, and finally lose it.
    public func decode() -> [HookEvent] {
        switch payload {
        case .standard(let id, let body): [StandardWebhooks.event(id: id, body: body)]
        case .sendgridEvents(let body): SendGridEvents.events(body)
        case .sendgridInbound(let contentType, let body):
            [SendGridInbound.event(contentType: contentType, body: body)]
        case .mailgunEvent(let event): [MailgunEvents.event(event)]
        case .mailgunRoute(let form): [MailgunRoutes.event(form)]
        case .postmark(let body): [PostmarkEvents.event(body)]
        case .topic(let message): SESEvents.events(message)
        case .gmail(let body): [GmailPush.event(body)]
        case .stripe(let body): [Stripe.event(body)]
        case .graph(let notifications): notifications.map(MicrosoftGraph.event)
        }
    }
}

/// A token that a signature covers instead of the content (Mailgun): whoever saw one delivery could attach anything
/// to it. Remember the token with the digest for twice the provider's tolerance: the same pair again is a retry
/// (success, nothing to do), the token with another digest is `HooksError.tokenReused`.
public struct SingleUse: Sendable, Equatable {
    /// The token, at most 200 bytes.
    public let token: String
    /// SHA-256 of what came with it.
    public let digest: [UInt8]
}

extension StrictJSON.Limits {
    /// For bodies that the endpoint's own maximum bounds already.
    static let delivery = StrictJSON.Limits(
        bytes: 48 << 20, depth: 32, values: 400_000, members: 2_000, replacesLoneSurrogates: true)
    /// For what is read before it is known to be authentic, or is small.
    static let envelope = StrictJSON.Limits(bytes: 48 << 20, depth: 16, values: 20_000, members: 500)
}
