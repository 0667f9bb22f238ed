import Secrets

/// What an operator entered for an endpoint, decrypted.
public struct EndpointSettings: Sendable {
    /// Who posts there.
    public var provider: Provider
    /// Shared secrets, all of them in force: two while they are being rotated.
    ///
    /// `custom`: `whsec_…`; `mailgun`: webhook signing keys; `stripe`: `whsec_…`; `postmark` and
    /// `sendgrid_inbound`: `user:password` or just the password of HTTP Basic; `graph`: client states.
    public var secrets: [String]
    /// Public keys of the sender. `custom`: `whpk_…`; SendGrid: base64 of the SubjectPublicKeyInfo.
    public var publicKeys: [String]
    /// `gmail`: the audience of the push tokens, by default the endpoint's address.
    public var audience: String?
    /// Who may send. `ses`: topic ARNs; `gmail`: the push service account's address; `graph`: subscription ids.
    ///
    /// When it is empty the first sender is taken, and the caller is to store `Verified.origin` here: SNS signs for
    /// every customer's topics and Google for every account, so the origin is half of the proof.
    public var origins: [String]

    /// Settings of one endpoint.
    public init(
        provider: Provider, secrets: [String] = [], publicKeys: [String] = [], audience: String? = nil,
        origins: [String] = []
    ) {
        self.provider = provider
        self.secrets = secrets
        self.publicKeys = publicKeys
        self.audience = audience
        self.origins = origins
    }
}

/// Something that has to be fetched before a delivery can be verified.
public enum HookNeed: Sendable, Equatable {
    case nothing
    /// The SNS signing certificate at this address, which passed the host rule. No redirects; may be cached.
    case certificate(address: String)
    /// The key set of Google's accounts, which should have a key of this name: fetch it again if a cached one has not.
    case keySet(keyID: String)
}

/// What was fetched.
public enum HookMaterial: Sendable {
    case nothing
    case certificate(Certificate)
    case keySet(KeySet)
}

/// What a request turned out to be.
public enum HookVerdict: Sendable {
    /// Authentic; to be stored.
    case verified(Verified)
    /// Microsoft Graph asks whether somebody is there: answer 200 with this text as `text/plain`, store nothing.
    case handshake(text: String)
}

/// One webhook address with the keys to verify what arrives there.
public struct Endpoint: Sendable {
    /// Who posts there.
    public let provider: Provider
    private let check: any DeliveryCheck

    /// Reads the settings. Throws `settingsUnusable` when nothing could be verified with them.
    public init(_ settings: EndpointSettings) throws(HooksError) {
        provider = settings.provider
        check =
            switch settings.provider {
            case .custom: try StandardWebhooks(settings)
            case .sendgridEvents, .sendgridInbound: try SendGrid(settings)
            case .mailgun: try Mailgun(settings)
            case .postmark: try Postmark(settings)
            case .ses: SimpleNotificationService(origins: settings.origins)
            case .gmail: try GmailPush(settings)
            case .stripe: try Stripe(settings)
            case .graph: try MicrosoftGraph(settings)
            }
    }

    /// What must be fetched before `verify`. Refuses early what cannot be authentic, so that a stranger cannot make
    /// the gateway fetch anything but the provider's own keys.
    public func need(of request: HookRequest) throws(HooksError) -> HookNeed {
        try checkBody(of: request)
        return try check.need(of: request)
    }

    /// Whether a request is authentic, over its raw bytes and at its own time of arrival.
    public func verify(
        _ request: HookRequest, with material: HookMaterial = .nothing
    ) throws(HooksError) -> HookVerdict {
        try checkBody(of: request)
        return try check.verify(request, with: material)
    }

    private func checkBody(of request: HookRequest) throws(HooksError) {
        guard request.body.count <= provider.maximumBody else {
            throw .tooLong(bytes: request.body.count, maximum: provider.maximumBody)
        }
        let encodings = request.headers.filter { $0.name.lowercased() == "content-encoding" }
        for encoding in encodings where encoding.value.lowercased() != "identity" {
            throw .compressed(storable(encoding.value, maximum: 40))
        }
    }
}

/// How one provider's deliveries are verified.
protocol DeliveryCheck: Sendable {
    func need(of request: HookRequest) throws(HooksError) -> HookNeed
    func verify(_ request: HookRequest, with material: HookMaterial) throws(HooksError) -> HookVerdict
}

extension DeliveryCheck {
    func need(of request: HookRequest) throws(HooksError) -> HookNeed { .nothing }
}

extension Provider {
    /// Fails when a signed time (seconds since 1970) is further from the arrival than the provider's tolerance, in
    /// either direction.
    func checkTime(_ signed: Int64, receivedAt: Int64) throws(HooksError) {
        guard let tolerance else { return }
        let (age, overflow) = receivedAt.subtractingReportingOverflow(signed)
        guard !overflow, age.magnitude <= UInt64(tolerance) else { throw .stale(age: overflow ? .max : age) }
    }

    /// Seconds since 1970 from a signed header or field: digits and nothing else.
    static func signedSeconds(_ text: String) throws(HooksError) -> Int64 {
        guard (1...12).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seconds = Int64(text)
        else { throw .signatureWrong }
        return seconds
    }
}
