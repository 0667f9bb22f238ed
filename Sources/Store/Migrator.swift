import Postgres

/// Brings a database to the newest schema: applies numbered files in their order, each in one transaction, and keeps on
/// record what it applied. Any number of processes may do so at the same moment.
public struct Migrator: Sendable {
    private let pool: Pool
    private let folder: String

    /// How long one migration may run, and how long it waits for another process that is at it.
    private static let longestMigration: Duration = .seconds(3_600)
    private static let lock = LockKey(0x7061_726c_6579_0001)

    /// A migrator.
    ///
    /// - Parameters:
    ///   - owner: signs in as the owner of the database, who may make roles.
    ///   - folder: where the files are.
    public init(owner: Configuration, folder: String) {
        var configuration = owner
        configuration.statementTimeout = Self.longestMigration
        configuration.idleInTransactionTimeout = nil
        configuration.role = nil
        var bounds = Pool.Bounds()
        bounds.connections = 1
        bounds.keptIdle = 0
        pool = Pool(configuration, bounds: bounds)
        self.folder = folder
    }

    /// What would be applied, in order; changes nothing.
    ///
    /// - Throws: ``StoreError``, ``PostgresError``
    public func plan() async throws -> [MigrationFile] {
        let files = try MigrationFile.all(in: folder)
        return try await pool.read(tenant: nil) { try await Self.pending(files, $0) }
    }

    /// Applies what is missing.
    ///
    /// - Parameter progress: is told of each file before it is applied.
    /// - Returns: what was applied by this call.
    /// - Throws: ``StoreError``, ``PostgresError``. What was applied before the error stays.
    @discardableResult
    public func migrate(progress: @Sendable (MigrationFile) -> Void = { _ in }) async throws
        -> [MigrationFile]
    {
        let files = try MigrationFile.all(in: folder)
        var applied: [MigrationFile] = []
        // Each turn applies the first of those that are missing by then.
        for _ in 0...files.count {
            let next = try await pool.transaction(tenant: nil) { transaction -> MigrationFile? in
                _ = try await transaction.query(
                    "SELECT pg_advisory_xact_lock($1)", [.int64(Self.lock.number)])
                guard let file = try await Self.pending(files, transaction).first else { return nil }
                progress(file)
                try await Self.apply(file, transaction)
                return file
            }
            guard let next else { return applied }
            applied.append(next)
        }
        return applied
    }

    private static func apply(_ file: MigrationFile, _ transaction: Transaction) async throws {
        do {
            try await transaction.script(
                """
                CREATE TABLE IF NOT EXISTS public.schema_migrations (
                    version integer PRIMARY KEY,
                    name text NOT NULL,
                    checksum text NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now()
                )
                """)
            try await transaction.script(SQL(trusted: file.text))
        } catch PostgresError.refused(let refusal) {
            throw StoreError.migrationRefused(name: file.name, refusal.description)
        }
        try await transaction.execute(
            """
            INSERT INTO public.schema_migrations (version, name, checksum)
            VALUES ($1, $2, encode(sha256($3), 'hex'))
            """, [.int(file.version), .text(file.name), .bytes(Array(file.text.utf8))])
    }

    // MARK: What is missing

    private static func pending(_ files: [MigrationFile], _ transaction: Transaction) async throws
        -> [MigrationFile]
    {
        let isKept = try await transaction.query("SELECT to_regclass('public.schema_migrations') IS NOT NULL")
            .single().bool(0)
        guard isKept else {
            try await refuseForeignTables(transaction)
            return files
        }
        let known = Dictionary(uniqueKeysWithValues: files.map { ($0.version, $0) })
        let rows = try await transaction.query(
            "SELECT version, name, checksum FROM public.schema_migrations ORDER BY version")
        var newest = 0
        var sums: [(file: MigrationFile, checksum: String)] = []
        for row in rows {
            newest = try row.int(0)
            guard let file = known[newest] else {
                throw StoreError.newerDatabase(version: newest, name: try row.text(1))
            }
            sums.append((file, try row.text(2)))
        }
        try await compare(sums, transaction)
        let applied = Set(sums.map(\.file.version))
        let missing = files.filter { !applied.contains($0.version) }
        if let late = missing.first(where: { $0.version < newest }) {
            throw StoreError.lateMigration(version: late.version, name: late.name)
        }
        return missing
    }

    /// The server computes the digests, so that both sides mean the same by them.
    private static func compare(
        _ sums: [(file: MigrationFile, checksum: String)], _ transaction: Transaction
    ) async throws {
        let results = try await transaction.pipeline(
            sums.map { Statement("SELECT encode(sha256($1), 'hex')", [.bytes(Array($0.file.text.utf8))]) })
        for ((file, checksum), result) in zip(sums, results) where try result.single().text(0) != checksum {
            throw StoreError.changedMigration(version: file.version, name: file.name)
        }
    }

    /// Some tables of the shared schema. Where one is and no record of migrations, somebody else made them.
    private static let tables = [
        "organizations", "users", "vendors", "products", "negotiations", "purchase_orders", "search_jobs",
        "audit_logs", "webhook_events", "email_templates",
    ]

    private static func refuseForeignTables(_ transaction: Transaction) async throws {
        let rows = try await transaction.query(
            """
            SELECT relname FROM pg_catalog.pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
                AND relname = ANY($1) ORDER BY relname
            """, [.textArray(tables)])
        guard rows.isEmpty else {
            throw StoreError.foreignDatabase(tables: try rows.map { try $0.text(0) })
        }
    }
}
