import Desk
import Negotiation
import Secrets

extension Shapes {
    /// A reminder to a vendor.
    static let followUp = Representation<PlannedFollowUp>(
        "FollowUp",
        [
            .id("id") { $0.id }, .id("negotiation_id") { $0.negotiationID }, .whole("number") { $0.number },
            .time("due_at") { $0.dueAt },
            .oneOf("status", PlannedFollowUp.Status.allCases.map(\.rawValue)) { $0.status.rawValue },
            .textOrNull("status_reason") { $0.reason }, .idOrNull("email_id") { $0.emailID },
            .time("created_at") { $0.createdAt },
        ])

    /// What is to be expected of the follow-ups of one negotiation.
    static let followUpPlan = Representation<FollowUpPlanView>(
        "FollowUpPlan",
        [
            .id("negotiation_id") { $0.negotiation.id },
            .truth("auto_follow_up_enabled") { $0.negotiation.followUps.isEnabled },
            .whole("max_follow_ups") { $0.negotiation.followUps.most },
            .oneOf("rule", FollowUpScopes.names) { FollowUpScopes.name($0.outlook.rule.scope) },
            .other("after_working_days", .list(of: .whole)) {
                .array($0.outlook.rule.sequence.afterWorkingDays.map { .number("\($0)") })
            },
            .whole("most_reminders") { $0.outlook.rule.sequence.mostReminders },
            .truth("last_announces_deadline") { $0.outlook.rule.sequence.lastAnnouncesDeadline },
            .whole("done") { $0.outlook.done },
            .timeOrNull("next_due_at") { $0.nextDueAt }, .textOrNull("reason") { $0.reason },
            .textOrNull("parked_until") { $0.negotiation.followUps.parkedUntil?.description },
            .other("working_hours", hoursSchema) { json($0.outlook.hours) },
        ])

    /// The rules of the organization.
    static let followUpRule = Representation<FollowUpRule>(
        "FollowUpRule",
        [
            .oneOf("scope", FollowUpScopes.names) { FollowUpScopes.name($0.scope) },
            .truth("enabled") { $0.isEnabled },
            .other("after_working_days", .list(of: .whole)) {
                .array($0.sequence.afterWorkingDays.map { .number("\($0)") })
            },
            .whole("most_reminders") { $0.sequence.mostReminders },
            .truth("last_announces_deadline") { $0.sequence.lastAnnouncesDeadline },
        ])

    static let workingHours = Representation<WorkingHours>(
        "WorkingHours",
        [
            .texts("weekdays") { hours in hours.weekdays.sorted { $0.rawValue < $1.rawValue }.map(\.name) },
            .text("opens") { $0.opens.description }, .text("closes") { $0.closes.description },
            .text("time_zone") { $0.zone }, .textOrNull("holidays") { $0.calendar },
        ])

    static let holidayCalendar = Representation<HolidaySummary>(
        "HolidayCalendar",
        [
            .text("name") { $0.name }, .whole("days") { $0.count },
            .text("first_day") { $0.first.description }, .text("last_day") { $0.last.description },
        ])

    private static let hoursSchema = Schema.named("WorkingHours")

    private static func json(_ hours: WorkingHours) -> StrictJSON { workingHours.json(hours) }
}

/// One negotiation with what is to be expected of its follow-ups.
struct FollowUpPlanView: Sendable {
    let negotiation: NegotiationRecord
    let outlook: FollowUpOutlook
    /// The one that is on record and waits.
    let waiting: PlannedFollowUp?

    /// When it leaves, if nothing comes in between.
    var nextDueAt: Instant? {
        if let waiting { return waiting.emailID == nil ? waiting.dueAt : nil }
        if case .due(let next) = outlook.next { return next.dueAt }
        return nil
    }

    /// Why none is due.
    var reason: String? {
        if waiting?.emailID != nil { return "Its email waits for approval or for being sent." }
        if waiting == nil, case .never(let reason) = outlook.next { return reason }
        return nil
    }

    static func of(_ negotiation: NegotiationRecord, _ office: Office) async throws -> FollowUpPlanView {
        let rows = try await office.books.followUps.ofNegotiation(
            negotiation.organizationID, negotiation.id)
        return FollowUpPlanView(
            negotiation: negotiation, outlook: try await office.followUpOutlook(of: negotiation),
            waiting: rows.last { $0.status == .waiting })
    }
}

/// Scopes of rules by the names that the API and the pages use.
enum FollowUpScopes {
    /// Those that an organization sets.
    static let settable = ["organization", "opening", "counter", "reply"]
    static let names = settable + ["negotiation"]

    static func name(_ scope: FollowUpRule.Scope) -> String {
        switch scope {
        case .organization: "organization"
        case .email(let kind): kind.rawValue
        case .negotiation: "negotiation"
        }
    }

    static func scope(_ name: String) -> FollowUpRule.Scope? {
        guard settable.contains(name) else { return nil }
        return EmailKind(rawValue: name).map { .email($0) } ?? .organization
    }
}

extension Weekday {
    /// `monday`, in small letters.
    var name: String {
        switch self {
        case .monday: "monday"
        case .tuesday: "tuesday"
        case .wednesday: "wednesday"
        case .thursday: "thursday"
        case .friday: "friday"
        case .saturday: "saturday"
        case .sunday: "sunday"
        }
    }

    static func named(_ name: String) -> Weekday? { allCases.first { $0.name == name } }
}
