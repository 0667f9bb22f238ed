import Desk
import Foundation
import Negotiation
import Postgres
import Store
import Testing

@Suite(.serialized) struct SubscriptionStoreTests {
    private let start = Company.start

    private func receiver(of company: Company) -> WebhookSubscription {
        WebhookSubscription(
            id: Identifier(UUID()), organizationID: company.id, url: "https://erp.example/", description: "",
            events: [.emailSent], condition: .enabled, failingSince: nil, previousSecretUntil: nil,
            createdAt: start)
    }

    private func delivery(to receiver: WebhookSubscription) -> WebhookDelivery {
        WebhookDelivery(
            id: Identifier(UUID()), subscriptionID: receiver.id, eventID: Identifier(UUID()),
            type: "email.sent",
            payload: "{}", nextAttemptAt: start, createdAt: start)
    }

    private func round(of receiver: WebhookSubscription) -> Job {
        Job(
            id: Identifier(UUID()), organizationID: receiver.organizationID,
            work: .deliverWebhooks(receiver.id), runAt: start)
    }

    @Test("events that are added while rounds begin and end are all told, and no two rounds run at once")
    func race() async throws {
        let store = try await StoreDatabase.make("webhook_rounds")
        let company = try await Company.found(in: store.books)
        let receiver = receiver(of: company)
        try await store.books.commit(company.id, [.webhook(.add(receiver, sealed: "sealed"))])
        let books = store.books
        let events = 120
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    for _ in 0..<(events / 3) {
                        try await books.commit(
                            company.id,
                            [
                                .webhook(.addDelivery(delivery(to: receiver))),
                                .enqueue(round(of: receiver)),
                            ])
                    }
                    return 0
                }
            }
            for worker in 0..<2 {
                group.addTask { try await work("worker-\(worker)", books, receiver, until: events) }
            }
            let told = try await group.reduce(0, +)
            #expect(told == events)
        }
        let due = try await books.subscriptions.due(company.id, receiver.id, start, 10)
        #expect(due.isEmpty)
        #expect(
            try await store.value("SELECT count(*)::text FROM jobs WHERE state IN ('due', 'running')") == "0")
    }

    /// Does rounds until all events are told, or nothing was to be done for long; how many this worker has told.
    private func work(
        _ worker: String, _ books: Books, _ receiver: WebhookSubscription, until events: Int
    ) async throws -> Int {
        let (organization, lease) = (receiver.organizationID, start.advanced(bySeconds: 120))
        var (told, misses) = (0, 0)
        while misses < 400 {
            let jobs = try await books.jobs.claim(worker, start, lease, 4)
            #expect(jobs.count <= 1, "two rounds of one receiver")
            misses = jobs.isEmpty ? misses + 1 : 0
            if jobs.isEmpty {
                try await Task.sleep(for: .milliseconds(2))
                let left = try await books.subscriptions.deliveries(
                    organization, receiver.id, PageRequest(limit: 200))
                if left.items.count == events, left.items.allSatisfy({ $0.state == .delivered }) { break }
            }
            for job in jobs {
                let due = try await books.subscriptions.due(organization, receiver.id, start, 5)
                for delivery in due {
                    let attempt = WebhookAttempt(
                        number: 1, startedAt: start, milliseconds: 1, status: 200, answer: "", error: nil)
                    try await books.commit(
                        organization, [.webhook(.settle(delivery.id, attempt, .delivered))])
                    told += 1
                }
                try await books.commit(
                    organization,
                    [
                        .finishJob(job.id, worker: worker, at: start),
                        .webhook(.promiseRound(receiver.id, round(of: receiver))),
                    ])
            }
        }
        return told
    }

    @Test("a secret leaves the database with its subscription, and what was told stays until it is old")
    func removal() async throws {
        let store = try await StoreDatabase.make("webhook_removal")
        let company = try await Company.found(in: store.books)
        let receiver = receiver(of: company)
        try await store.books.commit(
            company.id,
            [
                .webhook(.add(receiver, sealed: "one")),
                .webhook(
                    .rotate(receiver.id, sealed: "two", previousUntil: start.advanced(byHours: 24), at: start)
                ),
                .webhook(.addDelivery(delivery(to: receiver))),
                .webhook(.remove(receiver.id, at: start)),
            ])
        #expect(
            try await store.value(
                """
                SELECT concat(state, secret_encrypted, previous_secret_encrypted, previous_secret_until)
                FROM webhook_subscriptions
                """) == "removed")
        #expect(try await store.value("SELECT count(*)::text FROM webhook_deliveries") == "1")
    }
}
