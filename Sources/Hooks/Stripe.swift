import Secrets

/// Stripe's signature: `Stripe-Signature: t=<seconds>,v1=<hex>[,v1=…]`, HMAC-SHA256 over `t.body` under the whole
/// `whsec_…` text. https://docs.stripe.com/webhooks#verify-manually
struct Stripe: DeliveryCheck {
    private static let maximumParts = 32

    private let secrets: [String]

    init(_ settings: EndpointSettings) throws(HooksError) {
        guard !settings.secrets.isEmpty, settings.secrets.allSatisfy({ !$0.isEmpty }) else {
            throw .settingsUnusable(.stripe, "the signing secret (whsec_…) is needed")
        }
        secrets = settings.secrets
    }

    func verify(_ request: HookRequest, with material: HookMaterial) throws(HooksError) -> HookVerdict {
        let (timestamp, codes) = try Self.parts(try request.neededHeader("Stripe-Signature"))
        let seconds = try Provider.signedSeconds(timestamp)
        let isSigned = secrets.contains { secret in
            var stream = HMACSHA256.Stream(key: secret.utf8)
            stream.update("\(timestamp).".utf8)
            stream.update(request.body)
            let code = stream.finish()
            return codes.contains { constantTimeEqual($0, code) }
        }
        guard isSigned else { throw .signatureWrong }
        try Provider.stripe.checkTime(seconds, receivedAt: request.receivedAt)
        return .verified(Verified(.stripe, .stripe(body: request.body)))
    }

    private static func parts(_ header: String) throws(HooksError) -> (timestamp: String, codes: [[UInt8]]) {
        let parts = header.split(separator: ",")
        guard parts.count <= maximumParts else { throw .signatureWrong }
        let times = parts.filter { $0.hasPrefix("t=") }
        let codes = parts.filter { $0.hasPrefix("v1=") }.compactMap { Hex.decode($0.dropFirst(3)) }
        guard times.count == 1, !codes.isEmpty else {
            throw .signatureMissing("t and v1 of Stripe-Signature")
        }
        return (String(times[0].dropFirst(2)), codes)
    }

    /// The event; those of a subscription carry what it has become.
    static func event(_ body: [UInt8]) -> HookEvent {
        let json: StrictJSON
        do { json = try StrictJSON(body, limits: .delivery) } catch {
            return .quarantined("\(error)", body: body)
        }
        guard let id = json["id"]?.string, let type = json["type"]?.string else {
            return .quarantined("there is no id or type", body: body)
        }
        let isSubscription = type.hasPrefix("customer.subscription.")
        let content: HookEvent.Content =
            isSubscription
            ? change(json["data"]?["object"]).map { .subscription($0) }
                ?? .quarantine("there is no subscription")
            : .notice
        return HookEvent(
            id: id, type: type, createdAt: EventTime.seconds(json["created"]), content: content,
            payload: json,
            digestOf: body)
    }

    private static func change(_ object: StrictJSON?) -> SubscriptionChange? {
        guard let id = object?["id"]?.string, let status = object?["status"]?.string,
            let customer = object?["customer"]?.string ?? object?["customer"]?["id"]?.string
        else { return nil }
        let items = object?["items"]?["data"]?.array ?? []
        let prices = items.flatMap { item in
            [item["price"]?["id"]?.string, item["price"]?["lookup_key"]?.string].compactMap { $0 }
        }
        let metadata = object?["metadata"]?.object?.members.compactMap { member in
            member.value.string.map { (storable(member.name, maximum: 100), storable($0, maximum: 500)) }
        }
        return SubscriptionChange(
            subscription: storable(id, maximum: 255), customer: storable(customer, maximum: 255),
            status: storable(status, maximum: 50),
            prices: prices.prefix(100).map { storable($0, maximum: 255) },
            metadata: Dictionary(metadata ?? [], uniquingKeysWith: { first, _ in first }))
    }
}
