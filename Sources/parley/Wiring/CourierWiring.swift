import Courier
import Desk
import Hooks
import Negotiation
import Secrets

extension CourierPort {
    /// Standard Webhooks, signed with secrets that the keys of this gateway seal, brought by HTTP.
    static func system(_ keys: Keys, policy: AddressPolicy) -> CourierPort {
        let courier = WebhookCourier(policy: policy, version: Version.current)
        return CourierPort(
            objection: { courier.objection(to: $0) },
            newSecret: { try WebhookSigner.generateSecret() },
            seal: { secret in
                try keys.ring.encrypt(secret, unixSeconds: Clock.system().now().seconds)
            },
            unseal: { String(decoding: try keys.ring.decrypt($0), as: UTF8.self) },
            sign: { secrets, id, at, body in
                try WebhookSigner(secrets: secrets).headers(id: id, unixSeconds: at.seconds, body: body)
                    .map { WebhookPost.Header($0.name, $0.value) }
            },
            post: { await courier.post($0) })
    }
}
