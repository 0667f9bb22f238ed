import Secrets

/// Microsoft Graph's change notifications: unsigned, so each must carry the client state that was agreed upon.
/// https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks
struct MicrosoftGraph: DeliveryCheck {
    /// The longest validation token that is repeated, in bytes.
    private static let maximumHandshake = 4096
    /// The most notifications of one delivery.
    private static let maximumNotifications = 5_000

    private let states: [String]
    private let subscriptions: [String]

    init(_ settings: EndpointSettings) throws(HooksError) {
        guard !settings.secrets.isEmpty, settings.secrets.allSatisfy({ (16...255).contains($0.utf8.count) })
        else {
            throw .settingsUnusable(.graph, "a client state (secret) of 16 to 255 bytes is needed")
        }
        states = settings.secrets
        subscriptions = settings.origins
    }

    func verify(_ request: HookRequest, with material: HookMaterial) throws(HooksError) -> HookVerdict {
        if let token = try request.parameter("validationToken") {
            guard (1...Self.maximumHandshake).contains(token.utf8.count),
                request.body.allSatisfy({ $0 <= 0x20 })
            else {
                throw .unsplittable("the validation token is too long or has company")
            }
            return .handshake(text: token)
        }
        let json: StrictJSON
        do { json = try StrictJSON(request.body, limits: .delivery) } catch {
            throw .unsplittable("\(error)")
        }
        guard let notifications = json["value"]?.array, notifications.count <= Self.maximumNotifications
        else {
            throw .unsplittable("value is not an array of notifications")
        }
        for notification in notifications { try check(notification) }
        let origin = notifications.first?["subscriptionId"]?.string
        return .verified(Verified(.graph, .graph(notifications), origin: origin))
    }

    private func check(_ notification: StrictJSON) throws(HooksError) {
        guard let presented = notification["clientState"]?.string else {
            throw .signatureMissing("clientState")
        }
        var isKnown = false
        for state in states where constantTimeEqual(state, presented) { isKnown = true }
        guard isKnown else { throw .signatureWrong }
        let subscription = notification["subscriptionId"]?.string ?? ""
        guard subscriptions.isEmpty || subscriptions.contains(subscription) else {
            throw .originUnknown("the subscription \(storable(subscription, maximum: 100))")
        }
    }

    /// The event of one notification. Graph numbers none of them: what changed, how and to which version names it.
    static func event(_ notification: StrictJSON) -> HookEvent {
        // The client state is the secret of the endpoint and does not belong into the stored payload.
        let members = notification.object?.members.filter { $0.name != "clientState" } ?? []
        let payload = StrictJSON.object(of: members.map { ($0.name, $0.value) })
        let subscription = storable(notification["subscriptionId"]?.string ?? "", maximum: 255)
        if let lifecycle = notification["lifecycleEvent"]?.string {
            let place = MailboxChange.Place.graphSubscription(
                subscription: subscription, lifecycle: storable(lifecycle, maximum: 100))
            return HookEvent(
                id: nil, type: "lifecycle.\(lifecycle)", content: .mailbox(MailboxChange(place: place)),
                payload: payload)
        }
        guard let change = notification["changeType"]?.string, let resource = notification["resource"]?.string
        else {
            return HookEvent(
                id: nil, type: "unknown", content: .quarantine("there is no changeType or resource"),
                payload: payload)
        }
        let data = notification["resourceData"]
        let place = MailboxChange.Place.graph(
            subscription: subscription, change: storable(change, maximum: 100),
            resource: storable(resource, maximum: 1000),
            messageID: data?["id"]?.string.map { storable($0, maximum: 500) })
        var name: String?
        if let id = data?["id"]?.string, let version = data?["@odata.etag"]?.string {
            name = HookEvent.digest(Array([subscription, id, change, version].joined(separator: "\n").utf8))
        }
        return HookEvent(
            id: name, type: change, content: .mailbox(MailboxChange(place: place)), payload: payload)
    }
}
