import Negotiation

/// A query of the search service; every product stems from one. Products that are typed in belong to one per user.
public enum SearchJob {}

/// Somebody to buy from.
public struct Vendor: Hashable, Sendable {
    public let id: VendorID
    public let name: String
    /// Unique in the organization.
    public let slug: String
    /// The domain of the vendor's addresses, or empty.
    public let domain: String
    /// Where negotiation emails go; the only source of a recipient.
    public let contactEmail: String?
    public let isActive: Bool

    public init(
        id: VendorID, name: String, slug: String, domain: String, contactEmail: String?, isActive: Bool
    ) {
        self.id = id
        self.name = name
        self.slug = slug
        self.domain = domain
        self.contactEmail = contactEmail
        self.isActive = isActive
    }
}

/// Something to buy.
public struct Product: Hashable, Sendable {
    public let id: ProductID
    public let vendorID: VendorID?
    public let title: String
    public let sku: String?
    public let url: String
    public let price: Money

    public init(id: ProductID, vendorID: VendorID?, title: String, sku: String?, url: String, price: Money) {
        self.id = id
        self.vendorID = vendorID
        self.title = title
        self.sku = sku
        self.url = url
        self.price = price
    }
}
