#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One installation of the Postgres server.
struct ServerPrograms: Equatable {
    let major: Int
    let folder: String

    /// The oldest major version that has everything the schema uses.
    static let oldestMajor = 15

    var initdb: String { folder + "/initdb" }
    var postgres: String { folder + "/postgres" }

    /// The installation for data of a major version, or the newest one when there are no data yet.
    static func find(for data: Int?) throws(EmbeddedError) -> ServerPrograms {
        let usual = inUsualFolders()
        if let best = best(of: usual, for: data) { return best }
        // Asking programs takes longer, so they are asked last.
        let all = usual + onPath()
        if let best = best(of: all, for: data) { return best }
        let majors = Set(all.map(\.major)).sorted()
        guard let newest = majors.last else { throw .programsMissing(oldest: oldestMajor) }
        if let data, newest >= oldestMajor {
            throw .programsOfOtherVersion(data: String(data), installed: majors)
        }
        throw .programsTooOld(found: newest, oldest: oldestMajor)
    }

    private static func best(of found: [ServerPrograms], for data: Int?) -> ServerPrograms? {
        found.filter { (data ?? $0.major) == $0.major && $0.major >= oldestMajor }.max { $0.major < $1.major }
    }

    /// Where Debian, Red Hat and a build from source put them.
    private static func inUsualFolders() -> [ServerPrograms] {
        let debian = names(in: "/usr/lib/postgresql").map { ("/usr/lib/postgresql/\($0)/bin", $0) }
        let redHat = names(in: "/usr").filter { $0.hasPrefix("pgsql-") }.map {
            ("/usr/\($0)/bin", String($0.dropFirst(6)))
        }
        return (debian + redHat).compactMap { folder, name in
            Int(name).flatMap { ServerPrograms(major: $0, in: folder) }
        }
    }

    private init?(major: Int, in folder: String) {
        self.major = major
        self.folder = folder
        guard access(initdb, X_OK) == 0, access(postgres, X_OK) == 0 else { return nil }
    }

    /// What `PATH` and `pg_config` know.
    private static func onPath() -> [ServerPrograms] {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        var folders = ["/usr/local/pgsql/bin"]
        for folder in path.split(separator: ":").prefix(pathLimit).map({ String($0) }) {
            if let found = resolved(folder + "/postgres") ?? resolved(folder + "/initdb") {
                folders.append(String(found[..<(found.lastIndex(of: "/") ?? found.startIndex)]))
            }
            let config = folder + "/pg_config"
            if access(config, X_OK) == 0, let answer = answer(of: config, "--bindir") {
                folders.append(answer)
            }
        }
        return Set(folders).compactMap { folder in
            // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
            let words = answer(of: folder + "/postgres", "--version")?.split(separator: " ") ?? []
            let major = words.count > 2 ? words[2].prefix { $0.isNumber } : ""
            return Int(major).flatMap { ServerPrograms(major: $0, in: folder) }
        }
    }

    /// How many folders of `PATH` are looked into.
    private static let pathLimit = 64
    /// How long a program may take to say its version.
    private static let answerLimit: Duration = .seconds(5)

    /// The first line a program prints.
    private static func answer(of path: String, _ argument: String) -> String? {
        guard access(path, X_OK) == 0, let output = makePipe() else { return nil }
        var program = Program(path: path, arguments: [argument])
        program.output = output.writing
        guard let child = try? program.start() else { return nil }
        guard child.wait(atMost: answerLimit)?.isSuccess == true else {
            child.signal(SIGKILL)
            _ = child.wait(atMost: answerLimit)
            return nil
        }
        // One line fits the pipe, so it is all there by now.
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = read(output.reading.number, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count], as: UTF8.self).split(whereSeparator: \.isNewline).first.map {
            String($0)
        }
    }
}
