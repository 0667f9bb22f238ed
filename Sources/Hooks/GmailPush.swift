import Secrets

/// Gmail's watch through Pub/Sub push: a token of Google's for a service account proves the sender; the body is not
/// signed and only a hint that the mailbox should be read.
/// https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions
struct GmailPush: DeliveryCheck {
    private static let issuers: Set<String> = ["https://accounts.google.com", "accounts.google.com"]

    private let verifier: IdentityTokenVerifier
    private let accounts: [String]

    init(_ settings: EndpointSettings) throws(HooksError) {
        guard let audience = settings.audience, !audience.isEmpty else {
            throw .settingsUnusable(.gmail, "the audience of the push subscription is needed")
        }
        verifier = IdentityTokenVerifier(issuers: Self.issuers, audience: audience)
        accounts = settings.origins
    }

    func need(of request: HookRequest) throws(HooksError) -> HookNeed {
        guard let keyID = IdentityTokenVerifier.keyID(of: try token(request)) else {
            throw .tokenRefused("it is not an RS256 token")
        }
        return .keySet(keyID: storable(keyID, maximum: 200))
    }

    func verify(_ request: HookRequest, with material: HookMaterial) throws(HooksError) -> HookVerdict {
        let token = try token(request)
        guard case .keySet(let keys) = material else { throw .materialMissing }
        let claims: IdentityClaims
        do { claims = try verifier.verify(token, keys: keys, unixSeconds: request.receivedAt) } catch {
            throw .tokenRefused("\(error)")
        }
        // Any account can have tokens made for any audience: without the account's name they prove nothing.
        guard let account = claims.verifiedEmail else { throw .tokenRefused("its address is not verified") }
        guard accounts.isEmpty || accounts.contains(account) else {
            throw .originUnknown("the account \(storable(account, maximum: 200))")
        }
        return .verified(Verified(.gmail, .gmail(body: request.body), origin: account))
    }

    private func token(_ request: HookRequest) throws(HooksError) -> String {
        let authorization = try request.neededHeader("Authorization")
        guard authorization.prefix(7).lowercased() == "bearer " else {
            throw .signatureMissing("a bearer token")
        }
        return String(authorization.dropFirst(7).drop { $0 == " " })
    }

    /// `{"message":{"data":"<base64 of {"emailAddress","historyId"}>","messageId","publishTime"},"subscription"}`.
    static func event(_ body: [UInt8]) -> HookEvent {
        guard let json = try? StrictJSON(body, limits: .envelope), let message = json["message"] else {
            return .quarantined("it is not a Pub/Sub push", body: body)
        }
        let id = message["messageId"]?.idText ?? message["message_id"]?.idText
        let data = message["data"]?.string.flatMap(looseBase64).flatMap {
            try? StrictJSON($0, limits: .envelope)
        }
        guard let address = data?["emailAddress"]?.string, let history = data?["historyId"]?.idText else {
            return .quarantined("it does not say which mailbox changed", body: body, id: id)
        }
        let place = MailboxChange.Place.gmail(
            address: storable(address, maximum: 320), historyID: storable(history, maximum: 40))
        return HookEvent(
            id: id, type: "mailbox.changed",
            createdAt: EventTime.timestamp(message["publishTime"] ?? message["publish_time"]),
            content: .mailbox(MailboxChange(place: place)), payload: json, digestOf: body)
    }
}
