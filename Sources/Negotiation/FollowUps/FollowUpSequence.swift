/// How often and after how long a vendor who does not answer is reminded.
public struct FollowUpSequence: Hashable, Sendable {
    /// Working days to wait after the last email, for the first reminder, the second and so on; the last figure counts
    /// for all that follow. One to ten figures, each 1 to 60.
    public let afterWorkingDays: [Int]
    /// How many reminders there are at most, 1 to 10.
    public let mostReminders: Int
    /// Whether the last reminder says until when the vendor can answer.
    public let lastAnnouncesDeadline: Bool

    /// A sequence; `nil` when a figure is out of its range. Without `mostReminders` there is one for each figure.
    public init?(afterWorkingDays: [Int], mostReminders: Int? = nil, lastAnnouncesDeadline: Bool = false) {
        let most = mostReminders ?? afterWorkingDays.count
        guard (1...10).contains(afterWorkingDays.count), (1...10).contains(most),
            afterWorkingDays.allSatisfy({ (1...60).contains($0) })
        else { return nil }
        self.afterWorkingDays = afterWorkingDays
        self.mostReminders = most
        self.lastAnnouncesDeadline = lastAnnouncesDeadline
    }

    /// Working days to wait before a reminder, which is counted from 1; `nil` when there is no such reminder.
    public func workingDays(before number: Int) -> Int? {
        guard (1...mostReminders).contains(number) else { return nil }
        return afterWorkingDays[min(number, afterWorkingDays.count) - 1]
    }
}

/// One reminder and when it is due.
public struct FollowUp: Hashable, Sendable {
    /// Which reminder of its negotiation it is, from 1.
    public let number: Int
    /// When it is due: within business hours, and never in the past.
    public let dueAt: Instant
    /// Whether it says until when the vendor can answer.
    public let announcesDeadline: Bool

    /// A reminder.
    public init(number: Int, dueAt: Instant, announcesDeadline: Bool) {
        self.number = number
        self.dueAt = dueAt
        self.announcesDeadline = announcesDeadline
    }
}

/// Why there is no further reminder.
public enum NoFollowUp: String, Hashable, Sendable, CaseIterable {
    /// All of them have been sent.
    case done
    /// The negotiation expires before the next one would be due.
    case expiresFirst = "expires_first"
    /// There are no business hours within ``BusinessHours/horizonDays`` in which it could be sent.
    case noBusinessHours = "no_business_hours"

    /// A sentence for the person who asks.
    public var explanation: String {
        switch self {
        case .done: "All reminders of the sequence have been sent."
        case .expiresFirst: "The negotiation expires before the next reminder would be due."
        case .noBusinessHours:
            "There are no business hours within 400 days. Look at the weekdays and holidays."
        }
    }
}

/// What comes next.
public enum NextFollowUp: Hashable, Sendable {
    case due(FollowUp)
    case never(NoFollowUp)
}

/// Where one negotiation stands in its sequence, and so what comes next.
///
/// Everything counts from the last email that really went out. However long nobody looked, at most one reminder is due,
/// and the one after it waits its full time from then on.
public struct FollowUpPlan: Hashable, Sendable {
    /// How often and after how long.
    public let sequence: FollowUpSequence
    /// When the vendor works.
    public let hours: BusinessHours
    /// When the last email to the vendor went out, reminders included.
    public let lastSentAt: Instant
    /// How many reminders have been sent since the vendor was last heard of.
    public let sent: Int
    /// The day from which the vendor is back, where an automatic answer has named it.
    public let parkedUntil: CalendarDay?
    /// When the negotiation expires.
    public let expiresAt: Instant?

    /// A plan. A negative number of reminders counts as none.
    public init(
        _ sequence: FollowUpSequence, hours: BusinessHours, lastSentAt: Instant, sent: Int,
        parkedUntil: CalendarDay? = nil, expiresAt: Instant? = nil
    ) {
        self.sequence = sequence
        self.hours = hours
        self.lastSentAt = lastSentAt
        self.sent = max(0, sent)
        self.parkedUntil = parkedUntil
        self.expiresAt = expiresAt
    }

    /// The next reminder as things stand now. One that is overdue is due at the next moment of business.
    public func next(now: Instant) -> NextFollowUp {
        guard sent < sequence.mostReminders, let wait = sequence.workingDays(before: sent + 1) else {
            return .never(.done)
        }
        guard let planned = hours.adding(workingDays: wait, to: lastSentAt),
            let due = earliest(from: max(planned, now))
        else { return .never(.noBusinessHours) }
        if let expiresAt, due >= expiresAt { return .never(.expiresFirst) }
        return .due(
            FollowUp(number: sent + 1, dueAt: due, announcesDeadline: announcesDeadline(sent + 1, at: due)))
    }

    /// The first moment from an instant on at which a reminder may leave at all: within business hours, and not before the
    /// vendor is back. `nil` when there is none within ``BusinessHours/horizonDays``.
    public func earliest(from instant: Instant) -> Instant? {
        hours.next(after: max(instant, backAt ?? instant))
    }

    /// Whether the vendor is still away.
    public func isParked(at instant: Instant) -> Bool { backAt.map { $0 > instant } ?? false }

    /// When the vendor opens on the day of its return.
    private var backAt: Instant? { parkedUntil.map { hours.zone.instant(of: LocalTime($0, hours.opens)) } }

    /// Whoever is reminded for the last time is told so: at the end of the sequence, and also when the one after it
    /// would come too late.
    private func announcesDeadline(_ number: Int, at due: Instant) -> Bool {
        guard sequence.lastAnnouncesDeadline, let expiresAt else { return false }
        guard let wait = sequence.workingDays(before: number + 1),
            let following = hours.adding(workingDays: wait, to: due)
        else { return true }
        return following >= expiresAt
    }
}
