import Desk
import Negotiation
import ParleyTesting
import Synchronization
import Testing

/// How receivers are told: again and again, but not for ever; without one making others wait; and once at least, whatever
/// crashes.
@Suite struct DeliveringTests {
    private static let url = "https://erp.acme.example/hooks"
    private static let ok = WebhookOutcome.answered(status: 200, body: "ok", retryAfterSeconds: nil)
    private static let error = WebhookOutcome.answered(status: 500, body: "<b>no", retryAfterSeconds: nil)

    private func subscribe(_ office: TestOffice, _ url: String = url) async throws -> WebhookSubscription {
        try await office.office.addSubscription(
            SubscriptionDraft(url: url, description: "", events: ["negotiation.created"]),
            by: office.caller(office.mia)
        ).subscription
    }

    private func deliveries(_ office: TestOffice, _ receiver: WebhookSubscription) async throws
        -> [WebhookDelivery]
    {
        try await office.office.deliveries(
            to: receiver.id, PageRequest(limit: 200), by: office.caller(office.mia)
        ).items
    }

    private func subscription(_ office: TestOffice, _ receiver: WebhookSubscription) async throws
        -> WebhookSubscription?
    {
        try await office.books.subscriptions.find(office.organization.id, receiver.id)
    }

    // MARK: Trying again

    @Test("an event that is not taken is tried ten times over three days, and then given up on")
    func schedule() async throws {
        let office = try await makeTestOffice()
        let receiver = try await subscribe(office)
        office.receivers.answer(Self.url, Self.error)
        _ = try await office.newNegotiation()
        try await office.work()
        var pauses: [Int64] = []
        for _ in 0..<20 {
            let delivery = try #require(try await deliveries(office, receiver).first)
            guard delivery.state == .due else { break }
            let pause = delivery.nextAttemptAt.seconds - office.clock.now.seconds
            pauses.append(pause)
            let before = office.receivers.posts.count
            office.clock.advance(bySeconds: pause - 2)
            try await office.work()
            #expect(office.receivers.posts.count == before, "tried too early")
            office.clock.advance(bySeconds: 3)
            try await office.work()
            #expect(office.receivers.posts.count == before + 1, "not tried when it was due")
        }
        let schedule: [Int64] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
        #expect(pauses.count == schedule.count)
        for (pause, planned) in zip(pauses, schedule) {
            #expect((planned - 1...planned * 6 / 5 + 1).contains(pause), "\(pause) instead of \(planned)")
        }
        let dead = try #require(try await deliveries(office, receiver).first)
        #expect(dead.state == .dead && dead.attempts == 10 && dead.lastStatus == 500)
        #expect(!office.openWork.contains { $0.isDelivery })
        let attempts = try await office.books.subscriptions.attempts(office.organization.id, dead.id)
        #expect(attempts.map(\.number) == Array(1...10))
        #expect(attempts.allSatisfy { $0.status == 500 && $0.answer == "<b>no" && $0.error != nil })
        let posts = office.receivers.posts
        #expect(Set(posts.map(\.body)).count == 1)
        #expect(Set(posts.map { $0.headers.first { $0.name == "webhook-id" } }).count == 1)
        #expect(Set(posts.map { $0.headers.first { $0.name == "webhook-timestamp" } }).count == 10)
    }

    @Test("administrators are told once that events do not arrive, and again when it happens after a success")
    func failing() async throws {
        let office = try await makeTestOffice()
        let receiver = try await subscribe(office)
        func runDry() async throws {
            for _ in 0..<12 {
                office.clock.advance(byHours: 29)
                try await office.work()
            }
        }
        office.receivers.answer(Self.url, Self.error)
        for _ in 0..<3 { _ = try await office.newNegotiation() }
        try await runDry()
        #expect(
            try await office.notices(office.mia) == ["Webhooks to https://erp.acme.example do not arrive"])
        #expect(try await subscription(office, receiver)?.failingSince != nil)
        office.receivers.answer(Self.url, Self.ok)
        _ = try await office.newNegotiation()
        try await office.work()
        #expect(try await subscription(office, receiver)?.failingSince == nil)
        office.receivers.answer(Self.url, Self.error)
        _ = try await office.newNegotiation()
        try await runDry()
        #expect(try await office.notices(office.mia).count == 2)
        #expect(try await office.notices(office.ada).isEmpty)
    }

    @Test("a receiver is left alone as long as it asks, but a day at most and never shorter than the pause")
    func retryAfter() async throws {
        for (wish, least, most) in [(600, 600, 720), (1, 5, 6), (10_000_000, 86_400, 103_680)] {
            let office = try await makeTestOffice()
            let receiver = try await subscribe(office)
            office.receivers.next(
                .answered(status: 429, body: "", retryAfterSeconds: Int64(wish)))
            _ = try await office.newNegotiation()
            try await office.work()
            let delivery = try #require(try await deliveries(office, receiver).first)
            let pause = delivery.nextAttemptAt.seconds - office.clock.now.seconds
            #expect((least - 1...most + 1).contains(Int(pause)), "\(wish) → \(pause)")
        }
    }

    @Test(
        "only 2xx counts as taken",
        arguments: [
            (200, true), (204, true), (299, true), (301, false), (304, false), (400, false), (503, false),
        ]
    )
    func statuses(status: Int, isTaken: Bool) async throws {
        let office = try await makeTestOffice()
        let receiver = try await subscribe(office)
        office.receivers.next(.answered(status: status, body: "", retryAfterSeconds: nil))
        _ = try await office.newNegotiation()
        try await office.work()
        #expect(try await deliveries(office, receiver).first?.state == (isTaken ? .delivered : .due))
    }

    @Test(
        "410 switches the subscription off and tells administrators; what waits is brought when it is on again"
    )
    func gone() async throws {
        let office = try await makeTestOffice()
        let receiver = try await subscribe(office)
        office.receivers.answer(Self.url, .answered(status: 410, body: "", retryAfterSeconds: nil))
        for _ in 0..<8 { _ = try await office.newNegotiation() }
        try await office.work()
        #expect(office.receivers.posts.count <= 3, "it said that it wants no more")
        #expect(try await subscription(office, receiver)?.isEnabled == false)
        #expect(
            try await office.notices(office.mia) == ["Webhooks to https://erp.acme.example switched off"])
        office.clock.advance(byHours: 100)
        try await office.work()
        let before = office.receivers.posts.count
        office.receivers.answer(Self.url, nil)
        _ = try await office.office.switchSubscription(receiver.id, on: true, by: office.caller(office.mia))
        try await office.work()
        #expect(office.receivers.posts.count == 8)
        let states = try await deliveries(office, receiver).map(\.state)
        #expect(states.filter { $0 == .delivered }.count == 8 - before)
        #expect(states.filter { $0 == .dead }.count == before)
    }

    @Test(
        "a delivery that is over is set on its way again under the same id, from the beginning of the schedule"
    )
    func redelivery() async throws {
        let office = try await makeTestOffice()
        let receiver = try await subscribe(office)
        _ = try await office.newNegotiation()
        try await office.work()
        let delivered = try #require(try await deliveries(office, receiver).first)
        office.receivers.next(Self.error)
        let again = try await office.office.redeliver(delivered.id, by: office.caller(office.mia))
        #expect(again.state == .due && again.attempts == 1)
        try await office.work()
        office.clock.advance(bySeconds: 10)
        try await office.work()
        let posts = office.receivers.posts
        #expect(posts.count == 3 && Set(posts.map(\.body)).count == 1)
        let now = try #require(try await deliveries(office, receiver).first)
        #expect(now.state == .delivered && now.attempts == 3)
        await #expect(throws: DeskError.self) {
            try await office.office.redeliver(delivered.id, by: office.caller(office.max))
        }
        _ = try await office.office.switchSubscription(receiver.id, on: false, by: office.caller(office.mia))
        #expect(
            await conflict {
                _ = try await office.office.redeliver(delivered.id, by: office.caller(office.mia))
            } == "subscription_disabled")
    }

    // MARK: Secrets

    @Test("for a day after a rotation both secrets sign, and then the new one alone")
    func rotation() async throws {
        let office = try await makeTestOffice()
        let made = try await office.office.addSubscription(
            SubscriptionDraft(url: Self.url, description: "", events: ["negotiation.created"]),
            by: office.caller(office.mia))
        func signature() async throws -> String? {
            _ = try await office.newNegotiation()
            try await office.work()
            return office.receivers.posts.last?.headers.first { $0.name == "webhook-signature" }?.value
        }
        #expect(try await signature() == made.secret)
        let id = made.subscription.id
        let rotated = try await office.office.rotateSecret(of: id, by: office.caller(office.mia))
        #expect(rotated.secret != made.secret)
        #expect(try await signature() == "\(rotated.secret) \(made.secret)")
        office.clock.advance(byHours: 23)
        #expect(try await signature() == "\(rotated.secret) \(made.secret)")
        office.clock.advance(byHours: 1)
        #expect(try await signature() == rotated.secret)
        let sealed = try await office.books.subscriptions.sealedSecrets(office.organization.id, id)
        #expect(sealed == SealedWebhookSecrets(current: "sealed \(rotated.secret)", previous: nil))
    }

    // MARK: Many at a time

    @Test("one receiver is told three things at a time at most, and all in the end")
    func atOnce() async throws {
        let office = try await makeTestOffice()
        let receiver = try await subscribe(office)
        for _ in 0..<50 { _ = try await office.newNegotiation() }
        try await office.work()
        #expect(office.receivers.posts.count == 50)
        #expect((1...3).contains(office.receivers.mostAtOnce))
        #expect(try await deliveries(office, receiver).allSatisfy { $0.state == .delivered })
        #expect(Set(office.receivers.posts.map(\.body)).count == 50)
    }

    @Test("while one receiver is slow, another is told, and an event that comes meanwhile is not forgotten")
    func slowReceiver() async throws {
        let office = try await makeTestOffice()
        let slow = try await subscribe(office)
        let created = try await office.newNegotiation()
        _ = created
        let quick = try await subscribe(office, "https://quick.example/")
        office.receivers.duringNextPost {
            do {
                _ = try await office.newNegotiation()
                // Another worker of the same process.
                try await office.work()
                #expect(office.receivers.posts.map(\.url).filter { $0 == quick.url }.count == 1)
                #expect(office.receivers.posts.map(\.url).filter { $0 == slow.url }.count == 1)
            } catch { Issue.record(error) }
        }
        try await office.work()
        #expect(office.receivers.posts.map(\.url).filter { $0 == slow.url }.count == 2)
        #expect(try await deliveries(office, slow).allSatisfy { $0.state == .delivered })
    }

    @Test("the rounds of one organization leave places to those of another")
    func places() async throws {
        let office = try await makeTestOffice()
        for number in 0..<6 { _ = try await subscribe(office, "https://r\(number).example/") }
        _ = try await office.newNegotiation()
        let seen = Mutex(0)
        // Rounds within rounds: each claims the next while it waits for its receiver.
        @Sendable func nest() {
            office.receivers.duringNextPost {
                seen.withLock { $0 += 1 }
                nest()
                _ = try? await office.office.runDueJobs(WorkerSettings(concurrency: 1))
            }
        }
        nest()
        _ = try await office.office.runDueJobs(WorkerSettings(concurrency: 1))
        #expect(seen.withLock { $0 } == 4, "four places are one organization's")
        let waiting = office.memory.queue(of: office.organization.id).filter {
            $0.isOpen && $0.work.isDelivery
        }
        #expect(waiting.allSatisfy { $0.attempts == 0 }, "waiting for a place uses up no try")
        office.receivers.duringNextPost {}
        office.clock.advance(bySeconds: 5)
        try await office.work()
        #expect(office.receivers.posts.count == 6)
    }

    // MARK: Crashes

    @Test("killed at any commit, every event is told at least once, and its record says so in the end")
    func crashes() async throws {
        for moment in ProcessLife.Moment.allCases {
            for number in 1...12 {
                let office = try await makeTestOffice()
                let receiver = try await subscribe(office)
                let life = ProcessLife(endsAt: number, moment)
                let mortal = office.process("mortal", life)
                _ = try? await mortal.newNegotiation()
                for _ in 0..<4 { _ = try? await mortal.office.runDueJobs(WorkerSettings()) }
                office.memory.workerEnds("mortal")
                try await office.books.jobs.releaseJobsOfDeadWorkers(office.clock.now)
                try await office.work()
                let negotiations = try await office.books.negotiations.list(
                    office.organization.id, nil, PageRequest()
                ).items.count
                let told = try await deliveries(office, receiver)
                #expect(told.count == negotiations, "\(moment) \(number)")
                #expect(told.allSatisfy { $0.state == .delivered }, "\(moment) \(number)")
                #expect(
                    Set(office.receivers.posts.map(\.body)).count == negotiations, "\(moment) \(number)")
                #expect(!office.openWork.contains { $0.isDelivery }, "\(moment) \(number)")
            }
        }
    }

    @Test("two workers who bring the same event put it on record once")
    func twoWorkers() async throws {
        let office = try await makeTestOffice()
        let receiver = try await subscribe(office)
        _ = try await office.newNegotiation()
        office.receivers.duringNextPost {
            do {
                // Its lease has run out, and another process takes over.
                office.clock.advance(bySeconds: 600)
                try await office.process("worker-2").work()
            } catch { Issue.record(error) }
        }
        try await office.work()
        let delivery = try #require(try await deliveries(office, receiver).first)
        #expect(delivery.state == .delivered && delivery.attempts == 1)
        #expect(office.receivers.posts.count == 2)
        #expect(!office.openWork.contains { $0.isDelivery })
    }
}
