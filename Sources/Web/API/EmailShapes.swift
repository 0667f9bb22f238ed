import Desk
import Negotiation
import Secrets

/// An email with what it says.
struct EmailWithContent: Sendable {
    let email: EmailRecord
    let content: EmailContent
    let approval: ApprovalRequest?
    let attempts: [SendAttempt]
}

extension Shapes {
    static let email = Representation<EmailRecord>(
        "Email",
        [
            .id("id") { $0.id }, .id("negotiation_id") { $0.negotiationID },
            .oneOf("kind", EmailKind.allCases.map(\.rawValue)) { $0.kind.rawValue },
            .oneOf("status", EmailStatus.allCases.map(\.rawValue)) { $0.status.rawValue },
            .textOrNull("status_reason") { $0.statusReason }, .truth("money_related") { $0.isMoneyRelated },
            .text("message_id") { $0.messageID }, .whole("version") { $0.version },
            .text("digest") { Hex.encode($0.digest) }, .idOrNull("created_by") { $0.createdBy },
            .time("created_at") { $0.createdAt }, .timeOrNull("sent_at") { $0.sentAt },
        ])

    /// The same members, and what the email says.
    static let emailWithContent = Representation<EmailWithContent>(
        "EmailWithContent",
        email.members.map { member in
            .other(member.name, member.schema) { member.value($0.email) }
        } + [
            .text("subject") { $0.content.subject }, .text("body_text") { $0.content.bodyText },
            .other("sender", address) { $0.content.sender.json },
            .other("recipients", .list(of: address)) { .array($0.content.recipients.map(\.json)) },
            .other("terms", terms.orNull) { $0.content.terms?.json ?? .null },
            .other("approval", Schema.named("Approval").orNull) { email in
                email.approval.map(approval.json) ?? .null
            },
            .other("attempts", .list(of: attempt.schema)) { .array($0.attempts.map(attempt.json)) },
        ])

    private static let attempt = Representation<SendAttempt>(
        "SendAttempt",
        [
            .whole("number") { $0.number }, .time("started_at") { $0.startedAt },
            .oneOf("outcome", SendAttempt.Outcome.allCases.map(\.rawValue)) { $0.outcome.rawValue },
            .textOrNull("server_reply") { $0.serverReply },
        ])

    /// What an email commits to.
    static let terms = Schema.object(
        [
            ("unit_price", .money), ("quantity", .whole), ("currency", .text), ("total", .money),
            ("target_price", .money), ("limit_price", Schema.money.orNull), ("above_limit", .truth),
        ],
        required: [
            "unit_price", "quantity", "currency", "total", "target_price", "limit_price", "above_limit",
        ])
}

extension Terms {
    var json: StrictJSON {
        .object(of: [
            ("unit_price", .string("\(unitPrice)")), ("quantity", .number("\(quantity)")),
            ("currency", .string(currency.code)), ("total", .string("\(total)")),
            ("target_price", .string("\(targetPrice)")),
            ("limit_price", limitPrice.map { .string("\($0)") } ?? .null),
            ("above_limit", .bool(isAboveLimit)),
        ])
    }
}
