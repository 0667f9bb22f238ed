#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One database connection on its own thread. Calls block that thread, never a caller's.
actor Connection {
    nonisolated let thread: ConnectionThread
    nonisolated let interrupts: Interrupts
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let configuration: Configuration
    private var wire: Wire?
    private var statements = StatementCache()
    /// The number of the open transaction; statements of any other are refused.
    private var transaction: UInt64?
    private var transactions: UInt64 = 0
    /// A statement failed because the table changed under it: prepare all of them anew.
    private var mustForgetStatements = false

    /// How many statements go to the server in one piece.
    private static let pipelineLimit = 512
    /// How many parameters the protocol can count.
    private static let parameterLimit = 65_535

    private init(_ configuration: Configuration) throws(PostgresError) {
        self.configuration = configuration
        thread = try ConnectionThread()
        interrupts = Interrupts(thread.wakeup)
    }

    deinit { thread.retire() }

    /// Connects. Takes at most the connect timeout for each server of the list.
    static func open(_ configuration: Configuration) async throws -> Connection {
        let connection = try Connection(configuration)
        try await connection.connect()
        return connection
    }

    private func connect() throws {
        wire = try Wire(configuration, wakeup: thread.wakeup, interrupts: interrupts)
    }

    /// Says good-bye to the server.
    func close() {
        wire = nil
        transaction = nil
    }

    private func liveWire() throws(PostgresError) -> Wire {
        guard let wire, !wire.isBroken else { throw .connectionLost(reason: "it is closed") }
        return wire
    }

    /// Whether the connection can serve another transaction.
    var isReusable: Bool { transaction == nil && wire?.isIdle == true }

    /// The server's version, for example 150004 for 15.4.
    func serverVersion() throws -> Int { try liveWire().serverVersion }

    /// What the server reports of itself, such as `server_encoding`.
    func parameterStatus(_ name: String) throws -> String? { try liveWire().parameterStatus(name) }

    /// Runs text by the simple protocol outside any transaction.
    ///
    /// - Returns: the first column of the first row, as text.
    func session(_ text: String) throws -> String? {
        let wire = try liveWire()
        wire.ticket = nil
        guard let result = try wire.simple(text).last, result.rowCount > 0, result.columnCount > 0 else {
            return nil
        }
        return result.value(row: 0, column: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: Transactions

    /// Begins a transaction in one round trip.
    ///
    /// - Returns: its number.
    func begin(_ opening: Opening) throws -> UInt64 {
        let wire = try liveWire()
        guard wire.isIdle else { throw PostgresError.connectionLost(reason: "it broke while it was idle") }
        do { _ = try wire.simple(opening.text) } catch {
            _ = rollback()
            throw error
        }
        transactions += 1
        transaction = transactions
        return transactions
    }

    /// Rolls back; never throws, since whatever went wrong before matters more.
    ///
    /// - Returns: whether the connection can be used again.
    func rollback() -> Bool {
        transaction = nil
        guard let wire, !wire.isBroken else { return false }
        wire.ticket = nil
        let text = mustForgetStatements ? "ROLLBACK; DEALLOCATE ALL" : "ROLLBACK"
        guard (try? wire.simple(text)) != nil else { return false }
        if mustForgetStatements { statements.removeAll() }
        mustForgetStatements = false
        return wire.isIdle
    }

    /// Commits; cannot be cancelled.
    func commit(_ number: UInt64) throws {
        // Committed together with its last statements.
        guard transaction == number else { return }
        let wire = try liveWire()
        transaction = nil
        wire.ticket = nil
        do {
            let results = try wire.simple("COMMIT")
            if results.last?.command == "ROLLBACK" { throw PostgresError.rolledBack }
        } catch PostgresError.connectionLost(let reason) {
            throw PostgresError.commitOutcomeUnknown(reason: reason)
        }
    }

    // MARK: Statements

    /// Runs statements of a transaction, all in one round trip; cancelling the task cancels them on the server.
    nonisolated func run(_ statements: [Statement], in number: UInt64, committing: Bool = false) async throws
        -> [Rows]
    {
        try await cancellable { connection, ticket in
            try connection.run(statements, in: number, ticket: ticket, committing: committing)
        }
    }

    /// Runs text by the simple protocol.
    nonisolated func script(_ text: String, in number: UInt64) async throws {
        try await cancellable { connection, ticket in
            try connection.check(number)
            try connection.withTicket(ticket) { wire in _ = try wire.simple(text) }
        }
    }

    private nonisolated func cancellable<Result: Sendable>(
        _ work: @Sendable (isolated Connection, Interrupts.Ticket) throws -> Result
    ) async throws -> Result {
        let ticket = interrupts.ticket()
        defer { interrupts.retire(ticket) }
        return try await withTaskCancellationHandler {
            try await work(self, ticket)
        } onCancel: {
            interrupts.request(ticket)
        }
    }

    private func check(_ number: UInt64) throws(PostgresError) {
        guard transaction == number else { throw .transactionOver }
    }

    private func withTicket<Result>(_ ticket: Interrupts.Ticket, _ work: (Wire) throws -> Result) throws
        -> Result
    {
        let wire = try liveWire()
        wire.ticket = ticket
        defer { wire.ticket = nil }
        do { return try work(wire) } catch let error as PostgresError {
            if error.refusal == .stalePlan { mustForgetStatements = true }
            throw error
        }
    }

    private func run(
        _ batch: [Statement], in number: UInt64, ticket: Interrupts.Ticket, committing: Bool
    ) throws -> [Rows] {
        try check(number)
        for statement in batch { try Self.check(statement) }
        return try withTicket(ticket) { wire in
            var rows: [Rows] = []
            var rest = batch[...]
            while rest.count > Self.pipelineLimit {
                rows += try send(Array(rest.prefix(Self.pipelineLimit)), on: wire, committing: false)
                rest = rest.dropFirst(Self.pipelineLimit)
            }
            return rows + (try send(Array(rest), on: wire, committing: committing))
        }
    }

    private static func check(_ statement: Statement) throws(PostgresError) {
        guard !statement.sql.text.utf8.contains(0) else {
            throw .invalidStatement(reason: "it contains a NUL byte")
        }
        guard statement.parameters.count <= parameterLimit else {
            throw .invalidStatement(
                reason: "\(statement.parameters.count) parameters, at most \(parameterLimit)")
        }
        for (index, parameter) in statement.parameters.enumerated() {
            if case .invalid(let reason) = parameter.content {
                throw .invalidParameter(number: index + 1, reason: reason)
            }
        }
    }

    /// One pipeline, with what has to be prepared before, and COMMIT behind if so wanted.
    private func send(_ batch: [Statement], on wire: Wire, committing: Bool) throws -> [Rows] {
        var (commands, preparing) = plan(batch)
        if committing { commands.append(.runUnnamed(sql: "COMMIT", parameters: [])) }
        defer { for key in preparing.values { statements.remove(key) } }
        do {
            var results = try wire.pipeline(commands) { position in preparing[position] = nil }
            guard committing else { return results.map { Rows($0) } }
            transaction = nil
            if results.removeLast().command == "ROLLBACK" { throw PostgresError.rolledBack }
            return results.map { Rows($0) }
        } catch PostgresError.connectionLost(let reason) where committing {
            transaction = nil
            throw PostgresError.commitOutcomeUnknown(reason: reason)
        }
    }

    /// The commands for statements, and at which positions something is prepared for the first time.
    private func plan(_ batch: [Statement]) -> (
        commands: [Wire.Command], preparing: [Int: StatementCache.Key]
    ) {
        guard !configuration.isBehindPooler else {
            return (batch.map { .runUnnamed(sql: $0.sql.text, parameters: $0.parameters) }, [:])
        }
        var commands: [Wire.Command] = statements.takeDiscarded().map { .deallocate(name: $0) }
        var preparing: [Int: StatementCache.Key] = [:]
        for statement in batch {
            let key = StatementCache.Key(statement)
            let known = statements.name(of: key)
            let name = known ?? statements.add(key)
            if known == nil {
                preparing[commands.count] = key
                commands.append(.prepare(name: name, sql: key.sql.text, types: key.types.map(\.rawValue)))
            }
            commands.append(.run(name: name, parameters: statement.parameters))
        }
        return (commands, preparing)
    }
}
