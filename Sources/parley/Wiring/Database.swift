import Embedded
import Postgres
import Store

/// The database of this gateway: one that it was pointed to, or its own.
struct Database: Sendable {
    /// Parley's own server, where it runs one.
    let embedded: EmbeddedPostgres?
    /// As the owner of the tables, for migrations and for roles of other services.
    let owner: Postgres.Configuration
    /// As the application's role, which owns nothing and is bound by the row policies.
    let application: Postgres.Configuration

    /// The application's role; migrations make it.
    static let applicationRole: Role = "parley_app"

    /// Opens the configured database, or starts the embedded one, and checks that it is fit for use.
    ///
    /// - Parameter joining: whether the embedded server of a gateway that runs already may be used instead of one's
    ///   own; commands that work beside `serve` do.
    static func open(_ configuration: Configuration, joining: Bool) async throws -> Database {
        let database = try await connect(configuration, joining: joining)
        do {
            let check = try await StartupCheck.run(database.owner)
            guard !check.isReadOnly else {
                throw ConfigurationError.invalid(
                    "DATABASE_URL",
                    "the server takes no changes at present; add target_session_attrs=read-write")
            }
            return database
        } catch {
            await database.close()
            throw error
        }
    }

    private static func connect(_ configuration: Configuration, joining: Bool) async throws -> Database {
        if let url = configuration.databaseURL {
            let owner = try Postgres.Configuration(url)
            var application = owner
            application.role = applicationRole
            return Database(embedded: nil, owner: owner, application: application)
        }
        if joining, let running = await EmbeddedPostgres.connectionStringOfRunning(home: configuration.home) {
            return try Database(embedded: nil, local: running)
        }
        let embedded = try await EmbeddedPostgres.start(home: configuration.home)
        return try Database(embedded: embedded, local: embedded.connectionString())
    }

    private init(
        embedded: EmbeddedPostgres?, owner: Postgres.Configuration, application: Postgres.Configuration
    ) {
        self.embedded = embedded
        self.owner = owner
        self.application = application
    }

    private init(embedded: EmbeddedPostgres?, local: String) throws {
        let owner = try Postgres.Configuration(local)
        self.init(embedded: embedded, owner: owner, application: owner.signedIn(as: Self.applicationRole))
    }

    /// Stops the embedded server, if this process runs one.
    func close() async { await embedded?.stop() }
}
