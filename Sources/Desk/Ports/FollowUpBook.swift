import Negotiation

/// Follow-ups, the rules for them, working hours and holidays.
public struct FollowUpBook: Sendable {
    public var find: @Sendable (OrganizationID, FollowUpID) async throws -> PlannedFollowUp?
    /// Oldest first.
    public var ofNegotiation: @Sendable (OrganizationID, NegotiationID) async throws -> [PlannedFollowUp]
    /// The rules of the organization, and that of the negotiation if one is named and has its own.
    public var rules: @Sendable (OrganizationID, NegotiationID?) async throws -> [FollowUpRule]
    /// Those of exactly this vendor, or, without one, of all that have none of their own.
    public var workingHours: @Sendable (OrganizationID, VendorID?) async throws -> WorkingHours?
    /// Calendars by name.
    public var calendars: @Sendable (OrganizationID) async throws -> [HolidaySummary]
    /// The days of a calendar within a range.
    public var holidays:
        @Sendable (OrganizationID, String, ClosedRange<CalendarDay>) async throws -> Set<CalendarDay>

    public init(
        find: @escaping @Sendable (OrganizationID, FollowUpID) async throws -> PlannedFollowUp?,
        ofNegotiation: @escaping @Sendable (OrganizationID, NegotiationID) async throws -> [PlannedFollowUp],
        rules: @escaping @Sendable (OrganizationID, NegotiationID?) async throws -> [FollowUpRule],
        workingHours: @escaping @Sendable (OrganizationID, VendorID?) async throws -> WorkingHours?,
        calendars: @escaping @Sendable (OrganizationID) async throws -> [HolidaySummary],
        holidays:
            @escaping @Sendable (OrganizationID, String, ClosedRange<CalendarDay>) async throws -> Set<
                CalendarDay
            >
    ) {
        self.find = find
        self.ofNegotiation = ofNegotiation
        self.rules = rules
        self.workingHours = workingHours
        self.calendars = calendars
        self.holidays = holidays
    }
}
