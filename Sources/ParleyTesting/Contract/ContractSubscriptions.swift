import Desk
import Negotiation
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension BooksContract {
    private static let now = ContractCompany.start

    private static func subscription(
        of company: ContractCompany, _ name: String = "ERP", at seconds: Int64 = 0
    ) -> WebhookSubscription {
        WebhookSubscription(
            id: Identifier(UUID()), organizationID: company.id, url: "https://\(name).example/x?a=“ä”",
            description: name, events: [.emailSent, .negotiationVendorReplied], condition: .enabled,
            failingSince: nil, previousSecretUntil: nil, createdAt: now.advanced(bySeconds: seconds))
    }

    private static func delivery(to receiver: WebhookSubscription, at seconds: Int64 = 0) -> WebhookDelivery {
        WebhookDelivery(
            id: Identifier(UUID()), subscriptionID: receiver.id, eventID: Identifier(UUID()),
            type: "email.sent", payload: #"{"type":"email.sent","data":{"ä":"\u0000"}}"#,
            nextAttemptAt: now.advanced(bySeconds: seconds), createdAt: now.advanced(bySeconds: seconds))
    }

    private static func attempt(
        _ number: Int, _ status: Int?, _ answer: String = "", _ error: String? = nil
    )
        -> WebhookAttempt
    {
        WebhookAttempt(
            number: number, startedAt: now, milliseconds: 17, status: status, answer: answer, error: error)
    }

    static let subscriptions: [ContractCase] = [
        ContractCase(
            "subscriptions are read back as they were written, oldest first, and their secrets apart"
        ) {
            books in
            let company = try await ContractCompany.found(in: books)
            let (second, first) = (subscription(of: company, "b", at: 60), subscription(of: company, "a"))
            try await company.commit(
                .webhook(.add(second, sealed: "two")), .webhook(.add(first, sealed: "one")))
            #expect(try await books.subscriptions.list(company.id) == [first, second])
            #expect(try await books.subscriptions.find(company.id, second.id) == second)
            #expect(
                try await books.subscriptions.sealedSecrets(company.id, second.id)
                    == SealedWebhookSecrets(current: "two", previous: nil))
            let other = try await ContractCompany.found(in: books)
            #expect(try await books.subscriptions.list(other.id) == [])
            #expect(try await books.subscriptions.find(other.id, first.id) == nil)
            #expect(try await books.subscriptions.sealedSecrets(other.id, first.id) == nil)
            await expectRefusal("another organization's", \.isStale) {
                try await other.commit(.webhook(.remove(first.id, at: now)))
            }
        },
        ContractCase("what becomes of a subscription is kept, until it is removed with its secrets") {
            books in
            let company = try await ContractCompany.found(in: books)
            let receiver = subscription(of: company)
            try await company.commit(.webhook(.add(receiver, sealed: "one")))
            let until = now.advanced(byHours: 24)
            try await company.commit(
                .webhook(
                    .describe(
                        receiver.id, url: "https://b.example/", description: "", events: [.emailUncertain],
                        at: now)),
                .webhook(.rotate(receiver.id, sealed: "two", previousUntil: until, at: now)),
                .webhook(.setCondition(receiver.id, .disabled("Gone."), at: now)),
                .webhook(.setFailing(receiver.id, since: now)))
            let found = try await books.subscriptions.find(company.id, receiver.id)
            #expect(found?.url == "https://b.example/" && found?.description == "")
            #expect(found?.events == [.emailUncertain] && found?.condition == .disabled("Gone."))
            #expect(found?.failingSince == now && found?.previousSecretUntil == until)
            #expect(
                try await books.subscriptions.sealedSecrets(company.id, receiver.id)
                    == SealedWebhookSecrets(current: "two", previous: "one"))
            await expectRefusal("it is off already", \.isStale) {
                try await company.commit(
                    .webhook(.setCondition(receiver.id, .disabled("Again."), at: now)))
            }
            try await company.commit(
                .webhook(.endRotation(receiver.id, at: until.advanced(bySeconds: -1))))
            #expect(
                try await books.subscriptions.sealedSecrets(company.id, receiver.id)?.previous == "one")
            try await company.commit(.webhook(.endRotation(receiver.id, at: until)))
            #expect(
                try await books.subscriptions.sealedSecrets(company.id, receiver.id)
                    == SealedWebhookSecrets(current: "two", previous: nil))
            #expect(
                try await books.subscriptions.find(company.id, receiver.id)?.previousSecretUntil == nil)
            await expectRefusal("it fails already", \.isStale) {
                try await company.commit(.webhook(.setFailing(receiver.id, since: now)))
            }
            try await company.commit(
                .webhook(.setFailing(receiver.id, since: nil)),
                .webhook(.setCondition(receiver.id, .enabled, at: now)))
            #expect(try await books.subscriptions.find(company.id, receiver.id)?.failingSince == nil)
            #expect(try await books.subscriptions.find(company.id, receiver.id)?.isEnabled == true)
            // What was told to it stays on record.
            let told = delivery(to: receiver)
            try await company.commit(
                .webhook(.addDelivery(told)), .webhook(.remove(receiver.id, at: now)))
            #expect(try await books.subscriptions.find(company.id, receiver.id) == nil)
            #expect(try await books.subscriptions.sealedSecrets(company.id, receiver.id) == nil)
            #expect(try await books.subscriptions.delivery(company.id, told.id) == told)
            await expectRefusal("it is gone", \.isStale) {
                try await company.commit(.webhook(.setCondition(receiver.id, .enabled, at: now)))
            }
        },
        ContractCase("what was told is found when it is due, in order, and listed newest first") { books in
            let company = try await ContractCompany.found(in: books)
            let (receiver, other) = (subscription(of: company, "a"), subscription(of: company, "b"))
            try await company.commit(.webhook(.add(receiver, sealed: "")), .webhook(.add(other, sealed: "")))
            let told = (0..<4).map { delivery(to: receiver, at: Int64($0) * 10) }
            let stray = delivery(to: other)
            for delivery in told.reversed() + [stray] {
                try await company.commit(.webhook(.addDelivery(delivery)))
            }
            let due = try await books.subscriptions.due(
                company.id, receiver.id, now.advanced(bySeconds: 20), 10)
            #expect(due == Array(told.prefix(3)))
            #expect(try await books.subscriptions.due(company.id, receiver.id, now, 1) == [told[0]])
            let first = try await books.subscriptions.deliveries(
                company.id, receiver.id, PageRequest(limit: 3))
            #expect(first.items == Array(told.reversed().prefix(3)))
            let rest = try await books.subscriptions.deliveries(
                company.id, receiver.id, PageRequest(cursor: first.nextCursor, limit: 3))
            #expect(rest.items == [told[0]] && rest.nextCursor == nil)
            await expectRefusal("the same event twice", \.isDuplicate) {
                try await company.commit(
                    .webhook(
                        .addDelivery(
                            WebhookDelivery(
                                id: Identifier(UUID()), subscriptionID: receiver.id,
                                eventID: told[0].eventID,
                                type: "email.sent", payload: "{}", nextAttemptAt: now, createdAt: now))))
            }
            let stranger = try await ContractCompany.found(in: books)
            #expect(try await books.subscriptions.delivery(stranger.id, told[0].id) == nil)
            await expectRefusal("another organization's receiver", \.isMissing) {
                try await stranger.commit(.webhook(.addDelivery(delivery(to: receiver))))
            }
        },
        ContractCase("each attempt is put on record once, with what becomes of the delivery") { books in
            let company = try await ContractCompany.found(in: books)
            let receiver = subscription(of: company)
            let told = delivery(to: receiver)
            try await company.commit(.webhook(.add(receiver, sealed: "")), .webhook(.addDelivery(told)))
            let later = now.advanced(bySeconds: 5)
            let first = attempt(1, 500, "no \u{FFFD}", "It answered 500.")
            try await company.commit(.webhook(.settle(told.id, first, .again(at: later))))
            await expectRefusal("the same attempt", \.isStale) {
                try await company.commit(.webhook(.settle(told.id, first, .delivered)))
            }
            var found = try #require(try await books.subscriptions.delivery(company.id, told.id))
            #expect(found.state == .due && found.attempts == 1 && found.tries == 1)
            #expect(found.nextAttemptAt == later && found.lastStatus == 500)
            let second = attempt(2, nil, "", "It cannot be reached.")
            try await company.commit(.webhook(.settle(told.id, second, .dead)))
            found = try #require(try await books.subscriptions.delivery(company.id, told.id))
            #expect(found.state == .dead && found.tries == 2 && found.lastStatus == nil)
            #expect(found.lastError == "It cannot be reached.")
            #expect(
                try await books.subscriptions.due(company.id, receiver.id, later, 9).isEmpty)
            try await company.commit(.webhook(.redeliver(told.id, at: later)))
            found = try #require(try await books.subscriptions.delivery(company.id, told.id))
            #expect(found.state == .due && found.tries == 0 && found.attempts == 2)
            let third = attempt(3, 200, "ok")
            try await company.commit(.webhook(.settle(told.id, third, .delivered)))
            #expect(
                try await books.subscriptions.delivery(company.id, told.id)?.state == .delivered)
            #expect(
                try await books.subscriptions.attempts(company.id, told.id) == [first, second, third])
        },
        ContractCase("what is over and old is forgotten, and nothing else") { books in
            let company = try await ContractCompany.found(in: books)
            let receiver = subscription(of: company)
            let (old, waiting, new) = (
                delivery(to: receiver), delivery(to: receiver), delivery(to: receiver, at: 100)
            )
            try await company.commit(
                .webhook(.add(receiver, sealed: "")), .webhook(.addDelivery(old)),
                .webhook(.addDelivery(waiting)), .webhook(.addDelivery(new)))
            for delivery in [old, new] {
                try await company.commit(.webhook(.settle(delivery.id, attempt(1, 200), .delivered)))
            }
            try await company.commit(.webhook(.forget(receiver.id, before: now.advanced(bySeconds: 50))))
            #expect(try await books.subscriptions.delivery(company.id, old.id) == nil)
            #expect(try await books.subscriptions.attempts(company.id, old.id).isEmpty)
            #expect(try await books.subscriptions.delivery(company.id, waiting.id) == waiting)
            #expect(try await books.subscriptions.delivery(company.id, new.id)?.state == .delivered)
        },
    ]

    /// What a round of deliveries owes to those that are added while it runs; in the queue's contract, because it is about
    /// claims.
    static let rounds: [ContractCase] = [
        ContractCase("the end of a round promises the next one when something is still due, and not before") {
            books in
            let company = try await ContractCompany.found(in: books)
            let receiver = subscription(of: company)
            let work = Job.Work.deliverWebhooks(receiver.id)
            func job() -> Job {
                Job(id: Identifier(UUID()), organizationID: company.id, work: work, runAt: now)
            }
            func claim(_ time: Instant) async throws -> [Job] {
                try await books.jobs.claim("worker-1", time, time.advanced(bySeconds: 120), 10)
            }
            func end(_ round: Job, at time: Instant) async throws {
                try await company.commit(
                    .finishJob(round.id, worker: "worker-1", at: time),
                    .webhook(.promiseRound(receiver.id, job())))
            }
            let told = delivery(to: receiver)
            try await company.commit(
                .webhook(.add(receiver, sealed: "")), .webhook(.addDelivery(told)), .enqueue(job()))
            let first = try #require(try await claim(now).first)
            // Another event comes while the round runs, and its job is the one that is there.
            let late = delivery(to: receiver, at: 1)
            try await company.commit(.webhook(.addDelivery(late)), .enqueue(job()))
            #expect(try await claim(now.advanced(bySeconds: 1)).isEmpty)
            try await company.commit(
                .webhook(.settle(told.id, attempt(1, 200), .delivered)))
            try await end(first, at: now)
            let second = try #require(try await claim(now.advanced(bySeconds: 1)).first)
            #expect(second.work == work)
            // What is to be tried again later brings a job for then.
            let later = now.advanced(byHours: 2)
            try await company.commit(
                .webhook(.settle(late.id, attempt(1, 500, "", "No."), .again(at: later))))
            try await end(second, at: now.advanced(bySeconds: 1))
            #expect(try await books.jobs.nextDue().map { $0 <= later } ?? false)
            #expect(try await claim(later.advanced(bySeconds: -1)).isEmpty)
            let third = try #require(try await claim(later).first)
            // To a receiver that is switched off nothing is promised, and when all has arrived neither.
            try await company.commit(.webhook(.setCondition(receiver.id, .disabled("Off."), at: now)))
            try await end(third, at: later)
            #expect(try await claim(later.advanced(byHours: 1)).isEmpty)
            try await company.commit(
                .webhook(.setCondition(receiver.id, .enabled, at: now)), .enqueue(job()))
            let fourth = try #require(try await claim(later.advanced(byHours: 2)).first)
            try await company.commit(.webhook(.settle(late.id, attempt(2, 200), .delivered)))
            try await end(fourth, at: later)
            #expect(try await claim(later.advanced(byHours: 99)).isEmpty)
        }
    ]
}
