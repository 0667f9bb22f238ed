import Desk
import Jinja
import Negotiation

extension NegotiationStatus {
    var label: String {
        switch self {
        case .draft: "Draft"
        case .pendingApproval: "In approval"
        case .sent: "Waiting for vendor"
        case .vendorReplied: "Vendor replied"
        case .accepted: "Agreed"
        case .rejected: "Rejected"
        case .expired: "Expired"
        case .cancelled: "Called off"
        case .undeliverable: "Undeliverable"
        }
    }

    var badge: Value {
        switch self {
        case .draft: Figures.badge(label, .neutral, "Nothing has been written to the vendor yet.")
        case .pendingApproval:
            Figures.badge(label, .attention, "An email is written and waits for approval or for being sent.")
        case .sent: Figures.badge(label, .info, "We wrote last; the vendor has not answered yet.")
        case .vendorReplied: Figures.badge(label, .attention, "The vendor wrote last. It is your turn.")
        case .accepted: Figures.badge(label, .good, "The acceptance has been sent; the deal is agreed.")
        case .rejected: Figures.badge(label, .bad, "The vendor was told that there will be no deal.")
        case .expired: Figures.badge(label, .bad, "The time for it ran out.")
        case .cancelled: Figures.badge(label, .neutral, "Somebody called it off.")
        case .undeliverable: Figures.badge(label, .bad, "The vendor's address does not take mail.")
        }
    }
}

extension EmailStatus {
    var badge: Value {
        switch self {
        case .draft: Figures.badge("Held as draft", .attention, "It is not on its way.")
        case .pendingApproval: Figures.badge("Awaiting approval", .attention)
        case .approved: Figures.badge("Approved", .info, "It is about to be sent.")
        case .claimed, .sending: Figures.badge("Being sent", .info)
        case .sent: Figures.badge("Sent", .good)
        case .uncertain:
            Figures.badge(
                "Outcome unknown", .bad, "The connection broke off; nobody knows whether it was sent.")
        case .failed: Figures.badge("Refused by the mail server", .bad)
        case .cancelled: Figures.badge("Cancelled", .neutral, "It was not sent.")
        }
    }
}

extension ApprovalRequest {
    func badge(isOverdue: Bool) -> Value {
        if isOverdue { return Figures.badge("Time is over", .neutral) }
        return switch status {
        case .pending: Figures.badge("Awaiting decision", .attention)
        case .approved: Figures.badge("Approved", .good)
        case .rejected: Figures.badge("Rejected", .bad)
        case .voided: Figures.badge("Void", .neutral)
        case .expired: Figures.badge("Time is over", .neutral)
        }
    }

    /// The same as ``explanation`` with times as people read them.
    var outcome: String {
        let since = decidedAt.map { " on \(Figures.text($0))" } ?? ""
        let reason = decisionReason.map { " \($0)" } ?? ""
        return switch status {
        case .pending: "It waits for a decision."
        case .approved: "The email was approved\(since)."
        case .rejected: "The email was rejected\(since).\(reason)"
        case .voided:
            "This request has been void\(decidedAt.map { " since \(Figures.text($0))" } ?? "").\(reason) If there is a newer one, decide on that."
        case .expired: "The time for this decision ended on \(Figures.text(expiresAt)). Nothing was sent."
        }
    }
}

/// What a message of a vendor wants, in a word or two.
func intentLabel(_ intent: String?) -> String? {
    switch intent {
    case "accept": "Accepts"
    case "counter": "Names a price"
    case "decline": "Declines"
    case "question": "Asks a question"
    default: nil
    }
}
