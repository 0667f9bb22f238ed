import Desk
import Embedded
import Foundation
import Negotiation
import ParleyTesting
import Postgres
import Store

/// What a queue in Postgres owes to those who wait in it, as ratios in one run: a claim among 1,000,000 waiting follow-ups
/// beside one among 10,000, and jobs per second beside `procrastinate` on the same server.
///
/// `JobsBench MIGRATIONS PYTHON PEER [JOBS [WAITING]]` prints one line of JSON per figure.
@main
struct JobsBench {
    private static let few = 10_000
    private static let many = 1_000_000
    private static let claims = 200
    private static let rounds = 3

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 3 else {
            print("usage: JobsBench MIGRATIONS PYTHON PEER [JOBS [WAITING]]")
            exit(64)
        }
        let jobs = arguments.count > 3 ? Int(arguments[3]) ?? 4_000 : 4_000
        let many = arguments.count > 4 ? max(Int(arguments[4]) ?? Self.many, few) : Self.many
        let folder = "/tmp/parley-bench-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try await EmbeddedPostgres.start(home: folder)
        let owner = try Configuration(server.connectionString())
        try await Migrator(owner: owner, folder: arguments[0]).migrate()
        let bench = try await Bench(owner)
        try await bench.compareClaims(few: few, many: many, claims: claims)
        var ratios: [Double] = []
        for _ in 0..<rounds {
            let own = try await bench.rate(jobs)
            let peer = try procrastinate(arguments[1], arguments[2], server, jobs)
            ratios.append(own / peer)
        }
        say("jobs per second beside procrastinate, each with 8 at a time", ratios.sorted()[rounds / 2])
        await bench.close()
        await server.stop()
    }

    /// Jobs per second of procrastinate on the same server.
    private static func procrastinate(
        _ python: String, _ script: String, _ server: EmbeddedPostgres, _ jobs: Int
    ) throws -> Double {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-B", script, server.connectionString(), "\(jobs)"]
        process.standardOutput = output
        try process.run()
        let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard let rate = Double(printed.filter { !$0.isWhitespace }) else {
            throw PeerFailed(output: printed)
        }
        return rate
    }

    private struct PeerFailed: Error { let output: String }

    static func say(_ figure: String, _ ratio: Double) {
        print(#"{"figure":"\#(figure)","ratio":\#((ratio * 1000).rounded() / 1000)}"#)
        fflush(nil)
    }
}

/// One organization in a migrated database, and the use cases over it.
private struct Bench {
    private let owner: Pool
    private let app: Pool
    private let company: Founded
    private let office: Office

    private static let workers = WorkerSettings(concurrency: 4)
    /// As many as a gateway has.
    private static let lanes = 2

    init(_ configuration: Configuration) async throws {
        var application = configuration
        application.role = "parley_app"
        var bounds = Pool.Bounds()
        bounds.connections = 10
        owner = Pool(configuration)
        app = Pool(application, bounds: bounds)
        office = Office(
            books: .postgres(app),
            clock: Clock(
                now: { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) },
                newUUID: { UUID() }),
            secrets: FakeSecrets().port, mail: FakePostOffice().port, templates: FakeTemplates().port,
            settings: OfficeSettings(publicURL: "http://localhost", worker: "bench"))
        company = try await office.found(
            Founding(
                name: "Bench", slug: "bench", adminEmail: "a@bench.example", adminName: "A",
                adminPassword: "correct horse"))
    }

    func close() async {
        await app.shutDown()
        await owner.shutDown()
    }

    // MARK: Claims

    func compareClaims(few: Int, many: Int, claims: Int) async throws {
        try await wait(from: 0, to: few)
        let small = try await claim(claims)
        try await wait(from: few, to: many)
        let large = try await claim(claims)
        JobsBench.say("time of a claim among \(many) waiting follow-ups, beside \(few)", large / small)
    }

    /// Rows of a table that one statement adds; more would take longer than a connection waits for an answer.
    private static let mostRows = 50_000

    /// Negotiations with a follow-up each that waits for next year, and its job.
    private func wait(from first: Int, to last: Int) async throws {
        for start in stride(from: first, to: last, by: Self.mostRows) {
            try await add(from: start, to: min(start + Self.mostRows, last))
        }
        try await owner.transaction(tenant: nil) { try await $0.script("ANALYZE jobs") }
    }

    private func add(from first: Int, to last: Int) async throws {
        let tenant = "'\(company.organizationID)'::uuid"
        try await owner.transaction(tenant: company.organizationID.uuid) { transaction in
            try await transaction.script(
                SQL(
                    trusted: """
                        SET LOCAL session_replication_role = replica;
                        INSERT INTO negotiations (organization_id, id, product_id, user_id, created_by, status,
                            original_price, target_price)
                        SELECT \(tenant), md5('n' || n)::uuid, md5('p')::uuid, md5('u')::uuid, md5('u')::uuid, 'sent',
                            10, 9 FROM generate_series(\(first + 1), \(last)) AS n;
                        INSERT INTO follow_ups (organization_id, id, negotiation_id, number, due_at)
                        SELECT \(tenant), md5('f' || n)::uuid, md5('n' || n)::uuid, 1, now() + interval '1 year'
                        FROM generate_series(\(first + 1), \(last)) AS n;
                        INSERT INTO jobs (organization_id, kind, unique_key, payload, run_at)
                        SELECT \(tenant), 'follow_up', md5('f' || n),
                            jsonb_build_object('id', md5('f' || n)::uuid),
                            now() + interval '1 year' + n * interval '1 second'
                        FROM generate_series(\(first + 1), \(last)) AS n;
                        """))
        }
    }

    /// Seconds that a claim of four due jobs takes, the median of many.
    private func claim(_ count: Int) async throws -> Double {
        try await enqueue(count * Self.workers.concurrency)
        var times: [Double] = []
        for _ in 0..<count {
            let now = office.clock.now()
            let began = ContinuousClock.now
            let jobs = try await office.books.jobs.claim(
                "bench", now, now.advanced(bySeconds: 120), Self.workers.concurrency)
            let took = (ContinuousClock.now - began).components
            guard jobs.count == Self.workers.concurrency else { throw TooFewJobs(count: jobs.count) }
            times.append(Double(took.seconds) + Double(took.attoseconds) / 1e18)
            try await office.books.commit(
                company.organizationID, jobs.map { .finishJob($0.id, worker: "bench", at: now) })
        }
        return times.sorted()[times.count / 2]
    }

    private struct TooFewJobs: Error { let count: Int }

    // MARK: Throughput

    /// Jobs per second: claimed, looked into, found needless, and ended.
    func rate(_ count: Int) async throws -> Double {
        try await enqueue(count)
        let began = ContinuousClock.now
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<Self.lanes {
                group.addTask {
                    var done = 0
                    while true {
                        let ran = try await office.runDueJobs(Self.workers)
                        if ran == 0 { return done }
                        done += ran
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        let took = (ContinuousClock.now - began).components
        guard done >= count else { throw TooFewJobs(count: done) }
        return Double(done) / (Double(took.seconds) + Double(took.attoseconds) / 1e18)
    }

    /// Due jobs about requests that are not there.
    private func enqueue(_ count: Int) async throws {
        let now = office.clock.now()
        let jobs = (0..<count).map { _ in
            Change.enqueue(
                Job(
                    id: Identifier(UUID()), organizationID: company.organizationID,
                    work: .expireApproval(Identifier(UUID())), runAt: now))
        }
        for start in stride(from: 0, to: jobs.count, by: 500) {
            try await office.books.commit(
                company.organizationID, Array(jobs[start..<min(start + 500, jobs.count)]))
        }
    }
}
