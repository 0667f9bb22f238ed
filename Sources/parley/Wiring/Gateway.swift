import Desk
import Dispatch
import Logging
import Mail
import Negotiation
import Postgres
import Store

/// Everything that a running process is made of, wired once.
struct Gateway: Sendable {
    let configuration: Configuration
    let share: ShareFolder
    let keys: Keys
    let database: Database
    let pool: Pool
    let sandbox: SandboxMailbox
    let office: Office
    let senderKeys: SenderKeys
    let mailServices: MailServices
    let mailboxTally = MailboxTally()

    /// Connections of the pool.
    private static let mostConnections = 10

    /// Opens the database, brings its schema up to date, and wires the rest.
    ///
    /// - Parameters:
    ///   - joining: see ``Database/open(_:joining:)``.
    ///   - migrating: whether the schema is brought up to date first.
    static func open(_ configuration: Configuration, joining: Bool, migrating: Bool) async throws -> Gateway {
        let share = try ShareFolder.find()
        let database = try await Database.open(configuration, joining: joining)
        do {
            if migrating {
                _ = try await Migrator(owner: database.owner, folder: share.migrations).migrate()
            }
            return try await Gateway(configuration, share: share, database: database)
        } catch {
            await database.close()
            throw error
        }
    }

    private init(_ configuration: Configuration, share: ShareFolder, database: Database) async throws {
        self.configuration = configuration
        self.share = share
        self.database = database
        let application = try await StartupCheck.run(database.application)
        guard !application.escapesRowPolicies else {
            throw ConfigurationError.invalid(
                "DATABASE_URL",
                "role \(application.role) is not bound by row policies, so tenants would not be kept apart")
        }
        keys = try Keys.load(configuration)
        sandbox = try SandboxMailbox(at: "\(configuration.home)/mail")
        var bounds = Pool.Bounds()
        bounds.connections = Self.mostConnections
        pool = Pool(database.application, bounds: bounds)
        let clock = Clock.system()
        let books = Books.postgres(pool)
        let secrets = SecretsPort.system(keys)
        let logger = Logger(label: "parley.mail")
        let tokens = RefreshTokens(books: books, secrets: secrets, clock: clock)
        mailServices = MailServices(
            authorities: configuration.mailAuthorities, addresses: configuration.mailServices,
            keeper: RefreshTokenKeeper(tokens) { logger.warning("\($0)") }, now: clock.now)
        let outgoing = OutgoingMail(mailServices) { logger.warning("\($0)") }
        let routing = MailRouting(
            sandbox: sandbox, outgoing: outgoing, books: books, secrets: secrets, clock: clock,
            resolver: .system(now: { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000_000) }))
        senderKeys = SenderKeys(configuration)
        var office = Office(
            books: books, clock: clock, secrets: secrets, mail: routing.port,
            templates: EmailTemplates(folder: share.templates).port,
            settings: OfficeSettings(
                publicURL: configuration.publicURL, worker: "\(clock.newUUID())".lowercased()))
        office.courier = .system(keys, policy: configuration.webhookPolicy)
        office.inbound = .system(
            keys, senderKeys: senderKeys, bells: mailServices.bells, publicURL: configuration.publicURL)
        self.office = office
    }

    /// Runs a command with a gateway of its own, or beside the one that runs on the same home.
    static func using(_ configuration: Configuration, _ body: (Gateway) async throws -> Void) async throws {
        let gateway = try await open(configuration, joining: true, migrating: true)
        do {
            try await body(gateway)
        } catch {
            await gateway.close()
            throw error
        }
        await gateway.close()
    }

    /// Closes connections and stops the embedded database, if this process runs one.
    func close() async {
        await pool.shutDown()
        await database.close()
    }
}
