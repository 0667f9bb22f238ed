import Desk
import Negotiation
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension BooksContract {
    static let negotiations: [ContractCase] = [
        ContractCase("a negotiation is read back exactly as it was written") { books in
            let company = try await ContractCompany.found(in: books)
            let record = try await company.negotiation()
            #expect(try await company.find(record.id) == record)
            #expect(try await books.negotiations.find(company.id, Identifier(UUID())) == nil)
        },
        ContractCase("an update writes the new state and counts the version up") { books in
            let company = try await ContractCompany.found(in: books)
            var record = try await company.negotiation()
            record.status = .sent
            record.statusReason = nil
            record.lastSentPrice = Amount("8.25")
            record.finalPrice = Amount("8.5")
            record.emailSentCount = 3
            record.lastVendorResponseAt = ContractCompany.start.advanced(bySeconds: 5)
            record.updatedAt = ContractCompany.start.advanced(bySeconds: 6)
            try await company.commit(.updateNegotiation(record))
            record.version += 1
            #expect(try await company.find(record.id) == record)
        },
        ContractCase("an update of what was changed meanwhile is stale") { books in
            let company = try await ContractCompany.found(in: books)
            var record = try await company.negotiation()
            try await company.commit(.updateNegotiation(record))
            record.status = .cancelled
            let late = record
            await expectRefusal("an old version", \.isStale) {
                try await company.commit(.updateNegotiation(late))
            }
            #expect(try await company.find(record.id).status == .pendingApproval)
        },
        ContractCase("nothing of a commit remains when one change of it is refused") { books in
            let company = try await ContractCompany.found(in: books)
            let (first, second) = (try company.draft(), try company.draft())
            await expectRefusal("the same twice", \.isDuplicate) {
                try await company.commit(
                    .addNegotiation(first), .addNegotiation(second), .addNegotiation(first))
            }
            await expectRefusal("a stale change behind others", \.isStale) {
                try await company.commit(.addNegotiation(first), .updateNegotiation(second))
            }
            #expect(try await books.negotiations.list(company.id, nil, PageRequest()).items.isEmpty)
        },
        ContractCase("a negotiation about nothing, or with nobody, is refused") { books in
            let company = try await ContractCompany.found(in: books)
            let stranger = Vendor(
                id: Identifier(UUID()), name: "X", slug: "x", domain: "", contactEmail: "x@x.example",
                isActive: true)
            let record = try company.draft(vendor: stranger)
            await expectRefusal("an unknown vendor", \.isMissing) {
                try await company.commit(.addNegotiation(record))
            }
        },
        ContractCase("negotiations are listed newest first, page by page, by status or all") { books in
            let company = try await ContractCompany.found(in: books)
            var expected: [NegotiationID] = []
            for number in 0..<7 {
                // Two of each instant: the id decides between them, and no page loses or repeats one.
                let record = try await company.negotiation(
                    number < 2 ? .sent : .pendingApproval, at: Int64(number / 2))
                expected.append(record.id)
            }
            var listed: [NegotiationRecord] = []
            var cursor: String?
            repeat {
                let page = try await books.negotiations.list(
                    company.id, nil, PageRequest(cursor: cursor, limit: 2))
                #expect(page.items.count <= 2)
                listed += page.items
                cursor = page.nextCursor
            } while cursor != nil && listed.count < 20
            #expect(Set(listed.map(\.id)) == Set(expected) && listed.count == 7)
            #expect(listed.map(\.createdAt) == listed.map(\.createdAt).sorted(by: >))
            let sent = try await books.negotiations.list(company.id, .sent, PageRequest())
            #expect(Set(sent.items.map(\.id)) == Set(expected.prefix(2)) && sent.nextCursor == nil)
        },
        ContractCase("a cursor that nobody gave out is the caller's fault") { books in
            let company = try await ContractCompany.found(in: books)
            for cursor in ["", "x", "AAAA", String(repeating: "A", count: 10_000), "%00", "é"] {
                do {
                    _ = try await books.negotiations.list(company.id, nil, PageRequest(cursor: cursor))
                    Issue.record("\(cursor.prefix(20)) was taken")
                } catch DeskError.invalid(let field, _) { #expect(field == "cursor") }
            }
        },
        ContractCase("offers are read back as they were written, oldest first") { books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            let email = try await company.email(in: negotiation)
            let price = Money(try #require(Amount("8.1234")), .eur)
            var offers: [Offer] = []
            for number in 0..<3 {
                let per: Offer.Per? = number == 0 ? .unit : nil
                let quantity: Int? = number == 1 ? 100 : nil
                offers.append(
                    Offer(
                        id: Identifier(UUID()), negotiationID: negotiation.id, party: .buyer, price: price,
                        per: per, quantity: quantity, messageID: nil, span: nil, emailID: email.id,
                        isBinding: number == 2,
                        createdAt: ContractCompany.start.advanced(bySeconds: Int64(number))))
            }
            try await books.commit(company.id, offers.reversed().map { .addOffer($0) })
            #expect(try await books.negotiations.offers(company.id, negotiation.id) == offers)
        },
        ContractCase("an offer of the vendor names the place where it stood") { books in
            let company = try await ContractCompany.found(in: books)
            let negotiation = try await company.negotiation()
            let offer = Offer(
                id: Identifier(UUID()), negotiationID: negotiation.id, party: .vendor,
                price: Money(try #require(Amount("8")), .eur), per: nil, quantity: nil, messageID: nil,
                span: nil, emailID: nil, isBinding: true, createdAt: ContractCompany.start)
            await expectRefusal("no message", \.isForbidden) { try await company.commit(.addOffer(offer)) }
        },
        ContractCase("what one organization has, another neither sees nor changes") { books in
            let company = try await ContractCompany.found(in: books)
            let rival = try await ContractCompany.found(in: books)
            let record = try await company.negotiation()
            let email = try await company.email(in: record)
            #expect(try await books.negotiations.find(rival.id, record.id) == nil)
            #expect(try await books.negotiations.list(rival.id, nil, PageRequest()).items.isEmpty)
            #expect(try await books.emails.find(rival.id, email.id) == nil)
            #expect(try await books.emails.content(rival.id, email.id, 1) == nil)
            #expect(try await books.people.user(rival.id, company.ada.id) == nil)
            #expect(try await books.catalogue.vendor(rival.id, company.vendor.id) == nil)
            #expect(
                try await books.people.usersWithRole(rival.id, [.manager]).map(\.id) == [rival.max.id])
            await expectRefusal("another's negotiation", \.isStale) {
                try await rival.commit(.updateNegotiation(record))
            }
            await expectRefusal("another's email", \.isStale) {
                try await rival.commit(
                    .moveEmail(
                        email.id, from: .pendingApproval, to: .cancelled, reason: nil,
                        at: ContractCompany.start))
            }
            let intruder = try company.draft()
            await expectRefusal("a row in another's name", \.isForbidden) {
                try await rival.commit(.addNegotiation(intruder))
            }
            let content = try rival.content(.counter)
            await expectRefusal("an email in another's negotiation", { $0.isMissing || $0.isForbidden }) {
                try await rival.commit(
                    .addEmail(content, negotiation: record.id, status: .draft, messageID: "x@x.example"))
            }
        },
    ]

    static let purchaseOrders: [ContractCase] = [
        ContractCase("purchase orders are numbered without a gap, by year, each organization for itself") {
            books in
            let company = try await ContractCompany.found(in: books)
            let rival = try await ContractCompany.found(in: books)
            let later = ContractCompany.start.advanced(byHours: 24 * 365)
            var numbers: [String?] = []
            for (owner, now) in [
                (company, ContractCompany.start), (company, ContractCompany.start),
                (rival, ContractCompany.start), (company, later), (company, ContractCompany.start),
            ] {
                numbers.append(try await order(for: owner, at: now).number)
            }
            #expect(
                numbers == ["PO-2027-001", "PO-2027-002", "PO-2027-001", "PO-2028-001", "PO-2027-003"])
        },
        ContractCase("a refused commit leaves no gap, and a negotiation has one purchase order") { books in
            let company = try await ContractCompany.found(in: books)
            let first = try await order(for: company, at: ContractCompany.start)
            let again = PurchaseOrder(
                id: Identifier(UUID()), negotiationID: first.negotiationID, vendorID: first.vendorID,
                number: nil, quantity: 1, unitPrice: first.unitPrice, subtotal: first.subtotal,
                tax: .zero, shipping: .zero, total: first.total, paymentTerms: nil,
                createdAt: ContractCompany.start)
            await expectRefusal("a second order", \.isDuplicate) {
                try await company.commit(.addPurchaseOrder(again, by: company.ada.id))
            }
            #expect(try await books.negotiations.purchaseOrderOf(company.id, first.negotiationID) == first)
            let next = try await order(for: company, at: ContractCompany.start)
            #expect(next.number == "PO-2027-002")
            let list = try await books.negotiations.purchaseOrders(company.id, PageRequest())
            #expect(Set(list.items) == [first, next])
        },
    ]

    /// A purchase order for a negotiation of its own.
    private static func order(for company: ContractCompany, at now: Instant) async throws -> PurchaseOrder {
        let negotiation = try await company.negotiation(.accepted)
        let price = try #require(Amount("8.5"))
        let order = PurchaseOrder(
            id: Identifier(UUID()), negotiationID: negotiation.id, vendorID: negotiation.vendorID,
            number: nil, quantity: 100, unitPrice: Money(price, .eur),
            subtotal: try #require(Amount("850")), tax: try #require(Amount("161.5")),
            shipping: try #require(Amount("0.0001")), total: try #require(Amount("1011.5001")),
            paymentTerms: "net 30", createdAt: now)
        try await company.commit(.addPurchaseOrder(order, by: company.ada.id))
        let stored = try #require(try await company.books.negotiations.purchaseOrder(company.id, order.id))
        #expect(stored.total == order.total && stored.tax == order.tax && stored.shipping == order.shipping)
        return stored
    }
}
