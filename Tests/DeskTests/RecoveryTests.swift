import Desk
import Negotiation
import ParleyTesting
import Testing

/// Kill the process at any moment: after a restart nothing is lost, doubled or stuck.
@Suite struct RecoveryTests {
    /// How the next process begins: told that the former is gone, or waiting until its leases run out.
    enum Restart: String, CaseIterable, Sendable { case lock, lease }

    /// Whether what the mail server took can be found afterwards.
    enum Evidence: String, CaseIterable, Sendable { case found, none }

    struct Case: Sendable, CustomTestStringConvertible {
        let moment: ProcessLife.Moment
        let restart: Restart
        let evidence: Evidence
        var testDescription: String {
            "\(moment.rawValue) the commit, by \(restart.rawValue), evidence \(evidence.rawValue)"
        }

        static let all = ProcessLife.Moment.allCases.flatMap { moment in
            Restart.allCases.flatMap { restart in
                Evidence.allCases.map { Case(moment: moment, restart: restart, evidence: $0) }
            }
        }
    }

    @Test("a whole purchase, killed once at each of its commits", arguments: Case.all)
    func killedEverywhere(_ way: Case) async throws {
        let undisturbed = Purchase(office: try await makeTestOffice())
        let life = ProcessLife()
        try await undisturbed.run(in: undisturbed.office.process("worker-1", life))
        #expect(life.commits > 40)
        for last in 1...life.commits {
            let purchase = Purchase(office: try await makeTestOffice())
            purchase.office.post.keepsEvidence(way.evidence == .found)
            let first = ProcessLife(endsAt: last, way.moment)
            await #expect(throws: (any Error).self) {
                try await purchase.run(in: purchase.office.process("worker-1", first))
            }
            #expect(first.isDead)
            try await restart(purchase, after: "worker-1", as: "worker-2", way.restart, ProcessLife())
            try await purchase.checkEnd("killed \(way.testDescription), commit \(last)")
        }
    }

    @Test("a whole purchase, killed again and again after every few commits", arguments: 7...16)
    func killedOftenly(steps: Int) async throws {
        let purchase = Purchase(office: try await makeTestOffice())
        purchase.office.post.keepsEvidence(true)
        var number = 0
        // Each life does a little more than it takes to find its feet, so an end is reached.
        for round in 1...500 {
            number = round
            let life = ProcessLife(endsAt: steps, round.isMultiple(of: 2) ? .before : .after)
            do {
                try await restart(
                    purchase, after: "worker-\(round - 1)", as: "worker-\(round)", .lock, life)
                break
            } catch { #expect(life.isDead, "\(error)") }
        }
        #expect(number < 500)
        try await purchase.checkEnd("killed after every \(steps) commits")
    }

    private func restart(
        _ purchase: Purchase, after former: String, as worker: String, _ way: Restart, _ life: ProcessLife
    ) async throws {
        purchase.office.memory.workerEnds(former)
        let next = purchase.office.process(worker, life)
        switch way {
        case .lock: try await next.books.jobs.releaseJobsOfDeadWorkers(next.clock.now)
        case .lease: next.clock.advance(bySeconds: WorkerSettings().leaseSeconds)
        }
        try await purchase.run(in: next)
    }
}

/// A purchase as people drive it who look before they act: each step begins with what is on record, so that whoever
/// comes after a crash goes on from there.
private struct Purchase {
    let office: TestOffice

    /// More steps than it ever takes.
    private static let mostSteps = 100

    func run(in process: TestOffice) async throws {
        for _ in 0..<Self.mostSteps where try await !step(in: process) { return }
        throw WorkWithoutEnd()
    }

    private func negotiation() async throws -> NegotiationRecord? {
        try await office.books.negotiations.list(office.organization.id, nil, PageRequest()).items.first
    }

    /// The next step; `false` when there is nothing left to do.
    private func step(in process: TestOffice) async throws -> Bool {
        // One job after the other, so that commit number n is the same in every run.
        try await process.work(WorkerSettings(concurrency: 1))
        guard let now = try await negotiation() else {
            _ = try await process.newNegotiation()
            return true
        }
        switch now.status {
        case .draft: _ = try await process.write(.open, in: now.id)
        case .pendingApproval: return try await settle(now.id, in: process)
        case .sent: try await answer(in: process)
        case .vendorReplied: try await goOn(now, in: process)
        case .accepted:
            let order = try await process.books.negotiations.purchaseOrderOf(process.organization.id, now.id)
            guard order == nil else { return false }
            _ = try await process.office.createPurchaseOrder(for: now.id, by: process.caller(process.ada))
        case .rejected, .expired, .cancelled, .undeliverable: throw WorkWithoutEnd()
        }
        return true
    }

    /// An email waits: for the approver, for its turn, or for somebody who looks where it is.
    private func settle(_ id: NegotiationID, in process: TestOffice) async throws -> Bool {
        let emails = try await process.books.emails.ofNegotiation(process.organization.id, id)
        let email = try #require(emails.last)
        switch email.status {
        case .pendingApproval: try await process.approve()
        case .uncertain:
            let arrived = process.post.deliveries.contains { $0.messageID == email.messageID }
            process.clock.advance(bySeconds: Office.longestHandOverSeconds + Office.quietSeconds)
            try await process.office.resolve(
                email.id, as: arrived ? .sent : .sendAgain, by: process.caller(process.ada))
        default:
            // Its job waits for a lease, or for its next try.
            let due = try #require(try await process.books.jobs.nextDue())
            #expect(due > process.clock.now, "\(email.status) and nobody is at work")
            process.clock.set(due)
        }
        return true
    }

    /// The vendor answers what came last; the mailbox gives it to us until we have it.
    private func answer(in process: TestOffice) async throws {
        process.clock.advance(bySeconds: 600)
        let count = process.post.deliveries.count
        let text = count == 1 ? "We can offer EUR 9.80 per unit." : "Our last word is EUR 9.20 per unit."
        try await process.arrives(
            VendorMail(
                answering: try #require(process.post.deliveries.last), from: "sales@bolts.example",
                messageID: "answer-\(count)@bolts.example", text: text))
    }

    private func goOn(_ now: NegotiationRecord, in process: TestOffice) async throws {
        process.clock.advance(bySeconds: 600)
        let isFirst = now.emailSentCount == 1
        _ = try await process.write(isFirst ? .counter : .accept, isFirst ? "9.00" : nil, in: now.id)
    }

    /// What has to be true in the end, whatever happened on the way.
    func checkEnd(_ what: String) async throws {
        let organization = office.organization.id
        let list = try await office.books.negotiations.list(organization, nil, PageRequest()).items
        let id = try #require(list.first).id
        #expect(list.count == 1, "\(what)")
        #expect(list[0].status == .accepted && list[0].finalPrice == price("9.20"), "\(what)")
        #expect(list[0].emailSentCount == 3, "\(what)")
        // Every email left once, and none twice.
        let emails = try await office.books.emails.ofNegotiation(organization, id)
        #expect(emails.map(\.kind) == [.opening, .counter, .acceptance], "\(what)")
        #expect(emails.allSatisfy { $0.status == .sent }, "\(what)")
        #expect(office.post.deliveries.map(\.emailID) == emails.map(\.id), "\(what)")
        // Every answer counted once.
        let messages = try await office.messages(id)
        #expect(
            messages.map(\.direction) == [.outbound, .inbound, .outbound, .inbound, .outbound], "\(what)")
        let offers = try await office.books.negotiations.offers(organization, id)
        #expect(
            offers.map(\.price.amount) == ["8.00", "9.80", "9.00", "9.20", "9.20"].map(price), "\(what)")
        // Each step is on record once.
        let actions = try await office.actions(id)
        for (action, count) in [
            ("negotiation.created", 1), ("email.drafted", 3), ("approval.approved", 3), ("email.sent", 3),
            ("message.received", 2), ("purchase_order.created", 1),
        ] {
            #expect(actions.count { $0 == action } == count, "\(action), \(what)")
        }
        let orders = try await office.books.negotiations.purchaseOrders(organization, PageRequest()).items
        #expect(orders.map(\.number) == ["PO-2027-001"], "\(what)")
        #expect(office.memory.grants(of: organization).count == 3, "\(what)")
        // Nothing is stuck.
        #expect(office.openWork.isEmpty, "\(what)")
        #expect(!office.memory.queue(of: organization).contains { $0.state == .dead }, "\(what)")
        #expect(Set(office.post.letters.map(\.recipient.address)).count == 2, "\(what)")
    }
}
