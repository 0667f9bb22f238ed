import Negotiation

/// When a mailbox sends and how much, as somebody types it.
public struct SendingRulesDraft: Hashable, Sendable {
    public var window: WindowDraft?
    public var perHour: Int?
    public var perDay: Int?

    /// Days by their English names, times such as `08:30`, the zone by its name in the time zone database.
    public struct WindowDraft: Hashable, Sendable {
        public var days: [String]
        public var opens: String
        public var closes: String
        public var zone: String

        public init(days: [String], opens: String, closes: String, zone: String) {
            self.days = days
            self.opens = opens
            self.closes = closes
            self.zone = zone
        }
    }

    public init(window: WindowDraft? = nil, perHour: Int? = nil, perDay: Int? = nil) {
        self.window = window
        self.perHour = perHour
        self.perDay = perDay
    }
}

extension Office {
    /// Says when a mailbox sends and how much. What waits is looked at again at once.
    public func setSendingRules(_ id: MailboxID, _ draft: SendingRulesDraft, by caller: Caller) async throws
        -> Mailbox
    {
        try requireAdministrator(caller, to: "change mailboxes")
        let rules = try sendingRules(draft)
        try await settling(caller.organizationID) {
            let mailbox = try await self.mailbox(caller.organizationID, id)
            return ((), try await setting(rules, of: mailbox, origin: caller.origin))
        }
        return try await mailbox(caller.organizationID, id)
    }

    /// The changes that give a mailbox other rules; none where it has them already.
    func setting(_ rules: SendingRules, of mailbox: Mailbox, origin: Origin) async throws -> [Change] {
        guard rules != mailbox.sending else { return [] }
        let now = clock.now()
        return [
            .setSendingRules(mailbox.id, rules, at: now),
            mailboxRecord(mailbox, "rules_changed", rules.words, origin, now),
        ] + (try await reconsidering(of: mailbox.organizationID, at: now))
    }

    /// Rules as they were typed, checked.
    func sendingRules(_ draft: SendingRulesDraft) throws -> SendingRules {
        for (name, limit) in [("sending.per_hour", draft.perHour), ("sending.per_day", draft.perDay)] {
            guard limit.map(SendingRules.limits.contains) ?? true else {
                throw DeskError.invalid(
                    field: name,
                    "must be a whole number from 1 to \(SendingRules.limits.upperBound), or be left out")
            }
        }
        return SendingRules(
            window: try draft.window.map(window), perHour: draft.perHour, perDay: draft.perDay)
    }

    private func window(_ draft: SendingRulesDraft.WindowDraft) throws -> SendingWindow {
        let names = Weekday.allCases.map { "\($0)" }
        guard !draft.days.isEmpty, draft.days.allSatisfy(names.contains) else {
            throw DeskError.invalid(
                field: "sending.window.days", "must name at least one of \(names.joined(separator: ", "))")
        }
        guard let opens = TimeOfDay(draft.opens) else {
            throw DeskError.invalid(field: "sending.window.from", "must be a time such as 08:00")
        }
        guard let closes = TimeOfDay(draft.closes) else {
            throw DeskError.invalid(
                field: "sending.window.until", "must be a time such as 18:00, or 24:00 for the end of the day"
            )
        }
        guard draft.zone.utf8.count <= 100, clock.zone(draft.zone) != nil else {
            throw DeskError.invalid(
                field: "sending.window.time_zone",
                "must be a name of the time zone database, such as Europe/Berlin or UTC")
        }
        let days = Set(Weekday.allCases.filter { draft.days.contains("\($0)") })
        guard let window = SendingWindow(weekdays: days, opens: opens, closes: closes, zone: draft.zone)
        else {
            throw DeskError.invalid(field: "sending.window.until", "must be later than it begins")
        }
        return window
    }
}

extension SendingRules {
    /// For people: `sends Monday to Friday, 08:00 to 18:00 (UTC), at most 20 emails an hour`.
    public var words: String {
        let parts =
            [window?.words] + [perHour.map { "at most \($0) emails an hour" }]
            + [perDay.map { "at most \($0) emails a day" }]
        let said = parts.compactMap(\.self).joined(separator: ", ")
        return "sends \(said.isEmpty ? "at any time" : said)"
    }
}
