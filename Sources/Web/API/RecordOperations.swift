import Desk
import Negotiation
import Secrets

/// Purchase orders, the catalogue, and the inbox.
enum RecordOperations {
    static let all = [
        createOrder, listOrders, getOrder, listVendors, addVendor, getVendor, listProducts, addProduct,
        getProduct,
        inbox, assign,
    ]

    private static let createOrder = Operation(
        method: .post, path: "/v1/purchase-orders", name: "createPurchaseOrder", group: "Purchase orders",
        summary: "Makes the purchase order of an agreed negotiation, under the next number",
        body: BodyShape([.required("negotiation_id", .id)]), success: .created("PurchaseOrder")
    ) { call in
        let id: NegotiationID = try call.body.needed("negotiation_id", call.body.id("negotiation_id"))
        let order = try await call.office.createPurchaseOrder(for: id, by: call.caller)
        return .created(Shapes.purchaseOrder.json(order))
    }

    private static let listOrders = Operation(
        method: .get, path: "/v1/purchase-orders", name: "listPurchaseOrders", group: "Purchase orders",
        summary: "Purchase orders, newest first", parameters: [.cursor, .limit],
        success: .list(of: "PurchaseOrder")
    ) { call in
        let page = try await call.office.books.negotiations.purchaseOrders(call.organization, call.page())
        return .ok(page.json(Shapes.purchaseOrder))
    }

    private static let getOrder = Operation(
        method: .get, path: "/v1/purchase-orders/{id}", name: "getPurchaseOrder", group: "Purchase orders",
        summary: "One purchase order", success: .one("PurchaseOrder")
    ) { call in
        let order = try await call.office.books.negotiations.purchaseOrder(
            call.organization, call.id(of: "purchase order"))
        guard let order else { throw Problem.notFound("purchase order") }
        return .ok(Shapes.purchaseOrder.json(order))
    }

    private static let listVendors = Operation(
        method: .get, path: "/v1/vendors", name: "listVendors", group: "Catalogue",
        summary: "Vendors by name",
        parameters: [.cursor, .limit], success: .list(of: "Vendor")
    ) { call in
        .ok(try await call.office.books.catalogue.vendors(call.organization, call.page()).json(Shapes.vendor))
    }

    private static let addVendor = Operation(
        method: .post, path: "/v1/vendors", name: "addVendor", group: "Catalogue",
        summary: "Puts a vendor on record",
        body: BodyShape([.required("name", .text), .required("contact_email", .text)]),
        success: .created("Vendor")
    ) { call in
        let vendor = try await call.office.addVendor(
            name: call.body.needed("name", call.body.text("name")),
            contactEmail: call.body.needed("contact_email", call.body.text("contact_email")), by: call.caller)
        return .created(Shapes.vendor.json(vendor))
    }

    private static let getVendor = Operation(
        method: .get, path: "/v1/vendors/{id}", name: "getVendor", group: "Catalogue", summary: "One vendor",
        success: .one("Vendor")
    ) { call in
        let vendor = try await call.office.books.catalogue.vendor(call.organization, call.id(of: "vendor"))
        guard let vendor else { throw Problem.notFound("vendor") }
        return .ok(Shapes.vendor.json(vendor))
    }

    private static let listProducts = Operation(
        method: .get, path: "/v1/products", name: "listProducts", group: "Catalogue",
        summary: "Products by title", parameters: [.cursor, .limit], success: .list(of: "Product")
    ) { call in
        .ok(
            try await call.office.books.catalogue.products(call.organization, call.page()).json(
                Shapes.product))
    }

    private static let addProduct = Operation(
        method: .post, path: "/v1/products", name: "addProduct", group: "Catalogue",
        summary: "Puts a product on record",
        body: BodyShape([
            .required("title", .text), .required("url", .text), .required("price", .money),
            .optional("currency", .currency, "USD unless told."), .optional("vendor_id", .id),
        ]), success: .created("Product")
    ) { call in
        let price = try call.body.needed("price", call.body.amount("price"))
        let product = try await call.office.addProduct(
            title: call.body.needed("title", call.body.text("title")),
            url: call.body.needed("url", call.body.text("url")),
            price: Money(price, call.body.currency("currency") ?? .usd), vendor: call.body.id("vendor_id"),
            by: call.caller)
        return .created(Shapes.product.json(product))
    }

    private static let getProduct = Operation(
        method: .get, path: "/v1/products/{id}", name: "getProduct", group: "Catalogue",
        summary: "One product", success: .one("Product")
    ) { call in
        let product = try await call.office.books.catalogue.product(call.organization, call.id(of: "product"))
        guard let product else { throw Problem.notFound("product") }
        return .ok(Shapes.product.json(product))
    }

    private static let inbox = Operation(
        method: .get, path: "/v1/inbox", name: "listInbox", group: "Inbox",
        summary: "Mail that matched nothing, newest first, and then what could not be read",
        parameters: [.cursor, .limit], success: .list(of: "InboxItem")
    ) { call in
        .ok(try await call.reception.inbox(of: call.organization, call.page()).json(Shapes.inboxItem))
    }

    private static let assign = Operation(
        method: .post, path: "/v1/inbox/{id}/assign", name: "assignMessage", group: "Inbox",
        summary: "Puts a message that matched nothing into a negotiation, as if it had matched",
        body: BodyShape([.required("negotiation_id", .id)]), success: .one("Message")
    ) { call in
        let negotiation: NegotiationID = try call.body.needed(
            "negotiation_id", call.body.id("negotiation_id"))
        let message = try await call.office.assignMessage(
            call.id(of: "message"), to: negotiation, by: call.caller)
        return .ok(Shapes.message.json(message))
    }
}

extension Reception {
    /// One list out of two: its cursor begins with the letter of the list that it belongs to.
    func inbox(of organization: OrganizationID, _ page: PageRequest) async throws -> Page<InboxItem> {
        let (first, rest) = (page.cursor?.first, page.cursor.map { String($0.dropFirst()) })
        guard first == nil || first == "u" || first == "q" else {
            throw Problem.query("cursor", "is none of Parley's")
        }
        var items: [InboxItem] = []
        if first != "q" {
            let unmatched = try await office.books.threads.unmatched(
                organization, PageRequest(cursor: rest, limit: page.limit))
            items = unmatched.items.map(InboxItem.init)
            if let next = unmatched.nextCursor { return Page(items: items, nextCursor: "u" + next) }
            if items.count == page.limit { return Page(items: items, nextCursor: "q") }
        }
        let start = first == "q" ? rest.flatMap { $0.isEmpty ? nil : $0 } : nil
        let quarantined = try await office.books.threads.quarantined(
            organization, PageRequest(cursor: start, limit: page.limit - items.count))
        items += quarantined.items.map(InboxItem.init)
        return Page(items: items, nextCursor: quarantined.nextCursor.map { "q" + $0 })
    }
}
