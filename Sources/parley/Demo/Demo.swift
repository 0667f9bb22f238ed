import Desk
import Negotiation

/// What `serve --demo` puts into an empty database: one organization, somebody of each role, vendors, products.
struct Demo {
    let office: Office

    /// Everybody's password. It is known to the world, which is why the demo listens on a loopback address only.
    static let password = "parley-demo"

    private static let people: [(name: String, address: String, role: UserRole)] = [
        ("Ada Admin", "ada@demo.parley.test", .orgAdmin), ("Max Manager", "max@demo.parley.test", .manager),
        ("Mia Member", "mia@demo.parley.test", .member), ("Vera Viewer", "vera@demo.parley.test", .viewer),
    ]

    private static let vendors: [(name: String, address: String)] = [
        ("Nordwind Computers", "sales@nordwind.example"), ("Lumen Office Supply", "offers@lumen.example"),
        ("Kestrel Furniture", "hello@kestrel.example"),
    ]

    private static let products:
        [(title: String, url: String, price: Int64, currency: Currency, vendor: Int)] = [
            ("ThinkBook 14 laptop, 32 GB", "https://nordwind.example/thinkbook-14", 1190, .usd, 0),
            ("USB-C docking station", "https://nordwind.example/dock", 179, .usd, 0),
            ("Recycled copy paper, pallet", "https://lumen.example/paper", 940, .eur, 1),
            ("Height-adjustable desk 160 × 80", "https://kestrel.example/desk-160", 620, .eur, 2),
        ]

    /// Fills an empty database; one that holds an organization is left alone.
    ///
    /// - Returns: whether it was empty.
    func fill() async throws -> Bool {
        guard try await office.books.people.organizations().isEmpty else { return false }
        let admin = Self.people[0]
        let founded = try await office.found(
            Founding(
                name: "Demo Procurement", slug: "demo", adminEmail: admin.address, adminName: admin.name,
                adminPassword: Self.password))
        for person in Self.people.dropFirst() {
            _ = try await office.addUser(
                to: founded.organizationID, email: person.address, name: person.name, role: person.role,
                password: Self.password, origin: .parley)
        }
        guard let user = try await office.books.people.user(founded.organizationID, founded.userID) else {
            throw DeskError.notFound("administrator")
        }
        let caller = Caller(user: user, origin: .parley)
        var vendors: [Vendor] = []
        for vendor in Self.vendors {
            vendors.append(
                try await office.addVendor(name: vendor.name, contactEmail: vendor.address, by: caller))
        }
        for product in Self.products {
            guard let price = Amount(whole: product.price) else { continue }
            _ = try await office.addProduct(
                title: product.title, url: product.url, price: Money(price, product.currency),
                vendor: vendors[product.vendor].id, by: caller)
        }
        return true
    }

    /// Who can sign in, one line each.
    static var signIns: [String] { people.map { "\($0.address)  \(password)  (\($0.role.rawValue))" } }
}
