import Postgres

/// Wakes idle workers once work is on record. It rings after the commit rather than within: the server lets transactions
/// that notify end only one after the other, each with its own wait for the disk. Whoever crashes in between wakes
/// nobody, and the work is found when a worker looks by itself.
actor Bell {
    private let pool: Pool
    private var isRinging = false
    private var isWanted = false

    /// How often one caller rings for others who come meanwhile.
    private static let mostRings = 4

    init(_ pool: Pool) { self.pool = pool }

    /// Rings, unless somebody is about to.
    func ring() async {
        isWanted = true
        // A caller who is being cancelled cannot reach the server; the next one rings for both.
        guard !isRinging, !Task.isCancelled else { return }
        isRinging = true
        for _ in 1..<Self.mostRings where isWanted { await notify() }
        // Whoever asks from here on rings; whoever asked before is heard now.
        isRinging = false
        if isWanted { await notify() }
    }

    private func notify() async {
        isWanted = false
        // A bell that does not sound only makes somebody wait.
        _ = try? await pool.commit(tenant: nil, [Statement("SELECT pg_notify('parley_jobs', '')")])
    }
}
