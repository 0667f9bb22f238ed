import Embedded
import Foundation
import Testing

@testable import Postgres

@Suite(.timeLimit(.minutes(1)))
struct FailoverTests {
    /// A primary and a hot standby, each on a home below a folder that both servers' user may enter.
    private func pair(in folder: String) async throws -> (
        primary: EmbeddedPostgres, standby: EmbeddedPostgres
    ) {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        for name in ["/a", "/b"] {
            try FileManager.default.createDirectory(
                atPath: folder + name, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o755])
        }
        let primary = try await EmbeddedPostgres.start(home: folder + "/a")
        let owner = try #require(
            try FileManager.default.attributesOfItem(atPath: folder + "/a/postgres")[.ownerAccountName]
                as? String)
        let backup = Process()
        backup.executableURL = URL(fileURLWithPath: "/bin/sh")
        backup.arguments = [
            "-c",
            "pg_basebackup -h \(primary.socketFolder) -U parley -D \(folder)/b/postgres -c fast -X stream -R"
                + " && chown -R \(owner) \(folder)/b/postgres && chmod 700 \(folder)/b/postgres",
        ]
        try backup.run()
        backup.waitUntilExit()
        try #require(backup.terminationStatus == 0)
        return (primary, try await EmbeddedPostgres.start(home: folder + "/b"))
    }

    @Test("of several hosts the one that takes writes is found, and after a promotion the other one")
    func promotion() async throws {
        let folder = "/tmp/parley-failover-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (primary, standby) = try await pair(in: folder)
        let both = try Configuration(
            "host=\(standby.socketFolder),\(primary.socketFolder) port=5432,5432 user=parley dbname=parley"
                + " target_session_attrs=read-write")
        // A standby that has just lost its primary may wait for `wal_retrieve_retry_interval`, five seconds, before it looks
        // whether it is to be promoted.
        var bounds = Pool.Bounds()
        bounds.patience = .seconds(30)
        let pool = Pool(both, bounds: bounds)
        let standbyPool = Pool(try Configuration(standby.connectionString()))
        try await pool.script("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
        let isCopied = try await eventually {
            try await standbyPool.text("SELECT count(*)::text FROM pg_class WHERE relname = 'kept'") == "1"
        }
        #expect(isCopied)
        #expect(try await StartupCheck.run(standbyPool.configuration).isReadOnly)

        await primary.stop()
        async let written: Void = pool.script("INSERT INTO kept VALUES (2)")
        #expect(try await standbyPool.text("SELECT pg_promote()::text") == "true")
        try await written
        #expect(try await standbyPool.number("SELECT sum(n)::int FROM kept") == 3)
        await pool.shutDown()
        await standbyPool.shutDown()
        await standby.stop()
    }
}
