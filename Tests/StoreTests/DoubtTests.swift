import Desk
import Foundation
import Negotiation
import Postgres
import Store
import Testing

/// What only a real server shows: its own clock, a worker's lock, and two that come at the same moment.
@Suite(.serialized) struct DoubtTests {
    /// An email whose attempt broke off, put on record by another process than the one that tried.
    private func doubtful(in company: Company, worker: String) async throws -> SendAttempt {
        let email = try await company.waitingEmail(
            .reply, in: try await company.openNegotiation(), status: .approved)
        let attempt = SendAttempt(
            id: Identifier(UUID()), emailID: email.id, number: 1, version: 1, worker: worker,
            startedAt: Company.start, outcome: .open, serverReply: nil)
        try await company.books.commit(
            company.id,
            [.claimEmail(email.id, worker: worker, leaseUntil: Company.start, at: Company.start)])
        try await company.begin(attempt)
        try await company.books.commit(
            company.id,
            [
                .finishAttempt(
                    attempt.id, .unknown, serverReply: "?", by: "somebody else", at: Company.start),
                .moveEmail(email.id, from: .sending, to: .uncertain, reason: "?", at: Company.start),
            ])
        return attempt
    }

    private func saying(_ attempt: SendAttempt, in company: Company) -> Change {
        .settleAttempt(
            attempt, .deferred, by: company.ada.id, evidence: SendEvidence(.person, "No.", at: Company.start),
            at: Company.start)
    }

    /// Lets time pass for what is on record.
    private func wait(_ store: StoreDatabase, seconds: Int) async throws {
        try await store.owner.transaction(tenant: nil) { transaction in
            try await transaction.execute(
                "UPDATE send_attempts SET noted_at = noted_at - make_interval(secs => $1)", [.int(seconds)])
        }
    }

    @Test(
        "that an email was not sent is taken once the quiet time is over by the database's clock and the sender's lock can be had"
    )
    func settling() async throws {
        let store = try await StoreDatabase.make("doubts")
        let company = try await Company.found(in: store.books)
        let attempt = try await doubtful(in: company, worker: "sender")
        let lock = try #require(
            try await WorkerLock.hold(for: "sender", store.app.configuration))
        await #expect(throws: CommitRefusal.stale) {
            try await store.books.commit(company.id, [saying(attempt, in: company)])
        }
        try await wait(store, seconds: 600)
        await #expect(throws: CommitRefusal.stale, "the quiet time is over, but the sender lives") {
            try await store.books.commit(company.id, [saying(attempt, in: company)])
        }
        await lock.release()
        try await wait(store, seconds: -600)
        await #expect(throws: CommitRefusal.forbidden("attempts_keep_quiet_time")) {
            try await store.books.commit(company.id, [saying(attempt, in: company)])
        }
        try await wait(store, seconds: 600)
        try await store.books.commit(company.id, [saying(attempt, in: company)])
        let settled = try await store.books.emails.attempts(company.id, attempt.emailID)
        #expect(settled.map(\.outcome) == [.deferred] && settled.map(\.settledBy) == [company.ada.id])
    }

    @Test("an email that is taken back while senders reach for it is sent or cancelled, never both")
    func withdrawing() async throws {
        let store = try await StoreDatabase.make("withdrawing")
        let (clock, server) = (HandClock(), MailServer())
        let company = try await Company.found(in: store.books)
        let offices = (0..<2).map { company.office(worker: "w\($0)", clock, server) }
        let buyer = company.caller(company.ada)
        var ends: Set<EmailStatus> = []
        for round in 0..<24 {
            let email = try await approvedOpening(by: offices[0], in: company)
            let refusals = await withTaskGroup(of: String?.self) { group in
                for office in offices {
                    group.addTask {
                        do {
                            for _ in 0..<20 where try await office.runDueJobs(WorkerSettings()) == 0 { break }
                        } catch {
                            return "\(error)"
                        }
                        return nil
                    }
                }
                group.addTask {
                    // Now before the claim, now around the point of no return, now after it.
                    do { try await Task.sleep(for: .microseconds(round * 800)) } catch { return "\(error)" }
                    do {
                        try await offices[0].withdraw(email, reason: nil, by: buyer)
                    } catch DeskError.conflict(
                        "not_withdrawable", _)
                    { return nil } catch { return "\(error)" }
                    return nil
                }
                return await group.reduce(into: [String]()) { if let fault = $1 { $0.append(fault) } }
            }
            #expect(refusals == [])
            clock.advance(bySeconds: 120)
            for _ in 0..<20 where try await offices[0].runDueJobs(WorkerSettings()) == 0 { break }
            let end = try await company.email(email).status
            #expect(end == .sent || end == .cancelled, "\(end)")
            #expect(server.taken.count { $0 == email } == (end == .sent ? 1 : 0))
            ends.insert(end)
        }
        #expect(ends.contains(.cancelled))
    }

    private func approvedOpening(by office: Office, in company: Company) async throws -> EmailID {
        let id = try await office.createNegotiation(
            PurchaseIntent(
                product: .known(company.product.id), vendor: .known(company.vendor.id), quantity: 10,
                targetPrice: amount("8"), limitPrice: nil, currency: nil, paymentTerms: nil, expiresAt: nil),
            by: company.caller(company.ada))
        let email = try await office.compose(
            CompositionRequest(.open), in: id, by: company.caller(company.ada))
        let request = try #require(try await company.books.approvals.ofEmail(company.id, email))
        try await office.decide(
            request.id, DecisionInput(.approve, comment: nil, channel: .page), by: company.max,
            origin: Origin(userID: company.max.id))
        return email
    }

    @Test("of senders that begin at the same moment exactly as many get through as the limit lets")
    func limits() async throws {
        let store = try await StoreDatabase.make("sending_limits")
        let company = try await Company.found(in: store.books)
        let limit = AttemptLimit(.vendor(company.vendor.id), most: 3, within: 3_600)
        var attempts: [SendAttempt] = []
        for number in 0..<8 {
            let email = try await company.waitingEmail(
                .reply, in: try await company.openNegotiation(), status: .approved)
            try await company.books.commit(
                company.id,
                [.claimEmail(email.id, worker: "w\(number)", leaseUntil: Company.start, at: Company.start)])
            attempts.append(
                SendAttempt(
                    id: Identifier(UUID()), emailID: email.id, number: 1, version: 1, worker: "w\(number)",
                    startedAt: Company.start, outcome: .open, serverReply: nil))
        }
        let begun = await withTaskGroup(of: Bool.self) { group in
            for attempt in attempts {
                group.addTask {
                    do {
                        try await company.begin(attempt, within: [limit])
                        return true
                    } catch { return false }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(begun == 3)
        #expect(try await store.value("SELECT count(*)::text FROM send_attempts") == "3")
    }
}
