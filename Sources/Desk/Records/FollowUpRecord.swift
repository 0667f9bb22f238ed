import Negotiation

/// A reminder to a vendor, from its planning on.
public struct PlannedFollowUp: Hashable, Sendable {
    public let id: FollowUpID
    public let negotiationID: NegotiationID
    /// Which reminder it is since the vendor was last heard of, from 1.
    public let number: Int
    public let dueAt: Instant
    public let status: Status
    /// The email that it has become.
    public let emailID: EmailID?
    /// Why it was ended without having been sent.
    public let reason: String?
    public let createdAt: Instant

    /// How far it has come.
    public enum Status: String, Sendable, CaseIterable {
        /// It waits for its time, or its email for approval or for being sent.
        case waiting
        case sent
        /// Something made it needless; its number may be planned anew.
        case cancelled
        /// Somebody left it out or refused it; the next one follows.
        case skipped
    }

    public init(
        id: FollowUpID, negotiationID: NegotiationID, number: Int, dueAt: Instant, status: Status = .waiting,
        emailID: EmailID? = nil, reason: String? = nil, createdAt: Instant
    ) {
        self.id = id
        self.negotiationID = negotiationID
        self.number = number
        self.dueAt = dueAt
        self.status = status
        self.emailID = emailID
        self.reason = reason
        self.createdAt = createdAt
    }
}

/// What is chosen and known for the follow-ups of one negotiation.
public struct FollowUpChoice: Hashable, Sendable {
    /// Whether there are any at all.
    public var isEnabled = true
    /// How many at most each time the vendor is silent, whatever the rule says.
    public var most = 3
    /// The day from which the vendor is back, where an automatic answer has named it.
    public var parkedUntil: CalendarDay?
    /// When the next one is due. A later time that another service has set is heeded.
    public var nextAt: Instant?

    /// Three at most, as the platform's services expect it of a new negotiation.
    public init() {}
}

/// How often and after how long a silent vendor is reminded, for some emails or for one negotiation.
public struct FollowUpRule: Hashable, Sendable {
    /// What it is for.
    public let scope: Scope
    /// Whether there are follow-ups at all.
    public let isEnabled: Bool
    public let sequence: FollowUpSequence

    /// What a rule is for; a narrower scope wins.
    public enum Scope: Hashable, Sendable {
        /// Whatever has no rule of its own.
        case organization
        /// What waits for an answer to an email of this kind.
        case email(EmailKind)
        /// One negotiation.
        case negotiation(NegotiationID)
    }

    public init(scope: Scope, isEnabled: Bool, sequence: FollowUpSequence) {
        self.scope = scope
        self.isEnabled = isEnabled
        self.sequence = sequence
    }

    /// Where nobody has said anything: after three working days, after five more, and the last one names the deadline.
    public static let standard = FollowUpRule(
        scope: .organization, isEnabled: true,
        sequence: FollowUpSequence(afterWorkingDays: [3, 5], lastAnnouncesDeadline: true) ?? .once)

    /// The rule that counts for a negotiation in which an email of this kind waits for an answer.
    static func applying(to kind: EmailKind?, among rules: [FollowUpRule]) -> FollowUpRule {
        func rule(_ isWanted: (Scope) -> Bool) -> FollowUpRule? { rules.first { isWanted($0.scope) } }
        return rule { if case .negotiation = $0 { true } else { false } }
            ?? rule { if case .email(kind) = $0 { true } else { false } }
            ?? rule { $0 == .organization } ?? standard
    }
}

extension FollowUpSequence {
    /// One reminder after a working week.
    fileprivate static var once: FollowUpSequence {
        guard let sequence = FollowUpSequence(afterWorkingDays: [5]) else {
            preconditionFailure("5 is allowed")
        }
        return sequence
    }

    /// The same with so many reminders at most; `nil` for none.
    func atMost(_ most: Int) -> FollowUpSequence? {
        FollowUpSequence(
            afterWorkingDays: afterWorkingDays, mostReminders: min(most, mostReminders),
            lastAnnouncesDeadline: lastAnnouncesDeadline)
    }
}

/// When people at a vendor work.
public struct WorkingHours: Hashable, Sendable {
    public let weekdays: Set<Weekday>
    public let opens: TimeOfDay
    public let closes: TimeOfDay
    /// A name of the time zone database, such as `Europe/Berlin`.
    public let zone: String
    /// The calendar of holidays, by its name; `nil` for none.
    public let calendar: String?

    /// Working hours; `nil` unless there is a day to work on and it opens before it closes.
    public init?(weekdays: Set<Weekday>, opens: TimeOfDay, closes: TimeOfDay, zone: String, calendar: String?)
    {
        guard !weekdays.isEmpty, opens < closes else { return nil }
        self.weekdays = weekdays
        self.opens = opens
        self.closes = closes
        self.zone = zone
        self.calendar = calendar
    }

    /// Where nobody has said anything: Monday to Friday, nine to five, UTC.
    public static var standard: WorkingHours {
        guard let opens = TimeOfDay(hour: 9), let closes = TimeOfDay(hour: 17),
            let hours = WorkingHours(
                weekdays: Weekday.mondayToFriday, opens: opens, closes: closes, zone: "UTC", calendar: nil)
        else { preconditionFailure("nine comes before five") }
        return hours
    }
}

/// A calendar of holidays, as lists show it.
public struct HolidaySummary: Hashable, Sendable {
    public let name: String
    public let count: Int
    public let first: CalendarDay
    public let last: CalendarDay

    public init(name: String, count: Int, first: CalendarDay, last: CalendarDay) {
        self.name = name
        self.count = count
        self.first = first
        self.last = last
    }
}
