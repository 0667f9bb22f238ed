import Desk
import Foundation
import Negotiation
import Postgres
import Store
import Testing

@Suite(.serialized) struct PurchaseOrderTests {
    private static let database = Task { try await StoreDatabase.make("orders") }

    private func order(_ company: Company, of negotiation: NegotiationRecord, at now: Instant = Company.start)
        -> PurchaseOrder
    {
        PurchaseOrder(
            id: Identifier(UUID()), negotiationID: negotiation.id, vendorID: company.vendor.id, number: nil,
            quantity: 100, unitPrice: Money(amount("8.125"), .eur), subtotal: amount("812.50"),
            tax: .zero, shipping: .zero, total: amount("812.50"), paymentTerms: "net 30", createdAt: now)
    }

    private func numbers(_ company: Company) async throws -> [String] {
        let page = try await company.books.negotiations.purchaseOrders(company.id, PageRequest(limit: 200))
        return page.items.compactMap(\.number).sorted()
    }

    @Test("numbers have no gap, however many are taken at once and however many are rolled back")
    func gapless() async throws {
        let company = try await Company.found(in: try await Self.database.value.books)
        var negotiations: [NegotiationRecord] = []
        for _ in 0..<30 { negotiations.append(try await company.openNegotiation()) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, negotiation) in negotiations.enumerated() {
                group.addTask {
                    var changes: [Change] = [
                        .addPurchaseOrder(order(company, of: negotiation), by: company.ada.id)
                    ]
                    if index % 3 == 0 {
                        // Refused after the number was taken.
                        changes.append(.revokeSession(Identifier(UUID()), at: Company.start))
                    }
                    do { try await company.books.commit(company.id, changes) } catch CommitRefusal.stale {}
                }
            }
            try await group.waitForAll()
        }
        let year = Company.start.day.year
        let wanted = (1...20).compactMap { PurchaseOrderNumber(year: year, position: $0)?.description }
        #expect(try await numbers(company) == wanted)
    }

    @Test("a negotiation has one purchase order, also when two are made at the same moment")
    func one() async throws {
        let company = try await Company.found(in: try await Self.database.value.books)
        let negotiation = try await company.openNegotiation()
        let refused = await withTaskGroup(of: CommitRefusal?.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    do {
                        try await company.books.commit(
                            company.id,
                            [.addPurchaseOrder(order(company, of: negotiation), by: company.ada.id)])
                        return nil
                    } catch { return error as? CommitRefusal }
                }
            }
            return await group.reduce(into: [CommitRefusal]()) { if let refusal = $1 { $0.append(refusal) } }
        }
        #expect(
            refused == Array(repeating: .duplicate("purchase_orders_one_per_negotiation"), count: 3))
        let stored = try #require(
            try await company.books.negotiations.purchaseOrderOf(company.id, negotiation.id))
        #expect(try await company.books.negotiations.purchaseOrder(company.id, stored.id) == stored)
        #expect(stored.unitPrice == Money(amount("8.125"), .eur))
        #expect(stored.total == amount("812.50"))
    }

    @Test("each year and each organization counts from 001, and more than 999 fit")
    func counting() async throws {
        let store = try await Self.database.value
        let company = try await Company.found(in: store.books)
        let other = try await Company.found(in: store.books)
        let nextYear = Instant(seconds: Company.start.seconds + 366 * 86_400)
        for (place, time) in [(company, Company.start), (company, nextYear), (other, Company.start)] {
            try await place.books.commit(
                place.id,
                [
                    .addPurchaseOrder(
                        order(place, of: try await place.openNegotiation(), at: time), by: place.ada.id)
                ])
        }
        let year = Company.start.day.year
        #expect(try await numbers(company) == ["PO-\(year)-001", "PO-\(year + 1)-001"])
        #expect(try await numbers(other) == ["PO-\(year)-001"])
        try await store.owner.transaction(tenant: nil) { transaction in
            _ = try await transaction.execute(
                "UPDATE po_counters SET last_number = 999 WHERE organization_id = $1", [.uuid(other.id.uuid)])
        }
        try await other.books.commit(
            other.id,
            [.addPurchaseOrder(order(other, of: try await other.openNegotiation()), by: other.ada.id)])
        #expect(try await numbers(other).first == "PO-\(year)-001")
        #expect(try await numbers(other).contains("PO-\(year)-1000"))
    }

    @Test("a number that another service has used up is passed over")
    func taken() async throws {
        let store = try await Self.database.value
        let company = try await Company.found(in: store.books)
        let negotiation = try await company.openNegotiation()
        let year = Company.start.day.year
        try await store.owner.transaction(tenant: nil) { transaction in
            _ = try await transaction.execute(
                """
                INSERT INTO purchase_orders (organization_id, negotiation_id, po_number, quantity, unit_price, subtotal,
                    total_amount)
                VALUES ($1, $2, $3, 1, 1, 1, 1)
                """, [.uuid(company.id.uuid), .uuid(negotiation.id.uuid), .text("PO-\(year)-001")])
        }
        try await company.books.commit(
            company.id, [.addPurchaseOrder(order(company, of: negotiation), by: company.ada.id)])
        #expect(try await numbers(company) == ["PO-\(year)-002"])
    }
}
