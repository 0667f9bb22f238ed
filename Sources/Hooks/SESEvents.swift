import Secrets

/// What SES says through SNS: received mail, bounces, complaints, deliveries, opens and clicks.
/// https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
enum SESEvents {
    static func events(_ message: SNSMessage) -> [HookEvent] {
        switch message.kind {
        case .subscription:
            return [event(message, "SubscriptionConfirmation", confirmation(message), .null)]
        case .unsubscription: return [event(message, "UnsubscribeConfirmation", .notice, .null)]
        case .notification: break
        }
        let body = Array(message.message.utf8)
        guard let json = try? StrictJSON(body, limits: .delivery), json.object != nil else {
            // SES and SNS send sentences to try a topic out.
            let isTrial = message.message.hasPrefix("Successfully validated SNS topic")
            let content: HookEvent.Content = isTrial ? .notice : .quarantine("Message is not JSON from SES")
            return [event(message, "unknown", content, .string(message.message))]
        }
        let type = (json["notificationType"] ?? json["eventType"])?.string ?? ""
        if type == "Received" { return [received(message, json)] }
        guard let details = details(type, json) else {
            let content: HookEvent.Content =
                type.isEmpty ? .quarantine("there is no notificationType") : .notice
            return [event(message, type, content, json)]
        }
        let outcomes = outcomes(details, json)
        return outcomes.enumerated().map { index, outcome in
            event(message, type, .outcome(outcome), json, part: outcomes.count > 1 ? index : nil)
        }
    }

    /// The event of a message, or of one recipient in it: several share the message's id.
    private static func event(
        _ message: SNSMessage, _ type: String, _ content: HookEvent.Content, _ json: StrictJSON,
        part: Int? = nil
    ) -> HookEvent {
        HookEvent(
            id: message.id + (part.map { "#\($0)" } ?? ""), type: type,
            createdAt: EventTime.timestamp(.string(message.timestamp)), content: content, payload: json)
    }

    private static func confirmation(_ message: SNSMessage) -> HookEvent.Content {
        guard let address = message.subscribeAddress else { return .quarantine("there is no SubscribeURL") }
        return .confirmTopic(topic: message.topic, address: address)
    }

    private static func received(_ message: SNSMessage, _ json: StrictJSON) -> HookEvent {
        let action = json["receipt"]?["action"]
        let encoding = action?["encoding"]?.string?.lowercased()
        let content = json["content"]?.string
        let raw = encoding == "base64" ? content.flatMap(looseBase64) : content.map { Array($0.utf8) }
        guard let raw, !raw.isEmpty else {
            // An action of another kind only tells that a mail came; the mail itself lies elsewhere.
            let place = [action?["bucketName"]?.string, action?["objectKey"]?.string].compactMap { $0 }
            let reason =
                place.isEmpty
                ? "the notification has no content" : "the mail lies in S3: \(place.joined(separator: "/"))"
            return event(message, "Received", .quarantine(storable(reason, maximum: 500)), json)
        }
        let recipients = json["receipt"]?["recipients"]?.array?.compactMap(\.string) ?? []
        let mail = InboundMail(
            raw: raw, envelopeFrom: json["mail"]?["source"]?.string, envelopeTo: recipients)
        return event(message, "Received", .mail(mail), json)
    }

    private struct Details {
        var kind: MailOutcome.Kind
        var isPermanent = false
        /// Recipients with the other side's words and status, where there are such.
        var recipients: [StrictJSON]
        var diagnostic: String?
    }

    private static func details(_ type: String, _ json: StrictJSON) -> Details? {
        let all = json["mail"]?["destination"]?.array ?? []
        switch type {
        case "Bounce":
            let bounce = json["bounce"]
            let isPermanent = bounce?["bounceType"]?.string == "Permanent"
            let words = [bounce?["bounceType"]?.string, bounce?["bounceSubType"]?.string].compactMap { $0 }
            return Details(
                kind: .bounced, isPermanent: isPermanent,
                recipients: bounce?["bouncedRecipients"]?.array ?? all,
                diagnostic: words.joined(separator: ": "))
        case "Complaint":
            return Details(
                kind: .complained, isPermanent: true,
                recipients: json["complaint"]?["complainedRecipients"]?.array ?? all,
                diagnostic: json["complaint"]?["complaintFeedbackType"]?.string)
        case "Delivery":
            return Details(
                kind: .delivered, recipients: json["delivery"]?["recipients"]?.array ?? all,
                diagnostic: json["delivery"]?["smtpResponse"]?.string)
        case "DeliveryDelay":
            return Details(
                kind: .deferred, recipients: json["deliveryDelay"]?["delayedRecipients"]?.array ?? all)
        case "Send": return Details(kind: .accepted, recipients: all)
        case "Reject", "Rendering Failure":
            let reason = json["reject"]?["reason"] ?? json["failure"]?["errorMessage"]
            return Details(kind: .rejected, isPermanent: true, recipients: all, diagnostic: reason?.string)
        case "Open": return Details(kind: .opened, recipients: all)
        case "Click": return Details(kind: .clicked, recipients: all)
        default: return nil
        }
    }

    private static func outcomes(_ details: Details, _ json: StrictJSON) -> [MailOutcome] {
        let mail = json["mail"]
        let ownID = mail?["commonHeaders"]?["messageId"]?.string ?? header("message-id", of: mail)
        func outcome(_ recipient: StrictJSON?) -> MailOutcome {
            MailOutcome(
                details.kind, isPermanent: details.isPermanent,
                recipient: recipient?.string ?? recipient?["emailAddress"]?.string, messageID: ownID,
                providerMessageID: mail?["messageId"]?.string, statusCode: recipient?["status"]?.string,
                diagnostic: recipient?["diagnosticCode"]?.string ?? details.diagnostic)
        }
        return details.recipients.isEmpty ? [outcome(nil)] : details.recipients.map(outcome)
    }

    private static func header(_ name: String, of mail: StrictJSON?) -> String? {
        mail?["headers"]?.array?.first { $0["name"]?.string?.lowercased() == name }?["value"]?.string
    }
}
