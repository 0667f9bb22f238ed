internal import CSupervise

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The folder `PARLEY_HOME`, held by one gateway at a time.
struct Home {
    /// Absolute, without links.
    let path: String
    /// Held until this value is gone, or the process is, however it ends.
    private let lock: Descriptor

    /// The cluster.
    var data: String { path + "/postgres" }
    /// The cluster while it is being made.
    var unfinishedData: String { path + "/postgres.new" }
    /// What the server and `initdb` print.
    var log: String { path + "/postgres.log" }
    /// Which short folder the socket is in, if it cannot be in ``data``.
    private var socketNote: String { path + "/socket-folder" }

    /// A log larger than this is put aside at the next start, in bytes. One old log is kept.
    private static let logLimit = 8 << 20
    /// The longest path of a socket that fits `sockaddr_un`, in bytes.
    private static let socketPathLimit = 107

    /// Makes the folder if need be, and takes it.
    init(_ given: String) throws(EmbeddedError) {
        guard !given.isEmpty, !given.utf8.contains(0) else {
            throw .homeUnusable(home: given, reason: "that is no folder name")
        }
        try Self.make(given)
        guard let path = resolved(given), let state = status(of: path) else {
            throw .homeUnusable(home: given, reason: systemComplaint)
        }
        guard state.st_mode & S_IFMT == S_IFDIR else {
            throw .homeUnusable(home: given, reason: "it is not a folder")
        }
        guard let lock = Descriptor(open: path + "/lock", O_RDWR | O_CREAT) else {
            throw .homeUnusable(home: path, reason: systemComplaint)
        }
        guard Self.take(lock) else {
            guard errno == EWOULDBLOCK else { throw .homeUnusable(home: path, reason: systemComplaint) }
            let holder = contents(of: path + "/lock").flatMap { Int32($0.filter(\.isNumber)) }
            throw .homeInUse(home: path, process: holder)
        }
        guard ftruncate(lock.number, 0) == 0, lock.write("\(getpid())\n") else {
            throw .homeUnusable(home: path, reason: systemComplaint)
        }
        self.path = path
        self.lock = lock
    }

    /// Commands that only look whether the home is held hold it themselves for a moment.
    private static func take(_ lock: Descriptor) -> Bool {
        for _ in 0..<lockAttempts {
            if flock(lock.number, LOCK_EX | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK else { return false }
            usleep(lockPause)
        }
        return flock(lock.number, LOCK_EX | LOCK_NB) == 0
    }

    /// How often a lock is tried, and how long the pause between is, in microseconds.
    private static let lockAttempts = 10
    private static let lockPause: UInt32 = 10_000

    /// How many folders deep a home may be.
    private static let depthLimit = 256

    /// Makes a folder and those above it, closed to others.
    private static func make(_ path: String) throws(EmbeddedError) {
        var missing: [Substring] = []
        var rest = Substring(path)
        while !rest.isEmpty, status(of: String(rest)) == nil {
            guard missing.count < depthLimit else {
                throw .homeUnusable(home: path, reason: "it is too deep")
            }
            missing.append(rest)
            guard let slash = rest.dropLast().lastIndex(of: "/") else { break }
            rest = rest[..<slash]
        }
        for folder in missing.reversed() where mkdir(String(folder), 0o700) != 0 && errno != EEXIST {
            throw .homeUnusable(home: path, reason: systemComplaint)
        }
    }

    /// Major version of the cluster, `nil` when there is none yet.
    func dataVersion() throws(EmbeddedError) -> Int? {
        guard status(of: data) != nil else { return nil }
        guard let version = contents(of: data + "/PG_VERSION").flatMap({ Int($0.filter(\.isNumber)) }) else {
            throw .homeUnusable(home: path, reason: "\(data) is there but holds no Postgres data")
        }
        return version
    }

    func openLog() throws(EmbeddedError) -> Descriptor {
        if let size = status(of: log)?.st_size, size > Self.logLimit { rename(log, log + ".old") }
        guard let file = Descriptor(open: log, O_WRONLY | O_CREAT | O_APPEND) else {
            throw .homeUnusable(home: path, reason: systemComplaint)
        }
        return file
    }

    /// The last complaint in the log, for one-line errors.
    func lastComplaint(otherwise: String) -> String {
        let lines = contents(of: log)?.split(whereSeparator: \.isNewline) ?? []
        for mark in ["PANIC:  ", "FATAL:  ", "initdb: error: ", "ERROR:  "] {
            if let line = lines.suffix(20).last(where: { $0.contains(mark) }),
                let text = line.split(separator: mark, maxSplits: 1).last
            {
                return String(text)
            }
        }
        return otherwise
    }

    // MARK: The socket

    /// The folder for the socket: the cluster's own, unless its name is too long for a socket or libpq would take it
    /// for several hosts. Then a short one, the same at each start as long as it can be.
    func socketFolder(for account: Account) throws(EmbeddedError) -> String {
        let fits = data.utf8.count + "/.s.PGSQL.\(EmbeddedPostgres.port)".utf8.count <= Self.socketPathLimit
        if fits, !data.contains(",") { return data }
        if let noted = contents(of: socketNote), Self.take(noted, for: account) { return noted }
        for _ in 0..<16 {
            let folder = "/tmp/parley-" + String(UInt32.random(in: .min ... .max), radix: 36)
            guard Self.take(folder, for: account) else { continue }
            guard let note = Descriptor(open: socketNote, O_WRONLY | O_CREAT | O_TRUNC), note.write(folder)
            else {
                throw .homeUnusable(home: path, reason: systemComplaint)
            }
            return folder
        }
        throw .homeUnusable(
            home: path, reason: "its name is too long for a socket, and /tmp cannot be written")
    }

    /// Makes the folder, or finds it as the server's user left it: nobody else may have prepared it.
    private static func take(_ folder: String, for account: Account) -> Bool {
        if mkdir(folder, 0o700) == 0 { return chown(folder, account.user, account.group) == 0 }
        var state = stat()
        return errno == EEXIST && lstat(folder, &state) == 0 && state.st_mode & S_IFMT == S_IFDIR
            && state.st_uid == account.user && state.st_mode & 0o777 == 0o700
    }
}
