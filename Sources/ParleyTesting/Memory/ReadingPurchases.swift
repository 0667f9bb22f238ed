import Desk
import Negotiation

extension InMemoryBooks {
    var negotiations: NegotiationBook {
        NegotiationBook(
            find: { organization, id in
                self.read(organization) { rows in
                    rows.negotiations.first { $0.id == id }.map(rows.withStop)
                }
            },
            list: { organization, status, request in
                try self.read(organization) { rows in
                    let fitting = rows.negotiations.filter { status == nil || $0.status == status }
                    return try request.descending(fitting.map(rows.withStop)) {
                        Place($0.createdAt.microseconds, $0.id.uuid)
                    }
                }
            },
            offers: { organization, id in
                self.read(organization) { rows in
                    rows.offers.filter { $0.negotiationID == id }
                        .inOrder(of: \.createdAt, \.id.uuid)
                }
            },
            purchaseOrder: { organization, id in
                self.read(organization) { $0.orders.first { $0.id == id } }
            },
            purchaseOrderOf: { organization, id in
                self.read(organization) { $0.orders.first { $0.negotiationID == id } }
            },
            purchaseOrders: { organization, request in
                try self.read(organization) { rows in
                    try request.descending(rows.orders) { Place($0.createdAt.microseconds, $0.id.uuid) }
                }
            })
    }

    var catalogue: CatalogueBook {
        CatalogueBook(
            vendor: { organization, id in self.read(organization) { $0.vendors.first { $0.id == id } } },
            product: { organization, id in self.read(organization) { $0.products.first { $0.id == id } } },
            vendors: { organization, request in
                try self.read(organization) { rows in
                    try request.ascending(rows.vendors) { Place($0.name, $0.id.uuid) }
                }
            },
            products: { organization, request in
                try self.read(organization) { rows in
                    try request.ascending(rows.products) { Place($0.title, $0.id.uuid) }
                }
            },
            vendorSlugIsTaken: { organization, slug in
                self.read(organization) { $0.vendors.contains { $0.slug == slug } }
            })
    }
}

extension TenantRows {
    /// A negotiation with what stops its automation.
    fileprivate func withStop(_ record: NegotiationRecord) -> NegotiationRecord {
        var record = record
        record.automationStop = stops.first { $0.negotiationID == record.id }
        return record
    }
}
