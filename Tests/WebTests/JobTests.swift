import Desk
import Foundation
import Negotiation
import Testing

@testable import Web

@Suite("The queue through the API and on its page")
struct JobTests {
    private func given() async throws -> (Showroom, Team, JobReport) {
        let room = try Showroom()
        let team = try await room.found()
        let report = JobReport(
            id: Identifier(UUID()), kind: "send_email", subject: UUID(), state: .dead, runAt: room.clock.now,
            attempts: 12, lastError: "The <server> is away.")
        room.store.change { $0.reports.append(report) }
        return (room, team, report)
    }

    @Test("an administrator lists what was given up and has it tried again; nobody else may")
    func api() async throws {
        let (room, team, report) = try await given()
        try await room.visiting { visit in
            let list = try await visit.get("/v1/jobs?status=dead", key: team.key)
            #expect(list.status == 200)
            #expect(try list.string("items.0.id") == "\(report.id)")
            #expect(try list.string("items.0.last_error") == "The <server> is away.")
            #expect(try await visit.get("/v1/jobs?status=lost", key: team.key).status == 400)
            let counts = try await visit.get("/v1/job-counts", key: team.key)
            #expect(try counts.string("items.0.state") == "dead")
            let requeued = try await visit.post("/v1/jobs/\(report.id)/requeue", key: team.key)
            #expect(requeued.status == 204 && room.store.read { $0.reports.isEmpty })
        }
    }

    @Test("the page shows the queue and what was given up, as text, to administrators only")
    func page() async throws {
        let (room, team, report) = try await given()
        try await room.visiting { visit in
            let cookies = [try await visit.signIn(team.admin.email)]
            let page = try await visit.page("/jobs", cookies: cookies)
            #expect(page.status == 200 && page.text.contains("The &lt;server&gt; is away."))
            #expect(page.text.contains("Send email"))
            let done = try await visit.form(
                "/jobs/\(report.id)/requeue", [("csrf_token", try page.csrfToken)], cookies: cookies)
            #expect(done.status == 303 && room.store.read { $0.reports.isEmpty })
            let other = [try await visit.signIn(team.member.email)]
            #expect(try await visit.page("/jobs", cookies: other).status == 403)
        }
    }
}
