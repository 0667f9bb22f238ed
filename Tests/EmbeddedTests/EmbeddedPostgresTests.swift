import Foundation
import Testing

@testable import Embedded

extension EmbeddedServers {
    @Suite(.timeLimit(.minutes(1)))
    struct EmbeddedPostgresTests {
        @Test("an empty home gets a cluster, and the same home is quick the second time")
        func firstAndSecondStart() async throws {
            let folder = try TestFolder()
            let home = folder.path + "/made/on/the/way"
            let began = ContinuousClock.now
            let first = try await EmbeddedPostgres.start(home: home)
            let making = began.duration(to: .now)
            #expect(
                try ask(first.connectionString(), "SELECT current_database(), current_user")
                    == "parley|parley")
            #expect(
                try ask(first.connectionString(), "SHOW server_encoding; SHOW data_checksums") == "UTF8\non")
            #expect(try ask(first.connectionString(), "SHOW listen_addresses") == "")
            #expect(try ask(first.connectionString(), "CREATE TABLE kept AS SELECT 7 AS n") == "")
            await first.stop()
            let again = ContinuousClock.now
            let second = try await EmbeddedPostgres.start(home: home)
            #expect(again.duration(to: .now) < making)
            #expect(try ask(second.connectionString(), "SELECT n FROM kept") == "7")
            await second.stop()
        }

        @Test("after a stop no process is left, and the home is free")
        func cleanStop() async throws {
            let folder = try TestFolder()
            let home = try await folder.home()
            let server = try await EmbeddedPostgres.start(home: home)
            #expect(!processes(in: home + "/postgres").isEmpty)
            await server.stop()
            #expect(processes(in: home + "/postgres").isEmpty)
            #expect(status(of: home + "/postgres/postmaster.pid") == nil)
            #expect(await server.end() == nil)
            let again = try await EmbeddedPostgres.start(home: home)
            again.stopBlocking()
            #expect(processes(in: home + "/postgres").isEmpty)
        }

        @Test("a server that is killed is started again, with what was committed")
        func restart() async throws {
            let folder = try TestFolder()
            let server = try await EmbeddedPostgres.start(home: try await folder.home())
            _ = try ask(server.connectionString(), "CREATE TABLE kept AS SELECT 7 AS n")
            kill(try #require(server.process), SIGKILL)
            #expect(try await eventually { server.restarts == 1 && server.process != nil })
            #expect(try ask(server.connectionString(), "SELECT n FROM kept") == "7")
            await server.stop()
        }

        @Test("a server that keeps ending is left alone, with the reason in one line")
        func keepsEnding() async throws {
            let folder = try TestFolder()
            let home = try await folder.home()
            let server = try await EmbeddedPostgres.start(home: home)
            try spoilSettings(home)
            kill(try #require(server.process), SIGKILL)
            let error = try #require(await server.end())
            guard case .keptEnding(let times, _, _) = error else { throw error }
            #expect(times == 6)
            #expect("\(error)".contains("syntax error") || "\(error)".contains("configuration file"))
            #expect(!"\(error)".contains("\n"))
        }

        @Test("a server that cannot start says why in one line")
        func cannotStart() async throws {
            let folder = try TestFolder()
            let home = try await folder.home()
            try spoilSettings(home)
            let error = await #expect(throws: EmbeddedError.self) {
                try await EmbeddedPostgres.start(home: home)
            }
            guard case .serverDidNotStart(let reason, _) = error else { throw try #require(error) }
            #expect(reason.contains("configuration file"))
        }

        private func spoilSettings(_ home: String) throws {
            let settings = try #require(
                Descriptor(open: home + "/postgres/postgresql.conf", O_WRONLY | O_APPEND))
            #expect(settings.write("\nthis is no setting\n"))
        }

        @Test(
            "a home deeper than a socket may be has its socket elsewhere, at the same place after a restart")
        func deepHome() async throws {
            let folder = try TestFolder()
            let home = try await folder.home(String(repeating: "d", count: 100))
            let first = try await EmbeddedPostgres.start(home: home)
            #expect(first.socketFolder.hasPrefix("/tmp/parley-"))
            #expect(try ask(first.connectionString(), "SELECT 1") == "1")
            await first.stop()
            let second = try await EmbeddedPostgres.start(home: home)
            #expect(second.socketFolder == first.socketFolder)
            await second.stop()
            try FileManager.default.removeItem(atPath: first.socketFolder)
        }

        @Test("names with blanks, quotes, backslashes and commas work")
        func oddNames() async throws {
            let folder = try TestFolder()
            let server = try await EmbeddedPostgres.start(home: try await folder.home("it's \\ odd, really"))
            #expect(try ask(server.connectionString(), "SELECT 1") == "1")
            await server.stop()
            if server.socketFolder.hasPrefix("/tmp/parley-") {
                try? FileManager.default.removeItem(atPath: server.socketFolder)
            }
        }
    }
}
