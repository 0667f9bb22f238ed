import Foundation
import Testing

@testable import Curl

@Suite("Exchanges by HTTP")
struct HTTPTests {
    private static let endOfHead = "\r\n\r\n"

    private func get(
        _ steps: [ScriptedServer.Step], limits: HTTPLimits = HTTPLimits()
    ) async throws -> HTTPResponse {
        let server = try ScriptedServer([.hear(Self.endOfHead)] + steps)
        var request = try HTTPRequest(.get, "http://127.0.0.1:\(server.port)/x")
        request.limits = limits
        return try await HTTPClient().exchange(request)
    }

    private func post(
        _ body: String, to server: ScriptedServer, by client: HTTPClient = HTTPClient()
    ) async throws -> HTTPResponse {
        try await client.exchange(
            HTTPRequest(.post, "http://127.0.0.1:\(server.port)/x", body: Array(body.utf8)))
    }

    private func text(_ response: HTTPResponse) -> String { String(decoding: response.body, as: UTF8.self) }

    private func isBrokenOff(_ error: any Error) -> Bool {
        if case .brokenOff? = error as? CurlError { true } else { false }
    }

    private func isUnsendable(_ error: any Error) -> Bool {
        if case .unsendable? = error as? CurlError { true } else { false }
    }

    private func isUnreachable(_ error: any Error) -> Bool {
        if case .unreachable? = error as? CurlError { true } else { false }
    }

    // MARK: Answers

    @Test("status, headers and body come back whatever the status", arguments: [200, 204, 304, 404, 503])
    func answers(status: Int) async throws {
        let body = status == 204 || status == 304 ? "" : "hello"
        let response = try await get([
            .say(
                "HTTP/1.1 \(status) Word\r\nX-One: 1\r\nx-two:  2 \r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
        ])
        #expect(response.status == status && text(response) == body && !response.isCut)
        #expect(response.header("x-one") == "1" && response.header("X-TWO") == "2")
        #expect(response.header("x-three") == nil)
    }

    @Test("a body that comes in chunks is put together")
    func chunks() async throws {
        let response = try await get([
            .say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), .wait(0.05),
            .say("7\r\n, world\r\n0\r\n\r\n"),
        ])
        #expect(text(response) == "hello, world")
    }

    @Test("what is said on the way to the answer is not taken for it")
    func interim() async throws {
        let response = try await get([
            .say(
                "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
            )
        ])
        #expect(response.status == 200 && response.header("link") == nil && text(response) == "ok")
    }

    @Test("a redirect is an answer like any other and is not followed")
    func redirects() async throws {
        let elsewhere = try ScriptedServer([.hear(Self.endOfHead), .say("HTTP/1.1 200 OK\r\n\r\nelsewhere")])
        let response = try await get([
            .say(
                "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:\(elsewhere.port)/\r\nContent-Length: 0\r\n\r\n"
            )
        ])
        #expect(response.status == 302 && response.header("location") != nil && response.body.isEmpty)
    }

    @Test("of a body that is too long the beginning is kept, and the rest is not waited for")
    func sizeCap() async throws {
        let response = try await get(
            [.say("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n0123456789"), .wait(5)],
            limits: HTTPLimits(totalSeconds: 3, largestBody: 4))
        #expect(response.isCut && response.status == 200 && text(response) == "0123")
    }

    @Test("headers without end are given up on")
    func longHead() async throws {
        let line = "X-Long: \(String(repeating: "a", count: 8000))\r\n"
        await #expect {
            _ = try await get([
                .say("HTTP/1.1 200 OK\r\n"), .say(String(repeating: line, count: 20)), .say("\r\nbody"),
            ])
        } throws: {
            if case .protocolViolation? = $0 as? CurlError { true } else { false }
        }
    }

    // MARK: Requests

    @Test("method, path, headers and body arrive as they were given")
    func request() async throws {
        let server = try ScriptedServer(
            [
                .hear("PUT /x?a=b%20c HTTP/1.1\r\n"), .hear("Authorization: Bearer t\r\n"),
                .hear("Content-Length: 5\r\n"), .hear("\r\nhello"),
                .say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            ])
        let request = try HTTPRequest(
            .put, "http://127.0.0.1:\(server.port)/x?a=b%20c",
            headers: [HTTPHeader("Authorization", "Bearer t")], body: Array("hello".utf8))
        #expect(try await HTTPClient().exchange(request).status == 200)
    }

    @Test("a connection carries one exchange after the other, unless one asks for its own")
    func reuse() async throws {
        let answer = ScriptedServer.Step.say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n")
        let server = try ScriptedServer(
            [
                .hear(Self.endOfHead), answer, .say("1"), .hear(Self.endOfHead), answer, .say("2"),
                .wait(0.5),
            ],
            [.hear(Self.endOfHead), answer, .say("3")])
        let client = HTTPClient()
        var request = try HTTPRequest(.get, "http://127.0.0.1:\(server.port)/")
        #expect(text(try await client.exchange(request)) == "1")
        #expect(text(try await client.exchange(request)) == "2")
        request.opensConnection = true
        #expect(text(try await client.exchange(request)) == "3")
    }

    @Test("a body that has begun to leave on a connection that then closes is not sent again by itself")
    func noSecondPost() async throws {
        let answer = ScriptedServer.Step.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let server = try ScriptedServer(
            [.hear(Self.endOfHead + "one"), answer, .hear(Self.endOfHead + "two")],
            [.hear(Self.endOfHead + "two"), answer])
        let client = HTTPClient()
        _ = try await post("one", to: server, by: client)
        await #expect {
            _ = try await post("two", to: server, by: client)
        } throws: {
            isBrokenOff($0)
        }
    }

    @Test(
        "a header that could end its line, or say where the body ends, cannot be made",
        arguments: [
            ("X-A", "a\r\nX-B: b"), ("X-A", "a\nb"), ("X-A", "a\rb"), ("X-A", "a\0b"), ("X-A", ""),
            ("X-A\r\nX-B", "b"), ("X A", "b"), ("", "b"), ("X-A:", "b"), ("Content-Length", "3"),
            ("transfer-encoding", "chunked"), ("Host", "elsewhere.test"),
        ])
    func headers(name: String, value: String) {
        #expect(throws: CurlError.self) { try HTTPHeader(name, value) }
    }

    @Test(
        "only addresses of http and https can be asked",
        arguments: [
            "file:///etc/passwd", "ftp://a.test/", "a.test/x", "http://", "http://a.test\r\nX: y/",
            "http://a b.test/", "http://user:word@a.test/", "http://a.test:0/", "http://a.test:99999/",
            "http://a.test/#part", "http://[::1/", "http://::1/", "",
        ])
    func addresses(url: String) {
        #expect(throws: CurlError.self) { try HTTPRequest(.get, url) }
    }

    @Test("a server is named by host and port, also where the port goes without saying")
    func names() throws {
        #expect(try HTTPRequest(.get, "https://a.test/x").server.name == "a.test:443")
        #expect(try HTTPRequest(.get, "HTTP://a.test?q").server.name == "a.test:80")
        #expect(try HTTPRequest(.get, "http://[::1]:81/").server.name == "::1:81")
    }

    @Test("what is wrong with an address is told without what it asks for")
    func secrecy() throws {
        let error = #expect(throws: CurlError.self) { try HTTPRequest(.get, "gopher://a.test/?token=secret") }
        #expect(error?.description.contains("secret") == false)
    }

    // MARK: Faults

    @Test("a body that ends too early is no answer, with a length and in chunks", arguments: [true, false])
    func truncated(chunked: Bool) async throws {
        let head = chunked ? "Transfer-Encoding: chunked\r\n\r\n64\r\n" : "Content-Length: 100\r\n\r\n"
        await #expect {
            _ = try await get([.say("HTTP/1.1 200 OK\r\n\(head)hello")])
        } throws: {
            isBrokenOff($0)
        }
    }

    @Test("a server that closes without a word has broken off, also where a body had been sent")
    func closes() async throws {
        await #expect { _ = try await get([]) } throws: { isBrokenOff($0) }
        let server = try ScriptedServer([.hear(Self.endOfHead + "hello")])
        await #expect { _ = try await post("hello", to: server) } throws: { isBrokenOff($0) }
    }

    @Test("a server that falls silent is not waited for longer than asked", arguments: [true, false])
    func silence(byTotal: Bool) async throws {
        let limits = HTTPLimits(silentSeconds: byTotal ? 60 : 1, totalSeconds: byTotal ? 1 : 60)
        // Were it waited for, it would be said that the body ended too early.
        await #expect {
            _ = try await get(
                [.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"), .wait(8)], limits: limits)
        } throws: {
            isBrokenOff($0) && "\($0)".contains("did not answer in time")
        }
    }

    @Test("where nobody listens, nothing has been heard")
    func nobody() async throws {
        let request = try HTTPRequest(.post, "http://127.0.0.1:1/", body: [1])
        await #expect { _ = try await HTTPClient().exchange(request) } throws: { isUnreachable($0) }
    }

    @Test("who does not speak TLS is not spoken to, and has heard nothing")
    func noTLS() async throws {
        let server = try ScriptedServer([.say("HTTP/1.1 200 OK\r\n\r\nhello"), .wait(0.2)])
        let request = try HTTPRequest(.post, "https://127.0.0.1:\(server.port)/", body: [1])
        await #expect {
            _ = try await HTTPClient().exchange(request)
        } throws: {
            if case .unsafe? = $0 as? CurlError { true } else { false }
        }
    }

    @Test("a GET with a body cannot be made")
    func getWithBody() {
        #expect { try HTTPRequest(.get, "http://a.test/", body: [1]) } throws: { isUnsendable($0) }
    }
}
