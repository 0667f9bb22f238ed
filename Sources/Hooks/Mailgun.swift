import Secrets

/// Mailgun's signature: hex of HMAC-SHA256 over timestamp and token, nothing between them. It covers neither event nor
/// message, which is why the token may be used only once.
/// https://documentation.mailgun.com/docs/mailgun/user-manual/tracking-messages/#securing-webhooks
struct Mailgun: DeliveryCheck {
    private static let maximumToken = 200

    private let keys: [String]

    init(_ settings: EndpointSettings) throws(HooksError) {
        guard !settings.secrets.isEmpty, settings.secrets.allSatisfy({ !$0.isEmpty }) else {
            throw .settingsUnusable(.mailgun, "the webhook signing key (secret) is needed")
        }
        keys = settings.secrets
    }

    func verify(_ request: HookRequest, with material: HookMaterial) throws(HooksError) -> HookVerdict {
        let contentType = try request.header("Content-Type")
        if ParameterizedHeader(contentType ?? "").value == "application/json" {
            return .verified(try verifiedEvent(request))
        }
        let form = try FormData(contentType: contentType, body: request.body)
        let (token, signature) = (try form.text("token"), try form.text("signature"))
        try verify(
            timestamp: try form.text("timestamp"), token: token, signatures: [signature].compactMap { $0 },
            receivedAt: request.receivedAt)
        let singleUse = SingleUse(token: token ?? "", digest: Self.digest(of: form))
        return .verified(Verified(.mailgun, .mailgunRoute(form), singleUse: singleUse))
    }

    private func verifiedEvent(_ request: HookRequest) throws(HooksError) -> Verified {
        let json: StrictJSON
        do { json = try StrictJSON(request.body, limits: .delivery) } catch {
            throw .unsplittable("\(error)")
        }
        guard let block = json["signature"], block.object != nil else {
            throw .signatureMissing("signature")
        }
        // A subaccount's webhook carries its parent's signature besides.
        let parent = block["parent-signature"]
        let signatures = [block["signature"]?.string, parent?.string ?? parent?["signature"]?.string]
        try verify(
            timestamp: block["timestamp"]?.idText, token: block["token"]?.string,
            signatures: signatures.compactMap { $0 }, receivedAt: request.receivedAt)
        let event = json["event-data"] ?? .null
        let singleUse = SingleUse(
            token: block["token"]?.string ?? "", digest: SHA256.digest(Array(event.text().utf8)))
        return Verified(.mailgun, .mailgunEvent(event), singleUse: singleUse)
    }

    private func verify(
        timestamp: String?, token: String?, signatures: [String], receivedAt: Int64
    ) throws(HooksError) {
        guard let timestamp, let token, !token.isEmpty, !signatures.isEmpty else {
            throw .signatureMissing("timestamp, token and signature")
        }
        guard token.utf8.count <= Self.maximumToken, token.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else {
            throw .signatureWrong
        }
        let seconds = try Provider.signedSeconds(timestamp)
        let presented = signatures.compactMap { Hex.decode($0) }
        let isSigned = keys.contains { key in
            let code = HMACSHA256.code("\(timestamp)\(token)".utf8, key: key.utf8)
            return presented.contains { constantTimeEqual($0, code) }
        }
        guard isSigned else { throw .signatureWrong }
        // Both directions count: since nothing stands between timestamp and token, a digit moved from the token to
        // the timestamp keeps the signature, makes another token, and puts the time thousands of years ahead.
        try Provider.mailgun.checkTime(seconds, receivedAt: receivedAt)
    }

    /// What a form says, whatever its boundary and the order of its fields.
    private static func digest(of form: FormData) -> [UInt8] {
        let fields = form.fields.filter { !["timestamp", "token", "signature"].contains($0.name) }
        let digests = fields.map { field in SHA256.digest(field.name) + SHA256.digest(field.value) }
        return SHA256.digest(digests.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 })
    }
}

/// Mailgun's events (`event-data`).
/// https://documentation.mailgun.com/docs/mailgun/user-manual/events/
enum MailgunEvents {
    static func event(_ json: StrictJSON) -> HookEvent {
        guard let type = json["event"]?.string else {
            return .quarantined("there is no event-data", body: Array(json.text().utf8))
        }
        let time = EventTime.seconds(json["timestamp"])
        // Mailgun's ids are unique within a day only.
        let id = json["id"]?.string.map { "\(EventTime.day(time ?? 0))/\($0)" }
        return HookEvent(id: id, type: type, createdAt: time, content: content(type, json), payload: json)
    }

    private static func content(_ type: String, _ json: StrictJSON) -> HookEvent.Content {
        let isTemporary = json["severity"]?.string == "temporary"
        let kind: MailOutcome.Kind
        switch type {
        case "accepted": kind = .accepted
        case "delivered": kind = .delivered
        case "failed": kind = isTemporary ? .deferred : .bounced
        case "rejected": kind = .rejected
        case "complained": kind = .complained
        case "unsubscribed": kind = .unsubscribed
        case "opened": kind = .opened
        case "clicked": kind = .clicked
        default: return .notice
        }
        let status = json["delivery-status"]
        let words = [
            status?["message"]?.string, status?["description"]?.string, json["reject"]?["reason"]?.string,
        ]
        return .outcome(
            MailOutcome(
                kind, isPermanent: [.bounced, .rejected, .complained].contains(kind),
                recipient: json["recipient"]?.string,
                messageID: json["message"]?["headers"]?["message-id"]?.string,
                statusCode: status?["enhanced-code"]?.string ?? status?["code"]?.idText,
                diagnostic: words.compactMap { $0 }.first { !$0.isEmpty }))
    }
}

/// Mailgun's routes: `body-mime` holds the whole message when the address ends in `mime`, else its parts are fields.
/// https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/
enum MailgunRoutes {
    private static let type = "inbound"

    static func event(_ form: FormData) -> HookEvent {
        do {
            let raw = try form.bytes("body-mime")
            guard let bytes = try raw.map(Array.init) ?? recomposed(form), !bytes.isEmpty else {
                return unreadable("there is neither body-mime nor message-headers", form)
            }
            let recipients = try form.text("recipient")?.split(separator: ",").map(String.init) ?? []
            let mail = InboundMail(
                raw: bytes, envelopeFrom: try form.text("sender"), envelopeTo: recipients,
                isRecomposed: raw == nil)
            let time = try form.text("timestamp").flatMap { EventTime.seconds(.string($0)) }
            return HookEvent(
                id: mail.digest, type: type, createdAt: time, content: .mail(mail), payload: try summary(form)
            )
        } catch {
            return unreadable("\(error)", form)
        }
    }

    private static func unreadable(_ reason: String, _ form: FormData) -> HookEvent {
        let fields = form.fields.map { Array($0.name.utf8) + [0] + $0.value }
        return .quarantined(reason, body: fields.flatMap { $0 }, type: type)
    }

    private static func summary(_ form: FormData) throws(HooksError) -> StrictJSON {
        var members: [(String, StrictJSON?)] = []
        for name in ["recipient", "sender", "from", "subject", "Message-Id", "attachment-count"] {
            members.append((name, try form.text(name).map(StrictJSON.string)))
        }
        return .object(of: members)
    }

    private static func recomposed(_ form: FormData) throws(HooksError) -> [UInt8]? {
        guard let list = try form.bytes("message-headers"),
            let headers = try? StrictJSON(Array(list), limits: .envelope).array
        else { return nil }
        var mail = RecomposedMail()
        mail.headers = headers.compactMap { pair in
            guard let pair = pair.array, pair.count == 2, let name = pair[0].string,
                let value = pair[1].string
            else { return nil }
            return (name, value)
        }
        for (name, type) in [("body-plain", "text/plain"), ("body-html", "text/html")] {
            guard let bytes = try form.bytes(name) else { continue }
            mail.texts.append(.init(contentType: "\(type); charset=utf-8", bytes: bytes))
        }
        if mail.texts.isEmpty { mail.texts = [.init(contentType: "text/plain; charset=utf-8", bytes: [])] }
        let map = try form.bytes("content-id-map").flatMap { try? StrictJSON(Array($0), limits: .envelope) }
        for field in form.fields(numbered: "attachment-") {
            let id = map?.object?.members.first { $0.value.string == field.name }?.name
            mail.attachments.append(
                .init(
                    contentType: field.contentType ?? "application/octet-stream", bytes: field.value,
                    fileName: field.fileName ?? field.name, contentID: id?.filter { $0 != "<" && $0 != ">" }))
        }
        return mail.bytes()
    }
}
