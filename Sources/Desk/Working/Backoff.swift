/// How long something that failed waits before it is tried again.
enum Backoff {
    /// The longest wait, in seconds.
    static let longest: Int64 = 3600

    /// Between half of 4, 8, 16 … seconds and the whole, and an hour at most. What failed together, because a server was
    /// away, does not come back together: `random` says where in the second half.
    static func seconds(attempt: Int, random: UInt64) -> Int64 {
        let whole = min(longest, 2 << Int64(min(max(attempt, 1), 11)))
        let half = whole / 2
        return half + Int64(random % UInt64(whole - half + 1))
    }
}
