import Desk
import Hummingbird
import Jinja
import Negotiation

extension PageDesk {
    func addOrders(to router: Router<WebContext>, _ book: inout RouteBook) {
        get("/purchase-orders", knowing: ["cursor"], on: router, &book) { try await $0.orders() }
        get("/purchase-orders/:id", on: router, &book) { try await $0.order() }
        post(
            "/negotiations/:id/purchase-order", on: router, &book,
            again: FormPage { try await $0.negotiation($0.id(of: "negotiation"), step: "order") }
        ) { call in
            let order = try await call.office.createPurchaseOrder(
                for: call.id(of: "negotiation"), by: call.visitor.caller)
            return .redirect(to: "/purchase-orders/\(order.id)?done=ordered")
        }
    }
}

extension PageCall {
    func orderValue(_ order: PurchaseOrder) -> Value {
        let currency = order.unitPrice.currency
        return Value([
            ("link", Value("/purchase-orders/\(order.id)")), ("number", Value(order.number ?? "")),
            ("quantity", Value(Figures.grouped(order.quantity))),
            ("unit_price", Figures.money(order.unitPrice.amount, currency)),
            ("subtotal", Figures.money(order.subtotal, currency)),
            ("tax", Figures.money(order.tax, currency)),
            ("shipping", Figures.money(order.shipping, currency)),
            ("total", Figures.money(order.total, currency)),
            ("payment_terms", Value(orNone: order.paymentTerms)), ("created", Figures.time(order.createdAt)),
            ("negotiation_link", Value("/negotiations/\(order.negotiationID)")),
        ])
    }

    fileprivate func orders() async throws -> Response {
        let page = try await books.negotiations.purchaseOrders(
            organization, PageRequest(cursor: query["cursor"], limit: PageDesk.rowsOfPage))
        var rows: [Value] = []
        for order in page.items {
            let vendor = try await books.catalogue.vendor(organization, order.vendorID)?.name ?? ""
            rows.append(Value([("order", orderValue(order)), ("vendor", Value(vendor))]))
        }
        let next = page.nextCursor.map { "/purchase-orders?cursor=\(PageDesk.encoded($0))" }
        return try await self.page(
            "purchase_orders.html", section: "orders", [("rows", Value(rows)), ("next", Value(orNone: next))])
    }

    fileprivate func order() async throws -> Response {
        guard let order = try await books.negotiations.purchaseOrder(organization, id(of: "purchase order")),
            let negotiation = try await books.negotiations.find(organization, order.negotiationID)
        else { throw Problem.notFound("purchase order") }
        let product = try await books.catalogue.product(organization, negotiation.productID)
        let buyer = try await books.people.organization(organization)
        return try await page(
            "purchase_order.html", section: "orders",
            [
                ("order", orderValue(order)), ("buyer", Value(buyer?.name ?? "")),
                ("vendor", Value(negotiation.vendorContactName)),
                ("vendor_email", Value(negotiation.vendorContactEmail)),
                ("product", Value(product?.title ?? "")),
                ("sku", Value(orNone: product?.sku)),
            ])
    }
}
