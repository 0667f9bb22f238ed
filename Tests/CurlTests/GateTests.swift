import Foundation
import Synchronization
import Testing

@testable import Curl

@Suite("Where connections may be made to")
struct GateTests {
    private static let loopback4: [UInt8] = [127, 0, 0, 1]
    private static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    /// `127.0.0.1`, the same within IPv6, or `::1`.
    private static func isLoopback(_ peer: PeerAddress) -> Bool {
        peer.octets.ends(with: loopback4) || peer.octets.ends(with: [0, 0, 0, 1])
    }

    private func isForbidden(_ error: any Error) -> Bool {
        if case .forbidden? = error as? CurlError { true } else { false }
    }

    @Test("every address that a name leads to is asked about before anything connects to it")
    func asked() async throws {
        let server = try ScriptedServer([.hear("\r\n\r\n"), .say(Self.answer)])
        let seen = Mutex<[PeerAddress]>([])
        let client = HTTPClient { peer in
            seen.withLock { $0.append(peer) }
            return true
        }
        let response = try await client.exchange(
            HTTPRequest(.get, "http://localhost:\(server.port)/"))
        #expect(response.status == 200)
        #expect(
            seen.withLock { $0 }.contains(PeerAddress(octets: Self.loopback4, port: server.port)))
    }

    @Test(
        "an address that is refused hears nothing, in whatever form it is written",
        arguments: ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"])
    func refused(host: String) async throws {
        let server = try ScriptedServer([.hear("\r\n\r\n"), .say(Self.answer)])
        let client = HTTPClient { !Self.isLoopback($0) }
        await #expect {
            _ = try await client.exchange(
                HTTPRequest(.post, "http://\(host):\(server.port)/", body: [1]))
        } throws: {
            isForbidden($0)
        }
        // The server still waits for its first visitor.
        let visitor = try await HTTPClient().exchange(
            HTTPRequest(.get, "http://127.0.0.1:\(server.port)/"))
        #expect(visitor.status == 200)
    }

    @Test("an error says which address it was, and one of another kind is told as before")
    func words() async throws {
        let forbidding = HTTPClient { _ in false }
        do {
            _ = try await forbidding.exchange(HTTPRequest(.post, "http://127.0.0.1:9/", body: [1]))
            Issue.record("nothing was refused")
        } catch {
            #expect(error.description.contains("127.0.0.1, to which no connection may be made"))
        }
        await #expect {
            _ = try await HTTPClient { _ in true }.exchange(
                HTTPRequest(.post, "http://127.0.0.1:9/", body: [1]))
        } throws: {
            if case .unreachable? = $0 as? CurlError { true } else { false }
        }
        #expect(
            "\(PeerAddress(octets: [0x20, 1] + [UInt8](repeating: 0, count: 13) + [7], port: 1))"
                == "2001:0:0:0:0:0:0:7")
    }
}

extension [UInt8] {
    fileprivate func ends(with end: [UInt8]) -> Bool { Array(suffix(end.count)) == end }
}
