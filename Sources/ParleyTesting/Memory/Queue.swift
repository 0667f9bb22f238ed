import Desk
import Negotiation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension InMemoryBooks {
    var jobs: JobBook {
        JobBook(
            claim: { worker, now, leaseUntil, most in
                self.change { $0.claim(worker, now, leaseUntil, most) }
            },
            postpone: { job, postponement in self.change { $0.postpone(job, postponement) } },
            workerIsGone: { worker in self.readAll { !$0.liveWorkers.contains(worker) } },
            releaseJobsOfDeadWorkers: { now in self.change { $0.releaseJobsOfDeadWorkers(now) } },
            nextDue: {
                self.readAll { ledger in ledger.turns.values.map(\.dueAt).filter { $0 < Turn.never }.min() }
            },
            list: { organization, state, request in
                try self.read(organization) { rows in
                    let reports = rows.jobs.filter { $0.state.rawValue == state.rawValue }.compactMap(
                        \.report)
                    return try request.descending(reports) { Place($0.runAt.microseconds, $0.id.uuid) }
                }
            },
            counts: { organization, now in
                self.read(organization) { rows in
                    let depths = rows.jobs.compactMap { job in job.depth(now).map { [job.kind, $0.rawValue] }
                    }
                    return Dictionary(grouping: depths) { $0 }.compactMap { place, all in
                        JobCount.Depth(rawValue: place[1]).map {
                            JobCount(kind: place[0], depth: $0, count: min(all.count, JobCount.most))
                        }
                    }
                }
            })
    }
}

extension Ledger {
    /// How many organizations one claim looks at before it gives up.
    private static let mostOrganizations = 16
    /// How far ahead an organization can be scheduled that has jobs at work, in seconds.
    private static let longestLease: Int64 = 3_600

    mutating func claim(_ worker: String, _ now: Instant, _ leaseUntil: Instant, _ most: Int) -> [Job] {
        for _ in 0..<Self.mostOrganizations {
            let waiting = turns.filter { $0.value.dueAt <= now }.min { left, right in
                (left.value.dueAt, left.value.claimed) < (right.value.dueAt, right.value.claimed)
            }
            guard let organization = waiting?.key else { return [] }
            bury(organization, now)
            let jobs = take(organization, worker, now, leaseUntil, max(most, 1))
            reschedule(organization, now)
            if !jobs.isEmpty { return jobs }
        }
        return []
    }

    /// A job whose worker has died each time it was begun is dead as well.
    private mutating func bury(_ organization: OrganizationID, _ now: Instant) {
        edit(organization) { job in
            guard job.hasLost(now), job.attempts >= Job.mostAttempts else { return }
            job.state = .dead
            job.leaseUntil = nil
            job.lastError = (job.lastError.map { $0 + "; " } ?? "") + "its worker stopped each time"
        }
    }

    private mutating func take(
        _ organization: OrganizationID, _ worker: String, _ now: Instant, _ leaseUntil: Instant, _ most: Int
    ) -> [Job] {
        let due = (tenants[organization]?.jobs ?? []).filter { job in
            (job.state == .due && job.runAt <= now) || job.hasLost(now)
        }
        let taken = due.inOrder(of: \.runAt, \.id.uuid).prefix(most)
        let ids = Set(taken.map(\.id))
        edit(organization) { job in
            guard ids.contains(job.id) else { return }
            job.state = .running
            job.worker = worker
            job.leaseUntil = leaseUntil
            job.attempts += 1
        }
        return taken.map { job in
            Job(
                id: job.id, organizationID: organization, work: job.work, runAt: job.runAt,
                attempts: job.attempts + 1)
        }
    }

    /// The organization's turn comes again when its next job is due, but after all that have waited until now.
    private mutating func reschedule(_ organization: OrganizationID, _ now: Instant) {
        let jobs = tenants[organization]?.jobs ?? []
        let next = jobs.compactMap { $0.state == .due ? $0.runAt : $0.leaseUntil }.min() ?? Turn.never
        claims += 1
        turns[organization] = Turn(dueAt: max(now, next), claimed: claims)
    }

    mutating func postpone(_ job: Job, _ postponement: Postponement) {
        var isMoved = false
        edit(job.organizationID) { queued in
            guard queued.id == job.id, queued.worker == postponement.worker, queued.state == .running else {
                return
            }
            let counts = postponement.countsAsTry
            queued.state = counts && queued.attempts >= Job.mostAttempts ? .dead : .due
            if !counts { queued.attempts -= 1 }
            queued.runAt = postponement.until
            queued.lastError = postponement.reason
            queued.leaseUntil = nil
            queued.worker = nil
            isMoved = true
        }
        if isMoved { schedule(job.organizationID, at: postponement.until) }
    }

    mutating func releaseJobsOfDeadWorkers(_ now: Instant) {
        let horizon = now.advanced(bySeconds: Self.longestLease)
        for organization in turns.filter({ $0.value.dueAt <= horizon }).keys {
            let living = liveWorkers
            var isReleased = false
            edit(organization) { job in
                guard job.state == .running, let worker = job.worker, !living.contains(worker) else { return }
                job.state = .due
                job.runAt = now
                job.leaseUntil = nil
                job.worker = nil
                isReleased = true
            }
            if isReleased { schedule(organization, at: now) }
        }
    }

    private mutating func edit(_ organization: OrganizationID, _ change: (inout QueuedJob) -> Void) {
        guard var rows = tenants[organization] else { return }
        for place in rows.jobs.indices { change(&rows.jobs[place]) }
        tenants[organization] = rows
    }
}

extension QueuedJob {
    /// `readArrival(…)` as the queue of a database calls it: `read_arrival`.
    fileprivate var kind: String {
        "\(work)".prefix { $0 != "(" }.reduce(into: "") {
            $0 += $1.isUppercase ? "_\($1.lowercased())" : "\($1)"
        }
    }

    /// What the work is about.
    private var subject: UUID {
        switch work {
        case .readArrival(let id): id.uuid
        case .askApprovers(let id): id.uuid
        case .sendEmail(let id): id.uuid
        case .expireApproval(let id): id.uuid
        case .expireNegotiation(let id): id.uuid
        case .planFollowUp(let id): id.uuid
        case .followUp(let id): id.uuid
        case .remindApprovers(let id): id.uuid
        case .sendApprovalDigest(let id): id.uuid
        case .askAgain(let id): id.uuid
        case .deliverWebhooks(let id): id.uuid
        case .applyInbound(let id): id.uuid
        }
    }

    fileprivate var report: JobReport? {
        guard let state = JobReport.State(rawValue: state.rawValue) else { return nil }
        return JobReport(
            id: id, kind: kind, subject: subject, state: state, runAt: runAt, attempts: attempts,
            lastError: lastError)
    }

    fileprivate func depth(_ now: Instant) -> JobCount.Depth? {
        switch state {
        case .due: attempts > 0 ? .retrying : runAt <= now ? .due : .waiting
        case .running: .running
        case .dead: .dead
        case .done: nil
        }
    }

    /// Whether the lease of whoever holds it has run out.
    fileprivate func hasLost(_ now: Instant) -> Bool {
        state == .running && (leaseUntil.map { $0 <= now } ?? false)
    }
}
