import ArgumentParser
import Desk
import Jinja
import Negotiation
import Postgres
import Store

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `parley doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Checks configuration, files, database, keys, clock and templates; one line each.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let findings = await examine()
        if json {
            try Console.result(json: findings)
        } else {
            for finding in findings { Console.result(finding.line) }
        }
        guard findings.allSatisfy(\.isFine) else { throw ExitCode.failure }
    }

    private func examine() async -> [DoctorLine] {
        var findings: [DoctorLine] = []
        let configuration: Configuration
        do {
            configuration = try options.load()
            findings.append(
                DoctorLine(
                    "configuration", fine: "home \(configuration.home), listens on \(configuration.listen)"))
        } catch {
            return [DoctorLine("configuration", error)]
        }
        findings.append(await DoctorLine.of("templates") { try await Self.checkTemplates() })
        findings.append(await DoctorLine.of("time zones") { try Self.checkZones() })
        findings.append(await DoctorLine.of("keys") { try Self.checkKeys(configuration) })
        findings += await Self.checkDatabase(configuration)
        return findings
    }

    private static func checkTemplates() async throws -> String {
        let share = try ShareFolder.find()
        let templates = EmailTemplates(folder: share.templates)
        for kind in EmailTemplates.required { try await templates.check(kind) }
        return "\(EmailTemplates.required.count) email templates compile"
    }

    private static func checkZones() throws -> String {
        guard Clock.system().zone("Europe/Berlin") != nil else {
            throw ConfigurationError.invalid(
                "the time zone database", "it is not in /usr/share/zoneinfo; install the package tzdata")
        }
        return "vendors' working hours can be told in every zone"
    }

    private static func checkKeys(_ configuration: Configuration) throws -> String {
        _ = try Keys.load(configuration)
        return configuration.encryptionKeys == nil
            ? "kept in \(configuration.home)/keys" : "given by the operator"
    }

    private static func checkDatabase(_ configuration: Configuration) async -> [DoctorLine] {
        let database: Database
        do {
            database = try await Database.open(configuration, joining: true)
        } catch {
            return [DoctorLine("database", error)]
        }
        var findings = [DoctorLine("database", fine: "reachable at \(database.owner.server)")]
        findings.append(await DoctorLine.of("schema") { try await checkSchema(database) })
        findings.append(await DoctorLine.of("clock") { try await checkClock(database) })
        findings.append(await DoctorLine.of("mailboxes") { try await checkMailboxes(database) })
        await database.close()
        return findings
    }

    private static func checkSchema(_ database: Database) async throws -> String {
        let missing = try await Migrator(owner: database.owner, folder: try ShareFolder.find().migrations)
            .plan()
        guard missing.isEmpty else {
            throw ConfigurationError.invalid(
                "the schema", "\(missing.count) migrations are missing; run parley migrate")
        }
        return "up to date"
    }

    private static func checkMailboxes(_ database: Database) async throws -> String {
        let pool = Pool(database.application)
        do {
            let books = Books.postgres(pool)
            var (count, failing): (Int, [String]) = (0, [])
            for (organization, slug) in try await books.people.organizations() {
                for mailbox in try await books.mailboxes.list(organization) {
                    count += 1
                    guard case .failing(let reason, _, _) = mailbox.condition else { continue }
                    failing.append("\(mailbox.name) of \(slug): \(reason)")
                }
            }
            await pool.shutDown()
            guard failing.isEmpty else { throw FailingMailboxes(list: failing) }
            return count == 0
                ? "none, every organization has the sandbox" : "\(count), and none is known to fail"
        } catch {
            await pool.shutDown()
            throw error
        }
    }

    private struct FailingMailboxes: Error, CustomStringConvertible {
        let list: [String]

        var description: String { list.joined(separator: "; ") }
    }

    /// The largest difference between this machine's clock and the database's, in seconds.
    private static let largestDrift: Int64 = 5

    private static func checkClock(_ database: Database) async throws -> String {
        let theirs = try await DatabaseClock.now(database.owner)
        let drift = abs(Clock.system().now().microseconds - theirs.microseconds) / 1_000_000
        guard drift <= largestDrift else {
            throw ConfigurationError.invalid(
                "the clock", "it differs from the database's by \(drift) s; set both with NTP")
        }
        return "agrees with the database's to \(largestDrift) s"
    }
}

/// One line of the doctor's.
struct DoctorLine: Encodable, Sendable {
    let check: String
    let isFine: Bool
    let detail: String

    init(_ check: String, fine detail: String) { (self.check, isFine, self.detail) = (check, true, detail) }

    init(_ check: String, _ error: any Error) {
        (self.check, isFine, detail) = (check, false, Console.oneLine("\(error)"))
    }

    static func of(_ check: String, _ body: () async throws -> String) async -> DoctorLine {
        do { return DoctorLine(check, fine: try await body()) } catch { return DoctorLine(check, error) }
    }

    var line: String { "\(isFine ? "ok  " : "FAIL")  \(check): \(detail)" }
}
