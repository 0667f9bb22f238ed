import Desk
import Hummingbird
import Jinja
import Negotiation

extension PageDesk {
    func addJobs(to router: Router<WebContext>, _ book: inout RouteBook) {
        let list = FormPage { try await $0.jobs() }
        get("/jobs", knowing: ["cursor"], on: router, &book) { try await $0.jobs() }
        post("/jobs/:id/requeue", on: router, &book, again: list) { call in
            try await call.office.requeue(call.id(of: "job"), by: call.visitor.caller)
            return .redirect(to: "/jobs?done=requeued")
        }
    }
}

extension PageCall {
    fileprivate func jobs() async throws -> Response {
        guard visitor.user.role.mayAdminister else {
            throw Problem(403, "forbidden", "Only administrators may look at the queue.")
        }
        let counts = try await books.jobs.counts(organization, office.clock.now())
        let kinds = Set(counts.map(\.kind)).sorted().map { kind in
            Value(
                [("kind", Value(Self.words(kind)))]
                    + JobCount.Depth.allCases.map { depth in
                        let count = counts.first { $0.kind == kind && $0.depth == depth }?.count ?? 0
                        return (depth.rawValue, Value(count))
                    })
        }
        let page = try await books.jobs.list(
            organization, .dead, PageRequest(cursor: query["cursor"], limit: PageDesk.rowsOfPage))
        let dead = page.items.map { job in
            Value([
                ("id", Value("\(job.id)")), ("kind", Value(Self.words(job.kind))),
                ("at", Figures.time(job.runAt)), ("attempts", Value(job.attempts)),
                ("error", Value(job.lastError ?? "")),
            ])
        }
        return try await self.page(
            "jobs.html", section: "jobs",
            [
                ("kinds", Value(kinds)), ("dead", Value(dead)), ("next", Value(orNone: page.nextCursor)),
            ])
    }

    /// `send_email` as people read it.
    private static func words(_ kind: String) -> String {
        let words = kind.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
