import Desk
import Negotiation

/// An office with everything that it needs, an organization in it, and people who work there.
public struct TestOffice: Sendable {
    public var office: Office
    public let memory: InMemoryBooks
    public let clock: TestClock
    public let post: FakePostOffice
    public let templates: FakeTemplates
    public let secrets: FakeSecrets
    public let receivers: FakeReceivers
    public let organization: Organization
    /// A member, who buys.
    public let ada: User
    /// A manager, who approves.
    public let max: User
    /// An administrator, who approves as well.
    public let mia: User
    /// Somebody who may only look.
    public let vic: User
    public let vendor: Vendor
    public let product: Product

    /// The password of everybody.
    public static let password = "correct horse"

    /// The books that the office works with.
    public var books: Books { office.books }

    /// A user as one request sees them.
    public func caller(_ user: User) -> Caller { Caller(user: user, origin: Origin(userID: user.id)) }

    /// A price.
    public static func price(_ text: String) throws -> Amount {
        guard let amount = Amount(text) else { throw DeskError.invalid(field: "price", "\(text) is none") }
        return amount
    }

    /// The same office in another process.
    public func process(_ worker: String) -> TestOffice {
        memory.workerBegins(worker)
        var other = self
        other.office = Office(
            books: memory.books, clock: clock.clock, secrets: secrets.port, mail: post.port,
            templates: templates.port,
            settings: OfficeSettings(publicURL: office.settings.publicURL, worker: worker))
        other.office.courier = receivers.port
        return other
    }

    /// The same office in a process that may be killed.
    public func process(_ worker: String, _ life: ProcessLife) -> TestOffice {
        var other = process(worker)
        other.office.books = life.books(memory.books)
        other.office.mail = life.mail(post.port)
        other.office.courier = life.courier(receivers.port)
        return other
    }

    /// More rounds of work than any story has.
    private static let mostRounds = 1_000

    /// Works until no job is due at the hour that the clock shows.
    ///
    /// - Throws: ``WorkWithoutEnd`` when there is always another.
    public func work(_ settings: WorkerSettings = WorkerSettings()) async throws {
        for _ in 0..<Self.mostRounds where try await office.runDueJobs(settings) == 0 { return }
        throw WorkWithoutEnd()
    }
}

/// Jobs that keep making jobs.
public struct WorkWithoutEnd: Error {
    public init() {}
}

/// Makes an office in memory in one call: an organization with four people, a vendor and a product, a clock at
/// ``TestClock/start``, and a mail server that takes everything.
///
/// - Parameters:
///   - memory: the books; several organizations may share them, each with a slug of its own.
///   - slug: names the organization; the sign-in addresses of its people end with `@<slug>.example`.
///   - worker: names the process.
public func makeTestOffice(
    memory: InMemoryBooks = InMemoryBooks(), clock: TestClock = TestClock(),
    post: FakePostOffice = FakePostOffice(), slug: String = "acme", worker: String = "worker-1"
) async throws -> TestOffice {
    let (templates, secrets, ids) = (FakeTemplates(), FakeSecrets(), clock.clock)
    let organization = Organization(id: ids.newID(), name: "Acme", slug: slug, createdAt: clock.now)
    func person(_ name: String, _ role: UserRole) -> User {
        User(
            id: ids.newID(), organizationID: organization.id, email: "\(name.lowercased())@\(slug).example",
            fullName: name, role: role, isActive: true,
            passwordHash: FakeSecrets.hash(of: TestOffice.password))
    }
    let people = [
        person("Ada", .member), person("Max", .manager), person("Mia", .orgAdmin), person("Vic", .viewer),
    ]
    let vendor = Vendor(
        id: ids.newID(), name: "Bolts Ltd", slug: "bolts-ltd", domain: "bolts.example",
        contactEmail: "sales@bolts.example", isActive: true)
    let product = Product(
        id: ids.newID(), vendorID: vendor.id, title: "Hexagon bolt", sku: "M8",
        url: "https://bolts.example/hexagon",
        price: Money(try TestOffice.price("10.00"), .eur))
    try await memory.books.commit(
        organization.id,
        [.addOrganization(organization)] + people.map { .addUser($0, at: clock.now) } + [
            .addVendor(vendor), .addProduct(product, by: people[0].id),
        ])
    memory.workerBegins(worker)
    let receivers = FakeReceivers()
    var office = Office(
        books: memory.books, clock: ids, secrets: secrets.port, mail: post.port, templates: templates.port,
        settings: OfficeSettings(publicURL: "https://parley.example", worker: worker))
    office.courier = receivers.port
    return TestOffice(
        office: office, memory: memory, clock: clock, post: post, templates: templates, secrets: secrets,
        receivers: receivers, organization: organization, ada: people[0], max: people[1], mia: people[2],
        vic: people[3],
        vendor: vendor, product: product)
}
