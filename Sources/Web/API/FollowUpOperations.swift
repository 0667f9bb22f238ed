import Desk
import Negotiation
import Secrets

/// Reminders to vendors who do not answer, and when vendors work.
enum FollowUpOperations {
    static let all = [
        list, plan, choose, sendNow, skip, rules, setRule, removeRule, hours, setHours, vendorHours,
        setVendorHours,
        removeVendorHours, calendars, setCalendar, removeCalendar,
    ]

    private static let group = "Follow-ups"

    private static let list = Operation(
        method: .get, path: "/v1/negotiations/{id}/follow-ups", name: "listFollowUps", group: group,
        summary: "Reminders that are planned, were sent or came to nothing, oldest first",
        parameters: [.cursor, .limit], success: .list(of: "FollowUp")
    ) { call in
        let negotiation = try await call.negotiation(call.id(of: "negotiation"))
        let rows = try await call.office.books.followUps.ofNegotiation(call.organization, negotiation.id)
        return .ok(try rows.page(call.page()).json(Shapes.followUp))
    }

    private static let plan = Operation(
        method: .get, path: "/v1/negotiations/{id}/follow-up-plan", name: "getFollowUpPlan", group: group,
        summary: "Which rule counts, when the next reminder leaves, or why none does",
        success: .one("FollowUpPlan")
    ) { call in try await answer(call, about: call.id(of: "negotiation")) }

    private static let choice = BodyShape([
        .required("auto_follow_up_enabled", .truth), .required("max_follow_ups", .whole, "0 to 10."),
        .optional(
            "after_working_days", .wholes,
            "Working days after the last email, for the first reminder, the second and so on, each 1 to 60; as the organization has it unless told."
        ),
        .optional("last_announces_deadline", .truth, "false unless told."),
    ])

    private static let choose = Operation(
        method: .put, path: "/v1/negotiations/{id}/follow-up-plan", name: "setFollowUpPlan", group: group,
        summary: "Changes the follow-ups of one negotiation; what waits is planned anew", body: choice,
        success: .one("FollowUpPlan")
    ) { call in
        let id: NegotiationID = try call.id(of: "negotiation")
        let most = try call.body.needed("max_follow_ups", call.body.whole("max_follow_ups"))
        let days = call.body.wholes("after_working_days")
        let sequence = try days.map { days throws(Problem) in
            try FollowUpSequence.asked(
                days, most: nil, announcing: call.body.truth("last_announces_deadline") ?? false)
        }
        try await call.office.chooseFollowUps(
            FollowUpWish(
                isEnabled: call.body.truth("auto_follow_up_enabled") ?? true, most: most, sequence: sequence),
            in: id, by: call.caller)
        return try await answer(call, about: id)
    }

    private static func answer(_ call: APICall, about id: NegotiationID) async throws -> APIAnswer {
        let view = try await FollowUpPlanView.of(try await call.negotiation(id), call.office)
        return .ok(Shapes.followUpPlan.json(view))
    }

    private static let sendNow = Operation(
        method: .post, path: "/v1/negotiations/{id}/follow-up", name: "followUpNegotiation", group: group,
        summary: "Writes the next reminder at once; it needs an approval when its text mentions an amount",
        body: .empty, success: .emailStep
    ) { call in
        let id = try await call.office.followUpNow(in: call.id(of: "negotiation"), by: call.caller)
        return .ok(try await call.emailStep(id))
    }

    private static let skip = Operation(
        method: .post, path: "/v1/follow-ups/{id}/cancel", name: "cancelFollowUp", group: group,
        summary: "Leaves one reminder out; the next one comes when it would have come", body: .empty,
        success: .one("FollowUp")
    ) { call in
        .ok(
            Shapes.followUp.json(
                try await call.office.skipFollowUp(call.id(of: "follow-up"), by: call.caller)))
    }

    // MARK: The organization's rules

    private static let rules = Operation(
        method: .get, path: "/v1/organization/settings/follow-ups", name: "listFollowUpRules", group: group,
        summary:
            "How often and after how long silent vendors are reminded, by the email that waits for an answer",
        success: .list(of: "FollowUpRule")
    ) { call in
        let rules = try await call.office.books.followUps.rules(call.organization, nil)
        let general = rules.contains { $0.scope == .organization } ? [] : [FollowUpRule.standard]
        return .ok((general + rules).json(Shapes.followUpRule))
    }

    private static let setRule = Operation(
        method: .put, path: "/v1/organization/settings/follow-ups", name: "setFollowUpRule", group: group,
        summary: "Sets the rule for one scope; administrators only",
        body: BodyShape([
            .required(
                "scope", .oneOf(FollowUpScopes.settable), "Everything, or the email that waits for an answer."
            ),
            .optional("enabled", .truth, "true unless told."),
            .required("after_working_days", .wholes, "Each 1 to 60, at most ten."),
            .optional("most_reminders", .whole, "1 to 10; one for each figure unless told."),
            .optional("last_announces_deadline", .truth, "true unless told."),
        ]), success: .one("FollowUpRule")
    ) { call in
        let name = try call.body.needed("scope", call.body.text("scope"))
        let scope = try call.body.needed("scope", FollowUpScopes.scope(name))
        let days = try call.body.needed("after_working_days", call.body.wholes("after_working_days"))
        let rule = FollowUpRule(
            scope: scope, isEnabled: call.body.truth("enabled") ?? true,
            sequence: try FollowUpSequence.asked(
                days, most: call.body.whole("most_reminders"),
                announcing: call.body.truth("last_announces_deadline") ?? true))
        try await call.office.setFollowUpRule(rule, for: scope, by: call.caller)
        return .ok(Shapes.followUpRule.json(rule))
    }

    private static let removeRule = Operation(
        method: .delete, path: "/v1/organization/settings/follow-ups", name: "removeFollowUpRule",
        group: group,
        summary: "Takes the rule of a scope away, so that the wider one counts; administrators only",
        parameters: [Operation.Parameter(name: "scope", schema: .oneOf(FollowUpScopes.settable), note: "")],
        success: .nothing
    ) { call in
        guard let scope = call.query["scope"].flatMap(FollowUpScopes.scope) else {
            throw Problem.query("scope", "must be one of \(FollowUpScopes.settable.joined(separator: ", "))")
        }
        try await call.office.setFollowUpRule(nil, for: scope, by: call.caller)
        return .nothing
    }

    // MARK: Working hours

    private static let hours = Operation(
        method: .get, path: "/v1/organization/settings/working-hours", name: "getWorkingHours", group: group,
        summary: "When vendors work that have no hours of their own", success: .one("WorkingHours")
    ) { call in
        let hours = try await call.office.books.followUps.workingHours(call.organization, nil) ?? .standard
        return .ok(Shapes.workingHours.json(hours))
    }

    private static let setHours = Operation(
        method: .put, path: "/v1/organization/settings/working-hours", name: "setWorkingHours", group: group,
        summary: "Says when vendors work that have no hours of their own; administrators only",
        body: hoursShape,
        success: .one("WorkingHours")
    ) { call in
        let hours = try WorkingHours.asked(call.body)
        try await call.office.setWorkingHours(hours, of: nil, by: call.caller)
        return .ok(Shapes.workingHours.json(hours))
    }

    private static let hoursShape = BodyShape([
        .required("weekdays", .manyOf(Weekday.allCases.map(\.name))),
        .required("opens", .text, "Such as 09:00."), .required("closes", .text, "Such as 17:00."),
        .required("time_zone", .text, "A name of the time zone database, such as Europe/Berlin."),
        .optional("holidays", .text, "The name of a calendar of holidays."),
    ])

    private static let vendorHours = Operation(
        method: .get, path: "/v1/vendors/{id}/working-hours", name: "getVendorHours", group: group,
        summary: "When a vendor works", success: .one("WorkingHours")
    ) { call in
        let id: VendorID = try call.id(of: "vendor")
        guard try await call.office.books.catalogue.vendor(call.organization, id) != nil else {
            throw Problem.notFound("vendor")
        }
        let own = try await call.office.books.followUps.workingHours(call.organization, id)
        let general = try await call.office.books.followUps.workingHours(call.organization, nil)
        return .ok(Shapes.workingHours.json(own ?? general ?? .standard))
    }

    private static let setVendorHours = Operation(
        method: .put, path: "/v1/vendors/{id}/working-hours", name: "setVendorHours", group: group,
        summary: "Says when a vendor works", body: hoursShape, success: .one("WorkingHours")
    ) { call in
        let hours = try WorkingHours.asked(call.body)
        try await call.office.setWorkingHours(hours, of: call.id(of: "vendor"), by: call.caller)
        return .ok(Shapes.workingHours.json(hours))
    }

    private static let removeVendorHours = Operation(
        method: .delete, path: "/v1/vendors/{id}/working-hours", name: "removeVendorHours", group: group,
        summary: "Takes a vendor's own hours away, so that those of all vendors count", success: .nothing
    ) { call in
        try await call.office.setWorkingHours(nil, of: call.id(of: "vendor"), by: call.caller)
        return .nothing
    }

    // MARK: Holidays

    private static let calendars = Operation(
        method: .get, path: "/v1/holiday-calendars", name: "listHolidayCalendars", group: group,
        summary: "Calendars of holidays by name", success: .list(of: "HolidayCalendar")
    ) { call in
        .ok(try await call.office.books.followUps.calendars(call.organization).json(Shapes.holidayCalendar))
    }

    private static let setCalendar = Operation(
        method: .put, path: "/v1/holiday-calendars", name: "setHolidayCalendar", group: group,
        summary: "Reads a calendar of holidays and keeps its days under a name; administrators only",
        body: BodyShape([
            .required("name", .text, "Such as DE-BY."),
            .required("icalendar", .text, "The text of an iCalendar file (RFC 5545), at most 1 MiB."),
        ]), success: .one("HolidayCalendar")
    ) { call in
        let summary = try await call.office.setHolidays(
            call.body.needed("name", call.body.text("name")),
            iCalendar: call.body.needed("icalendar", call.body.text("icalendar")), by: call.caller)
        return .ok(Shapes.holidayCalendar.json(summary))
    }

    private static let removeCalendar = Operation(
        method: .delete, path: "/v1/holiday-calendars", name: "removeHolidayCalendar", group: group,
        summary: "Takes a calendar of holidays away; administrators only",
        parameters: [Operation.Parameter(name: "name", schema: .text, note: "")], success: .nothing
    ) { call in
        guard let name = call.query["name"] else { throw Problem.query("name", "is missing") }
        try await call.office.removeHolidays(name, by: call.caller)
        return .nothing
    }
}

extension FollowUpSequence {
    /// A sequence from what somebody asked for.
    static func asked(_ days: [Int], most: Int?, announcing: Bool) throws(Problem) -> FollowUpSequence {
        guard (1...10).contains(days.count), days.allSatisfy({ (1...60).contains($0) }) else {
            throw .invalid("after_working_days", "must be one to ten whole numbers, each from 1 to 60")
        }
        guard
            let sequence = FollowUpSequence(
                afterWorkingDays: days, mostReminders: most, lastAnnouncesDeadline: announcing)
        else { throw .invalid("most_reminders", "must be a whole number from 1 to 10") }
        return sequence
    }
}

extension WorkingHours {
    /// Working hours from the body of a request.
    static func asked(_ body: ReadBody) throws(Problem) -> WorkingHours {
        try asked(
            weekdays: body.texts("weekdays") ?? [], opens: body.text("opens"), closes: body.text("closes"),
            zone: try body.needed("time_zone", body.text("time_zone")), calendar: body.text("holidays"))
    }

    static func asked(
        weekdays: [String], opens: String?, closes: String?, zone: String, calendar: String?
    ) throws(Problem) -> WorkingHours {
        let days = Set(weekdays.compactMap(Weekday.named))
        guard !days.isEmpty else { throw .invalid("weekdays", "must name a day at least") }
        guard let opening = opens.flatMap({ TimeOfDay($0) }) else {
            throw .invalid("opens", "must be a time such as 09:00")
        }
        guard let closing = closes.flatMap({ TimeOfDay($0) }) else {
            throw .invalid("closes", "must be a time such as 17:00")
        }
        guard
            let hours = WorkingHours(
                weekdays: days, opens: opening, closes: closing, zone: zone, calendar: calendar)
        else { throw .invalid("closes", "must be later than opens") }
        return hours
    }
}
