import Desk
import Negotiation
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An organization of one contract case, with ids that no other has.
struct ContractCompany: Sendable {
    let books: Books
    let organization: Organization
    let ada: User
    let max: User
    let mia: User
    let vendor: Vendor
    let product: Product

    static let start = Instant(seconds: 1_800_000_000)
    var id: OrganizationID { organization.id }

    static func found(in books: Books) async throws -> ContractCompany {
        let slug = "c-\(UUID().uuidString.lowercased())"
        let organization = Organization(id: Identifier(UUID()), name: "Acme", slug: slug, createdAt: start)
        func user(_ name: String, _ role: UserRole) -> User {
            User(
                id: Identifier(UUID()), organizationID: organization.id, email: "\(name)@\(slug).example",
                fullName: name, role: role, isActive: true, passwordHash: "hash")
        }
        let vendor = Vendor(
            id: Identifier(UUID()), name: "Bolts Ltd", slug: "bolts", domain: "bolts.example",
            contactEmail: "Sales@bolts.example", isActive: true)
        let price = try #require(Amount("10.0001"))
        let company = ContractCompany(
            books: books, organization: organization, ada: user("ada", .member), max: user("max", .manager),
            mia: user("mia", .orgAdmin), vendor: vendor,
            product: Product(
                id: Identifier(UUID()), vendorID: vendor.id, title: "Bolt", sku: nil,
                url: "https://bolts.example/", price: Money(price, .eur)))
        try await company.commit(
            .addOrganization(organization), .addUser(company.ada, at: start),
            .addUser(company.max, at: start), .addUser(company.mia, at: start), .addVendor(vendor),
            .addProduct(company.product, by: company.ada.id))
        return company
    }

    func commit(_ changes: Change...) async throws { try await books.commit(id, changes) }

    // MARK: What belongs to it

    func draft(
        _ status: NegotiationStatus = .draft, at seconds: Int64 = 0, vendor other: Vendor? = nil
    ) throws -> NegotiationRecord {
        let now = Self.start.advanced(bySeconds: seconds)
        return NegotiationRecord(
            id: Identifier(UUID()), organizationID: id, productID: product.id,
            vendorID: (other ?? vendor).id, ownerID: ada.id, status: status, statusReason: "Because “ä”.",
            quantity: 100, currency: .eur, originalPrice: try #require(Amount("10.0001")),
            targetPrice: try #require(Amount("8")), limitPrice: Amount("9.5"),
            lastSentPrice: nil, currentOfferPrice: Amount("99999999.9999"), finalPrice: nil,
            paymentTerms: "net 30", vendorContactEmail: (other ?? vendor).contactEmail ?? "",
            vendorContactName: "Bolts Ltd", subject: "Bolts", replyToken: Self.token(),
            emailSentCount: 2, lastSentAt: now, lastVendorResponseAt: nil,
            expiresAt: now.advanced(byHours: 240), strategyJSON: #"{"kind": "boulware"}"#, createdAt: now,
            updatedAt: now)
    }

    static func token() -> String {
        String(
            UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(26)
                .map { "0189".contains($0) ? "z" : $0 })
    }

    /// A negotiation on record.
    func negotiation(_ status: NegotiationStatus = .pendingApproval, at seconds: Int64 = 0) async throws
        -> NegotiationRecord
    {
        let record = try draft(status, at: seconds)
        try await commit(.addNegotiation(record))
        return record
    }

    func content(
        _ kind: EmailKind, of email: EmailID = Identifier(UUID()), version: Int = 1, says: String = "Hello",
        mentionsAmounts: Bool = false, at seconds: Int64 = 0
    ) throws -> EmailContent {
        let price = try #require(Amount("8.125"))
        return EmailContent(
            emailID: email, version: version, kind: kind,
            sender: MailAddress(name: "Acme “ä”", address: "buy@acme.example"),
            recipients: [MailAddress(name: "Bolts", address: "sales@bolts.example")], subject: "Bolts",
            bodyText: says, envelope: Array("envelope".utf8), raw: [0, 255] + Array(says.utf8),
            mentionsAmounts: mentionsAmounts,
            terms: Terms(
                unitPrice: price, quantity: 100, currency: .eur, targetPrice: price, limitPrice: nil),
            createdBy: ada.id, createdAt: Self.start.advanced(bySeconds: seconds))
    }

    /// An email on record.
    func email(
        _ kind: EmailKind = .counter, in negotiation: NegotiationRecord,
        _ status: EmailStatus = .pendingApproval, at seconds: Int64 = 0
    ) async throws -> EmailRecord {
        let content = try content(kind, at: seconds)
        try await commit(
            .addEmail(
                content, negotiation: negotiation.id, status: status,
                messageID: "\(content.emailID)@acme.example"))
        return try await find(content.emailID)
    }

    func find(_ email: EmailID) async throws -> EmailRecord {
        try #require(try await books.emails.find(id, email))
    }

    func find(_ negotiation: NegotiationID) async throws -> NegotiationRecord {
        try #require(try await books.negotiations.find(id, negotiation))
    }

    func question(
        about email: EmailRecord, approvals: Int = 1, at seconds: Int64 = 0
    ) throws -> ApprovalRequest {
        let now = Self.start.advanced(bySeconds: seconds)
        let policy = ApprovalPolicy(
            approvalsRequired: approvals, approverRoles: [.manager, .orgAdmin], allowSelfApproval: false,
            linkAllowed: true, expiresAfterHours: 48)
        let requirement = ApprovalRequirement(of: [try #require(policy)], for: ApprovalFacts())
        return ApprovalRequest(
            id: Identifier(UUID()), organizationID: id, emailID: email.id, emailVersion: email.version,
            digest: email.digest, negotiationID: email.negotiationID, requestedBy: ada.id,
            requirement: requirement, status: .pending, decisionReason: nil, createdAt: now,
            expiresAt: now.advanced(byHours: 48),
            decidedAt: nil)
    }

    /// A request on record.
    func request(about email: EmailRecord, approvals: Int = 1, at seconds: Int64 = 0) async throws
        -> ApprovalRequest
    {
        let request = try question(about: email, approvals: approvals, at: seconds)
        try await commit(.addApprovalRequest(request))
        return request
    }

    func decision(
        _ decision: Decision, on request: ApprovalRequest, by user: User, for absent: User? = nil,
        at seconds: Int64 = 0
    ) -> ApprovalDecision {
        ApprovalDecision(
            id: Identifier(UUID()), requestID: request.id, approverID: user.id, role: user.role,
            onBehalfOf: absent?.asApprover, decision: decision,
            comment: "fine", channel: .link, ipAddress: "192.0.2.1", userAgent: "Browser",
            decidedAt: Self.start.advanced(bySeconds: seconds))
    }

    // MARK: What the use case of deciding would commit

    /// The changes with which a yes of this user would be put on record; nothing is.
    func changesOfYes(to request: ApprovalRequest, by user: User) async throws -> [Change] {
        let caught = CaughtChanges()
        var books = books
        books.commit = { _, changes in try caught.keep(changes) }
        let office = Office(
            books: books, clock: Clock(now: { Self.start.advanced(bySeconds: 60) }, newUUID: { UUID() }),
            secrets: FakeSecrets().port, mail: FakePostOffice().port, templates: FakeTemplates().port,
            settings: OfficeSettings(publicURL: "https://parley.example", worker: "contract"))
        do {
            try await office.decide(
                request.id, DecisionInput(.approve, comment: nil, channel: .page), by: user,
                origin: Origin(userID: user.id))
        } catch is CaughtChanges.Stop {}
        return caught.changes
    }

    /// The grant that a yes of this user would give.
    func grant(for request: ApprovalRequest, by user: User) async throws -> ApprovalGrant {
        for case .addGrant(let grant) in try await changesOfYes(to: request, by: user) { return grant }
        throw ContractFault.noGrant
    }

    /// An email about money that has been approved.
    func approvedEmail(_ kind: EmailKind = .counter) async throws -> EmailRecord {
        let email = try await email(kind, in: try await negotiation())
        let request = try await request(about: email)
        try await books.commit(id, try await changesOfYes(to: request, by: max))
        return try await find(email.id)
    }

    func attempt(
        _ number: Int, at email: EmailRecord, by worker: String, version: Int? = nil
    ) -> SendAttempt {
        SendAttempt(
            id: Identifier(UUID()), emailID: email.id, number: number, version: version ?? email.version,
            worker: worker, startedAt: Self.start, outcome: .open, serverReply: nil)
    }

    func claim(_ email: EmailRecord, by worker: String) async throws {
        try await commit(
            .claimEmail(email.id, worker: worker, leaseUntil: Self.start.advanced(bySeconds: 60)))
    }
}

enum ContractFault: Error { case noGrant }
