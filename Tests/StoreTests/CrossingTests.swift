import Desk
import Foundation
import Negotiation
import Postgres
import Store
import Testing

/// Use cases that meet in one negotiation at the same moment.
@Suite(.serialized) struct CrossingTests {
    @Test("whatever order its changes come in, a commit locks the negotiation, then emails, then requests")
    func lockOrder() async throws {
        let store = try await StoreDatabase.make("lock_order")
        let company = try await Company.found(in: store.books)
        let negotiation = try await company.openNegotiation()
        let email = try await company.waitingEmail(in: negotiation)
        let request = company.request(about: email)
        try await store.books.commit(company.id, [.addApprovalRequest(request)])
        let (id, mail, question) = (
            Parameter.uuid(negotiation.id.uuid), Parameter.uuid(email.id.uuid),
            Parameter.uuid(request.id.uuid)
        )
        let (held, hold) = AsyncStream.makeStream(of: Void.self)
        async let commit: Void = store.owner.transaction(tenant: nil) { transaction in
            defer { hold.finish() }
            try await transaction.execute("SELECT FROM negotiations WHERE id = $1 FOR UPDATE", [id])
            hold.yield()
            // From here on the commit below waits; it must not hold anything that it locks later.
            try await waitForWaiter(store)
            try await transaction.execute("SELECT FROM emails WHERE id = $1 FOR UPDATE NOWAIT", [mail])
            try await transaction.execute(
                "SELECT FROM approval_requests WHERE id = $1 FOR UPDATE NOWAIT", [question])
        }
        var changed = negotiation
        changed.status = .sent
        let now = Company.start
        for await _ in held { break }
        try await store.books.commit(
            company.id,
            [
                .closeApprovalRequest(request.id, .rejected, reason: "no", at: now),
                .moveEmail(email.id, from: .pendingApproval, to: .cancelled, reason: "no", at: now),
                .updateNegotiation(changed),
            ])
        try await commit
        #expect(try await company.email(email.id).status == .cancelled)
    }

    /// Looks until somebody waits for a row, at most so often.
    private func waitForWaiter(_ store: StoreDatabase) async throws {
        try await look(
            store,
            """
            SELECT count(*)::text FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """)
    }

    private func look(_ store: StoreDatabase, _ sql: SQL) async throws {
        for _ in 0..<5_000 where try await store.value(sql) != "0" { return }
        throw CommitRefusal.unavailable("nothing of the kind is to be seen")
    }

    /// Works until nothing is due for this worker.
    private func work(_ office: Office) async throws {
        for _ in 0..<100 where try await office.runDueJobs(WorkerSettings()) == 0 { return }
        Issue.record("the work does not come to an end")
    }

    /// What the caller is told in words is an answer; anything else is a fault.
    private func answered(_ work: @Sendable () async throws -> Void) async -> (any Error)? {
        do {
            try await work()
            return nil
        } catch is DeskError { return nil } catch { return error }
    }

    @Test(
        "a decision, a reply, an edit, a cancellation and senders cross without a deadlock and break no promise"
    )
    func everythingAtOnce() async throws {
        let store = try await StoreDatabase.make("crossing")
        let clock = HandClock()
        let server = MailServer()
        let company = try await Company.found(in: store.books)
        let offices = (0..<2).map { company.office(worker: "w\($0)", clock, server) }
        let office = offices[0]
        let buyer = company.caller(company.ada)
        for round in 0..<12 {
            let id = try await office.createNegotiation(
                PurchaseIntent(
                    product: .known(company.product.id), vendor: .known(company.vendor.id), quantity: 10,
                    targetPrice: amount("8"), limitPrice: nil, currency: nil, paymentTerms: nil,
                    expiresAt: nil),
                by: buyer)
            let email = try await office.compose(CompositionRequest(.open), in: id, by: buyer)
            let request = try #require(try await store.books.approvals.ofEmail(company.id, email))
            let messageID = try await company.email(email).messageID
            let reply =
                "sales@bolts.example\n\(messageID)\nr\(round)@bolts.example\nRe: Bolts\nEUR 9.00 per unit."
            let faults = await withTaskGroup(of: (any Error)?.self) { group in
                for user in [company.max, company.mia] {
                    group.addTask {
                        await answered {
                            try await office.decide(
                                request.id, DecisionInput(.approve, comment: nil, channel: .page), by: user,
                                origin: Origin(userID: user.id))
                        }
                    }
                }
                group.addTask {
                    await answered {
                        try await office.take(
                            Array(reply.utf8), source: "imap", externalID: "\(round)", for: company.id)
                    }
                }
                if round % 3 == 0 {
                    group.addTask {
                        await answered {
                            _ = try await office.edit(email, subject: "New", bodyText: nil, by: buyer)
                        }
                    }
                }
                if round % 3 == 1 {
                    group.addTask { await answered { try await office.cancel(id, reason: nil, by: buyer) } }
                }
                for office in offices { group.addTask { await answered { try await work(office) } } }
                return await group.reduce(into: []) { if let fault = $1 { $0.append(fault) } }
            }
            #expect(faults.isEmpty, "\(faults)")
            clock.advance(bySeconds: 3_600)
            try await work(office)
            let end = try await company.email(email)
            let sendings = server.taken.count { $0 == email }
            #expect(sendings <= 1)
            #expect((sendings == 1) == (end.status == .sent), "\(end.status)")
            if sendings == 1 {
                #expect(try await store.books.emails.isGranted(company.id, email, end.digest))
            }
            #expect(
                try await store.books.threads.messages(company.id, id).count { $0.direction == .inbound } == 1
            )
        }
        let deadlocks = try await store.value(
            "SELECT deadlocks::text FROM pg_stat_database WHERE datname = current_database()")
        #expect(deadlocks == "0")
        #expect(try await store.value("SELECT count(*)::text FROM jobs WHERE state = 'dead'") == "0")
    }
}
