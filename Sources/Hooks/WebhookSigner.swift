import Secrets

/// Signs what Parley itself posts, as Standard Webhooks 1.0.0 wants it (`v1`, HMAC-SHA256).
public struct WebhookSigner: Sendable {
    private let secrets: [[UInt8]]

    /// A signer with `whsec_…` secrets; several during a rotation, each of which gets a signature.
    ///
    /// Throws `settingsUnusable` when there is none, or one is too short.
    public init(secrets: [String]) throws(HooksError) {
        guard !secrets.isEmpty else { throw .settingsUnusable(.custom, "a secret (whsec_…) is needed") }
        var keys: [[UInt8]] = []
        for secret in secrets { keys.append(try StandardWebhooks.secret(secret)) }
        self.secrets = keys
    }

    /// Makes a new secret: `whsec_` and 32 random bytes in base64.
    public static func generateSecret() throws(SecretsError) -> String {
        "whsec_" + Base64.standard.encode(try randomBytes(32))
    }

    /// The headers of one attempt. `id` names the event over all attempts and has no dot; `unixSeconds` is the time
    /// of this attempt.
    public func headers(id: String, unixSeconds: Int64, body: [UInt8]) -> [HookRequest.Field] {
        let signatures = secrets.map { secret in
            var stream = HMACSHA256.Stream(key: secret)
            stream.update("\(id).\(unixSeconds).".utf8)
            stream.update(body)
            return "v1," + Base64.standard.encode(stream.finish())
        }
        return [
            .init("webhook-id", id), .init("webhook-timestamp", String(unixSeconds)),
            .init("webhook-signature", signatures.joined(separator: " ")),
        ]
    }
}

/// A delivery such as the provider would make, signed with the endpoint's own secret, for the button that tries an
/// endpoint out. Decodes to a notice, so nothing happens but a row.
public enum SampleDelivery {
    /// The request, or `nil` where only the provider has the key (SendGrid's events, SNS, Gmail, and others whose
    /// endpoint holds a public key alone). `nonce` makes its event a new one: letters, digits and hyphens.
    public static func make(
        for settings: EndpointSettings, nonce: String, unixSeconds: Int64
    ) throws(HooksError) -> HookRequest? {
        guard let secret = settings.secrets.first(where: { !$0.hasPrefix("whpk_") }) else { return nil }
        let json = HookRequest.Field("Content-Type", "application/json")
        var headers = [json]
        var body = ""
        switch settings.provider {
        case .custom:
            body = #"{"type":"parley.sample","data":{"nonce":"\#(nonce)"}}"#
            let signer = try WebhookSigner(secrets: [secret])
            headers += signer.headers(id: "sample_\(nonce)", unixSeconds: unixSeconds, body: Array(body.utf8))
        case .stripe:
            body =
                #"{"id":"evt_sample_\#(nonce)","object":"event","type":"parley.sample","created":\#(unixSeconds)}"#
            let code = Hex.encode(HMACSHA256.code("\(unixSeconds).\(body)".utf8, key: secret.utf8))
            headers.append(.init("Stripe-Signature", "t=\(unixSeconds),v1=\(code)"))
        case .mailgun:
            let code = Hex.encode(HMACSHA256.code("\(unixSeconds)\(nonce)".utf8, key: secret.utf8))
            body =
                #"{"signature":{"timestamp":"\#(unixSeconds)","token":"\#(nonce)","signature":"\#(code)"},"#
                + #""event-data":{"event":"parley.sample","id":"\#(nonce)","timestamp":\#(unixSeconds)}}"#
        case .postmark:
            body = #"{"RecordType":"ParleySample","ID":"\#(nonce)"}"#
            let pair = secret.contains(":") ? secret : "parley:\(secret)"
            headers.append(.init("Authorization", "Basic " + Base64.standard.encode(Array(pair.utf8))))
        case .graph:
            body = StrictJSON.object(of: [
                (
                    "value",
                    .array([
                        .object(of: [
                            ("clientState", .string(secret)),
                            ("subscriptionId", settings.origins.first.map(StrictJSON.string)),
                            ("lifecycleEvent", .string("sample-\(nonce)")),
                        ])
                    ])
                )
            ]).text()
        case .sendgridEvents, .sendgridInbound, .ses, .gmail: return nil
        }
        return HookRequest(headers: headers, body: Array(body.utf8), receivedAt: unixSeconds)
    }
}
