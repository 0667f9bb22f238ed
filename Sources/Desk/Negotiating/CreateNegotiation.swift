import Negotiation

/// What to buy, from whom, and within which limits.
public struct PurchaseIntent: Sendable {
    public var product: ProductChoice
    public var vendor: VendorChoice
    /// 1 to ``Negotiation/Terms/largestQuantity``.
    public var quantity: Int
    public var targetPrice: Amount
    public var limitPrice: Amount?
    /// The product's currency where it is missing.
    public var currency: Currency?
    public var paymentTerms: String?
    public var expiresAt: Instant?
    /// A JSON object for the automatic strategy.
    public var strategyJSON: String

    /// A product of the catalogue, or a new one.
    public enum ProductChoice: Sendable {
        case known(ProductID)
        case new(title: String, url: String, price: Amount?, currency: Currency?)
    }

    /// A vendor on record, or a new one.
    public enum VendorChoice: Sendable {
        case known(VendorID)
        case new(name: String, contactEmail: String)
    }

    public init(
        product: ProductChoice, vendor: VendorChoice, quantity: Int, targetPrice: Amount, limitPrice: Amount?,
        currency: Currency?, paymentTerms: String?, expiresAt: Instant?, strategyJSON: String = "{}"
    ) {
        self.product = product
        self.vendor = vendor
        self.quantity = quantity
        self.targetPrice = targetPrice
        self.limitPrice = limitPrice
        self.currency = currency
        self.paymentTerms = paymentTerms
        self.expiresAt = expiresAt
        self.strategyJSON = strategyJSON
    }
}

extension Office {
    /// Puts a negotiation on record as a draft; nothing is written to the vendor.
    public func createNegotiation(_ intent: PurchaseIntent, by caller: Caller) async throws -> NegotiationID {
        try requireWriter(caller)
        try checkFigures(of: intent)
        let now = clock.now()
        if let expiry = intent.expiresAt, expiry <= now {
            throw DeskError.invalid(field: "expires_at", "must lie in the future")
        }
        var changes: [Change] = []
        let (vendor, vendorChanges) = try await vendor(for: intent, caller: caller)
        let (product, productChanges) = try await product(for: intent, vendor: vendor, caller: caller)
        changes += vendorChanges + productChanges
        let currency = intent.currency ?? product.price.currency
        guard let contact = vendor.contactEmail, VendorAddress.isWritable(contact) else {
            throw DeskError.invalid(
                field: "vendor_id", "\(vendor.name) has no email address to write to; set contact_email first"
            )
        }
        let record = NegotiationRecord(
            id: clock.newID(), organizationID: caller.organizationID, productID: product.id,
            vendorID: vendor.id,
            ownerID: caller.user.id, status: .draft, quantity: intent.quantity, currency: currency,
            originalPrice: product.price.currency == currency ? product.price.amount : intent.targetPrice,
            targetPrice: intent.targetPrice, limitPrice: intent.limitPrice, paymentTerms: intent.paymentTerms,
            vendorContactEmail: contact, vendorContactName: vendor.name,
            replyToken: try secrets.newReplyToken(), expiresAt: intent.expiresAt,
            strategyJSON: intent.strategyJSON, createdAt: now, updatedAt: now)
        changes.append(.addNegotiation(record))
        if let expiry = intent.expiresAt {
            changes.append(enqueueing(.expireNegotiation(record.id), for: caller.organizationID, at: expiry))
        }
        changes.append(
            .audit(
                .negotiation(
                    record.id, "negotiation.created",
                    "Negotiation for \(intent.quantity) × \(product.title) with \(vendor.name)",
                    changes: ["target_price": "\(intent.targetPrice)", "currency": currency.code],
                    origin: caller.origin, at: now)))
        try await commit(caller.organizationID, changes)
        return record.id
    }

    /// Refuses whoever may only look.
    func requireWriter(_ caller: Caller) throws {
        guard caller.user.role.mayWrite else {
            throw DeskError.forbidden("Your role may look at everything but change nothing.")
        }
    }

    /// Refuses whoever does not administer the organization: `what` completes “Only an administrator may …”.
    func requireAdministrator(_ caller: Caller, to what: String) throws {
        guard caller.user.role.mayAdminister else {
            throw DeskError.forbidden("Only an administrator may \(what).")
        }
    }

    private func checkFigures(of intent: PurchaseIntent) throws {
        guard (1...Terms.largestQuantity).contains(intent.quantity) else {
            throw DeskError.invalid(
                field: "quantity", "must be a whole number from 1 to \(Terms.largestQuantity)")
        }
        guard intent.targetPrice > .zero else {
            throw DeskError.invalid(field: "target_price", "must be more than 0")
        }
        if let limit = intent.limitPrice, limit < intent.targetPrice {
            throw DeskError.invalid(field: "limit_price", "must not be below target_price")
        }
        guard let highest = [intent.limitPrice, intent.targetPrice].compactMap({ $0 }).max(),
            highest.multiplied(by: intent.quantity) != nil
        else { throw DeskError.invalid(field: "quantity", "price times quantity is too large to be stored") }
        if let terms = intent.paymentTerms, terms.unicodeScalars.count > 100 {
            throw DeskError.invalid(field: "payment_terms", "must have at most 100 characters")
        }
    }

    private func vendor(
        for intent: PurchaseIntent, caller: Caller
    ) async throws -> (Vendor, [Change]) {
        switch intent.vendor {
        case .known(let id):
            guard let vendor = try await books.catalogue.vendor(caller.organizationID, id) else {
                throw DeskError.invalid(field: "vendor_id", "there is no such vendor")
            }
            guard vendor.isActive else {
                throw DeskError.invalid(field: "vendor_id", "the vendor is not active")
            }
            return (vendor, [])
        case .new(let name, let contactEmail):
            let vendor = try await newVendor(
                name: name, contactEmail: contactEmail, field: "vendor.", caller: caller)
            return (vendor, [.addVendor(vendor)])
        }
    }

    private func product(
        for intent: PurchaseIntent, vendor: Vendor, caller: Caller
    ) async throws -> (Product, [Change]) {
        switch intent.product {
        case .known(let id):
            guard let product = try await books.catalogue.product(caller.organizationID, id) else {
                throw DeskError.invalid(field: "product_id", "there is no such product")
            }
            return (product, [])
        case .new(let title, let url, let price, let currency):
            let price = Money(price ?? intent.targetPrice, currency ?? intent.currency ?? .usd)
            let product = try newProduct(
                title: title, url: url, price: price, vendor: vendor.id, field: "product.")
            return (product, [.addProduct(product, by: caller.user.id)])
        }
    }
}
