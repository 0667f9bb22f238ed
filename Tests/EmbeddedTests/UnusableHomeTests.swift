import Foundation
import Testing

@testable import Embedded

extension EmbeddedServers {
    @Suite(.timeLimit(.minutes(1)))
    struct UnusableHomeTests {
        private let isRoot = geteuid() == 0

        @Test(
            "a home that cannot be made or is no folder is refused in one line",
            arguments: ["", "/proc/parley/home", "FILE"])
        func unusable(given: String) async throws {
            let folder = try TestFolder()
            _ = FileManager.default.createFile(atPath: folder.path + "/file", contents: nil)
            let home = given == "FILE" ? folder.path + "/file" : given
            let error = await #expect(throws: EmbeddedError.self) {
                try await EmbeddedPostgres.start(home: home)
            }
            guard case .homeUnusable = error else { throw try #require(error) }
            #expect("\(try #require(error))".hasPrefix("PARLEY_HOME \(home) cannot be used: "))
        }

        @Test("a home that is not writable is refused in one line", .enabled(if: geteuid() == 0))
        func notWritable() async throws {
            let folder = try TestFolder()
            chmod(folder.path, 0o755)
            let line = try Host(home: folder.path, as: "nobody").line()
            #expect(
                line == "error PARLEY_HOME \(folder.path) cannot be used: Permission denied;"
                    + " choose another folder or correct its owner and mode")
        }

        @Test(
            "started as root the server runs as another user, even below a folder that user cannot enter",
            .enabled(if: geteuid() == 0))
        func asRoot() async throws {
            let folder = try TestFolder()
            let server = try await EmbeddedPostgres.start(home: try await folder.home())
            let process = try #require(server.process)
            #expect(
                status(of: folder.path)?.st_uid == 0
                    && status(of: folder.path).map { $0.st_mode & 0o777 } == 0o700)
            #expect(status(of: "/proc/\(process)").map { $0.st_uid != 0 } == true)
            #expect(try ask(server.connectionString(), "CHECKPOINT; SELECT pg_reload_conf()") == "t")
            await server.stop()
        }

        @Test(
            "an ordinary user has an ordinary server, which root may take over and give back",
            .enabled(if: geteuid() == 0))
        func asOrdinaryUser() async throws {
            let folder = try TestFolder()
            try #require(chmod(folder.path, 0o755) == 0)
            let home = folder.path + "/home"
            try #require(mkdir(home, 0o755) == 0)
            try run("/bin/chown", "nobody", home)
            let host = try Host(home: home, as: "nobody")
            let line = host.line()
            #expect(line.hasPrefix("ready"), "\(line)")
            try host.stop()
            let server = try await EmbeddedPostgres.start(home: home)
            #expect(try ask(server.connectionString(), "SELECT 1") == "1")
            await server.stop()
        }

        @Test("data of a version that is not installed are left alone", arguments: ["9", "99", "nonsense"])
        func otherVersion(version: String) async throws {
            let folder = try TestFolder()
            let home = try await folder.home()
            try version.write(toFile: home + "/postgres/PG_VERSION", atomically: false, encoding: .utf8)
            let error = await #expect(throws: EmbeddedError.self) {
                try await EmbeddedPostgres.start(home: home)
            }
            #expect(
                "\(try #require(error))".contains(
                    version == "nonsense" ? "holds no Postgres data" : "PostgreSQL \(version)"))
        }

        @Test("a stale file that names a process of somebody else does not block the start")
        func staleFile() async throws {
            let folder = try TestFolder()
            let home = try await folder.home()
            let stale = "\(getpid())\n/somewhere\n1\n5432\n/somewhere\n\n 1 2\nready   \n"
            try stale.write(toFile: home + "/postgres/postmaster.pid", atomically: false, encoding: .utf8)
            try "\(getpid())\n".write(
                toFile: home + "/postgres/.s.PGSQL.5432.lock", atomically: false, encoding: .utf8)
            let server = try await EmbeddedPostgres.start(home: home)
            #expect(try ask(server.connectionString(), "SELECT 1") == "1")
            await server.stop()
        }

        @Test("a server that somebody else started on the data is left running")
        func foreignServer() async throws {
            let folder = try TestFolder()
            let home = try await folder.home()
            let data = home + "/postgres"
            var program = Program(
                path: try ServerPrograms.find(for: nil).postgres,
                arguments: ["-D", Program.folderPath, "-c", "listen_addresses=", "-k", Program.folderPath])
            program.account = try Account.forData(at: data, home: home)
            program.folder = Descriptor(open: data, O_RDONLY | O_DIRECTORY)
            let child = try program.start()
            #expect(try await eventually { PostmasterFile(in: data)?.isReady == true })
            let path = try #require(resolved(home))
            await #expect(throws: EmbeddedError.foreignServer(home: path, process: child.process)) {
                try await EmbeddedPostgres.start(home: home)
            }
            #expect(child.reap() == nil)
            child.signal(SIGINT)
            #expect(child.wait(atMost: .seconds(10))?.isSuccess == true)
        }
    }
}
