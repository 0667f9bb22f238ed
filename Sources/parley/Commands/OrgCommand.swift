import ArgumentParser
import Desk

/// `parley org create`.
struct OrgCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "org", abstract: "Organizations.", subcommands: [Create.self])

    /// Makes an organization with its first administrator and an API key with every scope.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Makes an organization, its first administrator, and an API key."
        )

        @OptionGroup var options: ConfigurationOptions
        @Option(help: "Its name.")
        var name: String
        @Option(help: "Its short name: lower-case letters, digits and hyphens.")
        var slug: String
        @Option(help: "The address with which the administrator signs in.")
        var adminEmail: String
        @Option(help: "The administrator's full name.")
        var adminName = "Administrator"
        @Flag(help: "Read the administrator's password from standard input.")
        var adminPasswordStdin = false
        @Flag(help: "Print JSON.")
        var json = false

        /// The longest input that is looked at, in bytes; bcrypt takes 72.
        private static let longestPassword = 1024

        func validate() throws {
            guard adminPasswordStdin else {
                throw ValidationError(
                    "The password is read from standard input only, so that it stands in no process list: "
                        + "add --admin-password-stdin")
            }
        }

        private struct Report: Encodable {
            let organizationId: String
            let userId: String
            let apiKey: String
        }

        func run() async throws {
            try await Console.run {
                let password = try Console.input(limit: Self.longestPassword)
                let configuration = try options.load()
                try await Gateway.using(configuration) { gateway in
                    let founded = try await gateway.office.found(
                        Founding(
                            name: name, slug: slug, adminEmail: adminEmail, adminName: adminName,
                            adminPassword: password))
                    let report = Report(
                        organizationId: "\(founded.organizationID)", userId: "\(founded.userID)",
                        apiKey: founded.apiKey)
                    if json { return try Console.result(json: report) }
                    Console.result("organization \(report.organizationId)")
                    Console.result("user         \(report.userId)")
                    Console.result("API key      \(report.apiKey) (shown once)")
                }
            }
        }
    }
}
