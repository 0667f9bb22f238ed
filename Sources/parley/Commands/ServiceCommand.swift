import ArgumentParser
import Postgres
import Store

/// `parley service connect`.
struct ServiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service", abstract: "Other services of the platform.", subcommands: [Connect.self])

    /// Makes a database role for another service, bound to one organization.
    struct Connect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "connect",
            abstract: "Makes a Postgres role for another service, bound to one organization.",
            discussion: "Run again, it gives the role a new password; the old one ends.")

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "The organization's short name.")
        var org: String
        @Option(help: "The service's name: lower-case letters, digits and hyphens.")
        var name: String
        @Flag(help: "Print JSON.")
        var json = false

        private struct Report: Encodable { let dsn: String }

        func run() async throws {
            try await Console.run {
                let configuration = try options.load()
                try await Gateway.using(configuration) { gateway in
                    let owner = Pool(gateway.database.owner)
                    let access = try await ServiceRoles(owner: owner).connect(name, to: org)
                    await owner.shutDown()
                    let dsn = access.connectionURL(gateway.database.owner)
                    if json { return try Console.result(json: Report(dsn: dsn)) }
                    Console.result(dsn)
                }
            }
        }
    }
}
