/// What a program needs to know of the database before it begins.
public struct StartupCheck: Sendable, Hashable {
    /// The oldest major version that has everything the schema uses.
    public static let oldestVersion = 15

    /// The server's version, for example 150004 for 15.4.
    public let serverVersion: Int
    /// The database.
    public let database: String
    /// The role that statements run as.
    public let role: String
    /// Whether row policies do not bind this role: then tenants are not kept apart, and the application must not run.
    public let escapesRowPolicies: Bool
    /// Whether the server takes no changes at present (a standby).
    public let isReadOnly: Bool

    /// Connects once, without trying again, and looks.
    ///
    /// - Throws: ``PostgresError/unreachable(server:reason:)``, ``PostgresError/serverTooOld(found:required:)``,
    ///   ``PostgresError/wrongEncoding(found:)``; the description of each says how to mend it.
    public static func run(_ configuration: Configuration) async throws -> StartupCheck {
        let connection = try await Connection.open(configuration)
        do {
            let check = try await look(connection)
            await connection.close()
            return check
        } catch {
            await connection.close()
            throw error
        }
    }

    static func check(version: Int) throws(PostgresError) {
        guard version >= oldestVersion * 10_000 else {
            throw .serverTooOld(found: version / 10_000, required: oldestVersion)
        }
    }

    private static func look(_ connection: Connection) async throws -> StartupCheck {
        let version = try await connection.serverVersion()
        try check(version: version)
        let encoding = try await connection.parameterStatus("server_encoding") ?? "unknown"
        guard encoding == "UTF8" else { throw PostgresError.wrongEncoding(found: encoding) }
        return StartupCheck(
            serverVersion: version,
            database: try await connection.session("SELECT current_database()") ?? "",
            role: try await connection.session("SELECT current_user") ?? "",
            escapesRowPolicies: try await connection.session(
                "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") == "t",
            isReadOnly: try await connection.session("SHOW transaction_read_only") == "on"
        )
    }
}
