import Secrets

/// SendGrid's signature over Event Webhook and Inbound Parse: ECDSA P-256 with SHA-256 over the timestamp and the
/// raw body, nothing between them.
/// https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
struct SendGrid: DeliveryCheck {
    private static let signatureHeader = "X-Twilio-Email-Event-Webhook-Signature"
    private static let timestampHeader = "X-Twilio-Email-Event-Webhook-Timestamp"

    private let provider: Provider
    private let keys: [PublicKey]
    private let password: SharedPassword?

    init(_ settings: EndpointSettings) throws(HooksError) {
        provider = settings.provider
        var keys: [PublicKey] = []
        for text in settings.publicKeys {
            guard let key = try? PublicKey(spkiText: text), key.kind == .p256 else {
                throw .settingsUnusable(
                    settings.provider, "the verification key is a P-256 public key in base64")
            }
            keys.append(key)
        }
        self.keys = keys
        password = settings.secrets.isEmpty ? nil : SharedPassword(settings.secrets)
        guard !keys.isEmpty || (password != nil && settings.provider == .sendgridInbound) else {
            throw .settingsUnusable(
                settings.provider, "the verification key (public_key) of the signed webhook is needed")
        }
    }

    func verify(_ request: HookRequest, with material: HookMaterial) throws(HooksError) -> HookVerdict {
        // Inbound Parse does not sign by default; a password in the address is then all there is.
        if keys.isEmpty, let password {
            guard password.isGood(try request.neededHeader("Authorization")) else { throw .signatureWrong }
        } else {
            try verifySignature(request)
        }
        if provider == .sendgridEvents {
            return .verified(Verified(provider, .sendgridEvents(body: request.body)))
        }
        let contentType = try request.header("Content-Type") ?? ""
        return .verified(Verified(provider, .sendgridInbound(contentType: contentType, body: request.body)))
    }

    private func verifySignature(_ request: HookRequest) throws(HooksError) {
        let timestamp = try request.neededHeader(Self.timestampHeader)
        let text = try request.neededHeader(Self.signatureHeader)
        let seconds = try Provider.signedSeconds(timestamp)
        guard text.utf8.count <= 200, let signature = Base64.standard.decode(text) else {
            throw .signatureWrong
        }
        let message = Array(timestamp.utf8) + request.body
        guard keys.contains(where: { $0.verify(signature, of: message, digest: .sha256) }) else {
            throw .signatureWrong
        }
        try provider.checkTime(seconds, receivedAt: request.receivedAt)
    }
}

/// The events of SendGrid's Event Webhook: an array, each element an event of its own.
/// https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
enum SendGridEvents {
    /// The most events of one delivery.
    static let maximumEvents = 20_000

    static func events(_ body: [UInt8]) -> [HookEvent] {
        do {
            guard let events = try StrictJSON(body, limits: .delivery).array else {
                return [.quarantined("it is not an array of events", body: body)]
            }
            guard events.count <= maximumEvents else {
                return [.quarantined("\(events.count) events are too many", body: body)]
            }
            return events.map(event)
        } catch {
            return [.quarantined("\(error)", body: body)]
        }
    }

    private static func event(_ json: StrictJSON) -> HookEvent {
        let type = json["event"]?.string ?? ""
        return HookEvent(
            id: json["sg_event_id"]?.string, type: type, createdAt: EventTime.seconds(json["timestamp"]),
            content: content(type, json), payload: json)
    }

    private static func content(_ type: String, _ json: StrictJSON) -> HookEvent.Content {
        guard !type.isEmpty else { return .quarantine("there is no event") }
        guard let (kind, isPermanent) = kind(type, json) else { return .notice }
        return .outcome(
            MailOutcome(
                kind, isPermanent: isPermanent, recipient: json["email"]?.string,
                messageID: json["smtp-id"]?.string, providerMessageID: json["sg_message_id"]?.string,
                statusCode: json["status"]?.string,
                diagnostic: json["reason"]?.string ?? json["response"]?.string))
    }

    /// A bounce of type `blocked` may pass another time; `dropped` was not even tried.
    private static func kind(_ type: String, _ json: StrictJSON) -> (MailOutcome.Kind, Bool)? {
        switch type {
        case "processed": (.accepted, false)
        case "delivered": (.delivered, false)
        case "deferred": (.deferred, false)
        case "bounce": (.bounced, json["type"]?.string != "blocked" && json["type"]?.string != "expired")
        case "dropped": (.rejected, true)
        case "spamreport": (.complained, true)
        case "unsubscribe", "group_unsubscribe": (.unsubscribed, false)
        case "open": (.opened, false)
        case "click": (.clicked, false)
        default: nil
        }
    }
}
