import Desk
import Negotiation
import Postgres

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The channel that is notified when there is work, so that idle workers look at once.
public let jobsChannel: Channel = "parley_jobs"

/// A job's work as its row says it.
struct JobRow: Sendable {
    let kind: String
    /// What a second job of the kind, due or running, would share; `nil` where both are to run.
    let uniqueKey: String?
    private let subject: UUID

    init(_ work: Job.Work) {
        switch work {
        case .readArrival(let id): (kind, subject) = (Kind.readArrival.rawValue, id.uuid)
        case .askApprovers(let id): (kind, subject) = (Kind.askApprovers.rawValue, id.uuid)
        case .remindApprovers(let id): (kind, subject) = (Kind.remindApprovers.rawValue, id.uuid)
        case .sendApprovalDigest(let id): (kind, subject) = (Kind.sendApprovalDigest.rawValue, id.uuid)
        case .askAgain(let id): (kind, subject) = (Kind.askAgain.rawValue, id.uuid)
        case .sendEmail(let id): (kind, subject) = (Kind.sendEmail.rawValue, id.uuid)
        case .expireApproval(let id): (kind, subject) = (Kind.expireApproval.rawValue, id.uuid)
        case .expireNegotiation(let id): (kind, subject) = (Kind.expireNegotiation.rawValue, id.uuid)
        case .deliverWebhooks(let id): (kind, subject) = (Kind.deliverWebhooks.rawValue, id.uuid)
        case .planFollowUp(let id): (kind, subject) = (Kind.planFollowUp.rawValue, id.uuid)
        case .followUp(let id): (kind, subject) = (Kind.followUp.rawValue, id.uuid)
        case .applyInbound(let id): (kind, subject) = (Kind.applyInbound.rawValue, id.uuid)
        }
        uniqueKey = work.isOnce ? subject.uuidString.lowercased() : nil
    }

    /// The JSON that the row carries.
    var payload: [UInt8] { Array(#"{"id":"\#(subject.uuidString.lowercased())"}"#.utf8) }

    private enum Kind: String, CaseIterable {
        case readArrival = "read_arrival"
        case askApprovers = "ask_approvers"
        case remindApprovers = "remind_approvers"
        case sendApprovalDigest = "send_approval_digest"
        case askAgain = "ask_again"
        case sendEmail = "send_email"
        case expireApproval = "expire_approval"
        case expireNegotiation = "expire_negotiation"
        case deliverWebhooks = "deliver_webhooks"
        case planFollowUp = "plan_follow_up"
        case followUp = "follow_up"
        case applyInbound = "apply_webhooks"
    }

    /// The kinds that this version can do; while a newer version runs beside it, there may be others.
    static let kinds = Kind.allCases.map(\.rawValue)

    /// The work of a kind about a subject; `nil` for a kind that this version does not know.
    static func work(_ kind: String, about subject: UUID) -> Job.Work? {
        switch Kind(rawValue: kind) {
        case .readArrival: .readArrival(Identifier(subject))
        case .askApprovers: .askApprovers(Identifier(subject))
        case .remindApprovers: .remindApprovers(Identifier(subject))
        case .sendApprovalDigest: .sendApprovalDigest(Identifier(subject))
        case .askAgain: .askAgain(Identifier(subject))
        case .sendEmail: .sendEmail(Identifier(subject))
        case .expireApproval: .expireApproval(Identifier(subject))
        case .expireNegotiation: .expireNegotiation(Identifier(subject))
        case .deliverWebhooks: .deliverWebhooks(Identifier(subject))
        case .planFollowUp: .planFollowUp(Identifier(subject))
        case .followUp: .followUp(Identifier(subject))
        case .applyInbound: .applyInbound(Identifier(subject))
        case nil: nil
        }
    }
}

/// The queue: writing to it, and what is read of it besides claims.
struct JobStore: Sendable {
    let database: Database

    var book: JobBook {
        let claims = JobClaims(database: database)
        return JobBook(
            claim: claims.claim, postpone: claims.postpone, workerIsGone: WorkerLock.gone(database),
            releaseJobsOfDeadWorkers: claims.releaseJobsOfDeadWorkers, nextDue: nextDue, list: list,
            counts: counts)
    }

    /// When an organization without work is looked at: 9999-12-31.
    static let never = Instant(seconds: 253_402_214_400)

    @Sendable private func nextDue() async throws -> Instant? {
        let rows = try await database.directory(
            "SELECT min(due_at) FROM job_schedule WHERE due_at < $1", [.instant(Self.never)])
        return try rows.single().optionalInstant(0)
    }

    @Sendable private func list(
        _ organization: OrganizationID, _ state: JobReport.State, _ request: PageRequest
    ) async throws -> Page<JobReport> {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT id, kind, (payload ->> 'id')::uuid, state, run_at, attempts, last_error FROM jobs
            WHERE organization_id = $1 AND (run_at, id) < ($2, $3) AND state = $5
            ORDER BY run_at DESC, id DESC LIMIT $4
            """, [.id(organization)] + (try request.newestFirst()) + [.word(state)])
        return try request.page(rows) { row in
            let report = JobReport(
                id: try row.id(0), kind: try row.text(1), subject: try row.uuid(2), state: try row.word(3),
                runAt: try row.instant(4), attempts: try row.int(5), lastError: try row.optionalText(6))
            return (report, Cursor(report.runAt, report.id.uuid))
        }
    }

    /// Each part ends at ``JobCount/most``, so that looking costs the same however many wait.
    @Sendable private func counts(_ organization: OrganizationID, _ now: Instant) async throws -> [JobCount] {
        let rows = try await database.rows(
            of: organization,
            """
            SELECT kind, depth, count(*) FROM (
                (SELECT kind, CASE WHEN attempts > 0 THEN 'retrying' WHEN run_at <= $2 THEN 'due' ELSE 'waiting' END
                    FROM jobs WHERE organization_id = $1 AND state = 'due' ORDER BY run_at, id LIMIT $3)
                UNION ALL (SELECT kind, 'running' FROM jobs WHERE organization_id = $1 AND state = 'running' LIMIT $3)
                UNION ALL (SELECT kind, 'dead' FROM jobs WHERE organization_id = $1 AND state = 'dead' LIMIT $3)
            ) AS part (kind, depth) GROUP BY kind, depth ORDER BY kind, depth
            """, [.id(organization), .instant(now), .int(JobCount.most)])
        return try rows.map { row in
            JobCount(kind: try row.text(0), depth: try row.word(1), count: try row.int(2))
        }
    }

    // MARK: Writing

    static func enqueueing(_ job: Job) -> Step {
        let row = JobRow(job.work)
        return Step(
            """
            INSERT INTO jobs AS job (organization_id, id, kind, unique_key, payload, run_at, attempts, max_attempts)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (organization_id, kind, unique_key) WHERE state IN ('due', 'running')
                DO UPDATE SET run_at = excluded.run_at WHERE job.state = 'due' AND job.run_at > excluded.run_at
            """,
            [
                .id(job.organizationID), .id(job.id), .text(row.kind), .text(row.uniqueKey),
                .json(row.payload), .instant(job.runAt), .int(job.attempts), .int(Job.mostAttempts),
            ])
    }

    /// Has the organization looked at by then. It comes last in a commit: until that ends, the row is locked.
    static func scheduling(_ organization: OrganizationID, at due: Instant) -> Step {
        Step(
            """
            INSERT INTO job_schedule AS schedule (organization_id, due_at) VALUES ($1, $2)
            ON CONFLICT (organization_id) DO UPDATE SET due_at = least(schedule.due_at, excluded.due_at)
            """, [.id(organization), .instant(due)])
    }

    static func finishing(
        _ id: JobID, worker: String, at now: Instant, ifHeld: Bool, in organization: OrganizationID
    ) -> Step {
        Step(
            """
            UPDATE jobs SET state = 'done', finished_at = $4, lease_until = NULL
            WHERE organization_id = $1 AND id = $2 AND worker = $3 AND state = 'running'
            """, [.id(organization), .id(id), .text(worker), .instant(now)],
            elseRefuse: ifHeld ? nil : .stale)
    }

    static func requeueing(_ id: JobID, at now: Instant, in organization: OrganizationID) -> Step {
        Step(
            """
            UPDATE jobs SET state = 'due', run_at = $3, attempts = 0, finished_at = NULL
            WHERE organization_id = $1 AND id = $2 AND state = 'dead'
            """, [.id(organization), .id(id), .instant(now)], elseRefuse: .stale)
    }
}
