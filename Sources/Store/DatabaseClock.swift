import Negotiation
import Postgres

/// The database server's clock, which stamps whatever Parley does not.
public enum DatabaseClock {
    /// What time it is there.
    public static func now(_ configuration: Configuration) async throws -> Instant {
        let pool = Pool(configuration)
        do {
            let rows = try await pool.read(tenant: nil) { try await $0.query("SELECT clock_timestamp()") }
            let time = try rows.single().instant(0)
            await pool.shutDown()
            return time
        } catch {
            await pool.shutDown()
            throw error
        }
    }
}
