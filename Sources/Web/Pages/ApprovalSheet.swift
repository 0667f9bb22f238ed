import Desk
import Jinja
import Negotiation

/// What an approver sees, the same on the page and behind the link.
enum ApprovalSheet {
    static func value(_ view: ApprovalView, productTitle: String?) -> Value {
        Value(question(view, productTitle) + email(view) + money(view) + history(view))
    }

    private static func question(_ view: ApprovalView, _ productTitle: String?) -> [(String, Value)] {
        let (request, negotiation) = (view.request, view.negotiation)
        let isOver = view.isOverdue
        return [
            ("id", Value("\(request.id)")), ("kind", Value(view.content.kind.title)),
            ("vendor", Value(negotiation.vendorContactName)), ("product", Value(productTitle ?? "")),
            ("negotiation_link", Value("/negotiations/\(negotiation.id)")),
            ("requester", Value(view.requester?.fullName ?? "Parley")),
            ("status", request.badge(isOverdue: isOver)), ("is_open", Value(view.isOpen)),
            (
                "outcome",
                Value(
                    isOver
                        ? "The time for this decision ended on \(Figures.text(request.expiresAt))."
                        : request.outcome)
            ),
            ("asked", Figures.time(request.createdAt)), ("expires", Figures.time(request.expiresAt)),
            ("missing", Value(view.missingApprovals)),
            ("given", Value(view.decisions.filter { $0.decision.decision == .approve }.count)),
            ("on_behalf_of", Value(orNone: view.voice?.absent?.fullName)),
            ("refusal", Value(orNone: view.refusal?.explanation)),
        ]
    }

    private static func email(_ view: ApprovalView) -> [(String, Value)] {
        let content = view.content
        return [
            (
                "recipients",
                Value(
                    content.recipients.map {
                        Value($0.name.isEmpty ? $0.address : "\($0.name) <\($0.address)>")
                    })
            ),
            ("sender", Value(content.sender.address)), ("subject", Value(content.subject)),
            ("body", Value(content.bodyText)), ("warnings", Value(view.warnings.map { Value($0) })),
            ("comparison", view.comparison.map { comparison($0, view.negotiation.currency) } ?? .none),
        ]
    }

    private static func money(_ view: ApprovalView) -> [(String, Value)] {
        let (negotiation, terms) = (view.negotiation, view.content.terms)
        func money(_ amount: Amount?) -> Value { Figures.money(amount, negotiation.currency) }
        return [
            ("has_terms", Value(terms != nil)), ("unit_price", money(terms?.unitPrice)),
            ("quantity", Value(Figures.grouped(terms?.quantity ?? negotiation.quantity))),
            ("total", money(terms?.total)), ("target", money(negotiation.targetPrice)),
            ("limit", money(negotiation.limitPrice)), ("offer", money(negotiation.currentOfferPrice)),
            ("above_limit", Value(terms?.isAboveLimit ?? false)),
        ]
    }

    private static func history(_ view: ApprovalView) -> [(String, Value)] {
        [
            ("decisions", Value(view.decisions.map(decision))),
            ("last_message", view.lastVendorMessage.map(message) ?? .none),
            ("has_replied_since", Value(!view.repliesSince.isEmpty)),
        ]
    }

    private static func comparison(_ comparison: ContentComparison, _ currency: Currency) -> Value {
        Value([
            ("title", Value(comparison.title)),
            ("unit_price", Figures.money(comparison.earlier.terms?.unitPrice, currency)),
            ("total", Figures.money(comparison.earlier.terms?.total, currency)),
            (
                "lines",
                Value(
                    (comparison.lines ?? []).map { line in
                        Value([("change", Value(line.change.rawValue)), ("text", Value(line.text))])
                    })
            ),
        ])
    }

    private static func decision(_ made: MadeDecision) -> Value {
        Value([
            ("who", Value(made.approver?.fullName ?? "Somebody")),
            ("for", Value(orNone: made.absent?.fullName)), ("said", Value(made.decision.decision.sentence)),
            ("is_yes", Value(made.decision.decision == .approve)),
            ("when", Figures.time(made.decision.decidedAt)),
            ("comment", Value(orNone: made.decision.comment)),
        ])
    }

    private static func message(_ message: ThreadMessage) -> Value {
        Value([
            ("from", Value(message.from.name.isEmpty ? message.from.address : message.from.name)),
            ("when", Figures.time(message.date ?? message.receivedAt)), ("text", Value(message.extract)),
        ])
    }
}
