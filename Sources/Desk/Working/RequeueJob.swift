import Negotiation

extension Office {
    /// Has a job that was given up tried again, once somebody has mended what was wrong.
    public func requeue(_ id: JobID, by caller: Caller) async throws {
        try requireAdministrator(caller, to: "have failed work done again")
        let now = clock.now()
        let entry = AuditEntry(
            action: "job.requeued", entityType: "job", entityID: id.uuid,
            description: "Work that had failed is tried again.", origin: caller.origin, at: now)
        do {
            try await commit(caller.organizationID, [.requeueJob(id, at: now), .audit(entry)])
        } catch CommitRefusal.stale {
            throw DeskError.conflict("job_not_dead", "There is no such job that was given up.")
        } catch CommitRefusal.duplicate {
            throw DeskError.conflict("job_waiting", "The same work waits already.")
        }
    }
}
