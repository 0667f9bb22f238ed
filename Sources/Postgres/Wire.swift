internal import CLibpq

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One libpq connection, used by one thread at a time. It blocks that thread, yet listens for requests to cancel.
final class Wire {
    private let handle: OpaquePointer
    private let wakeup: Wakeup
    private let interrupts: Interrupts
    private let silenceLimit: Duration?
    /// Set for good once the connection cannot be used any more.
    private(set) var isBroken = false
    /// What the server said before it hung up.
    private var farewell: String?
    /// What may be cancelled at the moment.
    var ticket: Interrupts.Ticket?

    /// How long a server may take to answer a request to cancel before the connection is given up.
    private static let cancelLimit: Duration = .seconds(5)

    /// Connects, within `connectTimeout` for each server of the list.
    ///
    /// - Throws: ``PostgresError/unreachable(server:reason:)``
    init(_ configuration: Configuration, wakeup: Wakeup, interrupts: Interrupts) throws(PostgresError) {
        let settings = configuration.keywords
        var opened: OpaquePointer?
        withCStrings(settings.map(\.keyword)) { keywords in
            withCStrings(settings.map(\.value)) { values in opened = PQconnectdbParams(keywords, values, 0) }
        }
        guard let handle = opened else {
            throw .unreachable(server: configuration.server, reason: "out of memory")
        }
        guard PQstatus(handle) == CONNECTION_OK else {
            let reason = oneLine(String(cString: PQerrorMessage(handle)))
            PQfinish(handle)
            throw .unreachable(server: configuration.server, reason: reason)
        }
        self.handle = handle
        self.wakeup = wakeup
        self.interrupts = interrupts
        silenceLimit = configuration.silenceLimit
        parley_pq_silence(handle)
        PQsetnonblocking(handle, 1)
    }

    deinit { PQfinish(handle) }

    /// Major and minor version as one number: 150004 for 15.4.
    var serverVersion: Int { Int(PQserverVersion(handle)) }

    /// A parameter that the server reports, such as `server_encoding`.
    func parameterStatus(_ name: String) -> String? {
        PQparameterStatus(handle, name).map { String(cString: $0) }
    }

    /// Whether the connection is alive as far as this side can see, and outside any transaction.
    var isIdle: Bool {
        guard !isBroken else { return false }
        var watched = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        // An idle connection has nothing to say, unless the server says good-bye or reports a changed parameter.
        if poll(&watched, 1, 0) > 0, PQconsumeInput(handle) == 0 { isBroken = true }
        if PQisBusy(handle) == 0, PQstatus(handle) == CONNECTION_BAD { isBroken = true }
        return !isBroken && PQtransactionStatus(handle) == PQTRANS_IDLE
    }

    /// Sends text by the simple protocol: one round trip, any number of statements, nothing prepared.
    func simple(_ text: String) throws -> [ServerResult] {
        guard !text.utf8.contains(0) else {
            throw PostgresError.invalidStatement(reason: "it contains a NUL byte")
        }
        try throwIfCancelled()
        guard !isBroken, PQsendQuery(handle, text) == 1 else { throw lost() }
        var results: [ServerResult] = []
        while let result = try nextResult() { results.append(result) }
        if let index = results.firstIndex(where: \.isRefusal) {
            throw refusal(results[index], statement: index)
        }
        return results
    }

    func throwIfCancelled() throws {
        if interrupts.isRequested(ticket) { throw CancellationError() }
    }

    /// The next result of the current command, `nil` after its last one.
    func nextResult() throws -> ServerResult? {
        var hasCancelled = false
        var deadline = silenceLimit.map { ContinuousClock.now + $0 }
        while PQisBusy(handle) == 1 {
            if !hasCancelled, interrupts.isRequested(ticket) {
                hasCancelled = true
                try cancel()
                deadline = ContinuousClock.now + Self.cancelLimit
            }
            try exchange(until: deadline)
        }
        guard let raw = PQgetResult(handle) else {
            if PQstatus(handle) == CONNECTION_BAD { throw lost() }
            return nil
        }
        let result = ServerResult(raw)
        if PQstatus(handle) == CONNECTION_BAD {
            throw lost(result.isRefusal ? result.refusal(statement: 0).message : nil)
        }
        if result.isCopy { throw lost("COPY is not supported here") }
        return result
    }

    /// Moves bytes in both directions, or waits for the chance to.
    private func exchange(until deadline: ContinuousClock.Instant?) throws(PostgresError) {
        let unsent = PQflush(handle)
        guard unsent >= 0 else { throw lost() }
        var watched = [
            pollfd(fd: PQsocket(handle), events: Int16(unsent == 1 ? POLLIN | POLLOUT : POLLIN), revents: 0),
            pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let patience = deadline.map { ContinuousClock.now.duration(to: $0).milliseconds } ?? -1
        if deadline != nil, patience <= 0 { throw lost("the server does not answer") }
        let ready = poll(&watched, 2, Int32(clamping: patience))
        guard ready >= 0 || errno == EINTR else { throw lost("poll: \(String(cString: strerror(errno)))") }
        if watched[1].revents != 0 { wakeup.clear() }
        if watched[0].revents != 0, PQconsumeInput(handle) == 0 { throw lost() }
    }

    /// Asks the server to stop the current statement. It answers that statement with SQLSTATE 57014, or normally if it
    /// was just about to finish.
    private func cancel() throws(PostgresError) {
        guard let request = PQgetCancel(handle) else { throw lost() }
        defer { PQfreeCancel(request) }
        var complaint = [CChar](repeating: 0, count: 256)
        guard PQcancel(request, &complaint, 256) == 1 else {
            throw lost("the statement could not be cancelled")
        }
    }

    /// Marks the connection as broken.
    private func lost(_ reason: String? = nil) -> PostgresError {
        isBroken = true
        return .connectionLost(reason: reason ?? farewell ?? oneLine(String(cString: PQerrorMessage(handle))))
    }

    /// What to throw for a refusal: the cancellation that we asked for is no error of the server.
    private func refusal(_ result: ServerResult, statement: Int) -> any Error {
        let refusal = result.refusal(statement: statement)
        if refusal.spoilsConnection {
            isBroken = true
            farewell = refusal.message
        }
        if refusal.sqlState == "57014", interrupts.isRequested(ticket) { return CancellationError() }
        return PostgresError.refused(refusal)
    }
}

// MARK: - Notifications

extension Wire {
    /// Waits until notifications have come, somebody has signalled ``Wakeup``, or the time is over.
    func notifications(within limit: Duration?) throws -> [Notification] {
        let alreadyThere = takeNotifications()
        guard alreadyThere.isEmpty else { return alreadyThere }
        var watched = [
            pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&watched, 2, Int32(clamping: limit?.milliseconds ?? -1))
        if watched[1].revents != 0 { wakeup.clear() }
        if watched[0].revents != 0, PQconsumeInput(handle) == 0 { throw lost() }
        if PQisBusy(handle) == 0, PQstatus(handle) == CONNECTION_BAD { throw lost() }
        return takeNotifications()
    }

    private func takeNotifications() -> [Notification] {
        var notifications: [Notification] = []
        while let raw = PQnotifies(handle) {
            defer { PQfreemem(raw) }
            notifications.append(
                Notification(
                    channel: String(cString: raw.pointee.relname),
                    payload: String(cString: raw.pointee.extra),
                    process: raw.pointee.be_pid))
        }
        return notifications
    }
}

// MARK: - Pipeline

extension Wire {
    /// One command of a pipeline, in the form libpq takes it.
    enum Command {
        case prepare(name: String, sql: String, types: [UInt32])
        case run(name: String, parameters: [Parameter])
        case runUnnamed(sql: String, parameters: [Parameter])
        case deallocate(name: String)

        /// Whether its result belongs to the caller.
        var isStatement: Bool {
            switch self {
            case .prepare, .deallocate: false
            case .run, .runUnnamed: true
            }
        }
    }

    /// Sends all commands and one Sync, then collects a result for each command: one round trip. The first refusal
    /// ends the pipeline on the server.
    ///
    /// - Parameter completed: is told the position of each command that succeeded.
    /// - Returns: one result per command.
    func pipeline(_ commands: [Command], completed: (Int) -> Void) throws -> [ServerResult] {
        try throwIfCancelled()
        guard !isBroken, PQenterPipelineMode(handle) == 1 else { throw lost() }
        for command in commands where !send(command) { throw lost() }
        guard PQpipelineSync(handle) == 1 else { throw lost() }
        var results: [ServerResult] = []
        var failure: (any Error)?
        for (position, command) in commands.enumerated() {
            while let result = try nextResult() {
                if result.isRefusal, failure == nil {
                    let statement = commands[..<position].count(where: \.isStatement)
                    failure = refusal(result, statement: statement)
                } else if failure == nil {
                    completed(position)
                    if command.isStatement { results.append(result) }
                }
            }
        }
        guard let sync = try nextResult(), sync.status == PGRES_PIPELINE_SYNC, PQexitPipelineMode(handle) == 1
        else {
            throw lost("the pipeline is out of step")
        }
        if let failure { throw failure }
        return results
    }

    private func send(_ command: Command) -> Bool {
        switch command {
        case .prepare(let name, let sql, let types):
            PQsendPrepare(handle, name, sql, Int32(types.count), types) == 1
        case .run(let name, let parameters):
            withWireFormat(parameters) {
                PQsendQueryPrepared(handle, name, Int32(parameters.count), $0, $1, $2, 1) == 1
            }
        case .runUnnamed(let sql, let parameters):
            withWireFormat(parameters) {
                let types = parameters.map(\.type.rawValue)
                return PQsendQueryParams(handle, sql, Int32(parameters.count), types, $0, $1, $2, 1) == 1
            }
        case .deallocate(let name):
            PQsendQueryParams(handle, "DEALLOCATE \(name)", 0, nil, nil, nil, nil, 1) == 1
        }
    }
}

extension ServerResult {
    var isRefusal: Bool { status == PGRES_FATAL_ERROR || status == PGRES_PIPELINE_ABORTED }
    var isCopy: Bool { [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(status) }
}

/// Lends parameters in the three arrays that libpq takes. Text ends in NUL there, binary has a length.
private func withWireFormat<Result>(
    _ parameters: [Parameter],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int32>, UnsafePointer<Int32>) -> Result
) -> Result {
    var bytes: [UInt8] = []
    var offsets: [Int?] = []
    var lengths: [Int32] = []
    var formats: [Int32] = []
    for parameter in parameters {
        var offset: Int? = bytes.count
        switch parameter.content {
        case .text(let text):
            bytes += text
            formats.append(0)
        case .binary(let binary):
            bytes += binary
            formats.append(1)
        case .null, .invalid:
            offset = nil
            formats.append(0)
        }
        lengths.append(Int32(truncatingIfNeeded: bytes.count - (offset ?? bytes.count)))
        offsets.append(offset)
        bytes.append(0)
    }
    bytes.append(0)
    return bytes.withUnsafeBytes { buffer in
        let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
        let pointers = offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } }
        return body(pointers, lengths, formats)
    }
}

/// Lends a list of strings as a C array that ends in NULL.
func withCStrings(_ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Void) {
    var bytes: [CChar] = []
    let offsets = strings.map { string in
        defer { bytes += string.utf8.map { CChar(bitPattern: $0) } + [0] }
        return bytes.count
    }
    bytes.withUnsafeBufferPointer { buffer in
        body(offsets.map { offset in buffer.baseAddress?.advanced(by: offset) } + [nil])
    }
}
