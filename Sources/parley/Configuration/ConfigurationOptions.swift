import ArgumentParser

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The settings that every command takes.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: "Settings file; parley.yaml in the current folder is read when it is there.")
    var config: String?
    @Option(help: "Data folder of the embedded default (PARLEY_HOME).")
    var home: String?
    @Option(help: "Postgres (DATABASE_URL); without it Parley starts its own inside the data folder.")
    var databaseURL: String?

    /// The configuration from all sources; `extra` are settings from further options of a command.
    func load(_ extra: [String: String?] = [:]) throws -> Configuration {
        var commandLine = extra.compactMapValues { $0 }
        commandLine["PARLEY_HOME"] = home
        commandLine["DATABASE_URL"] = databaseURL
        let standard = "parley.yaml"
        let path = config ?? (FileManager.default.fileExists(atPath: standard) ? standard : nil)
        let file = try path.map { try ConfigurationFile.read($0) } ?? ConfigurationFile()
        var configuration = try Configuration(
            commandLine: commandLine, environment: ProcessInfo.processInfo.environment, file: file.settings,
            mailboxes: file.mailboxes)
        configuration.organizations = file.organizations
        return configuration
    }
}
