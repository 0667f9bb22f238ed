#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Everything that is needed to run the server on a home.
struct ServerRun {
    let home: Home
    private let programs: ServerPrograms
    private let account: Account
    private let socketFolder: String
    private let alarm: Signal

    /// How long crash recovery may take before the server answers.
    private static let readyLimit: Duration = .seconds(120)
    private static let readyGlance: Duration = .milliseconds(5)
    /// How long a fast shutdown may take, then an immediate one.
    private static let fastLimit: Duration = .seconds(10)
    private static let immediateLimit: Duration = .seconds(5)

    /// Finds the programs and makes the cluster if there is none.
    static func prepare(in home: Home, alarm: Signal) throws(EmbeddedError) -> ServerRun {
        let version = try home.dataVersion()
        let account = try Account.forData(at: home.data, home: home.path)
        let programs = try ServerPrograms.find(for: version)
        if version == nil {
            try ClusterMaker(home: home, programs: programs, account: account, alarm: alarm).make()
        }
        return ServerRun(
            home: home, programs: programs, account: account,
            socketFolder: try home.socketFolder(for: account),
            alarm: alarm)
    }

    var ready: Keeper.Ready { Keeper.Ready(home: home.path, log: home.log, socketFolder: socketFolder) }

    /// Starts a server process, after any earlier one has ended.
    func launch() throws(EmbeddedError) -> Child {
        try EarlierServer(home: home, socketFolder: socketFolder, alarm: alarm).waitForEnd()
        guard let folder = Descriptor(open: home.data, O_RDONLY | O_DIRECTORY) else {
            throw .homeUnusable(home: home.path, reason: systemComplaint)
        }
        let sockets = socketFolder == home.data ? Program.folderPath : socketFolder
        let settings = [
            "listen_addresses=", "port=\(EmbeddedPostgres.port)", "unix_socket_directories=\(sockets)",
            "unix_socket_permissions=0700", EmbeddedPostgres.mark, "logging_collector=off",
        ]
        var program = Program(
            path: programs.postgres, arguments: ["-D", Program.folderPath] + settings.flatMap { ["-c", $0] })
        program.account = account
        program.folder = folder
        program.output = try home.openLog()
        // Fast shutdown, when the gateway is killed.
        program.deathSignal = SIGINT
        do throws(Complaint) { return try program.start() } catch {
            throw .serverDidNotStart(reason: error.reason, log: home.log)
        }
    }

    /// Waits until the server says in its file that it is ready, as `pg_ctl` does.
    ///
    /// - Returns: how it ended, if it did not get that far.
    func waitUntilReady(_ child: Child) throws(EmbeddedError) -> Ending? {
        let deadline = ContinuousClock.now + Self.readyLimit
        while true {
            if let ending = child.wait(atMost: Self.readyGlance, alarm: alarm) { return ending }
            if let file = PostmasterFile(in: home.data), file.process == child.process, file.isReady {
                return nil
            }
            guard !alarm.isRaised, ContinuousClock.now < deadline else {
                stop(child)
                if alarm.isRaised { throw .stopped }
                throw .serverNotReady(seconds: Self.readyLimit.components.seconds, log: home.log)
            }
        }
    }

    /// Fast shutdown: connections are closed, everything is written. Harsher when that takes too long.
    func stop(_ child: Child) {
        child.signal(SIGINT)
        if child.wait(atMost: Self.fastLimit) != nil { return }
        child.signal(SIGQUIT)
        if child.wait(atMost: Self.immediateLimit) != nil { return }
        child.signal(SIGKILL)
        _ = child.wait(atMost: Self.immediateLimit)
    }
}
