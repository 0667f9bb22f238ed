import Curl
import Desk
import Negotiation
import Testing

@testable import Courier

@Suite("Bringing webhooks", .timeLimit(.minutes(1)))
struct CourierTests {
    private func post(_ url: String, _ allowed: String?) async throws -> WebhookOutcome {
        let policy = try #require(allowed.map { AddressPolicy($0) } ?? AddressPolicy())
        let courier = WebhookCourier(policy: policy, version: "1.2.3")
        return await courier.post(
            WebhookPost(
                url: url, headers: [.init("webhook-id", "e1"), .init("webhook-signature", "v1,abc")],
                body: Array(#"{"type":"x"}"#.utf8), at: Instant(seconds: 784_111_777)))
    }

    private func failure(_ outcome: WebhookOutcome) -> String? {
        if case .failed(let reason) = outcome { reason } else { nil }
    }

    @Test("an event arrives as JSON with its headers, and the answer comes back")
    func arrives() async throws {
        let receiver = try Receiver([
            "HTTP/1.1 503 Busy\r\nRetry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\nContent-Length: 5\r\n\r\nlater"
        ])
        let outcome = try await post("http://127.0.0.1:\(receiver.port)/x?y=1", "127.0.0.0/8")
        #expect(outcome == .answered(status: 503, body: "later", retryAfterSeconds: 60))
        let request = try #require(receiver.requests.first)
        #expect(request.hasPrefix("POST /x?y=1 HTTP/1.1\r\n"))
        for line in [
            "Content-Type: application/json", "User-Agent: Parley/1.2.3", "webhook-id: e1",
            "webhook-signature: v1,abc", "Content-Length: 12",
        ] { #expect(request.contains("\r\n\(line)\r\n"), "\(line)") }
        #expect(request.hasSuffix("\r\n\r\n{\"type\":\"x\"}"))
    }

    @Test("a redirect is an answer, and nobody goes where it leads")
    func redirect() async throws {
        let elsewhere = try Receiver(["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])
        let receiver = try Receiver([
            "HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:\(elsewhere.port)/\r\nContent-Length: 0\r\n\r\n"
        ])
        let outcome = try await post("http://127.0.0.1:\(receiver.port)/", "127.0.0.0/8")
        #expect(outcome == .answered(status: 307, body: "", retryAfterSeconds: nil))
        #expect(elsewhere.requests.isEmpty)
    }

    @Test("of a long answer two KiB are kept")
    func longAnswer() async throws {
        let receiver = try Receiver([
            "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + String(repeating: "a", count: 100_000)
        ])
        let outcome = try await post("http://127.0.0.1:\(receiver.port)/", "127.0.0.0/8")
        #expect(
            outcome
                == .answered(
                    status: 200, body: String(repeating: "a", count: 2048), retryAfterSeconds: nil))
    }

    @Test("nothing is brought to an address that is closed, nor by http to one that is merely open")
    func closed() async throws {
        let receiver = try Receiver(["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])
        let port = receiver.port
        #expect(failure(try await post("https://127.0.0.1:\(port)/", nil))?.contains("this machine") == true)
        #expect(
            failure(try await post("https://localhost:\(port)/", nil))?
                .contains("no connection may be made") == true)
        #expect(
            failure(try await post("http://localhost:\(port)/", "10.0.0.0/8"))?
                .contains("no connection may be made") == true)
        #expect(failure(try await post("http://localhost:\(port)/", nil))?.contains("https://") == true)
        #expect(receiver.requests.isEmpty)
        #expect(
            try await post("http://localhost:\(port)/", "127.0.0.0/8,::1")
                == .answered(status: 200, body: "", retryAfterSeconds: nil))
    }

    @Test("a receiver that does not answer, or not by HTTP, is a failure in words")
    func silent() async throws {
        let receiver = try Receiver(["hello"])
        #expect(failure(try await post("http://127.0.0.1:\(receiver.port)/", "127.0.0.0/8")) != nil)
        let nobody = "127.0.0.1:\(try Receiver([]).port)"
        #expect(failure(try await post("http://\(nobody)/", "127.0.0.0/8"))?.contains(nobody) == true)
    }
}
