import Desk
import Foundation
import Negotiation
import Postgres
import Store
import Synchronization

/// A migrated database of its own with the books in it, for one suite.
struct StoreDatabase: Sendable {
    /// As the owner, whom row policies do not bind here.
    let owner: Pool
    /// As the application.
    let app: Pool
    let books: Books

    static let migrations = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/Store/Migrations").standardizedFileURL.path

    /// Migrated once; the databases of the suites are copies of it.
    private static let template = Task {
        try await SchemaServer.script("CREATE DATABASE store_template")
        let owner = try await SchemaServer.pool("store_template").configuration
        try await Migrator(owner: owner, folder: migrations).migrate()
    }

    static func make(_ name: String) async throws -> StoreDatabase {
        try await template.value
        try await SchemaServer.script("CREATE DATABASE \(name) TEMPLATE store_template")
        var bounds = Pool.Bounds()
        (bounds.connections, bounds.keptIdle, bounds.idleTime) = (4, 0, .milliseconds(100))
        let app = Pool(try await SchemaServer.pool(name, as: "parley_app").configuration, bounds: bounds)
        let owner = Pool(try await SchemaServer.pool(name).configuration, bounds: bounds)
        return StoreDatabase(owner: owner, app: app, books: .postgres(app))
    }

    /// One value of one row, as text, seen by the owner.
    func value(_ sql: SQL, _ parameters: [Parameter] = []) async throws -> String? {
        try await owner.read(tenant: nil) { transaction in
            try await transaction.query(sql, parameters).atMostOne()?.optionalText(0)
        }
    }
}

/// A clock that is set by hand, and ids that are never the same.
final class HandClock: Sendable {
    private let time: Mutex<Instant>

    init(_ start: Instant = Instant(seconds: 1_800_000_000)) { time = Mutex(start) }

    var now: Instant { time.withLock { $0 } }

    func advance(bySeconds seconds: Int64) { time.withLock { $0 = $0.advanced(bySeconds: seconds) } }

    var clock: Clock { Clock(now: { self.now }, newUUID: { UUID() }) }
}

/// An organization with people, a vendor and a product.
struct Company: Sendable {
    let books: Books
    let organization: Organization
    let ada: User
    let max: User
    let mia: User
    let vendor: Vendor
    let product: Product

    var id: OrganizationID { organization.id }
    static let start = Instant(seconds: 1_800_000_000)

    static func found(in books: Books) async throws -> Company {
        let organization = Organization(
            id: Identifier(UUID()), name: "Acme", slug: "acme-\(UUID().uuidString.lowercased())",
            createdAt: start)
        func user(_ name: String, _ role: UserRole) -> User {
            User(
                id: Identifier(UUID()), organizationID: organization.id,
                email: "\(name)@\(organization.slug).example", fullName: name, role: role, isActive: true,
                passwordHash: "$2b$12$x")
        }
        let vendor = Vendor(
            id: Identifier(UUID()), name: "Bolts Ltd", slug: "bolts", domain: "bolts.example",
            contactEmail: "sales@bolts.example", isActive: true)
        let company = Company(
            books: books, organization: organization, ada: user("ada", .member), max: user("max", .manager),
            mia: user("mia", .orgAdmin), vendor: vendor,
            product: Product(
                id: Identifier(UUID()), vendorID: vendor.id, title: "Bolt M8", sku: "M8",
                url: "https://bolts.example/m8", price: Money(amount("10.00"), .eur)))
        try await books.commit(
            organization.id,
            [
                .addOrganization(organization), .addUser(company.ada, at: start),
                .addUser(company.max, at: start), .addUser(company.mia, at: start), .addVendor(vendor),
                .addProduct(company.product, by: company.ada.id),
            ])
        return company
    }

    func negotiation(
        expiresAt: Instant? = nil, status: NegotiationStatus = .draft, at now: Instant = start
    ) -> NegotiationRecord {
        NegotiationRecord(
            id: Identifier(UUID()), organizationID: id, productID: product.id, vendorID: vendor.id,
            ownerID: ada.id, status: status, quantity: 100, currency: .eur,
            originalPrice: amount("10.00"), targetPrice: amount("8.00"), limitPrice: amount("9.50"),
            paymentTerms: "net 30", vendorContactEmail: "sales@bolts.example",
            vendorContactName: "Bolts Ltd",
            replyToken: String(UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(26)),
            expiresAt: expiresAt, strategyJSON: #"{"kind": "boulware"}"#, createdAt: now, updatedAt: now)
    }

    /// A negotiation on record.
    func openNegotiation() async throws -> NegotiationRecord {
        let record = negotiation(status: .pendingApproval)
        try await books.commit(id, [.addNegotiation(record)])
        return record
    }

    func content(
        _ kind: EmailKind = .counter, of email: EmailID = Identifier(UUID()), version: Int = 1,
        says: String = "We offer EUR 8.00", mentionsAmounts: Bool = false
    ) -> EmailContent {
        EmailContent(
            emailID: email, version: version, kind: kind,
            sender: MailAddress(name: "Acme", address: "buy@acme.example"),
            recipients: [MailAddress(name: "Bolts Ltd", address: "sales@bolts.example")], subject: "Bolts",
            bodyText: says, envelope: Array("envelope".utf8), raw: Array(says.utf8),
            mentionsAmounts: mentionsAmounts,
            terms: Terms(
                unitPrice: amount("8.125"), quantity: 100, currency: .eur, targetPrice: amount("8"),
                limitPrice: amount("9.50")), createdBy: ada.id, createdAt: Self.start)
    }

    /// An email on record that waits for approval.
    func waitingEmail(
        _ kind: EmailKind = .counter, in negotiation: NegotiationRecord,
        status: EmailStatus = .pendingApproval
    ) async throws -> EmailRecord {
        let content = content(kind)
        try await books.commit(
            id,
            [
                .addEmail(
                    content, negotiation: negotiation.id, status: status,
                    messageID: "\(content.emailID)@acme.example")
            ])
        return try await email(content.emailID)
    }

    func email(_ email: EmailID) async throws -> EmailRecord {
        guard let found = try await books.emails.find(id, email) else { throw DeskError.notFound("email") }
        return found
    }

    func request(
        about email: EmailRecord, approvals: Int = 1, at now: Instant = start, minimum: Money? = nil
    ) -> ApprovalRequest {
        let policy = ApprovalPolicy(
            approvalsRequired: approvals, approverRoles: [.manager, .orgAdmin], allowSelfApproval: false,
            linkAllowed: true, expiresAfterHours: 48, minimumTotal: minimum)
        return ApprovalRequest(
            id: Identifier(UUID()), organizationID: id, emailID: email.id, emailVersion: email.version,
            digest: email.digest, negotiationID: email.negotiationID, requestedBy: ada.id,
            requirement: ApprovalRequirement(of: [policy ?? .standard], for: ApprovalFacts()),
            status: .pending, decisionReason: nil, createdAt: now,
            expiresAt: now.advanced(byHours: 48), decidedAt: nil)
    }

    func decision(
        _ decision: Decision, on request: ApprovalRequest, by user: User, at now: Instant = start
    ) -> ApprovalDecision {
        ApprovalDecision(
            id: Identifier(UUID()), requestID: request.id, approverID: user.id, role: user.role,
            decision: decision,
            comment: "fine", channel: .link, ipAddress: "192.0.2.1", userAgent: "Browser", decidedAt: now)
    }

    /// Use cases over the books. Every email is taken by a mail server that remembers it.
    func office(worker: String = "worker", _ clock: HandClock, _ server: MailServer = MailServer()) -> Office
    {
        Office(
            books: books, clock: clock.clock, secrets: .forTests, mail: server.port, templates: .forTests,
            settings: OfficeSettings(publicURL: "https://parley.example", worker: worker))
    }

    func caller(_ user: User) -> Caller { Caller(user: user, origin: Origin(userID: user.id)) }
}

func amount(_ text: String) -> Amount {
    Amount(text) ?? .zero
}
