import Desk
import Negotiation
import ParleyTesting
import Testing

/// Subscriptions: who may add and change them, and what is refused.
@Suite struct SubscriptionTests {
    private let draft = SubscriptionDraft(
        url: "https://erp.acme.example/", description: "ERP", events: ["email.sent", "email.sent"])

    private func refusedField(_ body: () async throws -> Void) async -> String? {
        if case .invalid(let field, _)? = await refusal(body) { field } else { nil }
    }

    @Test("an administrator subscribes, sees and changes, and nobody else")
    func administrators() async throws {
        let office = try await makeTestOffice()
        let desk = office.office
        let made = try await desk.addSubscription(draft, by: office.caller(office.mia))
        let id = made.subscription.id
        #expect(made.secret.hasPrefix("whsec_") && made.subscription.events == [.emailSent])
        for user in [office.ada, office.max, office.vic] {
            let caller = office.caller(user)
            let attempts: [() async throws -> Void] = [
                { _ = try await desk.addSubscription(draft, by: caller) },
                { _ = try await desk.subscriptions(by: caller) },
                { _ = try await desk.subscription(id, by: caller) },
                { _ = try await desk.describeSubscription(id, by: caller) { $0.description = "x" } },
                { _ = try await desk.switchSubscription(id, on: false, by: caller) },
                { _ = try await desk.rotateSecret(of: id, by: caller) },
                { try await desk.removeSubscription(id, by: caller) },
                { _ = try await desk.testSubscription(id, by: caller) },
                { _ = try await desk.deliveries(to: id, PageRequest(), by: caller) },
            ]
            for attempt in attempts {
                guard case .forbidden? = await refusal(attempt) else {
                    Issue.record("\(user.fullName) was let in")
                    continue
                }
            }
        }
        #expect(try await desk.subscriptions(by: office.caller(office.mia)) == [made.subscription])
    }

    @Test("an address or an event that makes no sense is refused by its field")
    func refusals() async throws {
        let office = try await makeTestOffice()
        let caller = office.caller(office.mia)
        func field(_ change: (inout SubscriptionDraft) -> Void) async -> String? {
            var wrong = draft
            change(&wrong)
            return await refusedField { _ = try await office.office.addSubscription(wrong, by: caller) }
        }
        #expect(await field { $0.url = "http://erp.acme.example/" } == "url")
        #expect(await field { $0.events = [] } == "events")
        #expect(await field { $0.events = ["email.sent", "email.read"] } == "events")
        #expect(await field { $0.description = "two\nlines" } == "description")
        for _ in 0..<20 { _ = try await office.office.addSubscription(draft, by: caller) }
        #expect(
            await conflict { _ = try await office.office.addSubscription(draft, by: caller) }
                == "too_many_subscriptions")
    }

    @Test("what is changed is on record, without what may be secret in an address")
    func record() async throws {
        let office = try await makeTestOffice()
        let caller = office.caller(office.mia)
        var secretive = draft
        (secretive.url, secretive.description) = ("https://erp.acme.example/x?token=geheim", "")
        let id = try await office.office.addSubscription(secretive, by: caller).subscription.id
        let changed = try await office.office.describeSubscription(id, by: caller) {
            $0.events = ["email.failed"]
        }
        #expect(changed.events == [.emailFailed] && changed.url == secretive.url)
        _ = try await office.office.switchSubscription(id, on: false, by: caller)
        _ = try await office.office.switchSubscription(id, on: false, by: caller)
        _ = try await office.office.rotateSecret(of: id, by: caller)
        try await office.office.removeSubscription(id, by: caller)
        guard case .notFound? = await refusal({ try await office.office.removeSubscription(id, by: caller) })
        else {
            Issue.record("it was removed twice")
            return
        }
        let audit = try await office.books.journal.audit(office.organization.id, PageRequest()).items
        #expect(
            audit.map(\.action).reversed().filter { $0.hasPrefix("webhook") } == [
                "webhook_subscription.created", "webhook_subscription.changed",
                "webhook_subscription.disabled", "webhook_subscription.secret_rotated",
                "webhook_subscription.removed",
            ])
        #expect(!audit.contains { $0.description.contains("geheim") || $0.description.contains("whsec") })
        #expect(audit.first?.description == "Webhooks to https://erp.acme.example removed")
    }

    @Test("a test event goes to its receiver alone, whatever that has subscribed to")
    func test() async throws {
        let office = try await makeTestOffice()
        let caller = office.caller(office.mia)
        let id = try await office.office.addSubscription(draft, by: caller).subscription.id
        _ = try await office.office.addSubscription(draft, by: caller)
        let delivery = try await office.office.testSubscription(id, by: caller)
        try await office.work()
        #expect(office.receivers.posts.count == 1)
        #expect(delivery.type == OutgoingEvent.testType)
        #expect(
            try await office.books.subscriptions.delivery(office.organization.id, delivery.id)?.state
                == .delivered)
    }

    @Test("to a receiver that was removed nothing is told, what was on its way included")
    func removal() async throws {
        let office = try await makeTestOffice()
        let caller = office.caller(office.mia)
        let id = try await office.office.addSubscription(draft, by: caller).subscription.id
        _ = try await office.office.testSubscription(id, by: caller)
        try await office.office.removeSubscription(id, by: caller)
        try await office.work()
        #expect(office.receivers.posts.isEmpty)
        #expect(!office.openWork.contains { $0.isDelivery })
    }
}
