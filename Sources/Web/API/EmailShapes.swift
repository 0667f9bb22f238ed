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
            .other("attachments", .list(of: attachment)) { .array($0.attachments.map(\.json)) },
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

    static let approval = Representation<ApprovalRequest>(
        "Approval",
        [
            .id("id") { $0.id }, .id("email_id") { $0.emailID }, .whole("email_version") { $0.emailVersion },
            .id("negotiation_id") { $0.negotiationID }, .text("digest") { Hex.encode($0.digest) },
            .oneOf("status", ApprovalRequest.Status.allCases.map(\.rawValue)) { $0.status.rawValue },
            .id("requested_by") { $0.requestedBy },
            .whole("approvals_required") { $0.policy.approvalsRequired },
            .texts("approver_roles") { $0.policy.roles },
            .truth("allow_self_approval") { $0.policy.allowSelfApproval },
            .truth("link_allowed") { $0.policy.linkAllowed },
            .textOrNull("decision_reason") { $0.decisionReason },
            .time("created_at") { $0.createdAt }, .time("expires_at") { $0.expiresAt },
            .timeOrNull("decided_at") { $0.decidedAt },
        ])

    /// An approval with everything that an approver sees.
    static let approvalView = Representation<ApprovalView>(
        "ApprovalView",
        approval.members.map { member in
            .other(member.name, member.schema) { member.value($0.request) }
        } + [
            .truth("open") { $0.isOpen }, .text("kind") { $0.content.kind.rawValue },
            .text("subject") { $0.content.subject }, .text("body_text") { $0.content.bodyText },
            .other("recipients", .list(of: address)) { .array($0.content.recipients.map(\.json)) },
            .other("attachments", .list(of: attachment)) { .array($0.attachments.map(\.json)) },
            .other("terms", terms.orNull) { $0.content.terms?.json ?? .null },
            .moneyOrNull("vendor_offer") { $0.negotiation.currentOfferPrice },
            .other("last_vendor_message", Schema.named("Message").orNull) { view in
                view.lastVendorMessage.map(message.json) ?? .null
            },
            .other("decisions", .list(of: .named("Decision"))) { view in
                .array(view.decisions.map { decision.json($0.decision) })
            },
        ])

    static let decision = Representation<ApprovalDecision>(
        "Decision",
        [
            .id("id") { $0.id }, .id("approval_id") { $0.requestID }, .id("approver_id") { $0.approverID },
            .oneOf("decision", Decision.allCases.map(\.rawValue)) { $0.decision.rawValue },
            .textOrNull("comment") { $0.comment },
            .oneOf("channel", DecisionChannel.allCases.map(\.rawValue)) { $0.channel.rawValue },
            .time("decided_at") { $0.decidedAt },
        ])

    static let policy = Representation<NamedPolicy>(
        "ApprovalPolicy",
        [
            .id("id") { $0.id }, .text("name") { $0.name },
            .moneyOrNull("min_amount") { $0.policy.minimumTotal?.amount },
            .textOrNull("currency") { $0.policy.minimumTotal?.currency.code },
            .whole("approvals_required") { $0.policy.approvalsRequired },
            .texts("approver_roles") { $0.policy.roles },
            .truth("allow_self_approval") { $0.policy.allowSelfApproval },
            .truth("link_allowed") { $0.policy.linkAllowed },
            .whole("expires_after_hours") { $0.policy.expiresAfterHours },
            .time("created_at") { $0.createdAt },
        ])
}

extension ApprovalPolicy {
    /// The roles of the approvers in their fixed order.
    var roles: [String] { UserRole.allCases.filter(approverRoles.contains).map(\.rawValue) }
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
