import Desk
import Negotiation
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the queue owes to its workers. A claim takes work of any organization, so these cases need books that nobody else
/// uses at the time: run them one after the other.
public enum QueueContract {
    private static let now = ContractCompany.start
    private static let lease = now.advanced(bySeconds: 120)

    public static var cases: [ContractCase] { claims + BooksContract.rounds }

    private static let claims: [ContractCase] = [
        ContractCase("a job is claimed when it is due, by one worker, and is over when that worker says so") {
            books in
            let company = try await ContractCompany.found(in: books)
            let job = try await enqueue(.sendEmail(Identifier(UUID())), company, at: now)
            #expect(try await books.jobs.nextDue().map { $0 <= now } ?? false)
            #expect(try await claim(books, at: now.advanced(bySeconds: -1)).isEmpty)
            let claimed = try await claim(books, at: now)
            #expect(claimed.map(\.id) == [job.id] && claimed.map(\.work) == [job.work])
            #expect(claimed.map(\.attempts) == [1] && claimed.map(\.organizationID) == [company.id])
            #expect(try await claim(books, by: "worker-2", at: now).isEmpty)
            await expectRefusal("another worker", \.isStale) {
                try await company.commit(.finishJob(job.id, worker: "worker-2", at: now))
            }
            try await company.commit(.finishJob(job.id, worker: "worker-1", at: now))
            await expectRefusal("twice", \.isStale) {
                try await company.commit(.finishJob(job.id, worker: "worker-1", at: now))
            }
            #expect(try await claim(books, at: lease.advanced(byHours: 1)).isEmpty)
        },
        ContractCase("a job whose lease has run out is taken over, and no longer the former worker's") {
            books in
            let company = try await ContractCompany.found(in: books)
            let job = try await enqueue(.sendEmail(Identifier(UUID())), company, at: now)
            _ = try await claim(books, at: now)
            #expect(
                try await claim(books, by: "worker-2", at: lease.advanced(bySeconds: -1)).isEmpty)
            let taken = try await claim(books, by: "worker-2", at: lease)
            #expect(taken.map(\.id) == [job.id] && taken.map(\.attempts) == [2])
            await expectRefusal("the former worker", \.isStale) {
                try await company.commit(.finishJob(job.id, worker: "worker-1", at: lease))
            }
            // What the former worker found out may still be written, and leaves the job alone.
            try await company.commit(.finishJob(job.id, worker: "worker-1", at: lease, ifHeld: true))
            try await company.commit(.finishJob(job.id, worker: "worker-2", at: lease, ifHeld: true))
            await expectRefusal("done already", \.isStale) {
                try await company.commit(.finishJob(job.id, worker: "worker-2", at: lease))
            }
        },
        ContractCase("a job that is put back comes again later, and is dead after its last try") { books in
            let company = try await ContractCompany.found(in: books)
            let job = try await enqueue(.sendEmail(Identifier(UUID())), company, at: now)
            var time = now
            for number in 1...Job.mostAttempts {
                let claimed = try await claim(books, at: time)
                #expect(claimed.map(\.attempts) == [number])
                let held = try #require(claimed.first)
                time = time.advanced(bySeconds: 60)
                // What is not one's own cannot be put back.
                try await books.jobs.postpone(
                    held, Postponement(worker: "worker-2", until: now, reason: "not mine"))
                // Waiting for somebody else uses up no try.
                let waiting = Postponement(
                    worker: "worker-1", until: time, reason: "not yet", countsAsTry: false)
                try await books.jobs.postpone(held, waiting)
                let again = try await claim(books, at: time)
                #expect(again.map(\.attempts) == [number])
                try await books.jobs.postpone(
                    held, Postponement(worker: "worker-1", until: time, reason: "no luck"))
                #expect(try await claim(books, at: time.advanced(bySeconds: -1)).isEmpty)
            }
            #expect(try await claim(books, at: time.advanced(byHours: 24)).isEmpty)
            await expectRefusal("a dead job", \.isStale) {
                try await company.commit(.finishJob(job.id, worker: "worker-1", at: time))
            }
        },
        ContractCase("a job that kills its worker each time is dead as well") { books in
            let company = try await ContractCompany.found(in: books)
            _ = try await enqueue(.sendEmail(Identifier(UUID())), company, at: now)
            var time = now
            for _ in 1...Job.mostAttempts {
                #expect(try await claim(books, at: time).count == 1)
                time = time.advanced(bySeconds: 120)
            }
            #expect(try await claim(books, at: time).isEmpty)
        },
        ContractCase("the same work is asked for once while it waits or runs, an email's sending is not") {
            books in
            let company = try await ContractCompany.found(in: books)
            let request = ApprovalRequestID(UUID())
            let later = now.advanced(byHours: 1)
            let job = try await enqueue(.expireApproval(request), company, at: later)
            // Asked for again for an earlier hour, it is brought forward.
            _ = try await enqueue(.expireApproval(request), company, at: now)
            _ = try await enqueue(.remindApprovers(request), company, at: now)
            let claimed = try await claim(books, at: now)
            #expect(Set(claimed.map(\.work)) == [.expireApproval(request), .remindApprovers(request)])
            #expect(claimed.contains { $0.id == job.id })
            _ = try await enqueue(.remindApprovers(request), company, at: now)
            #expect(try await claim(books, by: "worker-2", at: now).isEmpty)
            for done in claimed {
                try await company.commit(.finishJob(done.id, worker: "worker-1", at: now))
            }
            // What is over may be asked for again, even in the commit that ends it.
            _ = try await enqueue(.remindApprovers(request), company, at: now)
            let again = try #require(try await claim(books, at: now).first)
            let next = Job(
                id: Identifier(UUID()), organizationID: company.id, work: again.work, runAt: now)
            try await company.commit(
                .enqueue(next), .finishJob(again.id, worker: "worker-1", at: now))
            #expect(try await claim(books, at: now).map(\.id) == [next.id])
            try await company.commit(.finishJob(next.id, worker: "worker-1", at: now))
            let email = EmailID(UUID())
            for _ in 0..<2 { _ = try await enqueue(.sendEmail(email), company, at: now) }
            let sends = try await claim(books, at: now)
            #expect(sends.map(\.work) == [.sendEmail(email), .sendEmail(email)])
            for send in sends {
                try await company.commit(.finishJob(send.id, worker: "worker-1", at: now))
            }
        },
        ContractCase("one claim takes the work of one organization, and the next that of another") { books in
            let loud = try await ContractCompany.found(in: books)
            let quiet = try await ContractCompany.found(in: books)
            for _ in 0..<6 { _ = try await enqueue(.sendEmail(Identifier(UUID())), loud, at: now) }
            _ = try await enqueue(.sendEmail(Identifier(UUID())), quiet, at: now.advanced(bySeconds: 1))
            var claims: [[OrganizationID]] = []
            let time = now.advanced(bySeconds: 2)
            for _ in 0..<4 {
                let jobs = try await claim(books, at: time, most: 3)
                claims.append(jobs.map(\.organizationID))
                for job in jobs {
                    try await books.commit(
                        job.organizationID, [.finishJob(job.id, worker: "worker-1", at: time)])
                }
            }
            #expect(claims == [[loud.id, loud.id, loud.id], [quiet.id], [loud.id, loud.id, loud.id], []])
        },
        ContractCase("jobs are claimed in the order in which they became due, as many as are asked for") {
            books in
            let company = try await ContractCompany.found(in: books)
            var ids: [JobID] = []
            for number in 0..<5 {
                let due = now.advanced(bySeconds: -Int64(number))
                ids.insert(try await enqueue(.sendEmail(Identifier(UUID())), company, at: due).id, at: 0)
            }
            let first = try await claim(books, at: now, most: 3)
            #expect(Set(first.map(\.id)) == Set(ids.prefix(3)))
            let second = try await claim(books, at: now, most: 3)
            #expect(Set(second.map(\.id)) == Set(ids.suffix(2)))
            for job in first + second {
                try await company.commit(.finishJob(job.id, worker: "worker-1", at: now))
            }
        },
        ContractCase("the work of a worker that is gone is due at once") { books in
            let company = try await ContractCompany.found(in: books)
            let gone = "gone-\(UUID().uuidString)"
            let job = try await enqueue(.sendEmail(Identifier(UUID())), company, at: now)
            _ = try await claim(books, by: gone, at: now)
            #expect(try await books.jobs.workerIsGone(gone))
            #expect(try await claim(books, at: now).isEmpty)
            try await books.jobs.releaseJobsOfDeadWorkers(now)
            #expect(try await claim(books, at: now).map(\.id) == [job.id])
            try await company.commit(.finishJob(job.id, worker: "worker-1", at: now))
        },
        ContractCase(
            "a job that was given up is listed, counted, and tried again from the beginning when asked for"
        ) {
            books in
            let company = try await ContractCompany.found(in: books)
            let rival = try await ContractCompany.found(in: books)
            let (email, request) = (EmailID(UUID()), ApprovalRequestID(UUID()))
            let dead = try await kill(.sendEmail(email), company, books)
            let failing = try await enqueue(.askApprovers(request), company, at: now)
            try await books.jobs.postpone(
                try #require(try await claim(books, at: now).first),
                Postponement(worker: "worker-1", until: now.advanced(byHours: 1), reason: "no luck"))
            _ = try await enqueue(.expireApproval(request), company, at: now.advanced(byHours: 72))
            _ = try await enqueue(.expireApproval(Identifier(UUID())), company, at: now)
            let counts = Set(try await books.jobs.counts(company.id, now))
            #expect(
                counts == [
                    JobCount(kind: "send_email", depth: .dead, count: 1),
                    JobCount(kind: "ask_approvers", depth: .retrying, count: 1),
                    JobCount(kind: "expire_approval", depth: .waiting, count: 1),
                    JobCount(kind: "expire_approval", depth: .due, count: 1),
                ])
            #expect(try await books.jobs.counts(rival.id, now).isEmpty)
            let report = try #require(try await books.jobs.list(company.id, .dead, PageRequest()).items.first)
            #expect(report.id == dead.id && report.kind == "send_email" && report.subject == email.uuid)
            #expect(report.attempts == Job.mostAttempts && report.lastError == "no luck")
            #expect(try await books.jobs.list(company.id, .due, PageRequest(limit: 2)).items.count == 2)
            #expect(try await books.jobs.list(rival.id, .dead, PageRequest()).items.isEmpty)
            await expectRefusal("another's", \.isStale) {
                try await rival.commit(.requeueJob(dead.id, at: now))
            }
            await expectRefusal("one that waits", \.isStale) {
                try await company.commit(.requeueJob(failing.id, at: now))
            }
            try await company.commit(.requeueJob(dead.id, at: now))
            let claimed = try await claim(books, at: now)
            #expect(claimed.first { $0.id == dead.id }?.attempts == 1)
            #expect(
                try await books.jobs.list(company.id, .running, PageRequest()).items.count == claimed.count)
            for job in claimed {
                try await company.commit(.finishJob(job.id, worker: "worker-1", at: now))
            }
        },
        ContractCase("work that waits again already is not tried a second time") { books in
            let company = try await ContractCompany.found(in: books)
            let request = ApprovalRequestID(UUID())
            let dead = try await kill(.remindApprovers(request), company, books)
            _ = try await enqueue(.remindApprovers(request), company, at: now)
            await expectRefusal("the same work", \.isDuplicate) {
                try await company.commit(.requeueJob(dead.id, at: now))
            }
        },
        ContractCase("a second delivery of the same arrival is no second job") { books in
            let company = try await ContractCompany.found(in: books)
            for _ in 0..<2 {
                let arrival = Arrival(
                    id: Identifier(UUID()), source: "imap", externalID: "uid 1", raw: [1], receivedAt: now)
                let job = Job(
                    id: Identifier(UUID()), organizationID: company.id, work: .readArrival(arrival.id),
                    runAt: now)
                try await company.commit(.addArrival(arrival, unlessKnown: job))
            }
            let claimed = try await claim(books, at: now)
            #expect(claimed.count == 1)
            for job in claimed {
                try await company.commit(.finishJob(job.id, worker: "worker-1", at: now))
            }
            #expect(try await claim(books, at: now).isEmpty)
        },
    ]

    private static func enqueue(_ work: Job.Work, _ company: ContractCompany, at due: Instant) async throws
        -> Job
    {
        let job = Job(id: Identifier(UUID()), organizationID: company.id, work: work, runAt: due)
        try await company.commit(.enqueue(job))
        return job
    }

    /// A job that failed until it was given up.
    private static func kill(_ work: Job.Work, _ company: ContractCompany, _ books: Books) async throws -> Job
    {
        let job = try await enqueue(work, company, at: now)
        for _ in 1...Job.mostAttempts {
            let claimed = try #require(try await claim(books, at: now).first)
            try await books.jobs.postpone(
                claimed, Postponement(worker: "worker-1", until: now, reason: "no luck"))
        }
        return job
    }

    private static func claim(
        _ books: Books, by worker: String = "worker-1", at now: Instant, most: Int = 10
    ) async throws -> [Job] {
        try await books.jobs.claim(worker, now, now.advanced(bySeconds: 120), most)
    }
}
