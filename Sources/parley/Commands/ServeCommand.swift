import ArgumentParser
import Desk
import Logging
import Mail
import Postgres
import ServiceLifecycle
import Web

/// `parley serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "The gateway: HTTP API, pages and background workers in one process.")

    @OptionGroup var options: ConfigurationOptions
    @Option(help: "Address and port (PARLEY_LISTEN).")
    var listen: String?
    @Option(help: "What links in emails begin with (PARLEY_PUBLIC_URL).")
    var publicURL: String?
    @Flag(help: "Fill an empty database with an organization, users, vendors and products to try things out.")
    var demo = false
    @Flag(help: "Do not bring the schema up to date first.")
    var noMigrate = false
    @Option(help: "Run only some parts: web, workers, or both separated by a comma.")
    var only: Parts = .all

    func run() async throws {
        try await Console.run {
            let configuration = try options.load(["PARLEY_LISTEN": listen, "PARLEY_PUBLIC_URL": publicURL])
            guard !demo || configuration.listen.isLoopback else {
                throw ConfigurationError.invalid(
                    "--demo", "its passwords are known to the world, so it listens on 127.0.0.1 or [::1] only"
                )
            }
            let gateway = try await Gateway.open(configuration, joining: false, migrating: !noMigrate)
            do {
                try await serve(gateway)
            } catch {
                await gateway.close()
                throw error
            }
            await gateway.close()
        }
    }

    private func serve(_ gateway: Gateway) async throws {
        var logger = Logger(label: "parley") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .notice
        if demo {
            _ = try await Demo(office: gateway.office).fill()
            for line in Demo.signIns { Console.result("sign in  \(line)") }
        }
        try await gateway.provideSettings { logger.warning("\($0)") }
        try await gateway.provideMailboxes { logger.warning("\($0)") }
        let services = try services(of: gateway, logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(30)
        try await ServiceGroup(configuration: configuration).run()
    }

    private func services(of gateway: Gateway, logger: Logger) throws -> [any Service] {
        var services: [any Service] = [EmbeddedWatcher(database: gateway.database)]
        if only.contains(.workers) {
            let wake = WakeSignal()
            let inbox = SandboxInbox(inbox: gateway.sandbox.inbox, office: gateway.office) { line in
                logger.warning("sandbox inbox: \(line)")
            }
            services += [
                WorkerLife(
                    worker: gateway.office.settings.worker, database: gateway.database.application,
                    logger: logger),
                JobWorkers(office: gateway.office, settings: WorkerSettings(), wake: wake, logger: logger),
                JobListener(
                    listener: try Listener(gateway.database.application, channels: ["parley_jobs"]),
                    wake: wake),
                InboxWatcher(inbox: inbox, logger: logger),
                MailboxReaders(
                    office: gateway.office, services: gateway.mailServices,
                    database: gateway.database.application, tally: gateway.mailboxTally, logger: logger),
            ]
        }
        if only.contains(.web) {
            services.append(try gateway.webService(logger: logger))
        }
        return services
    }
}

/// Which parts of the gateway a process runs.
struct Parts: OptionSet, Sendable, ExpressibleByArgument {
    let rawValue: Int

    static let web = Parts(rawValue: 1)
    static let workers = Parts(rawValue: 2)
    static let all: Parts = [.web, .workers]

    init(rawValue: Int) { self.rawValue = rawValue }

    init?(argument: String) {
        var parts: Parts = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            switch word {
            case "web": parts.insert(.web)
            case "workers": parts.insert(.workers)
            default: return nil
            }
        }
        self = parts
    }

    static var allValueStrings: [String] { ["web", "workers", "web,workers"] }
    var defaultValueDescription: String { "web,workers" }
}

extension ListenAddress {
    /// Whether nobody but this machine can reach it.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
