import Secrets

/// Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): `v1` (HMAC-SHA256) and `v1a` (Ed25519).
struct StandardWebhooks: DeliveryCheck {
    /// The most signatures in one header; the specification puts one there per secret.
    private static let maximumSignatures = 32
    /// Least length of a shared secret in bytes, as the specification says; longer than its 64 does no harm.
    private static let minimumSecret = 24

    private let secrets: [[UInt8]]
    private let publicKeys: [PublicKey]

    init(_ settings: EndpointSettings) throws(HooksError) {
        // What was entered as a public key, or says that it is one, is never taken as a shared secret: anybody
        // could sign with it.
        let isPublic = { (text: String) in text.hasPrefix("whpk_") }
        var keys: [PublicKey] = []
        for text in settings.publicKeys + settings.secrets.filter(isPublic) {
            let base64 = isPublic(text) ? text.dropFirst(5) : text[...]
            guard let bytes = Self.base64(base64), let key = try? PublicKey(ed25519: bytes) else {
                throw .settingsUnusable(.custom, "a public key is whpk_ and 32 bytes in base64")
            }
            keys.append(key)
        }
        var secrets: [[UInt8]] = []
        for text in settings.secrets where !isPublic(text) { secrets.append(try Self.secret(text)) }
        guard !secrets.isEmpty || !keys.isEmpty else {
            throw .settingsUnusable(.custom, "a secret (whsec_…) or a public key (whpk_…) is needed")
        }
        self.secrets = secrets
        publicKeys = keys
    }

    /// The bytes of a `whsec_…` secret.
    static func secret(_ text: String) throws(HooksError) -> [UInt8] {
        let base64 = text.hasPrefix("whsec_") ? text.dropFirst(6) : text[...]
        guard let secret = Self.base64(base64), secret.count >= minimumSecret else {
            throw .settingsUnusable(
                .custom, "a secret is whsec_ and at least \(minimumSecret) bytes in base64")
        }
        return secret
    }

    private static func base64(_ text: Substring) -> [UInt8]? {
        Base64.standard.decode(text, canonical: false)
            ?? Base64.standard.decode(
                text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4), canonical: false)
    }

    func verify(_ request: HookRequest, with material: HookMaterial) throws(HooksError) -> HookVerdict {
        let id = try request.neededHeader("webhook-id")
        let timestamp = try request.neededHeader("webhook-timestamp")
        let signatures = try request.neededHeader("webhook-signature")
        // A dot in the id would let the same signature stand for another id and time.
        guard id.utf8.count <= 255, id.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !id.contains(".")
        else {
            throw .signatureWrong
        }
        let seconds = try Provider.signedSeconds(timestamp)
        guard isSigned(Array("\(id).\(timestamp).".utf8), request.body, signatures) else {
            throw .signatureWrong
        }
        try Provider.custom.checkTime(seconds, receivedAt: request.receivedAt)
        return .verified(Verified(.custom, .standard(id: id, body: request.body)))
    }

    private func isSigned(_ head: [UInt8], _ body: [UInt8], _ signatures: String) -> Bool {
        let entries = signatures.split(separator: " ")
        guard entries.count <= Self.maximumSignatures else { return false }
        let codes = secrets.map { secret in
            var stream = HMACSHA256.Stream(key: secret)
            stream.update(head)
            stream.update(body)
            return stream.finish()
        }
        let message = publicKeys.isEmpty ? [] : head + body
        for entry in entries {
            guard let comma = entry.firstIndex(of: ","),
                let signature = Base64.standard.decode(entry[entry.index(after: comma)...])
            else { continue }
            switch entry[..<comma] {
            case "v1" where codes.contains { constantTimeEqual($0, signature) }: return true
            case "v1a" where publicKeys.contains { $0.verify(signature, of: message, digest: .none) }:
                return true
            default: continue
            }
        }
        return false
    }

    /// `{"type":"email.received","data":{"raw":"<base64 of the MIME message>"}}`; other types are only noted.
    static func event(id: String, body: [UInt8]) -> HookEvent {
        let json: StrictJSON
        do {
            json = try StrictJSON(body, limits: .delivery)
        } catch {
            return .quarantined("\(error)", body: body, id: id)
        }
        guard let type = json["type"]?.string else {
            return .quarantined("there is no type", body: body, id: id)
        }
        func event(_ content: HookEvent.Content) -> HookEvent {
            HookEvent(
                id: id, type: type, createdAt: EventTime.timestamp(json["timestamp"]), content: content,
                payload: json)
        }
        guard type == "email.received" else { return event(.notice) }
        guard let raw = json["data"]?["raw"]?.string.flatMap(looseBase64), !raw.isEmpty else {
            return event(.quarantine("data.raw is not the base64 of a message"))
        }
        return event(
            .mail(
                InboundMail(
                    raw: raw, envelopeFrom: json["data"]?["envelope_from"]?.string,
                    envelopeTo: json["data"]?["envelope_to"]?.array?.compactMap(\.string) ?? [])))
    }
}

/// Base64 as senders write it: either alphabet, padded or not, lines broken or not.
func looseBase64(_ text: String) -> [UInt8]? {
    if let bytes = Base64.standard.decode(text.utf8) { return bytes }
    var bytes = Array(text.utf8)
    bytes.removeAll { $0 == 0x0a || $0 == 0x0d || $0 == 0x20 }
    while bytes.last == UInt8(ascii: "=") { bytes.removeLast() }
    for index in bytes.indices {
        if bytes[index] == UInt8(ascii: "+") { bytes[index] = UInt8(ascii: "-") }
        if bytes[index] == UInt8(ascii: "/") { bytes[index] = UInt8(ascii: "_") }
    }
    return Base64.url.decode(bytes, canonical: false)
}
