internal import CSupervise

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Makes a cluster with an empty database. It comes into being under another name and is renamed when it is complete
/// and on disk: a kill at any moment leaves either none or a whole one.
struct ClusterMaker {
    let home: Home
    let programs: ServerPrograms
    let account: Account
    let alarm: Signal

    /// How long `initdb` may take, then how long the database may.
    private static let limit: Duration = .seconds(120)

    /// What an operator may change in `postgresql.conf` afterwards. A small server: one gateway on one machine.
    private static let settings = """

        # Parley's own choices
        max_connections = 60
        shared_buffers = 64MB
        max_wal_size = 512MB
        jit = off
        log_checkpoints = off
        # After a crash the whole file system is written at once, not each of a thousand files.
        recovery_init_sync_method = syncfs
        # Statements may hold what people wrote: they stay out of the log.
        log_min_error_statement = panic

        """

    func make() throws(EmbeddedError) {
        let new = home.unfinishedData
        try removeUnfinished(new)
        guard mkdir(new, 0o700) == 0,
            chown(new, account.user, account.group) == 0,
            let folder = Descriptor(open: new, O_RDONLY | O_DIRECTORY)
        else { throw .homeUnusable(home: home.path, reason: systemComplaint) }
        try initialise(folder)
        try createDatabase(folder)
        try finish(folder)
    }

    /// How long programs that outlived a killed gateway may go on writing, and how often that is looked at.
    private static let orphanLimit: Duration = .seconds(20)
    private static let glance: Duration = .milliseconds(20)

    /// Removes what a killed gateway left behind. What `initdb` had started notices its end only after a moment, and
    /// until then new files appear.
    private func removeUnfinished(_ folder: String) throws(EmbeddedError) {
        let deadline = ContinuousClock.now + Self.orphanLimit
        while true {
            let failure = parley_remove_tree(folder)
            if failure == 0, status(of: folder) == nil { return }
            guard [0, ENOTEMPTY, EEXIST].contains(failure), ContinuousClock.now < deadline else {
                throw .homeUnusable(home: home.path, reason: String(cString: strerror(failure)))
            }
            waitForAny([alarm.descriptor.number], atMost: Self.glance)
            if alarm.isRaised { throw .stopped }
        }
    }

    private func initialise(_ folder: Descriptor) throws(EmbeddedError) {
        try run(
            Program(
                path: programs.initdb,
                arguments: [
                    "-D", Program.folderPath, "-A", "trust", "-U", EmbeddedPostgres.owner, "-E", "UTF8",
                    "--locale=C.UTF-8", "--data-checksums",
                    // Written to disk all at once at the end.
                    "-N",
                ]),
            in: folder)
    }

    /// Single-user mode: no socket, no second process, and over when it is over.
    private func createDatabase(_ folder: Descriptor) throws(EmbeddedError) {
        var program = Program(
            path: programs.postgres,
            arguments: ["--single", "-D", Program.folderPath, "-c", "exit_on_error=on", "postgres"])
        program.input = try input("CREATE DATABASE \(EmbeddedPostgres.database)\n")
        try run(program, in: folder)
    }

    /// A pipe that holds the text and then ends.
    private func input(_ text: String) throws(EmbeddedError) -> Descriptor {
        guard let pipe = makePipe(), pipe.writing.write(text) else { throw failed(systemComplaint) }
        return pipe.reading
    }

    private func run(_ given: Program, in folder: Descriptor) throws(EmbeddedError) {
        var program = given
        program.account = account
        program.folder = folder
        program.output = try home.openLog()
        do throws(Complaint) {
            let child = try program.start()
            guard let ending = child.wait(atMost: Self.limit, alarm: alarm) else {
                child.signal(SIGKILL)
                _ = child.wait(atMost: Self.limit)
                throw Complaint("it took too long")
            }
            guard ending.isSuccess else { throw Complaint(home.lastComplaint(otherwise: "\(ending)")) }
        } catch {
            throw alarm.isRaised ? .stopped : failed(error.reason)
        }
    }

    private func finish(_ folder: Descriptor) throws(EmbeddedError) {
        guard let file = Descriptor(open: home.unfinishedData + "/postgresql.conf", O_WRONLY | O_APPEND),
            file.write(Self.settings), parley_sync_file_system(folder.number) == 0,
            rename(home.unfinishedData, home.data) == 0,
            let parent = Descriptor(open: home.path, O_RDONLY | O_DIRECTORY), fsync(parent.number) == 0
        else { throw failed(systemComplaint) }
    }

    private func failed(_ reason: String) -> EmbeddedError {
        .initialisationFailed(reason: reason, log: home.log)
    }
}
