internal import CSupervise

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a server writes about itself into `postmaster.pid` (`src/include/utils/pidfile.h`).
struct PostmasterFile {
    let process: pid_t
    /// The System V segment that shows, through its users, whether any process of the cluster lives.
    let sharedMemory: (key: Int32, id: Int32)?
    let isReady: Bool
    /// Where the socket is; `nil` while the server has not written it yet.
    let socketFolder: String?

    init?(in data: String) {
        guard let text = contents(of: data + "/postmaster.pid") else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let process = lines.first.flatMap({ pid_t($0) }), process != 0 else { return nil }
        // A stand-alone server writes a negative number.
        self.process = abs(process)
        let numbers = lines.count > 6 ? lines[6].split(separator: " ").compactMap { Int64($0) } : []
        sharedMemory =
            numbers.count == 2
            ? (Int32(truncatingIfNeeded: numbers[0]), Int32(truncatingIfNeeded: numbers[1])) : nil
        socketFolder = lines.count > 4 && !lines[4].isEmpty ? String(lines[4]) : nil
        isReady = lines.count > 7 && ["ready", "standby"].contains(lines[7].filter { $0 != " " })
    }
}

extension PostmasterFile {
    /// Whether the process is a server that works on the data. One whose number stands in the file may by now be any
    /// other; a server works within its data folder.
    func isServer(of data: String) -> Bool {
        guard let here = status(of: data), let there = status(of: "/proc/\(process)/cwd/") else {
            return false
        }
        return here.st_ino == there.st_ino && here.st_dev == there.st_dev
            && contents(of: "/proc/\(process)/comm") == "postgres\n"
    }
}

/// Waits until no server of an earlier gateway runs on the data any more: that one was told to stop by the kernel when
/// its gateway died, but needs a moment.
struct EarlierServer {
    let home: Home
    let socketFolder: String
    let alarm: Signal

    /// How long the earlier server may take to end in each way.
    private static let fastLimit: Duration = .seconds(10)
    private static let immediateLimit: Duration = .seconds(20)
    private static let limit: Duration = .seconds(30)
    private static let glance: Duration = .milliseconds(10)

    func waitForEnd() throws(EmbeddedError) {
        let began = ContinuousClock.now
        var sent: Int32?
        while let file = PostmasterFile(in: home.data) {
            let runsHere = file.isServer(of: home.data)
            let isAttached = file.sharedMemory.map { parley_shared_memory_users($0.key, $0.id) > 0 } ?? false
            if !runsHere && !isAttached { break }
            if runsHere, isForeign(file.process) {
                throw .foreignServer(home: home.path, process: file.process)
            }
            let waited = began.duration(to: .now)
            guard waited < Self.limit else { throw .earlierServerLives(process: file.process) }
            let signal = waited < Self.fastLimit ? SIGINT : waited < Self.immediateLimit ? SIGQUIT : SIGKILL
            // Once each: the number may belong to somebody else as soon as the server is gone.
            if runsHere, sent != signal, file.isServer(of: home.data) {
                kill(file.process, signal)
                sent = signal
            }
            waitForAny([alarm.descriptor.number], atMost: Self.glance)
            if alarm.isRaised { throw .stopped }
        }
        removeStaleFiles()
    }

    /// Whether somebody else started it. A process that is ending has given its arguments back already, a moment before
    /// its folder: that says nothing, and a moment later it is gone.
    private func isForeign(_ process: pid_t) -> Bool {
        let arguments = contents(of: "/proc/\(process)/cmdline")?.split(separator: "\0") ?? []
        return !arguments.isEmpty && !arguments.contains { $0 == EmbeddedPostgres.mark }
    }

    /// Nobody runs on these data, whatever the files say. When the number in them belongs to another process by now, or
    /// when they came with a copy of another cluster, the next server would take that for the earlier one and refuse.
    private func removeStaleFiles() {
        unlink(home.data + "/postmaster.pid")
        unlink(socketFolder + "/.s.PGSQL.\(EmbeddedPostgres.port).lock")
    }
}
