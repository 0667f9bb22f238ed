import Desk
import Negotiation
import Secrets

/// An email with what it says.
struct EmailWithContent: Sendable {
    let email: EmailRecord
    let content: EmailContent
    /// The files that go along.
    let attachments: [ThreadMessage.Attachment]
    let approval: ApprovalRequest?
    let attempts: [SendAttempt]
    /// What is known of its fate, where that is unknown.
    var doubt: SendingDoubt?
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
            .timeOrNull("sends_at") { $0.sendsAt },
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
            .other("attachments", .list(of: attachment)) { .array($0.attachments.map(\.json)) },
            .other("terms", terms.orNull) { $0.content.terms?.json ?? .null },
            .other("approval", Schema.named("Approval").orNull) { email in
                email.approval.map(approval.json) ?? .null
            },
            .other("attempts", .list(of: attempt.schema)) { .array($0.attempts.map(attempt.json)) },
            .other("doubt", doubt.schema.orNull) { $0.doubt.map(doubt.json) ?? .null },
        ])

    private static let attempt = Representation<SendAttempt>(
        "SendAttempt",
        [
            .whole("number") { $0.number }, .time("started_at") { $0.startedAt },
            .oneOf("outcome", SendAttempt.Outcome.allCases.map(\.rawValue)) { $0.outcome.rawValue },
            .textOrNull("server_reply") { $0.serverReply }, .idOrNull("mailbox_id") { $0.mailboxID },
            .idOrNull("settled_by") { $0.settledBy },
            .other("evidence", .list(of: evidence.schema)) { .array($0.evidence.map(evidence.json)) },
        ])

    private static let evidence = Representation<SendEvidence>(
        "SendEvidence",
        [
            .oneOf("kind", SendEvidence.Kind.allCases.map(\.rawValue)) { $0.kind.rawValue },
            .text("words") { $0.words }, .time("at") { $0.at }, .idOrNull("message_id") { $0.messageID },
            .textOrNull("reference") { $0.reference?.rawValue },
        ])

    /// What somebody has to know who settles an email of unknown fate.
    private static let doubt = Representation<SendingDoubt>(
        "SendingDoubt",
        [
            .time("quiet_until") { $0.quietUntil }, .truth("sender_is_done") { $0.senderIsDone },
            .truth("may_be_sent_again") { $0.isQuiet },
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
