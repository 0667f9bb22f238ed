import Desk
import Negotiation
import ParleyTesting
import Testing

/// Jobs that go wrong, processes that hang, and who takes over from whom.
@Suite struct WorkingTests {
    /// An office with an approved opening email that nobody has sent yet.
    private func approved() async throws -> (TestOffice, EmailID) {
        let office = try await makeTestOffice()
        let email = try await office.write(.open, in: try await office.newNegotiation())
        try await office.work()
        try await office.approve()
        return (office, email)
    }

    @Test("nobody takes an email from a sender that is alive")
    func senderAlive() async throws {
        let (office, email) = try await approved()
        office.post.duringNextEmail {
            do {
                // A second process, long after every lease has run out.
                office.clock.advance(byHours: 1)
                let other = office.process("worker-2")
                for _ in 0..<3 {
                    try await other.work()
                    other.clock.advance(bySeconds: 60)
                }
                #expect(try await other.email(email).status == .sending)
            } catch { Issue.record(error) }
        }
        _ = try await office.office.runDueJobs(WorkerSettings())
        #expect(office.post.attempts == 1)
        #expect(try await office.attempts(email).count == 1)
    }

    @Test("the answer of a slow mail server is written down, however long the lease of the job has run out")
    func slowServer() async throws {
        let (office, email) = try await approved()
        office.post.duringNextEmail {
            do {
                office.clock.advance(bySeconds: 300)
                // Meanwhile another task of the same process comes by the job, whose lease has run out.
                _ = try await office.office.runDueJobs(WorkerSettings())
            } catch { Issue.record(error) }
        }
        _ = try await office.office.runDueJobs(WorkerSettings())
        for _ in 0..<10 {
            office.clock.advance(bySeconds: 600)
            try await office.work()
        }
        #expect(office.post.deliveries.count == 1)
        #expect(try await office.email(email).status == .sent)
    }

    @Test("a sender that hangs for an hour and then dies leaves an email that is settled all the same")
    func hangingSender() async throws {
        let (office, email) = try await approved()
        let life = ProcessLife()
        let first = office.process("worker-1", life)
        office.post.duringNextEmail {
            do {
                let other = office.process("worker-2")
                for _ in 0..<60 {
                    other.clock.advance(bySeconds: 60)
                    try await other.work()
                }
                life.end()
                office.memory.workerEnds("worker-1")
            } catch { Issue.record(error) }
        }
        _ = try? await first.office.runDueJobs(WorkerSettings())
        let other = office.process("worker-2")
        try await other.books.jobs.releaseJobsOfDeadWorkers(other.clock.now)
        for _ in 0..<24 {
            other.clock.advance(byHours: 1)
            try await other.work()
        }
        #expect(office.post.attempts == 1)
        #expect(try await office.email(email).status == .uncertain)
        #expect(!office.memory.queue(of: office.organization.id).contains { $0.state == .dead })
    }

    @Test(
        "a database that is away when the result should be written leaves an email that is settled afterwards"
    )
    func databaseAway() async throws {
        let (office, email) = try await approved()
        office.post.keepsEvidence(true)
        let life = ProcessLife()
        var first = office.process("worker-1", life)
        first.office.mail = office.post.port
        office.post.duringNextEmail { life.end() }
        _ = try? await first.office.runDueJobs(WorkerSettings())
        #expect(try await office.email(email).status == .sending)
        // The process lives on, and its database is back.
        office.clock.advance(bySeconds: 600)
        var again = first
        again.office.books = office.books
        try await again.work()
        #expect(try await office.email(email).status == .sent)
        #expect(office.post.attempts == 1)
    }

    @Test("a job that always fails is tried less and less often, and then waits for a person")
    func dying() async throws {
        let office = try await makeTestOffice()
        office.templates.remove("approval_request")
        let id = try await office.newNegotiation()
        _ = try await office.write(.open, in: id)
        var tries = 0
        while let due = try await office.books.jobs.nextDue(), !office.openWork.isEmpty, tries < 100 {
            office.clock.set(due)
            try await office.work()
            tries += 1
        }
        let job = office.memory.queue(of: office.organization.id).first { $0.state == .dead }
        #expect(job?.attempts == Job.mostAttempts)
        #expect(job?.lastError?.contains("approval_request") ?? false)
        #expect(office.openWork.isEmpty)
    }

    @Test("who can mend it is told when a job is given up, and may have it tried again")
    func requeueing() async throws {
        let office = try await makeTestOffice()
        office.templates.remove("approval_request")
        _ = try await office.write(.open, in: try await office.newNegotiation())
        while !office.openWork.isEmpty, let due = try await office.books.jobs.nextDue() {
            office.clock.set(due)
            try await office.work()
        }
        #expect(try await office.notices(office.mia) == ["Work has failed for good"])
        let dead = try #require(
            try await office.books.jobs.list(office.organization.id, .dead, PageRequest()).items.first)
        #expect(dead.kind == "ask_approvers" && dead.lastError?.contains("approval_request") ?? false)
        let ada = office.caller(office.ada)
        #expect(await refusal { try await office.office.requeue(dead.id, by: ada) } != nil)
        office.templates.set("approval_request", subject: "Please", body: "{{ link }}")
        try await office.office.requeue(dead.id, by: office.caller(office.mia))
        try await office.work()
        #expect(office.post.letters.count == 2)
        #expect(
            await conflict { try await office.office.requeue(dead.id, by: office.caller(office.mia)) }
                == "job_not_dead")
    }

    @Test("what failed together is not tried again together")
    func jitter() async throws {
        let office = try await makeTestOffice()
        office.templates.remove("approval_request")
        for _ in 0..<20 { _ = try await office.write(.open, in: try await office.newNegotiation()) }
        for _ in 0..<8 {
            office.clock.advance(bySeconds: 3600)
            try await office.work()
        }
        let waits = office.memory.queue(of: office.organization.id).filter {
            $0.state == .due && $0.attempts > 0
        }
        .map { ($0.runAt.seconds - office.clock.now.seconds) / 10 }
        #expect(waits.count == 20 && Set(waits).count > 8, "\(waits)")
    }

    @Test("a job that kills its worker each time is dead as well")
    func poison() async throws {
        let office = try await makeTestOffice()
        _ = try await office.write(.open, in: try await office.newNegotiation())
        for number in 1...20 {
            let life = ProcessLife()
            let process = office.process("worker-\(number)", life)
            _ = try await process.books.jobs.claim(
                "worker-\(number)", process.clock.now, process.clock.now.advanced(bySeconds: 120), 4)
            life.end()
            office.clock.advance(bySeconds: 120)
        }
        try await office.work()
        let job = office.memory.queue(of: office.organization.id).first { $0.state == .dead }
        #expect(job?.attempts == Job.mostAttempts)
        #expect(office.post.letters.isEmpty)
    }

    @Test("an organization with much work does not starve the others")
    func fairness() async throws {
        let memory = InMemoryBooks()
        let clock = TestClock()
        let loud = try await makeTestOffice(memory: memory, clock: clock, slug: "loud")
        let quiet = try await makeTestOffice(memory: memory, clock: clock, slug: "quiet", worker: "worker-2")
        for number in 0..<100 {
            try await loud.office.take(
                [0], source: "imap", externalID: "\(number)", for: loud.organization.id)
        }
        try await quiet.office.take([0], source: "imap", externalID: "1", for: quiet.organization.id)
        for _ in 0..<2 { _ = try await loud.office.runDueJobs(WorkerSettings(concurrency: 4)) }
        #expect(memory.arrivals(of: quiet.organization.id).map(\.state) == [.quarantined])
    }

    @Test("a draft is not handed in while another email waits, whether as it is or changed")
    func twoEmails() async throws {
        let office = try await makeTestOffice()
        let id = try await office.openedNegotiation()
        let held = try await office.write(.counter, "8.50", in: id)
        try await office.decide(.changes, on: try await office.pendingRequest(), comment: "Ask for less.")
        #expect(try await office.email(held).status == .draft)
        _ = try await office.write(.counter, "9.00", in: id)
        let ada = office.caller(office.ada)
        #expect(
            await conflict { try await office.office.submit(held, by: ada) } == "email_waiting")
        let code = await conflict {
            _ = try await office.office.edit(held, subject: nil, bodyText: "EUR 8.60?", by: ada)
        }
        #expect(code == "email_waiting")
        #expect(try await office.email(held).status == .draft)
    }
}
