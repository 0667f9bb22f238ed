import Desk
import Foundation
import Negotiation
import Postgres
import Store
import Testing

/// Nothing of one organization is visible or writable to another, whatever ids it knows.
@Suite(.serialized) struct TenantTests {
    private static let database = Task { try await StoreDatabase.make("tenants") }

    @Test("an organization that knows every id of another sees nothing of it")
    func reading() async throws {
        let books = try await Self.database.value.books
        let ours = try await Company.found(in: books)
        let theirs = try await Company.found(in: books)
        let record = try await theirs.openNegotiation()
        let email = try await theirs.waitingEmail(in: record)
        let request = theirs.request(about: email)
        try await books.commit(theirs.id, [.addApprovalRequest(request)])
        let us = ours.id
        #expect(try await books.negotiations.find(us, record.id) == nil)
        #expect(try await books.emails.find(us, email.id) == nil)
        #expect(try await books.emails.content(us, email.id, 1) == nil)
        #expect(try await books.emails.ofNegotiation(us, record.id).isEmpty)
        #expect(try await books.approvals.find(us, request.id) == nil)
        #expect(try await books.people.user(us, theirs.ada.id) == nil)
        #expect(try await books.catalogue.vendor(us, theirs.vendor.id) == nil)
        #expect(try await books.journal.timeline(us, record.id).isEmpty)
        let query = MatchQuery(
            replyTokens: [record.replyToken], messageIDs: [email.messageID],
            senderAddress: "sales@bolts.example")
        #expect(try await books.threads.candidates(us, query).isEmpty)
        #expect(try await books.threads.candidates(theirs.id, query).count == 1)
        #expect(try await books.negotiations.list(us, nil, PageRequest()).items.isEmpty)
    }

    @Test("an organization cannot change another's records, nor put its own under them")
    func writing() async throws {
        let books = try await Self.database.value.books
        let ours = try await Company.found(in: books)
        let theirs = try await Company.found(in: books)
        let record = try await theirs.openNegotiation()
        let email = try await theirs.waitingEmail(in: record)
        let attacks: [Change] = [
            .moveEmail(email.id, from: .pendingApproval, to: .cancelled, reason: nil, at: Company.start),
            .updateNegotiation(record), .addUser(theirs.ada, at: Company.start),
            .addOrganization(
                Organization(
                    id: theirs.id, name: "x", slug: "x-\(UUID().uuidString.lowercased())",
                    createdAt: Company.start)),
            .addNegotiation(theirs.negotiation()),
            .addEmail(ours.content(), negotiation: record.id, status: .draft, messageID: "x@acme.example"),
            .enqueue(
                Job(
                    id: Identifier(UUID()), organizationID: theirs.id, work: .sendEmail(email.id),
                    runAt: Company.start)),
            .notify(
                UserNotification(
                    id: Identifier(UUID()), userID: theirs.ada.id, type: "system_alert", title: "t",
                    message: "m", link: nil, negotiationID: nil, createdAt: Company.start)),
        ]
        for attack in attacks {
            await #expect(throws: CommitRefusal.self, "\(attack)") {
                try await books.commit(ours.id, [attack])
            }
        }
        #expect(try await theirs.email(email.id) == email)
    }

    @Test("a connection without an organization sees the directory and nothing else")
    func nobody() async throws {
        let store = try await Self.database.value
        let company = try await Company.found(in: store.books)
        _ = try await company.openNegotiation()
        let counts = try await store.app.read(tenant: nil) { transaction in
            try await transaction.pipeline([
                Statement("SELECT count(*) FROM users"), Statement("SELECT count(*) FROM negotiations"),
                Statement("SELECT count(*) FROM organizations"),
                Statement("SELECT count(*) FROM organization_slugs"),
            ]).map { try $0.single().int(0) }
        }
        #expect(counts.prefix(3) == [0, 0, 0])
        #expect(counts[3] > 0)
        #expect(try await store.books.people.organizations().contains { $0.id == company.id })
    }

    @Test("an address belongs to one user of all organizations")
    func addresses() async throws {
        let books = try await Self.database.value.books
        let ours = try await Company.found(in: books)
        let theirs = try await Company.found(in: books)
        let double = User(
            id: Identifier(UUID()), organizationID: ours.id, email: theirs.ada.email, fullName: "Ada",
            role: .member, isActive: true, passwordHash: "x")
        await #expect(throws: CommitRefusal.duplicate("sign_in_addresses_pkey")) {
            try await books.commit(ours.id, [.addUser(double, at: Company.start)])
        }
        #expect(try await books.people.userByEmail(theirs.ada.email)?.user == theirs.ada)
    }
}
