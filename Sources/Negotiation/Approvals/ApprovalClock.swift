/// What the passing of time leads to while a question is open. None of it approves anything.
public struct ApprovalDeadline: Hashable, Sendable {
    /// What has to be done then.
    public let action: Action
    /// When.
    public let at: Instant

    /// Something that is due at an instant.
    public init(_ action: Action, at instant: Instant) {
        self.action = action
        at = instant
    }

    /// What time can lead to.
    public enum Action: Hashable, Sendable {
        /// Those who have not decided are asked again.
        case remind
        /// Others are asked as well.
        case escalate(ApprovalEscalation)
        /// The email is not sent, and who asked is told.
        case expire
    }
}

/// When reminders, escalations and the end of a question are due.
public enum ApprovalClock {
    /// Everything that is due while a question stays open, in order; the last is always its end. What would come at the
    /// end or after it is left out.
    public static func due(_ requirement: ApprovalRequirement, askedAt: Instant) -> [ApprovalDeadline] {
        let end = requirement.expiresAfterHours
        let reminder = requirement.remindAfterHours.map { (ApprovalDeadline.Action.remind, $0) }
        let escalations = requirement.escalations.map {
            (ApprovalDeadline.Action.escalate($0), $0.afterHours)
        }
        let before = ((reminder.map { [$0] } ?? []) + escalations).filter { $0.1 < end }.sorted {
            $0.1 < $1.1
        }
        return (before + [(.expire, end)]).map { action, hours in
            ApprovalDeadline(action, at: askedAt.advanced(byHours: hours))
        }
    }
}
