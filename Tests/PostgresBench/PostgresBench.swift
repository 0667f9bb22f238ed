import Embedded
import Foundation
import Postgres

/// Inserts per second through the pool beside `pgbench` on the same server: ratios, since machines differ.
///
/// `PostgresBench [SECONDS]` prints one line of JSON per figure. `pgbench` must stand on `PATH`.
@main
struct PostgresBench {
    private static let clients = [1, 8, 16]
    private static let batch = 16
    private static let pgbenchScripts = [
        "autocommit": "INSERT INTO bench (organization_id, n) VALUES (gen_random_uuid(), 1);",
        "transaction": """
        BEGIN;
        SET LOCAL parley.organization_id = '00112233-4455-6677-8899-aabbccddeeff';
        INSERT INTO bench (organization_id, n) VALUES (gen_random_uuid(), 1);
        COMMIT;
        """,
    ]

    static func main() async throws {
        let seconds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 3
        let folder = "/tmp/parley-bench-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try await EmbeddedPostgres.start(home: folder)
        for count in clients { try await compare(server, clients: count, seconds: seconds) }
        try await idle(server)
        await server.stop()
    }

    private static func compare(_ server: EmbeddedPostgres, clients: Int, seconds: Int) async throws {
        var bounds = Pool.Bounds()
        bounds.connections = clients
        let pool = Pool(try Configuration(server.connectionString()), bounds: bounds)
        try await pool.transaction(tenant: nil) {
            try await $0.script(
                "DROP TABLE IF EXISTS bench; CREATE TABLE bench (organization_id uuid, n int, at timestamptz DEFAULT now())"
            )
        }
        let reference = try pgbench(server, "autocommit", clients, seconds)
        let same = try pgbench(server, "transaction", clients, seconds)
        let single = try await rate(pool, clients, seconds, statements: 1)
        let batched = try await rate(pool, clients, seconds, statements: batch)
        let closure = try await rate(pool, clients, seconds, statements: 0)
        await pool.shutDown()
        say(
            "tenant transactions by pool.commit, beside pgbench with the same transaction", clients,
            single / same)
        say(
            "tenant transactions by pool.transaction, beside pgbench with the same transaction", clients,
            closure / same)
        say(
            "tenant transactions by pool.commit, beside pgbench with a single autocommitted insert", clients,
            single / reference)
        say(
            "rows inserted \(batch) per transaction, beside pgbench with autocommitted inserts", clients,
            batched * Double(batch) / reference)
    }

    /// Transactions per second. With no statements given, one insert by `pool.transaction`.
    private static func rate(_ pool: Pool, _ clients: Int, _ seconds: Int, statements: Int) async throws
        -> Double
    {
        let end = ContinuousClock.now + .seconds(seconds)
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<clients {
                group.addTask {
                    var count = 0
                    while ContinuousClock.now < end {
                        try await once(pool, statements)
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(total) / Double(seconds)
    }

    private static func once(_ pool: Pool, _ statements: Int) async throws {
        let tenant = UUID()
        let insert: SQL = "INSERT INTO bench (organization_id, n) VALUES ($1, $2)"
        if statements == 0 {
            try await pool.transaction(tenant: tenant) {
                try await $0.execute(insert, [.uuid(tenant), .int(1)])
            }
        } else {
            let batch = (0..<statements).map { Statement(insert, [.uuid(tenant), .int($0)]) }
            try await pool.commit(tenant: tenant, batch)
        }
    }

    /// Transactions per second of `pgbench -M prepared`.
    private static func pgbench(_ server: EmbeddedPostgres, _ script: String, _ clients: Int, _ seconds: Int)
        throws -> Double
    {
        let file = server.home + "/\(script).sql"
        try (pgbenchScripts[script] ?? "").write(toFile: file, atomically: false, encoding: .utf8)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // A number of transactions, not of seconds: the alarm that would end it is blocked in children of this process.
        process.arguments = [
            "pgbench", "-n", "-M", "prepared", "-f", file, "-c", "\(clients)", "-j", "2", "-t",
            "\(1_500 * seconds / clients)",
            "-h", server.socketFolder, "-U", EmbeddedPostgres.owner, EmbeddedPostgres.database,
        ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let line = printed.split(separator: "\n").first { $0.hasPrefix("tps = ") }
        return line.flatMap { Double($0.split(separator: " ")[2]) } ?? .nan
    }

    /// What ten idle connections cost this process.
    private static func idle(_ server: EmbeddedPostgres) async throws {
        func anonymous() -> Int {
            let lines =
                (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?.split(separator: "\n")
                ?? []
            return lines.first { $0.hasPrefix("RssAnon") }?.split(separator: " ").dropFirst().first.flatMap {
                Int($0)
            } ?? 0
        }
        let before = anonymous()
        var locks: [AdvisoryLocks] = []
        for _ in 0..<10 {
            locks.append(try await AdvisoryLocks(try Configuration(server.connectionString())))
        }
        print(
            #"{"figure":"resident kB of an idle connection in the gateway","value":\#((anonymous() - before) / 10)}"#
        )
        for lock in locks { await lock.close() }
    }

    private static func say(_ figure: String, _ clients: Int, _ ratio: Double) {
        let rounded = (ratio * 100).rounded() / 100
        print(#"{"figure":"\#(figure)","clients":\#(clients),"ratio":\#(rounded)}"#)
    }
}
