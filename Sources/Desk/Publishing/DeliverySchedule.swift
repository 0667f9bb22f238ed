/// When an event that a receiver has not taken is tried again, as Standard Webhooks recommends: for three days, with
/// growing pauses.
enum DeliverySchedule {
    /// Seconds of the pause after the first failed attempt, the second, …; after the last there is no more.
    private static let pauses: [Int64] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    /// How much longer a pause may be at most, in percent, so that what failed together does not come back together.
    private static let jitterPercent: Int64 = 20
    /// The longest that a receiver can ask to be left alone for, in seconds.
    private static let longestWish: Int64 = 86_400

    /// Attempts until an event is given up on.
    static let mostTries = pauses.count + 1

    /// Seconds until the next attempt; `nil` after the last.
    ///
    /// - Parameters:
    ///   - tries: attempts so far, the failed one included.
    ///   - chance: any number, which decides about the jitter.
    ///   - wish: what the receiver wants to be left alone for, in seconds (`Retry-After`): never shorter than the pause.
    static func pause(afterTries tries: Int, chance: UInt64, wish: Int64?) -> Int64? {
        guard tries >= 1, tries < mostTries else { return nil }
        let pause = pauses[tries - 1]
        let wished = max(pause, min(wish ?? 0, longestWish))
        let jitter = wished * jitterPercent / 100
        return wished + Int64(chance % UInt64(jitter + 1))
    }
}
