import Negotiation

/// How somebody wants to be asked for approvals.
public enum ApprovalMail: Hashable, Sendable {
    /// A letter for each, at once.
    case each
    /// One letter a day with everything that waits, at a full hour (0 to 23) in UTC.
    case digest(hour: Int)

    /// The next time at which a digest leaves, later than an instant; `nil` where there is none.
    public func nextDigest(after now: Instant) -> Instant? {
        guard case .digest(let hour) = self else { return nil }
        let day: Int64 = 86_400
        let midnight = now.seconds - now.seconds % day
        let today = Instant(seconds: midnight + Int64(hour) * 3_600)
        return today > now ? today : today.advanced(bySeconds: day)
    }
}
