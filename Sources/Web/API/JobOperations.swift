import Desk
import Negotiation
import Secrets

/// The queue, for administrators.
enum JobOperations {
    static let all = [list, counts, requeue]

    private static let group = "Jobs"

    private static let list = Operation(
        method: .get, path: "/v1/jobs", name: "listJobs", group: group,
        summary: "Jobs in a state, by default those that were given up; administrators only",
        parameters: [.status(JobReport.State.allCases.map(\.rawValue)), .cursor, .limit],
        success: .list(of: "Job")
    ) { call in
        try requireAdministrator(call)
        let state = try call.choice("status", of: JobReport.State.self) ?? .dead
        return .ok(
            try await call.office.books.jobs.list(call.organization, state, call.page()).json(Shapes.job))
    }

    private static let counts = Operation(
        method: .get, path: "/v1/job-counts", name: "countJobs", group: group,
        summary: "Jobs by kind and depth of the queue; administrators only", success: .list(of: "JobCount")
    ) { call in
        try requireAdministrator(call)
        let counts = try await call.office.books.jobs.counts(call.organization, call.office.clock.now())
        return .ok(counts.json(Shapes.jobCount))
    }

    private static let requeue = Operation(
        method: .post, path: "/v1/jobs/{id}/requeue", name: "requeueJob", group: group,
        summary: "Has a job that was given up tried again; administrators only", body: .empty,
        success: .nothing
    ) { call in
        try await call.office.requeue(call.id(of: "job"), by: call.caller)
        return .nothing
    }

    private static func requireAdministrator(_ call: APICall) throws(Problem) {
        guard try call.caller.user.role.mayAdminister else {
            throw Problem(403, "forbidden", "Only administrators may look at the queue.")
        }
    }
}

extension Shapes {
    static let job = Representation<JobReport>(
        "Job",
        [
            .id("id") { $0.id }, .text("kind") { $0.kind },
            .other("subject_id", .id) { .string($0.subject.uuidString.lowercased()) },
            .oneOf("status", JobReport.State.allCases.map(\.rawValue)) { $0.state.rawValue },
            .time("run_at") { $0.runAt }, .whole("attempts") { $0.attempts },
            .textOrNull("last_error") { $0.lastError },
        ])

    static let jobCount = Representation<JobCount>(
        "JobCount",
        [
            .text("kind") { $0.kind },
            .oneOf("state", JobCount.Depth.allCases.map(\.rawValue)) { $0.depth.rawValue },
            .whole("count") { $0.count },
        ])
}
