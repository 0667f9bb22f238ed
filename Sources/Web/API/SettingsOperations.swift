import Desk
import Negotiation
import Secrets

/// What an administrator decides for the whole organization.
enum SettingsOperations {
    static let all = [get, change]

    private static let get = Operation(
        method: .get, path: "/v1/organization/settings", name: "getSettings", group: "Organization",
        summary: "What holds for the whole organization", success: .one("Settings")
    ) { call in
        .ok(Shapes.settings.json(try await call.office.books.people.settings(call.organization)))
    }

    private static let change = Operation(
        method: .patch, path: "/v1/organization/settings", name: "changeSettings", group: "Organization",
        summary: "Changes some of it; administrators only",
        body: BodyShape([
            .optional(
                "undo_seconds", .whole,
                "How long an email that may leave can still be taken back: 0 to 3600."),
            .optional(
                "vendor_daily_limit", .whole,
                "The most emails to one vendor within any 24 hours; 0 for no limit."),
        ]), success: .one("Settings")
    ) { call in
        let change = SettingsChange(
            undoSeconds: call.body.whole("undo_seconds"),
            vendorDailyLimit: call.body.whole("vendor_daily_limit"))
        return .ok(Shapes.settings.json(try await call.office.changeSettings(change, by: call.caller)))
    }
}

extension Shapes {
    static let settings = Representation<OrganizationSettings>(
        "Settings",
        [
            .whole("undo_seconds") { $0.undoSeconds },
            .wholeOrNull("vendor_daily_limit") { $0.vendorDailyLimit },
        ])
}
