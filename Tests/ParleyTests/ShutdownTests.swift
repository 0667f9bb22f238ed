import Desk
import Logging
import Negotiation
import ParleyTesting
import ServiceLifecycle
import Synchronization
import Testing

@testable import parley

/// What becomes of work that has begun when a gateway is asked to end.
@Suite struct ShutdownTests {
    @Test("a gateway that is asked to end brings a sending to its end and begins nothing new")
    func sending() async throws {
        let office = try await makeTestOffice()
        let email = try await open(office)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let workers = JobWorkers(
            office: office.office, settings: WorkerSettings(idleSeconds: 1), wake: WakeSignal(),
            logger: logger)
        let group = ServiceGroup(services: [workers], logger: logger)
        let wasBrokenOff = Mutex<Bool?>(nil)
        office.post.duringNextEmail {
            await group.triggerGracefulShutdown()
            // A task that is cancelled does not sleep.
            try? await Task.sleep(for: .milliseconds(200))
            wasBrokenOff.withLock { $0 = Task.isCancelled }
            do {
                // What comes now is for somebody else.
                try await office.office.take(
                    [0], source: "imap", externalID: "late", for: office.organization.id)
            } catch { Issue.record(error) }
        }
        try await group.run()
        #expect(wasBrokenOff.withLock { $0 } == false)
        #expect(try await office.books.emails.find(office.organization.id, email)?.status == .sent)
        #expect(office.memory.arrivals(of: office.organization.id).map(\.state) == [.stored])
    }

    /// An approved opening email that nobody has sent yet.
    private func open(_ office: TestOffice) async throws -> EmailID {
        let ada = office.caller(office.ada)
        let id = try await office.office.createNegotiation(
            PurchaseIntent(
                product: .known(office.product.id), vendor: .known(office.vendor.id), quantity: 1,
                targetPrice: try TestOffice.price("8.00"), limitPrice: nil, currency: nil, paymentTerms: nil,
                expiresAt: nil), by: ada)
        let email = try await office.office.compose(CompositionRequest(.open), in: id, by: ada)
        let request = try #require(
            try await office.books.approvals.list(office.organization.id, .pending, PageRequest()).items.first
        )
        try await office.office.decide(
            request.id, DecisionInput(.approve, comment: nil, channel: .page), by: office.max,
            origin: Origin(userID: office.max.id))
        return email
    }
}
