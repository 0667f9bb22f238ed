import Desk
import Negotiation
import Postgres

/// Purchase orders that Parley made. Drafts that other services keep in the same table are none of them.
struct PurchaseOrderStore: Sendable {
    let database: Database

    private static let selection: SQL = """
        SELECT id, negotiation_id, vendor_id, po_number, quantity, unit_price, currency, subtotal, tax_amount,
            shipping_cost, total_amount, payment_terms, created_at
        FROM purchase_orders WHERE organization_id = $1 AND snapshot IS NOT NULL
        """

    private static func order(_ row: Row) throws -> PurchaseOrder {
        PurchaseOrder(
            id: try row.id(0), negotiationID: try row.id(1), vendorID: try row.id(2),
            number: try row.text(3), quantity: try row.int(4),
            unitPrice: Money(try row.amount(5), try row.currency(6)), subtotal: try row.amount(7),
            tax: try row.amount(8), shipping: try row.amount(9), total: try row.amount(10),
            paymentTerms: try row.optionalText(11), createdAt: try row.instant(12))
    }

    @Sendable func find(_ organization: OrganizationID, _ id: PurchaseOrderID) async throws -> PurchaseOrder?
    {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.order)
    }

    @Sendable func of(_ organization: OrganizationID, _ id: NegotiationID) async throws -> PurchaseOrder? {
        let rows = try await database.rows(
            of: organization, Self.selection + "AND negotiation_id = $2", [.id(organization), .id(id)])
        return try rows.atMostOne().map(Self.order)
    }

    @Sendable func list(_ organization: OrganizationID, _ request: PageRequest) async throws
        -> Page<PurchaseOrder>
    {
        let page: SQL = "AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4"
        let rows = try await database.rows(
            of: organization, Self.selection + page, [.id(organization)] + (try request.newestFirst()))
        return try request.page(rows) { row in
            let order = try Self.order(row)
            return (order, Cursor(order.createdAt, order.id.uuid))
        }
    }

    // MARK: Writing

    /// How many numbers that another service has used up are passed over.
    private static let mostTaken = 100

    /// Takes the next number of a year. The counter stays locked until the transaction ends, so that a rollback leaves
    /// no gap and no two orders get the same number.
    static func nextNumber(
        in year: Int, of organization: OrganizationID, _ transaction: Transaction
    ) async throws -> PurchaseOrderNumber {
        let counted = try await transaction.query(
            """
            INSERT INTO po_counters AS counter (organization_id, year, last_number) VALUES ($1, $2, 1)
            ON CONFLICT (organization_id, year) DO UPDATE SET last_number = counter.last_number + 1
            RETURNING last_number
            """, [.id(organization), .int(year)])
        let next = try counted.single().int(0)
        let candidates = (next...next + mostTaken).compactMap {
            PurchaseOrderNumber(year: year, position: $0)
        }
        let taken = try await transaction.query(
            "SELECT po_number FROM purchase_orders WHERE organization_id = $1 AND po_number = ANY($2)",
            [.id(organization), .textArray(candidates.map(\.description))])
        let numbers = Set(try taken.map { try $0.text(0) })
        guard let free = candidates.first(where: { !numbers.contains($0.description) }) else {
            throw CommitRefusal.duplicate("po_number")
        }
        if free.position != next {
            try await transaction.execute(
                "UPDATE po_counters SET last_number = $3 WHERE organization_id = $1 AND year = $2",
                [.id(organization), .int(year), .int(free.position)])
        }
        return free
    }

    static func adding(
        _ order: PurchaseOrder, number: PurchaseOrderNumber, by user: UserID, in organization: OrganizationID
    ) throws -> Step {
        Step(
            """
            INSERT INTO purchase_orders (organization_id, id, negotiation_id, vendor_id, po_number, quantity,
                unit_price, currency, subtotal, tax_amount, shipping_cost, total_amount, payment_terms,
                approved_by_user, approved_at, approved_by, snapshot, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, true, $14, $15, $16, $14, $14)
            """,
            [
                .id(organization), .id(order.id), .id(order.negotiationID), .id(order.vendorID),
                .text(number.description), .int(order.quantity), .amount(order.unitPrice.amount),
                .text(order.unitPrice.currency.code), .amount(order.subtotal), .amount(order.tax),
                .amount(order.shipping), .amount(order.total), .words(order.paymentTerms),
                .instant(order.createdAt), .id(user), try .encoded(Snapshot(order, number)),
            ])
    }

    /// What was agreed, for every document that is made of it.
    private struct Snapshot: Encodable {
        let number: String
        let quantity: Int
        let currency: String
        let unitPrice: String
        let subtotal: String
        let tax: String
        let shipping: String
        let total: String
        let paymentTerms: String?

        private enum CodingKeys: String, CodingKey {
            case number, quantity, currency, subtotal, tax, shipping, total
            case unitPrice = "unit_price"
            case paymentTerms = "payment_terms"
        }

        init(_ order: PurchaseOrder, _ number: PurchaseOrderNumber) {
            self.number = number.description
            quantity = order.quantity
            currency = order.unitPrice.currency.code
            unitPrice = order.unitPrice.amount.description
            subtotal = order.subtotal.description
            tax = order.tax.description
            shipping = order.shipping.description
            total = order.total.description
            paymentTerms = order.paymentTerms.map { storable($0) }
        }
    }
}
