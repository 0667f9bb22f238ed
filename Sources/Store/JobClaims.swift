import Desk
import Negotiation
import Postgres

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How workers take jobs and give them back. A worker first takes an organization from the small schedule table, the one
/// that has waited longest, and then that organization's jobs: one with much work cannot starve the others.
struct JobClaims: Sendable {
    let database: Database

    /// How many organizations one claim looks at before it gives up: their work may be done already, or too new a kind.
    private static let mostOrganizations = 16

    // MARK: Claiming

    @Sendable func claim(_ worker: String, _ now: Instant, _ leaseUntil: Instant, _ most: Int) async throws
        -> [Job]
    {
        try await refusing {
            for _ in 0..<Self.mostOrganizations {
                guard let jobs = try await claimOnce(worker, now, leaseUntil, most) else { return [] }
                if !jobs.isEmpty { return jobs }
            }
            return []
        }
    }

    /// The jobs of the organization that has waited longest; `nil` when none is due.
    private func claimOnce(_ worker: String, _ now: Instant, _ leaseUntil: Instant, _ most: Int) async throws
        -> [Job]?
    {
        try await database.pool.transaction(tenant: nil) { transaction in
            let due = try await transaction.query(
                """
                SELECT organization_id FROM job_schedule WHERE due_at <= $1
                ORDER BY due_at, claimed_at LIMIT 1 FOR UPDATE SKIP LOCKED
                """, [.instant(now)])
            guard let row = try due.atMostOne() else { return nil }
            let organization: OrganizationID = try row.id(0)
            try await transaction.enter(organization)
            let results = try await transaction.pipeline([
                Self.burying(organization, now),
                Self.claiming(organization, worker, now, leaseUntil, most),
                Self.rescheduling(organization, now), Self.sweeping(organization, now),
            ])
            if results[1].isEmpty { try await Self.passOver(organization, now, transaction) }
            return try results[1].compactMap { try Self.job($0, organization) }
        }
    }

    private static func job(_ row: Row, _ organization: OrganizationID) throws -> Job? {
        try JobRow.work(try row.text(1), about: try row.uuid(2)).map { work in
            Job(
                id: try row.id(0), organizationID: organization, work: work, runAt: try row.instant(3),
                attempts: try row.int(4))
        }
    }

    /// A job whose worker has died each time it was begun is dead as well: it waits for a person.
    private static func burying(_ organization: OrganizationID, _ now: Instant) -> Statement {
        Statement(
            """
            UPDATE jobs SET state = 'dead', finished_at = $2, lease_until = NULL,
                last_error = coalesce(last_error || '; ', '') || 'its worker stopped each time'
            WHERE organization_id = $1 AND state = 'running' AND lease_until <= $2 AND attempts >= max_attempts
            """, [.id(organization), .instant(now)])
    }

    /// How long what is done is kept, in days, and how much a claim sweeps away at most.
    private static let keptDays = 7
    private static let mostSwept = 50

    /// What was done long ago goes, a little with each claim.
    private static func sweeping(_ organization: OrganizationID, _ now: Instant) -> Statement {
        Statement(
            """
            DELETE FROM jobs WHERE organization_id = $1 AND id IN (
                SELECT id FROM jobs WHERE organization_id = $1 AND state = 'done' AND finished_at < $2
                ORDER BY finished_at LIMIT $3 FOR UPDATE SKIP LOCKED)
            """,
            [.id(organization), .instant(now.advanced(byHours: -24 * keptDays)), .int(mostSwept)])
    }

    /// Two looks, each in the order of its index: one look at either state would sort all that is due.
    private static func claiming(
        _ organization: OrganizationID, _ worker: String, _ now: Instant, _ leaseUntil: Instant, _ most: Int
    ) -> Statement {
        Statement(
            """
            WITH lost AS (
                SELECT id, run_at FROM jobs
                WHERE organization_id = $1 AND kind = ANY($6) AND state = 'running' AND lease_until <= $3
                ORDER BY run_at, id LIMIT $5 FOR UPDATE SKIP LOCKED
            ), waiting AS (
                SELECT id, run_at FROM jobs
                WHERE organization_id = $1 AND kind = ANY($6) AND state = 'due' AND run_at <= $3
                ORDER BY run_at, id LIMIT $5 FOR UPDATE SKIP LOCKED
            ), due AS (
                SELECT id FROM (TABLE lost UNION ALL TABLE waiting) AS either ORDER BY run_at, id LIMIT $5
            )
            UPDATE jobs AS job SET state = 'running', worker = $2, lease_until = $4, attempts = attempts + 1
            FROM due WHERE job.organization_id = $1 AND job.id = due.id
            RETURNING job.id, job.kind, (job.payload ->> 'id')::uuid, job.run_at, job.attempts
            """,
            [
                .id(organization), .text(worker), .instant(now), .instant(leaseUntil), .int(max(most, 1)),
                .textArray(JobRow.kinds),
            ])
    }

    /// The organization's turn comes again when its next job is due, but after all that have waited until now.
    private static func rescheduling(_ organization: OrganizationID, _ now: Instant) -> Statement {
        Statement(
            """
            UPDATE job_schedule SET claimed_at = clock_timestamp(), due_at = greatest($2, coalesce(least(
                (SELECT min(run_at) FROM jobs WHERE organization_id = $1 AND state = 'due'),
                (SELECT min(lease_until) FROM jobs WHERE organization_id = $1 AND state = 'running')), $3))
            WHERE organization_id = $1
            """, [.id(organization), .instant(now), .instant(JobStore.never)])
    }

    /// How long an organization is left to workers of a newer version whose jobs this one does not know, in seconds.
    private static let passedOver: Int64 = 5

    private static func passOver(
        _ organization: OrganizationID, _ now: Instant, _ transaction: Transaction
    ) async throws {
        try await transaction.execute(
            "UPDATE job_schedule SET due_at = $3 WHERE organization_id = $1 AND due_at <= $2",
            [.id(organization), .instant(now), .instant(now.advanced(bySeconds: passedOver))])
    }

    // MARK: Giving back

    @Sendable func postpone(_ job: Job, _ postponement: Postponement) async throws {
        let organization = job.organizationID
        try await refusing {
            try await database.pool.transaction(tenant: organization.uuid) { transaction in
                let moved = try await transaction.execute(
                    """
                    UPDATE jobs SET
                        state = CASE WHEN $6 AND attempts >= max_attempts THEN 'dead' ELSE 'due' END,
                        finished_at = CASE WHEN $6 AND attempts >= max_attempts THEN $4 END,
                        attempts = CASE WHEN $6 THEN attempts ELSE attempts - 1 END,
                        run_at = $4, last_error = $5, lease_until = NULL, worker = NULL
                    WHERE organization_id = $1 AND id = $2 AND worker = $3 AND state = 'running'
                    """,
                    [
                        .id(organization), .id(job.id), .text(postponement.worker),
                        .instant(postponement.until), .words(postponement.reason, longest: 2_000),
                        .bool(postponement.countsAsTry),
                    ])
                // Somebody else holds it by now, or it is done: then it is no longer this worker's.
                guard moved > 0 else { return }
                let scheduling = JobStore.scheduling(organization, at: postponement.until).statement
                try await transaction.execute(scheduling.sql, scheduling.parameters)
            }
        }
    }

    /// How far ahead an organization can be scheduled that has jobs at work: the longest lease, in seconds.
    private static let longestLease: Int64 = 3_600
    /// How many organizations are looked through, those that are due first.
    private static let mostLookedThrough = 10_000

    @Sendable func releaseJobsOfDeadWorkers(_ now: Instant) async throws {
        let rows = try await database.directory(
            "SELECT organization_id FROM job_schedule WHERE due_at <= $1 ORDER BY due_at LIMIT $2",
            [.instant(now.advanced(bySeconds: Self.longestLease)), .int(Self.mostLookedThrough)])
        var known: [String: Bool] = [:]
        for row in rows {
            let organization: OrganizationID = try row.id(0)
            var dead: [String] = []
            for worker in try await workers(of: organization) {
                let isGone: Bool
                if let verdict = known[worker] {
                    isGone = verdict
                } else {
                    isGone = try await WorkerLock.gone(database)(worker)
                }
                known[worker] = isGone
                if isGone { dead.append(worker) }
            }
            if !dead.isEmpty { try await release(jobsOf: dead, of: organization, at: now) }
        }
    }

    private func workers(of organization: OrganizationID) async throws -> [String] {
        let rows = try await database.rows(
            of: organization,
            "SELECT DISTINCT worker FROM jobs WHERE organization_id = $1 AND state = 'running'",
            [.id(organization)])
        return try rows.map { try $0.text(0) }
    }

    private func release(jobsOf workers: [String], of organization: OrganizationID, at now: Instant)
        async throws
    {
        let scheduling = JobStore.scheduling(organization, at: now).statement
        let releasing = Statement(
            """
            UPDATE jobs SET state = 'due', run_at = $3, lease_until = NULL, worker = NULL
            WHERE organization_id = $1 AND worker = ANY($2) AND state = 'running'
            """, [.id(organization), .textArray(workers), .instant(now)])
        _ = try await refusing {
            try await database.pool.commit(tenant: organization.uuid, [releasing, scheduling])
        }
    }
}

extension Transaction {
    /// Goes on in the name of an organization. By the simple protocol, as a pooler may hand the connection on.
    fileprivate func enter(_ organization: OrganizationID) async throws {
        try await script(SQL(trusted: "SET LOCAL parley.organization_id = '\(organization)'"))
    }
}
