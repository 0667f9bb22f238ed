/// An open transaction, valid within the closure it was given to.
public struct Transaction: Sendable {
    let connection: Connection
    let number: UInt64

    /// Runs a statement for its rows.
    ///
    /// - Throws: ``PostgresError``, `CancellationError`
    public func query(_ sql: SQL, _ parameters: [Parameter] = []) async throws -> Rows {
        try await pipeline([Statement(sql, parameters)])[0]
    }

    /// Runs a statement for its effect.
    ///
    /// - Returns: how many rows it touched.
    @discardableResult
    public func execute(_ sql: SQL, _ parameters: [Parameter] = []) async throws -> Int {
        try await query(sql, parameters).affected
    }

    /// Runs statements one after the other in a single round trip. The first refusal ends it.
    ///
    /// - Returns: as many results as there are statements.
    @discardableResult
    public func pipeline(_ statements: [Statement]) async throws -> [Rows] {
        guard !statements.isEmpty else { return [] }
        return try await connection.run(statements, in: number)
    }

    /// Runs the last statements of the transaction and COMMIT in a single round trip. Nothing can be run afterwards.
    @discardableResult
    public func commit(after statements: [Statement]) async throws -> [Rows] {
        try await connection.run(statements, in: number, committing: true)
    }

    /// Runs any number of statements without parameters, such as a migration file.
    public func script(_ sql: SQL) async throws {
        try await connection.script(sql.text, in: number)
    }

    /// Runs `body` so that an error within undoes what `body` did, and leaves the transaction usable.
    @discardableResult
    public func savepoint<Result: Sendable>(
        _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        try await script("SAVEPOINT parley")
        do {
            let result = try await body(self)
            try await script("RELEASE SAVEPOINT parley")
            return result
        } catch {
            // If this fails too, the whole transaction has; the first error says more.
            _ = try? await script("ROLLBACK TO SAVEPOINT parley; RELEASE SAVEPOINT parley")
            throw error
        }
    }
}
