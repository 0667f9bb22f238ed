import ArgumentParser

/// The one executable: `parley`.
@main
struct Parley: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parley",
        abstract: "Negotiates purchases by ordinary email.",
        discussion: """
            Parley writes to your vendors, reads what they answer, proposes the next step, and lets no email that \
            concerns money leave before a person has approved exactly that email.
            """,
        version: Version.current,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, DoctorCommand.self, OrgCommand.self, ServiceCommand.self,
            TemplateCommand.self, MailCommand.self, WebhooksCommand.self,
        ])
}

/// The version of this build.
enum Version {
    static let current = "0.1.0"
}
