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
        case .sendEmail(let id): (kind, subject) = (Kind.sendEmail.rawValue, id.uuid)
        case .expireApproval(let id): (kind, subject) = (Kind.expireApproval.rawValue, id.uuid)
        case .expireNegotiation(let id): (kind, subject) = (Kind.expireNegotiation.rawValue, id.uuid)
        case .applyInbound(let id): (kind, subject) = (Kind.applyInbound.rawValue, id.uuid)
        }
        // An email that was held and approved again needs a job although one for it may be about to end. Two of them do
        // no harm: only one gets the claim.
        uniqueKey = kind == Kind.sendEmail.rawValue ? nil : subject.uuidString.lowercased()
    }

    /// The JSON that the row carries.
    var payload: [UInt8] { Array(#"{"id":"\#(subject.uuidString.lowercased())"}"#.utf8) }

    private enum Kind: String, CaseIterable {
        case readArrival = "read_arrival"
        case askApprovers = "ask_approvers"
        case sendEmail = "send_email"
        case expireApproval = "expire_approval"
        case expireNegotiation = "expire_negotiation"
        case applyInbound = "apply_webhooks"
    }

    /// The kinds that this version can do; while a newer version runs beside it, there may be others.
    static let kinds = Kind.allCases.map(\.rawValue)

    /// The work of a kind about a subject; `nil` for a kind that this version does not know.
    static func work(_ kind: String, about subject: UUID) -> Job.Work? {
        switch Kind(rawValue: kind) {
        case .readArrival: .readArrival(Identifier(subject))
        case .askApprovers: .askApprovers(Identifier(subject))
        case .sendEmail: .sendEmail(Identifier(subject))
        case .expireApproval: .expireApproval(Identifier(subject))
        case .expireNegotiation: .expireNegotiation(Identifier(subject))
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
            releaseJobsOfDeadWorkers: claims.releaseJobsOfDeadWorkers, nextDue: nextDue)
    }

    /// When an organization without work is looked at: 9999-12-31.
    static let never = Instant(seconds: 253_402_214_400)

    @Sendable private func nextDue() async throws -> Instant? {
        let rows = try await database.directory(
            "SELECT min(due_at) FROM job_schedule WHERE due_at < $1", [.instant(Self.never)])
        return try rows.single().optionalInstant(0)
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
}
