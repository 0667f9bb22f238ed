import Secrets

@testable import Hooks

extension HookEvent {
    /// The event as the `.expected.json` fixtures describe it; times that equal the arrival are `"arrival"`.
    func description(receivedAt: Int64) -> StrictJSON {
        let time: StrictJSON? = createdAt.map {
            $0 == receivedAt * 1_000_000 ? .string("arrival") : .number(String($0))
        }
        return .object(of: [
            ("external_id", .string(externalID)), ("type", .string(type)), ("created_at", time),
            (content.name, content.description),
        ])
    }
}

extension HookEvent.Content {
    fileprivate var name: String {
        switch self {
        case .mail: "mail"
        case .outcome: "outcome"
        case .mailbox: "mailbox"
        case .subscription: "subscription"
        case .confirmTopic: "confirm_topic"
        case .notice: "notice"
        case .quarantine: "quarantine"
        }
    }

    fileprivate var description: StrictJSON {
        switch self {
        case .mail(let mail):
            .object(of: [
                ("sha256", .string(SHA256.hex(mail.raw))), ("recomposed", .bool(mail.isRecomposed)),
                ("envelope_from", mail.envelopeFrom.map(StrictJSON.string)),
                ("envelope_to", .array(mail.envelopeTo.map(StrictJSON.string))),
            ])
        case .outcome(let outcome):
            .object(of: [
                ("kind", .string(outcome.kind.rawValue)), ("permanent", .bool(outcome.isPermanent)),
                ("recipient", outcome.recipient.map(StrictJSON.string)),
                ("message_id", outcome.messageID.map(StrictJSON.string)),
                ("provider_message_id", outcome.providerMessageID.map(StrictJSON.string)),
                ("status_code", outcome.statusCode.map(StrictJSON.string)),
                ("diagnostic", outcome.diagnostic.map(StrictJSON.string)),
            ])
        case .mailbox(let change): .string("\(change.place)")
        case .subscription(let change):
            .object(of: [
                ("subscription", .string(change.subscription)), ("customer", .string(change.customer)),
                ("status", .string(change.status)), ("prices", .array(change.prices.map(StrictJSON.string))),
                ("metadata", .array(change.metadata.sorted(by: <).map { .string("\($0.key)=\($0.value)") })),
            ])
        case .confirmTopic(let topic, let address): .array([.string(topic), .string(address)])
        case .notice: .bool(true)
        case .quarantine(let reason): .string(reason)
        }
    }
}
