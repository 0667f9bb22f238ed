import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Office {
    /// Puts a vendor on record.
    public func addVendor(name: String, contactEmail: String, by caller: Caller) async throws -> Vendor {
        try requireWriter(caller)
        let vendor = try await newVendor(name: name, contactEmail: contactEmail, field: "", caller: caller)
        try await commit(
            caller.organizationID,
            [.addVendor(vendor), added("vendor", vendor.id.uuid, vendor.name, by: caller)])
        return vendor
    }

    /// Puts a product on record.
    public func addProduct(
        title: String, url: String, price: Money, vendor: VendorID?, by caller: Caller
    ) async throws -> Product {
        try requireWriter(caller)
        if let vendor, try await books.catalogue.vendor(caller.organizationID, vendor) == nil {
            throw DeskError.invalid(field: "vendor_id", "there is no such vendor")
        }
        let product = try newProduct(title: title, url: url, price: price, vendor: vendor, field: "")
        try await commit(
            caller.organizationID,
            [
                .addProduct(product, by: caller.user.id),
                added("product", product.id.uuid, product.title, by: caller),
            ])
        return product
    }

    /// A vendor with a free slug; `field` stands before the names of fields in errors.
    func newVendor(name: String, contactEmail: String, field: String, caller: Caller) async throws -> Vendor {
        let name = try Field.text(name, field + "name", longest: 255)
        guard VendorAddress.isWritable(contactEmail) else {
            throw DeskError.invalid(
                field: field + "contact_email", "must be one email address such as sales@example.com")
        }
        let plain = Slug.make(from: name)
        let isTaken = try await books.catalogue.vendorSlugIsTaken(caller.organizationID, plain)
        return Vendor(
            id: clock.newID(), name: name,
            slug: isTaken ? Slug.make(from: name, distinguishedBy: clock.newUUID()) : plain,
            domain: VendorAddress.domain(of: contactEmail), contactEmail: contactEmail, isActive: true)
    }

    /// A product that somebody typed in.
    func newProduct(
        title: String, url: String, price: Money, vendor: VendorID?, field: String
    ) throws -> Product {
        guard price.amount > .zero else {
            throw DeskError.invalid(field: field + "price", "must be more than 0")
        }
        return Product(
            id: clock.newID(), vendorID: vendor, title: try Field.text(title, field + "title", longest: 500),
            sku: nil, url: try Field.text(url, field + "url", longest: 2048), price: price)
    }

    private func added(_ type: String, _ id: UUID, _ name: String, by caller: Caller) -> Change {
        .audit(
            AuditEntry(
                action: "\(type).created", entityType: type, entityID: id, description: "\(name) added",
                origin: caller.origin, at: clock.now()))
    }
}
