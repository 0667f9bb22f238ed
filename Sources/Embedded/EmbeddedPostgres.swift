#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Parley's own Postgres inside `PARLEY_HOME`: made when the home is empty, started, started again when it ends, and
/// stopped with the gateway, also when that is killed. It is reached through a Unix socket only.
public final class EmbeddedPostgres: Sendable {
    /// The superuser of the cluster, who owns the database.
    public static let owner = "parley"
    /// The database.
    public static let database = "parley"
    /// The port, which is only part of the socket's name.
    public static let port = 5_432

    /// By this argument a server that Parley started is told from any other.
    static let mark = "cluster_name=parley"

    /// Where the socket is. Only the server's own user and root can enter the folder.
    public let socketFolder: String
    /// `PARLEY_HOME` as an absolute path without links.
    public let home: String
    /// What the server prints.
    public let log: String
    private let keeper: Keeper

    private init(_ keeper: Keeper, _ ready: Keeper.Ready) {
        self.keeper = keeper
        socketFolder = ready.socketFolder
        home = ready.home
        log = ready.log
    }

    deinit { keeper.requestStop() }

    /// Takes the home, makes a cluster if there is none, and starts the server.
    ///
    /// An existing home takes 0.2 s, a new one 1 to 3 s. When an earlier gateway was killed, its server is waited for.
    ///
    /// - Parameter home: the folder, made if it does not exist.
    /// - Throws: ``EmbeddedError``
    public static func start(home: String) async throws(EmbeddedError) -> EmbeddedPostgres {
        guard let keeper = Keeper(home: home) else {
            throw .homeUnusable(home: home, reason: systemComplaint)
        }
        let outcome = await withTaskCancellationHandler {
            await keeper.start()
        } onCancel: {
            keeper.requestStop()
        }
        return EmbeddedPostgres(keeper, try outcome.get())
    }

    /// Where to connect, for libpq, as the owner or another user. There are no passwords: the socket's folder guards.
    public func connectionString(user: String = owner, database: String = database) -> String {
        Self.connectionString(socketFolder: socketFolder, user: user, database: database)
    }

    static func connectionString(
        socketFolder: String, user: String = owner, database: String = database
    ) -> String {
        let settings = [
            ("host", socketFolder), ("port", String(port)), ("user", user), ("dbname", database),
        ]
        return settings.map { "\($0)='\(escaped($1))'" }.joined(separator: " ")
    }

    private static func escaped(_ value: String) -> String {
        String(value.flatMap { $0 == "'" || $0 == "\\" ? ["\\", $0] : [$0] })
    }

    /// The process id of the server, `nil` while there is none.
    public var process: Int32? { keeper.process }

    /// How often the server was started again.
    public var restarts: Int { keeper.restarts }

    /// Waits for the end of the server: `nil` after ``stop()`` or when the waiting task is cancelled, an error when the
    /// server ended too often.
    public func end() async -> EmbeddedError? { await keeper.end() }

    /// Stops the server and frees the home. Open transactions are rolled back. Returns within 20 s at most.
    public func stop() async {
        keeper.requestStop()
        _ = await keeper.end()
    }

    /// As ``stop()``, for code that cannot wait asynchronously: blocks the calling thread.
    public func stopBlocking() {
        keeper.requestStop()
        keeper.waitForEnd()
    }
}
