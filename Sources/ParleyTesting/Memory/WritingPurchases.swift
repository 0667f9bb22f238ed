import Desk
import Negotiation

extension Writing {
    mutating func makePurchase(_ change: Change) throws {
        switch change {
        case .addVendor(let vendor): try add(vendor)
        case .addProduct(let product, let user): try add(product, by: user)
        case .addNegotiation(let record): try add(record)
        case .updateNegotiation(let record): try update(record)
        case .addOffer(let offer): try add(offer)
        case .stopAutomation(let stop): try add(stop)
        case .liftAutomationStop(let id, let user, _):
            try exists(
                rows.users.contains { $0.user.id == user }, "automation_stops_organization_id_lifted_by_fkey")
            touched(rows.stops.contains { $0.id == id })
            rows.stops.removeAll { $0.id == id }
        case .addPurchaseOrder(let order, let user): try add(order, by: user)
        default: break
        }
    }

    private mutating func add(_ vendor: Vendor) throws {
        try exists(rows.organization != nil, "vendors_organization_id_fkey")
        try unique(!rows.vendors.contains { $0.id == vendor.id }, "vendors_pkey")
        try unique(!rows.vendors.contains { $0.slug == vendor.slug }, "vendors_organization_id_slug_key")
        rows.vendors.append(vendor)
    }

    private mutating func add(_ product: Product, by user: UserID) throws {
        try exists(rows.users.contains { $0.user.id == user }, "search_jobs_organization_id_user_id_fkey")
        try unique(!rows.products.contains { $0.id == product.id }, "products_pkey")
        if let vendor = product.vendorID {
            try exists(
                rows.vendors.contains { $0.id == vendor }, "products_organization_id_vendor_id_fkey")
        }
        try rule(product.price.amount >= .zero, "products_price_check")
        rows.products.append(product)
    }

    private mutating func add(_ record: NegotiationRecord) throws {
        try own(record.organizationID)
        try unique(!rows.negotiations.contains { $0.id == record.id }, "negotiations_pkey")
        try unique(
            !rows.negotiations.contains { $0.replyToken == record.replyToken },
            "negotiations_organization_id_reply_token_key")
        try exists(
            rows.products.contains { $0.id == record.productID },
            "negotiations_organization_id_product_id_fkey")
        try exists(
            rows.vendors.contains { $0.id == record.vendorID }, "negotiations_organization_id_vendor_id_fkey")
        try exists(
            rows.users.contains { $0.user.id == record.ownerID }, "negotiations_organization_id_user_id_fkey")
        try check(record)
        try rule((16...64).contains(record.replyToken.count), "negotiations_reply_token_check")
        rows.negotiations.append(record)
    }

    private mutating func add(_ stop: AutomationStop) throws {
        try exists(
            rows.negotiations.contains { $0.id == stop.negotiationID },
            "automation_stops_organization_id_negotiation_id_fkey")
        if rows.stops.contains(where: { $0.negotiationID == stop.negotiationID }) { return }
        rows.stops.append(stop)
    }

    private func check(_ record: NegotiationRecord) throws {
        try rule(record.quantity > 0, "negotiations_quantity_check")
        try rule(record.version > 0, "negotiations_version_check")
        let prices = [
            record.originalPrice, record.targetPrice, record.limitPrice, record.lastSentPrice,
            record.currentOfferPrice, record.finalPrice,
        ]
        try rule(prices.allSatisfy { $0.map { $0 >= .zero } ?? true }, "negotiations_price_check")
    }

    /// Writes what may change. What cannot is compared, as are the version and the organization.
    private mutating func update(_ record: NegotiationRecord) throws {
        guard let place = rows.negotiations.firstIndex(where: { $0.id == record.id }),
            rows.negotiations[place].version == record.version,
            rows.negotiations[place].hasTerms(of: record)
        else { return touched(false) }
        try check(record)
        var stored = rows.negotiations[place]
        stored.status = record.status
        stored.statusReason = record.statusReason
        stored.lastSentPrice = record.lastSentPrice
        stored.currentOfferPrice = record.currentOfferPrice
        stored.finalPrice = record.finalPrice
        stored.subject = record.subject
        stored.emailSentCount = record.emailSentCount
        stored.lastSentAt = record.lastSentAt
        stored.lastVendorResponseAt = record.lastVendorResponseAt
        stored.updatedAt = record.updatedAt
        if record.status.isClosed { stored.followUps.nextAt = nil }
        stored.version += 1
        rows.negotiations[place] = stored
    }

    private mutating func add(_ offer: Offer) throws {
        try unique(!rows.offers.contains { $0.id == offer.id }, "offers_pkey")
        try exists(
            rows.negotiations.contains { $0.id == offer.negotiationID },
            "offers_organization_id_negotiation_id_fkey")
        if let message = offer.messageID {
            try exists(
                rows.messages.contains { $0.id == message }, "offers_organization_id_message_id_fkey")
        }
        if let email = offer.emailID {
            try exists(rows.emails.contains { $0.id == email }, "offers_organization_id_email_id_fkey")
        }
        try rule(offer.price.amount >= .zero, "offers_amount_check")
        try rule(offer.quantity.map { $0 > 0 } ?? true, "offers_quantity_check")
        try rule(offer.span.map { !$0.isEmpty && $0.lowerBound >= 0 } ?? true, "offers_check")
        try rule(offer.party != .vendor || (offer.messageID != nil && offer.span != nil), "offers_check1")
        rows.offers.append(offer)
    }

    /// The number is the next of the year in which the order was made; a commit that is refused leaves no gap.
    private mutating func add(_ order: PurchaseOrder, by user: UserID) throws {
        try exists(
            rows.negotiations.contains { $0.id == order.negotiationID },
            "purchase_orders_organization_id_negotiation_id_fkey")
        try exists(
            rows.vendors.contains { $0.id == order.vendorID },
            "purchase_orders_organization_id_vendor_id_fkey")
        try exists(
            rows.users.contains { $0.user.id == user }, "purchase_orders_organization_id_approved_by_fkey")
        try unique(!rows.orders.contains { $0.id == order.id }, "purchase_orders_pkey")
        try unique(
            !rows.orders.contains { $0.negotiationID == order.negotiationID },
            "purchase_orders_one_per_negotiation")
        let year = order.createdAt.day.year
        let position = (rows.lastNumbers[year] ?? 0) + 1
        rows.lastNumbers[year] = position
        rows.orders.append(
            PurchaseOrder(
                id: order.id, negotiationID: order.negotiationID, vendorID: order.vendorID,
                number: PurchaseOrderNumber(year: year, position: position)?.description,
                quantity: order.quantity, unitPrice: order.unitPrice, subtotal: order.subtotal,
                tax: order.tax, shipping: order.shipping, total: order.total,
                paymentTerms: order.paymentTerms, createdAt: order.createdAt))
    }
}

extension NegotiationRecord {
    /// Whether what was agreed on with the record is the same.
    fileprivate func hasTerms(of other: NegotiationRecord) -> Bool {
        productID == other.productID && quantity == other.quantity && targetPrice == other.targetPrice
            && originalPrice == other.originalPrice && currency == other.currency
            && limitPrice == other.limitPrice && paymentTerms == other.paymentTerms
            && vendorContactEmail == other.vendorContactEmail && expiresAt == other.expiresAt
    }
}
