import Foundation
import Testing

@testable import Embedded

extension EmbeddedServers {
    @Suite(.timeLimit(.minutes(1)))
    struct KilledGatewayTests {
        @Test("when the gateway is killed its server stops, and the next gateway finds everything")
        func killed() async throws {
            let folder = try TestFolder()
            let home = try await folder.home()
            let host = try Host(home: home)
            let line = host.line().split(separator: " ", maxSplits: 2)
            try #require(line.first == "ready")
            _ = try ask(String(line[2]), "CREATE TABLE kept AS SELECT 7 AS n")
            host.kill()
            #expect(try await eventually { processes(in: home + "/postgres").isEmpty })
            let server = try await EmbeddedPostgres.start(home: home)
            #expect(try ask(server.connectionString(), "SELECT n FROM kept") == "7")
            await server.stop()
        }

        @Test("the next gateway may come at once: it waits for the old server and never runs beside it")
        func killedAndStartedAtOnce() async throws {
            let folder = try TestFolder()
            let home = try await folder.home()
            for _ in 0..<3 {
                let host = try Host(home: home)
                let line = host.line().split(separator: " ")
                try #require(line.first == "ready")
                let old = try #require(Int32(line[1]))
                host.kill()
                let server = try await EmbeddedPostgres.start(home: home)
                #expect(server.process != old)
                #expect(!processes(in: home + "/postgres").contains(old))
                await server.stop()
            }
        }

        @Test(
            "killed at any moment of the first start, the next start succeeds",
            arguments: [50, 300, 800])
        func killedWhileMaking(milliseconds: Int) async throws {
            let folder = try TestFolder()
            let home = folder.path + "/home"
            let host = try Host(home: home)
            try await Task.sleep(for: .milliseconds(milliseconds))
            host.kill()
            let server = try await EmbeddedPostgres.start(home: home)
            #expect(try ask(server.connectionString(), "SELECT 1") == "1")
            #expect(status(of: home + "/postgres.new") == nil)
            await server.stop()
        }

        @Test("a second gateway on the same home is told so in one line")
        func secondGateway() async throws {
            let folder = try TestFolder()
            let home = try await folder.home()
            let server = try await EmbeddedPostgres.start(home: home)
            await #expect(throws: EmbeddedError.homeInUse(home: server.home, process: getpid())) {
                try await EmbeddedPostgres.start(home: home)
            }
            let host = try Host(home: home)
            let line = host.line()
            #expect(
                line.hasPrefix(
                    "error PARLEY_HOME \(server.home) is in use by another gateway (process \(getpid()))"))
            #expect(try ask(server.connectionString(), "SELECT 1") == "1")
            await server.stop()
        }

        @Test("a command beside a running gateway finds its server, and nothing where none runs")
        func joining() async throws {
            let folder = try TestFolder()
            let home = try await folder.home()
            #expect(await EmbeddedPostgres.connectionStringOfRunning(home: home) == nil)
            #expect(await EmbeddedPostgres.connectionStringOfRunning(home: home + "/none") == nil)
            let host = try Host(home: home)
            let line = host.line().split(separator: " ", maxSplits: 2)
            let found = try #require(await EmbeddedPostgres.connectionStringOfRunning(home: home))
            #expect(found == line[2])
            #expect(try ask(found, "SELECT 1") == "1")
            host.kill()
            #expect(await EmbeddedPostgres.connectionStringOfRunning(home: home) == nil)
            #expect(try await eventually { processes(in: home + "/postgres").isEmpty })
        }

        @Test("a gateway whose input ends stops its server")
        func orderly() async throws {
            let folder = try TestFolder()
            let home = try await folder.home()
            let host = try Host(home: home)
            #expect(host.line().hasPrefix("ready"))
            try host.stop()
            #expect(processes(in: home + "/postgres").isEmpty)
        }

        @Test("a start that is cancelled leaves nothing behind")
        func cancelled() async throws {
            let folder = try TestFolder()
            let home = folder.path + "/home"
            let start = Task { try await EmbeddedPostgres.start(home: home) }
            #expect(try await eventually { status(of: home + "/postgres.new") != nil })
            start.cancel()
            await #expect(throws: EmbeddedError.stopped) { try await start.value }
            let server = try await EmbeddedPostgres.start(home: home)
            #expect(try ask(server.connectionString(), "SELECT 1") == "1")
            await server.stop()
        }
    }
}
