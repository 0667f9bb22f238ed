import Negotiation

/// A negotiation as the database keeps it.
public struct NegotiationRecord: Hashable, Sendable {
    public let id: NegotiationID
    public let organizationID: OrganizationID
    public let productID: ProductID
    public let vendorID: VendorID
    /// Who asked for it and is told what happens.
    public let ownerID: UserID
    public var status: NegotiationStatus
    /// Why the status is what it is, where a person may wonder.
    public var statusReason: String?
    public let quantity: Int
    public let currency: Currency
    /// List price of one piece.
    public let originalPrice: Amount
    public let targetPrice: Amount
    public let limitPrice: Amount?
    /// What we offered last for one piece, in an email that has been sent.
    public var lastSentPrice: Amount?
    /// The vendor's last binding offer for one piece.
    public var currentOfferPrice: Amount?
    /// The agreed price of one piece.
    public var finalPrice: Amount?
    public let paymentTerms: String?
    public let vendorContactEmail: String
    public let vendorContactName: String
    /// The subject of the thread, fixed by the opening email.
    public var subject: String?
    /// The unguessable part of the reply address.
    public let replyToken: String
    public var emailSentCount: Int
    public var lastSentAt: Instant?
    public var lastVendorResponseAt: Instant?
    public let expiresAt: Instant?
    /// JSON as it came in; what an automatic strategy is told.
    public let strategyJSON: String
    /// Counts every change; a commit names the version that it saw.
    public var version: Int
    public let createdAt: Instant
    public var updatedAt: Instant
    /// Why nothing happens by itself any more. Kept apart: ``Change/updateNegotiation(_:)`` does not write it.
    public var automationStop: AutomationStop?
    /// What is chosen and known for its follow-ups. Kept apart as well.
    public var followUps = FollowUpChoice()

    public init(
        id: NegotiationID, organizationID: OrganizationID, productID: ProductID, vendorID: VendorID,
        ownerID: UserID, status: NegotiationStatus, statusReason: String? = nil, quantity: Int,
        currency: Currency, originalPrice: Amount, targetPrice: Amount, limitPrice: Amount?,
        lastSentPrice: Amount? = nil, currentOfferPrice: Amount? = nil, finalPrice: Amount? = nil,
        paymentTerms: String?, vendorContactEmail: String, vendorContactName: String, subject: String? = nil,
        replyToken: String, emailSentCount: Int = 0, lastSentAt: Instant? = nil,
        lastVendorResponseAt: Instant? = nil, expiresAt: Instant?, strategyJSON: String = "{}",
        version: Int = 1, createdAt: Instant, updatedAt: Instant
    ) {
        self.id = id
        self.organizationID = organizationID
        self.productID = productID
        self.vendorID = vendorID
        self.ownerID = ownerID
        self.status = status
        self.statusReason = statusReason
        self.quantity = quantity
        self.currency = currency
        self.originalPrice = originalPrice
        self.targetPrice = targetPrice
        self.limitPrice = limitPrice
        self.lastSentPrice = lastSentPrice
        self.currentOfferPrice = currentOfferPrice
        self.finalPrice = finalPrice
        self.paymentTerms = paymentTerms
        self.vendorContactEmail = vendorContactEmail
        self.vendorContactName = vendorContactName
        self.subject = subject
        self.replyToken = replyToken
        self.emailSentCount = emailSentCount
        self.lastSentAt = lastSentAt
        self.lastVendorResponseAt = lastVendorResponseAt
        self.expiresAt = expiresAt
        self.strategyJSON = strategyJSON
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Who wrote last.
    public var lastWord: LastWord {
        guard let lastSentAt else { return lastVendorResponseAt == nil ? .nobody : .vendor }
        guard let lastVendorResponseAt else { return .buyer }
        return lastVendorResponseAt > lastSentAt ? .vendor : .buyer
    }

    /// The terms with a price of one piece; `nil` when the figures make no sense or the total does not fit.
    public func terms(unitPrice: Amount) -> Terms? {
        Terms(
            unitPrice: unitPrice, quantity: quantity, currency: currency, targetPrice: targetPrice,
            limitPrice: limitPrice)
    }
}

/// A price that somebody named.
public struct Offer: Hashable, Sendable {
    public let id: OfferID
    public let negotiationID: NegotiationID
    public let party: Party
    public let price: Money
    /// What the amount is for; `nil` where the message does not say.
    public let per: Per?
    public let quantity: Int?
    /// Where it was read: the message and the span in its reply text, in Unicode scalars.
    public let messageID: MessageID?
    public let span: Range<Int>?
    /// The email with which it was made, where it is ours.
    public let emailID: EmailID?
    /// Whether Parley may act on it: the sender is the vendor and the reading is certain.
    public let isBinding: Bool
    public let createdAt: Instant

    /// Who made it.
    public enum Party: String, Sendable { case vendor, buyer }
    /// What its amount is the price of.
    public enum Per: String, Sendable { case unit, total }

    public init(
        id: OfferID, negotiationID: NegotiationID, party: Party, price: Money, per: Per?, quantity: Int?,
        messageID: MessageID?, span: Range<Int>?, emailID: EmailID?, isBinding: Bool, createdAt: Instant
    ) {
        self.id = id
        self.negotiationID = negotiationID
        self.party = party
        self.price = price
        self.per = per
        self.quantity = quantity
        self.messageID = messageID
        self.span = span
        self.emailID = emailID
        self.isBinding = isBinding
        self.createdAt = createdAt
    }
}

/// What the purchase ends with.
public struct PurchaseOrder: Hashable, Sendable {
    public let id: PurchaseOrderID
    public let negotiationID: NegotiationID
    public let vendorID: VendorID
    /// `nil` until the database numbers it, in the transaction that stores it.
    public let number: String?
    public let quantity: Int
    public let unitPrice: Money
    public let subtotal: Amount
    public let tax: Amount
    public let shipping: Amount
    public let total: Amount
    public let paymentTerms: String?
    public let createdAt: Instant

    public init(
        id: PurchaseOrderID, negotiationID: NegotiationID, vendorID: VendorID, number: String?, quantity: Int,
        unitPrice: Money, subtotal: Amount, tax: Amount, shipping: Amount, total: Amount,
        paymentTerms: String?,
        createdAt: Instant
    ) {
        self.id = id
        self.negotiationID = negotiationID
        self.vendorID = vendorID
        self.number = number
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.subtotal = subtotal
        self.tax = tax
        self.shipping = shipping
        self.total = total
        self.paymentTerms = paymentTerms
        self.createdAt = createdAt
    }
}
