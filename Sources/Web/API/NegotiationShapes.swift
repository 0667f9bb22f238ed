import Desk
import Negotiation
import Secrets

extension Shapes {
    /// A negotiation, by the column names that the platform's services share.
    static let negotiation = Representation<NegotiationRecord>(
        "Negotiation",
        [
            .id("id") { $0.id }, .id("organization_id") { $0.organizationID },
            .id("product_id") { $0.productID }, .id("vendor_id") { $0.vendorID },
            .id("user_id") { $0.ownerID }, .id("created_by") { $0.ownerID },
            .oneOf("status", NegotiationStatus.allCases.map(\.rawValue)) { $0.status.rawValue },
            .textOrNull("status_reason") { $0.statusReason },
            .whole("quantity") { $0.quantity }, .text("currency") { $0.currency.code },
            .money("original_price") { $0.originalPrice }, .money("target_price") { $0.targetPrice },
            .moneyOrNull("limit_price") { $0.limitPrice },
            .moneyOrNull("current_offer_price") { $0.currentOfferPrice },
            .moneyOrNull("last_sent_price") { $0.lastSentPrice },
            .moneyOrNull("final_price") { $0.finalPrice },
            .moneyOrNull("discount_percentage") { $0.discountPercentage },
            .textOrNull("payment_terms") { $0.paymentTerms },
            .text("vendor_contact_email") { $0.vendorContactEmail },
            .text("vendor_contact_name") { $0.vendorContactName },
            .textOrNull("email_subject") { $0.subject }, .whole("email_sent_count") { $0.emailSentCount },
            .timeOrNull("last_sent_at") { $0.lastSentAt },
            .timeOrNull("last_vendor_response_at") { $0.lastVendorResponseAt },
            .timeOrNull("expires_at") { $0.expiresAt },
            .other("ai_strategy", .anyObject) { record in
                (try? StrictJSON(Array(record.strategyJSON.utf8))) ?? .object(of: [])
            },
            .truth("auto_follow_up_enabled") { $0.followUps.isEnabled },
            .whole("max_follow_ups") { $0.followUps.most },
            .timeOrNull("next_follow_up_at") { $0.followUps.nextAt },
            .textOrNull("automation_stopped") { $0.automationStop?.reason },
            .whole("version") { $0.version },
            .time("created_at") { $0.createdAt }, .time("updated_at") { $0.updatedAt },
        ])

    /// A price that somebody named, and where it stands in the mail.
    static let offer = Representation<Offer>(
        "Offer",
        [
            .id("id") { $0.id }, .id("negotiation_id") { $0.negotiationID },
            .oneOf("party", ["vendor", "buyer"]) { $0.party.rawValue },
            .money("amount") { $0.price.amount }, .text("currency") { $0.price.currency.code },
            .textOrNull("per") { $0.per?.rawValue }, .wholeOrNull("quantity") { $0.quantity },
            .idOrNull("message_id") { $0.messageID },
            .wholeOrNull("span_start") { $0.span?.lowerBound },
            .wholeOrNull("span_end") { $0.span?.upperBound },
            .idOrNull("email_id") { $0.emailID }, .truth("binding") { $0.isBinding },
            .time("created_at") { $0.createdAt },
        ])

    static let purchaseOrder = Representation<PurchaseOrder>(
        "PurchaseOrder",
        [
            .id("id") { $0.id }, .id("negotiation_id") { $0.negotiationID }, .id("vendor_id") { $0.vendorID },
            .textOrNull("po_number") { $0.number }, .whole("quantity") { $0.quantity },
            .money("unit_price") { $0.unitPrice.amount }, .text("currency") { $0.unitPrice.currency.code },
            .money("subtotal") { $0.subtotal }, .money("tax_amount") { $0.tax },
            .money("shipping_cost") { $0.shipping }, .money("total_amount") { $0.total },
            .textOrNull("payment_terms") { $0.paymentTerms }, .time("created_at") { $0.createdAt },
        ])

    /// A message of the thread.
    static let message = Representation<ThreadMessage>(
        "Message",
        [
            .id("id") { $0.id }, .idOrNull("negotiation_id") { $0.negotiationID },
            .oneOf("direction", ["inbound", "outbound"]) { $0.direction.rawValue },
            .idOrNull("email_id") { $0.emailID }, .text("message_id") { $0.mailMessageID },
            .textOrNull("in_reply_to") { $0.inReplyTo }, .texts("references") { $0.references },
            .text("subject") { $0.subject }, .other("from", address) { $0.from.json },
            .other("to", .list(of: address)) { .array($0.recipients.map(\.json)) },
            .timeOrNull("date") { $0.date }, .time("received_at") { $0.receivedAt },
            .text("kind") { $0.kind }, .textOrNull("intent") { $0.intent },
            .text("text") { $0.text }, .text("reply_text") { $0.replyText },
            .text("signature") { $0.signature },
            .other("attachments", .list(of: attachment)) { .array($0.attachments.map(\.json)) },
            .other("sender", sender.orNull) { $0.sender?.json ?? .null },
            .textOrNull("match_reason") { $0.matchReason },
            .oneOf("match_state", ["matched", "unmatched", "ambiguous", "assigned"]) {
                $0.matchState.rawValue
            },
        ])

    private static let sender = Schema.object(
        [
            ("standing", .oneOf(SenderReport.standings)), ("colleague", .truth),
            ("binding", .truth),
            (
                "warnings",
                .list(
                    of: .object(
                        [("code", .text), ("text", .text)], required: ["code", "text"]))
            ),
        ], required: ["standing", "colleague", "binding", "warnings"])

    static let address = Schema.object([("name", .text), ("address", .text)], required: ["name", "address"])

    static let attachment = Schema.object(
        [("filename", .text), ("content_type", .text), ("size", .whole), ("sha256", .text)],
        required: ["filename", "content_type", "size", "sha256"])

    /// What belongs to no negotiation: a message that matched none, or something that could not be read.
    static let inboxItem = Representation<InboxItem>(
        "InboxItem",
        [
            .text("id") { $0.id },
            .oneOf("state", ["unmatched", "ambiguous", "quarantined"]) { $0.state },
            .time("received_at") { $0.receivedAt }, .textOrNull("reason") { $0.reason },
            .other("message", Schema.named("Message").orNull) { item in
                item.message.map(Shapes.message.json) ?? .null
            },
            .textOrNull("source") { $0.source }, .wholeOrNull("size") { $0.size },
        ])
}

extension NegotiationRecord {
    /// What was won against the list price, in percent with two places; `nil` before there is a price to compare.
    var discountPercentage: Amount? {
        guard let price = finalPrice ?? currentOfferPrice,
            let saved = originalPrice.subtracting(price),
            let points = Amount.basisPoints(saved, of: originalPrice)
        else { return nil }
        return Amount(tenThousandths: points * 100)
    }
}

extension MailAddress {
    var json: StrictJSON { .object(of: [("name", .string(name)), ("address", .string(address))]) }
}

extension SenderReport {
    var json: StrictJSON {
        .object(of: [
            ("standing", .string(standing)), ("colleague", .bool(isColleague)),
            ("binding", .bool(isBinding)),
            (
                "warnings",
                .array(
                    warnings.map { warning in
                        .object(of: [
                            ("code", .string(warning.code)), ("text", .string(warning.text)),
                        ])
                    })
            ),
        ])
    }
}

extension ThreadMessage.Attachment {
    var json: StrictJSON {
        .object(of: [
            ("filename", .string(filename)), ("content_type", .string(contentType)),
            ("size", .number("\(size)")), ("sha256", .string(sha256)),
        ])
    }
}

/// An entry of the inbox.
struct InboxItem: Sendable {
    let id: String
    let state: String
    let receivedAt: Instant
    let reason: String?
    let message: ThreadMessage?
    let source: String?
    /// Bytes.
    let size: Int?

    init(_ message: ThreadMessage) {
        (id, receivedAt, reason) = ("\(message.id)", message.receivedAt, message.matchReason)
        state = message.matchState == .ambiguous ? "ambiguous" : "unmatched"
        (self.message, source, size) = (message, nil, nil)
    }

    init(_ arrival: QuarantinedArrival) {
        (id, receivedAt, reason) = ("\(arrival.id)", arrival.receivedAt, arrival.reason)
        state = "quarantined"
        (message, source, size) = (nil, arrival.source, arrival.size)
    }
}
