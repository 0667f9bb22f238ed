import Secrets

/// SendGrid's Inbound Parse: `email` holds the whole message (`send_raw`), or its parts come as fields.
/// https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook
enum SendGridInbound {
    private static let type = "inbound"

    static func event(contentType: String, body: [UInt8]) -> HookEvent {
        do {
            let form = try FormData(contentType: contentType, body: body)
            let envelope = try form.bytes("envelope").flatMap {
                try? StrictJSON(Array($0), limits: .envelope)
            }
            let recipients = envelope?["to"]?.array?.compactMap(\.string) ?? []
            let raw = try form.bytes("email")
            guard let bytes = try raw.map(Array.init) ?? recomposed(form), !bytes.isEmpty else {
                return .quarantined("there is neither email nor headers", body: body, type: type)
            }
            let mail = InboundMail(
                raw: bytes, envelopeFrom: envelope?["from"]?.string, envelopeTo: recipients,
                isRecomposed: raw == nil)
            return HookEvent(id: mail.digest, type: type, content: .mail(mail), payload: try summary(form))
        } catch {
            return .quarantined("\(error)", body: body, type: type)
        }
    }

    /// The small fields, as they were sent.
    private static func summary(_ form: FormData) throws(HooksError) -> StrictJSON {
        var members: [(String, StrictJSON?)] = []
        for name in [
            "to", "from", "subject", "envelope", "charsets", "SPF", "dkim", "sender_ip", "spam_score",
        ] {
            members.append((name, try form.text(name).map(StrictJSON.string)))
        }
        return .object(of: members)
    }

    private static func recomposed(_ form: FormData) throws(HooksError) -> [UInt8]? {
        guard let headers = try form.text("headers") else { return nil }
        var mail = RecomposedMail()
        mail.headers = RecomposedMail.headers(ofBlock: headers)
        let charsets = try form.bytes("charsets").flatMap { try? StrictJSON(Array($0), limits: .envelope) }
        for (name, type) in [("text", "text/plain"), ("html", "text/html")] {
            guard let bytes = try form.bytes(name) else { continue }
            let charset = charsets?[name]?.string.flatMap(Self.charset) ?? "utf-8"
            mail.texts.append(.init(contentType: "\(type); charset=\(charset)", bytes: bytes))
        }
        if mail.texts.isEmpty { mail.texts = [.init(contentType: "text/plain; charset=utf-8", bytes: [])] }
        let details = try form.bytes("attachment-info").flatMap {
            try? StrictJSON(Array($0), limits: .envelope)
        }
        for field in form.fields(numbered: "attachment") {
            mail.attachments.append(
                .init(
                    contentType: field.contentType ?? "application/octet-stream", bytes: field.value,
                    fileName: field.fileName ?? field.name,
                    contentID: details?[field.name]?["content-id"]?.string))
        }
        return mail.bytes()
    }

    /// A charset's name that can stand in a header.
    private static func charset(_ name: String) -> String? {
        let isPlain = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x7a).contains($0) || $0 == 0x2d
        }
        return isPlain && !name.isEmpty && name.utf8.count <= 40 ? name : nil
    }
}
