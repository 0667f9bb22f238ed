/// A time zone as data: when its clocks are how far ahead of UTC.
///
/// It is read from the bytes of a TZif file (RFC 8536), which somebody else fetches, so that the calendar stays pure.
public struct TimeZoneRules: Hashable, Sendable {
    /// The offset before the first change, in seconds east of UTC.
    let firstOffset: Int
    /// Every change that the file lists, in ascending order.
    let listed: [OffsetChange]
    /// What goes on for ever after the last listed change; the last offset stays when there is none.
    let recurring: RecurringOffset?

    /// Coordinated Universal Time.
    public static let utc = TimeZoneRules(firstOffset: 0, listed: [], recurring: nil)

    init(firstOffset: Int, listed: [OffsetChange], recurring: RecurringOffset?) {
        self.firstOffset = firstOffset
        self.listed = listed
        self.recurring = recurring
    }

    /// A zone whose clocks never change, in seconds east of UTC; `nil` outside -24:59:59 to 25:59:59 (RFC 8536, 3.2).
    public init?(fixedOffset seconds: Int) {
        guard OffsetChange.offsets.contains(seconds) else { return nil }
        self.init(firstOffset: seconds, listed: [], recurring: nil)
    }

    /// How far local clocks are ahead of UTC at an instant, in seconds.
    public func offset(at instant: Instant) -> Int { offset(atSecond: instant.seconds) }

    /// When local clocks show a time. What they show twice is taken the first time; what they skip is moved forward by
    /// as much as they skip (so does `java.time`), which may be a whole day.
    public func instant(of local: LocalTime) -> Instant {
        let clock = local.secondsSinceEpoch
        let (start, end) = (clock - Self.reach, clock + Self.reach)
        var candidate = clock - Int64(offset(atSecond: start))
        for change in changes(after: start, through: end) {
            let next = clock - Int64(change.offset)
            // Either the time comes before this change, or the change skips it and the old offset moves it forward.
            if candidate < change.at || next < change.at { break }
            candidate = next
        }
        return Instant(seconds: candidate)
    }

    /// What calendar and clock show here at an instant.
    public func local(_ instant: Instant) -> LocalTime { LocalTime(of: instant, offset: offset(at: instant)) }

    /// More than any offset, so that whatever is at issue around a local time lies within it, in seconds.
    private static let reach: Int64 = 27 * 3600

    private func offset(atSecond second: Int64) -> Int {
        if let recurring, listed.last.map({ $0.at <= second }) ?? true { return recurring.offset(at: second) }
        let index = listed.count { $0.at <= second }
        return index == 0 ? firstOffset : listed[index - 1].offset
    }

    private func changes(after start: Int64, through end: Int64) -> [OffsetChange] {
        let lastListed = listed.last?.at ?? .min
        let year = LocalTime(of: Instant(seconds: start), offset: 0).day.year
        let later = recurring?.changes(around: year).filter { $0.at > lastListed } ?? []
        return (listed + later).filter { $0.at > start && $0.at <= end }
    }
}

/// A moment at which clocks are set to another offset.
struct OffsetChange: Hashable, Sendable {
    /// Seconds since the Unix epoch.
    let at: Int64
    /// Seconds east of UTC from then on.
    let offset: Int

    /// Every offset that RFC 8536 (3.2) expects, in seconds east of UTC.
    static let offsets = -89_999...93_599
}
