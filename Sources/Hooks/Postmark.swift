import Secrets

/// Postmark signs nothing: a password in the address (HTTP Basic) is all the proof there is.
/// https://postmarkapp.com/developer/webhooks/webhooks-overview
struct Postmark: DeliveryCheck {
    private let password: SharedPassword

    init(_ settings: EndpointSettings) throws(HooksError) {
        guard !settings.secrets.isEmpty, settings.secrets.allSatisfy({ !$0.isEmpty }) else {
            throw .settingsUnusable(.postmark, "the password (secret) that the address carries is needed")
        }
        password = SharedPassword(settings.secrets)
    }

    func verify(_ request: HookRequest, with material: HookMaterial) throws(HooksError) -> HookVerdict {
        guard password.isGood(try request.neededHeader("Authorization")) else { throw .signatureWrong }
        return .verified(Verified(.postmark, .postmark(body: request.body)))
    }
}

/// Postmark's inbound mail, bounces, complaints, deliveries, opens, clicks and subscription changes.
enum PostmarkEvents {
    static func event(_ body: [UInt8]) -> HookEvent {
        let json: StrictJSON
        do { json = try StrictJSON(body, limits: .delivery) } catch {
            return .quarantined("\(error)", body: body)
        }
        let type = json["RecordType"]?.string ?? (json["FromFull"] == nil ? "" : "Inbound")
        if type == "Inbound" { return PostmarkInbound.event(json, body: body) }
        guard !type.isEmpty else { return .quarantined("there is no RecordType", body: body) }
        // `MessageID` repeats over all events of a mail; only bounces and complaints have an id of their own.
        return HookEvent(
            id: json["ID"]?.idText.map { "\(type):\($0)" }, type: type, createdAt: time(json),
            content: content(type, json), payload: json, digestOf: body)
    }

    private static func time(_ json: StrictJSON) -> Int64? {
        ["DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt"].lazy.compactMap { json[$0] }.first
            .flatMap { EventTime.timestamp($0) }
    }

    private static func content(_ type: String, _ json: StrictJSON) -> HookEvent.Content {
        guard let (kind, isPermanent) = kind(type, json) else { return .notice }
        return .outcome(
            MailOutcome(
                kind, isPermanent: isPermanent, recipient: json["Email"]?.string ?? json["Recipient"]?.string,
                providerMessageID: json["MessageID"]?.string,
                diagnostic: json["Details"]?.string ?? json["Description"]?.string))
    }

    private static func kind(_ type: String, _ json: StrictJSON) -> (MailOutcome.Kind, Bool)? {
        switch type {
        case "Delivery": (.delivered, false)
        case "Open": (.opened, false)
        case "Click": (.clicked, false)
        case "SpamComplaint": (.complained, true)
        case "SubscriptionChange": json["SuppressSending"]?.bool == false ? nil : (.unsubscribed, false)
        case "Bounce": bounce(json["Type"]?.string ?? "")
        default: nil
        }
    }

    /// https://postmarkapp.com/developer/api/bounce-api#bounce-types
    private static func bounce(_ type: String) -> (MailOutcome.Kind, Bool)? {
        switch type {
        case "HardBounce", "BadEmailAddress", "AddressChange": (.bounced, true)
        case "SoftBounce", "Undeterminable", "VirusNotification", "Unknown": (.bounced, false)
        case "Transient", "DnsError", "OpenRelayTest": (.deferred, false)
        case "SpamNotification", "SpamComplaint": (.complained, true)
        case "ManuallyDeactivated", "Blocked", "DMARCPolicy": (.rejected, true)
        case "Unsubscribe", "ManualSuppression": (.unsubscribed, false)
        case "AutoResponder", "ChallengeVerification", "Subscribe", "Unconfirmed": nil
        default: (.bounced, false)
        }
    }
}

/// Postmark's inbound mail: `RawEmail` where the server was set up to include it, else its parts.
/// https://postmarkapp.com/developer/webhooks/inbound-webhook
enum PostmarkInbound {
    static func event(_ json: StrictJSON, body: [UInt8]) -> HookEvent {
        let raw = json["RawEmail"]?.string.flatMap { $0.isEmpty ? nil : Array($0.utf8) }
        let recipient = json["OriginalRecipient"]?.string
        let returnPath = json["Headers"]?.array?.first.flatMap { header in
            header["Name"]?.string?.lowercased() == "return-path" ? header["Value"]?.string : nil
        }
        guard json["FromFull"]?.object != nil || raw != nil else {
            return .quarantined("there is neither RawEmail nor FromFull", body: body, type: "Inbound")
        }
        let mail = InboundMail(
            raw: raw ?? recomposed(json), envelopeFrom: returnPath?.filter { $0 != "<" && $0 != ">" },
            envelopeTo: [recipient].compactMap { $0 }, isRecomposed: raw == nil)
        return HookEvent(
            id: json["MessageID"]?.string ?? mail.digest, type: "Inbound", content: .mail(mail), payload: json
        )
    }

    private static func recomposed(_ json: StrictJSON) -> [UInt8] {
        var mail = RecomposedMail()
        for header in json["Headers"]?.array ?? [] {
            guard let name = header["Name"]?.string, let value = header["Value"]?.string else { continue }
            mail.headers.append((name, value))
        }
        mail.addHeader("From", json["FromFull"].map(address) ?? json["From"]?.string)
        for (name, list) in [("To", "ToFull"), ("Cc", "CcFull")] {
            mail.addHeader(name, json[list]?.array?.map(address).joined(separator: ", "))
        }
        for (name, member) in [("Subject", "Subject"), ("Date", "Date"), ("Reply-To", "ReplyTo")] {
            mail.addHeader(name, json[member]?.string)
        }
        for (name, type) in [("TextBody", "text/plain"), ("HtmlBody", "text/html")] {
            guard let text = json[name]?.string, !text.isEmpty || type == "text/plain" else { continue }
            mail.texts.append(.init(contentType: "\(type); charset=utf-8", bytes: Array(text.utf8)[...]))
        }
        if mail.texts.isEmpty { mail.texts = [.init(contentType: "text/plain; charset=utf-8", bytes: [])] }
        for attachment in json["Attachments"]?.array ?? [] {
            guard let bytes = attachment["Content"]?.string.flatMap(looseBase64) else { continue }
            mail.attachments.append(
                .init(
                    contentType: attachment["ContentType"]?.string ?? "application/octet-stream",
                    bytes: bytes[...],
                    fileName: attachment["Name"]?.string ?? "attachment",
                    contentID: attachment["ContentID"]?.string?.filter { $0 != "<" && $0 != ">" }))
        }
        return mail.bytes()
    }

    /// `"Name" <address>`; the name quoted (RFC 5322, 3.2.4), since it is somebody's own choice.
    private static func address(_ json: StrictJSON) -> String {
        let address = json["Email"]?.string ?? ""
        guard let name = json["Name"]?.string, !name.isEmpty else { return address }
        let quoted = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(quoted)\" <\(address)>"
    }
}
