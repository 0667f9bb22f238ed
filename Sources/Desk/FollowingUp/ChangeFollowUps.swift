import Negotiation

/// What somebody wants the follow-ups of a negotiation to be.
public struct FollowUpWish: Sendable {
    public var isEnabled: Bool
    /// 0 to 10.
    public var most: Int
    /// `nil`: as the organization has it.
    public var sequence: FollowUpSequence?

    public init(isEnabled: Bool, most: Int, sequence: FollowUpSequence?) {
        self.isEnabled = isEnabled
        self.most = most
        self.sequence = sequence
    }
}

extension Office {
    /// Leaves one follow-up out; the next of the sequence comes when it would have come.
    public func skipFollowUp(_ id: FollowUpID, by caller: Caller) async throws -> PlannedFollowUp {
        try requireWriter(caller)
        try await settling(caller.organizationID) {
            guard let row = try await books.followUps.find(caller.organizationID, id),
                let negotiation = try await books.negotiations.find(caller.organizationID, row.negotiationID)
            else { throw DeskError.notFound("follow-up") }
            guard row.status == .waiting, row.emailID == nil else {
                throw DeskError.conflict(
                    "follow_up_not_waiting",
                    row.status == .waiting
                        ? "Its email is written already; decide on that." : "It does not wait any more.")
            }
            let now = clock.now()
            let reason = "\(caller.user.fullName) left it out."
            return (
                (),
                [
                    .endFollowUp(row, .skipped, reason: reason),
                    enqueueing(.planFollowUp(negotiation.id), for: caller.organizationID, at: now),
                    timeline(
                        negotiation, "follow_up.skipped", "Follow-up \(row.number) is left out.", now,
                        origin: caller.origin),
                ]
            )
        }
        guard let row = try await books.followUps.find(caller.organizationID, id) else {
            throw DeskError.notFound("follow-up")
        }
        return row
    }

    /// Changes the follow-ups of one negotiation; what waits is planned anew.
    public func chooseFollowUps(_ wish: FollowUpWish, in id: NegotiationID, by caller: Caller) async throws {
        try requireWriter(caller)
        guard (0...10).contains(wish.most) else {
            throw DeskError.invalid(field: "max_follow_ups", "must be a whole number from 0 to 10")
        }
        try await settling(caller.organizationID) {
            guard let negotiation = try await books.negotiations.find(caller.organizationID, id) else {
                throw DeskError.notFound("negotiation")
            }
            let now = clock.now()
            let scope = FollowUpRule.Scope.negotiation(id)
            let rule = wish.sequence.map { FollowUpRule(scope: scope, isEnabled: true, sequence: $0) }
            return (
                (),
                [
                    .chooseFollowUps(id, enabled: wish.isEnabled, most: wish.most),
                    .setFollowUpRule(scope, rule),
                    enqueueing(.planFollowUp(id), for: caller.organizationID, at: now),
                    timeline(
                        negotiation, "follow_up.changed",
                        wish.isEnabled ? "The follow-ups were changed." : "Follow-ups were switched off.",
                        now,
                        origin: caller.origin),
                ]
            )
        }
    }

    /// Changes the rule of the organization, for everything or for emails of one kind. It counts for what is planned
    /// from then on.
    public func setFollowUpRule(
        _ rule: FollowUpRule?, for scope: FollowUpRule.Scope, by caller: Caller
    ) async throws {
        try requireAdministrator(caller, to: "change how the organization follows up")
        switch scope {
        case .negotiation: throw DeskError.invalid(field: "scope", "a negotiation has its own plan")
        case .email(let kind) where ![.opening, .counter, .reply].contains(kind):
            throw DeskError.invalid(field: "scope", "must be organization, opening, counter or reply")
        case .email, .organization: break
        }
        try await commitSetting(.setFollowUpRule(scope, rule), "follow_up.rule_changed", by: caller)
    }

    /// Says when a vendor works, or, without one, when vendors work that have no hours of their own. It counts at once:
    /// a reminder that would leave outside of the hours is moved into them.
    public func setWorkingHours(_ hours: WorkingHours?, of vendor: VendorID?, by caller: Caller) async throws
    {
        if vendor == nil {
            try requireAdministrator(caller, to: "change how the organization follows up")
        } else {
            try requireWriter(caller)
        }
        if let vendor {
            guard try await books.catalogue.vendor(caller.organizationID, vendor) != nil else {
                throw DeskError.notFound("vendor")
            }
        }
        if let hours {
            guard clock.zone(hours.zone) != nil else {
                throw DeskError.invalid(
                    field: "time_zone", "must be a name of the time zone database, such as Europe/Berlin")
            }
            if let calendar = hours.calendar {
                let known = try await books.followUps.calendars(caller.organizationID).map(\.name)
                guard known.contains(calendar) else {
                    let names =
                        known.isEmpty ? "there is none yet" : "there are \(known.joined(separator: ", "))"
                    throw DeskError.invalid(field: "holidays", "must name a calendar of holidays; \(names)")
                }
            }
        }
        try await commitSetting(.setWorkingHours(vendor, hours), "working_hours.changed", by: caller)
    }

    /// The most calendars of holidays that an organization has.
    static let mostCalendars = 100

    /// Reads a calendar of holidays (RFC 5545) and keeps its days under a name.
    public func setHolidays(_ name: String, iCalendar text: String, by caller: Caller) async throws
        -> HolidaySummary
    {
        try requireAdministrator(caller, to: "change how the organization follows up")
        let name = try Field.text(name, "name", longest: 100)
        let calendar: HolidayCalendar
        do {
            calendar = try HolidayCalendar(iCalendar: text)
        } catch {
            throw DeskError.invalid(field: "icalendar", "\(error)")
        }
        guard !calendar.days.isEmpty else {
            throw DeskError.invalid(field: "icalendar", "names no day; a holiday is an event with a DTSTART")
        }
        let calendars = try await books.followUps.calendars(caller.organizationID)
        guard calendars.count < Self.mostCalendars || calendars.contains(where: { $0.name == name }) else {
            throw DeskError.conflict(
                "too_many_calendars",
                "There are \(Self.mostCalendars) calendars already; take one away first.")
        }
        try await commitSetting(.setHolidays(name, calendar.days), "holidays.changed", by: caller)
        guard
            let stored = try await books.followUps.calendars(caller.organizationID).first(where: {
                $0.name == name
            })
        else { throw DeskError.notFound("calendar") }
        return stored
    }

    /// Takes a calendar of holidays away; where working hours name it, there are no holidays from then on.
    public func removeHolidays(_ name: String, by caller: Caller) async throws {
        try requireAdministrator(caller, to: "change how the organization follows up")
        guard try await books.followUps.calendars(caller.organizationID).contains(where: { $0.name == name })
        else {
            throw DeskError.notFound("calendar")
        }
        try await commitSetting(.setHolidays(name, []), "holidays.changed", by: caller)
    }

    private func commitSetting(_ change: Change, _ action: String, by caller: Caller) async throws {
        let entry = AuditEntry(
            action: action, entityType: "organization", entityID: caller.organizationID.uuid,
            description: "The settings of follow-ups were changed.", origin: caller.origin, at: clock.now())
        try await commit(caller.organizationID, [change, .audit(entry)])
    }
}
