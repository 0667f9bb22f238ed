import Negotiation

extension Office {
    /// Makes the purchase order of an agreed negotiation, under the next number of the organization and year.
    public func createPurchaseOrder(for id: NegotiationID, by caller: Caller) async throws -> PurchaseOrder {
        try requireWriter(caller)
        let organization = caller.organizationID
        guard let negotiation = try await books.negotiations.find(organization, id) else {
            throw DeskError.notFound("negotiation")
        }
        guard negotiation.status == .accepted, let price = negotiation.finalPrice,
            let terms = negotiation.terms(unitPrice: price)
        else {
            throw DeskError.conflict(
                "not_accepted", "A purchase order needs an agreed price: send an approved acceptance first.")
        }
        if let existing = try await books.negotiations.purchaseOrderOf(organization, id) {
            throw DeskError.conflict(
                "already_ordered",
                "There is a purchase order already: \(existing.number ?? "\(existing.id)").")
        }
        let now = clock.now()
        let order = PurchaseOrder(
            id: clock.newID(), negotiationID: id, vendorID: negotiation.vendorID, number: nil,
            quantity: terms.quantity, unitPrice: Money(terms.unitPrice, terms.currency),
            subtotal: terms.total,
            tax: .zero, shipping: .zero, total: terms.total, paymentTerms: negotiation.paymentTerms,
            createdAt: now)
        var changes: [Change] = [
            .addPurchaseOrder(order, by: caller.user.id),
            .audit(
                .negotiation(
                    id, "purchase_order.created",
                    "Purchase order over \(Money(order.total, terms.currency)) created",
                    origin: caller.origin, at: now)),
        ]
        changes += notifying(
            negotiation.ownerID, type: "purchase_order_ready", title: "A purchase order is ready",
            message: negotiation.subject ?? "", about: id, at: now)
        do {
            try await commit(organization, changes)
        } catch CommitRefusal.duplicate {
            throw DeskError.conflict("already_ordered", "There is a purchase order already.")
        }
        guard let stored = try await books.negotiations.purchaseOrder(organization, order.id) else {
            throw DeskError.notFound("purchase order")
        }
        return stored
    }
}
