import Embedded
import Foundation
import Synchronization

@testable import Postgres

/// One real server for all tests of this target, and databases and tables by the dozen on it.
actor TestServer {
    static let shared = TestServer()
    private var started: Task<EmbeddedPostgres, any Error>?

    /// Where to connect as the cluster's owner, a superuser.
    func configuration() async throws -> Configuration {
        let start = started ?? Task { try await Self.start() }
        started = start
        return try Configuration(try await start.value.connectionString())
    }

    private static func start() async throws -> EmbeddedPostgres {
        let home = "/tmp/parley-postgres-\(UUID().uuidString.prefix(8))"
        var server = try await EmbeddedPostgres.start(home: home)
        // The tests run side by side, each with pools of its own.
        let connection = try await Connection.open(try Configuration(server.connectionString()))
        _ = try await connection.session("ALTER SYSTEM SET max_connections = 300")
        await connection.close()
        await server.stop()
        server = try await EmbeddedPostgres.start(home: home)
        running.withLock { [server] in $0 = server }
        // Nothing is deinitialised at the end of the tests.
        atexit {
            running.withLock { server in
                server?.stopBlocking()
                if let home = server?.home { try? FileManager.default.removeItem(atPath: home) }
            }
        }
        return server
    }
}

private let running = Mutex<EmbeddedPostgres?>(nil)

/// A pool on the shared server.
func testPool(connections: Int = 4, patience: Duration = .seconds(10)) async throws -> Pool {
    var bounds = Pool.Bounds()
    bounds.connections = connections
    bounds.patience = patience
    return Pool(try await TestServer.shared.configuration(), bounds: bounds)
}

/// A name that no other test uses.
func freshName(_ kind: String) -> String {
    kind + "_" + UUID().uuidString.lowercased().filter { $0 != "-" }
}

extension Pool {
    /// A table of its own for a test.
    func table(_ columns: String) async throws -> String {
        let name = freshName("t")
        try await script("CREATE TABLE \(name) (\(columns))")
        return name
    }

    func script(_ text: String) async throws {
        try await transaction(tenant: nil) { try await $0.script(SQL(trusted: text)) }
    }

    /// The first column of the only row.
    func text(_ sql: String, tenant: UUID? = nil) async throws -> String {
        try await transaction(tenant: tenant) { try await $0.query(SQL(trusted: sql)).single().text(0) }
    }

    func number(_ sql: String) async throws -> Int {
        try await transaction(tenant: nil) { try await $0.query(SQL(trusted: sql)).single().int(0) }
    }
}

/// Waits until something is so, asking often, for at most 20 s.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}
