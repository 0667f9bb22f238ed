import Embedded
import Foundation
import Postgres
import Synchronization

/// A server for the tests of the schema, and migrated databases on it.
enum SchemaServer {
    private static let folder = "/tmp/parley-schema-\(UUID().uuidString.prefix(8))"
    private static let start = Task {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        let server = try await EmbeddedPostgres.start(home: folder + "/home")
        running.withLock { $0 = server }
        // Swift Testing has no end of a run to hang this on.
        atexit { SchemaServer.clear() }
        return server
    }
    private static let running = Mutex<EmbeddedPostgres?>(nil)

    private static func clear() {
        running.withLock { $0 }?.stopBlocking()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Connects as somebody to one of the databases.
    static func pool(_ database: String, as user: String = EmbeddedPostgres.owner) async throws -> Pool {
        Pool(try Configuration(try await start.value.connectionString(user: user, database: database)))
    }

    /// Runs statements outside of a transaction, as `CREATE DATABASE` wants it.
    static func script(_ statements: String...) async throws {
        let connection = try await start.value.connectionString()
        for statement in statements { try psql(connection, statement) }
    }

    private static func psql(_ connection: String, _ statement: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["psql", connection, "-XAtqc", statement]
        let words = Pipe()
        process.standardError = words
        try process.run()
        let said = words.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw PsqlFailed(said: String(decoding: said, as: UTF8.self))
        }
    }

    struct PsqlFailed: Error { let said: String }

    /// The migration files in their order.
    static func migrations() throws -> [(name: String, sql: String)] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Store/Migrations").standardizedFileURL
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
        }
    }

    /// Brings an empty database to the newest schema, each file in a transaction of its own.
    static func migrate(_ pool: Pool) async throws {
        for file in try migrations() {
            try await pool.transaction(tenant: nil) { try await $0.script(SQL(trusted: file.sql)) }
        }
    }

    /// A new database with the schema and, where wanted, rows.
    static func database(_ name: String, filledBy statements: [String] = []) async throws -> Pool {
        try await script("CREATE DATABASE \(name)")
        let pool = try await pool(name)
        try await migrate(pool)
        try await pool.transaction(tenant: nil) { transaction in
            for statement in statements { try await transaction.script(SQL(trusted: statement)) }
        }
        return pool
    }
}
