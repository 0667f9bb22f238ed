import Desk
import Hummingbird
import Jinja
import Negotiation

extension PageDesk {
    func addDelegations(to router: Router<WebContext>, _ book: inout RouteBook) {
        let list = FormPage { try await $0.delegations() }
        get("/delegations", on: router, &book) { try await $0.delegations() }
        post("/delegations", on: router, &book, again: list) { call in
            guard let to = call.form.filled("to").flatMap({ UserID($0) }) else {
                throw Problem.invalid("to", "choose who decides")
            }
            guard let end = try call.day("ends_at") else {
                throw Problem.invalid("ends_at", "say until when")
            }
            _ = try await call.office.delegate(
                from: call.form.filled("from").flatMap { UserID($0) }, to: to,
                begins: call.day("begins_at"), ends: end.advanced(byHours: 24), by: call.visitor.caller)
            return .redirect(to: "/delegations?done=delegated")
        }
        post("/delegations/:id/end", on: router, &book, again: list) { call in
            try await call.office.endDelegation(call.id(of: "delegation"), by: call.visitor.caller)
            return .redirect(to: "/delegations?done=delegation-ended")
        }
        post("/approval-mail", on: router, &book, again: list) { call in
            let hour = call.form.filled("digest_hour").flatMap { Int($0) }
            let mail: ApprovalMail =
                call.form["mode"] == "digest" ? .digest(hour: hour ?? -1) : .each
            try await call.office.setApprovalMail(mail, by: call.visitor.caller)
            return .redirect(to: "/delegations?done=approval-mail")
        }
    }
}

extension PageCall {
    /// People among whom a page lets one choose; more can be named by the API.
    static var mostPeople: Int { 200 }

    fileprivate func delegations() async throws -> Response {
        let people = try await books.people.usersWithRole(organization, Set(UserRole.allCases))
        let names = Dictionary(people.map { ($0.id, $0.fullName) }, uniquingKeysWith: { first, _ in first })
        let mayAdminister = visitor.user.role.mayAdminister
        let open = try await books.approvals.delegations(organization, office.clock.now())
        let rows = open.map { delegation in
            Value([
                ("link", Value("/delegations/\(delegation.id)")),
                ("from", Value(names[delegation.from] ?? "Somebody")),
                ("to", Value(names[delegation.to] ?? "Somebody")),
                ("begins", Figures.time(delegation.begins)),
                ("ends", Figures.time(delegation.ends)),
                ("may_end", Value(mayAdminister || delegation.from == visitor.user.id)),
            ])
        }
        let mail = try await books.approvals.mail(organization, visitor.user.id)
        let hour: Int? = if case .digest(let hour) = mail { hour } else { nil }
        let stands = people.filter { $0.role.mayWrite && $0.id != visitor.user.id }
        return try await page(
            "delegations.html", section: "approvals",
            [
                ("rows", Value(rows)), ("may_administer", Value(mayAdminister)),
                ("people", Self.choice(of: people)), ("stands", Self.choice(of: stands)),
                ("digest", Value(hour != nil)),
                (
                    "fields",
                    fields([
                        ("from", "\(visitor.user.id)"), ("to", ""), ("begins_at", ""), ("ends_at", ""),
                        ("digest_hour", "\(hour ?? 7)"),
                    ])
                ),
            ])
    }

    private static func choice(of people: [User]) -> Value {
        Value(
            people.prefix(mostPeople).map { user in
                Value([("id", Value("\(user.id)")), ("name", Value(user.fullName))])
            })
    }

    /// The beginning of a day that was typed, in UTC; `nil` where none was.
    fileprivate func day(_ name: String) throws(Problem) -> Instant? {
        guard let text = form.filled(name) else { return nil }
        guard let instant = Instant("\(text)T00:00:00Z") else {
            throw .invalid(name, "must be a day such as 2026-12-31")
        }
        return instant
    }
}
