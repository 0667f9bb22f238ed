import Desk
import Foundation
import Negotiation
import Postgres
import Store
import Testing

@Suite(.serialized) struct JobStoreTests {
    private let start = Company.start
    private var lease: Instant { start.advanced(bySeconds: 120) }

    private func job(_ company: Company, at due: Instant? = nil) -> Job {
        Job(
            id: Identifier(UUID()), organizationID: company.id, work: .sendEmail(Identifier(UUID())),
            runAt: due ?? start)
    }

    private func enqueue(_ count: Int, for company: Company) async throws -> Set<JobID> {
        let jobs = (0..<count).map { _ in job(company) }
        try await company.books.commit(company.id, jobs.map { .enqueue($0) })
        return Set(jobs.map(\.id))
    }

    @Test("workers that claim at the same moment get every job exactly once")
    func exactlyOnce() async throws {
        let store = try await StoreDatabase.make("jobs_once")
        var wanted: Set<JobID> = []
        for _ in 0..<3 {
            wanted.formUnion(try await enqueue(40, for: try await Company.found(in: store.books)))
        }
        let claimed = try await withThrowingTaskGroup(of: [JobID].self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var mine: [JobID] = []
                    // Others may hold the schedule for a moment: only several empty looks mean that nothing is left.
                    var misses = 0
                    while misses < 20 {
                        let jobs = try await store.books.jobs.claim("w\(worker)", start, lease, 5)
                        misses = jobs.isEmpty ? misses + 1 : 0
                        mine += jobs.map(\.id)
                    }
                    return mine
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(claimed.count == 120)
        #expect(Set(claimed) == wanted)
    }

    @Test("a loud organization does not starve a quiet one")
    func fairness() async throws {
        let store = try await StoreDatabase.make("jobs_fair")
        let loud = try await Company.found(in: store.books)
        let quiet = try await Company.found(in: store.books)
        let jobs = (0..<100).map { _ in job(loud, at: start.advanced(bySeconds: -60)) }
        try await store.books.commit(loud.id, jobs.map { .enqueue($0) })
        _ = try await enqueue(1, for: quiet)
        var organizations: [OrganizationID] = []
        for _ in 0..<3 {
            let jobs = try await store.books.jobs.claim("w", start, lease, 10)
            organizations.append(try #require(jobs.first).organizationID)
        }
        #expect(organizations == [loud.id, quiet.id, loud.id])
    }

    @Test("a job that is not due yet waits, and the queue says until when")
    func notDue() async throws {
        let store = try await StoreDatabase.make("jobs_due")
        #expect(try await store.books.jobs.nextDue() == nil)
        let company = try await Company.found(in: store.books)
        let later = start.advanced(bySeconds: 60)
        try await store.books.commit(
            company.id, [.enqueue(job(company, at: later)), .enqueue(job(company, at: lease))])
        #expect(try await store.books.jobs.nextDue() == later)
        #expect(try await store.books.jobs.claim("w", start, lease, 10).isEmpty)
        let claimed = try await store.books.jobs.claim("w", later, lease, 10)
        #expect(claimed.map(\.attempts) == [1])
        #expect(claimed.map(\.runAt) == [later])
        #expect(try await store.books.jobs.nextDue() == lease)
        try await store.books.commit(company.id, [.finishJob(claimed[0].id, worker: "w", at: later)])
        let last = try await store.books.jobs.claim("w", lease, lease.advanced(bySeconds: 60), 10)
        try await store.books.commit(company.id, [.finishJob(last[0].id, worker: "w", at: lease)])
        #expect(try await store.books.jobs.claim("w", lease.advanced(bySeconds: 90), lease, 10).isEmpty)
        #expect(try await store.books.jobs.nextDue() == nil)
    }

    @Test("a job whose lease has run out goes to the next worker, and the former cannot end it")
    func leases() async throws {
        let store = try await StoreDatabase.make("jobs_leases")
        let company = try await Company.found(in: store.books)
        let id = try #require(try await enqueue(1, for: company).first)
        _ = try await store.books.jobs.claim("slow", start, lease, 1)
        #expect(try await store.books.jobs.claim("quick", start, lease, 1).isEmpty)
        let again = try await store.books.jobs.claim("quick", lease, lease.advanced(bySeconds: 60), 1)
        #expect(again.map(\.id) == [id])
        #expect(again.map(\.attempts) == [2])
        await #expect(throws: CommitRefusal.stale) {
            try await store.books.commit(company.id, [.finishJob(id, worker: "slow", at: lease)])
        }
        try await store.books.commit(company.id, [.finishJob(id, worker: "quick", at: lease)])
    }

    @Test("what fails is tried later, and after the last try it is dead")
    func postponing() async throws {
        let store = try await StoreDatabase.make("jobs_postponed")
        let company = try await Company.found(in: store.books)
        let id = try #require(try await enqueue(1, for: company).first)
        var now = start
        for attempt in 1...Job.mostAttempts {
            let jobs = try await store.books.jobs.claim("w", now, now.advanced(bySeconds: 60), 1)
            let job = try #require(jobs.first)
            #expect(job.attempts == attempt)
            now = now.advanced(bySeconds: 10)
            try await store.books.jobs.postpone(
                job, Postponement(worker: "somebody else", until: now, reason: "not mine"))
            try await store.books.jobs.postpone(job, Postponement(worker: "w", until: now, reason: "no luck"))
        }
        #expect(try await store.books.jobs.claim("w", now.advanced(bySeconds: 900), now, 1).isEmpty)
        let end = try await store.value(
            "SELECT state || ' ' || last_error FROM jobs WHERE id = $1", [.uuid(id.uuid)])
        #expect(end == "dead no luck")
    }

    @Test("a job that takes its worker down each time is dead in the end")
    func poison() async throws {
        let store = try await StoreDatabase.make("jobs_poison")
        let company = try await Company.found(in: store.books)
        _ = try await enqueue(1, for: company)
        var now = start
        var claims = 0
        while try await !store.books.jobs.claim("w", now, now.advanced(bySeconds: 60), 1).isEmpty {
            claims += 1
            now = now.advanced(bySeconds: 61)
        }
        #expect(claims == Job.mostAttempts)
        #expect(try await store.value("SELECT state FROM jobs") == "dead")
    }

    @Test("the same work promised twice is done once, and at the earlier time")
    func duplicates() async throws {
        let store = try await StoreDatabase.make("jobs_twice")
        let company = try await Company.found(in: store.books)
        let subject = ApprovalRequestID(UUID())
        for due in [lease, start, lease] {
            let job = Job(
                id: Identifier(UUID()), organizationID: company.id, work: .askApprovers(subject), runAt: due)
            try await store.books.commit(company.id, [.enqueue(job)])
        }
        let jobs = try await store.books.jobs.claim("w", start, lease, 10)
        #expect(jobs.map(\.work) == [.askApprovers(subject)])
        // Ended and promised again in one commit, in either order.
        let next = Job(
            id: Identifier(UUID()), organizationID: company.id, work: .askApprovers(subject), runAt: start)
        try await store.books.commit(
            company.id, [.enqueue(next), .finishJob(jobs[0].id, worker: "w", at: start)])
        #expect(try await store.books.jobs.claim("w", start, lease, 10).map(\.id) == [next.id])
    }

    @Test("every kind of work comes back as it was promised")
    func kinds() async throws {
        let store = try await StoreDatabase.make("jobs_kinds")
        let company = try await Company.found(in: store.books)
        let works: Set<Job.Work> = [
            .readArrival(Identifier(UUID())), .askApprovers(Identifier(UUID())),
            .sendEmail(Identifier(UUID())), .expireApproval(Identifier(UUID())),
            .expireNegotiation(Identifier(UUID())),
        ]
        try await store.books.commit(
            company.id,
            works.map {
                .enqueue(Job(id: Identifier(UUID()), organizationID: company.id, work: $0, runAt: start))
            })
        let claimed = try await store.books.jobs.claim("w", start, lease, 10)
        #expect(Set(claimed.map(\.work)) == works)
    }

    @Test("work of a newer version is left to it, and keeps nobody from working or from sleeping")
    func unknownKinds() async throws {
        let store = try await StoreDatabase.make("jobs_unknown")
        let company = try await Company.found(in: store.books)
        _ = try await enqueue(1, for: company)
        try await store.owner.transaction(tenant: nil) {
            try await $0.script("UPDATE jobs SET kind = 'brew_coffee'")
        }
        #expect(try await store.books.jobs.claim("w", start, lease, 10).isEmpty)
        let pause = start.advanced(bySeconds: 5)
        #expect(try await store.books.jobs.nextDue() == pause)
        let ours = try await enqueue(1, for: company)
        #expect(Set(try await store.books.jobs.claim("w", start, lease, 10).map(\.id)) == ours)
        // Still there for whoever knows it.
        try await store.owner.transaction(tenant: nil) {
            try await $0.script("UPDATE jobs SET kind = 'send_email' WHERE kind = 'brew_coffee'")
        }
        #expect(try await store.books.jobs.claim("newer", pause, lease, 10).count == 1)
    }

    @Test("a worker whose process ends loses its lock, and its jobs are due at once")
    func deadWorkers() async throws {
        let store = try await StoreDatabase.make("jobs_dead")
        let company = try await Company.found(in: store.books)
        _ = try await enqueue(2, for: company)
        var configuration = store.app.configuration
        let living = try #require(try await WorkerLock.hold(for: "living", configuration))
        configuration.applicationName = "dying"
        let dying = try #require(try await WorkerLock.hold(for: "dying", configuration))
        #expect(try await WorkerLock.hold(for: "dying", configuration) == nil)
        _ = try await store.books.jobs.claim("living", start, lease, 1)
        let lost = try await store.books.jobs.claim("dying", start, lease, 1)
        #expect(try await !store.books.jobs.workerIsGone("dying"))
        try await store.books.jobs.releaseJobsOfDeadWorkers(start)
        #expect(try await store.books.jobs.claim("next", start, lease, 10).isEmpty)
        // As if the process had been killed: its session ends.
        try await store.owner.transaction(tenant: nil) { transaction in
            _ = try await transaction.query(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'dying'"
            )
        }
        #expect(try await store.books.jobs.workerIsGone("dying"))
        #expect(try await !store.books.jobs.workerIsGone("living"))
        await #expect(throws: CommitRefusal.self) { try await dying.confirm() }
        try await living.confirm()
        try await store.books.jobs.releaseJobsOfDeadWorkers(start)
        #expect(try await store.books.jobs.claim("next", start, lease, 10).map(\.id) == lost.map(\.id))
        await living.release()
        #expect(try await store.books.jobs.workerIsGone("living"))
    }

    @Test("idle workers hear of new work")
    func notification() async throws {
        let store = try await StoreDatabase.make("jobs_notify")
        let company = try await Company.found(in: store.books)
        let listener = try Listener(store.app.configuration, channels: [jobsChannel])
        var events = listener.events.makeAsyncIterator()
        #expect(await events.next() == .listening)
        _ = try await enqueue(3, for: company)
        guard case .notification(let heard) = await events.next() else {
            Issue.record("no notification")
            return
        }
        #expect(heard.channel == "parley_jobs")
        listener.stop()
    }
}
