import Foundation
import Postgres
import Store
import Testing

@Suite(.serialized) struct MigratorTests {
    /// A folder of migrations that is gone after the test.
    private final class Folder: Sendable {
        let path = NSTemporaryDirectory() + "parley-migrations-\(UUID().uuidString)"

        init(_ files: [String: String]) throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for (name, text) in files { try write(name, text) }
        }

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path).appending(path: name))
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private static let two = [
        "0001_a.sql": "CREATE TABLE a (id int);", "0003_b.sql": "CREATE TABLE b (id int);",
    ]

    private func database(_ name: String) async throws -> Configuration {
        try await SchemaServer.script("CREATE DATABASE \(name)")
        return try await SchemaServer.pool(name).configuration
    }

    @Test("an empty database gets everything once, in order, and the plan says so before")
    func fromNothing() async throws {
        let owner = try await database("migrate_nothing")
        let folder = try Folder(Self.two)
        let migrator = Migrator(owner: owner, folder: folder.path)
        #expect(try await migrator.plan().map(\.version) == [1, 3])
        #expect(try await migrator.migrate().map(\.name) == ["0001_a.sql", "0003_b.sql"])
        #expect(try await migrator.plan().isEmpty)
        #expect(try await migrator.migrate().isEmpty)
        try folder.write("0004_c.sql", "CREATE TABLE c (id int);")
        #expect(try await migrator.migrate().map(\.version) == [4])
    }

    @Test("gateways that start together apply each migration once")
    func together() async throws {
        let owner = try await database("migrate_together")
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await Migrator(owner: owner, folder: StoreDatabase.migrations).migrate().count
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(try total == SchemaServer.migrations().count)
    }

    @Test("a migration that was changed after it had been applied is refused")
    func changed() async throws {
        let owner = try await database("migrate_changed")
        let folder = try Folder(Self.two)
        let migrator = Migrator(owner: owner, folder: folder.path)
        try await migrator.migrate()
        try folder.write("0001_a.sql", "CREATE TABLE a (id bigint);")
        await #expect(throws: StoreError.changedMigration(version: 1, name: "0001_a.sql")) {
            try await migrator.migrate()
        }
    }

    @Test("a database that a newer version has migrated is refused")
    func newer() async throws {
        let owner = try await database("migrate_newer")
        let newer = try Folder(Self.two)
        try await Migrator(owner: owner, folder: newer.path).migrate()
        let older = try Folder(["0001_a.sql": "CREATE TABLE a (id int);"])
        await #expect(throws: StoreError.newerDatabase(version: 3, name: "0003_b.sql")) {
            try await Migrator(owner: owner, folder: older.path).migrate()
        }
    }

    @Test("a migration below one that was applied is refused")
    func late() async throws {
        let owner = try await database("migrate_late")
        let folder = try Folder(Self.two)
        let migrator = Migrator(owner: owner, folder: folder.path)
        try await migrator.migrate()
        try folder.write("0002_late.sql", "CREATE TABLE late (id int);")
        await #expect(throws: StoreError.lateMigration(version: 2, name: "0002_late.sql")) {
            try await migrator.plan()
        }
    }

    @Test("a database that somebody else has filled is refused, and named in one line")
    func foreign() async throws {
        let owner = try await database("migrate_foreign")
        try await Pool(owner).transaction(tenant: nil) {
            try await $0.script("CREATE TABLE users (id int); CREATE TABLE vendors (id int)")
        }
        let refusal = StoreError.foreignDatabase(tables: ["users", "vendors"])
        await #expect(throws: refusal) {
            try await Migrator(owner: owner, folder: StoreDatabase.migrations).migrate()
        }
        #expect(!refusal.description.contains("\n"))
    }

    @Test("of a migration that fails nothing is kept, and those before it stay")
    func failing() async throws {
        let owner = try await database("migrate_failing")
        var files = Self.two
        files["0002_bad.sql"] = "CREATE TABLE half (id int); CREATE TABLE a (id int);"
        let folder = try Folder(files)
        let migrator = Migrator(owner: owner, folder: folder.path)
        await #expect {
            try await migrator.migrate()
        } throws: { error in
            guard case StoreError.migrationRefused("0002_bad.sql", _) = error else { return false }
            return true
        }
        #expect(try await migrator.plan().map(\.version) == [2, 3])
        try folder.write("0002_bad.sql", "CREATE TABLE half (id int);")
        #expect(try await migrator.migrate().map(\.version) == [2, 3])
    }

    @Test(
        "a file that cannot be ordered is refused",
        arguments: ["a.sql", "0000_zero.sql", "0002b.sql", "0001_again.sql"])
    func misnamed(_ name: String) async throws {
        let folder = try Folder(["0001_a.sql": "SELECT 1;", name: "SELECT 1;"])
        let owner = try await SchemaServer.pool("postgres").configuration
        await #expect(throws: StoreError.self) {
            try await Migrator(owner: owner, folder: folder.path).plan()
        }
    }
}
