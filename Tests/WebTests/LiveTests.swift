import Desk
import Foundation
import Glibc
import Logging
import Negotiation
import ServiceLifecycle
import Testing

@testable import Web

@Suite("The server on a socket")
struct LiveTests {
    @Test("a form that was cut off on its way decides nothing")
    func cutOff() async throws {
        let room = try Showroom()
        let team = try await room.found()
        _ = try await room.opened(by: team.member)
        let token = try await room.link(to: team.manager)
        let form = "decision=approve&comment=Only+if+they+deliver+in+a+week"
        let head =
            "POST /approve/\(token) HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + "Content-Length: \(form.utf8.count)\r\n\r\n"
        try await room.listening { port in
            _ = try await Wire.exchange(port, head + form.prefix(30))
            #expect(room.store.read { $0.decisions.isEmpty })
            let whole = try await Wire.exchange(port, head + form)
            #expect(whole.hasPrefix("HTTP/1.1 200"))
            #expect(room.store.read { $0.decisions.count } == 1)
        }
    }

    @Test("a server that is asked to stop finishes what it has begun, and takes nothing new")
    func stopping() async throws {
        var room = try Showroom()
        let (begun, hasBegun) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        room.reception.readiness = {
            hasBegun.yield()
            for await _ in released { break }
            return [ReadinessCheck("database", isReady: true, detail: "answers")]
        }
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let group = ServiceGroup(
            services: [Serving(server: try room.server(), onListening: { found.yield($0) })],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        async let running: Void = group.run()
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        async let answer = Wire.exchange(port, "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        for await _ in begun { break }
        await group.triggerGracefulShutdown()
        release.yield()
        #expect(try await answer.hasPrefix("HTTP/1.1 200"))
        try await running
        await #expect(throws: Wire.Refused.self) { try await Wire.exchange(port, "GET / HTTP/1.1\r\n\r\n") }
    }

    @Test("a head that is larger than the limit is refused")
    func largeHead() async throws {
        let room = try Showroom()
        try await room.listening { port in
            let answer = try await Wire.exchange(
                port,
                "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: \(String(repeating: "a", count: 40_000))\r\n\r\n"
            )
            #expect(!answer.hasPrefix("HTTP/1.1 200"))
            #expect(
                try await Wire.exchange(port, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").hasPrefix(
                    "HTTP/1.1 200"))
        }
    }

    @Test("a body that says it is too large is refused before it is sent")
    func largeBody() async throws {
        let room = try Showroom()
        try await room.listening { port in
            let answer = try await Wire.exchange(
                port, "POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n{",
                upTo: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 413"))
        }
    }
}

private struct Serving: Service {
    let server: WebServer
    let onListening: @Sendable (Int) -> Void

    func run() async throws { try await server.serve(host: "127.0.0.1", port: 0) { onListening($0) } }
}

extension Showroom {
    /// Runs the server on a free port of the loopback for as long as the visit takes.
    func listening(_ visit: @escaping @Sendable (Int) async throws -> Void) async throws {
        let server = try server()
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve(host: "127.0.0.1", port: 0) { found.yield($0) } }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            defer { group.cancelAll() }
            try await visit(port)
        }
    }
}

/// Bytes to a port and back.
enum Wire {
    /// Nobody listens.
    struct Refused: Error {}

    /// The longest wait for bytes, in seconds.
    private static let patience = 10

    /// Sends everything, says that no more will come, and reads until the other side is done; or, as if more would come,
    /// only up to a mark.
    ///
    /// On a thread of its own: waiting here must not hold a thread that the server needs.
    static func exchange(_ port: Int, _ text: String, upTo mark: String? = nil) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try exchangeNow(port, text, upTo: mark) })
            }
        }
    }

    private static func exchangeNow(_ port: Int, _ text: String, upTo mark: String?) throws -> String {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var wait = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Refused() }
        let bytes = Array(text.utf8)
        try #require(send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
        if mark == nil { shutdown(socket, Int32(SHUT_WR)) }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while answer.count < 10_000_000 {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            answer += buffer[..<count]
            if let mark, String(decoding: answer, as: UTF8.self).contains(mark) { break }
        }
        return String(decoding: answer, as: UTF8.self)
    }
}
