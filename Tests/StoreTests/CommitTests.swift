import Desk
import Foundation
import Negotiation
import Postgres
import Testing

@testable import Store

/// What a commit refuses, and what it leaves behind then: nothing.
@Suite(.serialized) struct CommitTests {
    private static let database = Task { try await StoreDatabase.make("commits") }

    private func company() async throws -> Company {
        try await Company.found(in: try await Self.database.value.books)
    }

    /// Runs commits at the same moment; what each was answered, `nil` for done.
    private func race(_ company: Company, _ commits: [[Change]]) async -> [CommitRefusal?] {
        await withTaskGroup(of: CommitRefusal?.self) { group in
            for changes in commits {
                group.addTask {
                    do {
                        try await company.books.commit(company.id, changes)
                        return nil
                    } catch { return error as? CommitRefusal ?? .forbidden("\(error)") }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("of commits that saw the same version one is made and the others are stale")
    func racing() async throws {
        let company = try await company()
        let record = try await company.openNegotiation()
        let commits = (0..<8).map { number -> [Change] in
            var changed = record
            changed.statusReason = "\(number)"
            return [.updateNegotiation(changed), .cancelFollowUps(record.id, reason: "r")]
        }
        let answers = await race(company, commits)
        #expect(answers.filter { $0 == nil }.count == 1)
        #expect(answers.filter { $0 == .stale }.count == 7)
        #expect(try await company.books.negotiations.find(company.id, record.id)?.version == 2)
    }

    @Test("what is refused leaves nothing of the whole commit behind")
    func allOrNothing() async throws {
        let company = try await company()
        let record = try await company.openNegotiation()
        var stale = record
        stale.version = 7
        let other = company.negotiation()
        await #expect(throws: CommitRefusal.stale) {
            try await company.books.commit(company.id, [.addNegotiation(other), .updateNegotiation(stale)])
        }
        #expect(try await company.books.negotiations.find(company.id, other.id) == nil)
    }

    @Test("terms that another service has changed meanwhile make a decision stale")
    func termsMoved() async throws {
        let company = try await company()
        let record = company.negotiation()
        try await company.books.commit(company.id, [.addNegotiation(record)])
        try await Self.database.value.owner.transaction(tenant: nil) { transaction in
            _ = try await transaction.execute(
                "UPDATE negotiations SET target_price = 7 WHERE id = $1", [.uuid(record.id.uuid)])
        }
        var decided = record
        decided.status = .pendingApproval
        await #expect(throws: CommitRefusal.stale) {
            try await company.books.commit(company.id, [.updateNegotiation(decided)])
        }
    }

    @Test("the terms of an open negotiation are sealed, also after its subject is fixed")
    func sealed() async throws {
        let company = try await company()
        var record = company.negotiation()
        try await company.books.commit(company.id, [.addNegotiation(record)])
        record.status = .pendingApproval
        record.subject = "Bolts for Acme"
        try await company.books.commit(company.id, [.updateNegotiation(record)])
        let isSealed = try await Self.database.value.value(
            "SELECT (sealed_terms = editable_terms)::text FROM negotiations WHERE id = $1",
            [.uuid(record.id.uuid)])
        #expect(isSealed == "true")
    }

    @Test("an email about money is not approved without a grant for what it says")
    func gate() async throws {
        let company = try await company()
        let email = try await company.waitingEmail(in: try await company.openNegotiation())
        #expect(email.isMoneyRelated)
        await #expect(throws: CommitRefusal.forbidden("emails_money_needs_grant")) {
            try await company.books.commit(
                company.id,
                [
                    .moveEmail(
                        email.id, from: .pendingApproval, to: .approved, reason: nil, at: Company.start)
                ])
        }
        await #expect(throws: CommitRefusal.forbidden("emails_grant_exists")) {
            try await company.books.commit(
                company.id,
                [
                    .approveEmail(
                        email.id, from: .pendingApproval, digest: email.digest, at: Company.start)
                ])
        }
        let elsewhere = company.content()
        await #expect(throws: CommitRefusal.forbidden("emails_money_needs_grant")) {
            try await company.books.commit(
                company.id,
                [
                    .addEmail(
                        elsewhere, negotiation: email.negotiationID, status: .approved,
                        messageID: "\(elsewhere.emailID)@acme.example")
                ])
        }
    }

    @Test("an edit is made once, whatever happens at the same moment")
    func edits() async throws {
        let company = try await company()
        let email = try await company.waitingEmail(in: try await company.openNegotiation())
        let commits = (0..<4).map { number -> [Change] in
            let content = company.content(of: email.id, version: 2, says: "Text \(number)")
            return [.reviseEmail(content, from: .pendingApproval, to: .pendingApproval)]
        }
        let answers = await race(company, commits)
        #expect(answers.filter { $0 == nil }.count == 1)
        #expect(answers.filter { $0 == .stale }.count == 3)
        let edited = try await company.email(email.id)
        #expect(edited.version == 2)
        #expect(edited.digest != email.digest)
    }

    @Test("one sender gets an email, and begins it once")
    func sending() async throws {
        let company = try await company()
        let negotiation = try await company.openNegotiation()
        let email = try await company.waitingEmail(.reply, in: negotiation, status: .approved)
        let claims = (0..<4).map { number -> [Change] in
            [.claimEmail(email.id, worker: "w\(number)", leaseUntil: Company.start, at: Company.start)]
        }
        let answers = await race(company, claims)
        #expect(answers.filter { $0 == nil }.count == 1)
        #expect(answers.filter { $0 == .stale }.count == 3)
        let holder = try #require(
            try await Self.database.value.value(
                "SELECT claim_worker FROM emails WHERE id = $1", [.uuid(email.id.uuid)]))
        func attempt(_ number: Int, by worker: String) -> SendAttempt {
            SendAttempt(
                id: Identifier(UUID()), emailID: email.id, number: number, version: 1, worker: worker,
                startedAt: Company.start, outcome: .open, serverReply: nil)
        }
        let version = try #require(
            try await company.books.negotiations.find(company.id, email.negotiationID)
        ).version
        await #expect(throws: CommitRefusal.stale) {
            try await company.books.commit(
                company.id, [.beginAttempt(attempt(1, by: "somebody else"), negotiationVersion: version)])
        }
        let first = attempt(1, by: holder)
        try await company.books.commit(company.id, [.beginAttempt(first, negotiationVersion: version)])
        #expect(try await company.email(email.id).status == .sending)
        await #expect(throws: CommitRefusal.stale) {
            try await company.books.commit(
                company.id, [.beginAttempt(attempt(2, by: holder), negotiationVersion: version)])
        }
        #expect(try await company.books.emails.attempts(company.id, email.id).map(\.id) == [first.id])
        let finish = Change.finishAttempt(first.id, .accepted, serverReply: "250 ok", at: Company.start)
        try await company.books.commit(company.id, [finish])
        await #expect(throws: CommitRefusal.stale) { try await company.books.commit(company.id, [finish]) }
    }

    @Test("the constraints that refusals are told by exist under these names")
    func constraintNames() async throws {
        let names = contendedKeys.union(ruleKeys).union([
            "approval_requests_one_pending", "sign_in_addresses_pkey", "purchase_orders_one_per_negotiation",
            "messages_inbound_once", "send_attempts_money_once", "organization_slugs_pkey",
        ])
        let found = try await Self.database.value.owner.read(tenant: nil) { transaction in
            try await transaction.query(
                """
                SELECT conname::text FROM pg_constraint WHERE conname = ANY($1)
                UNION SELECT relname::text FROM pg_class WHERE relname = ANY($1)
                """, [.textArray(names.sorted())]
            ).map { try $0.text(0) }
        }
        #expect(Set(found) == names)
    }

    @Test("what points to nothing, exists already, or breaks a rule is told apart")
    func refusals() async throws {
        let company = try await company()
        let record = try await company.openNegotiation()
        let known = company.vendor
        let twin = Vendor(
            id: Identifier(UUID()), name: "Bolts again", slug: known.slug, domain: "", contactEmail: nil,
            isActive: true)
        await #expect(throws: CommitRefusal.duplicate("vendors_organization_id_slug_key")) {
            try await company.books.commit(company.id, [.addVendor(twin)])
        }
        let offer = Offer(
            id: Identifier(UUID()), negotiationID: Identifier(UUID()), party: .buyer,
            price: Money(amount("8"), .eur), per: .unit, quantity: nil, messageID: nil, span: nil,
            emailID: nil,
            isBinding: true, createdAt: Company.start)
        await #expect {
            try await company.books.commit(company.id, [.addOffer(offer)])
        } throws: { error in
            guard case CommitRefusal.missing = error else { return false }
            return true
        }
        // A vendor's offer must say where it stood.
        let unfounded = Offer(
            id: Identifier(UUID()), negotiationID: record.id, party: .vendor,
            price: Money(amount("8"), .eur), per: .unit, quantity: nil, messageID: nil, span: nil,
            emailID: nil,
            isBinding: true, createdAt: Company.start)
        await #expect {
            try await company.books.commit(company.id, [.addOffer(unfounded)])
        } throws: { error in
            guard case CommitRefusal.forbidden = error else { return false }
            return true
        }
    }

    @Test("a database that is away is said to be away")
    func away() async throws {
        var bounds = Pool.Bounds()
        bounds.patience = .milliseconds(50)
        let nowhere = try Configuration("host=/nonexistent dbname=x user=parley_app")
        let books = Books.postgres(Pool(nowhere, bounds: bounds))
        let id = OrganizationID(UUID())
        for work in [
            { try await books.commit(id, [.revokeSession(Identifier(UUID()), at: Company.start)]) },
            { _ = try await books.people.organization(id) },
        ] as [@Sendable () async throws -> Void] {
            await #expect {
                try await work()
            } throws: { error in
                guard case CommitRefusal.unavailable = error else { return false }
                return true
            }
        }
    }
}
