import Desk
import Hummingbird
import Jinja
import Negotiation

extension PageDesk {
    func addSettings(to router: Router<WebContext>, _ book: inout RouteBook) {
        get("/settings", on: router, &book) { try await $0.settings() }
        post("/settings", on: router, &book, again: FormPage { try await $0.settings() }) { call in
            let change = SettingsChange(
                undoSeconds: try call.whole("undo_seconds") ?? 0,
                vendorDailyLimit: try call.whole("vendor_daily_limit") ?? 0)
            _ = try await call.office.changeSettings(change, by: call.visitor.caller)
            return .redirect(to: "/settings?done=settings")
        }
    }
}

extension PageCall {
    fileprivate func settings() async throws -> Response {
        let settings = try await books.people.settings(organization)
        return try await page(
            "settings.html", section: "settings",
            [
                ("may_administer", Value(visitor.user.role.mayAdminister)),
                (
                    "fields",
                    fields([
                        ("undo_seconds", "\(settings.undoSeconds)"),
                        ("vendor_daily_limit", settings.vendorDailyLimit.map { "\($0)" } ?? ""),
                    ])
                ),
            ])
    }

    /// A whole number as people type it; `nil` where the field is empty.
    func whole(_ field: String) throws(Problem) -> Int? {
        guard let text = form.filled(field) else { return nil }
        guard let number = Int(text) else { throw .invalid(field, "must be a whole number such as 20") }
        return number
    }
}
