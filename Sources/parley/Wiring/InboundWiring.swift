import Curl
import Desk
import Hooks
import Mail
import Negotiation
import Secrets

extension InboundPort {
    /// Verification by the rooms that know the providers, and the keys of this gateway.
    static func system(
        _ keys: Keys, senderKeys: SenderKeys, bells: MailboxBells, publicURL: String
    ) -> InboundPort {
        let clock = Clock.system()
        return InboundPort(
            check: { endpoint, secrets in
                let address = "\(publicURL)/hooks/\(endpoint.id)"
                do {
                    _ = try Endpoint(
                        try settings(of: endpoint, secrets, audience: endpoint.audience ?? address))
                } catch let error as HooksError {
                    guard case .settingsUnusable(_, let rule) = error else { throw error }
                    let field = endpoint.publicKeys.isEmpty ? "secret" : "public_key"
                    throw DeskError.invalid(field: field, "cannot be used: \(rule)")
                }
            },
            newSecret: { provider in
                switch Provider(rawValue: provider) {
                case .custom: try WebhookSigner.generateSecret()
                // Both take one of ours: as the password of the address, and as the client state.
                case .postmark, .graph: try Token.make().text
                default: nil
                }
            },
            seal: { try keys.ring.encrypt($0, unixSeconds: clock.now().seconds) },
            unseal: { String(decoding: try keys.ring.decrypt($0), as: UTF8.self) },
            confirmTopic: { try await senderKeys.confirm($0) }, lookInto: { await bells.ring($0) },
            trySample: { endpoint, secrets in
                let address = "\(publicURL)/hooks/\(endpoint.id)"
                let sample = try SampleDelivery.make(
                    for: try settings(of: endpoint, secrets, audience: endpoint.audience ?? address),
                    nonce: "\(clock.newUUID())".lowercased(), unixSeconds: clock.now().seconds)
                guard let sample else { return nil }
                return await post(sample, to: address)
            })
    }

    private static func settings(
        of endpoint: InboundEndpoint, _ secrets: [String], audience: String
    ) throws -> EndpointSettings {
        guard let provider = Provider(rawValue: endpoint.provider) else {
            throw DeskError.invalid(
                field: "provider",
                "must be one of \(Provider.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return EndpointSettings(
            provider: provider, secrets: secrets,
            publicKeys: endpoint.publicKeys(at: Clock.system().now()), audience: audience,
            origins: endpoint.settings.origins)
    }

    /// By the public address, so that a proxy on the way is tried as well.
    private static func post(_ sample: HookRequest, to address: String) async -> InboundTrial {
        do {
            let headers = try sample.headers.map { field throws(CurlError) in
                try HTTPHeader(field.name, field.value)
            }
            var request = try HTTPRequest(.post, address, headers: headers, body: sample.body)
            request.limits = HTTPLimits(
                connectSeconds: 5, silentSeconds: 10, totalSeconds: 15, largestBody: 4096)
            let response = try await HTTPClient().exchange(request)
            let isTaken = (200..<300).contains(response.status)
            let words = String(decoding: response.body.prefix(500), as: UTF8.self)
            return InboundTrial(
                status: response.status,
                detail: isTaken
                    ? "A signed sample was posted to \(address) and taken."
                    : "A signed sample was posted to \(address) and answered with \(response.status): \(words)"
            )
        } catch {
            let advice = "Check PARLEY_PUBLIC_URL, and the proxy in front of Parley if there is one."
            return InboundTrial(status: nil, detail: "\(error.description) \(advice)")
        }
    }
}
