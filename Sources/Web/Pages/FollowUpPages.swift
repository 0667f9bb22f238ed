import Desk
import Hummingbird
import Jinja
import Negotiation

/// The follow-ups on the page of a negotiation, and the page on which an administrator says how the organization follows
/// up.
extension PageDesk {
    func addFollowUps(to router: Router<WebContext>, _ book: inout RouteBook) {
        postStep("follow-up", on: router, &book) { call, id in
            _ = try await call.office.followUpNow(in: id, by: call.visitor.caller)
            return "written"
        }
        postStep("follow-up-plan", on: router, &book) { call, id in
            try await call.office.chooseFollowUps(call.followUpWish(), in: id, by: call.visitor.caller)
            return "follow-ups-changed"
        }
        postStep("skip-follow-up", on: router, &book) { call, id in
            guard let row = call.form.filled("follow_up").flatMap({ FollowUpID($0) }) else {
                throw Problem.notFound("follow-up")
            }
            _ = try await call.office.skipFollowUp(row, by: call.visitor.caller)
            return "follow-up-skipped"
        }
        let settings = FormPage { try await $0.followUpSettings() }
        get("/settings/follow-ups", on: router, &book) { try await $0.followUpSettings() }
        postSetting("rule", on: router, &book, again: settings) { try await $0.setRule() }
        postSetting("hours", on: router, &book, again: settings) { call in
            try await call.office.setWorkingHours(call.hours(), of: nil, by: call.visitor.caller)
        }
        postSetting("vendor-hours", on: router, &book, again: settings) { try await $0.setVendorHours() }
        postSetting("calendar", on: router, &book, again: settings) { call in
            _ = try await call.office.setHolidays(
                call.form.filled("name") ?? "", iCalendar: call.form["icalendar"] ?? "",
                by: call.visitor.caller)
        }
        postSetting("calendar-removal", on: router, &book, again: settings) { call in
            try await call.office.removeHolidays(call.form["name"] ?? "", by: call.visitor.caller)
        }
    }

    private func postSetting(
        _ path: String, on router: Router<WebContext>, _ book: inout RouteBook, again: FormPage,
        _ act: @escaping @Sendable (PageCall) async throws -> Void
    ) {
        post("/settings/follow-ups/\(path)", on: router, &book, again: again) { call in
            try await act(call)
            return .redirect(to: "/settings/follow-ups?done=settings-changed")
        }
    }
}

extension PageCall {
    // MARK: On the page of a negotiation

    /// What the page of a negotiation says of its follow-ups.
    func followUps(of record: NegotiationRecord) async throws -> Value {
        let view = try await FollowUpPlanView.of(record, office)
        let rows = try await books.followUps.ofNegotiation(organization, record.id)
        let sequence = view.outlook.rule.sequence
        let zone = office.clock.zone(view.outlook.hours.zone) ?? .utc
        func local(_ instant: Instant) -> Value {
            let shown = zone.local(instant)
            return Value(
                "\(Figures.text(shown.day)), \("\(shown.time)".prefix(5)) \(view.outlook.hours.zone)")
        }
        let isOwn = if case .negotiation = view.outlook.rule.scope { true } else { false }
        let mayWrite = visitor.user.role.mayWrite && !record.status.isClosed
        return Value([
            ("next", view.nextDueAt.map(local) ?? .none), ("reason", Value(orNone: view.reason)),
            ("parked", Value(orNone: record.followUps.parkedUntil.map(Figures.text))),
            ("days", Value(sequence.afterWorkingDays.map(String.init).joined(separator: ", "))),
            ("is_own", Value(isOwn)), ("is_enabled", Value(record.followUps.isEnabled)),
            ("most", Value(record.followUps.most)),
            ("at_most", Value(min(record.followUps.most, sequence.mostReminders))),
            ("announces", Value(sequence.lastAnnouncesDeadline)),
            ("may_write", Value(mayWrite)), ("may_send", Value(mayWrite && record.status == .sent)),
            (
                "rows",
                Value(
                    rows.map { row in
                        Value([
                            ("id", Value("\(row.id)")), ("number", Value(row.number)),
                            ("due", local(row.dueAt)),
                            ("status", row.badge), ("reason", Value(orNone: row.reason)),
                            ("can_skip", Value(mayWrite && row.status == .waiting && row.emailID == nil)),
                        ])
                    })
            ),
        ])
    }

    fileprivate func followUpWish() throws(Problem) -> FollowUpWish {
        guard let most = Int(form.filled("max_follow_ups") ?? "") else {
            throw .invalid("max_follow_ups", "must be a whole number from 0 to 10")
        }
        let days = try workingDays()
        return FollowUpWish(
            isEnabled: form["enabled"] != nil, most: most,
            sequence: days.isEmpty
                ? nil : try .asked(days, most: nil, announcing: form["last_announces_deadline"] != nil))
    }

    /// `3, 7`; none where nothing was typed.
    private func workingDays() throws(Problem) -> [Int] {
        let words = (form.filled("after_working_days") ?? "").split { $0 == "," || $0.isWhitespace }
        let days = words.compactMap { Int($0) }
        guard days.count == words.count else {
            throw .invalid(
                "after_working_days", "must be whole numbers with commas between them, such as 3, 7")
        }
        return days
    }

    // MARK: Settings

    fileprivate func followUpSettings() async throws -> Response {
        let rules = try await books.followUps.rules(organization, nil)
        let hours = try await books.followUps.workingHours(organization, nil) ?? .standard
        let vendors = try await books.catalogue.vendors(
            organization, PageRequest(limit: Page<Vendor>.largestLimit))
        var vendorRows: [Value] = []
        for vendor in vendors.items {
            let own = try await books.followUps.workingHours(organization, vendor.id)
            vendorRows.append(
                Value([
                    ("id", Value("\(vendor.id)")), ("name", Value(vendor.name)),
                    ("hours", Value(orNone: own?.words)),
                ]))
        }
        let scopes = FollowUpScopes.settable.map { name in
            let rule = rules.first { FollowUpScopes.name($0.scope) == name }
            return Value([
                ("name", Value(name)), ("label", Value(Self.label(ofScope: name))),
                ("rule", Value(orNone: rule.map(\.words))),
            ])
        }
        let calendars = try await books.followUps.calendars(organization).map { calendar in
            Value([
                ("name", Value(calendar.name)), ("count", Value(Figures.grouped(calendar.count))),
                ("first", Value(Figures.text(calendar.first))), ("last", Value(Figures.text(calendar.last))),
            ])
        }
        return try await page(
            "follow_up_settings.html", section: "follow-ups",
            [
                ("may_administer", Value(visitor.user.role.mayAdminister)),
                ("standard", Value(FollowUpRule.standard.words)), ("scopes", Value(scopes)),
                ("hours", Value(hours.words)), ("vendors", Value(vendorRows)),
                ("calendars", Value(calendars)),
                ("weekdays", Value(weekdayBoxes(hours))), ("fields", fields(proposals(hours))),
            ])
    }

    private func weekdayBoxes(_ hours: WorkingHours) -> [Value] {
        Weekday.allCases.map { day in
            let isTyped = form["opens"] == nil ? hours.weekdays.contains(day) : form[day.name] != nil
            return Value([
                ("name", Value(day.name)),
                ("label", Value(day.name.prefix(1).uppercased() + day.name.dropFirst())),
                ("is_checked", Value(isTyped)),
            ])
        }
    }

    private func proposals(_ hours: WorkingHours) -> [(String, String)] {
        [
            ("scope", "organization"), ("after_working_days", "3, 5"), ("most_reminders", ""),
            ("opens", "\(hours.opens)"), ("closes", "\(hours.closes)"), ("time_zone", hours.zone),
            ("holidays", hours.calendar ?? ""), ("vendor", ""), ("name", ""), ("icalendar", ""),
        ]
    }

    private static func label(ofScope name: String) -> String {
        switch name {
        case "organization": "Everything else"
        case "opening": "After an opening offer"
        case "counter": "After a counter-offer"
        default: "After a reply"
        }
    }

    fileprivate func setRule() async throws {
        guard let scope = form["scope"].flatMap(FollowUpScopes.scope) else {
            throw Problem.invalid("scope", "choose what the rule is for")
        }
        let days = try workingDays()
        guard !days.isEmpty else {
            return try await office.setFollowUpRule(nil, for: scope, by: visitor.caller)
        }
        let most = form.filled("most_reminders")
        guard most == nil || most.flatMap({ Int($0) }) != nil else {
            throw Problem.invalid("most_reminders", "must be a whole number from 1 to 10")
        }
        let rule = FollowUpRule(
            scope: scope, isEnabled: form["enabled"] != nil,
            sequence: try .asked(
                days, most: most.flatMap { Int($0) }, announcing: form["last_announces_deadline"] != nil))
        try await office.setFollowUpRule(rule, for: scope, by: visitor.caller)
    }

    fileprivate func hours() throws(Problem) -> WorkingHours {
        try .asked(
            weekdays: Weekday.allCases.map(\.name).filter { form[$0] != nil }, opens: form.filled("opens"),
            closes: form.filled("closes"), zone: form.filled("time_zone") ?? "",
            calendar: form.filled("holidays"))
    }

    fileprivate func setVendorHours() async throws {
        guard let vendor = form["vendor"].flatMap({ VendorID($0) }) else {
            throw Problem.invalid("vendor", "choose a vendor")
        }
        let hours = form["as_all"] != nil ? nil : try self.hours()
        try await office.setWorkingHours(hours, of: vendor, by: visitor.caller)
    }
}

extension FollowUpRule {
    /// For people, in one line.
    fileprivate var words: String {
        guard isEnabled else { return "No reminders." }
        let days = sequence.afterWorkingDays.map(String.init).joined(separator: ", then ")
        let last = sequence.lastAnnouncesDeadline ? " The last one names the deadline." : ""
        let most = sequence.mostReminders
        return "After \(days) working days, \(most) reminder\(most == 1 ? "" : "s") at most.\(last)"
    }
}

extension WorkingHours {
    /// For people, in one line.
    fileprivate var words: String {
        let days = weekdays.sorted { $0.rawValue < $1.rawValue }.map { $0.name.prefix(3).capitalized }
        return "\(days.joined(separator: " ")), \(opens)–\(closes), \(zone)"
            + (calendar.map { ", holidays of \($0)" } ?? "")
    }
}

extension PlannedFollowUp {
    fileprivate var badge: Value {
        switch status {
        case .waiting: Figures.badge(emailID == nil ? "Planned" : "Written", .info)
        case .sent: Figures.badge("Sent", .good)
        case .cancelled: Figures.badge("Not needed", .neutral)
        case .skipped: Figures.badge("Left out", .neutral)
        }
    }
}
