import Negotiation

/// How far a mailbox of Gmail was read.
public struct GmailCursor: Hashable, Sendable, Codable {
    /// The point of the history up to which everything has been taken.
    public var historyID: UInt64
    /// The same in seconds since 1970, for when Gmail does not keep so old a history any more.
    public var seconds: Int64
    /// What is being gone through page by page; `nil` between two times.
    public var walk: Walk?

    /// Pages on the way from one point of the history to the next.
    public struct Walk: Hashable, Sendable, Codable {
        /// Everything that lies in the inbox since then is looked at, in seconds since 1970; `nil` where it
        /// is the history.
        public var since: Int64?
        /// The page that comes next; `nil` for the first.
        public var page: String?
        /// The point of the history that is reached after the last page.
        public var goal: UInt64
        /// The same in seconds since 1970.
        public var seconds: Int64

        public init(since: Int64?, page: String?, goal: UInt64, seconds: Int64) {
            self.since = since
            self.page = page
            self.goal = goal
            self.seconds = seconds
        }
    }

    /// Begins at a point of the history, after everything that has come to the inbox since an instant.
    public init(at historyID: UInt64, now: Instant, lookingBackTo since: Int64? = nil) {
        self.historyID = historyID
        seconds = since ?? now.seconds
        walk = since.map { Walk(since: $0, page: nil, goal: historyID, seconds: now.seconds) }
    }

    /// Seconds after which it is worth writing down that nothing has happened.
    private static let freshness: Int64 = 3600

    /// After a page: before the next one, or, after the last, at the goal.
    public mutating func advance(_ walk: Walk, to page: String?) {
        guard page == nil else {
            self.walk = walk
            self.walk?.page = page
            return
        }
        self.walk = nil
        guard walk.goal > historyID || walk.since != nil || walk.seconds - seconds >= Self.freshness
        else { return }
        (historyID, seconds) = (max(historyID, walk.goal), walk.seconds)
    }
}
