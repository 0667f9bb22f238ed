import Desk
import Negotiation
import Secrets

extension Shapes {
    static let approval = Representation<ApprovalRequest>(
        "Approval",
        [
            .id("id") { $0.id }, .id("email_id") { $0.emailID }, .whole("email_version") { $0.emailVersion },
            .id("negotiation_id") { $0.negotiationID }, .text("digest") { Hex.encode($0.digest) },
            .oneOf("status", ApprovalRequest.Status.allCases.map(\.rawValue)) { $0.status.rawValue },
            .id("requested_by") { $0.requestedBy },
            .whole("approvals_required") { $0.requirement.fewestPeople },
            .texts("approver_roles") { $0.requirement.roles.map(\.rawValue) },
            .truth("allow_self_approval") { $0.requirement.allowSelfApproval },
            .truth("link_allowed") { $0.requirement.linkAllowed },
            .other("chains", .list(of: chain.schema)) { .array($0.requirement.chains.map(chain.json)) },
            .wholeOrNull("remind_after_hours") { $0.requirement.remindAfterHours },
            .other("escalations", .list(of: escalation.schema)) {
                .array($0.requirement.escalations.map(escalation.json))
            },
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
            .truth("open") { $0.isOpen }, .whole("missing_approvals") { $0.missingApprovals },
            .truth("may_decide") { $0.isOpen && $0.voice != nil && $0.voice?.refusal == nil },
            .textOrNull("refusal") { $0.refusal?.rawValue },
            .idOrNull("on_behalf_of") { $0.voice?.absent?.id },
            .text("kind") { $0.content.kind.rawValue }, .text("subject") { $0.content.subject },
            .text("body_text") { $0.content.bodyText },
            .other("recipients", .list(of: address)) { .array($0.content.recipients.map(\.json)) },
            .other("terms", terms.orNull) { $0.content.terms?.json ?? .null },
            .moneyOrNull("vendor_offer") { $0.negotiation.currentOfferPrice },
            .texts("warnings") { $0.warnings },
            .other("compared_with", comparison.schema.orNull) { view in
                view.comparison.map(comparison.json) ?? .null
            },
            .other("last_vendor_message", Schema.named("Message").orNull) { view in
                view.lastVendorMessage.map(message.json) ?? .null
            },
            .other("replies_since", .list(of: .named("Message"))) {
                .array($0.repliesSince.map(message.json))
            },
            .other("decisions", .list(of: .named("Decision"))) { view in
                .array(view.decisions.map { decision.json($0.decision) })
            },
        ])

    /// What the email is compared with, line by line where the words differ.
    private static let comparison = Representation<ContentComparison>(
        "ContentComparison",
        [
            .text("title") { $0.title }, .id("email_id") { $0.earlier.emailID },
            .whole("version") { $0.earlier.version },
            .other("terms", terms.orNull) { $0.earlier.terms?.json ?? .null },
            .other("lines", Schema.list(of: line.schema).orNull) { comparison in
                comparison.lines.map { .array($0.map(line.json)) } ?? .null
            },
        ])

    private static let line = Representation<TextDifference.Line>(
        "ChangedLine",
        [
            .oneOf("change", ["same", "removed", "added"]) { $0.change.rawValue }, .text("text") { $0.text },
        ])

    static let decision = Representation<ApprovalDecision>(
        "Decision",
        [
            .id("id") { $0.id }, .id("approval_id") { $0.requestID }, .id("approver_id") { $0.approverID },
            .oneOf("role", UserRole.allCases.map(\.rawValue)) { $0.role.rawValue },
            .idOrNull("on_behalf_of") { $0.onBehalfOf?.person },
            .oneOf("decision", Decision.allCases.map(\.rawValue)) { $0.decision.rawValue },
            .textOrNull("comment") { $0.comment },
            .oneOf("channel", DecisionChannel.allCases.map(\.rawValue)) { $0.channel.rawValue },
            .time("decided_at") { $0.decidedAt },
        ])

    static let delegation = Representation<ApprovalDelegation>(
        "ApprovalDelegation",
        [
            .id("id") { $0.id }, .id("from") { $0.from }, .id("to") { $0.to },
            .time("begins_at") { $0.begins }, .time("ends_at") { $0.ends },
            .id("created_by") { $0.createdBy }, .time("created_at") { $0.createdAt },
        ])

    static let approvalMail = Representation<ApprovalMail>(
        "ApprovalMail",
        [
            .oneOf("mode", ["each", "digest"]) { if case .digest = $0 { "digest" } else { "each" } },
            .wholeOrNull("digest_hour") { if case .digest(let hour) = $0 { hour } else { nil } },
        ])
}
