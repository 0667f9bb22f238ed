import Desk
import Foundation
import Logging
import Negotiation
import Testing

@testable import Web

@Suite("The server")
struct ServerTests {
    @Test("a port in use is one line that says how to mend it")
    func portInUse() async throws {
        let room = try Showroom()
        let server = try room.server()
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve(host: "127.0.0.1", port: 0) { found.yield($0) } }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            do {
                try await room.server().serve(host: "127.0.0.1", port: port) { _ in }
                Issue.record("two servers listen on one port")
            } catch let error as WebError {
                #expect(error == .addressInUse(host: "127.0.0.1", port: port))
                #expect("\(error)".contains("PARLEY_LISTEN") && !"\(error)".contains("\n"))
            }
            group.cancelAll()
            try? await group.waitForAll()
        }
    }

    @Test("an address that is not this machine's is one line too")
    func foreignAddress() async throws {
        let room = try Showroom()
        for host in ["192.0.2.1", "no such host.invalid"] {
            do {
                try await room.server().serve(host: host, port: 0) { _ in }
                Issue.record("it listens on \(host)")
            } catch let error as WebError {
                guard case .cannotListen = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(!"\(error)".contains("\n"))
            }
        }
    }

    @Test("missing and broken page templates are found before the server starts")
    func templates() throws {
        var room = try Showroom()
        room.reception.templateFolder = "/nowhere"
        #expect(throws: WebError.templateMissing("/nowhere")) { try room.server() }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("web-\(UUID().uuidString)")
        try FileManager.default.copyItem(atPath: Showroom.templateFolder, toPath: folder.path)
        defer { try? FileManager.default.removeItem(at: folder) }
        room.reception.templateFolder = folder.path
        try "{% if %}".write(
            to: folder.appendingPathComponent("inbox.html"), atomically: true, encoding: .utf8)
        do {
            _ = try room.server()
            Issue.record("a broken template was accepted")
        } catch {
            #expect("\(error)".hasPrefix("The page template inbox.html cannot be used: line 1"))
        }
        try FileManager.default.removeItem(at: folder.appendingPathComponent("inbox.html"))
        #expect(throws: WebError.templateMissing("\(folder.path)/inbox.html")) { try room.server() }
    }

    @Test("readiness says what does not work, and liveness does not depend on it")
    func readiness() async throws {
        var room = try Showroom()
        room.reception.readiness = {
            [
                ReadinessCheck("database", isReady: false, detail: "it does not answer"),
                ReadinessCheck("templates", isReady: true, detail: "12 read"),
            ]
        }
        try await room.visiting { visit in
            let ready = try await visit.get("/readyz")
            #expect(ready.status == 503)
            #expect(try ready.string("checks.0.detail") == "it does not answer")
            #expect(try await visit.get("/healthz").status == 200)
        }
    }

    @Test("metrics count by route, not by path, and a made-up method is not a label")
    func metrics() async throws {
        var room = try Showroom()
        room.reception.jobCounts = { [JobCount(kind: "send_email", depth: .due, count: 3)] }
        let team = try await room.found()
        let id = try await room.draft(by: team.member)
        try await room.visiting { visit in
            _ = try await visit.get("/v1/negotiations/\(id)", key: team.key)
            _ = try await visit.call(try #require(.init("BREW")), "/healthz")
            let text = try await visit.get("/metrics").text
            #expect(
                text.contains(
                    "parley_http_requests_total{method=\"GET\",route=\"/v1/negotiations/{id}\",status=\"200\"} 1"
                ))
            #expect(text.contains("method=\"OTHER\""))
            #expect(!text.contains("BREW") && !text.contains("\(id)"))
            #expect(text.contains("parley_build_info{version=\"1.2.3\"} 1"))
            #expect(text.contains("parley_jobs{kind=\"send_email\",state=\"due\"} 3"))
        }
    }

    @Test("a request that takes too long is broken off")
    func tooSlow() async throws {
        var room = try Showroom()
        room.reception.limits.requestSeconds = 0
        room.reception.readiness = {
            try? await Task.sleep(for: .seconds(600))
            return []
        }
        try await room.visiting { visit in
            let answer = try await visit.get("/readyz")
            #expect(answer.status == 503)
            #expect(try answer.string("code") == "timeout")
        }
    }
}
