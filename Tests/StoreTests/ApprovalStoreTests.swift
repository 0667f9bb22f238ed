import Desk
import Foundation
import Negotiation
import Postgres
import Store
import Testing

@Suite(.serialized) struct ApprovalStoreTests {
    private static let database = Task { try await StoreDatabase.make("approvals") }

    /// An email that waits under a policy that wants so many people.
    private func waiting(_ approvals: Int) async throws -> (Company, EmailRecord, ApprovalRequest) {
        let company = try await Company.found(in: try await Self.database.value.books)
        let email = try await company.waitingEmail(in: try await company.openNegotiation())
        let request = company.request(about: email, approvals: approvals, minimum: Money(amount("5"), .eur))
        try await company.books.commit(company.id, [.addApprovalRequest(request)])
        return (company, email, request)
    }

    private func decide(
        _ decision: Decision, _ company: Company, on request: ApprovalRequest, by user: User,
        _ clock: HandClock
    ) async throws {
        try await company.office(clock).decide(
            request.id, DecisionInput(decision, comment: nil, channel: .page), by: user,
            origin: Origin(userID: user.id))
    }

    @Test("a request keeps the policy that it was made under, and the digest of the content")
    func request() async throws {
        let (company, email, request) = try await waiting(2)
        let found = try await company.books.approvals.find(company.id, request.id)
        #expect(found == request)
        #expect(found?.digest == email.digest)
        #expect(try await company.books.approvals.ofEmail(company.id, email.id) == request)
    }

    @Test("an email has one pending request")
    func onePending() async throws {
        let (company, email, _) = try await waiting(1)
        await #expect(throws: CommitRefusal.duplicate("approval_requests_one_pending")) {
            try await company.books.commit(company.id, [.addApprovalRequest(company.request(about: email))])
        }
    }

    @Test("two people who say yes at the same moment are two")
    func together() async throws {
        for _ in 0..<5 {
            let (company, email, request) = try await waiting(2)
            let clock = HandClock()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for user in [company.max, company.mia] {
                    group.addTask { try await decide(.approve, company, on: request, by: user, clock) }
                }
                try await group.waitForAll()
            }
            #expect(try await company.email(email.id).status == .approved)
            #expect(try await company.books.approvals.decisions(company.id, request.id).count == 2)
            #expect(try await company.books.emails.isGranted(company.id, email.id, email.digest))
        }
    }

    @Test("a yes and a no at the same moment: whoever is second is told that it is decided")
    func yesAndNo() async throws {
        for _ in 0..<5 {
            let (company, email, request) = try await waiting(1)
            let clock = HandClock()
            let refused = await withTaskGroup(of: Bool.self) { group in
                for (user, decision) in [(company.max, Decision.approve), (company.mia, .reject)] {
                    group.addTask {
                        do {
                            try await decide(decision, company, on: request, by: user, clock)
                            return false
                        } catch { return (error as? DeskError).map { "\($0)".contains("was") } ?? false }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(refused == 1)
            let status = try await company.email(email.id).status
            let isGranted = try await company.books.emails.isGranted(company.id, email.id, email.digest)
            #expect(status == (isGranted ? .approved : .cancelled))
        }
    }

    @Test("a decision that has not seen another is stale")
    func unseen() async throws {
        let (company, _, request) = try await waiting(3)
        try await company.books.commit(
            company.id,
            [
                .addDecision(company.decision(.approve, on: request, by: company.max)),
                .touchApprovalRequest(request.id, decisions: 0),
            ])
        await #expect(throws: CommitRefusal.stale) {
            try await company.books.commit(
                company.id,
                [
                    .addDecision(company.decision(.approve, on: request, by: company.mia)),
                    .touchApprovalRequest(request.id, decisions: 0),
                ])
        }
        #expect(try await company.books.approvals.decisions(company.id, request.id).count == 1)
    }

    @Test("who asked cannot approve, even where the code would let them")
    func ownRequest() async throws {
        let (company, _, request) = try await waiting(1)
        await #expect(throws: CommitRefusal.forbidden("decisions_never_by_the_asker")) {
            try await company.books.commit(
                company.id, [.addDecision(company.decision(.approve, on: request, by: company.ada))])
        }
    }

    @Test("a link is found without knowing the organization, and dies with its request")
    func links() async throws {
        let (company, _, request) = try await waiting(1)
        let store = try await Self.database.value
        let links = [company.max, company.mia].map { user in
            ApprovalLink(
                tokenHash: (0..<32).map { _ in UInt8.random(in: 0...255) }, organizationID: company.id,
                requestID: request.id, approverID: user.id, createdAt: Company.start,
                expiresAt: request.expiresAt)
        }
        try await company.books.commit(company.id, links.map { .addApprovalLink($0) })
        #expect(try await company.books.approvals.link(links[0].tokenHash) == links[0])
        #expect(try await company.books.approvals.link([UInt8](repeating: 0, count: 32)) == nil)
        try await company.books.commit(
            company.id,
            [
                .addDecision(company.decision(.approve, on: request, by: company.max)),
                .closeApprovalRequest(request.id, .voided, reason: "edited", at: Company.start),
            ])
        // Still there, so that the page can say what happened.
        #expect(try await company.books.approvals.link(links[1].tokenHash) == links[1])
        for (link, state) in zip(links, ["used", "voided"]) {
            let found = try await store.value(
                """
                SELECT CASE WHEN used_at IS NOT NULL THEN 'used' ELSE void_reason END
                FROM approval_links WHERE token_hash = $1
                """, [.bytes(link.tokenHash)])
            #expect(found == state)
        }
        await #expect(throws: CommitRefusal.stale) {
            try await company.books.commit(
                company.id, [.closeApprovalRequest(request.id, .expired, reason: nil, at: Company.start)])
        }
    }

    @Test("policies come back as they were put on record")
    func policies() async throws {
        let company = try await Company.found(in: try await Self.database.value.books)
        let policy = try #require(
            ApprovalPolicy(
                approvalsRequired: 3, approverRoles: [.orgAdmin, .superAdmin], allowSelfApproval: true,
                linkAllowed: false, expiresAfterHours: 12, minimumTotal: Money(amount("1000"), .usd)))
        let named = NamedPolicy(
            id: Identifier(UUID()), name: "Large", policy: policy, createdAt: Company.start)
        try await company.books.commit(company.id, [.addPolicy(named)])
        #expect(try await company.books.approvals.policies(company.id) == [named])
    }
}
