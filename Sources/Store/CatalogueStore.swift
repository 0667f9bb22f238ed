import Desk
import Negotiation
import Postgres

/// Vendors and products. Products whose currency is no ISO 4217 code, as scrapers may leave them, are not shown: no
/// price could be named for them.
struct CatalogueStore: Sendable {
    let database: Database

    var book: CatalogueBook {
        CatalogueBook(
            vendor: vendor, product: product, vendors: vendors, products: products,
            vendorSlugIsTaken: vendorSlugIsTaken)
    }

    // MARK: Reading

    private static let vendorSelection: SQL = """
        SELECT id, name, slug, domain, coalesce(contact_email, procurement_email), is_active
        FROM vendors WHERE organization_id = $1
        """

    private static func vendor(_ row: Row) throws -> Vendor {
        Vendor(
            id: try row.id(0), name: try row.text(1), slug: try row.text(2), domain: try row.text(3),
            contactEmail: try row.optionalText(4), isActive: try row.bool(5))
    }

    private static let productSelection: SQL = """
        SELECT id, vendor_id, title, sku, url, price, currency
        FROM products WHERE organization_id = $1 AND currency ~ '^[A-Za-z]{3}$'
        """

    private static func product(_ row: Row) throws -> Product {
        Product(
            id: try row.id(0), vendorID: try row.optionalID(1), title: try row.text(2),
            sku: try row.optionalText(3), url: try row.text(4),
            price: Money(try row.amount(5), try row.currency(6)))
    }

    @Sendable private func vendor(_ organization: OrganizationID, _ id: VendorID) async throws -> Vendor? {
        let rows = try await database.rows(
            of: organization, Self.vendorSelection + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.vendor)
    }

    @Sendable private func product(_ organization: OrganizationID, _ id: ProductID) async throws -> Product? {
        let rows = try await database.rows(
            of: organization, Self.productSelection + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.product)
    }

    @Sendable private func vendors(_ organization: OrganizationID, _ request: PageRequest) async throws
        -> Page<Vendor>
    {
        let page: SQL = "AND (name, id) > ($2, $3) ORDER BY name, id LIMIT $4"
        let rows = try await database.rows(
            of: organization, Self.vendorSelection + page, [.id(organization)] + (try request.alphabetical()))
        return try request.page(rows) { row in
            let vendor = try Self.vendor(row)
            return (vendor, Cursor(vendor.name, vendor.id.uuid))
        }
    }

    @Sendable private func products(_ organization: OrganizationID, _ request: PageRequest) async throws
        -> Page<Product>
    {
        let page: SQL = "AND (title, id) > ($2, $3) ORDER BY title, id LIMIT $4"
        let rows = try await database.rows(
            of: organization, Self.productSelection + page, [.id(organization)] + (try request.alphabetical())
        )
        return try request.page(rows) { row in
            let product = try Self.product(row)
            return (product, Cursor(product.title, product.id.uuid))
        }
    }

    @Sendable private func vendorSlugIsTaken(_ organization: OrganizationID, _ slug: String) async throws
        -> Bool
    {
        let rows = try await database.rows(
            of: organization,
            "SELECT EXISTS (SELECT FROM vendors WHERE organization_id = $1 AND slug = $2)",
            [.id(organization), .words(slug)])
        return try rows.single().bool(0)
    }
}

// MARK: - Writing

extension CatalogueStore {
    static func adding(_ vendor: Vendor, in organization: OrganizationID) -> Step {
        Step(
            """
            INSERT INTO vendors (organization_id, id, name, slug, domain, contact_email, is_active)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .id(organization), .id(vendor.id), .words(vendor.name), .text(vendor.slug),
                .text(vendor.domain), .text(vendor.contactEmail), .bool(vendor.isActive),
            ])
    }

    /// A product that was typed in. Every product stems from a search job, so each user has one for these; its id is
    /// made of the user's, and two products at the same moment share it.
    static func adding(_ product: Product, by user: UserID, in organization: OrganizationID) -> [Step] {
        [
            Step(
                """
                INSERT INTO search_jobs AS job (organization_id, id, user_id, query_text, status, progress_percentage,
                    products_found_count, completed_at)
                VALUES ($1, md5('products entered by hand ' || $2::text)::uuid, $2, 'Products entered by hand',
                    'completed', 100, 1, now())
                ON CONFLICT (organization_id, id)
                    DO UPDATE SET products_found_count = job.products_found_count + 1, updated_at = now()
                """, [.id(organization), .id(user)]),
            Step(
                """
                INSERT INTO products (organization_id, id, search_job_id, vendor_id, title, sku, url, price, currency,
                    availability_status)
                VALUES ($1, $2, md5('products entered by hand ' || $3::text)::uuid, $4, $5, $6, $7, $8, $9, 'unknown')
                """,
                [
                    .id(organization), .id(product.id), .id(user), .id(product.vendorID),
                    .words(product.title), .words(product.sku), .words(product.url),
                    .amount(product.price.amount), .text(product.price.currency.code),
                ]),
        ]
    }
}
