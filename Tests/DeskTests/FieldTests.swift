import Desk
import Negotiation
import ParleyTesting
import Testing

/// What people type in.
@Suite struct FieldTests {
    @Test(
        "a plain address is one",
        arguments: [
            "sales@example.com", "a.b+c@x-y.example.co", "o'neil@example.com", "1@2.de",
            "x@xn--bcher-kva.example",
        ])
    func addresses(text: String) { #expect(VendorAddress.isValid(text)) }

    @Test(
        "whatever is cleverer than a plain address is none",
        arguments: [
            "", "@", "a@", "@example.com", "a@b", "a@b@c.de", "a b@example.com", "a@exa mple.com",
            "a@example..com", ".a@example.com", "a.@example.com", "a..b@example.com", "a@-example.com",
            "a@example-.com", "\"a b\"@example.com", "a@[192.0.2.1]", "a@example.com, b@example.com",
            "Eva <a@example.com>", "a@example.com\r\nBcc: x@example.com", "ä@example.com", "a@exämple.com",
            "a@example.com.", String(repeating: "a", count: 65) + "@example.com",
            "a@" + String(repeating: "b", count: 64) + ".com",
            "a@" + String(repeating: "bbbbbbbbb.", count: 26) + "com",
        ])
    func noAddresses(text: String) { #expect(!VendorAddress.isValid(text)) }

    @Test(
        "a vendor may have an address beyond ASCII, but nothing that hides or leads astray in it",
        arguments: [
            ("\u{7528}\u{6237}@\u{4F8B}\u{3048}.jp", true), ("\u{E4}@example.com", true),
            ("a@b\u{FC}cher.example", true),
            ("a\u{200B}@example.com", false), ("a\u{202E}@example.com", false),
            ("a\u{A0}b@example.com", false),
            ("a@exam\u{2028}ple.com", false), ("\u{FF1C}a@example.com", false),
            ("a\u{85}@example.com", false),
            (String(repeating: "\u{7528}", count: 22) + "@example.com", false), ("a@b@\u{E4}.de", false),
        ])
    func international(text: String, isWritable: Bool) {
        #expect(VendorAddress.isWritable(text) == isWritable && !VendorAddress.isValid(text))
    }

    @Test(
        "a name becomes a slug of plain letters",
        arguments: [
            ("Bolts Ltd", "bolts-ltd"), ("  Bolts & Söhne GmbH  ", "bolts-s-hne-gmbh"), ("日本", "vendor"),
            ("", "vendor"), ("--", "vendor"), ("A1", "a1"),
        ])
    func slugs(name: String, slug: String) { #expect(Slug.make(from: name) == slug) }

    @Test("a slug is never longer than it may be")
    func longSlug() {
        let slug = Slug.make(from: String(repeating: "ab ", count: 1_000))
        #expect(slug.utf8.count <= 60 && Slug.isValid(slug))
    }

    @Test(
        "figures that make no sense are refused by field",
        arguments: [
            ("quantity", 0, "8.00", nil), ("quantity", -1, "8.00", nil),
            ("quantity", 1_000_000_001, "8.00", nil),
            ("target_price", 1, "0", nil), ("target_price", 1, "-1", nil),
            ("limit_price", 1, "8.00", "7.99"), ("quantity", 1_000_000_000, "99999999.00", nil),
        ] as [(String, Int, String, String?)])
    func figures(field: String, quantity: Int, target: String, limit: String?) async throws {
        let office = try await makeTestOffice()
        let error = await refusal {
            _ = try await office.newNegotiation(quantity: quantity, target: target, limit: limit)
        }
        guard case .invalid(let name, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(name == field)
        let list = try await office.books.negotiations.list(office.organization.id, nil, PageRequest())
        #expect(list.items.isEmpty)
    }

    @Test("a deadline lies in the future")
    func deadline() async throws {
        let office = try await makeTestOffice()
        let error = await refusal { _ = try await office.newNegotiation(expiresAt: office.clock.now) }
        #expect(error == .invalid(field: "expires_at", "must lie in the future"))
    }

    @Test("a new product and a new vendor come with the negotiation, and a taken slug is told apart")
    func newcomers() async throws {
        let office = try await makeTestOffice()
        func create() async throws -> NegotiationRecord {
            let id = try await office.office.createNegotiation(
                PurchaseIntent(
                    product: .new(
                        title: "Nut", url: "https://nuts.example/nut", price: nil, currency: .usd),
                    vendor: .new(name: "Nuts Inc", contactEmail: "sales@nuts.example"), quantity: 5,
                    targetPrice: price("2.00"), limitPrice: nil, currency: nil, paymentTerms: nil,
                    expiresAt: nil), by: office.caller(office.ada))
            return try await office.negotiation(id)
        }
        let first = try await create()
        let second = try await create()
        #expect(first.currency == .usd && first.originalPrice == price("2.00"))
        #expect(first.vendorContactEmail == "sales@nuts.example")
        let slugs = try await office.books.catalogue.vendors(office.organization.id, PageRequest()).items
            .map(\.slug)
        #expect(Set(slugs).count == 3 && slugs.contains("nuts-inc"))
        #expect(first.vendorID != second.vendorID && first.replyToken != second.replyToken)
    }

    @Test("a vendor without an address cannot be written to")
    func silentVendor() async throws {
        let office = try await makeTestOffice()
        let silent = Vendor(
            id: office.office.clock.newID(), name: "Silent", slug: "silent", domain: "", contactEmail: nil,
            isActive: true)
        try await office.books.commit(office.organization.id, [.addVendor(silent)])
        let error = await refusal {
            _ = try await office.office.createNegotiation(
                PurchaseIntent(
                    product: .known(office.product.id), vendor: .known(silent.id), quantity: 1,
                    targetPrice: price("8.00"), limitPrice: nil, currency: nil, paymentTerms: nil,
                    expiresAt: nil), by: office.caller(office.ada))
        }
        guard case .invalid(field: "vendor_id", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "no header can be built from what is typed in",
        arguments: ["Hi\nBcc: x@example.com", "Hi\r\nBcc: x@example.com", "Hi\u{0}there", "\u{7f}"])
    func headers(subject: String) async throws {
        let office = try await makeTestOffice()
        let email = try await office.write(.open, in: try await office.newNegotiation())
        let error = await refusal {
            _ = try await office.office.edit(
                email, subject: subject, bodyText: nil, by: office.caller(office.ada))
        }
        guard case .invalid(field: "subject", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("the whole of an address is lower-cased for its domain only")
    func domain() {
        #expect(VendorAddress.domain(of: "Sales@Bolts.Example") == "bolts.example")
    }
}
