import Negotiation

/// What is to be expected of the follow-ups of a negotiation, and why.
public struct FollowUpOutlook: Sendable {
    /// The rule that counts.
    public let rule: FollowUpRule
    /// When the vendor works.
    public let hours: WorkingHours
    /// How many reminders were sent or left out since the vendor was last heard of.
    public let done: Int
    public let next: Next

    /// What comes next.
    public enum Next: Sendable {
        case due(FollowUp)
        /// Nothing, for this reason.
        case never(String)
    }

    /// In what the reminders are counted and dated; `nil` while nothing was sent.
    let plan: FollowUpPlan?
}

extension Office {
    /// How late a reminder may be before it counts as missed, in seconds: then it is spread, so that whatever a stopped
    /// process missed does not go out all at once.
    static let followUpGrace: Int64 = 15 * 60
    /// Over how long what was missed is spread, in seconds.
    static let followUpSpread: Int64 = 3600

    /// What is to be expected of the follow-ups of a negotiation as things stand.
    public func followUpOutlook(of negotiation: NegotiationRecord) async throws -> FollowUpOutlook {
        let rows = try await books.followUps.ofNegotiation(negotiation.organizationID, negotiation.id)
        return try await outlook(
            of: negotiation, leftOut: rows.filter { $0.status == .skipped }, at: clock.now())
    }

    /// - Parameter leftOut: follow-ups that were skipped; of these, those count that the vendor's present silence saw.
    func outlook(
        of negotiation: NegotiationRecord, leftOut: [PlannedFollowUp], at now: Instant
    ) async throws -> FollowUpOutlook {
        let organization = negotiation.organizationID
        let emails = try await books.emails.ofNegotiation(organization, negotiation.id)
        let heardAt = negotiation.lastVendorResponseAt
        let silent = emails.filter { email in
            email.status == .sent
                && (email.sentAt.map { sentAt in heardAt.map { sentAt > $0 } ?? true } ?? false)
        }
        let skipped = leftOut.filter { row in heardAt.map { row.createdAt > $0 } ?? true }
        let rule = FollowUpRule.applying(
            to: silent.last { $0.kind != .followUp }?.kind,
            among: try await books.followUps.rules(organization, negotiation.id))
        let own = try await books.followUps.workingHours(organization, negotiation.vendorID)
        let general = own == nil ? try await books.followUps.workingHours(organization, nil) : nil
        let hours = own ?? general ?? .standard
        let done = silent.count { $0.kind == .followUp } + skipped.count
        guard let obstacle = obstacle(toFollowingUp: negotiation, by: rule) else {
            guard let sentAt = negotiation.lastSentAt,
                let sequence = rule.sequence.atMost(negotiation.followUps.most)
            else {
                return FollowUpOutlook(
                    rule: rule, hours: hours, done: done, next: .never("This negotiation has no follow-ups."),
                    plan: nil)
            }
            // What was left out has taken its time as if it had been sent.
            let plan = FollowUpPlan(
                sequence, hours: try await businessHours(hours, of: organization, around: now),
                lastSentAt: skipped.map(\.dueAt).reduce(sentAt, max), sent: done,
                parkedUntil: negotiation.followUps.parkedUntil, expiresAt: negotiation.expiresAt)
            let next: FollowUpOutlook.Next =
                switch plan.next(now: now) {
                case .due(let followUp): .due(followUp)
                case .never(let reason): .never(reason.explanation)
                }
            return FollowUpOutlook(rule: rule, hours: hours, done: done, next: next, plan: plan)
        }
        return FollowUpOutlook(rule: rule, hours: hours, done: done, next: .never(obstacle), plan: nil)
    }

    /// Why no vendor is reminded in a negotiation as it is; `nil` when nothing speaks against it.
    private func obstacle(toFollowingUp negotiation: NegotiationRecord, by rule: FollowUpRule) -> String? {
        if negotiation.status.isClosed { return "The negotiation is over." }
        if let stop = negotiation.automationStop { return "Nothing happens by itself: \(stop.reason)" }
        guard rule.isEnabled, negotiation.followUps.isEnabled else { return "Follow-ups are switched off." }
        switch negotiation.lastWord {
        case .nobody: return "Nothing has been sent to the vendor yet."
        case .vendor: return "The vendor has answered."
        case .buyer: return nil
        }
    }

    /// How far holidays are looked up before and after now, in days: more than ``BusinessHours/horizonDays`` ahead.
    private static let holidayReach = 500

    /// Working hours with the zone and the holidays that their names stand for.
    func businessHours(_ hours: WorkingHours, of organization: OrganizationID, around now: Instant)
        async throws
        -> BusinessHours
    {
        guard let zone = clock.zone(hours.zone) else {
            throw DeskError.conflict(
                "unknown_time_zone",
                "The time zone \(hours.zone) is not on this machine. Install tzdata, or choose another zone.")
        }
        var holidays: Set<CalendarDay> = []
        if let calendar = hours.calendar {
            let today = now.day
            holidays = try await books.followUps.holidays(
                organization, calendar,
                today.adding(days: -Self.holidayReach)...today.adding(days: Self.holidayReach))
        }
        guard
            let business = BusinessHours(
                weekdays: hours.weekdays, opens: hours.opens, closes: hours.closes, zone: zone,
                holidays: HolidayCalendar(days: holidays))
        else { throw DeskError.invalid(field: "opens", "must come before closes") }
        return business
    }
}
