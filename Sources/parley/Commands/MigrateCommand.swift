import ArgumentParser
import Store

/// `parley migrate [--plan]`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Brings the database to the newest schema.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Only list what would be applied.")
    var plan = false
    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        try await Console.run {
            let configuration = try options.load()
            let share = try ShareFolder.find()
            let database = try await Database.open(configuration, joining: true)
            do {
                let migrator = Migrator(owner: database.owner, folder: share.migrations)
                let applied = plan ? try await migrator.plan() : try await migrator.migrate()
                try report(applied.map(\.name))
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    private struct Report: Encodable {
        let planned: [String]?
        let applied: [String]?
    }

    private func report(_ names: [String]) throws {
        if json {
            return try Console.result(json: Report(planned: plan ? names : nil, applied: plan ? nil : names))
        }
        for name in names { Console.result((plan ? "would apply " : "applied ") + name) }
        if names.isEmpty { Console.result("The schema is up to date.") }
    }
}
