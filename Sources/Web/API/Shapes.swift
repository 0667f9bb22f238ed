import Desk
import Negotiation
import Secrets

/// How each kind of record looks as JSON.
enum Shapes {
    /// Every schema that stands under `components`, by name.
    static var schemas: [(String, Schema)] {
        [
            (negotiation.name, negotiation.schema), (offer.name, offer.schema),
            (purchaseOrder.name, purchaseOrder.schema), (email.name, email.schema),
            (emailWithContent.name, emailWithContent.schema), (approval.name, approval.schema),
            (approvalView.name, approvalView.schema), (decision.name, decision.schema),
            (policy.name, policy.schema), (delegation.name, delegation.schema),
            (approvalMail.name, approvalMail.schema), (mailbox.name, mailbox.schema),
            (mailboxTest.name, mailboxTest.schema), (message.name, message.schema),
            (inboxItem.name, inboxItem.schema),
            (vendor.name, vendor.schema), (product.name, product.schema), (user.name, user.schema),
            (me.name, me.schema), (notification.name, notification.schema), (audit.name, audit.schema),
            (followUp.name, followUp.schema), (followUpPlan.name, followUpPlan.schema),
            (followUpRule.name, followUpRule.schema), (workingHours.name, workingHours.schema),
            (holidayCalendar.name, holidayCalendar.schema), (job.name, job.schema),
            (jobCount.name, jobCount.schema),
            (subscription.name, subscription.schema),
            (subscriptionWithSecret.name, subscriptionWithSecret.schema),
            (delivery.name, delivery.schema), (deliveryWithAttempts.name, deliveryWithAttempts.schema),
            (settings.name, settings.schema),
            (signIn.name, signIn.schema), (webhookEndpoint.name, webhookEndpoint.schema),
            (newWebhookEndpoint.name, newWebhookEndpoint.schema), (webhookTest.name, webhookTest.schema),
            (webhookEvent.name, webhookEvent.schema), ("Problem", problem),
        ]
    }

    /// `{"items":[…],"next_cursor":…}`
    static func list(of name: String) -> Schema {
        .object(
            [("items", .list(of: .named(name))), ("next_cursor", Schema.text.orNull)],
            required: ["items", "next_cursor"])
    }

    private static let problem = Schema.object(
        [
            ("type", .text), ("title", .text), ("status", .whole), ("detail", .text), ("code", .text),
            ("field", .text),
        ], required: ["type", "title", "status", "detail", "code"])
}

extension Page {
    func json(_ representation: Representation<Item>) -> StrictJSON {
        .object(of: [
            ("items", .array(items.map(representation.json))),
            ("next_cursor", nextCursor.map { .string($0) } ?? .null),
        ])
    }
}

extension Array where Element: Sendable {
    /// All of a list that is never long, as one page.
    func json(_ representation: Representation<Element>) -> StrictJSON {
        Page(items: self, nextCursor: nil).json(representation)
    }
}
